/** Methods about messages: sending them, and reading those that the journal keeps. @module */

import {
  type EventFrame,
  type EventName,
  MAX_HISTORY_EVENTS,
} from "../../mod.ts";
import { callCommand } from "../endpoint/call_command.ts";
import { allows } from "../access/grant.ts";
import {
  assertAllows,
  badParams,
  cachedNickname,
  type Call,
  type CallContext,
} from "../endpoint/calls.ts";
import { CommandError } from "../errors/command_error.ts";
import {
  isMessage,
  type MessageFrame,
  messagesBefore,
} from "../endpoint/message_pages.ts";
import * as z from "../deps_zod.ts";
import { messagesOf } from "./elements.ts";
import { method, text } from "./method.ts";
import { otherOf } from "./people_methods.ts";
import { channelOf, type Message, messageOf, userOf } from "./resources.ts";

/** Messages of a page if the client names no number. */
const PAGE_MESSAGES = 50;

/** Maximum number of messages of a page; a higher limit is lowered to it. */
const MAX_PAGE_MESSAGES = 100;

/** Maximum number of reads of the journal for a page; the page is shorter if they find too few messages. */
const MAX_PAGE_READS = 10;

const MESSAGE_EVENTS: readonly EventName[] = [
  "message",
  "message.stranger",
  "message.sent",
];

const messageId = text.regex(/^\d{1,15}$/, {
  error: "must be the id of a message",
}).transform(Number);

export const MESSAGE_METHODS: readonly (readonly [string, Call])[] = [
  method(
    "message.create",
    z.object({ channel_id: text, content: text }),
    createMessages,
  ),
  method(
    "message.get",
    z.object({ channel_id: text, message_id: messageId }),
    getMessage,
  ),
  method(
    "message.list",
    z.object({
      channel_id: text,
      next: messageId.optional(),
      direction: z.enum(["before", "after", "around"], {
        error: "must be before, after or around",
      }).default("before"),
      limit: z.int({ error: "must be a whole number" }).min(1, {
        error: "must be at least 1",
      }).default(PAGE_MESSAGES),
      order: z.enum(["asc", "desc"], { error: "must be asc or desc" })
        .default("asc"),
    }),
    listMessages,
  ),
];

async function createMessages(
  context: CallContext,
  { channel_id, content }: { channel_id: string; content: string },
): Promise<Message[]> {
  const to = otherOf("message.create", channel_id);
  const messages = messagesOf(content, context.segments ?? "text");
  const sent: Message[] = [];
  for (const { text, replaced } of messages) {
    try {
      const { seq } = await callCommand(context, "send", { to, text });
      const message = await sentMessage(context, to, seq, text);
      sent.push(replaced.length === 0 ? message : { ...message, replaced });
    } catch (error) {
      throw sent.length === 0
        ? error
        : toPartialError(error, sent.length, messages.length);
    }
  }
  return sent;
}

async function sentMessage(
  context: CallContext,
  to: string,
  seq: number,
  text: string,
): Promise<Message> {
  const { grant, account } = context;
  const frame = allows(grant, "history")
    ? await frameAt(context, to, seq)
    : undefined;
  // A token that may only send gets what it sent, and its id.
  return resourceOf(
    context,
    to,
    frame ?? {
      type: "event",
      seq,
      at: new Date(context.clock.now()).toISOString(),
      account,
      event: "message.sent",
      data: { to, text },
    },
  );
}

/** Some messages were sent: a client that sends the whole again sends these twice. */
function toPartialError(error: unknown, sent: number, all: number): unknown {
  if (!(error instanceof CommandError)) return error;
  return new CommandError(
    "outcome_unknown",
    `${error.message} (${sent} of ${all} messages were sent)`,
    { cause: error },
  );
}

async function getMessage(
  context: CallContext,
  { channel_id, message_id }: { channel_id: string; message_id: number },
): Promise<Message> {
  const other = otherOf("message.get", channel_id);
  const frame = await frameAt(context, other, message_id);
  if (frame !== undefined) return resourceOf(context, other, frame);
  throw badParams(
    "message.get",
    `message_id must be that of a message of the channel that is kept, got ${message_id}`,
  );
}

async function frameAt(
  context: CallContext,
  other: string,
  seq: number,
): Promise<MessageFrame | undefined> {
  const { events: [frame] } = await callCommand(context, "history", {
    with: other,
    before: seq + 1,
    limit: 1,
  });
  return frame !== undefined && frame.seq === seq && isMessage(frame)
    ? frame
    : undefined;
}

interface Page {
  /** In ascending order of position. */
  frames: MessageFrame[];
  /** Position of the next page; absent if there is none. */
  token?: number;
}

async function listMessages(
  context: CallContext,
  params: {
    channel_id: string;
    next?: number | undefined;
    direction: "before" | "after" | "around";
    limit: number;
    order: "asc" | "desc";
  },
): Promise<{ data: Message[]; prev?: string; next?: string }> {
  const { channel_id, next, direction, order } = params;
  const other = otherOf("message.list", channel_id);
  const limit = Math.min(params.limit, MAX_PAGE_MESSAGES);
  if (next === undefined && direction !== "before") {
    throw badParams(
      "message.list",
      `direction must be before if there is no next, got ${direction}`,
    );
  }
  const pages = await pagesOf(context, other, next, direction, limit);
  const frames = [...pages.before.frames, ...pages.after.frames];
  if (order === "desc") frames.reverse();
  const [prev, following] = direction === "before"
    ? [pages.before.token, pages.before.token]
    : direction === "after"
    ? [pages.after.token, pages.after.token]
    : [pages.before.token, pages.after.token];
  return {
    data: frames.map((frame) => resourceOf(context, other, frame)),
    ...(prev === undefined ? {} : { prev: String(prev) }),
    ...(following === undefined ? {} : { next: String(following) }),
  };
}

async function pagesOf(
  context: CallContext,
  other: string,
  position: number | undefined,
  direction: "before" | "after" | "around",
  limit: number,
): Promise<{ before: Page; after: Page }> {
  const none: Page = { frames: [] };
  switch (direction) {
    case "before":
      return {
        before: await before(context, other, position, limit),
        after: none,
      };
    case "after":
      return { before: none, after: after(context, other, position!, limit) };
    case "around": {
      const half = Math.ceil(limit / 2);
      return {
        before: await before(context, other, position! + 1, half),
        after: after(context, other, position!, limit - half),
      };
    }
  }
}

async function before(
  context: CallContext,
  other: string,
  position: number | undefined,
  limit: number,
): Promise<Page> {
  const { frames, next } = await messagesBefore(
    (params) => callCommand(context, "history", params),
    other,
    position,
    limit,
  );
  return next === undefined ? { frames } : { frames, token: next };
}

/** Returns the messages after a position. */
function after(
  context: CallContext,
  other: string,
  position: number,
  limit: number,
): Page {
  const { bridge, account, grant } = context;
  assertAllows(context, "history", "message.list");
  const frames: MessageFrame[] = [];
  for (let read = 0; read < MAX_PAGE_READS; read++) {
    const { events, upTo } = bridge.readerFor(grant).read(position, {
      limit: MAX_HISTORY_EVENTS,
      accounts: [account],
      events: MESSAGE_EVENTS,
    });
    for (const event of events) {
      const frame = JSON.parse(event.frame) as EventFrame;
      if (!isMessage(frame) || otherIn(frame) !== other) continue;
      frames.push(frame);
      if (frames.length === limit) {
        return event.seq < bridge.journal.head
          ? { frames, token: event.seq }
          : { frames };
      }
    }
    if (upTo >= bridge.journal.head) return { frames };
    position = upTo;
  }
  return { frames, token: position };
}

function otherIn({ data }: MessageFrame): string {
  return "to" in data ? data.to : data.from;
}

function resourceOf(
  context: CallContext,
  other: string,
  frame: MessageFrame,
): Message {
  const nickname = cachedNickname(context, other);
  return {
    ...messageOf(frame),
    channel: channelOf(other, nickname),
    user: "to" in frame.data
      ? userOf(context.account)
      : userOf(other, nickname),
  };
}
