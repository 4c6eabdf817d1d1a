/** A consumer's acknowledgements, a frame for many events. @module */

import type { Clock } from "../clock.ts";
import type { Position } from "../frames/position.ts";

/** Sends acknowledgements in batches. They are cumulative: only the last position counts. */
export class AckBatch {
  readonly #options: AckBatchOptions;
  /** The journal of this connection; undefined while there is none. */
  #epoch: string | undefined;
  #handled: Position | undefined;
  #waiting = 0;
  /** How far this connection has come; the bridge accepts no acknowledgement beyond. */
  #reached: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: AckBatchOptions) {
    this.#options = options;
  }

  /**
   * A connection begins. What the loop handled meanwhile is acknowledged again,
   * as far as this connection has come.
   *
   * @param start Where its frames start; undefined if the bridge does not say.
   */
  opened(epoch: string, start: number | undefined): void {
    this.#epoch = epoch;
    this.#reached = start;
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
   * A frame came. One that the loop has handled already is acknowledged again,
   * because the bridge waits for it.
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

  /** The journal went back: the loop stands at a lower position than it did. */
  wentBack(handled: Position): void {
    this.#handled = handled;
  }

  #count(): void {
    const { ackEvents, ackMs, clock } = this.#options;
    this.#waiting++;
    if (this.#waiting >= ackEvents) return this.flush();
    if (this.#epoch === undefined) return;
    this.#cancel ??= clock.after(ackMs, () => this.flush());
  }

  /** Sends what waits. A position of another journal means nothing to this one. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const place = this.#handled;
    if (this.#waiting === 0 || place?.epoch !== this.#epoch) return;
    if (place === undefined) return;
    const seq = Math.min(place.seq, this.#reached ?? place.seq);
    if (this.#options.send(seq)) this.#waiting = 0;
  }
}

/** How acknowledgements are sent. */
export interface AckBatchOptions {
  clock: Clock;
  /** Number of handled events after which an acknowledgement is sent at once. */
  ackEvents: number;
  /** Longest that an acknowledgement waits for more events, in milliseconds. */
  ackMs: number;
  /** Sends an acknowledgement; false if the socket does not take it. */
  send(seq: number): boolean;
}
