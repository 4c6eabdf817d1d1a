/** How delivery to a target goes. @module */

import type { TargetErrorCode, TargetInfo, TargetState } from "../../mod.ts";

/** Why a delivery failed. */
export interface DeliveryError {
  readonly code: TargetErrorCode;
  /** Message for people, without secrets. */
  readonly message: string;
}

/** The status of a target, which outlasts its connections. */
export class TargetStatus {
  /** Status of each account's connection or queue. */
  readonly lines = new Map<string, LineStatus>();
  /** Number of events that the target has taken since the start. */
  delivered = 0;
  /** Number of failed attempts since the start. */
  failures = 0;
  lastError: TargetInfo["lastError"];
  /** Time of the last change of state, in milliseconds since 1970. */
  since: number;

  constructor(now: number) {
    this.since = now;
  }
}

/** The status of one account at a target. Its worker reports to it. */
export class LineStatus {
  readonly #target: TargetStatus;
  readonly #account: string;
  readonly #now: () => number;
  #state: TargetState = "connecting";
  /** Time of the next attempt, in milliseconds since 1970. */
  nextAttemptAt: number | undefined;
  /** Returns the position up to which everything is done; `undefined` if it is not known. */
  position: () => number | undefined = () => undefined;

  constructor(target: TargetStatus, account: string, now: () => number) {
    this.#target = target;
    this.#account = account;
    this.#now = now;
    target.lines.set(account, this);
  }

  get state(): TargetState {
    return this.#state;
  }

  /** The connection is open, or the receiver answers. */
  onOpen(): void {
    this.#change("open");
    this.nextAttemptAt = undefined;
  }

  /** The target took events. */
  onDelivered(events = 1): void {
    this.#target.delivered += events;
  }

  /** An attempt failed; the next one follows after a delay, if one is given. */
  onError(error: DeliveryError, retryMs?: number): void {
    this.#target.failures++;
    this.report(error);
    this.#change("retrying");
    this.nextAttemptAt = retryMs === undefined
      ? undefined
      : this.#now() + retryMs;
  }

  /** Shows an error that ends nothing as the last one. */
  report({ code, message }: DeliveryError): void {
    this.#target.lastError = {
      at: new Date(this.#now()).toISOString(),
      account: this.#account,
      code,
      message,
    };
  }

  #change(state: TargetState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#target.since = this.#now();
  }
}
