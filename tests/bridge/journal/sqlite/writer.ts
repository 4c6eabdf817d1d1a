/** A process to be killed: appends without end, and prints what was acknowledged. @module */

import { openJournal } from "../../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../../bridge/journal/sqlite/sqlite_journal.ts";
import { ACCOUNTS, batchOf } from "./crash_batches.ts";

const database = openJournal(Deno.args[0]!);
// The log is copied into the file all the time, so that kills fall into that too.
database.exec("PRAGMA wal_autocheckpoint = 50");
const journal = new SqliteJournal(database);
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
