/** Replies: values <-> wire text. No I/O. @module */

import { checkName, checkNumber, checkText, checkUin } from "./checks.ts";
import {
  ADD_ANSWERS,
  type CommandName,
  commandNamed,
  COMMANDS,
  nameOf,
  type PushName,
  REPLY_HEAD,
  REPLY_SPELLING,
} from "./codes.ts";
import { FieldReader } from "./field_reader.ts";
import {
  decodeText,
  encodeExtra,
  encodeText,
  extraOf,
  type Fields,
  hasCodes,
  type KnownCodes,
  knownCodesOf,
  parseFields,
  shown,
  valueAt,
} from "./fields.ts";
import { decodeMailbox, encodeMailbox, type MailItem } from "./mailbox.ts";
import {
  decodeCount,
  decodeFriends,
  decodeNamedFriends,
  decodePeople,
  decodeSeenFriends,
  decodeUins,
  encodeCount,
  encodeFriends,
  encodeNamedFriends,
  encodePeople,
  encodeSeenFriends,
  encodeUins,
} from "./pages.ts";
import {
  decodeProfile,
  encodeProfile,
  isPlaced,
  profileCodes,
} from "./profile.ts";
import { isDigits } from "./qq_number.ts";
import { decodePushed, encodePushed } from "./push.ts";
import type {
  AddToListReply,
  CountReply,
  FailedReply,
  FingerReply,
  GetInfoReply,
  GetMsgExReply,
  ListReply,
  LoginRefusedReply,
  LoginReply,
  PlainReply,
  Push,
  QueryStat2Reply,
  QueryStatReply,
  SimpleInfo2Reply,
  VerifyCodeReply,
} from "./reply_types.ts";

/**
 * Any reply that says that the request was done.
 *
 * @category Codec
 */
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
  | PlainReply
  | VerifyCodeReply
  | SimpleInfo2Reply
  | QueryStat2Reply;

/**
 * Any reply or push. With `res` not 0 it is a {@linkcode FailedReply}.
 *
 * @category Codec
 */
export type Reply = DoneReply | FailedReply | Push;

/** The fields of each command's reply, in order; GetInfo's depend on its level. */
const CODES = /* @__PURE__ */ knownCodesOf(COMMANDS, REPLY_HEAD, {
  Login: "RS HI LI RA",
  List: "FN SN UN",
  Query_Stat: "FC FN SN ST UN NK",
  GetInfo: "LV",
  AddToList: "CD UN",
  Finger: "FN SN UN NK",
  GetMsgEx: "MN MT UN MG",
  VERIFYCODE: "SC SN VC",
  SimpleInfo2: "FN SN UN FC NK",
  Query_Stat2: "FN SN ST UN",
});

/** The fields of each push. */
const PUSH_CODES = /* @__PURE__ */ knownCodesOf(
  ["Server_Msg", "update_stat"],
  REPLY_HEAD,
  { Server_Msg: "MN MT UN MG", update_stat: "ST UN" },
);

function isPushName(cmd: string): cmd is PushName {
  return Object.hasOwn(PUSH_CODES, cmd);
}

/** The replies that end in `&` when there is nothing behind RES=0. */
const ENDS_IN_AMPERSAND: ReadonlySet<CommandName> = /* @__PURE__ */ new Set([
  "Ack_AddToList",
  "DelFromList",
  "Change_Stat",
  "Change_Stat2",
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
 * import { assertEquals } from "@std/assert";
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
 * @param reply The reply.
 * @returns The body.
 * @throws {TypeError} Where a field is missing or of the wrong type.
 * @throws {RangeError} Where a number or a name is out of its range.
 * @category Codec
 */
export function encodeReply(reply: Reply): string {
  const { cmd } = reply;
  if (isPush(reply)) return encodePush(reply);
  if (!isCommandName(cmd)) {
    throw new RangeError(
      `Cannot encode a reply: cmd must be one of ${COMMANDS.join(", ")}, got ${
        shown(cmd)
      }`,
    );
  }
  const head = encodeHead(reply, REPLY_SPELLING[cmd]);
  if (reply.res !== 0) {
    return head + encodeExtra(cmd, reply.extra, CODES[cmd], encodeText);
  }
  const done = reply as DoneReply;
  if (done.cmd === "GetInfo") return head + encodeInfo(done);
  const fields = encodeDetails(done);
  const extra = encodeExtra(cmd, done.extra, CODES[cmd], encodeText);
  return head + fields + extra +
    (ENDS_IN_AMPERSAND.has(cmd) && extra === "" ? "&" : "");
}

function isCommandName(cmd: string): cmd is CommandName {
  return Object.hasOwn(CODES, cmd);
}

function isPush(reply: Reply): reply is Push {
  return isPushName(reply.cmd);
}

function encodeHead(
  { cmd, ver, seq, uin, res }: Reply,
  spelling: string,
): string {
  return `VER=${encodeText(checkText(cmd, "ver", ver))}&CMD=${spelling}&SEQ=${
    encodeText(checkText(cmd, "seq", seq))
  }&UIN=${checkUin(cmd, "uin", uin)}&RES=${checkNumber(cmd, "res", res)}`;
}

function encodePush(push: Push): string {
  const { cmd, extra, item } = push;
  return encodeHead(push, cmd) + encodePushed(cmd, item) +
    encodeExtra(cmd, extra, PUSH_CODES[cmd], encodeText);
}

function encodeInfo({ cmd, extra = {}, level, profile }: GetInfoReply): string {
  const behind = Object.fromEntries(
    Object.entries(extra).filter(([code]) => !isPlaced(level, code)),
  );
  return encodeProfile(
    Number(checkNumber(cmd, "level", level)),
    profile,
    extra,
  ) + encodeExtra(cmd, behind, codesOf(cmd, level), encodeText);
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
    case "List":
      return "count" in reply
        ? encodeCount(cmd, reply.count)
        : encodeUins(reply.complete, reply.uins);
    case "Query_Stat":
      return "count" in reply
        ? encodeCount(cmd, reply.count)
        : encodeFriends(reply.complete, reply.friends);
    case "AddToList":
      return `&CD=${checkName(cmd, "answer", ADD_ANSWERS, reply.answer)}&UN=${
        checkUin(cmd, "target", reply.target)
      }`;
    case "Finger":
      return encodePeople(reply.complete, reply.people);
    case "GetMsgEx":
      return "&" + encodeMailbox(reply.items);
    case "VERIFYCODE":
      return reply.picture === undefined
        ? ""
        : `&SC=2&SN=1&VC=${checkText(cmd, "picture", reply.picture)}`;
    case "SimpleInfo2":
      return encodeNamedFriends(reply.next, reply.friends);
    case "Query_Stat2":
      return encodeSeenFriends(reply.complete, reply.friends);
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
 * import { assertEquals } from "@std/assert";
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
 * @category Codec
 */
export function decodeReply(body: string): Reply {
  const pairs = parseFields(
    body.endsWith("\n") ? body.replace(/\r?\n$/, "") : body,
  );
  const mailbox = mailboxReplyOf(pairs);
  if (mailbox !== undefined) return mailbox;
  const fields = new FieldReader("reply", pairs);
  const name = fields.text("CMD") ?? "";
  const cmd = commandNamed(name);
  if (cmd === undefined) {
    if (isPushName(name)) return pushOf(name, pairs, fields);
    throw fields.unknownCommand();
  }
  const ver = decodeText(fields.required("VER"));
  const seq = decodeText(fields.required("SEQ"));
  const uin = fields.uin("UIN");
  const res = fields.whole("RES");
  const head: FailedReply = { cmd, ver, seq, uin, res };
  const reply = (res === 0 ? doneReplyOf(head, fields) : head) as Reply;
  const codes = codesOf(
    cmd,
    res === 0 && cmd === "GetInfo" ? (reply as GetInfoReply).level : undefined,
  );
  const extra = extraOf(pairs, codes, decodeText);
  if (extra !== undefined) reply.extra = extra;
  return reply;
}

/**
 * A mailbox in the order of the old server, which is nearly all that is read:
 * by places rather than by codes this takes a third less time. Undefined where
 * anything is in another way.
 */
function mailboxReplyOf(pairs: Fields): GetMsgExReply | undefined {
  if (!hasCodes(pairs, CODES.GetMsgEx)) return undefined;
  const uin = valueAt(pairs, 3);
  if (
    valueAt(pairs, 1) !== REPLY_SPELLING.GetMsgEx ||
    valueAt(pairs, 4) !== "0" || !isDigits(uin)
  ) return undefined;
  return {
    cmd: "GetMsgEx",
    ver: decodeText(valueAt(pairs, 0)),
    seq: decodeText(valueAt(pairs, 2)),
    uin,
    res: 0,
    items: decodeMailbox(
      valueAt(pairs, 6),
      valueAt(pairs, 7),
      valueAt(pairs, 8),
    ),
  };
}

function pushOf(cmd: PushName, pairs: Fields, fields: FieldReader): Push {
  const push: Push = {
    cmd,
    ver: decodeText(fields.required("VER")),
    seq: decodeText(fields.required("SEQ")),
    uin: fields.uin("UIN"),
    res: 0,
    item: decodePushed(cmd, fields),
  };
  const extra = extraOf(pairs, PUSH_CODES[cmd], decodeText);
  if (extra !== undefined) push.extra = extra;
  return push;
}

/** The head is spread before what follows it: an object after it costs more than all the rest. */
function doneReplyOf(head: FailedReply, fields: FieldReader): object {
  switch (head.cmd) {
    case "Login":
      if (fields.whole("RS") !== 0) {
        return {
          ...head,
          loggedIn: false,
          reason: decodeText(fields.text("RA") ?? ""),
        };
      }
      return {
        ...head,
        loggedIn: true,
        heartbeatSeconds: fields.whole("HI"),
        idleSeconds: fields.whole("LI"),
      };
    case "List": {
      const count = decodeCount(fields);
      if (count !== undefined) return { ...head, count };
      const { complete, entries } = decodeUins(fields);
      return { ...head, complete, uins: entries };
    }
    case "Query_Stat": {
      const count = decodeCount(fields);
      if (count !== undefined) return { ...head, count };
      const { complete, entries } = decodeFriends(fields);
      return { ...head, complete, friends: entries };
    }
    case "GetInfo": {
      const level = fields.whole("LV");
      return { ...head, level, profile: decodeProfile(level, fields) };
    }
    case "AddToList": {
      const code = fields.whole("CD");
      // The earlier article has 3 for "nobody may add".
      const answer = code === 3 ? "refused" : nameOf(ADD_ANSWERS, code);
      if (answer === undefined) {
        throw fields.malformed("CD", "must be 0, 1, 2 or 3", String(code));
      }
      return { ...head, answer, target: fields.uin("UN") };
    }
    case "Finger": {
      const { complete, entries } = decodePeople(fields);
      return { ...head, complete, people: entries };
    }
    case "GetMsgEx":
      return { ...head, items: mailboxOf(fields) };
    case "VERIFYCODE": {
      const picture = fields.text("VC");
      return picture === undefined ? head : { ...head, picture };
    }
    case "SimpleInfo2": {
      const { entries, ...page } = decodeNamedFriends(fields);
      return { ...head, ...page, friends: entries };
    }
    case "Query_Stat2": {
      const { complete, entries } = decodeSeenFriends(fields);
      return { ...head, complete, friends: entries };
    }
    default:
      return head;
  }
}

function mailboxOf(fields: FieldReader): MailItem[] {
  const mt = fields.text("MT");
  const un = fields.text("UN");
  const mg = fields.text("MG");
  if (mt === undefined && un === undefined && mg === undefined) {
    fields.required("MT");
  }
  return decodeMailbox(mt ?? "", un ?? "", mg ?? "");
}
