/** Where a client stands in the bridge's journal. @module */

import type { EventFrame, GapFrame, Position, WelcomeFrame } from "./frames.ts";

/**
 * Follows the position over connections: tells repeated events from new ones
 * and knows where to resume. Pure: frames in, positions out.
 */
export class Cursor {
  #received: Position | undefined;
  #epoch = "";
  #head = 0;

  /** @param after Where to begin; from now on where undefined. */
  constructor(after: Position | undefined) {
    this.#received = after && { epoch: after.epoch, seq: after.seq };
  }

  /** The last place received: what a new connection resumes behind. */
  get received(): Position | undefined {
    return this.#received;
  }

  /** The journal of the present connection. */
  get epoch(): string {
    return this.#epoch;
  }

  /**
   * A connection begins.
   *
   * @param startHere Whether the bridge sends from now on: then, and only where
   * no place is known, the journal's head is the place to resume behind.
   */
  welcomed(frame: WelcomeFrame, startHere: boolean): void {
    this.#epoch = frame.epoch;
    this.#head = frame.seq;
    if (startHere) this.#received ??= { epoch: frame.epoch, seq: frame.seq };
  }

  /** The place of a frame that is new; undefined for one that was received before. */
  place(frame: EventFrame | GapFrame): Position | undefined {
    return frame.type === "gap"
      ? this.#gapPlace(frame)
      : this.#eventPlace(frame);
  }

  /** The frame of that place was received. */
  move(place: Position): void {
    this.#received = place;
    this.#epoch = place.epoch;
  }

  #eventPlace(frame: EventFrame): Position | undefined {
    const last = this.#received;
    if (last?.epoch === this.#epoch && frame.seq <= last.seq) return undefined;
    return { epoch: this.#epoch, seq: frame.seq };
  }

  #gapPlace(gap: GapFrame): Position | undefined {
    const last = this.#received;
    // A consumer that has not acknowledged yet is told of its gap again; of a
    // longer one, where more was trimmed meanwhile.
    const isKnown = last?.epoch === gap.epoch && gap.to <= last.seq;
    if (isKnown && gap.reason !== "ahead") return undefined;
    // What follows a gap within the journal stands behind `to`; after a position
    // that the journal never had, `to` may lie beyond its end.
    const beyond = gap.reason !== "trimmed" && gap.epoch === this.#epoch;
    return {
      epoch: gap.epoch,
      seq: beyond ? Math.min(gap.to, this.#head) : gap.to,
    };
  }
}
