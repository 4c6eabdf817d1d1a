/** The interfaces through which all folders report what they do. @module */

import type {
  BridgeCommandName,
  ErrorCode,
  EventName,
  GapFrame,
} from "../../mod.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type { Journal } from "../journal/journal.ts";

/** What was wrong: a token, or the password of a login at the embedded server. */
export type AuthFailure = "token" | "password";

export const REFUSAL_REASONS = ["host", "origin", "quota", "rate"] as const;

/** Why a request is refused: its Host, its Origin, too many connections, too many commands. */
export type RefusalReason = typeof REFUSAL_REASONS[number];

/** The interface through which all folders report. */
export interface MetricsRecorder {
  event(name: EventName): void;
  command(name: BridgeCommandName, code: ErrorCode | "ok"): void;
  /** Counts a poll: its number of mail items, or its error. */
  poll(outcome: number | ErrorCode): void;
  /** Counts a batch that was written to the journal. */
  appended(seconds: number): void;
  /** Counts a batch that could not be written. */
  appendFailed(): void;
  /** Counts a connection that opened (1) or closed (-1); 0 shows a kind before its first. */
  connection(kind: string, change: 1 | 0 | -1): void;
  sent(frames: number, bytes: number): void;
  /** Counts a gap that was sent. */
  gap(reason: GapFrame["reason"]): void;
  /** Counts a connection that was closed because its reader was too slow. */
  slowClose(): void;
  /** Counts a WebSocket that the bridge closed. */
  closed(code: number): void;
  /** Counts a missing or wrong token, or a wrong password. */
  authFailure(kind?: AuthFailure): void;
  /** Counts a request that a rule or a limit refuses. */
  refusal(reason: RefusalReason): void;
  /** Counts an error that nothing caught. */
  unhandledError(): void;
}

/** A recorder that records nothing. */
export const NO_METRICS: MetricsRecorder = {
  event() {},
  command() {},
  poll() {},
  appended() {},
  appendFailed() {},
  connection() {},
  sent() {},
  gap() {},
  slowClose() {},
  closed() {},
  authFailure() {},
  refusal() {},
  unhandledError() {},
};

/** A bridge as metrics look at it. */
export type WatchedBridge = BridgeApi & {
  readonly journal: Pick<Journal, "watch">;
};

/** Metrics that can be read. */
export interface MetricsSource extends MetricsRecorder {
  /** Media type of {@linkcode text}. */
  readonly contentType: string;
  text(): Promise<string>;
  /**
   * Counts a bridge's events from now on, and reports its accounts and journal.
   * Returns a function that ends this.
   */
  watch(bridge: WatchedBridge): () => void;
}
