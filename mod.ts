/**
 * The QQ HTTP protocol of 2005: a codec and a client without a single
 * third-party import.
 *
 * @module
 */

export { md5Hex } from "./lib/md5.ts";
export {
  ACK_ANSWERS,
  type AckAnswer,
  ADD_ANSWERS,
  type AddAnswer,
  type Animal,
  ANIMALS,
  avatarPicture,
  BLOOD_TYPES,
  type BloodType,
  type CommandName,
  COMMANDS,
  type Label,
  LABELS,
  LICENCE,
  MAIL_TYPES,
  RESULTS,
  type Sex,
  SEXES,
  type Status,
  STATUSES,
  type Version,
  VERSIONS,
  ZODIAC,
  type Zodiac,
} from "./lib/protocol/codes.ts";
export {
  type AckAddToListCommand,
  type AddToListCommand,
  type ChangeStatCommand,
  type CltMsgCommand,
  type Command,
  type CommandHead,
  decodeCommand,
  type DecodeCommandOptions,
  type DelFromListCommand,
  encodeCommand,
  type FingerCommand,
  type GetInfoCommand,
  type GetMsgExCommand,
  type ListCommand,
  type LoginCommand,
  type LogoutCommand,
  type QueryStatCommand,
} from "./lib/protocol/command.ts";
export {
  type AddToListReply,
  type CountReply,
  decodeReply,
  type DoneReply,
  encodeReply,
  type FailedReply,
  type FingerReply,
  type GetInfoReply,
  type GetMsgExReply,
  type ListReply,
  type LoginRefusedReply,
  type LoginReply,
  type OnlineFriend,
  type Person,
  type PlainReply,
  type QueryStatReply,
  type Reply,
  type ReplyHead,
} from "./lib/protocol/reply.ts";
export type {
  MailItem,
  StatusMail,
  TextMail,
  UnknownMail,
  UnreadableMail,
} from "./lib/protocol/mailbox.ts";
export type { Profile } from "./lib/protocol/profile.ts";
export { type MalformedCode, MalformedError } from "./lib/protocol/errors.ts";
