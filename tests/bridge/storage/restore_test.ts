import { DatabaseSync } from "node:sqlite";
import { ConfigError } from "../../../bridge/config/config.ts";
import { backUp } from "../../../bridge/storage/backup/backup.ts";
import { DataFolder } from "../../../bridge/storage/data_folder.ts";
import {
  type FolderFiles,
  systemFiles,
} from "../../../bridge/storage/durable_files.ts";
import {
  restoreFolder,
  type RestoreOptions,
} from "../../../bridge/storage/backup/restore.ts";
import {
  assert,
  assertEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  fillFolder,
  inTemporaryFolder,
  nameOf,
  namesIn,
} from "../../support/folder_copies.ts";

const NOW = Date.UTC(2026, 10, 28, 7, 8, 9);
const BEFORE = "data.before-restore-2026-11-28T07-08-09.000Z";
const FILES = ["bridge.db", "journal.db", "qq.db"] as const;

/** A copy of a folder called "first" at `PATH/copy`, and another folder at `PATH/data`. */
function inFolders(
  name: string,
  test: (path: string, options: RestoreOptions) => Promise<void> | void,
  secretKey?: string,
): void {
  Deno.test(`restore: ${name}`, () =>
    inTemporaryFolder(async (path) => {
      await fillFolder(`${path}/origin`, { secretKey });
      await backUp({
        folder: `${path}/origin`,
        target: `${path}/copy`,
        version: "1.2.3",
        now: () => NOW - 1000,
      });
      await fillFolder(`${path}/data`, { name: "second" });
      await test(path, {
        source: `${path}/copy`,
        folder: `${path}/data`,
        replace: true,
        secretKey,
        version: "2",
        now: () => NOW,
      });
    }));
}

inFolders("moves the old files aside, and keeps the mark", (path, options) => {
  Deno.writeTextFileSync(`${path}/data/first-token`, "mine");
  const report = restoreFolder(options);
  assertEquals(report, {
    path: `${path}/data`,
    before: `${path}/${BEFORE}`,
    epoch: report.epoch,
    head: 3,
    at: "2026-11-28T07:08:08.000Z",
    version: "1.2.3",
  });
  assertEquals(namesIn(`${path}/data`), [
    "backup",
    "bridge.db",
    "journal.db",
    "lock",
    "qq.db",
  ]);
  assertEquals(nameOf(`${path}/data`), "first");
  assertEquals(namesIn(`${path}/${BEFORE}`), [...FILES, "first-token"].sort());
  assertEquals(nameOf(`${path}/${BEFORE}`), "second");
  assertEquals(Deno.statSync(`${path}/${BEFORE}`).mode! & 0o077, 0);
  for (const name of FILES) {
    assertEquals(Deno.statSync(`${path}/data/${name}`).mode! & 0o077, 0);
  }
  assertEquals(namesIn(`${path}/copy`), ["backup", ...FILES]);
});

inFolders("makes a folder that is missing", (path, options) => {
  const folder = `${path}/new/data`;
  const { before } = restoreFolder({ ...options, folder, replace: false });
  assertEquals([nameOf(folder), before], ["first", undefined]);
  assertEquals(Deno.statSync(folder).mode! & 0o077, 0);
});

inFolders(
  "takes a folder that was copied by hand, with its log, and marks it",
  (path, options) => {
    // As a kill leaves it: what was written last is in the log alone.
    const journal = new DatabaseSync(`${path}/origin/journal.db`);
    journal.exec(
      `PRAGMA wal_autocheckpoint = 0; DELETE FROM events WHERE seq > 1;
      UPDATE meta SET value = 1 WHERE name = 'usage_seq'`,
    );
    Deno.mkdirSync(`${path}/hand`, { mode: 0o700 });
    for (const name of [...FILES, "journal.db-wal", "lock"]) {
      Deno.copyFileSync(`${path}/origin/${name}`, `${path}/hand/${name}`);
    }
    journal.close();
    const report = restoreFolder({ ...options, source: `${path}/hand` });
    const { epoch, head, at, version } = report;
    assertEquals([head, at, version], [1, new Date(NOW).toISOString(), "2"]);
    assertEquals(
      JSON.parse(Deno.readTextFileSync(`${path}/data/backup`)),
      { epoch, head, at, version },
    );
    assertEquals(nameOf(`${path}/data`), "first");
  },
);

const REFUSED: readonly (readonly [
  what: string,
  make: (path: string) => Partial<RestoreOptions>,
  message: string,
])[] = [
  ["files without --replace", () => ({ replace: false }), "--replace"],
  ["a source that is missing", (path) => ({ source: `${path}/x` }), "nothing"],
  [
    "a source without a database",
    (path) => {
      Deno.mkdirSync(`${path}/empty`);
      return { source: `${path}/empty` };
    },
    "no bridge.db",
  ],
  [
    "the data folder itself",
    (path) => ({ source: `${path}/data` }),
    "neither folder may hold the other",
  ],
  ["no key", () => ({ secretKey: undefined }), "TQQ_SECRET_KEY must be set"],
  ["a wrong key", () => ({ secretKey: "other" }), "must be the key"],
  [
    "a damaged file",
    (path) => damage(path, (file) => Deno.truncateSync(file, 5000)),
    'copy/journal.db": it must be whole',
  ],
  [
    "a file that is missing",
    (path) => damage(path, (file) => Deno.removeSync(file)),
    "an empty file or none",
  ],
  [
    "an empty file",
    (path) => damage(path, (file) => Deno.truncateSync(file, 0)),
    "an empty file or none",
  ],
  [
    "a later version",
    (path) =>
      damage(path, (file) => {
        using database = new DatabaseSync(file);
        database.exec("PRAGMA user_version = 1000");
      }),
    "its version must be at most",
  ],
  ["too little space", () => ({ freeBytes: () => 0 }), "bytes free"],
  [
    "a folder for the old files that is there",
    (path) => {
      Deno.mkdirSync(`${path}/${BEFORE}`);
      return {};
    },
    "which is there",
  ],
];

function damage(
  path: string,
  act: (file: string) => void,
): Partial<RestoreOptions> {
  act(`${path}/copy/journal.db`);
  return {};
}

for (const [what, make, message] of REFUSED) {
  inFolders(`refuses ${what}, and changes nothing`, (path, options) => {
    const changes = make(path);
    const error = assertThrows(() =>
      restoreFolder({ ...options, ...changes })
    ) as Error;
    assertStringIncludes(error.message, message);
    const isUsage = !["a later version", "too little space"].includes(what);
    assertEquals(error instanceof ConfigError, isUsage, error.name);
    assertEquals(nameOf(`${path}/data`), "second");
    assertEquals(namesIn(`${path}/data`), [
      "bridge.db",
      "journal.db",
      "lock",
      "qq.db",
    ]);
  }, "key");
}

inFolders("refuses a folder that is used", (path, options) => {
  using _data = DataFolder.open(`${path}/data`, "serve");
  assertThrows(() => restoreFolder(options), ConfigError, "it is used by");
});

inFolders("refuses a copy that is used", (path, options) => {
  using _copy = DataFolder.open(`${path}/copy`, "serve");
  assertThrows(() => restoreFolder(options), ConfigError, "one that is used");
});

class CutError extends Error {}

/** Moves files until it is cut off. */
function cutAfter(count: number): FolderFiles {
  let left = count;
  const step = () => {
    if (left-- === 0) throw new CutError();
  };
  return {
    mkdir: (path, mode) => (step(), systemFiles.mkdir(path, mode)),
    rename: (from, to) => (step(), systemFiles.rename(from, to)),
    sync: (folder) => (step(), systemFiles.sync(folder)),
  };
}

Deno.test("restore: one that is cut off at any step leaves the old files, or is finished by the next start", () =>
  inTemporaryFolder(async (path) => {
    await fillFolder(`${path}/first`);
    await backUp({
      folder: `${path}/first`,
      target: `${path}/copy`,
      version: "1",
    });
    const found: string[] = [];
    for (let steps = 0;; steps++) {
      const base = `${path}/${steps}`;
      await fillFolder(`${base}/data`, { name: "second" });
      Deno.writeTextFileSync(`${base}/data/note`, "mine");
      let wasCut = false;
      try {
        restoreFolder({
          source: `${path}/copy`,
          folder: `${base}/data`,
          replace: true,
          secretKey: undefined,
          version: "2",
          now: () => NOW,
          files: cutAfter(steps),
        });
      } catch (error) {
        if (!((error as Error).cause instanceof CutError)) throw error;
        wasCut = true;
      }
      DataFolder.open(`${base}/data`, "serve").close();
      const name = nameOf(`${base}/data`);
      assert(name !== undefined, `after ${steps} steps`);
      found.push(name);
      const old = name === "second" ? "data" : BEFORE;
      assertEquals(nameOf(`${base}/${old}`), "second");
      assertEquals(Deno.readTextFileSync(`${base}/${old}/note`), "mine");
      const names = namesIn(`${base}/data`);
      assert(!names.some((name) => name.startsWith("restore.")), `${names}`);
      if (!wasCut) break;
    }
    assertEquals(found.filter((name) => name === "second").length, 2);
    assert(found.length > 12, `${found.length} steps`);
  }));
