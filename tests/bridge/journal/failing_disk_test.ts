import { AnswerTransport } from "../../../bridge/core/answer_transport.ts";
import { Bridge } from "../../../bridge/core/bridge.ts";
import { CommandError } from "../../../bridge/core/grant.ts";
import { openJournal, SqliteJournal } from "../../../bridge/journal/sqlite.ts";
import { readiness } from "../../../bridge/ops/health.ts";
import { addDemo, createServer } from "../../../lib/server/mod.ts";
import { md5Hex, QqClient } from "../../../mod.ts";
import { assert, assertEquals, assertRejects } from "../../deps.ts";
import {
  demoAccount,
  Frames,
  ListedAccounts,
} from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";

Deno.test("while the disk fails mail stays at the server, and all of it comes once when it is well again", async () => {
  const server = createServer({ sendGapMs: 0, penaltyMs: 0 });
  await addDemo(server);
  const database = openJournal(":memory:");
  const journal = new SqliteJournal(database);
  let polls = 0;
  const failed = Promise.withResolvers<void>();
  const bridge = new Bridge({
    journal,
    accounts: new ListedAccounts(demoAccount("10001")),
    transport: () => new AnswerTransport(server.answer),
    passwordMd5: md5Hex,
    outbox: { gapMs: 0 },
    listener: {
      polled: () => polls++,
      failed: (_, what) => what === "journal" && failed.resolve(),
    },
  });
  const frames = new Frames(journal);
  const friend = new QqClient({
    uin: "10002",
    password: "demo",
    transport: new AnswerTransport(server.answer),
  });
  try {
    bridge.start();
    await frames.state("10001", "online");
    await friend.login();
    await friend.send("10001", "0");
    await frames.first("message");

    database.exec("PRAGMA query_only = ON");
    await friend.send("10001", "1");
    await failed.promise;
    const pollsAtFailure = polls;
    for (const text of ["2", "3", "4"]) await friend.send("10001", text);
    const { status, reasons } = readiness(bridge, Date.now());
    assertEquals(status, "unready");
    assertEquals(
      reasons.map(({ reason }) => reason),
      ["journal_not_writable"],
    );
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
    assertEquals([error.code, error.message], [
      "overloaded",
      "Cannot write the journal: attempt to write a readonly database",
    ]);
    assertEquals(error.toFrame().retriable, true);
    assertEquals(polls, pollsAtFailure);
    assertEquals(frames.all("message").length, 1);

    database.exec("PRAGMA query_only = OFF");
    await frames.first("message", ({ data }) => data.text === "4");
    assertEquals(
      frames.all("message").map(({ data }) => data.text),
      ["0", "1", "2", "3", "4"],
    );
    assertEquals(journal.failure, undefined);
    assert(polls > pollsAtFailure);
    assertEquals(readiness(bridge, Date.now()).status, "ready");
  } finally {
    await bridge.stop();
    await friend[Symbol.asyncDispose]();
    await server.close();
    await journal.close();
  }
});
