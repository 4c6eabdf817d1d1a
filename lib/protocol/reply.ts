/** Replies: values <-> wire text. No I/O. @module */

import { checkName, checkNumber, checkText, checkUin } from "./checks.ts";
import {
  ADD_ANSWERS,
  type AddAnswer,
  type CommandName,
  COMMANDS,
  nameOf,
  REPLY_HEAD,
  REPLY_SPELLING,
  type Status,
  STATUSES,
} from "./codes.ts";
import { commandNamed } from "./command.ts";
import { MalformedError } from "./errors.ts";
import {
  decodeText,
  encodeExtra,
  encodeText,
  endsElements,
  extraOf,
  fieldOf,
  type Fields,
  isDigits,
  joinList,
  type KnownCodes,
  knownCodes,
  parseFields,
  shown,
  splitList,
  wholeNumber,
} from "./fields.ts";
import { decodeMailbox, encodeMailbox, type MailItem } from "./mailbox.ts";
import {
  decodeProfile,
  encodeProfile,
  placedExtra,
  type Profile,
  profileCodes,
} from "./profile.ts";

/** What every reply carries. */
export interface ReplyHead {
  /** Version of the protocol, as the request had it. */
  ver: string;
  /** The request's marker. */
  seq: string;
  /** The acting QQ number. */
  uin: string;
  /** Fields that the codec does not know, by wire code, in order. */
  extra?: Record<string, string>;
}

/** A reply that says that the request was not done: nothing but the head. */
export interface FailedReply extends ReplyHead {
  /** The command answered. */
  cmd: CommandName;
  /** Why: 3 penalised, 5 illegal number, 20 not logged in. Never 0. */
  res: number;
}

/** Logged in. */
export interface LoginReply extends ReplyHead {
  /** Discriminator. */
  cmd: "Login";
  /** Done. */
  res: 0;
  /** The login was accepted. */
  loggedIn: true;
  /** The heartbeat (HI, 60), in seconds. */
  heartbeatSeconds: number;
  /** After how long without a request the session lapses (LI, 300), in seconds. */
  idleSeconds: number;
}

/** The login was refused. */
export interface LoginRefusedReply extends ReplyHead {
  /** Discriminator. */
  cmd: "Login";
  /** Done, as far as the request goes. */
  res: 0;
  /** The login was refused. */
  loggedIn: false;
  /** The server's reason. */
  reason: string;
}

/** A page of the friend list. */
export interface ListReply extends ReplyHead {
  /** Discriminator. */
  cmd: "List";
  /** Done. */
  res: 0;
  /** Whether this is the last page. */
  complete: boolean;
  /** Friends' numbers, ascending. */
  uins: string[];
}

/** How many friends there are, or are online. */
export interface CountReply extends ReplyHead {
  /** Discriminator. */
  cmd: "List" | "Query_Stat";
  /** Done. */
  res: 0;
  /** How many. */
  count: number;
}

/** A friend that is online. */
export interface OnlineFriend {
  /** The QQ number. */
  uin: string;
  /** The nickname. */
  nickname: string;
  /** Presence. */
  status: Status;
  /** The face's number. */
  face: number;
}

/** A page of the friends that are online. */
export interface QueryStatReply extends ReplyHead {
  /** Discriminator. */
  cmd: "Query_Stat";
  /** Done. */
  res: 0;
  /** Whether this is the last page. */
  complete: boolean;
  /** The friends, ascending by number. */
  friends: OnlineFriend[];
}

/** A profile. */
export interface GetInfoReply extends ReplyHead {
  /** Discriminator. */
  cmd: "GetInfo";
  /** Done. */
  res: 0;
  /** The level asked. */
  level: number;
  /** The profile, with what the level holds. */
  profile: Profile;
}

/** How AddToList ended. */
export interface AddToListReply extends ReplyHead {
  /** Discriminator. */
  cmd: "AddToList";
  /** Done. */
  res: 0;
  /** Friends at once, a request is needed, or nobody may add. */
  answer: AddAnswer;
  /** Whom. */
  target: string;
}

/** Somebody that a search found. */
export interface Person {
  /** The QQ number. */
  uin: string;
  /** The nickname. */
  nickname: string;
}

/** A page of people found. The old reply is nowhere documented: this form is ours. */
export interface FingerReply extends ReplyHead {
  /** Discriminator. */
  cmd: "Finger";
  /** Done. */
  res: 0;
  /** Whether this is the last page. */
  complete: boolean;
  /** The people, ascending by number. */
  people: Person[];
}

/** What was in the mailbox. */
export interface GetMsgExReply extends ReplyHead {
  /** Discriminator. */
  cmd: "GetMsgEx";
  /** Done. */
  res: 0;
  /** The items, oldest first. */
  items: MailItem[];
}

/** Done, and nothing more to say. */
export interface PlainReply extends ReplyHead {
  /** Discriminator. */
  cmd: "Ack_AddToList" | "DelFromList" | "Change_Stat" | "CLTMSG" | "Logout";
  /** Done. */
  res: 0;
}

/** Any reply that says that the request was done. */
export type DoneReply =
  | LoginReply
  | LoginRefusedReply
  | ListReply
  | CountReply
  | QueryStatReply
  | GetInfoReply
  | AddToListReply
  | FingerReply
  | GetMsgExReply
  | PlainReply;

/** Any reply. With `res` not 0 it is a {@linkcode FailedReply}. */
export type Reply = DoneReply | FailedReply;

/** The fields of each command's reply, in order; GetInfo's depend on its level. */
const CODES: Readonly<Record<CommandName, KnownCodes>> = {
  Login: knownCodes([...REPLY_HEAD, "RS", "HI", "LI", "RA"]),
  List: knownCodes([...REPLY_HEAD, "FN", "SN", "UN"]),
  Query_Stat: knownCodes([...REPLY_HEAD, "FC", "FN", "SN", "ST", "UN", "NK"]),
  GetInfo: knownCodes([...REPLY_HEAD, "LV"]),
  AddToList: knownCodes([...REPLY_HEAD, "CD", "UN"]),
  Ack_AddToList: knownCodes(REPLY_HEAD),
  DelFromList: knownCodes(REPLY_HEAD),
  Finger: knownCodes([...REPLY_HEAD, "FN", "SN", "UN", "NK"]),
  Change_Stat: knownCodes(REPLY_HEAD),
  GetMsgEx: knownCodes([...REPLY_HEAD, "MN", "MT", "UN", "MG"]),
  CLTMSG: knownCodes(REPLY_HEAD),
  Logout: knownCodes(REPLY_HEAD),
};

/** The replies that end in `&` when there is nothing behind RES=0. */
const ENDS_IN_AMPERSAND: ReadonlySet<CommandName> = new Set([
  "Ack_AddToList",
  "DelFromList",
  "Change_Stat",
  "CLTMSG",
]);

function codesOf(
  cmd: CommandName,
  level: number | undefined,
): KnownCodes {
  if (cmd !== "GetInfo" || level === undefined) return CODES[cmd];
  return profileCodes(level);
}

/**
 * A reply as the body of its response, to the byte as the old server wrote it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "npm:deno-std@1.4.0/assert/equals.js";
 * import { encodeReply } from "@tqq/tqq";
 *
 * assertEquals(
 *   encodeReply({
 *     cmd: "GetMsgEx",
 *     ver: "1.1",
 *     seq: "7",
 *     uin: "10001",
 *     res: 0,
 *     items: [{ type: "message", from: "10002", text: "hi, you" }],
 *   }),
 *   "VER=1.1&CMD=GETMSGEX&SEQ=7&UIN=10001&RES=0&MN=1&MT=9,&UN=10002,&MG=hi%252c you ,",
 * );
 * ```
 *
 * @throws {TypeError} Where a field is missing or of the wrong type.
 * @throws {RangeError} Where a number or a name is out of its range.
 */
export function encodeReply(reply: Reply): string {
  const { cmd } = reply;
  if (!Object.hasOwn(CODES, cmd)) {
    throw new RangeError(
      `Cannot encode a reply: cmd must be one of ${COMMANDS.join(", ")}, got ${
        shown(cmd)
      }`,
    );
  }
  const head = `VER=${encodeText(checkText(cmd, "ver", reply.ver))}&CMD=${
    REPLY_SPELLING[cmd]
  }&SEQ=${encodeText(checkText(cmd, "seq", reply.seq))}&UIN=${
    checkUin(cmd, "uin", reply.uin)
  }&RES=${checkNumber(cmd, "res", reply.res)}`;
  if (reply.res !== 0) {
    return head + encodeExtra(cmd, reply.extra, CODES[cmd], encodeText);
  }
  const done = reply as DoneReply;
  if (done.cmd === "GetInfo") {
    const extra = done.extra ?? {};
    const placed = placedExtra(done.level);
    const behind = Object.fromEntries(
      Object.entries(extra).filter(([code]) => !placed.has(code)),
    );
    return head +
      encodeProfile(
        Number(checkNumber(cmd, "level", done.level)),
        done.profile,
        extra,
      ) +
      encodeExtra(cmd, behind, codesOf(cmd, done.level), encodeText);
  }
  const fields = encodeDetails(done);
  const extra = encodeExtra(cmd, done.extra, CODES[cmd], encodeText);
  return head + fields + extra +
    (ENDS_IN_AMPERSAND.has(cmd) && extra === "" ? "&" : "");
}

function encodeDetails(
  reply: Exclude<DoneReply, GetInfoReply>,
): string {
  const { cmd } = reply;
  switch (reply.cmd) {
    case "Login":
      return reply.loggedIn
        ? `&RS=0&HI=${
          checkNumber(cmd, "heartbeatSeconds", reply.heartbeatSeconds)
        }&LI=${checkNumber(cmd, "idleSeconds", reply.idleSeconds)}`
        : `&RS=1&RA=${encodeText(checkText(cmd, "reason", reply.reason))}`;
    case "List": {
      if ("count" in reply) {
        return `&FN=${checkNumber(cmd, "count", reply.count)}`;
      }
      const uins = reply.uins.map((uin) => checkUin(cmd, "uins", uin));
      return `&FN=${reply.complete ? 1 : 0}&SN=${uins.length}&UN=${
        joinList(uins)
      }`;
    }
    case "Query_Stat": {
      if ("count" in reply) {
        return `&FN=${checkNumber(cmd, "count", reply.count)}`;
      }
      const list = (element: (friend: OnlineFriend) => string) =>
        joinList(reply.friends.map(element));
      return `&FC=${list(({ face }) => checkNumber(cmd, "face", face))}&FN=${
        reply.complete ? 1 : 0
      }&SN=${reply.friends.length}&ST=${
        list(({ status }) => checkName(cmd, "status", STATUSES, status))
      }&UN=${list(({ uin }) => checkUin(cmd, "uin", uin))}&NK=${
        list(({ nickname }) => encodeText(checkText(cmd, "nickname", nickname)))
      }`;
    }
    case "AddToList":
      return `&CD=${checkName(cmd, "answer", ADD_ANSWERS, reply.answer)}&UN=${
        checkUin(cmd, "target", reply.target)
      }`;
    case "Finger": {
      const { people } = reply;
      return `&FN=${reply.complete ? 1 : 0}&SN=${people.length}&UN=${
        joinList(people.map(({ uin }) => checkUin(cmd, "uin", uin)))
      }&NK=${
        joinList(people.map(({ nickname }) =>
          encodeText(checkText(cmd, "nickname", nickname))
        ))
      }`;
    }
    case "GetMsgEx":
      return "&" + encodeMailbox(reply.items);
    default:
      return "";
  }
}

/**
 * The reply that a response's body holds.
 *
 * Reads lists with and without their last comma, command names in any case,
 * empty pairs and fields that it does not know (kept in `extra`). A mailbox
 * whose lists do not fit together is read in part and nothing of it is lost.
 *
 * @example
 * ```ts
 * import { assertEquals } from "npm:deno-std@1.4.0/assert/equals.js";
 * import { decodeReply } from "@tqq/tqq";
 *
 * assertEquals(
 *   decodeReply("VER=1.1&CMD=LIST&SEQ=1&UIN=10001&RES=0&FN=1&SN=2&UN=10000,10002,"),
 *   {
 *     cmd: "List",
 *     ver: "1.1",
 *     seq: "1",
 *     uin: "10001",
 *     res: 0,
 *     complete: true,
 *     uins: ["10000", "10002"],
 *   },
 * );
 * ```
 *
 * @param body The response's body as text.
 * @throws {MalformedError} With code `malformed_reply`.
 */
export function decodeReply(body: string): Reply {
  const fields = parseFields(body);
  const name = required(fields, "CMD");
  const cmd = commandNamed(name);
  if (cmd === undefined) {
    throw malformed("CMD", `must be one of ${COMMANDS.join(", ")}`, name);
  }
  const ver = decodeText(required(fields, "VER"));
  const seq = decodeText(required(fields, "SEQ"));
  const uin = number(fields, "UIN");
  const res = whole(fields, "RES");
  const head: FailedReply = { cmd, ver, seq, uin, res };
  const reply = res === 0 ? doneReplyOf(head, fields) : head;
  const codes = codesOf(
    cmd,
    res === 0 && cmd === "GetInfo" ? (reply as GetInfoReply).level : undefined,
  );
  const extra = extraOf(fields, codes, decodeText);
  if (extra !== undefined) reply.extra = extra;
  return reply;
}

/** The head is spread before what follows it: an object after it costs more than all the rest. */
function doneReplyOf(head: FailedReply, fields: Fields): Reply {
  return detailedReplyOf(head, fields) as Reply;
}

function detailedReplyOf(head: FailedReply, fields: Fields): object {
  switch (head.cmd) {
    case "Login":
      if (whole(fields, "RS") !== 0) {
        return {
          ...head,
          loggedIn: false,
          reason: decodeText(fieldOf(fields, "RA") ?? ""),
        };
      }
      return {
        ...head,
        loggedIn: true,
        heartbeatSeconds: whole(fields, "HI"),
        idleSeconds: whole(fields, "LI"),
      };
    case "List": {
      if (isCount(fields)) return { ...head, count: whole(fields, "FN") };
      const uins = numbers(fields, "UN");
      return { ...head, complete: isComplete(fields, uins.length), uins };
    }
    case "Query_Stat": {
      if (isCount(fields)) return { ...head, count: whole(fields, "FN") };
      const uins = numbers(fields, "UN");
      const complete = isComplete(fields, uins.length);
      const faces = numbers(fields, "FC", uins.length).map((face) => {
        const number = wholeNumber(face);
        if (number >= 0) return number;
        throw malformed("FC", "must hold whole numbers", face);
      });
      const statuses = numbers(fields, "ST", uins.length);
      const nicknames = texts(fields, "NK", uins.length);
      const friends = uins.map((uin, index) => {
        const status = nameOf(STATUSES, Number(statuses[index]));
        if (status === undefined) {
          throw malformed("ST", "must hold 10, 20, 30 or 40", statuses[index]!);
        }
        return {
          uin,
          nickname: nicknames[index]!,
          status,
          face: faces[index]!,
        };
      });
      return { ...head, complete, friends };
    }
    case "GetInfo": {
      const level = whole(fields, "LV");
      const text = (code: string) => {
        const wire = fieldOf(fields, code);
        return wire === undefined ? undefined : decodeText(wire);
      };
      const fail = (code: string, rule: string) =>
        malformed(code, rule, text(code) ?? "");
      return { ...head, level, profile: decodeProfile(level, text, fail) };
    }
    case "AddToList": {
      const code = whole(fields, "CD");
      // The earlier article has 3 for "nobody may add".
      const answer = code === 3 ? "refused" : nameOf(ADD_ANSWERS, code);
      if (answer === undefined) {
        throw malformed("CD", "must be 0, 1, 2 or 3", String(code));
      }
      return { ...head, answer, target: number(fields, "UN") };
    }
    case "Finger": {
      const uins = numbers(fields, "UN");
      const complete = isComplete(fields, uins.length);
      const nicknames = texts(fields, "NK", uins.length);
      return {
        ...head,
        complete,
        people: uins.map((uin, i) => ({ uin, nickname: nicknames[i]! })),
      };
    }
    case "GetMsgEx": {
      const mt = fieldOf(fields, "MT");
      const un = fieldOf(fields, "UN");
      const mg = fieldOf(fields, "MG");
      if (mt === undefined && un === undefined && mg === undefined) {
        required(fields, "MT");
      }
      return { ...head, items: decodeMailbox(mt ?? "", un ?? "", mg ?? "") };
    }
    default:
      return head;
  }
}

function isCount(fields: Fields): boolean {
  return fieldOf(fields, "UN") === undefined &&
    fieldOf(fields, "SN") === undefined;
}

function isComplete(fields: Fields, length: number): boolean {
  const count = whole(fields, "SN");
  if (count !== length) {
    throw malformed("SN", `must be the length of UN, ${length}`, String(count));
  }
  return whole(fields, "FN") === 1;
}

function malformed(code: string, rule: string, value: string): MalformedError {
  return new MalformedError(
    "malformed_reply",
    `Cannot decode a reply: ${code} ${rule}, got ${shown(value)}`,
    code,
  );
}

function required(fields: Fields, code: string): string {
  const value = fieldOf(fields, code);
  if (value !== undefined) return value;
  throw new MalformedError(
    "malformed_reply",
    `Cannot decode a reply: ${code} is missing`,
    code,
  );
}

function number(fields: Fields, code: string): string {
  const value = required(fields, code);
  if (!isDigits(value)) throw malformed(code, "must be 1 to 20 digits", value);
  return value;
}

function whole(fields: Fields, code: string): number {
  const value = required(fields, code);
  const result = wholeNumber(value);
  if (result < 0) throw malformed(code, "must be a whole number", value);
  return result;
}

function checkLength(
  code: string,
  length: number,
  expected: number | undefined,
): void {
  if (expected === undefined || length === expected) return;
  throw malformed(
    code,
    `must have as many elements as UN, ${expected}`,
    String(length),
  );
}

function numbers(fields: Fields, code: string, expected?: number): string[] {
  const elements = splitList(required(fields, code));
  for (const element of elements) {
    if (!isDigits(element)) throw malformed(code, "must hold numbers", element);
  }
  checkLength(code, elements.length, expected);
  return elements;
}

function texts(fields: Fields, code: string, expected: number): string[] {
  // An empty nickname at the end looks like a last comma: the numbers tell which it is.
  const ended = endsElements(required(fields, "UN"));
  const elements = splitList(fieldOf(fields, code) ?? "", ended);
  checkLength(code, elements.length, expected);
  return elements.map(decodeText);
}
