/** Actions that send or read messages, or answer an event. @module */

import { callCommand } from "../../endpoint/call_command.ts";
import { CommandError } from "../../errors/command_error.ts";
import {
  isMessage,
  type MessageFrame,
  messagesBefore,
} from "../../endpoint/message_pages.ts";
import { partyOf } from "../../journal/event.ts";
import { COMMAND_SCOPES, type EventFrame } from "../../../mod.ts";
import { narrowGrant } from "../../access/grant.ts";
import * as z from "../../deps_zod.ts";
import {
  assertAllows,
  badParams,
  type Call,
  type CallContext,
  readParams,
} from "../../endpoint/calls.ts";
import { action } from "./action.ts";
import { messageOf, oneBotEvent, senderOf } from "../events.ts";
import { FRIEND_ACTIONS } from "./friend_actions.ts";
import { plainMessageOf } from "../message.ts";
import { MAX_MESSAGE_ID, messageIdOf, seqOfMessage } from "../message_id.ts";
import { message, object, shortText, toggle, uin, whole } from "./params.ts";

const QUICK = ".handle_quick_operation";

const quickOperation = z.object({
  reply: z.unknown().optional(),
  auto_escape: toggle(false),
  approve: z.unknown().optional(),
  reason: shortText.optional(),
});

const answerRequest = new Map(FRIEND_ACTIONS).get("set_friend_add_request")!;

export const MESSAGE_ACTIONS: readonly (readonly [string, Call])[] = [
  action(
    "send_private_msg",
    z.object({ user_id: uin, message, auto_escape: toggle(false) }),
    send,
  ),
  action(
    "send_msg",
    z.object({
      message_type: z.string().optional(),
      user_id: uin.optional(),
      group_id: z.unknown().optional(),
      message,
      auto_escape: toggle(false),
    }),
    (context, params) => {
      const { user_id, group_id, ...rest } = params;
      const isGroup = user_id === undefined && group_id !== undefined;
      const { message_type = isGroup ? "group" : "private" } = params;
      if (message_type !== "private") {
        throw new CommandError(
          "unknown_command",
          `Cannot do send_msg: QQ HTTP has no messages of the type ${message_type}`,
        );
      }
      if (user_id === undefined) {
        throw badParams("send_msg", "user_id must be a QQ number");
      }
      return send(context, { user_id, ...rest });
    },
  ),
  action(
    "get_msg",
    z.object({ message_id: whole(1, MAX_MESSAGE_ID) }),
    getMessage,
  ),
  action(
    "get_friend_msg_history",
    z.object({
      user_id: uin,
      message_seq: whole(1, MAX_MESSAGE_ID).optional(),
      count: whole(1, 100).default(20),
      reverseOrder: toggle(false),
    }),
    getHistory,
  ),
  action(
    "mark_msg_as_read",
    z.object({
      message_id: whole(1, MAX_MESSAGE_ID).optional(),
      user_id: uin.optional(),
    }),
    markAsRead,
  ),
  action(
    QUICK,
    z.object({ context: object, operation: object }),
    (context, { context: event, operation }) =>
      doQuickOperation(context, event, operation),
  ),
];

/**
 * Executes a quick operation: `reply` to a message, `approve` to a friend
 * request. QQ HTTP can do no others, which are ignored.
 */
export async function doQuickOperation(
  context: CallContext,
  event: Readonly<Record<string, unknown>>,
  operation: unknown,
): Promise<Sent | null> {
  const { reply, auto_escape, approve, reason } = readParams(
    QUICK,
    "operation",
    quickOperation,
    operation,
  );
  switch (event.post_type) {
    case "message": {
      if (reply === undefined || reply === "") return null;
      const { user_id } = readParams(
        QUICK,
        "context",
        z.object({ user_id: uin }),
        event,
      );
      return await send(context, { user_id, message: reply, auto_escape });
    }
    case "request":
      if (approve === undefined) return null;
      await answerRequest(context, { flag: event.flag, approve, reason });
      return null;
    default:
      return null;
  }
}

/** The answer to a message that was sent. */
interface Sent {
  readonly message_id: number;
  /** Types of the segments that text replaces, if there are any. */
  readonly replaced?: readonly string[];
}

async function send(
  context: CallContext,
  { user_id, message, auto_escape }: {
    user_id: string;
    message: unknown;
    auto_escape: boolean;
  },
): Promise<Sent> {
  const { text, replaced } = plainMessageOf(
    message,
    auto_escape,
    context.segments ?? "text",
  );
  const { seq } = await callCommand(context, "send", { to: user_id, text });
  return {
    message_id: messageIdOf(seq),
    ...(replaced.length === 0 ? {} : { replaced }),
  };
}

async function getMessage(
  context: CallContext,
  { message_id }: { message_id: number },
): Promise<unknown> {
  const seq = seqOfMessage(message_id, context.bridge.journal);
  const frame = seq === undefined
    ? undefined
    : (await callCommand(context, "history", { before: seq + 1, limit: 1 }))
      .events[0];
  if (frame === undefined || frame.seq !== seq || !isMessage(frame)) {
    throw badParams(
      "get_msg",
      `message_id must be that of a message that is kept, got ${message_id}`,
    );
  }
  const from = senderOf(frame) ?? frame.account;
  const sender = await context.people.find(context, from);
  return {
    time: Math.floor(Date.parse(frame.at) / 1000),
    real_id: message_id,
    seq,
    ...messageOf(frame, sender),
    ...("to" in frame.data ? { target_id: Number(frame.data.to) } : {}),
  };
}

async function markAsRead(
  context: CallContext,
  { message_id, user_id }: {
    message_id?: number | undefined;
    user_id?: string | undefined;
  },
): Promise<null> {
  assertAllows(context, "markRead", "mark_msg_as_read");
  const message = message_id === undefined
    ? undefined
    : findMessage(context, message_id);
  if (message_id !== undefined && message === undefined) {
    throw badParams(
      "mark_msg_as_read",
      `message_id must be that of a message that is kept, got ${message_id}`,
    );
  }
  const party = message?.party ?? user_id;
  if (party === undefined) {
    throw badParams("mark_msg_as_read", "message_id or user_id must be given");
  }
  const upTo = message?.seq ?? context.bridge.journal.head;
  await callCommand(context, "markRead", { with: party, upTo });
  return null;
}

/** Finds a message with the bridge's own right, because marking does not need the scope read. */
function findMessage(
  { bridge, grant, account }: CallContext,
  id: number,
): { party: string; seq: number } | undefined {
  const seq = seqOfMessage(id, bridge.journal);
  if (seq === undefined) return undefined;
  const reader = bridge.readerFor({
    ...narrowGrant(grant, account),
    scopes: new Set([COMMAND_SCOPES.history]),
  });
  const options = { limit: 1, accounts: [account] };
  const [event] = reader.read(seq - 1, options).events;
  if (event?.seq !== seq) return undefined;
  const frame = JSON.parse(event.frame) as EventFrame;
  return isMessage(frame) ? { party: partyOf(frame.data), seq } : undefined;
}

/** Maximum number of pages without a message that are skipped, because presence alone may fill them. */
const MAX_EMPTY_PAGES = 10;

async function getHistory(
  context: CallContext,
  { user_id, message_seq, count, reverseOrder }: {
    user_id: string;
    message_seq?: number | undefined;
    count: number;
    reverseOrder: boolean;
  },
): Promise<{ messages: unknown[] }> {
  const { journal } = context.bridge;
  const upTo = message_seq === undefined
    ? undefined
    : seqOfMessage(message_seq, journal);
  // No event up to it is kept.
  if (message_seq !== undefined && upTo === undefined) return { messages: [] };
  let frames: MessageFrame[] = [];
  let before = upTo === undefined ? undefined : upTo + 1;
  for (let page = 0; page < MAX_EMPTY_PAGES && frames.length === 0; page++) {
    const { next, ...found } = await messagesBefore(
      (params) => callCommand(context, "history", params),
      user_id,
      before,
      count,
    );
    frames = found.frames;
    if (next === undefined) break;
    before = next;
  }
  const [own, other] = await Promise.all([
    context.people.find(context, context.account),
    context.people.find(context, user_id),
  ]);
  const messages = frames.map((frame) =>
    oneBotEvent(
      frame,
      journal.epoch,
      frame.event === "message.sent" ? own : other,
    )
  );
  return { messages: reverseOrder ? messages.reverse() : messages };
}
