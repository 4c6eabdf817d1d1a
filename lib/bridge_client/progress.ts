/** What a loop was given and has handled, and where a connection resumes. @module */

import { AckBatch, type AckBatchOptions } from "./ack_batch.ts";
import { Cursor } from "./cursor.ts";
import type { EventFrame } from "../frames/events.ts";
import type { GapFrame, WelcomeFrame } from "../frames/frames.ts";
import type { Position } from "../frames/position.ts";

/** Options of a client's progress. */
export interface ProgressOptions {
  /** Where to begin; where the first connection begins if undefined. */
  after: Position | undefined;
  /** How a consumer acknowledges; undefined for a client that is no consumer. */
  acks: AckBatchOptions | undefined;
}

/** A frame for the loop, with its position. */
export interface Delivery {
  frame: EventFrame | GapFrame;
  place: Position;
}

/** The positions of one client over all its connections. */
export class Progress {
  readonly #cursor: Cursor;
  readonly #acks: AckBatch | undefined;
  #handedOut: Position | undefined;
  #handled: Position | undefined;
  /** What this connection was asked to resume after. */
  #asked: Position | undefined;
  /** What the next connection is asked to resume after, in place of what was handled. */
  #elsewhere: Position | undefined;
  /** The gap of a journal that went back, until the loop is given it. */
  #back: Delivery | undefined;
  #isBackQueued = false;

  constructor({ after, acks }: ProgressOptions) {
    this.#cursor = new Cursor(after);
    this.#handedOut = this.#handled = this.#cursor.received;
    if (acks !== undefined) this.#acks = new AckBatch(acks);
  }

  /** The position of the frame that the loop was given last. */
  get handedOut(): Position | undefined {
    return this.#handedOut;
  }

  /** The position of the last frame that the loop has handled. */
  get handled(): Position | undefined {
    return this.#handled;
  }

  /** A gap that no frame of the bridge reports: it goes to the loop before all others. */
  get gap(): Delivery | undefined {
    return this.#isBackQueued ? undefined : this.#back;
  }

  /** A gap was queued, and is reported when the loop reaches it. */
  gapQueued(): void {
    this.#isBackQueued = true;
  }

  /** The loop is given the frame of that position. */
  handOut(place: Position): void {
    if (place === this.#back?.place) this.#back = undefined;
    this.#handedOut = this.#capped(place);
  }

  /** The loop has handled what it was given. */
  handle(): void {
    const place = this.#handedOut;
    if (place === undefined || place === this.#handled) return;
    this.#handled = place;
    this.#acks?.handled(place);
  }

  /**
   * A connection is to be made: the position to ask for. A consumer asks for
   * what its loop has handled and not for what was received, because the bridge
   * stores the position that it is asked for.
   */
  resume(): Position | undefined {
    this.#asked = this.#acks === undefined
      ? this.#cursor.received
      : this.#elsewhere ?? this.#handled;
    this.#elsewhere = undefined;
    return this.#asked;
  }

  /**
   * A connection begins. False if the bridge reports no gap although its journal
   * is another than that of the last frame received: it must be asked again,
   * with that frame's position.
   */
  welcomed(welcome: WelcomeFrame): boolean {
    const { epoch, seq, after } = welcome;
    const last = this.#cursor.received;
    const askedHere = this.#asked === undefined || this.#asked.epoch === epoch;
    if (last !== undefined && last.epoch !== epoch && askedHere) {
      this.#elsewhere = last;
      return false;
    }
    // A bridge of version 0.1.0 does not say where it starts.
    const start = after ??
      (this.#acks === undefined ? { epoch, seq } : undefined);
    this.#cursor.welcomed(welcome, start);
    this.#handedOut ??= this.#handled ??= this.#cursor.received;
    if (last?.epoch === epoch && seq < last.seq) this.#goBack(last, seq);
    this.#acks?.opened(epoch, after?.seq);
    return true;
  }

  /** The position of a frame that is new; undefined for one that was received before. */
  place(frame: EventFrame | GapFrame): Position | undefined {
    // Events of other accounts follow from where the client is.
    if (frame.type === "gap" && frame.account !== undefined) {
      return this.#cursor.received;
    }
    const place = this.#cursor.place(frame);
    const seq = place?.seq ?? (frame.type === "gap" ? frame.to : frame.seq);
    this.#acks?.received(seq, place !== undefined);
    return place;
  }

  /** The frame of that position is kept for the loop. */
  move(place: Position): void {
    this.#cursor.move(place);
  }

  /** Acknowledges at once what waits to be acknowledged. */
  flush(): void {
    this.#acks?.flush();
  }

  /** The connection is lost. */
  lost(): void {
    this.#acks?.lost();
  }

  /**
   * The journal ends below the last frame received, so it was put back to an
   * older state: what was received beyond its end is no part of it. The gap is
   * made here, because the journal may have grown past the position before the
   * bridge is asked again, and would report none then.
   */
  #goBack(last: Position, head: number): void {
    const { epoch } = last;
    const to = this.gap === undefined ? last.seq : Math.max(
      last.seq,
      this.gap.frame.type === "gap" ? this.gap.frame.to : 0,
    );
    const place = { epoch, seq: head };
    this.#cursor.move(place);
    this.#back = {
      place,
      frame: { type: "gap", epoch, from: head + 1, to, reason: "ahead" },
    };
    this.#isBackQueued = false;
    this.#handedOut = this.#handedOut && this.#capped(this.#handedOut);
    this.#handled = this.#handled && this.#capped(this.#handled);
    if (this.#handled !== undefined) this.#acks?.wentBack(this.#handled);
  }

  /** Until the loop is given the gap, no position counts beyond the one before it. */
  #capped(place: Position): Position {
    const back = this.#back?.place;
    return back?.epoch === place.epoch && place.seq > back.seq ? back : place;
  }
}
