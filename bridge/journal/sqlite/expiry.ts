/** Which events retention drops next. @module */

import type { AccountUsage, TrimmedEvent } from "../account_usage.ts";
import type { Retention } from "../journal.ts";
import { MAX_TRIMMED_ROWS } from "../limits.ts";
import { excesses, isExpired } from "../retention.ts";
import type { EventRows } from "./event_rows.ts";

/** Least size of a journal that is trimmed further than to its limit, in bytes: 4 MiB. */
const LEAST_BYTES = 2 ** 22;

/** The part of the limit by which it is trimmed further: 1.6 %. */
const SLACK_PART = 64;

/** Most bytes by which it is trimmed further: 128 KiB. */
const MAX_SLACK_BYTES = 2 ** 17;

/** Most events that are chosen at once. */
const MAX_PLANNED_ROWS = 1000;

/** Most accounts whose events are chosen at once. */
const MAX_PLANNED_ACCOUNTS = 100;

/** Events to drop, at most {@linkcode MAX_TRIMMED_ROWS}. */
export interface ExpiredEvents {
  /** The oldest of all accounts, in order: they are too old. */
  readonly tooOld: readonly TrimmedEvent[];
  /** The oldest of the accounts that use most, after those, in order. */
  readonly tooMuch: readonly TrimmedEvent[];
  /** Whether retention drops even more. */
  readonly more: boolean;
}

/** What the choice reads of the journal. */
export interface ExpirySource {
  readonly events: EventRows;
  /** Bytes of each account, and how far it was trimmed. */
  readonly usage: Pick<AccountUsage, "usages" | "bytes" | "of">;
  readonly head: number;
}

/**
 * Chooses what retention drops. Once there is too much, it chooses more than
 * that, and drops it in the order of positions: the next event of each of a
 * hundred accounts is in a page of its own, the next ten of all share theirs.
 */
export class Expiry {
  /** What is still to be dropped of what was chosen, in order. */
  #planned: readonly TrimmedEvent[] = [];

  /** Returns what is to be dropped next. */
  next(
    source: ExpirySource,
    now: number,
    retention: Retention,
  ): ExpiredEvents {
    const { events, head } = source;
    const tooOld = events.oldestWhile(
      (at, seq) => isExpired({ at, age: head - seq }, now, retention),
      MAX_TRIMMED_ROWS + 1,
    );
    if (tooOld.length > MAX_TRIMMED_ROWS) {
      tooOld.pop();
      this.#planned = [];
      return { tooOld, tooMuch: [], more: true };
    }
    const bytes = source.usage.bytes - bytesOf(tooOld);
    this.#plan(source, tooOld, bytes, retention.bytes);
    const room = MAX_TRIMMED_ROWS - tooOld.length;
    const tooMuch = this.#planned.slice(0, room);
    this.#planned = this.#planned.slice(room);
    const isTooMuch = tooMuch.length > 0 &&
      bytes - bytesOf(tooMuch) > retention.bytes;
    return { tooOld, tooMuch, more: isTooMuch || this.#planned.length > 0 };
  }

  /** Chooses anew: what `next` returned was not dropped. */
  reset(): void {
    this.#planned = [];
  }

  #plan(
    { events, usage }: ExpirySource,
    tooOld: readonly TrimmedEvent[],
    bytes: number,
    mostBytes: number,
  ): void {
    const after = tooOld.at(-1)?.seq ?? 0;
    const target = mostBytes - slackOf(mostBytes);
    this.#planned = bytes <= target
      ? []
      : this.#planned.filter(({ seq }) => seq > after);
    // Mostly so: the thousands of accounts need not be sorted.
    if (this.#planned.length > 0 || bytes <= mostBytes) return;
    const gone = new Map<string, number>();
    for (const { account, bytes } of tooOld) {
      gone.set(account, (gone.get(account) ?? 0) + bytes);
    }
    const left = [...usage.usages()].map(([account, bytes]) =>
      [account, bytes - (gone.get(account) ?? 0)] as const
    );
    const planned: TrimmedEvent[] = [];
    const most = excesses(left, target).slice(0, MAX_PLANNED_ACCOUNTS);
    for (const { account, bytes } of most) {
      const room = MAX_PLANNED_ROWS - planned.length;
      if (room === 0) break;
      const from = Math.max(after, usage.of(account));
      planned.push(...events.oldestOf(account, from, bytes, room));
    }
    this.#planned = planned.sort((a, b) => a.seq - b.seq);
  }
}

/** The last position of each account. */
export function lastPositions(
  events: readonly TrimmedEvent[],
): Map<string, number> {
  return new Map(events.map(({ account, seq }) => [account, seq]));
}

function bytesOf(events: readonly TrimmedEvent[]): number {
  return events.reduce((sum, { bytes }) => sum + bytes, 0);
}

function slackOf(mostBytes: number): number {
  if (mostBytes < LEAST_BYTES) return 0;
  return Math.min(MAX_SLACK_BYTES, Math.floor(mostBytes / SLACK_PART));
}
