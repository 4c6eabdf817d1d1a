import type { NewEvent } from "../../../../bridge/journal/event.ts";
import { JournalWriteError } from "../../../../bridge/journal/limits.ts";
import type {
  IdempotencyRecord,
  Outcome,
} from "../../../../bridge/journal/journal.ts";
import { MAX_SCANNED_ROWS } from "../../../../bridge/journal/limits.ts";
import { MIGRATIONS } from "../../../../bridge/journal/sqlite/migrations.ts";
import { openJournal } from "../../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../../bridge/journal/sqlite/sqlite_journal.ts";
import { openDatabase } from "../../../../bridge/sqlite/database.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { inFolder } from "./in_folder.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const message = (text = "hi", at = 0): NewEvent => ({
  account: "10001",
  at,
  event: "message",
  data: { from: "10002", text },
});
const seqs = (events: readonly { seq: number }[]) =>
  events.map(({ seq }) => seq);
const valueOf = (database: ReturnType<typeof openJournal>, sql: string) =>
  Object.values(database.prepare(sql).get()!)[0];

inFolder(
  "numbers are stored as integers, and found beside those that are stored as reals",
  async (path) => {
    const long = "12345678901234567890";
    const texts = ["a", "b", "c", "d", "e", "f"];
    const database = openJournal(path);
    const journal = new SqliteJournal(database);
    const append = (text: string) =>
      journal.append({
        events: [message(text), { ...message(text), account: long }],
      });
    for (const text of texts.slice(0, 3)) await append(text);
    const types = () =>
      database.prepare(
        "SELECT typeof(account) || ' ' || typeof(party) AS type FROM events ORDER BY seq",
      ).all().map(({ type }) => type);
    assertEquals(types().slice(0, 2), ["integer integer", "text integer"]);
    // As version 0.1.0 stored them.
    database.exec(`
    UPDATE events SET account = CAST(account AS REAL) WHERE typeof(account) = 'integer';
    UPDATE events SET party = CAST(party AS REAL)`);
    for (const text of texts.slice(3)) await append(text);
    assertEquals(types()[0], "real real");
    const account = "10001";
    const expected = [1, 3, 5, 7, 9, 11];
    assertEquals(journal.accounts(), [account, long]);
    const reads = {
      history: journal.history({ account, limit: 9 }),
      party: journal.history({ account, party: "10002", limit: 9 }),
      before: journal.history({ account, before: 12, limit: 9 }),
      read: journal.read(0, { limit: 9, accounts: [account] }),
      other: journal.read(0, {
        limit: 9,
        accounts: [account],
        events: ["message"],
      }),
    };
    for (const [name, { events }] of Object.entries(reads)) {
      assertEquals([name, seqs(events)], [name, expected]);
    }
    assertEquals(
      seqs(journal.history({ account: long, limit: 9 }).events),
      [2, 4, 6, 8, 10, 12],
    );
    const eachBytes = journal.bytes / 12;
    const { trimmed } = journal.trim(0, { days: 7, bytes: eachBytes * 4 });
    assertEquals(trimmed, 8);
    assertEquals(seqs(journal.history({ account, limit: 9 }).events), [9, 11]);
    await journal.close();
    const again = new SqliteJournal(openJournal(path));
    assertEquals(seqs(again.history({ account, limit: 9 }).events), [9, 11]);
    await again.close();
  },
);

inFolder("a later start finds all as it was", async (path) => {
  const clock = new FakeClock();
  const command: IdempotencyRecord = {
    request: '["send",{}]',
    upstreamSeq: "7",
    upstreamKey: "u7",
    at: clock.now(),
  };
  const first = new SqliteJournal(openJournal(path), { clock });
  await Promise.all([
    first.append({ events: [message("a"), message("b"), message("c")] }),
    first.append({
      events: [message("d")],
      poll: { account: "10001", number: 3, repeats: true },
    }),
    first.setPosition("bot", 2),
    first.setPosition("bot", 1),
    first.recordStart("10001", "done", command),
    first.recordStart("10001", "open", command),
  ]);
  await first.append({
    events: [],
    outcome: {
      account: "10001",
      key: "done",
      outcome: { ok: true, data: {} },
    },
  });
  const { events } = first.read(0, { limit: 9 });
  const { bytes } = first;
  await first.close();
  await first.close();

  const second = new SqliteJournal(openJournal(path), { clock });
  assertEquals(second.epoch, first.epoch);
  assertEquals([second.oldest, second.head, second.bytes], [1, 4, bytes]);
  assertEquals(second.read(0, { limit: 9 }), { events, upTo: 4 });
  assertEquals([second.polls("10001"), second.polls("10002")], [3, 0]);
  assertEquals(second.position("bot"), 2);
  assertEquals(second.findCommand("10001", "open"), command);
  assertEquals(second.findCommand("10001", "done"), {
    ...command,
    upstreamSeq: "",
    upstreamKey: "",
    outcome: { ok: true, data: {} },
  });
  await second.setPosition("bot", 1);
  assertEquals(second.position("bot"), 2);
  assertEquals(seqs(await second.append({ events: [message()] })), [5]);
  await second.close();
});

inFolder("what was trimmed is remembered by a later start", async (path) => {
  const keep = { days: 365, bytes: 0 };
  const first = new SqliteJournal(openJournal(path));
  await first.append({ events: [message("a"), message("b"), message("c")] });
  const { bytes } = first;
  first.trim(0, { days: 365, bytes: bytes / 3 });
  await first.close();
  const second = new SqliteJournal(openJournal(path));
  assertEquals([second.oldest, second.head, second.bytes], [3, 3, bytes / 3]);
  second.trim(0, keep);
  await second.close();
  const third = new SqliteJournal(openJournal(path));
  assertEquals([third.oldest, third.head, third.bytes], [4, 3, 0]);
  assertEquals(third.epoch, first.epoch);
  assertEquals(seqs(await third.append({ events: [message("d")] })), [4]);
  assertEquals(third.bytes, bytes / 3);
  await third.close();
});

inFolder("each answer is durable: WAL, synchronous=FULL", async (path) => {
  const database = openJournal(path);
  assertEquals(valueOf(database, "PRAGMA journal_mode"), "wal");
  assertEquals(valueOf(database, "PRAGMA synchronous"), 2);
  const journal = new SqliteJournal(database);
  await journal.append({ events: [message()] });
  // Another process sees it at once.
  const other = openJournal(path);
  assertEquals(valueOf(other, "SELECT count(*) FROM events"), 1);
  other.close();
  await journal.close();
});

inFolder("a file of a later program is refused", async (path) => {
  await new SqliteJournal(openJournal(path)).close();
  const database = openJournal(path);
  assertEquals(valueOf(database, "PRAGMA user_version"), MIGRATIONS.length);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  database.close();
  const error = assertThrows(
    () => new SqliteJournal(openJournal(path)),
    RangeError,
  );
  assertEquals(
    error.message,
    `Cannot open the journal: its version must be at most ${MIGRATIONS.length}, got ${
      MIGRATIONS.length + 1
    }: a later program made it`,
  );
});

inFolder("a file of the first program is brought up", async (path) => {
  const first = openDatabase(path, {
    what: "the journal",
    migrations: MIGRATIONS.slice(0, 1),
  });
  first.exec(`
    INSERT INTO meta VALUES ('epoch', 'k3f9');
    INSERT INTO events VALUES (1, 0, 4, 90, 10001, 10002, '{"from":"10002","text":"hi"}');
    INSERT INTO polls VALUES ('10001', 7);
    INSERT INTO consumers VALUES ('a/bot', 1);
    INSERT INTO keyed VALUES
      ('10001', 'done', ${Date.now()}, '7', 'u', '["send",{"text":"hi"}]', '{"ok":true,"data":{}}'),
      ('10001', 'open', ${Date.now()}, '8', 'v', '["send",{"text":"ho"}]', NULL);
  `);
  first.close();
  const journal = new SqliteJournal(openJournal(path));
  assertEquals([journal.epoch, journal.head, journal.polls("10001")], [
    "k3f9",
    1,
    7,
  ]);
  assertEquals(journal.position("a/bot"), 1);
  assertEquals(journal.bytes, 28 + 64);
  // Keys of that time belong to no token; of the requests a digest is left.
  const kept = ["done", "open"].map((key) => {
    const { request, upstreamKey } = journal.findCommand("10001", `\n${key}`)!;
    return [request.length, upstreamKey];
  });
  assertEquals(kept, [[64, ""], [64, "v"]]);
  // Its time begins with the first start that knows of it.
  assert(Math.abs(journal.seenAt("a/bot")! - Date.now()) < 60_000);
  const { events } = journal.read(0, { limit: 9, events: ["friend.request"] });
  assertEquals(events.map(({ event }) => event), ["friend.request"]);
  for (const party of [undefined, "10002"]) {
    const query = { account: "10001", limit: 9, ...(party && { party }) };
    assertEquals(seqs(journal.history(query).events), [1]);
  }
  assertEquals(
    seqs(journal.read(0, { limit: 9, accounts: ["10001"] }).events),
    [1],
  );
  await journal.close();
});

inFolder(
  "usage and the head survive an end and a kill, also if the newest events are trimmed",
  async (path) => {
    const quiet: NewEvent = { ...message("q"), account: "10002" };
    const make = () => new SqliteJournal(openJournal(path));
    const figures = ({ bytes, head, oldest, trimmed }: SqliteJournal) => ({
      bytes,
      head,
      oldest,
      trimmed: [...trimmed.entries()].sort(),
    });
    let journal = make();
    await journal.append({
      events: [quiet, ...Array(9).fill(message("noisy"))],
    });
    journal.trim(0, { days: 365, bytes: 182 });
    const before = figures(journal);
    assertEquals([before.head, before.oldest], [10, 1]);
    assertEquals(before.trimmed, [["10001", 10], ["10002", 0]]);
    await journal.close();
    journal = make();
    assertEquals(figures(journal), before);
    await journal.append({ events: Array(5).fill(message("later")) });
    const later = figures(journal);
    // Not closed, as after a kill: what was not saved is counted.
    const killed = make();
    assertEquals(figures(killed), later);
    await killed.close();
    await journal.close();
  },
);

inFolder("what is no journal is refused", (path) => {
  Deno.writeTextFileSync(path, "no database at all ".repeat(100));
  const error = assertThrows(() => new SqliteJournal(openJournal(path)), Error);
  assertEquals(
    error.message,
    `Cannot open the journal: file is not a database, got ${path}`,
  );
});

inFolder("a second writer fails, and overwrites nothing", async (path) => {
  const first = new SqliteJournal(openJournal(path));
  const second = new SqliteJournal(openJournal(path));
  await first.append({ events: [message("first")] });
  await assertRejects(
    () => second.append({ events: [message("second")] }),
    JournalWriteError,
    "UNIQUE constraint failed",
  );
  assert(second.failure !== undefined);
  await second.close();
  const { events } = first.read(0, { limit: 9 });
  assertEquals(events.map(({ frame }) => JSON.parse(frame).data.text), [
    "first",
  ]);
  await first.close();
});

Deno.test("SqliteJournal: writes of one turn are reported together, at most 100 events", async () => {
  const journal = new SqliteJournal(openJournal(":memory:"));
  const runs: number[] = [];
  journal.watch((events) => runs.push(events.length));
  await Promise.all([
    ...Array.from(
      { length: 230 },
      () => journal.append({ events: [message()] }),
    ),
    journal.append({ events: Array.from({ length: 150 }, () => message()) }),
  ]);
  assertEquals(runs, [100, 100, 30, 150]);
  await journal.close();
});

Deno.test("SqliteJournal: finds a rare event in one read among many others", async () => {
  const journal = new SqliteJournal(openJournal(":memory:"));
  const many = Array.from({ length: 3 * MAX_SCANNED_ROWS }, () => message());
  const rare: NewEvent = { ...message(), event: "friend.request" };
  await journal.append({ events: [...many, rare, ...many] });
  for (const accounts of [undefined, ["10001"]]) {
    const { events, upTo } = journal.read(0, {
      limit: 10,
      events: ["friend.request"],
      ...(accounts === undefined ? {} : { accounts }),
    });
    assertEquals([seqs(events), upTo], [[many.length + 1], journal.head]);
  }
  await journal.close();
});

Deno.test("SqliteJournal: opening and reading take no longer in a longer journal: no statement reads all events", async () => {
  const database = openJournal(":memory:");
  const statements = new Set<string>();
  const prepare = database.prepare.bind(database);
  database.prepare = (sql) => {
    statements.add(sql);
    return prepare(sql);
  };
  const journal = new SqliteJournal(database);
  const planOf = (sql: string) =>
    prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map(({ detail }) => `${detail}`);
  const scanning = [...statements].filter((sql) =>
    planOf(sql).some((step) => /^SCAN events/.test(step))
  );
  assertEquals(scanning, []);
  const planned = [...statements].map(planOf).flat()
    .filter((step) => / events/.test(step));
  assert(planned.length > 10, `${planned}`);
  await journal.close();
});

Deno.test("SqliteJournal: reads many accounts in pieces, and continues at the next match", async () => {
  const journal = new SqliteJournal(openJournal(":memory:"));
  const of = (account: string) => ({ ...message(), account });
  const many = Array.from({ length: MAX_SCANNED_ROWS }, () => message());
  const long = "12345678901234567890";
  const accounts = [
    long,
    ...Array.from({ length: 99 }, (_, index) => String(20_000 + index)),
  ];
  await journal.append({
    events: [...many, ...many, of("20001"), of(long), of("20002"), ...many],
  });
  const first = 2 * many.length + 1;
  const steps: unknown[] = [];
  for (let after = 0; after < journal.head;) {
    const { events, upTo } = journal.read(after, { limit: 2, accounts });
    steps.push([seqs(events), upTo]);
    after = upTo;
  }
  assertEquals(steps, [
    [[first, first + 1], first + 1],
    [[first + 2], first + 1 + MAX_SCANNED_ROWS / 2],
    [[], journal.head],
  ]);
  await journal.close();
});

Deno.test("SqliteJournal: deletes a few expired keys with each new one", async () => {
  const clock = new FakeClock();
  const database = openJournal(":memory:");
  const journal = new SqliteJournal(database, { clock });
  const begin = (key: string) =>
    journal.recordStart("10001", key, {
      request: "[]",
      upstreamSeq: "7",
      upstreamKey: key,
      at: clock.now(),
    });
  for (let key = 0; key < 10; key++) await begin(`old ${key}`);
  await clock.advance(24 * 60 * 60_000);
  for (let key = 0; key < 5; key++) await begin(`new ${key}`);
  assertEquals(valueOf(database, "SELECT count(*) FROM keyed"), 5);
  await journal.close();
});

/** A journal on a disk of so many pages, filled. */
async function filled(pages = 64) {
  const database = openJournal(":memory:");
  database.exec(`PRAGMA max_page_count = ${pages}`);
  const journal = new SqliteJournal(database);
  const append = () =>
    journal.append({
      events: Array.from({ length: 20 }, () => message("x".repeat(2000))),
      poll: {
        account: "10001",
        number: journal.polls("10001") + 1,
        repeats: true,
      },
    });
  let error: Error | undefined;
  for (let turn = 0; turn < pages && error === undefined; turn++) {
    await append().catch((failure) => error = failure);
  }
  return { database, journal, append, error };
}

Deno.test("SqliteJournal: a full disk rejects the append as a whole, and writing resumes without a restart", async () => {
  const { database, journal, append, error } = await filled();
  assertEquals(
    error!.message,
    "Cannot write the journal: database or disk is full",
  );
  assertEquals(journal.failure, error);
  assert(error instanceof JournalWriteError);
  const { head } = journal;
  assertEquals(journal.polls("10001"), head / 20);
  await assertRejects(append, Error, "full");
  assertEquals([journal.head, journal.polls("10001")], [head, head / 20]);
  assertEquals(journal.read(0, { limit: 1000 }).events.length, head);

  database.exec("PRAGMA max_page_count = 1000");
  assertEquals(journal.probe(), true);
  assertEquals(journal.failure, undefined);
  const events = await append();
  assertEquals(events[0]!.seq, head + 1);
  await journal.close();
});

Deno.test("SqliteJournal: a successful append clears the failure", async () => {
  const { database, journal, append } = await filled();
  database.exec("PRAGMA max_page_count = 1000");
  assert(journal.failure !== undefined);
  await append();
  assertEquals(journal.failure, undefined);
  await journal.close();
});

Deno.test("SqliteJournal: on a full disk, a write that needs no space does not clear the failure", async () => {
  const { database, journal } = await filled();
  const text = "x".repeat(200);
  // Full to the last page, so that not even a probe fits.
  for (let turn = 0; turn < 1000; turn++) {
    const more = await journal.append({ events: [message(text)] })
      .then(() => true, () => false);
    if (!more) break;
  }
  assert(journal.failure !== undefined);
  assertEquals(journal.probe(), false);
  journal.trim(0, { days: 365, bytes: 1e9 });
  await journal.setPosition("bot", 1).catch(() => {});
  assertMatch(String(journal.failure), /disk is full/);
  database.exec("PRAGMA max_page_count = 1000");
  assertEquals(journal.probe(), true);
  await journal.close();
});

Deno.test("SqliteJournal: a rolled back write counts no bytes", async () => {
  const database = openJournal(":memory:");
  const journal = new SqliteJournal(database, { limits: { consumers: 1 } });
  const pages = valueOf(database, "PRAGMA page_count");
  database.exec(`PRAGMA max_page_count = ${pages}`);
  const results = await Promise.allSettled([
    journal.setPosition("first", 1),
    journal.append({ events: [message("x".repeat(50_000))] }),
  ]);
  assertEquals(results.map(({ status }) => status), ["rejected", "rejected"]);
  assertEquals(journal.position("first"), undefined);
  database.exec("PRAGMA max_page_count = 1000");
  await journal.setPosition("second", 1);
  assertEquals(journal.position("second"), 1);
  await journal.close();
});

Deno.test("SqliteJournal: counts a token's stored consumers, and none of a rolled back write", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/journal.db`;
    const limits = { consumersOfOwner: 1 };
    const before = new SqliteJournal(openJournal(path), { limits });
    await before.setPosition("a/1", 1);
    await before.close();
    const database = openJournal(path);
    const journal = new SqliteJournal(database, { limits });
    await assertRejects(() => journal.setPosition("a/2", 1));
    const pages = valueOf(database, "PRAGMA page_count");
    database.exec(`PRAGMA max_page_count = ${pages}`);
    await Promise.allSettled([
      journal.setPosition("b/1", 1),
      journal.append({ events: [message("x".repeat(50_000))] }),
    ]);
    assertEquals(journal.position("b/1"), undefined);
    database.exec("PRAGMA max_page_count = 1000");
    await journal.setPosition("b/2", 1);
    assertEquals(journal.position("b/2"), 1);
    await journal.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name:
    "SqliteJournal: a file that was removed takes nothing, until it is back",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/d/journal.db`;
      await Deno.mkdir(`${folder}/d`);
      const journal = new SqliteJournal(openJournal(path));
      await journal.append({ events: [message("kept")] });
      await Deno.rename(`${folder}/d`, `${folder}/away`);
      await assertRejects(
        () => journal.append({ events: [message("lost")] }),
        Error,
        "Cannot write the journal: its file was removed or moved away",
      );
      assertMatch(String(journal.failure), /moved away/);
      assertEquals([journal.head, journal.probe()], [1, false]);
      // Another in its place is not it.
      await Deno.mkdir(`${folder}/d`);
      await Deno.writeTextFile(path, "");
      assertEquals(journal.probe(), false);
      await Deno.remove(`${folder}/d`, { recursive: true });
      await Deno.rename(`${folder}/away`, `${folder}/d`);
      assertEquals([journal.probe(), journal.failure], [true, undefined]);
      const [event] = await journal.append({ events: [message("kept")] });
      assertEquals(event!.seq, 2);
      await journal.close();
      const again = new SqliteJournal(openJournal(path));
      assertEquals(again.head, 2);
      await again.close();
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("SqliteJournal: retention frees space on a full disk", async () => {
  const { journal, append } = await filled();
  const { head } = journal;
  const { trimmed } = journal.trim(0, { days: 365, bytes: journal.bytes / 2 });
  assert(trimmed > 0);
  assertEquals(journal.probe(), true);
  assertEquals((await append())[0]!.seq, head + 1);
  await journal.close();
});

inFolder("a file that may not be written fails, and reads", async (path) => {
  const database = openJournal(path);
  const journal = new SqliteJournal(database);
  await journal.append({ events: [message()] });
  database.exec("PRAGMA query_only = ON");
  await assertRejects(
    () => journal.append({ events: [message()] }),
    Error,
    "Cannot write the journal: attempt to write a readonly database",
  );
  assertEquals(journal.trim(0, { days: 1, bytes: 0 }), {
    trimmed: 0,
    more: false,
  });
  assert(journal.failure !== undefined);
  assertEquals(seqs(journal.read(0, { limit: 9 }).events), [1]);
  database.exec("PRAGMA query_only = OFF");
  assertEquals(journal.probe(), true);
  assertEquals(seqs(await journal.append({ events: [message()] })), [2]);
  await journal.close();
});

inFolder("sizes() says what takes the room of the file", async (path) => {
  const clock = new FakeClock();
  const journal = new SqliteJournal(openJournal(path), { clock });
  const command = (index: number): IdempotencyRecord => ({
    request: `["send",{"to":"10002","text":"${index}"}]`,
    upstreamSeq: String(55_000 + index),
    upstreamKey: crypto.randomUUID(),
    at: clock.now(),
  });
  const keys = 3000;
  assertEquals(journal.sizes().keys, 0);
  await Promise.all(Array.from({ length: keys }, async (_, index) => {
    await journal.recordStart("10001", crypto.randomUUID(), command(index));
  }));
  await journal.append({
    events: Array.from({ length: 2000 }, () => message("x".repeat(200))),
  });
  const before = journal.sizes();
  assertEquals(before.events, journal.bytes);
  assertEquals(before.log, Deno.statSync(`${path}-wal`).size);
  assert(before.log > 0);
  // A roll-back has them counted anew: to the same.
  await assertRejects(() =>
    journal.append({
      events: [],
      outcome: {
        account: "10001",
        key: "k",
        outcome: undefined as unknown as Outcome,
      },
    })
  );
  await journal.close();
  const file = Deno.statSync(path).size;
  const counted = before.events + before.keys;
  assert(
    counted > 0.5 * file && counted < 1.5 * file,
    `${counted} of ${file}`,
  );

  const again = new SqliteJournal(openJournal(path), { clock });
  assertEquals(again.sizes().keys, before.keys);
  await clock.advance(24 * 60 * 60_000);
  again.trim(clock.now(), { days: 365, bytes: 1e9 });
  const left = again.sizes().keys;
  assert(left < before.keys && left > 0);
  await again.forget("10001");
  assertEquals(again.sizes().keys, 0);
  await again.close();
});
