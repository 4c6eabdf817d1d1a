/** A process to be killed: appends without end, and prints what was acknowledged. @module */

import { SqliteJournal } from "../../../bridge/journal/sqlite.ts";
import { ACCOUNTS, batchOf } from "./crash_batches.ts";

const journal = new SqliteJournal(Deno.args[0]!);
const encoder = new TextEncoder();
await Promise.all(ACCOUNTS.map(async (account) => {
  for (;;) {
    const number = journal.polls(account) + 1;
    const events = await journal.append(batchOf(account, number));
    // Written at once: what a buffer holds dies with the process.
    Deno.stdout.writeSync(encoder.encode(
      `${account} ${number} ${events.map(({ seq }) => seq).join(",")}\n`,
    ));
    await journal.setPosition(account, events.at(-1)!.seq);
  }
}));
