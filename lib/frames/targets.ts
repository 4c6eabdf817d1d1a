/** Targets: the addresses to which the bridge connects or posts by itself. @module */

/**
 * Every kind of target.
 *
 * @category Frames
 */
export const TARGET_KINDS = ["onebot-reverse", "onebot-post", "hook"] as const;

/**
 * How a target is served: a OneBot 11 reverse WebSocket, OneBot 11 by POST, or a webhook with the frames of `/ws`.
 *
 * @category Frames
 */
export type TargetKind = typeof TARGET_KINDS[number];

/**
 * Every state of an account at a target.
 *
 * @category Frames
 */
export const TARGET_STATES = ["connecting", "open", "retrying"] as const;

/**
 * State of an account at a target: no attempt yet, working, or failed and waiting for the next attempt.
 *
 * @category Frames
 */
export type TargetState = typeof TARGET_STATES[number];

/**
 * Every code of a target's last error.
 *
 * @category Frames
 */
export const TARGET_ERROR_CODES = [
  "no_such_host",
  "forbidden_address",
  "not_permitted",
  "connection_refused",
  "host_unreachable",
  "connection_closed",
  "certificate",
  "no_tls",
  "timed_out",
  "too_many_files",
  "unreachable",
  "status",
  "refused_event",
  "refused_reply",
  "journal",
  "gone",
] as const;

/**
 * Why delivery to a target failed.
 *
 * @category Frames
 */
export type TargetErrorCode = typeof TARGET_ERROR_CODES[number];

/**
 * A target in the result of `targets`. Its secrets are never shown.
 *
 * @category Frames
 */
export interface TargetInfo {
  /** The id for `setTarget` and `removeTarget`. */
  id: string;
  /** How the target is served. */
  kind: TargetKind;
  /** The address, without credentials and query. */
  url: string;
  /** The only account whose events it gets; absent for all accounts. */
  account?: string;
  /** Names of the events that it gets, or what stands before a dot in one; absent for all. */
  events?: string[];
  /** What is done with segments of OneBot calls that QQ HTTP cannot carry; `text` if absent. */
  segments?: "text" | "strict";
  /** Whether it also gets the messages that the account itself sent. */
  self?: boolean;
  /** How long ago an event must have been sent for a pong to confirm it, in seconds; 0 if absent. */
  confirmAfter?: number;
  /** Whether the bridge uses the target. */
  enabled: boolean;
  /** Where the target was set; those of flags cannot be changed by commands. */
  from: "flag" | "store";
  /** Number of accounts in each state. */
  states: Partial<Record<TargetState, number>>;
  /** Time of the last change of a state, ISO 8601. */
  since: string;
  /** Position up to which the target has every event, if it serves one account. */
  position?: number;
  /** Number of later positions that may hold an event for it; the largest of its accounts. */
  lag: number;
  /** Number of events that it has taken since the bridge started. */
  delivered: number;
  /** Number of failed attempts since the bridge started. */
  failures: number;
  /** Why an attempt failed last. */
  lastError?: {
    /** When the attempt failed, in ISO 8601. */
    at: string;
    /** The account whose event it was. */
    account: string;
    /** What failed. Branch on it. */
    code: TargetErrorCode;
    /** Message for people, without secrets. */
    message: string;
  };
  /** Time of the next attempt, ISO 8601; absent if none is waited for. */
  nextAttemptAt?: string;
}

/**
 * What `setTarget` sets; `null` clears a field.
 *
 * @category Frames
 */
export interface TargetChange {
  /** The target to change; absent to add one, which needs `kind` and `url`. */
  id?: string;
  /** How the target is served; cannot be changed. */
  kind?: TargetKind;
  /** The address; `ws:` or `wss:` for `onebot-reverse`, else `http:` or `https:`. */
  url?: string;
  /** The only account whose events it gets. */
  account?: string | null;
  /** Names of the events that it gets, or what stands before a dot in one. */
  events?: string[] | null;
  /** What is done with segments of OneBot calls that QQ HTTP cannot carry. */
  segments?: "text" | "strict" | null;
  /** Whether it also gets the messages that the account itself sent. */
  self?: boolean | null;
  /** How long ago an event must have been sent for a pong to confirm it, in seconds, 0 to 3600. */
  confirmAfter?: number | null;
  /** Sent to the target as `Authorization: Bearer`; never shown again. */
  accessToken?: string | null;
  /** Signs what is posted; never shown again. */
  secret?: string | null;
  /** Whether the bridge uses the target. */
  enabled?: boolean;
}
