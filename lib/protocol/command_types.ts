/** The fields of each command. @module */

import type { AckAnswer, CommandName, Sex, Status, Version } from "./codes.ts";

/**
 * What every command carries.
 *
 * @category Codec
 */
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

/**
 * What every command of one CMD has.
 *
 * @category Codec
 */
export interface CommandOf<C extends CommandName> extends CommandHead {
  /** The command's CMD. Narrow a union of commands on it. */
  cmd: C;
}

/**
 * What every command about another QQ number has.
 *
 * @category Codec
 */
export interface TargetCommandOf<C extends CommandName> extends CommandOf<C> {
  /** The other QQ number, 1 to 20 decimal digits. */
  target: string;
}

/**
 * Opens the session of an address and a number.
 *
 * @category Codec
 */
export interface LoginCommand extends CommandOf<"Login"> {
  /** MD5 of the password, 32 lower-case hex digits. */
  passwordMd5: string;
  /** The licence code of the client program. @default {the one of the version} */
  licence?: string;
  /** The presence from now on; only VER=1.4 has it. @default {"online"} */
  status?: Status;
}

/**
 * Asks for the friend list, or, without a limit, for its length.
 *
 * @category Codec
 */
export interface ListCommand extends CommandOf<"List"> {
  /** Most entries wanted; the server gives 120 at most. Absent or 0: the count only. */
  limit?: number;
  /** The last number received; entries come in ascending order behind it. */
  after?: string;
}

/**
 * Asks for the friends that are online, or, without a limit, for how many.
 *
 * @category Codec
 */
export interface QueryStatCommand extends CommandOf<"Query_Stat"> {
  /** Most entries wanted; the server gives 120 at most. Absent or 0: the two replies. */
  limit?: number;
  /** The last number received. */
  after?: string;
}

/**
 * Asks for somebody's profile.
 *
 * @category Codec
 */
export interface GetInfoCommand extends TargetCommandOf<"GetInfo"> {
  /** How much: 0 and 1 the nickname, 2 the normal page, 3 and more all. */
  level: number;
}

/**
 * Adds a friend, where that needs no verification.
 *
 * @category Codec
 */
export interface AddToListCommand extends TargetCommandOf<"AddToList"> {
}

/**
 * Asks to be added, or answers somebody who asked.
 *
 * @category Codec
 */
export interface AckAddToListCommand extends TargetCommandOf<"Ack_AddToList"> {
  /** `ask` to be added, or `accept` or `refuse` a request. */
  answer: AckAnswer;
  /** Text that the other person sees; may be empty. */
  reason: string;
}

/**
 * Removes a friend from one's own list.
 *
 * @category Codec
 */
export interface DelFromListCommand extends TargetCommandOf<"DelFromList"> {
}

/**
 * Searches people. What is absent matches everybody.
 *
 * @category Codec
 */
export interface FingerCommand extends CommandOf<"Finger"> {
  /** Age to search for, in years. */
  age?: number;
  /** Sex to search for. */
  sex?: Sex;
  /** Province to search for, not empty. */
  province?: string;
}

/**
 * Changes one's own presence.
 *
 * @category Codec
 */
export interface ChangeStatCommand extends CommandOf<"Change_Stat"> {
  /** The new presence of the account. */
  status: Status;
}

/**
 * Reads, and so empties, the mailbox.
 *
 * @category Codec
 */
export interface GetMsgExCommand extends CommandOf<"GetMsgEx"> {
}

/**
 * Sends a message to a QQ number.
 *
 * @category Codec
 */
export interface CltMsgCommand extends TargetCommandOf<"CLTMSG"> {
  /** Text of the message. */
  text: string;
}

/**
 * Ends the session of the account.
 *
 * @category Codec
 */
export interface LogoutCommand extends CommandOf<"Logout"> {
}

/**
 * Answers a captcha. VER=1.4 only, as all that follow.
 *
 * @category Codec
 */
export interface VerifyCodeCommand extends CommandOf<"VERIFYCODE"> {
  /** The text in the picture; absent or empty asks for another picture. */
  text?: string;
}

/**
 * Asks for a page of friends with nicknames.
 *
 * @category Codec
 */
export interface SimpleInfo2Command extends CommandOf<"SimpleInfo2"> {
  /** Index of the first entry in the friend list; 0 first. */
  offset: number;
}

/**
 * Asks for a page of the friends that are online.
 *
 * @category Codec
 */
export interface QueryStat2Command extends CommandOf<"Query_Stat2"> {
  /** The last number received. */
  after?: string;
}

/**
 * Changes one's own presence, as Change_Stat does.
 *
 * @category Codec
 */
export interface ChangeStat2Command extends CommandOf<"Change_Stat2"> {
  /** The new presence of the account. */
  status: Status;
}
