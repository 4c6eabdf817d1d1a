/**
 * Where a reader goes on, and what it has missed: pure functions, so that
 * replay and live can be joined in one place and tested without either.
 *
 * @module
 */

import type { GapFrame, Position } from "../../mod.ts";
import type { Journal, JournalRange, ReadResult } from "../journal/journal.ts";
import type { StoredEvent } from "../journal/event.ts";

/** Where a reader starts. */
export interface ResumePoint {
  /** The next event is the first behind this place. */
  after: number;
  /** What the reader has to be told first. */
  gap?: GapFrame;
}

/**
 * Where a reader of this position goes on; without a position, from now on. A
 * position of a journal from which this one was restored counts as long as both
 * share it.
 */
export function resumeAt(
  range: JournalRange,
  position?: Position,
): ResumePoint {
  const { epoch, oldest, head, lost } = range;
  if (position === undefined) return { after: head };
  const gap = (
    from: number,
    to: number,
    reason: GapFrame["reason"],
  ): GapFrame => ({
    type: "gap",
    epoch,
    from,
    to,
    reason,
  });
  let { seq } = position;
  if (position.epoch !== epoch) {
    const former = lost.find((one) => one.epoch === position.epoch);
    if (former === undefined) {
      return { after: oldest - 1, gap: gap(1, oldest - 1, "epoch") };
    }
    seq = Math.min(seq, former.from - 1);
  }
  if (seq > head) {
    return { after: head, gap: gap(head + 1, seq, "ahead") };
  }
  if (seq < oldest - 1) {
    return {
      after: oldest - 1,
      gap: gap(
        seq + 1,
        oldest - 1,
        position.epoch === epoch ? "trimmed" : "epoch",
      ),
    };
  }
  const isLost = lost.find(({ from, to }) => seq >= from - 1 && seq < to);
  if (isLost === undefined) return { after: seq };
  const { from, to } = isLost;
  return { after: to, gap: gap(from, to, "epoch") };
}

/**
 * Where a consumer goes on: behind the position that it asks for, else behind
 * its kept one, else from now on. A journal that is lost with its process may
 * have lost the kept position, so a consumer that it meets for the first time
 * gets a gap.
 */
export function startConsumer(
  journal: Journal,
  kept: number | undefined,
  after: Position | undefined,
): ResumePoint {
  const { epoch, head, durable } = journal;
  const position = after ??
    (kept === undefined ? undefined : { epoch, seq: kept });
  const start = resumeAt(journal, position);
  return position === undefined && !durable
    ? {
      ...start,
      gap: { type: "gap", epoch, from: 1, to: head, reason: "epoch" },
    }
    : start;
}

/**
 * The position behind which a reader's frames start, the first of which may be a
 * gap: a reader that is cut off before it resumes here and is sent the gap again.
 */
export function beforeGap({ after, gap }: ResumePoint): number {
  return gap === undefined ? after : Math.min(after, gap.from - 1);
}

/** What a reader gets next. */
export interface Slice {
  /** What it has to be told first. */
  gap?: GapFrame;
  /** Events in order; those of the tail are not filtered yet. */
  events: readonly StoredEvent[];
  /** Where the reader stands once it has them. */
  upTo: number;
}

/**
 * What comes behind a place: from the shared tail where that reaches back far
 * enough, else from the journal; a gap where neither does.
 *
 * @param after Where the reader stands.
 * @param range What the journal reaches.
 * @param tail The newest events without holes, ascending, up to the head.
 * @param limit Most events.
 * @param read Reads the journal behind a place.
 */
export function readNext(
  after: number,
  range: JournalRange,
  tail: readonly StoredEvent[],
  limit: number,
  read: (after: number) => ReadResult,
): Slice {
  const start = resumeAt(range, { epoch: range.epoch, seq: after });
  const gap = start.gap === undefined ? {} : { gap: start.gap };
  if (start.after >= range.head) {
    return { ...gap, events: [], upTo: range.head };
  }
  const first = tail[0];
  if (first !== undefined && first.seq <= start.after + 1) {
    const from = start.after + 1 - first.seq;
    const events = tail.slice(from, from + limit);
    return { ...gap, events, upTo: events.at(-1)?.seq ?? start.after };
  }
  const run = read(start.after);
  if (run.upTo <= range.head) return { ...gap, ...run };
  // The journal may be ahead of what was told: the rest is told yet.
  return {
    ...gap,
    events: run.events.filter(({ seq }) => seq <= range.head),
    upTo: range.head,
  };
}
