import { DatabaseSync } from "node:sqlite";
import { ConfigError } from "../../../bridge/config/config.ts";
import {
  backUp,
  type BackupOptions,
} from "../../../bridge/storage/backup/backup.ts";
import {
  holdOnce,
  LiveBackup,
} from "../../../bridge/storage/backup/live_backup.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  fillFolder,
  inTemporaryFolder,
  nameOf,
  namesIn,
} from "../../support/folder_copies.ts";
import { stopwatch } from "../../support/process_figures.ts";
import { mountSmall } from "../../support/small_disk.ts";

const FILES = ["bridge.db", "journal.db", "qq.db"] as const;

function inFilledFolder(
  name: string,
  test: (path: string, options: BackupOptions) => Promise<void>,
): void {
  Deno.test(`backup: ${name}`, () =>
    inTemporaryFolder(async (path) => {
      await fillFolder(`${path}/data`);
      await test(path, {
        folder: `${path}/data`,
        target: `${path}/copy`,
        version: "1.2.3",
        now: () => Date.UTC(2026, 10, 28),
      });
    }));
}

inFilledFolder("makes a private copy, and marks it", async (path, options) => {
  Deno.writeTextFileSync(`${path}/data/first-token`, "secret");
  const report = await backUp({ ...options, target: `${path}/a/b/copy/` });
  const copy = `${path}/a/b/copy`;
  assertEquals(namesIn(copy), ["backup", ...FILES]);
  for (const name of ["", "/backup", ...FILES.map((file) => `/${file}`)]) {
    assertEquals(Deno.statSync(copy + name).mode! & 0o077, 0, name);
  }
  const { path: reported, bytes, ...mark } = report;
  assertEquals(reported, copy);
  assert(bytes > 4096);
  assertEquals(JSON.parse(Deno.readTextFileSync(`${copy}/backup`)), mark);
  assertEquals(mark, {
    epoch: mark.epoch,
    head: 3,
    at: "2026-11-28T00:00:00.000Z",
    version: "1.2.3",
  });
  assert(mark.epoch !== "");
  assertEquals(nameOf(copy), "first");
  assertEquals(namesIn(`${path}/a/b`), ["copy"]);
});

const REFUSED: readonly (readonly [
  what: string,
  make: (path: string) => Partial<BackupOptions>,
  message: string,
])[] = [
  [
    "a folder with files",
    (path) => {
      Deno.mkdirSync(`${path}/full`);
      Deno.writeTextFileSync(`${path}/full/a`, "");
      return { target: `${path}/full` };
    },
    "must be missing or an empty folder, got one with files",
  ],
  [
    "a file",
    (path) => {
      Deno.writeTextFileSync(`${path}/file`, "");
      return { target: `${path}/file` };
    },
    "got a file",
  ],
  [
    "a path inside the data folder",
    (path) => ({ target: `${path}/data/copy` }),
    "neither folder may hold the other",
  ],
  [
    "the folder that holds the data folder",
    (path) => ({ target: path }),
    "neither folder may hold the other",
  ],
  [
    "a data folder without a database",
    (path) => {
      Deno.mkdirSync(`${path}/none`);
      return { folder: `${path}/none` };
    },
    "must hold bridge.db, got none",
  ],
  ["too little space", () => ({ freeBytes: () => 1_100_000 }), "bytes free"],
  [
    "a partial copy with somebody's files",
    (path) => {
      Deno.mkdirSync(`${path}/copy.partial`);
      Deno.writeTextFileSync(`${path}/copy.partial/letter`, "mine");
      return {};
    },
    'got "letter"',
  ],
];

inFilledFolder(
  "refuses what it cannot use, and leaves nothing",
  async (path, options) => {
    for (const [what, make, message] of REFUSED) {
      const changes = make(path);
      const error = await assertRejects(() =>
        backUp({ ...options, ...changes })
      );
      assertStringIncludes((error as Error).message, message, what);
      assertEquals(error instanceof ConfigError, what !== "too little space");
      const left = namesIn(path).filter((name) => name.startsWith("copy"));
      assertEquals(left, what.startsWith("a partial") ? ["copy.partial"] : []);
    }
  },
);

inFilledFolder(
  "removes what a killed one to the same target left",
  async (path, options) => {
    Deno.mkdirSync(`${path}/copy`);
    Deno.mkdirSync(`${path}/copy.partial`);
    for (const name of ["bridge.db", "qq.db-journal", "backup"]) {
      Deno.writeTextFileSync(`${path}/copy.partial/${name}`, "half");
    }
    await backUp(options);
    assertEquals(namesIn(path), ["copy", "data"]);
    assertEquals(nameOf(`${path}/copy`), "first");
  },
);

inFilledFolder("to one target runs once at a time", async (path, options) => {
  const second: Promise<unknown>[] = [];
  await backUp({
    ...options,
    pin: (snapshot) => {
      snapshot.pin();
      second.push(assertRejects(() => backUp(options), RangeError, "a second"));
    },
  });
  await Promise.all(second);
  assertEquals(namesIn(path), ["copy", "data"]);
});

Deno.test("backup: sealed passwords stay sealed", () =>
  inTemporaryFolder(async (path) => {
    await fillFolder(`${path}/data`, { secretKey: "key" });
    await backUp({
      folder: `${path}/data`,
      target: `${path}/copy`,
      version: "1",
    });
    const bytes = Deno.readFileSync(`${path}/copy/bridge.db`);
    const text = new TextDecoder("latin1").decode(bytes);
    assert(!text.includes("0123456789abcdef0123456789abcdef"));
    assertStringIncludes(text, "v2.");
  }));

Deno.test("backup: a full disk leaves no copy", async () => {
  await using mounted = await mountSmall(512 * 1024);
  await inTemporaryFolder(async (path) => {
    const small = mounted?.path ?? path;
    await fillFolder(`${path}/data`);
    const database = new DatabaseSync(`${path}/data/journal.db`);
    database.exec("INSERT INTO meta VALUES ('ballast', randomblob(2000000))");
    database.close();
    const error = await assertRejects(() =>
      backUp({
        folder: `${path}/data`,
        target: `${small}/copy`,
        version: "1",
        freeBytes: () => mounted === undefined ? 0 : Infinity,
      })
    );
    assertMatch((error as Error).message, /^Cannot back up .*(full|free)/);
    assert(!namesIn(small).includes("copy"));
    assert(!namesIn(small).includes("copy.partial"));
  });
});

Deno.test("backup: all databases of a live one show one instant, and the event loop goes on", () =>
  inTemporaryFolder(async (path) => {
    Deno.mkdirSync(`${path}/data`, { mode: 0o700 });
    const databases = FILES.map((name) => {
      const database = new DatabaseSync(`${path}/data/${name}`);
      database.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = OFF;
        CREATE TABLE turns (turn INTEGER, ballast BLOB);
        INSERT INTO turns VALUES (0, randomblob(${4 << 20}));
      `);
      return database;
    });
    let turn = 0;
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        turn++;
        for (const database of databases) {
          database.exec(`UPDATE turns SET turn = ${turn}`);
        }
        await new Promise((resolve) => setTimeout(resolve));
      }
    })();
    const live = new LiveBackup(`${path}/data`, "1");
    let turnsMeanwhile = 0;
    for (let round = 0; round < 3; round++) {
      const first = live.run(`${path}/copy${round}`);
      await assertRejects(
        () => live.run(`${path}/other`),
        RangeError,
        "second",
      );
      const from = turn;
      await first;
      const turns = FILES.map((name) => {
        using copy = new DatabaseSync(`${path}/copy${round}/${name}`);
        const { turn } = copy.prepare("SELECT turn FROM turns").get() as {
          turn: number;
        };
        return turn;
      });
      assertEquals(new Set(turns).size, 1, String(turns));
      assert(turns[0]! >= from, `${from} ${turns}`);
      turnsMeanwhile += turn - turns[0]!;
    }
    assert(turnsMeanwhile > 0, "no turn came while the files were copied");
    const last = live.run(`${path}/stopped`);
    live.close();
    await assertRejects(() => last, RangeError, "the program ends");
    isOver = true;
    await writing;
    for (const database of databases) database.close();
  }));

Deno.test("backup: the writers are not held for longer than 200 ms", () => {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const elapsed = stopwatch();
  assertEquals(holdOnce(cell), false);
  const heldMs = elapsed();
  assert(heldMs < 200, `${heldMs} ms`);
});
