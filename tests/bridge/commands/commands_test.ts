import type { CommandError } from "../../../bridge/errors/command_error.ts";
import type { InternalFailure } from "../../../bridge/commands/commands.ts";
import {
  keyOfToken,
  requestDigest,
} from "../../../bridge/commands/idempotency.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { CommandStage as Stage } from "../../support/command_stage.ts";

const everything = grantOf();

for (const keyless of [false, true]) {
  const server = keyless ? "a server that knows no keys" : "our server";
  Deno.test(`keys: a command withdrawn at its deadline is sent when its key asks again: ${server}`, async () => {
    const stage = await new Stage({ keyless }).start();
    stage.faults.add({ cmd: "CLTMSG", how: { type: "late", lateMs: 12_000 } });
    const first = stage.send("slow");
    const second = stage.send("behind it", "k");
    await stage.pass(11);
    assertEquals(await second, "overloaded");
    await stage.pass(5);
    assertEquals(await first, "ok");
    const again = stage.send("behind it", "k");
    await stage.pass(2);
    assertEquals(await again, "ok");
    assertEquals(await stage.arrived(), ["slow", "behind it"]);
    await stage.end();
  });

  Deno.test(`keys: a command that found no room is sent when its key asks again: ${server}`, async () => {
    const stage = await new Stage({ keyless }).start({
      outbox: { gapMs: 0, limit: 1 },
    });
    stage.faults.add({ cmd: "CLTMSG", how: { type: "late", lateMs: 3000 } });
    const sends = [stage.send("slow"), stage.send("next")];
    await stage.pass(1);
    const refused = stage.send("too many", "k");
    await stage.pass(5);
    assertEquals(await Promise.all(sends), ["ok", "ok"]);
    assertEquals(await refused, "overloaded");
    const again = stage.send("too many", "k");
    await stage.pass(2);
    assertEquals(await again, "ok");
    assertEquals(await stage.arrived(), ["slow", "next", "too many"]);
    await stage.end();
  });

  Deno.test(`keys: a command that waited at a stop is sent when its key asks after the start: ${server}`, async () => {
    const stage = await new Stage({ keyless }).start();
    stage.faults.add({ cmd: "CLTMSG", how: { type: "late", lateMs: 2000 } });
    const first = stage.send("slow");
    const second = stage.send("behind it", "k");
    await stage.pass(1);
    await stage.stop();
    assertEquals([await first, await second], ["ok", "overloaded"]);
    await stage.start();
    const again = stage.send("behind it", "k");
    await stage.pass(2);
    assertEquals(await again, "ok");
    assertEquals(await stage.arrived(), ["slow", "behind it"]);
    await stage.end();
  });
}

Deno.test("a key is asked the server again only while that is sure to know it", async () => {
  for (
    const [minutes, outcome] of [[5, "ok"], [9, "outcome_unknown"]] as const
  ) {
    const stage = await new Stage().start();
    stage.faults.add({ cmd: "CLTMSG", how: { type: "silent" } });
    const first = stage.send("once", "k");
    await stage.pass(11);
    await stage.stop();
    assertEquals(await first, "outcome_unknown");
    await stage.pass(60 * minutes - 24);
    await stage.start();
    // Repeated for a minute, it would come to a server that has forgotten it.
    stage.faults.add({
      cmd: "CLTMSG",
      times: 55,
      acts: false,
      how: { type: "cut", bytes: 1 },
    });
    const again = stage.send("once", "k");
    await stage.pass(70);
    stage.faults.clear();
    await again;
    const last = stage.send("once", "k");
    await stage.pass(2);
    assertEquals(await last, outcome);
    assertEquals(await stage.arrived(), ["once"]);
    await stage.end();
  }
});

Deno.test("Commands: an invalid reply or an HTTP status leaves the outcome unknown if the server has no keys", async () => {
  const stage = await new Stage({ keyless: true }).start();
  for (
    const how of [
      { type: "body", body: "<html>" },
      { type: "field", code: "SEQ", value: "4" },
      { type: "http", status: 502, body: "bad gateway" },
    ] as const
  ) {
    stage.faults.add({ cmd: "CLTMSG", how });
    const sent = stage.send(how.type);
    await stage.pass(1);
    assertEquals(await sent, "outcome_unknown");
  }
  assertEquals(await stage.arrived(), ["body", "field", "http"]);
  await stage.end();
});

Deno.test("keys: a flood of commands leaves no more keys than the outbox has room for", async () => {
  const stage = await new Stage().start({
    outbox: { gapMs: 60_000, limit: 5 },
  });
  const { journal } = stage;
  const codes: Record<string, number> = {};
  const asked = Promise.all(Array.from({ length: 50 }, async (_, n) => {
    const code = await stage.send(`${n}`, `k${n}`);
    codes[code] = (codes[code] ?? 0) + 1;
  }));
  await stage.pass(1);
  assertEquals(codes["overloaded"], 45);
  const kept = Array.from(
    { length: 50 },
    (_, n) => journal.findCommand("10001", keyOfToken("test", `k${n}`)),
  ).filter((one) => one !== undefined);
  assertEquals(kept.length, 5);
  await stage.pass(15);
  await asked;
  // Room that was kept is given back.
  const late = stage.send("late", "late");
  await stage.pass(61);
  assertEquals(
    [
      await late,
      journal.findCommand("10001", keyOfToken("test", "late"))?.outcome?.ok,
    ],
    [
      "overloaded",
      false,
    ],
  );
  await stage.end();
});

Deno.test("Commands: an immediate RES=3, as for an unknown number, delays nothing", async () => {
  const stage = await new Stage().start();
  const { bridge } = stage;
  const ask = (to: string) =>
    bridge.run(everything, {
      command: "send",
      account: "10001",
      params: { to, text: "hi" },
    }).then(() => "done", (error) => [error.code, error.retryAfterMs]);
  const impossible = ask("99998");
  const possible = ask("10002");
  await stage.pass(2);
  assertEquals(await impossible, ["penalised", undefined]);
  assertEquals(await possible, "done");
  assertEquals(await stage.arrived(), ["hi"]);
  await stage.end();
});

Deno.test("Commands: RES=3 returns a delay to its caller, and delays the next command as long", async () => {
  const stage = await new Stage().start();
  const { bridge, clock, faults } = stage;
  faults.add({ cmd: "CLTMSG", how: { type: "res", res: 3, lateMs: 2000 } });
  const ask = (text: string) =>
    bridge.run(everything, {
      command: "send",
      account: "10001",
      params: { to: "10002", text },
    }).then(() => ["done", clock.now()], (error) => [error.toFrame()]);
  const startedAt = clock.now();
  const refused = ask("too fast");
  await stage.pass(3);
  const [frame] = await refused;
  const { message, ...rest } = frame as Record<string, unknown>;
  assertEquals(rest, {
    code: "penalised",
    retriable: true,
    retryAfterMs: 20_000,
  });
  assertEquals(typeof message, "string");
  // One that cannot go before its deadline gets the rest of the pause as its delay.
  const early = ask("in the pause");
  await stage.pass(10);
  const [waiting] = await early as [{ code: string; retryAfterMs: number }];
  assertEquals([waiting.code, waiting.retryAfterMs], ["penalised", 9000]);
  const late = ask("behind it");
  await stage.pass(9);
  assertEquals(await late, ["done", startedAt + 22_000]);
  assertEquals(await stage.arrived(), ["behind it"]);
  await stage.end();
});

for (const cmd of ["CLTMSG", "DelFromList"] as const) {
  const lateMs = cmd === "CLTMSG" ? 20_000 : 30_000;
  Deno.test(`Commands: a RES=3 to ${cmd} after ${lateMs} ms reaches its caller, and others with the same key`, async () => {
    const stage = await new Stage().start();
    const { bridge, clock, faults } = stage;
    faults.add({ cmd, how: { type: "res", res: 3, lateMs } });
    const request = cmd === "CLTMSG"
      ? { command: "send", params: { to: "10002", text: "hi" } } as const
      : { command: "removeFriend", params: { uin: "10002" } } as const;
    const startedAt = clock.now();
    const ask = () =>
      bridge.run(everything, { ...request, account: "10001", key: "k" })
        .then(() => "done", ({ code, retryAfterMs }) => [
          code,
          retryAfterMs,
          clock.now() - startedAt,
        ]);
    const first = ask();
    await stage.pass(12);
    const joined = ask();
    await stage.pass(lateMs / 1000 - 11);
    const expected = ["penalised", 20_000, lateMs];
    assertEquals([await first, await joined], [expected, expected]);
    await stage.pass(20);
    const again = ask();
    await stage.pass(1);
    assertEquals(await again, "done");
    await stage.end();
  });
}

Deno.test("Commands: a command without a reply is outcome_unknown after 35 s", async () => {
  const stage = await new Stage().start();
  stage.faults.add({ cmd: "CLTMSG", how: { type: "silent" } });
  let code: string | undefined;
  void stage.send("hi").then((one) => code = one);
  await stage.pass(34);
  assertEquals(code, undefined);
  await stage.pass(1);
  assertEquals(code, "outcome_unknown");
  await stage.pass(2);
  assertEquals(await stage.arrived(), ["hi"]);
  await stage.end();
});

for (const keyless of [false, true]) {
  const server = keyless ? "a server that knows no keys" : "our server";
  for (const hasMail of [true, false]) {
    Deno.test(`keys: one that was under way at a kill waits until the account is online ${hasMail ? "" : "without mail before"}: ${server}`, async () => {
      const stage = await new Stage({ keyless }).start();
      if (hasMail) {
        await stage.server.deliver("10001", {
          type: "message",
          from: "10002",
          text: "mail",
        });
        await stage.pass(20);
        assertEquals(stage.journal.repeats("10001"), !keyless);
      }
      stage.faults.add({ cmd: "CLTMSG", how: { type: "silent" } });
      void stage.send("once", "k");
      await stage.pass(1);
      // Killed: it neither stops nor answers; the next one cannot log in yet.
      stage.faults.add({ how: { type: "silent" }, times: 2 });
      const killed = stage.bridge;
      await stage.start();
      const early = await stage.send("once", "k");
      const knows = keyless && hasMail;
      assertEquals(early, knows ? "outcome_unknown" : "not_logged_in");
      await stage.pass(100);
      const last = stage.send("once", "k");
      await stage.pass(3);
      assertEquals(await last, keyless ? "outcome_unknown" : "ok");
      assertEquals(await stage.arrived(), ["once"]);
      const stopping = killed.stop();
      await stage.pass(11);
      await stopping;
      await stage.end();
    });
  }
}

Deno.test("keys: two tokens with the same key each have their command executed", async () => {
  const stage = await new Stage().start();
  const [one, two] = [grantOf({ name: "one" }), grantOf({ name: "two" })];
  const sent = [
    stage.send("by one", "k", one),
    stage.send("by two", "k", two),
  ];
  await stage.pass(2);
  assertEquals(await Promise.all(sent), ["ok", "ok"]);
  assertEquals(await stage.send("by one", "k", one), "ok");
  assertEquals(await stage.send("another", "k", one), "bad_params");
  assertEquals(await stage.arrived(), ["by one", "by two"]);
  const kept = stage.journal.findCommand("10001", keyOfToken("one", "k"));
  assertMatch(kept!.request, /^[\da-f]{64}$/);
  await stage.end();
});

Deno.test("keys: one of version 0.1.0, which belongs to no token, is honoured", async () => {
  const stage = await new Stage().start();
  await stage.journal.recordStart("10001", keyOfToken("", "k"), {
    request: requestDigest("send", { to: "10002", text: "old" }),
    upstreamSeq: "1",
    upstreamKey: "u",
    at: stage.clock.now(),
    outcome: { ok: true, data: { seq: 1 } },
  });
  assertEquals(await stage.send("old", "k"), "ok");
  assertEquals(await stage.send("other", "k"), "bad_params");
  assertEquals(await stage.arrived(), []);
  await stage.end();
});

Deno.test("Commands: an internal error is logged with an id, and the client gets only the id", async () => {
  const failures: InternalFailure[] = [];
  const stage = await new Stage().start({
    onInternalError: (failure) => failures.push(failure),
  });
  const { bridge, journal } = stage;
  journal.history = () => {
    throw new Error("secret detail");
  };
  const error = await bridge.run(everything, {
    command: "history",
    account: "10001",
    params: {},
    from: { connection: "c7" },
  }).catch((error) => error) as CommandError;
  assertEquals(failures.length, 1);
  const { errorId, command, connection } = failures[0]!;
  assertEquals([command, connection], ["history", "c7"]);
  assertEquals((failures[0]!.error as Error).message, "secret detail");
  assertEquals([error.code, error.message], [
    "internal",
    `Internal error: see the bridge's log (${errorId})`,
  ]);
  await stage.end();
});
