/** What a loop was given and is done with, and where a connection goes on. @module */

import type { Clock } from "../clock.ts";
import { AckBatch } from "./ack_batch.ts";
import { Cursor } from "./cursor.ts";
import type { EventFrame, GapFrame, Position, WelcomeFrame } from "./frames.ts";

/** See {@linkcode Progress}. */
export interface ProgressOptions {
  clock: Clock;
  /** Where to begin; from now on, or where the consumer stands, where undefined. */
  after: Position | undefined;
  /** Whether the bridge keeps the position, and so is told of it. */
  consumer: boolean;
  /** Sends an ack; false where the socket does not take it. */
  acknowledge(seq: number): boolean;
}

/** The positions of one client over all its connections. */
export class Progress {
  readonly #cursor: Cursor;
  readonly #acks: AckBatch | undefined;
  #handedOut: Position | undefined;
  #handled: Position | undefined;
  /** A place in a journal that the bridge no longer has. */
  #elsewhere: Position | undefined;
  /** Whether this connection was asked to go on behind a place. */
  #resumes = false;

  /** Sends nothing yet. */
  constructor(options: ProgressOptions) {
    this.#cursor = new Cursor(options.after);
    this.#handedOut = this.#handled = this.#cursor.received;
    if (options.consumer) {
      this.#acks = new AckBatch(options.clock, options.acknowledge);
    }
  }

  /** The place of the frame that the loop was given last. */
  get handedOut(): Position | undefined {
    return this.#handedOut;
  }

  /** The place of the last frame that the loop is done with. */
  get handled(): Position | undefined {
    return this.#handled;
  }

  /** The loop is given the frame of that place. */
  handOut(place: Position): void {
    this.#handedOut = place;
  }

  /** The loop is done with what it was given. */
  handle(): void {
    const place = this.#handedOut;
    if (place === undefined || place === this.#handled) return;
    this.#handled = place;
    this.#acks?.handled(place);
  }

  /** A connection is to be made: the place to ask for, unless the bridge knows better. */
  resume(): Position | undefined {
    const after = this.#acks === undefined
      ? this.#cursor.received
      : this.#acks.everSent
      ? undefined
      : this.#handled ?? this.#elsewhere;
    this.#resumes = after !== undefined;
    return after;
  }

  /**
   * A connection begins. False where the bridge, with another journal, has
   * begun from now on: it is to be asked again, with a place of the journal
   * before, to tell of the gap.
   */
  welcomed(welcome: WelcomeFrame): boolean {
    if (this.#isAstray(welcome)) return false;
    this.#cursor.welcomed(welcome, this.#acks === undefined);
    if (this.#acks === undefined) {
      this.#handedOut ??= this.#handled ??= this.#cursor.received;
    }
    this.#acks?.opened(welcome.epoch);
    return true;
  }

  /** The place of a frame that is new; undefined for one that was received before. */
  place(frame: EventFrame | GapFrame): Position | undefined {
    const place = this.#cursor.place(frame);
    const seq = place?.seq ?? (frame.type === "gap" ? frame.to : frame.seq);
    this.#acks?.received(seq, place !== undefined);
    return place;
  }

  /** The frame of that place is kept for the loop. */
  move(place: Position): void {
    this.#cursor.move(place);
  }

  /** The bridge is told at once what waits to be. */
  flush(): void {
    this.#acks?.flush();
  }

  /** The connection is lost. */
  lost(): void {
    this.#acks?.lost();
  }

  #isAstray({ epoch, seq }: WelcomeFrame): boolean {
    const last = this.#cursor.received;
    if (last === undefined || last.epoch === epoch) return false;
    if (this.#acks === undefined || this.#resumes) return false;
    this.#acks.distrust(seq);
    this.#elsewhere = last;
    return true;
  }
}
