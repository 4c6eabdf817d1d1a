/** The position of a client in the bridge's journal. @module */

import type { EventFrame } from "../frames/events.ts";
import type { GapFrame, WelcomeFrame } from "../frames/frames.ts";
import type { Position } from "../frames/position.ts";

/**
 * Follows the position over connections and recognises frames that come twice.
 * Pure: frames in, positions out.
 */
export class Cursor {
  #received: Position | undefined;
  #epoch = "";
  #head = 0;

  /** Starts after a position, or where the first connection starts if it is undefined. */
  constructor(after: Position | undefined) {
    this.#received = after && { epoch: after.epoch, seq: after.seq };
  }

  /** The position of the last frame received: a new connection resumes after it. */
  get received(): Position | undefined {
    return this.#received;
  }

  /** The journal of the present connection. */
  get epoch(): string {
    return this.#epoch;
  }

  /**
   * A connection was accepted.
   *
   * @param start Where its frames start: the position of a client that has none.
   */
  welcomed(frame: WelcomeFrame, start: Position | undefined): void {
    this.#epoch = frame.epoch;
    this.#head = frame.seq;
    this.#received ??= start;
  }

  /** The position of a frame that is new; undefined for one that was received before. */
  place(frame: EventFrame | GapFrame): Position | undefined {
    return frame.type === "gap"
      ? this.#gapPlace(frame)
      : this.#eventPlace(frame);
  }

  /** The frame of that position was received, or the journal went back to it. */
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
    const isSame = last?.epoch === gap.epoch;
    // The welcome has shown already that this journal went back: its head was
    // below the position.
    if (isSame && gap.reason === "ahead") return undefined;
    // A gap is sent again until it is acknowledged; it is longer then if more
    // was trimmed meanwhile.
    if (isSame && gap.to <= last.seq) return undefined;
    // Events after a gap of another journal may start before the head of this one.
    const isOfThis = gap.reason !== "trimmed" && gap.epoch === this.#epoch;
    return {
      epoch: gap.epoch,
      seq: isOfThis ? Math.min(gap.to, this.#head) : gap.to,
    };
  }
}
