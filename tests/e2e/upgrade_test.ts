/** A data folder of version 0.1.0 under this program, and a log file that is rotated while it runs. @module */

import { delay } from "@std/async";
import type { DatabaseSync } from "node:sqlite";
import { hashToken } from "../../bridge/access/token_store.ts";
import { MIGRATIONS } from "../../bridge/journal/sqlite/migrations.ts";
import { openConnection } from "../../bridge/sqlite/database.ts";
import type { Migration } from "../../bridge/sqlite/sql_database.ts";
import { BRIDGE_MIGRATIONS } from "../../bridge/storage/bridge_schema.ts";
import { QQ_MIGRATIONS } from "../../bridge/storage/qq_schema.ts";
import { BridgeClient, md5Hex } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { inTemporaryFolder } from "../support/folder_copies.ts";
import { Program, serveArgs } from "../support/program.ts";

const TOKEN = "the-token-of-a-bot-of-version-0.1.0";

/** Makes a file with the tables of an early version. */
function make(
  path: string,
  migrations: readonly Migration[],
  fill: (database: DatabaseSync) => void,
): void {
  const database = openConnection(path, { what: path, migrations });
  fill(database);
  database.close();
  Deno.chmodSync(path, 0o600);
}

/** What version 0.1.0 left: two accounts, a token, a consumer at 1 of 2 events, a key with its outcome, waiting mail. */
function makeFirstFolder(folder: string): void {
  Deno.mkdirSync(folder, { mode: 0o700 });
  Deno.writeTextFileSync(`${folder}/lock`, "", { mode: 0o600 });
  make(`${folder}/bridge.db`, BRIDGE_MIGRATIONS.slice(0, 1), (database) => {
    const put = database.prepare(
      "INSERT INTO accounts VALUES (?, ?, 0, ?, 'in', 1)",
    );
    for (const uin of ["10001", "10002"]) {
      put.run(uin, md5Hex("secret"), JSON.stringify(`old ${uin}`));
    }
    database.prepare(
      `INSERT INTO tokens VALUES ('bot', ?, '["read","send"]', '"all"', 1, NULL)`,
    ).run(hashToken(TOKEN));
    for (
      const name of ["administrator", "demo", "journal", "qq"]
    ) {
      database.prepare("INSERT INTO settings VALUES (?, ?)")
        .run(`${name}_made_at`, "2026-01-01T00:00:00.000Z");
    }
  });
  make(`${folder}/journal.db`, MIGRATIONS.slice(0, 2), (database) => {
    database.exec(`
      INSERT INTO meta VALUES ('epoch', 'k3f9');
      INSERT INTO events VALUES
        (1, 0, 0, 91, 10001, 10002, '{"from":"10002","text":"one"}'),
        (2, 0, 0, 182, 10001, 10002, '{"from":"10002","text":"two"}');
      INSERT INTO polls VALUES ('10001', 7);
      INSERT INTO consumers VALUES ('bot/archive', 1)`);
    database.prepare(
      "INSERT INTO keyed VALUES ('10001', 'kept', ?, '77', 'u', ?, ?)",
    ).run(
      Date.now(),
      JSON.stringify(["send", { to: "10002", text: "once" }]),
      JSON.stringify({ ok: true, data: { seq: 2 } }),
    );
  });
  make(`${folder}/qq.db`, QQ_MIGRATIONS.slice(0, 1), (database) => {
    const put = database.prepare(
      "INSERT INTO accounts VALUES (?, ?, 'verify', '{}', ?, 0)",
    );
    for (const uin of ["10001", "10002"]) {
      put.run(uin, JSON.stringify(`old ${uin}`), md5Hex("secret"));
    }
    database.exec(`
      INSERT INTO friends VALUES ('10001', '10002'), ('10002', '10001');
      INSERT INTO mail VALUES
        ('10001', 1, '{"type":"message","from":"10002","text":"waiting"}')`);
  });
}

Deno.test("a data folder of 0.1.0: accounts, tokens, positions, keys and mail are there", () =>
  inTemporaryFolder(async (path) => {
    const folder = `${path}/data`;
    makeFirstFolder(folder);
    await using program = new Program({
      args: serveArgs(folder, "--qq-send-gap-ms=0"),
    });
    const { http } = await program.ready();
    await using client = new BridgeClient({
      url: `${http!.replace("http", "ws")}/ws`,
      token: TOKEN,
      consumer: "archive",
      events: ["message", "message.sent"],
    });
    const texts: [seq: number, text: string][] = [];
    for await (const frame of client) {
      assert(frame.type === "event" && frame.event === "message");
      texts.push([frame.seq, frame.data.text]);
      if (frame.data.text === "waiting") break;
    }
    assertEquals(texts[0], [2, "two"]);
    assertEquals(texts.map(([, text]) => text), ["two", "waiting"]);
    const { accounts } = await client.accounts();
    assertEquals(
      accounts.map(({ uin, nickname }) => [uin, nickname]),
      [["10001", "old 10001"], ["10002", "old 10002"]],
    );
    const params = { to: "10002", text: "once" };
    const options = { account: "10001", key: "kept" };
    assertEquals(await client.command("send", params, options), { seq: 2 });
    const history = await client.command(
      "history",
      { with: "10002" },
      { account: "10001" },
    );
    assertEquals(
      (history as { events: { data: { text?: string } }[] }).events
        .flatMap(({ data }) => data.text ?? []),
      ["one", "two", "waiting"],
    );
    program.kill("SIGTERM");
    assertEquals(await program.end(), 0);
  }));

Deno.test("a log file that is copied and truncated while the program writes goes on from its start", () =>
  inTemporaryFolder(async (path) => {
    const log = `${path}/tqq.log`;
    await using program = Program.run([
      "sh",
      "-c",
      'exec "$@" 2>> "$0"',
      log,
      Deno.execPath(),
      "run",
      "--allow-all",
      new URL("../../bridge/main.ts", import.meta.url).pathname,
      ...serveArgs(`${path}/data`, "--log-level=debug"),
    ]);
    const { http } = await program.ready();
    /** Makes the program log, until the file has a line that fits. */
    const logged = async (fits: (text: string) => boolean) => {
      for (;;) {
        const response = await fetch(`${http}/api/ping`, { method: "POST" });
        await response.body?.cancel();
        const text = await Deno.readTextFile(log);
        if (fits(text)) return text;
        await delay(20);
      }
    };
    await logged((text) => text.length > 1000);
    const before = (await Deno.stat(log)).size;
    await Deno.truncate(log);
    const text = await logged((text) => text.endsWith("\n"));
    assert(text.length < before, `${text.length} of ${before}`);
    // Whole lines, and no hole of zeros before them.
    for (const line of text.trimEnd().split("\n")) JSON.parse(line);
    program.kill("SIGTERM");
    assertEquals(await program.end(), 0);
  }));
