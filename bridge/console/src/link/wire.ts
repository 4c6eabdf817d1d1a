/** Reconstructs the QQ wire text of a frame with the project's codec. @module */

import type {
  AckAnswer,
  AddAnswer,
  CommandName,
  Sex,
  Status,
} from "../../../../lib/protocol/codes.ts";
import {
  type Command,
  encodeCommand,
} from "../../../../lib/protocol/command.ts";
import {
  encodeRequestText,
  encodeText,
} from "../../../../lib/protocol/fields.ts";
import type { MailItem } from "../../../../lib/protocol/mailbox.ts";
import type { OnlineFriend, Person } from "../../../../lib/protocol/pages.ts";
import type { Profile } from "../../../../lib/protocol/profile.ts";
import { encodeReply, type Reply } from "../../../../lib/protocol/reply.ts";
import { MASK } from "./mask.ts";

/** One text on the QQ wire. */
export interface WireText {
  kind: "request" | "reply";
  /** `reconstructed` here from the frame, or `reported`: copied from the `raw` of the frame, which is what the QQ server sent or its beginning. */
  source: "reconstructed" | "reported";
  /** `null` is a reply that the server did not send. */
  text: string | null;
}

/** A command frame and, when it has arrived, its result. */
export interface Exchange {
  account: string;
  command: string;
  params: Readonly<Record<string, unknown>>;
  data?: unknown;
  error?: { code: string };
}

/** `SEQ` of each reconstructed text: the bridge does not report the real one. */
const SEQ = "0";

/** Number of entries in one page of a list. */
const PAGE = 120;

/** `RES` of the error codes that stand for one. */
const RES: Readonly<Record<string, number>> = {
  penalised: 3,
  invalid_uin: 5,
  not_logged_in: 20,
};

type CommandBody = Command extends infer C
  ? C extends Command ? Omit<C, "seq" | "uin"> : never
  : never;
type ReplyBody = Reply extends infer R
  ? R extends Reply ? Omit<R, "ver" | "seq" | "uin"> : never
  : never;

interface Step {
  request: CommandBody;
  reply?: ReplyBody | undefined;
}

/** Reconstructs the texts of a command and its replies. `undefined` if the bridge answers without asking the QQ server. */
export function reconstructCommand(exchange: Exchange): WireText[] | undefined {
  if (exchange.command === "raw") return reconstructRaw(exchange);
  const steps = stepsOf(exchange);
  if (steps === undefined) return undefined;
  const { account: uin, error } = exchange;
  return steps.flatMap(({ request, reply }): WireText[] => {
    const text = encodeCommand({ ...request, seq: SEQ, uin } as Command)
      .replace(/(?<=&PS=)[0-9a-f]+/, MASK);
    const texts: WireText[] = [{
      kind: "request",
      source: "reconstructed",
      text,
    }];
    const answer = reply ?? failed(request.cmd, error?.code);
    if (answer !== undefined) {
      texts.push({
        kind: "reply",
        source: "reconstructed",
        text: replyText(uin, answer),
      });
    } else if (error?.code === "rejected") {
      texts.push({ kind: "reply", source: "reconstructed", text: null });
    }
    return texts;
  });
}

/** Reconstructs the GETMSGEX exchange that delivered an event; for `message.sent`, the command that sent it. */
export function reconstructEvent(
  frame: Readonly<Record<string, unknown>>,
): WireText[] | undefined {
  const uin = String(frame.account);
  const data = frame.data as Record<string, never>;
  if (frame.event === "message.sent") {
    return reconstructCommand({
      account: uin,
      command: "send",
      params: data,
      data: {},
    });
  }
  if (frame.event === "unknown" && data.raw !== undefined) {
    return [{ kind: "reply", source: "reported", text: data.raw }];
  }
  const item = itemOf(String(frame.event), data);
  if (item === undefined) return undefined;
  return [
    {
      kind: "request",
      source: "reconstructed",
      text: encodeCommand({ cmd: "GetMsgEx", seq: SEQ, uin }),
    },
    {
      kind: "reply",
      source: "reconstructed",
      text: replyText(uin, { cmd: "GetMsgEx", res: 0, items: [item] }),
    },
  ];
}

function itemOf(
  event: string,
  data: Record<string, never>,
): MailItem | undefined {
  const { from, text, status, code } = data;
  switch (event) {
    case "message":
      return { type: "message", from: from!, text: text! };
    case "message.stranger":
      return { type: "stranger_message", from: from!, text: text! };
    case "friend.request":
    case "friend.accepted":
    case "friend.refused":
    case "friend.added": {
      const type = event.slice("friend.".length);
      return { type, from, text } as unknown as MailItem;
    }
    case "presence":
      return { type: "status", from: from!, status: status! };
    case "unknown":
      return { type: "unknown", code: code!, from: from!, text: text! };
    default:
      return undefined;
  }
}

function replyText(uin: string, body: ReplyBody): string {
  return encodeReply({ ...body, ver: "1.1", seq: SEQ, uin } as Reply);
}

function failed(
  cmd: CommandName,
  code: string | undefined,
): ReplyBody | undefined {
  const res = code === undefined ? undefined : RES[code];
  return res === undefined ? undefined : { cmd, res };
}

function stepsOf(
  { command, params, data }: Exchange,
): Step[] | undefined {
  const done = data !== undefined;
  const result = (data ?? {}) as Record<string, unknown>;
  const target = String(params.uin ?? params.to ?? "");
  const plain = (request: CommandBody): Step[] => [{
    request,
    reply: done ? { cmd: request.cmd, res: 0 } as ReplyBody : undefined,
  }];
  switch (command) {
    case "send":
      return plain({ cmd: "CLTMSG", target, text: String(params.text) });
    case "friends":
      return pagesOf(
        done ? result.friends as string[] : undefined,
        "List",
        (uin) => uin,
        (uins, complete) => ({ cmd: "List", res: 0, complete, uins }),
      );
    case "onlineFriends":
      return pagesOf(
        done ? result.friends as OnlineFriend[] : undefined,
        "Query_Stat",
        ({ uin }) => uin,
        (friends, complete) => ({
          cmd: "Query_Stat",
          res: 0,
          complete,
          friends,
        }),
      );
    case "profile":
      return profileSteps(target, Number(params.level ?? 2), done, result);
    case "search":
      return [{
        request: { cmd: "Finger", ...params as { sex?: Sex } },
        reply: done
          ? {
            cmd: "Finger",
            res: 0,
            complete: true,
            people: result.people as Person[],
          }
          : undefined,
      }];
    case "addFriend":
      return addSteps(
        target,
        String(params.reason ?? ""),
        result.answer as AddAnswer | undefined,
      );
    case "answerRequest":
      return plain({
        cmd: "Ack_AddToList",
        target,
        answer: params.answer as AckAnswer,
        reason: String(params.reason ?? ""),
      });
    case "removeFriend":
      return plain({ cmd: "DelFromList", target });
    case "setStatus":
      return plain({ cmd: "Change_Stat", status: params.status as Status });
    case "login":
      return [{ request: { cmd: "Login", passwordMd5: "0".repeat(32) } }];
    case "logout":
      return plain({ cmd: "Logout" });
    default:
      return undefined;
  }
}

/** A list is read in pages: each request names the last number of the page before. */
function pagesOf<T>(
  all: readonly T[] | undefined,
  cmd: "List" | "Query_Stat",
  uinOf: (one: T) => string,
  reply: (page: T[], complete: boolean) => ReplyBody,
): Step[] {
  if (all === undefined) return [{ request: { cmd, limit: PAGE } }];
  const steps: Step[] = [];
  for (let from = 0; from === 0 || from < all.length; from += PAGE) {
    const page = all.slice(from, from + PAGE);
    const last = all[from - 1];
    steps.push({
      request: {
        cmd,
        limit: PAGE,
        ...(last === undefined ? {} : { after: uinOf(last) }),
      },
      reply: reply(page, from + PAGE >= all.length),
    });
  }
  return steps;
}

function profileSteps(
  target: string,
  level: number,
  done: boolean,
  result: Record<string, unknown>,
): Step[] {
  const { profile, extra } = result as {
    profile: Profile;
    extra?: Record<string, string>;
  };
  return [{
    request: { cmd: "GetInfo", target, level },
    reply: done
      ? {
        cmd: "GetInfo",
        res: 0,
        level,
        profile,
        ...(extra === undefined ? {} : { extra }),
      }
      : undefined,
  }];
}

/** If the friend must verify the request, the bridge sends it with a second command. */
function addSteps(
  target: string,
  reason: string,
  answer: AddAnswer | undefined,
): Step[] {
  const add: Step = {
    request: { cmd: "AddToList", target },
    reply: answer === undefined
      ? undefined
      : { cmd: "AddToList", res: 0, answer, target },
  };
  if (answer !== "needs_verification") return [add];
  return [add, {
    request: { cmd: "Ack_AddToList", target, answer: "ask", reason },
    reply: { cmd: "Ack_AddToList", res: 0 },
  }];
}

function reconstructRaw({ account, params, data }: Exchange): WireText[] {
  const fields = (params.fields ?? {}) as Record<string, string>;
  const request = `VER=1.1&CMD=${params.cmd}&SEQ=${SEQ}&UIN=${account}` +
    Object.entries(fields).map(([code, text]) =>
      `&${code}=${text === MASK ? MASK : encodeRequestText(text)}`
    ).join("");
  const texts: WireText[] = [{
    kind: "request",
    source: "reconstructed",
    text: request,
  }];
  if (data !== undefined) {
    const reply = (data as { fields: Record<string, string> }).fields;
    const text = Object.entries(reply)
      .map(([code, value]) => `${code}=${encodeText(value)}`).join("&");
    texts.push({ kind: "reply", source: "reconstructed", text });
  }
  return texts;
}
