/** Schemas of the frames that clients send. Unknown fields are dropped. @module */

import { EPOCH_PATTERN } from "../../mod.ts";
import * as z from "../deps_zod.ts";
import {
  account,
  ACCOUNTS,
  EVENT_FILTERS,
  eventFilter,
  form,
  key,
  list,
  rule,
  text,
  whole,
} from "./values.ts";

const ID_RULE = rule("a text or a number up to 2^53 - 1");

/** The id of a frame. A larger number would be returned rounded. */
const id = z.union([
  z.string(),
  z.number()
    .min(Number.MIN_SAFE_INTEGER, ID_RULE)
    .max(Number.MAX_SAFE_INTEGER, ID_RULE),
], ID_RULE);

const position = z.object({
  epoch: form(EPOCH_PATTERN, "an epoch of 1 to 64 letters, digits, _ and -"),
  seq: whole(0),
}, rule("a position: epoch and seq"));

/** Schema of each client frame by its `type`. */
export const clientFrames = {
  hello: z.object({
    type: z.literal("hello"),
    token: text(512, 1).exactOptional(),
    proof: text(64, 1).exactOptional(),
  }).refine(
    ({ token, proof }) => (token === undefined) !== (proof === undefined),
    { path: ["token"], ...rule("given, or proof, and not both") },
  ).meta({
    oneOf: [
      { required: ["token"], properties: { token: {} } },
      { required: ["proof"], properties: { proof: {} } },
    ],
  }),
  subscribe: z.object({
    type: z.literal("subscribe"),
    id,
    accounts: list(account, ACCOUNTS, "QQ numbers").exactOptional(),
    events: list(eventFilter, EVENT_FILTERS, "event names").exactOptional(),
    after: position.exactOptional(),
  }),
  ack: z.object({ type: z.literal("ack"), seq: whole(0) }),
  command: z.object({
    type: z.literal("command"),
    id,
    account: account.exactOptional(),
    command: text(64, 1),
    params: z.record(z.string(), z.unknown(), rule("an object"))
      .exactOptional(),
    key: key.exactOptional(),
  }),
};
