/** Commands, that is, requests: values <-> wire text. No I/O. @module */

import { defined } from "../defined.ts";
import { checkName, checkNumber, checkText, checkUin } from "./checks.ts";
import {
  ACK_ANSWERS,
  type CommandName,
  COMMANDS,
  LATER_COMMANDS,
  LATER_LICENCES,
  LATER_STATUSES,
  LICENCE,
  nameOf,
  SEXES,
  type Status,
  STATUSES,
  type Version,
  VERSIONS,
} from "./codes.ts";
import type {
  AckAddToListCommand,
  AddToListCommand,
  ChangeStat2Command,
  ChangeStatCommand,
  CltMsgCommand,
  DelFromListCommand,
  FingerCommand,
  GetInfoCommand,
  GetMsgExCommand,
  ListCommand,
  LoginCommand,
  LogoutCommand,
  QueryStat2Command,
  QueryStatCommand,
  SimpleInfo2Command,
  VerifyCodeCommand,
} from "./command_types.ts";
import { codesOf } from "./command_fields.ts";
import { FieldReader } from "./field_reader.ts";
import {
  decodeRequestText,
  encodeExtra,
  encodeRequestText,
  extraOf,
  type Fields,
  parseFields,
  shown,
  wholeNumber,
} from "./fields.ts";

/**
 * Any command that a client can send.
 *
 * @category Codec
 */
export type Command =
  | LoginCommand
  | ListCommand
  | QueryStatCommand
  | GetInfoCommand
  | AddToListCommand
  | AckAddToListCommand
  | DelFromListCommand
  | FingerCommand
  | ChangeStatCommand
  | GetMsgExCommand
  | CltMsgCommand
  | LogoutCommand
  | VerifyCodeCommand
  | SimpleInfo2Command
  | QueryStat2Command
  | ChangeStat2Command;

/**
 * How a command is read from the body of a request.
 *
 * @category Codec
 */
export interface DecodeCommandOptions {
  /**
   * Whether the Content-Type was `application/x-www-form-urlencoded`, so that
   * `+` is a blank.
   *
   * @default {false}
   */
  form?: boolean;
}

/** The version whose commands have more fields than those before. */
const LATER_VERSION = "1.4";

/** What our client sends in every command of VER=1.4 but Login. */
const LATER_HEAD = "&SID=&XP=C4CA4238A0B92382";

/** The end of a Login of VER=1.4. */
const LATER_LOGIN_TAIL = "&GD=AAAAAAAAAAAAAAAA&CKE=";

/**
 * A command as the body of its request.
 *
 * The text is raw UTF-8 with `% & = + ,`, line ends and control characters
 * percent-encoded; send it as `text/plain; charset=UTF-8`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { encodeCommand } from "@tqq/tqq";
 *
 * assertEquals(
 *   encodeCommand({ cmd: "CLTMSG", seq: "7", uin: "10001", target: "10002", text: "1+1=2" }),
 *   "VER=1.1&CMD=CLTMSG&SEQ=7&UIN=10001&UN=10002&MG=1%2b1%3d2",
 * );
 * ```
 *
 * @param command The command.
 * @returns The body.
 * @throws {TypeError} Where a field is missing or of the wrong type.
 * @throws {RangeError} Where a number or a name is out of its range.
 * @category Codec
 */
export function encodeCommand(command: Command): string {
  const { cmd } = command;
  const ver = command.ver ?? "1.1";
  if (!COMMANDS.includes(cmd)) {
    throw new RangeError(
      `Cannot encode a command: cmd must be one of ${
        COMMANDS.join(", ")
      }, got ${shown(cmd)}`,
    );
  }
  if (!VERSIONS.includes(ver)) {
    throw new RangeError(
      `Cannot encode ${cmd}: ver must be one of ${VERSIONS.join(", ")}, got ${
        shown(ver)
      }`,
    );
  }
  const isLater = ver === LATER_VERSION;
  if (!isLater && LATER_COMMANDS.has(cmd)) {
    throw new RangeError(
      `Cannot encode ${cmd}: ver must be ${LATER_VERSION}, got ${shown(ver)}`,
    );
  }
  const seq = encodeRequestText(checkText(cmd, "seq", command.seq));
  const uin = checkUin(cmd, "uin", command.uin);
  const extra = encodeExtra(
    cmd,
    command.extra,
    codesOf(cmd, isLater),
    encodeRequestText,
  );
  const head = `VER=${ver}${isLater ? "&CON=1" : ""}&CMD=${cmd}&SEQ=${seq}`;
  return `${head}&UIN=${uin}${isLater && cmd !== "Login" ? LATER_HEAD : ""}${
    encodeParameters(command)
  }${extra}`;
}

function encodeParameters(command: Command): string {
  const { cmd } = command;
  switch (command.cmd) {
    case "Login":
      return encodeLogin(command);
    case "List":
    case "Query_Stat":
      return (command.limit === undefined
        ? ""
        : `&TN=${checkNumber(cmd, "limit", command.limit)}`) +
        (command.after === undefined
          ? ""
          : `&UN=${checkUin(cmd, "after", command.after)}`);
    case "GetInfo":
      return `&LV=${checkNumber(cmd, "level", command.level)}&UN=${
        checkUin(cmd, "target", command.target)
      }`;
    case "AddToList":
    case "DelFromList":
      return `&UN=${checkUin(cmd, "target", command.target)}`;
    case "Ack_AddToList":
      return `&UN=${checkUin(cmd, "target", command.target)}&CD=${
        checkName(cmd, "answer", ACK_ANSWERS, command.answer)
      }&RS=${encodeRequestText(checkText(cmd, "reason", command.reason))}`;
    case "Finger":
      return encodeSearch(command);
    case "Change_Stat":
    case "Change_Stat2":
      return `&ST=${checkName(cmd, "status", STATUSES, command.status)}`;
    case "VERIFYCODE":
      return `&SC=2&VC=${
        encodeRequestText(checkText(cmd, "text", command.text ?? ""))
      }`;
    case "SimpleInfo2":
      return `&UN=${checkNumber(cmd, "offset", command.offset)}&TO=0`;
    case "Query_Stat2":
      return `&CM=2&UN=${checkUin(cmd, "after", command.after ?? "0")}`;
    case "CLTMSG":
      return `&UN=${checkUin(cmd, "target", command.target)}&MG=${
        encodeRequestText(checkText(cmd, "text", command.text))
      }`;
    case "GetMsgEx":
    case "Logout":
      return "";
  }
}

function encodeLogin(command: LoginCommand): string {
  const { cmd, passwordMd5, status, ver } = command;
  const isLater = ver === LATER_VERSION;
  if (status !== undefined && !isLater) {
    throw new RangeError(
      `Cannot encode Login: status must be absent unless ver is ${LATER_VERSION}, got ${
        shown(status)
      }`,
    );
  }
  const licence = command.licence ?? (isLater ? LATER_LICENCES[0] : LICENCE);
  if (!/^[0-9a-f]{32}$/.test(checkText(cmd, "passwordMd5", passwordMd5))) {
    // The value is as good as the password: it stays out of the message.
    throw new TypeError(
      "Cannot encode Login: passwordMd5 must be 32 lower-case hex digits",
    );
  }
  const lc = encodeRequestText(checkText(cmd, "licence", licence));
  if (!isLater) return `&PS=${passwordMd5}&M5=1&LC=${lc}`;
  const st = status === undefined
    ? ""
    : `&ST=${checkName(cmd, "status", STATUSES, status)}`;
  return `&PS=${passwordMd5}&M5=1&LG=0${st}&LC=${lc}${LATER_LOGIN_TAIL}`;
}

function encodeSearch({ age, cmd, province, sex }: FingerCommand): string {
  let out = "";
  if (age !== undefined) out += `&AG=${checkNumber(cmd, "age", age)}`;
  if (sex !== undefined) out += `&SX=${checkName(cmd, "sex", SEXES, sex)}`;
  if (province !== undefined) {
    out += `&PV=${encodeRequestText(checkText(cmd, "province", province))}`;
  }
  return out;
}

/**
 * The command that a request's body holds.
 *
 * Reads what the clients of 2005 sent: raw UTF-8, form encoding, command names
 * in any case, pairs without `=`, a malformed `%`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decodeCommand } from "@tqq/tqq";
 *
 * assertEquals(decodeCommand("VER=1.1&CMD=Change_stat&SEQ=1&UIN=10001&ST=30"), {
 *   cmd: "Change_Stat",
 *   ver: "1.1",
 *   seq: "1",
 *   uin: "10001",
 *   status: "busy",
 * });
 * ```
 *
 * @param body The request's body as text.
 * @param options How to read it.
 * @throws {MalformedError} With code `malformed_command`: the old server gave
 * no answer at all (NULL) to such a request.
 * @category Codec
 */
export function decodeCommand(
  body: string,
  options: DecodeCommandOptions = {},
): Command {
  return commandOf(parseFields(withoutLineEnd(body)), options.form ?? false);
}

const LATER_REQUEST = /(?:^|&)VER=1\.4(?:&|\r?\n?$)/;

/** A request's body without the line end behind one of VER=1.4; that of another is its last value's. */
export function withoutLineEnd(body: string): string {
  return body.endsWith("\n") && LATER_REQUEST.test(body)
    ? body.slice(0, body.endsWith("\r\n") ? -2 : -1)
    : body;
}

/** The command that a request's fields make. Throws MalformedError. */
export function commandOf(pairs: Fields, form: boolean): Command {
  const decode = (wire: string) => decodeRequestText(wire, form);
  const fields = new FieldReader("command", pairs, decode);
  const cmd = fields.command();
  const ver = fields.required("VER") as Version;
  if (!VERSIONS.includes(ver)) {
    throw fields.malformed("VER", `must be one of ${VERSIONS.join(", ")}`, ver);
  }
  const isLater = ver === LATER_VERSION;
  if (!isLater && LATER_COMMANDS.has(cmd)) {
    throw fields.malformed("CMD", `must be one of VER=${ver}`, cmd);
  }
  const seq = fields.required("SEQ");
  const uin = fields.uin("UIN");
  const command = {
    cmd,
    ver,
    seq,
    uin,
    ...parametersOf(cmd, fields, isLater),
  } as Command;
  const extra = extraOf(pairs, codesOf(cmd, isLater), decode);
  if (extra !== undefined) command.extra = extra;
  return command;
}

function parametersOf(
  cmd: CommandName,
  fields: FieldReader,
  isLater: boolean,
): object {
  // In VER=1.4 an empty field that may be absent counts as absent.
  const has = (code: string) =>
    isLater ? !!fields.text(code) : fields.has(code);
  switch (cmd) {
    case "Login":
      return isLater
        ? { ...loginOf(fields), ...loginStatusOf(fields) }
        : loginOf(fields);
    case "List":
    case "Query_Stat":
      return {
        ...(has("TN") ? { limit: fields.whole("TN") } : {}),
        ...(has("UN") ? { after: fields.uin("UN") } : {}),
      };
    case "VERIFYCODE":
      return has("VC") ? { text: fields.required("VC") } : {};
    case "SimpleInfo2":
      return { offset: has("UN") ? fields.whole("UN") : 0 };
    case "Query_Stat2":
      return has("UN") ? { after: fields.uin("UN") } : {};
    case "GetInfo":
      return {
        target: fields.uin("UN"),
        level: fields.whole("LV"),
      };
    case "AddToList":
    case "DelFromList":
      return { target: fields.uin("UN") };
    case "Ack_AddToList": {
      const number = fields.whole("CD");
      const answer = nameOf(ACK_ANSWERS, number);
      if (answer === undefined) {
        throw fields.malformed("CD", "must be 0, 1 or 2", String(number));
      }
      return {
        target: fields.uin("UN"),
        answer,
        reason: fields.text("RS") ?? "",
      };
    }
    case "Finger":
      return searchOf(fields);
    case "Change_Stat":
    case "Change_Stat2":
      return { status: statusOf(fields, isLater) };
    case "CLTMSG":
      return {
        target: fields.uin("UN"),
        text: fields.required("MG"),
      };
    case "GetMsgEx":
    case "Logout":
      return {};
  }
}

function statusOf(fields: FieldReader, isLater: boolean): Status {
  const wire = fields.required("ST");
  const number = wholeNumber(wire);
  const status = nameOf(STATUSES, number) ??
    (isLater ? LATER_STATUSES[number] : undefined);
  if (status !== undefined) return status;
  const rule = isLater
    ? "must be one of 10, 20, 30, 40, 50, 60, 70"
    : "must be 10, 20, 30 or 40";
  throw fields.malformed("ST", rule, wire);
}

/** The status of a Login of VER=1.4. One client says invisible by LG alone. */
function loginStatusOf(fields: FieldReader): { status?: Status } {
  if (fields.text("ST")) return { status: statusOf(fields, true) };
  return fields.text("LG") === "40" ? { status: "invisible" } : {};
}

function loginOf(fields: FieldReader): object {
  const passwordMd5 = fields.required("PS").trim().toLowerCase();
  if (passwordMd5 === "") {
    // Without what it got: the value is as good as the password.
    throw fields.malformed("PS", "must not be empty");
  }
  const licence = fields.text("LC");
  return licence === undefined ? { passwordMd5 } : { passwordMd5, licence };
}

function searchOf(fields: FieldReader): object {
  const sex = nameOf(SEXES, wholeNumber(fields.text("SX") ?? ""));
  const province = fields.text("PV") || undefined;
  // An empty field of a form means the same as an absent one.
  const age = fields.text("AG") ? fields.whole("AG") : undefined;
  return defined({ age, sex, province });
}
