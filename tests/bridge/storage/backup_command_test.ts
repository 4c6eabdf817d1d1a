/** `backup` and `restore`, through the real program. @module */

import { delay } from "@std/async";
import { DatabaseSync } from "node:sqlite";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { backUpUnderLoad } from "../../support/backup_stage.ts";
import {
  fillFolder,
  inTemporaryFolder,
  nameOf,
  namesIn,
} from "../../support/folder_copies.ts";
import { killBackups, killRestores } from "../../support/kill_copies.ts";
import { Program, serveArgs } from "../../support/program.ts";
import { runMain } from "../../support/run_main.ts";

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runMain(args, { env });

// `deno task soak` makes twenty, at 500 messages a second.
Deno.test("backup: one made under load brings back everything, and clients get one gap", async () => {
  const { sent, faults } = await backUpUnderLoad({
    backups: 2,
    rate: 200,
    beforeMs: 300,
  });
  assertEquals(faults, []);
  assert(sent > 50, `${sent} messages were sent`);
});

Deno.test("backup: one that is killed leaves no folder that looks whole", async () => {
  assertEquals(await killBackups({ kills: 8, seed: 3 }), []);
});

Deno.test("restore: one that is killed leaves the old files, or is finished by the next start", async () => {
  assertEquals(await killRestores({ kills: 8, seed: 3 }), []);
});

Deno.test("backup: a program that is killed while it makes one goes on at the next start", () =>
  inTemporaryFolder(async (path) => {
    await fillFolder(`${path}/data`);
    {
      using database = new DatabaseSync(`${path}/data/journal.db`);
      database.exec("INSERT INTO meta VALUES ('b', randomblob(60000000))");
    }
    const data = `--data=${path}/data`;
    const args = serveArgs(`${path}/data`, "--no-demo");
    {
      await using program = new Program({ args });
      await program.ready();
      const copying = run(["backup", `${path}/copy`, data]);
      while (!namesIn(path).includes("copy.partial")) {
        await delay(2);
      }
      program.kill("SIGKILL");
      const { code, err } = await copying;
      assertEquals([code, err.length], [1, 1], err.join());
    }
    assert(!namesIn(path).includes("copy"));
    await using program = new Program({ args });
    await program.ready();
    const { code, out } = await run(["backup", `${path}/copy`, data, "--json"]);
    assertEquals(code, 0);
    const report = JSON.parse(out[0]!);
    assertEquals(Object.keys(report).sort(), [
      "at",
      "bytes",
      "epoch",
      "head",
      "path",
      "version",
    ]);
    assertEquals(namesIn(path), ["copy", "data"]);
  }));

Deno.test("backup and restore: exit codes and lines", () =>
  inTemporaryFolder(async (path) => {
    await fillFolder(`${path}/data`, { secretKey: "the key of the copy" });
    const data = `--data=${path}/data`;
    const rows: readonly [
      args: string[],
      code: number,
      line: RegExp,
      key?: string,
    ][] = [
      [["backup", data], 2, /must be "backup DIR", got "backup"/],
      [["backup", "a", "b", data], 2, /must be "backup DIR"/],
      [["backup", `${path}/c`, `--data=${path}/none`], 2, /must be there/],
      [["backup", `${path}/data/x`, data], 2, /neither folder may hold/],
      [["backup", `${path}/c`, data], 0, /^The copy is in .*\/c: \d+ bytes/],
      [["backup", `${path}/c`, data], 2, /missing or an empty folder/],
      [["restore", data], 2, /must be "restore DIR", got "restore"/],
      [["restore", `${path}/c`, data], 2, /--replace/, "the key of the copy"],
      [
        ["restore", `${path}/c`, `--data=${path}/d`],
        2,
        /TQQ_SECRET_KEY must be set/,
      ],
      [
        ["restore", `${path}/c`, `--data=${path}/d`],
        2,
        /TQQ_SECRET_KEY must be the key/,
        "another key of a copy",
      ],
      [
        ["restore", `${path}/c`, `--data=${path}/d`],
        0,
        /^.*\/d holds the copy of \d{4}-/,
        "the key of the copy",
      ],
      [
        ["restore", `${path}/c`, data, "--replace"],
        0,
        /The files that were there are in .*data\.before-restore-/,
        "the key of the copy",
      ],
    ];
    for (const [args, code, line, key] of rows) {
      const env = key === undefined ? {} : { TQQ_SECRET_KEY: key };
      const said = await run(args, env as Record<string, string>);
      assertEquals(said.code, code, args.join(" "));
      const lines = code === 0 ? said.out : said.err;
      assertMatch(lines.join("\n"), line);
      if (code !== 0) assertStringIncludes(lines[0]!, "tqq: Cannot ");
    }
    assertEquals(nameOf(`${path}/d`), "first");
  }));
