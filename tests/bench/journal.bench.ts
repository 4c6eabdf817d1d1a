/**
 * The journal on disk: appends compared with plain inserts of the same columns,
 * what an event takes as the journal grows, and a reader that resumes in it.
 * `deno run -A tests/bench/journal.bench.ts [--json] [--events=1000000] [--only=resumes]`
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { NewEvent } from "../../bridge/journal/event.ts";
import { type Filter, Hub, type Sink } from "../../bridge/hub/hub.ts";
import type { EventName } from "../../mod.ts";
import { openJournal } from "../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../bridge/journal/sqlite/sqlite_journal.ts";
import { type CurvePoint, growthOf } from "./curve.ts";
import { curveTable } from "./goals.ts";
import { cpuSeconds } from "../support/process_figures.ts";
import {
  argument,
  plain,
  printFigures,
  report,
  table,
  type Timing,
  timingOf,
} from "./harness.ts";

const json = Deno.args.includes("--json");
const mostEvents = Number(
  Deno.args.find((arg) => arg.startsWith("--events="))?.slice(9) ?? 1_000_000,
);

const ROUNDS = 7;
const WARM_UPS = 2;
const ROUND_MS = 300;
const ACCOUNTS = 1000;

/** An account whose only events are late: its reader must not wait for those of all others. */
const QUIET = "77777";

const folder = Deno.makeTempDirSync();
const accountOf = (index: number) => String(10_001 + index * 7919 % ACCOUNTS);

function messageOf(index: number, account = accountOf(index)): NewEvent {
  return {
    account,
    at: 1_100_000_000_000 + index,
    event: "message",
    data: {
      from: String(20_001 + index % 50),
      text: `hello there, this is message number ${index}`,
    },
  };
}

/** A contender: one transaction of a number of rows. */
interface Side {
  readonly name: string;
  readonly run: () => Promise<unknown> | unknown;
}

/** Times contenders in turn, in microseconds per row. */
async function timed(
  sides: readonly Side[],
  rowsOfCall: number,
): Promise<Timing[]> {
  const figures: number[][] = sides.map(() => []);
  for (let round = -WARM_UPS; round < ROUNDS; round++) {
    const order = sides.map((_, index) => index);
    if (round % 2 !== 0) order.reverse();
    for (const index of order) {
      const { run } = sides[index]!;
      const startedAt = performance.now();
      let calls = 0;
      let elapsedMs = 0;
      for (; elapsedMs < ROUND_MS; elapsedMs = performance.now() - startedAt) {
        await run();
        calls++;
      }
      if (round >= 0) {
        figures[index]!.push(elapsedMs * 1000 / calls / rowsOfCall);
      }
    }
  }
  return sides.map(({ name }, index) => timingOf(name, figures[index]!));
}

/** The journal's indexes. */
const INDEXES = `
  CREATE INDEX events_account ON events (seq >> 12, account);
  CREATE INDEX events_party ON events (seq >> 12, account, party)
    WHERE party IS NOT NULL;
`;

/** The same without blocks of positions. */
const INDEXES_BY_ACCOUNT = INDEXES.replaceAll("seq >> 12, ", "");

/** Inserts the journal's columns, and does nothing else. */
function bareInsert(name: string, indexes: string, rows: number): Side {
  const database = new DatabaseSync(`${folder}/${name} ${rows}.db`);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -16384;
    PRAGMA wal_autocheckpoint = 4000;
    CREATE TABLE events (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,
      event INTEGER NOT NULL, total INTEGER NOT NULL, account NOT NULL, party,
      data TEXT NOT NULL);
    ${indexes}
  `);
  const [begin, insert, commit] = [
    "BEGIN IMMEDIATE",
    "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
    "COMMIT",
  ].map((sql) => database.prepare(sql)) as [
    ReturnType<DatabaseSync["prepare"]>,
    ReturnType<DatabaseSync["prepare"]>,
    ReturnType<DatabaseSync["prepare"]>,
  ];
  let seq = 0;
  return {
    name,
    run: () => {
      begin.run();
      for (let row = 0; row < rows; row++) {
        const { account, at, data } = messageOf(++seq);
        insert.run(
          seq,
          at,
          0,
          seq * 130,
          Number(account),
          Number((data as { from: string }).from),
          JSON.stringify(data),
        );
      }
      commit.run();
    },
  };
}

async function measureAppends(): Promise<void> {
  for (const rows of [1, 10, 100]) {
    const journal = new SqliteJournal(openJournal(`${folder}/ours ${rows}.db`));
    let index = 0;
    const ours: Side = {
      name: "ours",
      run: () =>
        Promise.all(
          Array.from(
            { length: rows },
            () => journal.append({ events: [messageOf(++index)] }),
          ),
        ),
    };
    const timings = await timed([
      ours,
      bareInsert("bare, same indexes", INDEXES, rows),
      bareInsert("bare, indexes by account", INDEXES_BY_ACCOUNT, rows),
      bareInsert("bare, no index", "", rows),
    ], rows);
    await journal.close();
    report(`append, ${rows} a transaction, FULL`, "us/event", timings, json);
    if (json) continue;
    console.log(
      timings.map(({ name, median }) => `${name}: ${plain(1e6 / median)}/s`)
        .join(", ") + "\n",
    );
  }
}

/** A friend request, a rare kind of event. */
function requestOf(index: number): NewEvent {
  const { account, at } = messageOf(index);
  const data = { from: "20001", text: "may I" };
  return { account, at, event: "friend.request", data };
}

/** A journal of some size, and what its events took. */
interface Filled {
  readonly path: string;
  /** Bytes of the file for each event. */
  readonly bytesEach: number;
  /** CPU time of each event's append, in microseconds, without a sync. */
  readonly cpuUsEach: number;
}

/** Makes a journal: the last events are of an account that was quiet before, and one is a friend request. */
async function fill(events: number): Promise<Filled> {
  const path = `${folder}/filled ${events}.db`;
  const database = openJournal(path);
  // Only while it is filled.
  database.exec("PRAGMA synchronous = OFF");
  const journal = new SqliteJournal(database);
  const cpuBefore = cpuSeconds(Deno.pid);
  const pieces = 5000;
  for (let from = 0; from < events; from += pieces) {
    await journal.append({
      events: Array.from(
        { length: Math.min(pieces, events - from) },
        (_, index) => {
          const place = from + index;
          if (place === events - 11) return requestOf(place);
          return messageOf(place, place > events - 11 ? QUIET : undefined);
        },
      ),
    });
  }
  const cpuUsEach = (cpuSeconds(Deno.pid) - cpuBefore) * 1e6 / events;
  await journal.close();
  const bytesEach = Deno.statSync(path).size / events;
  return { path, bytesEach, cpuUsEach };
}

/** A reader: its filter, and the part of the journal where it starts. */
interface Reader {
  readonly name: string;
  readonly part: number;
  readonly filter: Filter;
}

const setOf = (count: number, of: (index: number) => string) =>
  new Set(Array.from({ length: count }, (_, index) => of(index)));
const messages = new Set<EventName>(["message"]);
const requests = new Set<EventName>(["friend.request"]);

const READERS: readonly Reader[] = [
  ["all, from the start", 0, "all"],
  ["all, from the middle", 0.5, "all"],
  ["one account, from the start", 0, new Set(["10001"])],
  ["one account, from the middle", 0.5, new Set(["10001"])],
  ["one account and event, from the start", 0, new Set(["10001"]), messages],
  ["a quiet account, from the start", 0, new Set([QUIET])],
  ["a rare event, from the start", 0, "all", requests],
  ["64 accounts, from the start", 0, setOf(64, accountOf)],
  ["500 accounts, from the start", 0, setOf(500, accountOf)],
  [
    "500 quiet accounts, from the start",
    0,
    setOf(500, (index) => String(70_000 + index)).add(QUIET),
  ],
].map(([name, part, accounts, events = "all"]) => ({
  name,
  part,
  filter: { accounts, events },
} as Reader));

/** Milliseconds from opening a cursor to its first frame, of a journal just opened. */
async function resume(
  path: string,
  { part, filter }: Reader,
): Promise<{ openMs: number; firstMs: number; againMs: number }> {
  const startedAt = performance.now();
  const journal = new SqliteJournal(openJournal(path));
  const openMs = performance.now() - startedAt;
  // As at a start: the hub reads which accounts have events.
  const hub = new Hub(journal);
  const after = Math.floor(journal.head * part);
  const first = () => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const askedAt = performance.now();
    let isOver = false;
    const sink: Sink = {
      isReady: () => !isOver,
      send: () => {
        isOver = true;
        resolve(performance.now() - askedAt);
      },
      sendGap: () => {},
      onError: reject,
    };
    const cursor = hub.open(sink, filter, after);
    return promise.finally(() => cursor.close());
  };
  const firstMs = await first();
  const againMs = await first();
  hub.close();
  await journal.close();
  return { openMs, firstMs, againMs };
}

async function measureResumes(): Promise<void> {
  const sizes: number[] = [];
  for (let size = 10_000; size <= mostEvents; size *= 10) sizes.push(size);
  const filled: Filled[] = [];
  for (const size of sizes) filled.push(await fill(size));
  const opens: number[][] = sizes.map(() => []);
  const curves: { name: string; points: CurvePoint[] }[] = [];
  const rows: string[][] = [];
  for (const reader of READERS) {
    const figures = sizes.map(() => ({
      first: [] as number[],
      again: [] as number[],
    }));
    for (let round = -WARM_UPS; round < ROUNDS; round++) {
      for (const [index, { path }] of filled.entries()) {
        const { openMs, firstMs, againMs } = await resume(path, reader);
        if (round < 0) continue;
        opens[index]!.push(openMs);
        figures[index]!.first.push(firstMs);
        figures[index]!.again.push(againMs);
      }
    }
    const timings = figures.map(({ first }) => timingOf("ours", first));
    curves.push({
      name: reader.name,
      points: figures.map(({ first }, index) => ({
        size: sizes[index]!,
        costs: first,
      })),
    });
    if (json) {
      for (const [index, timing] of timings.entries()) {
        const name = `resume, ${reader.name}, ${sizes[index]} events`;
        report(name, "ms", [timing], true);
      }
    }
    rows.push([
      reader.name,
      ...figures.map(({ first, again }) =>
        `${plain(timingOf("", first).median)} (${
          plain(timingOf("", again).median)
        })`
      ),
    ]);
  }
  const growth = [
    ...growthOf(
      "journal, open",
      sizes.map((size, index) => ({ size, costs: opens[index]! })),
    ),
    ...curves.flatMap(({ name, points }) =>
      growthOf(`journal, resume ${name}`, points)
    ),
    ...growthOf(
      "journal, CPU of an append",
      sizes.map((size, index) => ({
        size,
        costs: [filled[index]!.cpuUsEach],
      })),
    ),
  ];
  if (json) {
    printFigures(growth);
    for (const [index, size] of sizes.entries()) {
      const timing = timingOf("ours", opens[index]!);
      report(`open a journal, ${size} events`, "ms", [timing], true);
      const { bytesEach, cpuUsEach } = filled[index]!;
      const figureOf = (figure: number) => [timingOf("ours", [figure])];
      report(
        `an event in the file, ${size} events`,
        "bytes",
        figureOf(bytesEach),
        true,
      );
      report(
        `CPU of an append without sync, ${size} events`,
        "us",
        figureOf(cpuUsEach),
        true,
      );
    }
    return;
  }
  rows.push([
    "opening it",
    ...opens.map((figures) => plain(timingOf("", figures).median)),
  ]);
  rows.push([
    "bytes an event",
    ...filled.map(({ bytesEach }) => plain(bytesEach)),
  ]);
  rows.push([
    "us of CPU an append, without sync",
    ...filled.map(({ cpuUsEach }) => plain(cpuUsEach)),
  ]);
  console.log(
    table(
      [
        "resume: ms to the first frame (once more)",
        ...sizes.map((size) => `${size} events`),
      ],
      rows,
    ),
  );
  if (growth.length > 0) console.log(`\n${curveTable(growth)}`);
}

try {
  if (argument("only", "") !== "resumes") await measureAppends();
  await measureResumes();
} finally {
  Deno.removeSync(folder, { recursive: true });
}
