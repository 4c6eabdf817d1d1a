/** The fields of each command. @module */

import type { AckAnswer, Sex, Status, Version } from "./codes.ts";

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
