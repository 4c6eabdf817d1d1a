/** Commands, that is, requests: values <-> wire text. No I/O. @module */

import { checkName, checkNumber, checkText, checkUin } from "./checks.ts";
import {
  ACK_ANSWERS,
  type AckAnswer,
  type CommandName,
  COMMANDS,
  LICENCE,
  nameOf,
  REPLY_SPELLING,
  type Sex,
  SEXES,
  type Status,
  STATUSES,
  type Version,
  VERSIONS,
} from "./codes.ts";
import { MalformedError } from "./errors.ts";
import {
  decodeRequestText,
  encodeExtra,
  encodeRequestText,
  extraOf,
  fieldOf,
  type Fields,
  isDigits,
  type KnownCodes,
  knownCodes,
  parseFields,
  shown,
  wholeNumber,
} from "./fields.ts";

/** What every command carries. */
export interface CommandHead {
  /** Version of the protocol. @default {"1.1"} */
  ver?: Version;
  /** A marker against sending twice, echoed by the server; decimal text. */
  seq: string;
  /** The acting QQ number. */
  uin: string;
  /** Fields that the codec does not know, by wire code, in order. */
  extra?: Record<string, string>;
}

/** Opens the session of an address and a number. */
export interface LoginCommand extends CommandHead {
  /** Discriminator. */
  cmd: "Login";
  /** MD5 of the password, 32 lower-case hex digits. */
  passwordMd5: string;
  /** The licence code. @default {LICENCE} */
  licence?: string;
}

/** Asks for the friend list, or, without a limit, for its length. */
export interface ListCommand extends CommandHead {
  /** Discriminator. */
  cmd: "List";
  /** Most entries wanted; the server gives 120 at most. Absent or 0: the count only. */
  limit?: number;
  /** The last number received; entries come in ascending order behind it. */
  after?: string;
}

/** Asks for the friends that are online, or, without a limit, for how many. */
export interface QueryStatCommand extends CommandHead {
  /** Discriminator. */
  cmd: "Query_Stat";
  /** Most entries wanted; the server gives 120 at most. Absent or 0: the two replies. */
  limit?: number;
  /** The last number received. */
  after?: string;
}

/** Asks for somebody's profile. */
export interface GetInfoCommand extends CommandHead {
  /** Discriminator. */
  cmd: "GetInfo";
  /** Whose profile. */
  target: string;
  /** How much: 0 and 1 the nickname, 2 the normal page, 3 and more all. */
  level: number;
}

/** Adds a friend, where that needs no verification. */
export interface AddToListCommand extends CommandHead {
  /** Discriminator. */
  cmd: "AddToList";
  /** Whom. */
  target: string;
}

/** Asks to be added, or answers somebody who asked. */
export interface AckAddToListCommand extends CommandHead {
  /** Discriminator. */
  cmd: "Ack_AddToList";
  /** Whom. */
  target: string;
  /** `ask` to be added, or `accept` or `refuse` a request. */
  answer: AckAnswer;
  /** What the other is told; may be empty. */
  reason: string;
}

/** Removes a friend from one's own list. */
export interface DelFromListCommand extends CommandHead {
  /** Discriminator. */
  cmd: "DelFromList";
  /** Whom. */
  target: string;
}

/** Searches people. What is absent matches everybody. */
export interface FingerCommand extends CommandHead {
  /** Discriminator. */
  cmd: "Finger";
  /** Age in years. */
  age?: number;
  /** Sex. */
  sex?: Sex;
  /** Province, not empty. */
  province?: string;
}

/** Changes one's own presence. */
export interface ChangeStatCommand extends CommandHead {
  /** Discriminator. */
  cmd: "Change_Stat";
  /** The new status. */
  status: Status;
}

/** Reads, and so empties, the mailbox. */
export interface GetMsgExCommand extends CommandHead {
  /** Discriminator. */
  cmd: "GetMsgEx";
}

/** Sends a message. */
export interface CltMsgCommand extends CommandHead {
  /** Discriminator. */
  cmd: "CLTMSG";
  /** To whom. */
  target: string;
  /** What. */
  text: string;
}

/** Ends the session. */
export interface LogoutCommand extends CommandHead {
  /** Discriminator. */
  cmd: "Logout";
}

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

/** How `decodeCommand` reads. */
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

/** The commands and their other spelling by their length, which tells most of them apart. */
const BY_LENGTH: (readonly [cmd: CommandName, inReplies: string])[][] = [];
for (const cmd of COMMANDS) {
  (BY_LENGTH[cmd.length] ??= []).push([cmd, REPLY_SPELLING[cmd]]);
}

/** The command of this name in any case, or undefined. */
export function commandNamed(name: string): CommandName | undefined {
  const commands = BY_LENGTH[name.length];
  if (commands === undefined) return undefined;
  for (const [cmd, inReplies] of commands) {
    if (name === inReplies || name === cmd) return cmd;
  }
  const lower = name.toLowerCase();
  return commands.find(([cmd]) => cmd.toLowerCase() === lower)?.[0];
}

/**
 * A command as the body of its request.
 *
 * The text is raw UTF-8 with `% & = + ,`, line ends and control characters
 * percent-encoded; send it as `text/plain; charset=UTF-8`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "npm:deno-std@1.4.0/assert/equals.js";
 * import { encodeCommand } from "@tqq/tqq";
 *
 * assertEquals(
 *   encodeCommand({ cmd: "CLTMSG", seq: "7", uin: "10001", target: "10002", text: "1+1=2" }),
 *   "VER=1.1&CMD=CLTMSG&SEQ=7&UIN=10001&UN=10002&MG=1%2b1%3d2",
 * );
 * ```
 *
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
    case "Login": {
      if (
        !/^[0-9a-f]{32}$/.test(
          checkText(cmd, "passwordMd5", command.passwordMd5),
        )
      ) {
        // The value is as good as the password: it stays out of the message.
        throw new TypeError(
          "Cannot encode Login: passwordMd5 must be 32 lower-case hex digits",
        );
      }
      const licence = encodeRequestText(
        checkText(cmd, "licence", command.licence ?? LICENCE),
      );
      return `&PS=${command.passwordMd5}&M5=1&LC=${licence}`;
    }
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
      return (command.age === undefined
        ? ""
        : `&AG=${checkNumber(cmd, "age", command.age)}`) +
        (command.sex === undefined
          ? ""
          : `&SX=${checkName(cmd, "sex", SEXES, command.sex)}`) +
        (command.province === undefined
          ? ""
          : `&PV=${
            encodeRequestText(checkText(cmd, "province", command.province))
          }`);
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

/**
 * The command that a request's body holds.
 *
 * Reads what the clients of 2005 sent: raw UTF-8, form encoding, command names
 * in any case, pairs without `=`, a malformed `%`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "npm:deno-std@1.4.0/assert/equals.js";
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
export function commandOf(fields: Fields, form: boolean): Command {
  const decode = (wire: string) => decodeRequestText(wire, form);
  const text = (code: string) => {
    const wire = fieldOf(fields, code);
    return wire === undefined ? undefined : decode(wire);
  };
  const name = required("CMD", text("CMD"));
  const cmd = commandNamed(name);
  if (cmd === undefined) {
    throw malformed("CMD", `must be one of ${COMMANDS.join(", ")}`, name);
  }
  const ver = required("VER", text("VER")) as Version;
  if (!VERSIONS.includes(ver)) {
    throw malformed("VER", `must be one of ${VERSIONS.join(", ")}`, ver);
  }
  const seq = required("SEQ", text("SEQ"));
  const uin = digits("UIN", text("UIN"));
  const command = { cmd, ver, seq, uin, ...parametersOf(cmd, text) } as Command;
  const extra = extraOf(fields, CODES[cmd], decode);
  if (extra !== undefined) command.extra = extra;
  return command;
}

function parametersOf(
  cmd: CommandName,
  text: (code: string) => string | undefined,
): object {
  switch (cmd) {
    case "Login": {
      const passwordMd5 = required("PS", text("PS")).trim().toLowerCase();
      if (passwordMd5 === "") {
        throw new MalformedError(
          "malformed_command",
          "Cannot decode a command: PS must not be empty",
          "PS",
        );
      }
      const licence = text("LC");
      return licence === undefined ? { passwordMd5 } : { passwordMd5, licence };
    }
    case "List":
    case "Query_Stat": {
      const limit = text("TN");
      const after = text("UN");
      return {
        ...(limit === undefined ? {} : { limit: whole("TN", limit) }),
        ...(after === undefined ? {} : { after: digits("UN", after) }),
      };
    }
    case "GetInfo":
      return {
        target: digits("UN", text("UN")),
        level: whole("LV", text("LV")),
      };
    case "AddToList":
    case "DelFromList":
      return { target: digits("UN", text("UN")) };
    case "Ack_AddToList": {
      const number = whole("CD", text("CD"));
      const answer = nameOf(ACK_ANSWERS, number);
      if (answer === undefined) {
        throw malformed("CD", "must be 0, 1 or 2", String(number));
      }
      return {
        target: digits("UN", text("UN")),
        answer,
        reason: text("RS") ?? "",
      };
    }
    case "Finger": {
      const age = text("AG") || undefined;
      const sex = nameOf(SEXES, wholeNumber(text("SX") ?? ""));
      const province = text("PV") || undefined;
      return {
        ...(age === undefined ? {} : { age: whole("AG", age) }),
        ...(sex === undefined ? {} : { sex }),
        ...(province === undefined ? {} : { province }),
      };
    }
    case "Change_Stat": {
      const wire = required("ST", text("ST"));
      const status = nameOf(STATUSES, wholeNumber(wire));
      if (status === undefined) {
        throw malformed("ST", "must be 10, 20, 30 or 40", wire);
      }
      return { status };
    }
    case "CLTMSG":
      return {
        target: digits("UN", text("UN")),
        text: required("MG", text("MG")),
      };
    case "GetMsgEx":
    case "Logout":
      return {};
  }
}

function malformed(code: string, rule: string, value: string): MalformedError {
  return new MalformedError(
    "malformed_command",
    `Cannot decode a command: ${code} ${rule}, got ${shown(value)}`,
    code,
  );
}

function required(code: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new MalformedError(
    "malformed_command",
    `Cannot decode a command: ${code} is missing`,
    code,
  );
}

function digits(code: string, value: string | undefined): string {
  const present = required(code, value);
  if (!isDigits(present)) {
    throw malformed(code, "must be 1 to 20 digits", present);
  }
  return present;
}

function whole(code: string, value: string | undefined): number {
  const number = wholeNumber(required(code, value));
  if (number < 0) throw malformed(code, "must be a whole number", value!);
  return number;
}
