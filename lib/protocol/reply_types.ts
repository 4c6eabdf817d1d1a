/** The fields of each reply. @module */

import type { AddAnswer, CommandName, PushName } from "./codes.ts";
import type { MailItem } from "./mailbox.ts";
import type { NamedFriend, OnlineFriend, Person, SeenFriend } from "./pages.ts";
import type { Profile } from "./profile.ts";

/**
 * What every reply carries.
 *
 * @category Codec
 */
export interface ReplyHead {
  /** Version of the protocol, as the request had it. */
  ver: string;
  /** SEQ of the request. */
  seq: string;
  /** The acting QQ number. */
  uin: string;
  /** Fields that the codec does not know, by wire code, in order. */
  extra?: Record<string, string>;
}

/**
 * What every reply to a command that was executed has.
 *
 * @category Codec
 */
export interface DoneReplyOf<C extends CommandName> extends ReplyHead {
  /** CMD of the command. Narrow a union of replies on it. */
  cmd: C;
  /** The result code RES: 0 for a command that was executed. */
  res: 0;
}

/**
 * A reply that says that the request was not done: nothing but the head.
 *
 * @category Codec
 */
export interface FailedReply extends ReplyHead {
  /** CMD of the request. */
  cmd: CommandName;
  /** Why: 3 penalised, 5 illegal number, 20 not logged in. Never 0. */
  res: number;
}

/**
 * The login was accepted, and a session exists.
 *
 * @category Codec
 */
export interface LoginReply extends DoneReplyOf<"Login"> {
  /** The login was accepted. */
  loggedIn: true;
  /** The heartbeat (HI, 60), in seconds. */
  heartbeatSeconds: number;
  /** After how long without a request the session lapses (LI, 300), in seconds. */
  idleSeconds: number;
}

/**
 * The login was refused.
 *
 * @category Codec
 */
export interface LoginRefusedReply extends DoneReplyOf<"Login"> {
  /** The login was refused. */
  loggedIn: false;
  /** Reason of the server, in words for people. */
  reason: string;
}

/**
 * A page of the friend list.
 *
 * @category Codec
 */
export interface ListReply extends DoneReplyOf<"List"> {
  /** Whether this is the last page. */
  complete: boolean;
  /** QQ numbers of friends, in ascending order. */
  uins: string[];
}

/**
 * How many friends there are, or are online.
 *
 * @category Codec
 */
export interface CountReply extends DoneReplyOf<"List" | "Query_Stat"> {
  /** Number of friends, or of those that are online. */
  count: number;
}

/**
 * A page of the friends that are online.
 *
 * @category Codec
 */
export interface QueryStatReply extends DoneReplyOf<"Query_Stat"> {
  /** Whether this is the last page. */
  complete: boolean;
  /** The friends, ascending by number. */
  friends: OnlineFriend[];
}

/**
 * The profile of a QQ number.
 *
 * @category Codec
 */
export interface GetInfoReply extends DoneReplyOf<"GetInfo"> {
  /** Level of the request. */
  level: number;
  /** The profile, with what the level holds. */
  profile: Profile;
}

/**
 * The outcome of adding a friend.
 *
 * @category Codec
 */
export interface AddToListReply extends DoneReplyOf<"AddToList"> {
  /** Friends at once, a request is needed, or nobody may add. */
  answer: AddAnswer;
  /** The other QQ number. */
  target: string;
}

/**
 * A page of people found. The old reply is nowhere documented: this form is ours.
 *
 * @category Codec
 */
export interface FingerReply extends DoneReplyOf<"Finger"> {
  /** Whether this is the last page. */
  complete: boolean;
  /** The people, ascending by number. */
  people: Person[];
}

/**
 * What was in the mailbox.
 *
 * @category Codec
 */
export interface GetMsgExReply extends DoneReplyOf<"GetMsgEx"> {
  /** The items, oldest first. */
  items: MailItem[];
}

/**
 * Done, and nothing more to say.
 *
 * @category Codec
 */
export type PlainReply = DoneReplyOf<
  | "Ack_AddToList"
  | "DelFromList"
  | "Change_Stat"
  | "Change_Stat2"
  | "CLTMSG"
  | "Logout"
>;

/**
 * The picture of a captcha, or that none is asked for.
 *
 * @category Codec
 */
export interface VerifyCodeReply extends DoneReplyOf<"VERIFYCODE"> {
  /** The PNG in hex, as on the wire; absent if no text is wanted. */
  picture?: string;
}

/**
 * A page of friends with nicknames.
 *
 * @category Codec
 */
export interface SimpleInfo2Reply extends DoneReplyOf<"SimpleInfo2"> {
  /** Whether this is the last page. */
  complete: boolean;
  /** The offset to ask for next; absent on the last page. */
  next?: number;
  /** The friends, ascending by number. */
  friends: NamedFriend[];
}

/**
 * A page of the friends that are online.
 *
 * @category Codec
 */
export interface QueryStat2Reply extends DoneReplyOf<"Query_Stat2"> {
  /** Whether this is the last page. */
  complete: boolean;
  /** The friends, ascending by number. */
  friends: SeenFriend[];
}

/**
 * A mail item that the server sends on a connection of lines, without a request.
 *
 * @category Codec
 */
export interface Push extends ReplyHead {
  /** `update_stat` for a status, `Server_Msg` for all else. */
  cmd: PushName;
  /** A push is never a refusal. */
  res: 0;
  /** The item, as in a mailbox. */
  item: MailItem;
}
