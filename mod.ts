/**
 * The QQ HTTP protocol of 2005: a codec and a client without third-party
 * imports, and a client for the bridge, which pushes the events that a client
 * of the protocol has to poll for.
 *
 * - {@linkcode QqClient} is one account at a QQ server: one method per command,
 *   and its mail as an async iterable.
 * - {@linkcode BridgeClient} is one program at a bridge: the events of all its
 *   accounts as an async iterable, and one method per command.
 * - {@linkcode encodeCommand}, {@linkcode decodeCommand}, {@linkcode
 *   encodeReply} and {@linkcode decodeReply} are the codec alone. They do no I/O.
 * - A call that fails rejects with a {@linkcode QqError} or a {@linkcode
 *   BridgeError}. Branch on its `code`.
 *
 * In the examples `@tqq/tqq` stands for the URL of this module, and
 * `@tqq/tqq/server` for that of `lib/server/mod.ts`, the embedded server.
 *
 * @example Send a message to the robot of an embedded server, and receive its answer
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { QqClient } from "@tqq/tqq";
 * import { addDemo, createServer } from "@tqq/tqq/server";
 *
 * const server = createServer();
 * await addDemo(server);
 * const { port } = server.listen({ port: 0 });
 *
 * const client = new QqClient({
 *   uin: "10001",
 *   password: "demo",
 *   endpoint: `http://127.0.0.1:${port}/`,
 * });
 * await client.login();
 * await client.send("10000", "你好");
 * for await (const item of client.mail()) {
 *   if (item.type !== "message") continue;
 *   assertEquals([item.from, item.text], ["10000", "你好"]);
 *   break;
 * }
 *
 * await client[Symbol.asyncDispose]();
 * await server.close();
 * ```
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
  type PushName,
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
  type Command,
  decodeCommand,
  type DecodeCommandOptions,
  encodeCommand,
} from "./lib/protocol/command.ts";
export type {
  AckAddToListCommand,
  AddToListCommand,
  ChangeStat2Command,
  ChangeStatCommand,
  CltMsgCommand,
  CommandHead,
  CommandOf,
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
  TargetCommandOf,
  VerifyCodeCommand,
} from "./lib/protocol/command_types.ts";
export {
  decodeReply,
  type DoneReply,
  encodeReply,
  type Reply,
} from "./lib/protocol/reply.ts";
export type {
  AddToListReply,
  CountReply,
  DoneReplyOf,
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
  ReplyHead,
  SimpleInfo2Reply,
  VerifyCodeReply,
} from "./lib/protocol/reply_types.ts";
export type {
  NamedFriend,
  OnlineFriend,
  Person,
  SeenFriend,
} from "./lib/protocol/pages.ts";
export type {
  MailItem,
  MailOf,
  StatusMail,
  TextMail,
  UnknownMail,
  UnreadableMail,
} from "./lib/protocol/mailbox.ts";
export type { Profile } from "./lib/protocol/profile.ts";
export { isQqNumber, QQ_NUMBER_PATTERN } from "./lib/protocol/qq_number.ts";
export { type MalformedCode, MalformedError } from "./lib/protocol/errors.ts";
export {
  type CloseOptions,
  type ProfileAnswer,
  QqClient,
  type SearchOptions,
} from "./lib/client/client.ts";
export {
  CLIENT_ERRORS,
  type ClientErrorCode,
  isRetriable,
  QqError,
  type QqErrorDetails,
} from "./lib/client/errors.ts";
export type { CallOptions, RequestOptions } from "./lib/client/exchange.ts";
export {
  MAIL_POLICY,
  type MailBatch,
  type MailOptions,
  type PollOutcome,
} from "./lib/client/mail.ts";
export type { FetchMailOptions } from "./lib/client/mail_reader.ts";
export type { QqClientOptions } from "./lib/client/options.ts";
export { Pacer, type PacerOptions } from "./lib/client/pacing.ts";
export { RESPONSE_BYTES } from "./lib/reply_body.ts";
export type { ClientStatus } from "./lib/client/status.ts";
export {
  type Connect,
  type LineSocket,
  LineTransport,
  type LineTransportOptions,
} from "./lib/client/line_transport.ts";
export {
  FetchTransport,
  type FetchTransportOptions,
  type Transport,
  TransportError,
  type TransportErrorKind,
  type TransportRequest,
  type TransportResponse,
} from "./lib/client/transport.ts";
export {
  CLOSE_CODES,
  type CloseReason,
  ERROR_CODES,
  type ErrorCode,
  type FrameError,
} from "./lib/frames/errors.ts";
export {
  ACCOUNT_STATES,
  type AccountState,
  EVENT_NAMES,
  type EventData,
  type EventFrame,
  type EventFrameOf,
  type EventName,
  type FrameOf,
  matchesEvent,
} from "./lib/frames/events.ts";
export {
  type AccountDetails,
  type AccountInfo,
  type AckFrame,
  type ClientFrame,
  type CommandFrame,
  type ConsumerInfo,
  FRAME_PROTOCOL,
  type FrameId,
  type GapFrame,
  type HelloFrame,
  type ResultFrame,
  type ResultHead,
  type ServerFrame,
  SUBPROTOCOL,
  type SubscribeFrame,
  type Subscription,
  type WelcomeFrame,
} from "./lib/frames/frames.ts";
export {
  DEFAULT_LIMITS,
  type Limits,
  MAX_HISTORY_EVENTS,
  MAX_MESSAGE_CHARACTERS,
  MAX_SHORT_TEXT_CHARACTERS,
} from "./lib/frames/limits.ts";
export { NAME_PATTERN } from "./lib/frames/names.ts";
export {
  EPOCH_PATTERN,
  formatPosition,
  parsePosition,
  type Position,
  POSITION_PATTERN,
} from "./lib/frames/position.ts";
export {
  type BridgeCommandName,
  type BridgeCommands,
  COMMAND_SCOPES,
  type FigureSeries,
  type Scope,
  SCOPES,
  type SettingInfo,
  type TokenInfo,
} from "./lib/frames/commands.ts";
export type {
  ConversationInfo,
  FriendRequestInfo,
  KnownPersonInfo,
} from "./lib/frames/inbox.ts";
export {
  CONNECTION_KINDS,
  type ConnectionKind,
  type OpenConnectionInfo,
} from "./lib/frames/connections.ts";
export {
  TARGET_ERROR_CODES,
  TARGET_KINDS,
  TARGET_STATES,
  type TargetChange,
  type TargetErrorCode,
  type TargetInfo,
  type TargetKind,
  type TargetState,
} from "./lib/frames/targets.ts";
export { BridgeClient } from "./lib/bridge_client/bridge_client.ts";
export type { BridgeClientOptions } from "./lib/bridge_client/bridge_options.ts";
export type { BridgeStatus } from "./lib/bridge_client/bridge_status.ts";
export {
  type BridgeAccountOptions,
  type BridgeCommandData,
  BridgeCommandMethods,
  type BridgeCommandParams,
} from "./lib/bridge_client/bridge_commands.ts";
export type { BridgeCommandOptions } from "./lib/bridge_client/pending_commands.ts";
export type { BridgeLane } from "./lib/bridge_client/lanes.ts";
export {
  BridgeError,
  type BridgeErrorCode,
  type BridgeErrorOptions,
} from "./lib/bridge_client/bridge_error.ts";
export type { ReconnectBackoff } from "./lib/bridge_client/bridge_options.ts";
export type {
  BridgeSocket,
  BridgeSocketConstructor,
  BridgeSocketEvent,
} from "./lib/bridge_client/socket_link.ts";
export type { Clock } from "./lib/clock.ts";
