/** A consumer's acknowledgements, a frame for many events. @module */

import type { Clock } from "../clock.ts";
import type { Position } from "./frames.ts";

/** Events after which an acknowledgement is sent at once. */
const EVENTS_PER_ACK = 100;
/** Longest that an acknowledgement waits for more. */
const ACK_MS = 1_000;

/** Cumulative: only the last place handled matters. */
export class AckBatch {
  readonly #clock: Clock;
  readonly #send: (seq: number) => boolean;
  #epoch: string | undefined;
  #handled: Position | undefined;
  #waiting = 0;
  #everSent = false;
  #cancel: (() => void) | undefined;

  /** @param send Sends an ack; false where the socket does not take it. */
  constructor(clock: Clock, send: (seq: number) => boolean) {
    this.#clock = clock;
    this.#send = send;
  }

  /** Whether the bridge has been told a place, and so resumes behind it by itself. */
  get everSent(): boolean {
    return this.#everSent;
  }

  /** A connection begins: what the last one may have lost is said again. */
  opened(epoch: string): void {
    this.#epoch = epoch;
    if (this.#handled !== undefined) this.#waiting = Math.max(1, this.#waiting);
    this.flush();
  }

  /** The connection is lost. */
  lost(): void {
    this.#epoch = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** The loop is done with a frame. */
  handled(place: Position): void {
    this.#handled = place;
    this.#waiting++;
    if (this.#waiting >= EVENTS_PER_ACK) return this.flush();
    if (this.#epoch === undefined) return;
    this.#cancel ??= this.#clock.after(ACK_MS, () => this.flush());
  }

  /** Sends what waits. A place of another journal means nothing to this one. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const place = this.#handled;
    if (this.#waiting === 0 || place?.epoch !== this.#epoch) return;
    if (place === undefined || !this.#send(place.seq)) return;
    this.#waiting = 0;
    this.#everSent = true;
  }
}
