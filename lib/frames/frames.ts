/**
 * The bridge's JSON frames, version 1, as both ends share them: their types,
 * the names of events, error codes, close codes and limits.
 *
 * @module
 */

import type { Status } from "../protocol/codes.ts";

/** Version of the frame protocol, as `welcome` tells it. */
export const FRAME_PROTOCOL = 1;

/** The optional WebSocket subprotocol. */
export const SUBPROTOCOL = "tqq.v1";

/** What an account of the bridge is, in the eyes of its QQ server. */
export const ACCOUNT_STATES = [
  "offline",
  "connecting",
  "online",
  "penalised",
  "refused",
  "replaced",
] as const;

/** See {@linkcode ACCOUNT_STATES}. */
export type AccountState = typeof ACCOUNT_STATES[number];

/** The data of each event, by the event's name. */
export interface EventData {
  /** A friend's message. */
  "message": { from: string; text: string };
  /** A stranger's message. */
  "message.stranger": { from: string; text: string };
  /** A message that the account sent through the bridge. */
  "message.sent": { to: string; text: string };
  /** A friend's presence changed. */
  "presence": { from: string; status: Status };
  /** Somebody asks to be added; the text is the reason. */
  "friend.request": { from: string; text: string };
  /** A request of the account was accepted. */
  "friend.accepted": { from: string; text: string };
  /** A request of the account was refused; the text is the reason. */
  "friend.refused": { from: string; text: string };
  /** Somebody added the account. */
  "friend.added": { from: string; text: string };
  /** The account's state changed. */
  "account.state": {
    state: AccountState;
    /** Since when, ISO 8601. */
    since: string;
    /** Why. */
    reason?: string;
    /** What the user can do. */
    action?: string;
  };
  /**
   * A mail item that nobody knows, or what could not be read of a mailbox; if
   * that is too much, its beginning and its number of bytes.
   */
  "unknown":
    | { code: number; from: string; text: string }
    | { raw: string; bytes?: number };
}

/** The name of an event. */
export type EventName = keyof EventData;

/** All names of events. */
export const EVENT_NAMES: readonly EventName[] = [
  "message",
  "message.stranger",
  "message.sent",
  "presence",
  "friend.request",
  "friend.accepted",
  "friend.refused",
  "friend.added",
  "account.state",
  "unknown",
];

/** A place in a journal, to resume behind. */
export interface Position {
  /** Which journal. */
  epoch: string;
  /** The last event received. */
  seq: number;
}

/** An account, as `welcome` and the command `accounts` tell it. */
export interface AccountInfo {
  /** The QQ number. */
  uin: string;
  /** The nickname; empty until it is known. */
  nickname: string;
  /** Its state. */
  state: AccountState;
  /** Since when, ISO 8601. */
  since: string;
  /** The presence last asked for with `setStatus`; absent: none was. */
  status?: Status;
}

/** A client that named itself, as the command `consumers` lists it. */
export interface ConsumerInfo {
  /** The id, for `removeConsumer`: the token's name, a slash, and more. */
  id: string;
  /** The name that it gave itself. */
  name: string;
  /** The name of its token. */
  token: string;
  /** Its protocol: `ws` for the frame protocol. */
  kind: "ws" | "onebot";
  /** The `seq` up to which it has everything. */
  position: number;
  /** Number of positions behind it that may hold an event for it. */
  lag: number;
  /** Age of the first event of these, in milliseconds; 0 if there is none. */
  lagMs: number;
  /** Number of events that were sent and are not acknowledged. */
  unacked: number;
  /** Id of the connection that holds the name, as in the log; absent if none does. */
  connection?: string;
  /** When a client was connected last, ISO 8601; stored at most once a minute. */
  lastSeenAt: string;
}

/** Limits of a connection, as `welcome` tells them. */
export interface Limits {
  /** Most bytes of a frame. */
  frameBytes: number;
  /** Most fragments of a frame. */
  fragments: number;
  /** Deepest nesting of a frame's JSON. */
  jsonDepth: number;
  /** Most commands a minute. */
  commandsPerMinute: number;
  /** Time until `hello`, in milliseconds. */
  helloMs: number;
  /** Time between pings, in milliseconds. */
  pingMs: number;
  /** Time until a ping must be answered, in milliseconds. */
  pongMs: number;
  /** Bytes waiting on the socket past which nothing is sent until it drains. */
  bufferedBytes: number;
  /** Events sent to a consumer and not acknowledged past which nothing is sent. */
  unacked: number;
  /** Time without progress after which a slow reader is ended, in milliseconds. */
  stallMs?: number;
  /** Time for the head of a request, in milliseconds. */
  headMs?: number;
  /** Most WebSockets and event streams; absent, as the two below, where none is told. */
  connections?: number;
  /** Most of them with one token. */
  connectionsPerToken?: number;
  /** Most of them of one address. */
  connectionsPerAddress?: number;
}

/** The limits unless the bridge is configured otherwise. */
export const DEFAULT_LIMITS: Readonly<Limits> = {
  frameBytes: 65_536,
  fragments: 16,
  jsonDepth: 32,
  commandsPerMinute: 120,
  helloMs: 10_000,
  pingMs: 25_000,
  pongMs: 8_000,
  bufferedBytes: 262_144,
  unacked: 256,
};

/** First frame of a connection, once its token is known. */
export interface WelcomeFrame {
  /** Discriminator. */
  type: "welcome";
  /** Version of the frame protocol. */
  protocol: number;
  /** The journal's epoch. */
  epoch: string;
  /** The journal's last event. */
  seq: number;
  /**
   * The position behind which this connection's frames start: that of the
   * resume point, or the end of the journal. Where a `gap` follows, it is the
   * position before the gap. Absent if the token does not have the scope read,
   * and from bridges of version 0.1.0.
   */
  after?: Position;
  /** The accounts that the token may see. */
  accounts: AccountInfo[];
  /** The connection's limits. */
  limits: Limits;
}

/** An event of one name. */
export interface EventFrameOf<N extends EventName> {
  /** Discriminator. */
  type: "event";
  /** The event's place in the journal. */
  seq: number;
  /** When the bridge journalled it, ISO 8601. The old protocol tells no send times. */
  at: string;
  /** Whose event. */
  account: string;
  /** The event's name. */
  event: N;
  /** What happened. */
  data: EventData[N];
}

/** Something that happened to an account. */
export type EventFrame = { [N in EventName]: EventFrameOf<N> }[EventName];

/** Events that are missing between what was received and what follows. */
export interface GapFrame {
  /** Discriminator. */
  type: "gap";
  /** The journal's epoch, to resume in. */
  epoch: string;
  /** The first position that is missing. */
  from: number;
  /** The last position that is missing. */
  to: number;
  /**
   * `trimmed`: no longer kept; `epoch`: the position was of another journal;
   * `ahead`: the position lies behind the journal's end.
   */
  reason: "trimmed" | "epoch" | "ahead";
}

/** A frame's id: returned as it came. */
export type FrameId = string | number;

/** The answer to a command, a subscribe, or a frame that is none. */
export type ResultFrame =
  | {
    /** Discriminator. */
    type: "result";
    /** The id of the frame answered. */
    id: FrameId | null;
    /** Done. */
    ok: true;
    /** What the command gives. */
    data: unknown;
  }
  | {
    /** Discriminator. */
    type: "result";
    /** The id of the frame answered; null where it had none. */
    id: FrameId | null;
    /** Not done. */
    ok: false;
    /** Why. */
    error: FrameError;
  };

/** Why a frame was not done. */
export interface FrameError {
  /** The error's code. */
  code: ErrorCode;
  /** What, why, got. */
  message: string;
  /** Whether the same again may go well. */
  retriable: boolean;
  /** When to try again, in milliseconds, where that is known. */
  retryAfterMs?: number;
}

/** Any frame that the bridge sends. */
export type ServerFrame = WelcomeFrame | EventFrame | ResultFrame | GapFrame;

/** The token, where neither header nor query carried it. */
export interface HelloFrame {
  /** Discriminator. */
  type: "hello";
  /** The token. */
  token: string;
}

/** Which events a connection gets. */
export interface Subscription {
  /** Accounts; all that the token may read where absent. */
  accounts?: string[];
  /** Event names, or what stands before a dot in them; all where absent. */
  events?: string[];
}

/** Changes what the connection subscribes to. */
export interface SubscribeFrame extends Subscription {
  /** Discriminator. */
  type: "subscribe";
  /** Returned in the result. */
  id: FrameId;
  /** Goes on behind this position; from where the connection stands where absent. */
  after?: Position;
}

/** Moves a consumer's position: all up to `seq` is taken. */
export interface AckFrame {
  /** Discriminator. */
  type: "ack";
  /** The last event taken. */
  seq: number;
}

/** Asks the bridge to do something. */
export interface CommandFrame {
  /** Discriminator. */
  type: "command";
  /** Returned in the result. */
  id: FrameId;
  /** The account that acts; absent for the bridge's own commands. */
  account?: string;
  /** The command's name. */
  command: string;
  /** Its parameters. */
  params?: Record<string, unknown>;
  /** Repeated within 24 hours, the first outcome is returned. At most 128 characters. */
  key?: string;
}

/** Any frame that a client sends. */
export type ClientFrame = HelloFrame | SubscribeFrame | AckFrame | CommandFrame;

/** Whether each error may go away by trying again. */
export const ERROR_CODES = {
  not_logged_in: true,
  login_refused: false,
  invalid_uin: false,
  penalised: true,
  rejected: false,
  malformed_reply: false,
  unreachable: true,
  timeout: true,
  outcome_unknown: false,
  bad_frame: false,
  unknown_command: false,
  bad_params: false,
  forbidden: false,
  unknown_account: false,
  already_exists: false,
  overloaded: true,
  internal: false,
} as const;

/** The code of a {@linkcode FrameError}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** A close code of the WebSocket, and whether to connect again. */
export interface CloseReason {
  /** What it means. */
  readonly meaning: string;
  /** Whether connecting again, after a while, can help. */
  readonly reconnect: boolean;
}

/** Every close code that the bridge sends. */
export const CLOSE_CODES: Readonly<Record<number, CloseReason>> = {
  1000: { meaning: "done", reconnect: false },
  1001: { meaning: "shutting down", reconnect: true },
  1003: { meaning: "binary frames are not taken", reconnect: false },
  1008: { meaning: "token or Origin not accepted", reconnect: false },
  1009: { meaning: "frame too big", reconnect: false },
  1011: { meaning: "internal error", reconnect: true },
  1012: { meaning: "restarting", reconnect: true },
  1013: { meaning: "too slow or overloaded: come back", reconnect: true },
  4000: { meaning: "too many bad frames", reconnect: false },
  4001: { meaning: "no hello in time", reconnect: false },
  4003: { meaning: "token revoked", reconnect: false },
  4008: { meaning: "too many commands", reconnect: true },
  4009: {
    meaning: "replaced by a connection of the same consumer",
    reconnect: false,
  },
};
