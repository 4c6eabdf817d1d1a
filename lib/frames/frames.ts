/** Frames of the bridge's JSON protocol, version 1, as both ends share them. @module */

import type { Status } from "../protocol/codes.ts";
import type { FrameError } from "./errors.ts";
import type { AccountState, EventFrame, FrameOf } from "./events.ts";
import type { Limits } from "./limits.ts";
import type { Position } from "./position.ts";

/**
 * Version of the frame protocol, as the `welcome` frame reports it.
 *
 * @category Frames
 */
export const FRAME_PROTOCOL = 1;

/**
 * The WebSocket subprotocol. A client may offer it, but need not.
 *
 * @category Frames
 */
export const SUBPROTOCOL = "tqq.v1";

/**
 * An account, as the `welcome` frame and the command `accounts` report it.
 *
 * @category Frames
 */
export interface AccountInfo {
  /** QQ number of the account. */
  uin: string;
  /** The account's nickname; empty until the bridge knows it. */
  nickname: string;
  /** State of the account at its QQ server. */
  state: AccountState;
  /** Start of that state, ISO 8601. */
  since: string;
  /** The presence that `setStatus` last asked for; absent if it never did. */
  status?: Status;
}

/**
 * An account, as the command `accounts` lists it.
 *
 * @category Frames
 */
export interface AccountDetails extends AccountInfo {
  /** Whether the bridge keeps the account logged in. */
  wanted: boolean;
  /** Cause of the state, in words for people. */
  reason?: string;
  /** What the user can do about the state. */
  action?: string;
  /** Number of the account's avatar picture; absent if it is not known. */
  face?: number;
  /** Time of the last answered poll, ISO 8601; absent before the first. */
  lastPollAt?: string;
  /** Number of commands that wait in the account's outbox. */
  waiting: number;
}

/**
 * A consumer, as the command `consumers` lists it.
 *
 * @category Frames
 */
export interface ConsumerInfo {
  /** The id for `removeConsumer`: id of the token, `/`, name. */
  id: string;
  /** The name that the client gave itself. */
  name: string;
  /** Name of the client's token; `id` begins with the token's id. */
  token: string;
  /** The client's protocol: `ws` for the frame protocol. */
  kind: "ws" | "onebot";
  /** The consumer has acknowledged everything up to this `seq`. */
  position: number;
  /** Number of later positions that may hold an event for the consumer. */
  lag: number;
  /** Age of the first event of these, in milliseconds; 0 if there is none. */
  lagMs: number;
  /** Number of events that were sent but not acknowledged. */
  unacked: number;
  /** Id of the consumer's connection, as in the log; absent if it is not connected. */
  connection?: string;
  /** When the consumer was last connected, ISO 8601; updated at most once a minute. */
  lastSeenAt: string;
}

/**
 * First frame that the bridge sends, once it has accepted the token.
 *
 * @category Frames
 */
export interface WelcomeFrame extends FrameOf<"welcome"> {
  /** Version of the frame protocol, {@linkcode FRAME_PROTOCOL}. */
  protocol: number;
  /** Epoch of the journal. */
  epoch: string;
  /** Position of the journal's last event; 0 if it has none. */
  seq: number;
  /**
   * The events of this connection follow this position: the resume point, or
   * the end of the journal. If a `gap` follows, it is the position before the
   * gap. Absent if the token does not have the scope `read`, and from bridges
   * of version 0.1.0.
   */
  after?: Position;
  /** The accounts that the token may see. */
  accounts: AccountInfo[];
  /** The limits of this connection. */
  limits: Limits;
}

/**
 * Reports events that are missing between those received before and those that follow.
 *
 * @category Frames
 */
export interface GapFrame extends FrameOf<"gap"> {
  /** Epoch of the journal in which to resume. */
  epoch: string;
  /**
   * The account whose events are missing, if those of other accounts in the
   * same range may follow: then the position at which to resume stays as it
   * was. Absent if nothing in the range is available.
   */
  account?: string;
  /** The first position that is missing. */
  from: number;
  /** The last position that is missing. */
  to: number;
  /**
   * `trimmed`: the journal no longer keeps these events; `epoch`: the position
   * belongs to another journal; `ahead`: the position is after the end of the
   * journal.
   */
  reason: "trimmed" | "epoch" | "ahead";
}

/**
 * The id of a frame, which its result repeats.
 *
 * @category Frames
 */
export type FrameId = string | number;

/**
 * What every result has.
 *
 * @category Frames
 */
export interface ResultHead extends FrameOf<"result"> {
  /** Id of the frame that this result answers; null if that frame had no valid id. */
  id: FrameId | null;
}

/**
 * The result of a `command`, of a `subscribe`, or of input that is not a valid frame.
 *
 * @category Frames
 */
export type ResultFrame =
  | ResultHead & {
    /** The frame was executed. */
    ok: true;
    /** What the command returns, as {@link BridgeCommands} describes it. */
    data: unknown;
  }
  | ResultHead & {
    /** The frame was not executed, or its outcome is unknown. */
    ok: false;
    /** Code and message of the error. */
    error: FrameError;
  };

/**
 * Any frame that the bridge sends.
 *
 * @category Frames
 */
export type ServerFrame = WelcomeFrame | EventFrame | ResultFrame | GapFrame;

/**
 * Sends the token, if the request carried none in its header or query. It has either `token` or `proof`.
 *
 * @category Frames
 */
export interface HelloFrame extends FrameOf<"hello"> {
  /** Text of the token. */
  token?: string;
  /** Half of the session that the web console keeps; the request carries the other one in its cookie. */
  proof?: string;
}

/**
 * Selects the events that a connection receives.
 *
 * @category Frames
 */
export interface Subscription {
  /** QQ numbers of accounts; if absent, all accounts that the token may read. */
  accounts?: string[];
  /** Event names, or the part of one before its dot; if absent, all events. */
  events?: string[];
}

/**
 * Changes the subscription of the connection.
 *
 * @category Frames
 */
export interface SubscribeFrame extends FrameOf<"subscribe">, Subscription {
  /** The result repeats it. */
  id: FrameId;
  /** Send events after this position; if absent, after the last one sent. */
  after?: Position;
}

/**
 * Acknowledges all events up to `seq`: moves the position of the consumer.
 *
 * @category Frames
 */
export interface AckFrame extends FrameOf<"ack"> {
  /** Position of the last event that was processed. */
  seq: number;
}

/**
 * Asks the bridge to execute a command.
 *
 * @category Frames
 */
export interface CommandFrame extends FrameOf<"command"> {
  /** The result repeats it. */
  id: FrameId;
  /** QQ number of the account that acts; absent for the bridge's own commands. */
  account?: string;
  /** Name of the command, one of {@link BridgeCommands}. */
  command: string;
  /** Parameters of the command. */
  params?: Record<string, unknown>;
  /**
   * Idempotency key of at most 128 characters: the bridge executes the command
   * once, and repeats the first outcome for 24 hours.
   */
  key?: string;
}

/**
 * Any frame that a client sends.
 *
 * @category Frames
 */
export type ClientFrame = HelloFrame | SubscribeFrame | AckFrame | CommandFrame;
