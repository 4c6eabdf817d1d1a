import { keyOfToken } from "../../../../bridge/commands/idempotency.ts";
import { AnswerTransport } from "../../../../bridge/upstream/answer_transport.ts";
import { Bridge } from "../../../../bridge/core/bridge.ts";
import { toCommandError } from "../../../../bridge/commands/failure.ts";
import { CommandError } from "../../../../bridge/errors/command_error.ts";
import { tooManyKeys } from "../../../../bridge/journal/limits.ts";
import { openJournal } from "../../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../../bridge/journal/sqlite/sqlite_journal.ts";
import { readiness } from "../../../../bridge/ops/health.ts";
import { addDemo, createServer } from "../../../../lib/server/mod.ts";
import { QqClient, type Transport } from "../../../../mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  demoAccount,
  Frames,
  ListedAccounts,
} from "../../../support/bridge_fixture.ts";
import { grantOf } from "../../../support/fake_bridge.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

/** A bridge whose disk fails and recovers on demand. */
async function startOnDisk(wrap = (inner: Transport): Transport => inner) {
  const server = createServer({ sendGapMs: 0, penaltyMs: 0 });
  await addDemo(server);
  const database = openJournal(":memory:");
  const journal = new SqliteJournal(database);
  const failed = Promise.withResolvers<void>();
  const counts = { polls: 0 };
  const bridge = new Bridge({
    journal,
    accounts: new ListedAccounts(demoAccount("10001")),
    transport: () => wrap(new AnswerTransport(server.answer)),
    outbox: { gapMs: 0 },
    listener: {
      onPoll: () => counts.polls++,
      onError: (_, what) => what === "journal" && failed.resolve(),
    },
  });
  const frames = new Frames(journal);
  bridge.start();
  await frames.state("10001", "online");
  return {
    server,
    journal,
    bridge,
    frames,
    counts,
    failed: failed.promise,
    fail: () => database.exec("PRAGMA query_only = ON"),
    heal: () => database.exec("PRAGMA query_only = OFF"),
    async [Symbol.asyncDispose]() {
      await bridge.stop();
      await server.close();
      await journal.close();
    },
  };
}

Deno.test("while the disk fails mail stays at the server, and all of it comes once when it is well again", async () => {
  await using disk = await startOnDisk();
  const { bridge, counts, frames, journal, server } = disk;
  await using friend = new QqClient({
    uin: "10002",
    password: "demo",
    transport: new AnswerTransport(server.answer),
  });
  await friend.login();
  await friend.send("10001", "0");
  await frames.first("message");

  disk.fail();
  await friend.send("10001", "1");
  await disk.failed;
  const pollsAtFailure = counts.polls;
  for (const text of ["2", "3", "4"]) await friend.send("10001", text);
  const { status, reasons } = readiness(bridge, Date.now());
  assertEquals(status, "unready");
  assertEquals(reasons.map(({ reason }) => reason), ["journal_not_writable"]);
  const error = await assertRejects(
    () =>
      bridge.run(grantOf(), {
        account: "10001",
        command: "send",
        params: { to: "10002", text: "hi" },
        key: "k",
      }),
    CommandError,
  );
  assertEquals(error.toFrame(), {
    code: "overloaded",
    message: "Cannot write the journal: attempt to write a readonly database",
    retriable: true,
    retryAfterMs: 10_000,
  });
  assertEquals(counts.polls, pollsAtFailure);
  assertEquals(frames.all("message").length, 1);

  disk.heal();
  await frames.first("message", ({ data }) => data.text === "4");
  assertEquals(
    frames.all("message").map(({ data }) => data.text),
    ["0", "1", "2", "3", "4"],
  );
  assertEquals(journal.failure, undefined);
  assert(counts.polls > pollsAtFailure);
  assertEquals(readiness(bridge, Date.now()).status, "ready");
});

Deno.test("failing disk: the journal is probed until it works, even if nothing arrives", async () => {
  const clock = new FakeClock();
  const database = openJournal(":memory:");
  const journal = new SqliteJournal(database);
  const bridge = new Bridge({
    journal,
    accounts: new ListedAccounts(),
    transport: () => ({ post: () => Promise.reject(new Error("none")) }),
    clock,
  });
  bridge.start();
  const reasons = () =>
    readiness(bridge, clock.now()).reasons.map(({ reason }) => reason);
  database.exec("PRAGMA query_only = ON");
  await assertRejects(() => journal.setPosition("c", 0));
  assertEquals(reasons(), ["journal_not_writable"]);
  await clock.advance(10_000);
  assertEquals(reasons(), ["journal_not_writable"]);
  database.exec("PRAGMA query_only = OFF");
  await clock.advance(5000);
  assertEquals(reasons(), []);
  await bridge.stop();
  await journal.close();
});

Deno.test("failing disk: a command that was done is reported as done once its outcome is stored", async () => {
  let answered = () => {};
  await using disk = await startOnDisk((inner) => ({
    async post(request) {
      const answer = await inner.post(request);
      if (request.body.includes("CMD=Change_Stat")) answered();
      return answer;
    },
  }));
  const { bridge, journal } = disk;
  answered = disk.fail;
  const result = bridge.run(grantOf(), {
    account: "10001",
    command: "setStatus",
    params: { status: "busy" },
    key: "k",
  });
  await disk.failed;
  assertEquals(
    journal.findCommand("10001", keyOfToken("test", "k"))?.outcome,
    undefined,
  );
  disk.heal();
  assertEquals(await result, {});
  assertEquals(journal.findCommand("10001", keyOfToken("test", "k"))?.outcome, {
    ok: true,
    data: {},
  });
});

Deno.test("toCommandError(): a command that cannot be remembered is overloaded", () => {
  const { code, message } = toCommandError(tooManyKeys("10001", 5));
  assertEquals([code, message], [
    "overloaded",
    "Cannot begin a keyed command: at most 5 are remembered for an account, got one more for 10001",
  ]);
});
