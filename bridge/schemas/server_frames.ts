/** Schemas of the frames that the bridge sends. The API documents are made of them. @module */

import {
  ACCOUNT_STATES,
  ERROR_CODES,
  type ErrorCode,
  type EventName,
  STATUSES,
} from "../../mod.ts";
import * as z from "../deps_zod.ts";
import { account, names } from "./values.ts";

const count = z.int().min(0);
const uin = account;
const instant = z.iso.datetime();
const accountState = z.enum(ACCOUNT_STATES);
const status = z.enum(names(STATUSES));
const from = { from: uin, text: z.string() };

/** An account in `welcome` and in the result of `accounts`. */
export const accountInfo = z.object({
  uin,
  nickname: z.string(),
  state: accountState,
  since: instant,
  status: status.exactOptional(),
});

/** An account in the result of `accounts`. */
export const accountDetails = accountInfo.extend({
  wanted: z.boolean(),
  reason: z.string().exactOptional(),
  action: z.string().exactOptional(),
  face: z.number().exactOptional(),
  lastPollAt: instant.exactOptional(),
  waiting: count,
});

/** Schema of the data of each event. */
export const eventData = {
  "message": z.object(from),
  "message.stranger": z.object(from),
  "message.sent": z.object({ to: uin, text: z.string() }),
  "presence": z.object({ from: uin, status }),
  "friend.request": z.object(from),
  "friend.accepted": z.object(from),
  "friend.refused": z.object(from),
  "friend.added": z.object(from),
  "account.state": z.object({
    state: accountState,
    since: instant,
    reason: z.string().exactOptional(),
    action: z.string().exactOptional(),
  }),
  "account.removed": z.object({}) as unknown as z.ZodType<
    Record<string, never>
  >,
  "unknown": z.union([
    z.object({ code: z.int(), from: z.string(), text: z.string() }),
    z.object({ raw: z.string(), bytes: z.int().exactOptional() }),
  ]),
};

function eventOf<const N extends EventName>(event: N) {
  return z.object({
    type: z.literal("event"),
    seq: z.int().min(1),
    at: instant,
    account: uin,
    event: z.literal(event),
    data: eventData[event],
  });
}

/** Schema of an event frame. */
export const eventFrame = z.discriminatedUnion("event", [
  eventOf("message"),
  eventOf("message.stranger"),
  eventOf("message.sent"),
  eventOf("presence"),
  eventOf("friend.request"),
  eventOf("friend.accepted"),
  eventOf("friend.refused"),
  eventOf("friend.added"),
  eventOf("account.state"),
  eventOf("account.removed"),
  eventOf("unknown"),
]);

/** Schema of the error of a result. */
export const frameError = z.object({
  code: z.enum(
    Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]],
  ),
  message: z.string(),
  retriable: z.boolean(),
  retryAfterMs: z.number().min(0).exactOptional(),
});

const resultHead = {
  type: z.literal("result"),
  id: z.union([z.string(), z.number(), z.null()]),
};

/** Schema of each server frame by its `type`. */
export const serverFrames = {
  welcome: z.object({
    type: z.literal("welcome"),
    protocol: z.int(),
    epoch: z.string(),
    seq: count,
    after: z.object({ epoch: z.string(), seq: count }).exactOptional(),
    accounts: z.array(accountInfo),
    limits: z.object({
      frameBytes: count,
      fragments: count,
      jsonDepth: count,
      commandsPerMinute: count,
      helloMs: count,
      pingMs: count,
      pongMs: count,
      bufferedBytes: count,
      unacked: count,
      stallMs: count.exactOptional(),
      headMs: count.exactOptional(),
      connections: count.exactOptional(),
      connectionsPerToken: count.exactOptional(),
      connectionsPerAddress: count.exactOptional(),
    }),
  }),
  event: eventFrame,
  result: z.union([
    z.object({ ...resultHead, ok: z.literal(true), data: z.unknown() }),
    z.object({ ...resultHead, ok: z.literal(false), error: frameError }),
  ]),
  gap: z.object({
    type: z.literal("gap"),
    epoch: z.string(),
    account: uin.exactOptional(),
    from: count,
    to: count,
    reason: z.enum(["trimmed", "epoch", "ahead"]),
  }),
};
