/** Methods about messages: sending them, and telling of those that the journal keeps. @module */

import {
  type EventFrame,
  type EventName,
  MAX_HISTORY_EVENTS,
} from "../../mod.ts";
import { callCommand } from "../endpoint/call_command.ts";
import { allows } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import {
  isMessage,
  type MessageFrame,
  messagesBefore,
} from "../endpoint/message_pages.ts";
import { z } from "../deps.ts";
import { messagesOf } from "./elements.ts";
import {
  type Caller,
  type Method,
  method,
  nicknameOf,
  text,
} from "./method.ts";
import { otherOf } from "./people_methods.ts";
import { channelOf, type Message, messageOf, userOf } from "./resources.ts";

/** Messages of a page unless said. */
const PAGE_MESSAGES = 50;

/** Most messages of a page. */
const MOST_PAGE_MESSAGES = 100;

/** Most reads of the journal for a page; it is then shorter, and goes on from there. */
const PAGE_READS = 10;

const MESSAGE_EVENTS: readonly EventName[] = [
  "message",
  "message.stranger",
  "message.sent",
];

const messageId = text.regex(/^\d{1,15}$/, {
  error: "must be the id of a message",
}).transform(Number);

/** See the module. */
export const MESSAGE_METHODS: readonly (readonly [string, Method])[] = [
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
  caller: Caller,
  { channel_id, content }: { channel_id: string; content: string },
): Promise<Message[]> {
  const to = otherOf("message.create", channel_id);
  const messages = messagesOf(content, caller.segments ?? "text");
  const sent: Message[] = [];
  for (const { text, replaced } of messages) {
    try {
      const { seq } = await callCommand(caller, "send", { to, text });
      const message = await sentMessage(caller, to, seq, text);
      sent.push(replaced.length === 0 ? message : { ...message, replaced });
    } catch (error) {
      throw sent.length === 0
        ? error
        : inPart(error, sent.length, messages.length);
    }
  }
  return sent;
}

async function sentMessage(
  caller: Caller,
  to: string,
  seq: number,
  text: string,
): Promise<Message> {
  const { grant, account } = caller;
  const frame = allows(grant, "history")
    ? await frameAt(caller, to, seq)
    : undefined;
  // A token that may only send is told what it sent, and its id.
  return resourceOf(
    caller,
    to,
    frame ?? {
      type: "event",
      seq,
      at: new Date(caller.clock.now()).toISOString(),
      account,
      event: "message.sent",
      data: { to, text },
    },
  );
}

/** Some went out: whoever sends the whole again sends these twice. */
function inPart(error: unknown, sent: number, all: number): unknown {
  if (!(error instanceof CommandError)) return error;
  return new CommandError(
    "outcome_unknown",
    `${error.message} (${sent} of ${all} messages were sent)`,
    { cause: error },
  );
}

async function getMessage(
  caller: Caller,
  { channel_id, message_id }: { channel_id: string; message_id: number },
): Promise<Message> {
  const other = otherOf("message.get", channel_id);
  const frame = await frameAt(caller, other, message_id);
  if (frame !== undefined) return resourceOf(caller, other, frame);
  throw new CommandError(
    "bad_params",
    `Cannot do message.get: message_id must be that of a message of the channel that is kept, got ${message_id}`,
  );
}

async function frameAt(
  caller: Caller,
  other: string,
  seq: number,
): Promise<MessageFrame | undefined> {
  const { events: [frame] } = await callCommand(caller, "history", {
    with: other,
    before: seq + 1,
    limit: 1,
  });
  return frame !== undefined && frame.seq === seq && isMessage(frame)
    ? frame
    : undefined;
}

interface Page {
  /** Ascending. */
  frames: MessageFrame[];
  /** Where the next page begins; absent where there is none. */
  token?: number;
}

async function listMessages(
  caller: Caller,
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
  const limit = Math.min(params.limit, MOST_PAGE_MESSAGES);
  if (next === undefined && direction !== "before") {
    throw new CommandError(
      "bad_params",
      `Cannot do message.list: direction must be before where there is no next, got ${direction}`,
    );
  }
  const pages = await pagesOf(caller, other, next, direction, limit);
  const frames = [...pages.before.frames, ...pages.after.frames];
  if (order === "desc") frames.reverse();
  const [prev, following] = direction === "before"
    ? [pages.before.token, pages.before.token]
    : direction === "after"
    ? [pages.after.token, pages.after.token]
    : [pages.before.token, pages.after.token];
  return {
    data: frames.map((frame) => resourceOf(caller, other, frame)),
    ...(prev === undefined ? {} : { prev: String(prev) }),
    ...(following === undefined ? {} : { next: String(following) }),
  };
}

async function pagesOf(
  caller: Caller,
  other: string,
  place: number | undefined,
  direction: "before" | "after" | "around",
  limit: number,
): Promise<{ before: Page; after: Page }> {
  const none: Page = { frames: [] };
  switch (direction) {
    case "before":
      return { before: await before(caller, other, place, limit), after: none };
    case "after":
      return { before: none, after: after(caller, other, place!, limit) };
    case "around": {
      const half = Math.ceil(limit / 2);
      return {
        before: await before(caller, other, place! + 1, half),
        after: after(caller, other, place!, limit - half),
      };
    }
  }
}

async function before(
  caller: Caller,
  other: string,
  place: number | undefined,
  limit: number,
): Promise<Page> {
  const { frames, next } = await messagesBefore(
    (params) => callCommand(caller, "history", params),
    other,
    place,
    limit,
  );
  return next === undefined ? { frames } : { frames, token: next };
}

/** The messages behind a place. */
function after(
  { bridge, grant, account }: Caller,
  other: string,
  place: number,
  limit: number,
): Page {
  if (grant.revoked() || !allows(grant, "history")) {
    throw new CommandError(
      "forbidden",
      `Cannot do message.list: the token ${grant.name} does not allow it`,
    );
  }
  const frames: MessageFrame[] = [];
  for (let read = 0; read < PAGE_READS; read++) {
    const { events, upTo } = bridge.journal.read(place, {
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
    place = upTo;
  }
  return { frames, token: place };
}

function otherIn({ data }: MessageFrame): string {
  return "to" in data ? data.to : data.from;
}

function resourceOf(
  caller: Caller,
  other: string,
  frame: MessageFrame,
): Message {
  const nickname = nicknameOf(caller, other);
  return {
    ...messageOf(frame),
    channel: channelOf(other, nickname),
    user: "to" in frame.data ? userOf(caller.account) : userOf(other, nickname),
  };
}
