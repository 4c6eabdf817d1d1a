/** Batches that the process to be killed appends, identified by account and number. @module */

import type { Batch } from "../../../../bridge/journal/journal.ts";

/** Each appends by itself. */
export const ACCOUNTS: readonly string[] = Array.from(
  { length: 16 },
  (_, index) => String(10001 + index),
);

/** The texts of a batch: one to four. */
export function textsOf(account: string, number: number): string[] {
  return Array.from(
    { length: 1 + number % 4 },
    (_, index) => `${account}/${number}/${index}`,
  );
}

/** A batch, with the poll that it is of. */
export function batchOf(account: string, number: number): Batch {
  return {
    events: textsOf(account, number).map((text) => ({
      account,
      at: number,
      event: "message",
      data: { from: "10000", text },
    })),
    poll: { account, number, repeats: true },
  };
}
