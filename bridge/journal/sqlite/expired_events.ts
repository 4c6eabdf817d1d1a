/** Which events retention drops next. @module */

import type { AccountUsage, TrimmedEvent } from "../account_usage.ts";
import type { Retention } from "../journal.ts";
import { MAX_TRIMMED_ROWS } from "../limits.ts";
import { excesses, isExpired } from "../retention.ts";
import type { EventRows } from "./event_rows.ts";

/** Events to drop, at most {@linkcode MAX_TRIMMED_ROWS}. */
export interface ExpiredEvents {
  /** The oldest of all accounts, in order: they are too old. */
  readonly tooOld: readonly TrimmedEvent[];
  /** The oldest of the accounts that use most, after those. */
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

/** Finds the events that retention drops next. */
export function findExpired(
  { events, usage, head }: ExpirySource,
  now: number,
  retention: Retention,
): ExpiredEvents {
  const tooOld = events.oldestWhile(
    (at, seq) => isExpired({ at, age: head - seq }, now, retention),
    MAX_TRIMMED_ROWS + 1,
  );
  const tooMuch: TrimmedEvent[] = [];
  if (tooOld.length > MAX_TRIMMED_ROWS) {
    tooOld.pop();
    return { tooOld, tooMuch, more: true };
  }
  const after = tooOld.at(-1)?.seq ?? 0;
  const gone = new Map<string, number>();
  let goneBytes = 0;
  for (const { account, bytes } of tooOld) {
    gone.set(account, (gone.get(account) ?? 0) + bytes);
    goneBytes += bytes;
  }
  // Mostly so: the thousands of accounts need not be sorted.
  if (usage.bytes - goneBytes <= retention.bytes) {
    return { tooOld, tooMuch, more: false };
  }
  const left = [...usage.usages()].map(([account, bytes]) =>
    [account, bytes - (gone.get(account) ?? 0)] as const
  );
  for (const { account, bytes } of excesses(left, retention.bytes)) {
    const room = MAX_TRIMMED_ROWS - tooOld.length - tooMuch.length;
    const from = Math.max(after, usage.of(account));
    const found = events.oldestOf(account, from, bytes, room);
    tooMuch.push(...found);
    const foundBytes = found.reduce((sum, { bytes }) => sum + bytes, 0);
    if (foundBytes < bytes) return { tooOld, tooMuch, more: true };
  }
  return { tooOld, tooMuch, more: false };
}
