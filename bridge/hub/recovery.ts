/** Where a reader resumes, and what it has missed: pure functions. @module */

import type { GapFrame, Position } from "../../mod.ts";
import type {
  JournalRange,
  JournalState,
  ReadResult,
} from "../journal/journal.ts";
import type { StoredEvent } from "../journal/event.ts";

export interface ResumePoint {
  /** The next event is the first one after this position. */
  after: number;
  /** The gap to send before it. */
  gap?: GapFrame;
}

/**
 * Where a reader resumes that has a position; at the head if it has none. A
 * position of the former journal, from which this one was restored, is valid up
 * to the last position that both share. What was trimmed is left to `readNext`
 * if that is known by account, because it depends on the reader's accounts.
 */
export function resumeAt(
  range: JournalRange,
  position?: Position,
): ResumePoint {
  const { epoch, oldest, head, lost, trimmed } = range;
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
    if (trimmed !== undefined && position.epoch === epoch) {
      return { after: seq };
    }
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
 * Where a consumer resumes: after the requested position, else after the stored
 * one, else at the head. A journal in memory may have lost the stored position
 * with the process, so a consumer that it does not know gets a gap.
 */
export function startConsumer(
  journal: JournalState,
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
 * Position at which the frames of a resume start, including its gap. A reader
 * that is cut off before it starts here again, and gets the gap again.
 */
export function beforeGap({ after, gap }: ResumePoint): number {
  return gap === undefined ? after : Math.min(after, gap.from - 1);
}

/** What a reader gets next. */
export interface Slice {
  /** The gap to send first. */
  gap?: GapFrame;
  /**
   * Gaps of single accounts, to send before the events. They stay until the
   * reader is past them.
   */
  accountGaps?: readonly AccountGap[];
  /** Events in order. Those from the tail are not filtered. */
  events: readonly StoredEvent[];
  /** Position of the reader after them. */
  upTo: number;
}

/** A gap of one account: other events in its range are still sent. */
export type AccountGap = GapFrame & { readonly account: string };

/** The accounts that a reader wants. */
type Accounts = "all" | ReadonlySet<string>;

/** What a reader at a position misses because it was trimmed. */
interface Missed {
  /** Nothing that the reader wants is kept before this position. */
  readonly after: number;
  /** The gap up to there, if anything that the reader wants was trimmed. */
  readonly gap?: GapFrame;
  readonly accountGaps: readonly AccountGap[];
}

function missedAfter(
  seq: number,
  { epoch, oldest, trimmed }: JournalRange,
  accounts: Accounts,
): Missed {
  if (trimmed === undefined || seq >= Math.max(oldest - 1, trimmed.last)) {
    return { after: seq, accountGaps: [] };
  }
  const positions: [account: string, trimmed: number][] = accounts === "all"
    ? [...trimmed.entries()]
    : [...accounts].map((account) => [account, trimmed.of(account)]);
  const all = positions.map(([, last]) => last);
  // Of a reader's accounts, nothing is kept up to where each was trimmed.
  const kept = accounts === "all" || all.length === 0
    ? oldest - 1
    : Math.max(oldest - 1, all.reduce((a, b) => Math.min(a, b)));
  const after = Math.max(seq, kept);
  const frame = (from: number, to: number): GapFrame => ({
    type: "gap",
    epoch,
    from,
    to,
    reason: "trimmed",
  });
  const isGap = all.some((last) => last > seq && last <= after) ||
    accounts === "all" && trimmed.forgotten > seq;
  const from = (isGap ? after : seq) + 1;
  return {
    after,
    ...(isGap ? { gap: frame(seq + 1, after) } : {}),
    accountGaps: positions.filter(([, last]) => last > after)
      .map(([account, last]) => ({ ...frame(from, last), account })),
  };
}

/**
 * What follows a position: from the shared tail if it reaches back that far,
 * else from the journal, with a gap if neither does.
 *
 * @param after The reader's position.
 * @param range The journal's range.
 * @param tail The newest events without holes, ascending, up to the head.
 * @param limit Maximum number of events.
 * @param read Reads the journal after a position.
 * @param accounts Accounts that the reader wants.
 */
export function readNext(
  after: number,
  range: JournalRange,
  tail: readonly StoredEvent[],
  limit: number,
  read: (after: number) => ReadResult,
  accounts: Accounts = "all",
): Slice {
  const reachesBack = tail[0] !== undefined && tail[0].seq <= after + 1;
  const missed = reachesBack && after >= range.oldest - 1
    ? { after, accountGaps: [] }
    : missedAfter(after, range, accounts);
  const start = resumeAt(range, { epoch: range.epoch, seq: missed.after });
  if (missed.gap !== undefined && start.gap !== undefined) {
    // The next slice starts with the other gap.
    return { gap: missed.gap, events: [], upTo: missed.after };
  }
  const first = missed.gap ?? start.gap;
  const gap = first === undefined ? {} : { gap: first };
  if (start.after >= range.head) {
    return { ...gap, events: [], upTo: range.head };
  }
  const oldest = tail[0];
  if (
    oldest !== undefined && oldest.seq <= start.after + 1 &&
    missed.accountGaps.length === 0
  ) {
    const from = start.after + 1 - oldest.seq;
    const events = tail.slice(from, from + limit);
    return { ...gap, events, upTo: events.at(-1)?.seq ?? start.after };
  }
  const { accountGaps } = missed;
  const gaps = accountGaps.length === 0 ? gap : { ...gap, accountGaps };
  const run = read(start.after);
  if (run.upTo <= range.head) return { ...gaps, ...run };
  // The journal may be ahead of what was published: the rest is published
  // later.
  return {
    ...gaps,
    events: run.events.filter(({ seq }) => seq <= range.head),
    upTo: range.head,
  };
}
