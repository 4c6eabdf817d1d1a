/** States of a message that this page sends, as pure functions. @module */

/**
 * `waiting` has not left, `sending` has left, `failed` never left or was
 * answered with an error that excludes it, `unknown` has left and nobody knows
 * what became of it. A message that the server accepted is an event.
 */
export type OutgoingState = "waiting" | "sending" | "failed" | "unknown";

export interface Outgoing {
  /** Idempotency key of the command: sending it again has no second effect. */
  readonly key: string;
  readonly account: string;
  readonly peer: string;
  readonly text: string;
  /** Time of writing, in milliseconds since 1970. */
  readonly at: number;
  readonly state: OutgoingState;
  /** Code of the error, for the text that explains it. */
  readonly code?: string;
  /** Until when it waits for the rate limit, in milliseconds since 1970. */
  readonly waitUntil?: number;
  /** The bridge's own words. */
  readonly details?: string;
  /** Whether its `message.sent` event has come before its result, so that it is shown already. */
  readonly isEchoed?: boolean;
}

/** Maximum number of outgoing messages per conversation; one more is refused. */
export const MAX_OUTGOING = 50;

/** How long a message survives a reload of the page, in milliseconds: as long as the bridge honours its key. */
export const KEPT_MS = 24 * 3600_000;

/** What is known of an error of the command `send`. */
export interface SendError {
  readonly code: string;
  readonly sent: boolean;
}

/** Codes of an answer with which the server may have accepted the message all the same. */
const OPEN_CODES: readonly string[] = ["outcome_unknown", "timeout", "closed"];

/** State of a message whose command has failed. */
export function stateAfter({ code, sent }: SendError): OutgoingState {
  return sent && OPEN_CODES.includes(code) ? "unknown" : "failed";
}

/** Messages that a page finds from before its reload. What had left is unknown. */
export function restoreOutgoing(
  saved: unknown,
  now: number,
): readonly Outgoing[] {
  if (!Array.isArray(saved)) return [];
  return saved.filter((one): one is Outgoing =>
    typeof one?.key === "string" && typeof one.text === "string" &&
    typeof one.account === "string" && typeof one.peer === "string" &&
    typeof one.at === "number" && now - one.at < KEPT_MS
  ).map((one) =>
    one.state === "sending" ? { ...one, state: "unknown" as const } : one
  );
}

/** The first message whose own event this can be: an event has no key, so texts are compared. */
export function findEchoed(
  all: readonly Outgoing[],
  text: string,
): Outgoing | undefined {
  return all.find((one) =>
    one.state === "sending" && one.text === text && !one.isEchoed
  );
}
