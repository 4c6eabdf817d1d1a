import type {
  NewEvent,
  StoredEvent,
} from "../../../../bridge/journal/event.ts";
import { MAX_TRIMMED_ROWS } from "../../../../bridge/journal/limits.ts";
import { openJournal } from "../../../../bridge/journal/sqlite/journal_file.ts";
import {
  SqliteJournal,
  type SqliteJournalOptions,
} from "../../../../bridge/journal/sqlite/sqlite_journal.ts";
import { assert, assertEquals } from "@std/assert";
import { inFolder } from "./in_folder.ts";
import { randomFrom } from "../../../support/random.ts";

const PAGE_BYTES = 4096;

/** A journal that is begun shortly before the end of a block. */
const BEGIN = 7 * 4096 - 30;

const messageOf = (account: number, from: number): NewEvent => ({
  account: `${10_000 + account}`,
  at: 0,
  event: "message",
  data: { from: `${20_000 + from}`, text: "x".repeat(60) },
});

inFolder(
  "events of a hundred accounts share their pages, when they are stored and when they are trimmed",
  async (path) => {
    const database = openJournal(path);
    const journal = new SqliteJournal(database);
    const events = Array.from({ length: 100 }, (_, nth) => messageOf(nth, nth));
    for (let nth = 0; nth < 150; nth++) await journal.append({ events });
    const pagesOf = async (write: () => unknown) => {
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      await write();
      return Math.floor(journal.sizes().log / PAGE_BYTES);
    };
    const stored = await pagesOf(() => journal.append({ events }));
    // A row takes about 150 bytes: 4 pages, and two indexes.
    assert(stored < 50, `${stored} pages`);
    const trimmed = await pagesOf(() =>
      journal.trim(0, { days: 365, bytes: journal.bytes - 100 * 150 })
    );
    assertEquals(journal.trimmed.last, MAX_TRIMMED_ROWS);
    assert(trimmed < 50, `${trimmed} pages`);
    await journal.close();
  },
);

inFolder(
  "finds an account's events in each block, also behind millions that are empty, and trims them",
  async (path) => {
    const random = randomFrom(20051129);
    const open = (options: SqliteJournalOptions) => {
      const database = openJournal(path);
      const transaction = database.transaction.bind(database);
      database.transaction = (act) =>
        transaction(() => {
          const result = act();
          // What a commit says that fails.
          if (fails > 0 && random() < 0.1) {
            fails--;
            throw new Error("constraint");
          }
          return result;
        });
      const journal = new SqliteJournal(database, options);
      return { database, journal };
    };
    let fails = 0;
    const below = (end: number) => Math.floor(random() * end);
    const all: (StoredEvent & { from: number })[] = [];
    let { database, journal } = open({ after: BEGIN });
    const fill = async (blocks: number) => {
      for (let nth = 0; nth < blocks * 20; nth++) {
        // The higher its number, the fewer events has an account.
        const froms = Array.from({ length: below(200) }, () => below(3));
        const events = froms.map((from) =>
          messageOf(Math.floor(-3 * Math.log(random())), from)
        );
        fails = 1;
        const stored = await journal.append({ events })
          .catch(() => journal.append({ events }));
        stored.forEach((event, at) => all.push({ ...event, from: froms[at]! }));
      }
    };
    await fill(5);
    await journal.close();
    ({ database, journal } = open({ backupMark: "a copy" }));
    await fill(4);
    assert(all.at(-1)!.seq - all[0]!.seq > 2 ** 32);
    const seqs = (events: readonly { seq: number }[]) =>
      events.map(({ seq }) => seq);
    const accounts = [...new Set(all.map(({ account }) => account))];
    assert(accounts.length > 15, `${accounts}`);
    const check = () => {
      const blocks = (table: string) =>
        database.prepare(table).all().map((row) => Object.values(row).join());
      const stored = blocks("SELECT account, block FROM account_blocks");
      const missing = new Set(
        blocks("SELECT DISTINCT account, seq >> 12 FROM events"),
      ).difference(new Set(stored));
      assertEquals([...missing], []);
      // Only the one in which an account was trimmed last may have none.
      assert(
        stored.length <=
          blocks("SELECT DISTINCT account, seq >> 12 FROM events").length +
            accounts.length,
      );
      assertEquals(
        new Set(journal.accounts()),
        new Set(all.map(({ account }) => account)),
      );
      for (const account of accounts) {
        const own = all.filter((event) => event.account === account);
        const before = below(2) === 0 ? undefined : own[below(own.length)]?.seq;
        const from = below(4);
        const party = from === 3 ? undefined : `${20_000 + from}`;
        const limit = 1 + below(200);
        const { events, more } = journal.history({
          account,
          limit,
          ...(before === undefined ? {} : { before }),
          ...(party === undefined ? {} : { party }),
        });
        const older = own.filter((event) =>
          event.seq < (before ?? Infinity) &&
          (from === 3 || event.from === from)
        );
        assertEquals(seqs(events), seqs(older.slice(-limit)));
        assertEquals(more, older.length > limit);
      }
      for (let nth = 0; nth < 20; nth++) {
        const some = new Set(accounts.filter(() => below(nth + 2) === 0));
        const limit = 1 + below(300);
        const found: number[] = [];
        let after = all[below(all.length)]!.seq;
        const wanted = all.filter(({ seq, account }) =>
          seq > after && some.has(account)
        );
        for (let reads = 0; after < journal.head; reads++) {
          assert(reads < all.length);
          const read = journal.read(after, { limit, accounts: [...some] });
          assert(read.upTo > after);
          found.push(...seqs(read.events));
          const { upTo } = read;
          after = journal.lost.find(({ from }) => from === upTo + 1)?.to ??
            upTo;
        }
        assertEquals(found, seqs(wanted));
      }
    };
    check();
    while (journal.trim(0, { days: 365, bytes: journal.bytes / 2 }).more);
    const kept = new Set<number>();
    for (const account of accounts) {
      const seqsOf = seqs(journal.history({ account, limit: 99_999 }).events);
      for (const seq of seqsOf) kept.add(seq);
      const trimmed = all.filter((event) =>
        event.account === account && event.seq <= journal.trimmed.of(account)
      );
      assert(!trimmed.some(({ seq }) => kept.has(seq)));
      assertEquals(
        seqsOf.length + trimmed.length,
        all.filter((event) => event.account === account).length,
      );
    }
    assert(kept.size < all.length);
    all.splice(0, all.length, ...all.filter(({ seq }) => kept.has(seq)));
    check();
    await journal.close();
  },
);

inFolder(
  "finds the event that an account gets after all of its events were trimmed",
  async (path) => {
    const journal = new SqliteJournal(openJournal(path));
    await journal.append({ events: [messageOf(1, 1), messageOf(1, 1)] });
    journal.trim(0, { days: 365, bytes: 0 });
    assertEquals(journal.accounts(), []);
    const [event] = await journal.append({ events: [messageOf(1, 1)] });
    const query = { account: event!.account, limit: 9 };
    assertEquals(journal.history(query).events, [event!]);
    // It is in a block that is not the first one that a read looks into.
    await journal.append({
      events: Array.from({ length: 5000 }, () => messageOf(2, 2)),
    });
    await journal.append({ events: [messageOf(1, 1)] });
    assertEquals(journal.history(query).events.length, 2);
    await journal.close();
  },
);
