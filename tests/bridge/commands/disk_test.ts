import { DatabaseSync } from "node:sqlite";
import {
  addToken,
  MemoryTokenStore,
} from "../../../bridge/access/token_store.ts";
import { Bridge } from "../../../bridge/core/bridge.ts";
import { AnswerTransport } from "../../../bridge/upstream/answer_transport.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { addDemo, createServer } from "../../../lib/server/mod.ts";
import type { BridgeCommandName } from "../../../mod.ts";
import { assertEquals } from "@std/assert";
import { demoAccount, ListedAccounts } from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** What SQLite throws if the disk is full: by a statement, or by `exec`, which leaves out the code. */
function fullDisk(isPrepared: boolean): Error {
  using database = new DatabaseSync(":memory:");
  database.exec("PRAGMA max_page_count = 2; CREATE TABLE t (x)");
  try {
    const sql = "INSERT INTO t VALUES (zeroblob(100000))";
    if (isPrepared) database.prepare(sql).run();
    else database.exec(sql);
  } catch (error) {
    return error as Error;
  }
  throw new Error("SQLite must refuse it");
}

/** What SQLite throws past a file size limit. */
function tooLarge(): Error {
  return Object.assign(new Error("disk I/O error"), { errcode: 778 });
}

const COMMANDS: [BridgeCommandName, object, account?: string][] = [
  ["login", {}, "10001"],
  ["logout", {}, "10001"],
  ["setStatus", { status: "busy" }, "10001"],
  ["addAccount", { uin: "10002", password: "demo" }],
  ["removeAccount", { uin: "10001" }],
  ["createToken", { name: "a" }],
  ["revokeToken", { name: "a" }],
];

for (
  const [name, make] of [["a full disk", () => fullDisk(true)], [
    "a full disk at a commit",
    () => fullDisk(false),
  ], [
    "a file size limit",
    tooLarge,
  ]] as const
) {
  for (const [command, params, account] of COMMANDS) {
    Deno.test(`${command}: ${name} is overloaded, with when to come again`, async () => {
      const error = make();
      const clock = new FakeClock();
      const refuse = () => {
        throw error;
      };
      const accounts = new ListedAccounts(
        // So that `login` has something to write.
        { ...demoAccount("10001"), wanted: command === "login" ? "out" : "in" },
      );
      accounts.put = refuse;
      accounts.remove = refuse;
      const tokens = new MemoryTokenStore();
      if (command === "revokeToken") addToken(tokens, { name: "a" }, 0);
      tokens.add = refuse;
      tokens.revoke = refuse;
      const server = createServer({ clock, sendGapMs: 0 });
      await addDemo(server);
      const bridge = new Bridge({
        journal: new MemoryJournal({ clock }),
        accounts,
        transport: () => new AnswerTransport(server.answer),
        clock,
        outbox: { gapMs: 0 },
        tokens: { store: tokens },
      });
      bridge.start();
      await clock.advance(3000);
      const asked = bridge.run(grantOf(), {
        command,
        params,
        ...(account === undefined ? {} : { account }),
      }).then(
        () => "done",
        ({ code, retryAfterMs }) => [code, retryAfterMs],
      );
      await clock.advance(3000);
      assertEquals(await asked, ["overloaded", 10_000]);
      const stopping = bridge.stop();
      await clock.advance(10_000);
      await stopping;
      await server.close();
    });
  }
}
