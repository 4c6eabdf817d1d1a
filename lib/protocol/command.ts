/** Commands, that is, requests: values <-> wire text. No I/O. @module */

import { defined } from "../defined.ts";
import { checkName, checkNumber, checkText, checkUin } from "./checks.ts";
import {
  ACK_ANSWERS,
  type CommandName,
  COMMANDS,
  LICENCE,
  nameOf,
  SEXES,
  STATUSES,
  type Version,
  VERSIONS,
} from "./codes.ts";
import type {
  AckAddToListCommand,
  AddToListCommand,
  ChangeStatCommand,
  CltMsgCommand,
  DelFromListCommand,
  FingerCommand,
  GetInfoCommand,
  GetMsgExCommand,
  ListCommand,
  LoginCommand,
  LogoutCommand,
  QueryStatCommand,
} from "./command_types.ts";
import { FieldReader } from "./field_reader.ts";
import {
  decodeRequestText,
  encodeExtra,
  encodeRequestText,
  extraOf,
  type Fields,
  type KnownCodes,
  knownCodes,
  parseFields,
  shown,
  wholeNumber,
} from "./fields.ts";

/** Any of the twelve commands. */
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
  | LogoutCommand;

/** How a command is read from the body of a request. */
export interface DecodeCommandOptions {
  /**
   * Whether the Content-Type was `application/x-www-form-urlencoded`, so that
   * `+` is a blank.
   *
   * @default {false}
   */
  form?: boolean;
}

const HEAD = ["VER", "CMD", "SEQ", "UIN"];

/** The fields of each command's request, in order. */
const CODES: Readonly<Record<CommandName, KnownCodes>> = {
  Login: knownCodes([...HEAD, "PS", "M5", "LC"]),
  List: knownCodes([...HEAD, "TN", "UN"]),
  Query_Stat: knownCodes([...HEAD, "TN", "UN"]),
  GetInfo: knownCodes([...HEAD, "LV", "UN"]),
  AddToList: knownCodes([...HEAD, "UN"]),
  Ack_AddToList: knownCodes([...HEAD, "UN", "CD", "RS"]),
  DelFromList: knownCodes([...HEAD, "UN"]),
  Finger: knownCodes([...HEAD, "AG", "SX", "PV"]),
  Change_Stat: knownCodes([...HEAD, "ST"]),
  GetMsgEx: knownCodes(HEAD),
  CLTMSG: knownCodes([...HEAD, "UN", "MG"]),
  Logout: knownCodes(HEAD),
};

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
 */
export function encodeCommand(command: Command): string {
  const { cmd } = command;
  const ver = command.ver ?? "1.1";
  if (!Object.hasOwn(CODES, cmd)) {
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
  const seq = encodeRequestText(checkText(cmd, "seq", command.seq));
  const uin = checkUin(cmd, "uin", command.uin);
  return `VER=${ver}&CMD=${cmd}&SEQ=${seq}&UIN=${uin}${
    encodeParameters(command)
  }${encodeExtra(cmd, command.extra, CODES[cmd], encodeRequestText)}`;
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
      return `&ST=${checkName(cmd, "status", STATUSES, command.status)}`;
    case "CLTMSG":
      return `&UN=${checkUin(cmd, "target", command.target)}&MG=${
        encodeRequestText(checkText(cmd, "text", command.text))
      }`;
    case "GetMsgEx":
    case "Logout":
      return "";
  }
}

function encodeLogin({ cmd, licence, passwordMd5 }: LoginCommand): string {
  if (!/^[0-9a-f]{32}$/.test(checkText(cmd, "passwordMd5", passwordMd5))) {
    // The value is as good as the password: it stays out of the message.
    throw new TypeError(
      "Cannot encode Login: passwordMd5 must be 32 lower-case hex digits",
    );
  }
  return `&PS=${passwordMd5}&M5=1&LC=${
    encodeRequestText(checkText(cmd, "licence", licence ?? LICENCE))
  }`;
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
 */
export function decodeCommand(
  body: string,
  options: DecodeCommandOptions = {},
): Command {
  return commandOf(parseFields(body), options.form ?? false);
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
  const seq = fields.required("SEQ");
  const uin = fields.uin("UIN");
  const command = {
    cmd,
    ver,
    seq,
    uin,
    ...parametersOf(cmd, fields),
  } as Command;
  const extra = extraOf(pairs, CODES[cmd], decode);
  if (extra !== undefined) command.extra = extra;
  return command;
}

function parametersOf(cmd: CommandName, fields: FieldReader): object {
  switch (cmd) {
    case "Login":
      return loginOf(fields);
    case "List":
    case "Query_Stat":
      return {
        ...(fields.has("TN") ? { limit: fields.whole("TN") } : {}),
        ...(fields.has("UN") ? { after: fields.uin("UN") } : {}),
      };
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
    case "Change_Stat": {
      const wire = fields.required("ST");
      const status = nameOf(STATUSES, wholeNumber(wire));
      if (status === undefined) {
        throw fields.malformed("ST", "must be 10, 20, 30 or 40", wire);
      }
      return { status };
    }
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
