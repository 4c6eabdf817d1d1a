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
  /** How far this connection has come; undefined before its first frame. */
  #reached: number | undefined;
  /** The bridge's own position may be wrong until it is told this one. */
  #trustedFrom = 0;
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

  /**
   * The bridge has another journal, and takes this consumer for a new one that
   * begins at its head: it is not relied on until it is told that place.
   */
  distrust(head: number): void {
    this.#everSent = false;
    this.#trustedFrom = head;
  }

  /** A connection begins: what the last one may have lost is said again. */
  opened(epoch: string): void {
    this.#epoch = epoch;
    this.#reached = undefined;
    if (this.#handled !== undefined) this.#waiting = Math.max(1, this.#waiting);
    this.flush();
  }

  /** The connection is lost. */
  lost(): void {
    this.#epoch = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /**
   * A frame came. One that the loop was done with before is said to be, or the
   * bridge would wait for it: it had forgotten that.
   */
  received(seq: number, isNew: boolean): void {
    this.#reached = seq;
    const place = this.#handled;
    if (isNew || place?.epoch !== this.#epoch || place === undefined) return;
    if (seq <= place.seq) this.#count();
  }

  /** The loop is done with a frame. */
  handled(place: Position): void {
    this.#handled = place;
    this.#count();
  }

  #count(): void {
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
    if (place === undefined) return;
    // What this connection has not brought yet the bridge would not take.
    const seq = Math.min(place.seq, this.#reached ?? place.seq);
    if (!this.#send(seq)) return;
    this.#waiting = 0;
    this.#everSent = seq >= this.#trustedFrom;
  }
}
