import type { NewEvent } from "../../../../bridge/journal/event.ts";
import { openJournal } from "../../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../../bridge/journal/sqlite/sqlite_journal.ts";
import { assert, assertEquals } from "@std/assert";
import { randomFrom } from "../../../support/random.ts";

const PAGE_BYTES = 4096;

/** The least limit with slack: smaller ones are kept exactly. */
const LIMIT = 2 ** 22;
const SLACK = LIMIT / 64;

const QUIET = "10000";

Deno.test("SqliteJournal: retention takes as much as it must of a hundred accounts, and writes few pages for it", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const random = randomFrom(20051129);
    const database = openJournal(`${folder}/journal.db`);
    const transaction = database.transaction.bind(database);
    let isBroken = false;
    database.transaction = (act) => {
      if (isBroken) throw new Error("the disk fails");
      return transaction(act);
    };
    const journal = new SqliteJournal(database);
    const messageOf = (account: string, length: number): NewEvent => ({
      account,
      at: 0,
      event: "message",
      data: { from: "20001", text: "x".repeat(length) },
    });
    const make = () => {
      const nth = Math.floor(100 * random());
      return messageOf(`${10_001 + nth}`, Math.floor(200 * random()));
    };
    await journal.append({
      events: Array.from({ length: 20 }, () => messageOf(QUIET, 60)),
    });
    const fill = () =>
      journal.append({ events: Array.from({ length: 100 }, make) });
    while (journal.bytes < LIMIT) await fill();
    let pages = 0;
    let rows = 0;
    for (let round = 0; round < 60; round++) {
      await fill();
      for (let more = true; more;) {
        database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
        const before = journal.bytes;
        const trimmed = journal.trim(0, { days: 365, bytes: LIMIT });
        more = trimmed.more;
        rows += trimmed.trimmed;
        if (trimmed.trimmed > 0) {
          pages += Math.floor(journal.sizes().log / PAGE_BYTES);
        } else assertEquals(journal.bytes, before);
        // What it did not drop comes first at the next trim.
        isBroken = more && round % 5 === 0;
        if (isBroken) {
          assertEquals(
            journal.trim(0, { days: 365, bytes: LIMIT }).trimmed,
            0,
          );
        }
        isBroken = false;
      }
      assert(journal.bytes <= LIMIT && journal.bytes > LIMIT - 2 * SLACK);
    }
    assert(rows > 5000, `${rows} rows`);
    assert(pages < 0.6 * rows, `${pages} pages for ${rows} rows`);
    assertEquals(journal.trimmed.of(QUIET), 0);
    const kept = journal.accounts().map((account) => {
      const { events } = journal.history({ account, limit: 99_999 });
      assert(events.every(({ seq }) => seq > journal.trimmed.of(account)));
      return events.reduce((sum, { frame }) => sum + frame.length, 0);
    }).slice(1).sort((a, b) => a - b);
    // Events count as the size that they are stored in, which is near that.
    assert(kept.at(-1)! < 1.4 * kept[0]!, `${kept[0]} to ${kept.at(-1)}`);
    await journal.close();
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
