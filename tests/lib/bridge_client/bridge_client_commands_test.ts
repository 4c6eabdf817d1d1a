import { hasAccount } from "../../../bridge/commands/table.ts";
import { BridgeCommandMethods } from "../../../lib/bridge_client/bridge_commands.ts";
import { BridgeError } from "../../../lib/bridge_client/bridge_error.ts";
import { COMMAND_SCOPES } from "../../../lib/frames/commands.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
} from "@std/assert";
import {
  COMMAND_EXAMPLES,
  EXAMPLE_NAMES,
} from "../../support/command_examples.ts";
import { settle } from "../../support/fake_clock.ts";
import { Rig, TOKEN } from "./scripted_socket.ts";

const account = "10001";

const methods = EXAMPLE_NAMES.flatMap((name) =>
  COMMAND_EXAMPLES[name].calls.map(([call, params]) =>
    [name, call, params, hasAccount(name)] as const
  )
);

for (const [name, call, params, ofAccount] of methods) {
  Deno.test(`${name} ${JSON.stringify(params)} is a frame, and resolves to the result's data`, async () => {
    await using rig = new Rig();
    const answer = call(rig.client);
    await settle();
    rig.socket.welcome();
    const [{ id, key, ...frame }] = rig.socket.commands() as [
      Record<string, unknown>,
    ];
    assertEquals(frame, {
      type: "command",
      ...(ofAccount ? { account } : {}),
      command: name,
      params,
    });
    if (COMMAND_SCOPES[name] === "read") assertEquals(key, undefined);
    else assertMatch(String(key), /^[0-9a-f]{32}$/);
    rig.socket.say({ type: "result", id, ok: true, data: { done: name } });
    assertEquals(await answer, { done: name });
  });
}

Deno.test("every command has a method of its name", () => {
  assertEquals(
    new Set<string>(methods.map(([name]) => name)),
    new Set(Object.keys(COMMAND_SCOPES)),
  );
});

Deno.test("BridgeCommandMethods: an object around a subclass sends its commands", async () => {
  class Echo extends BridgeCommandMethods {
    override command(...call: unknown[]): Promise<never> {
      return Promise.resolve(call as never);
    }
  }
  const sent: unknown = await new Proxy(new Echo(), {})
    .send(account, "10002", "hi", { key: "mine" });
  assertEquals(sent, ["send", { to: "10002", text: "hi" }, {
    account,
    key: "mine",
  }]);
});

const failure = (promise: Promise<unknown>): Promise<BridgeError> =>
  promise.then(() => {
    throw new Error("resolved");
  }, (error) => {
    assertInstanceOf(error, BridgeError);
    return error;
  });

Deno.test("what has no answer is sent again on the next connection, as it was", async () => {
  await using rig = new Rig();
  const params = { age: 20 };
  const search = rig.client.search(account, params);
  const send = rig.client.send(account, "10002", "hi");
  const keyed = rig.client.send(account, "10002", "ho", { key: "mine" });
  const done = rig.client.ping();
  await settle();
  rig.socket.welcome();
  params.age = 99;
  const first = rig.socket.commands();
  assertEquals(first.length, 4);
  assertEquals(first[2]!.key, "mine");
  assert(first[1]!.key !== first[2]!.key);
  rig.socket.say({
    type: "result",
    id: first[3]!.id,
    ok: true,
    data: { at: "now" },
  });
  assertEquals(await done, { at: "now" });
  rig.socket.cut();
  const late = rig.client.accounts();
  await rig.redial();
  rig.socket.welcome();
  const second = rig.socket.commands();
  assertEquals(second.slice(0, 3), first.slice(0, 3));
  assertEquals(second.map((frame) => frame.command), [
    "search",
    "send",
    "send",
    "accounts",
  ]);
  second.forEach(({ id }, index) =>
    rig.socket.say({ type: "result", id, ok: true, data: { index } })
  );
  assertEquals(
    await Promise.all([search, send, keyed, late]) as unknown[],
    [0, 1, 2, 3].map((index) => ({ index })),
  );
});

Deno.test("answers that are nobody's are passed over", async () => {
  await using rig = new Rig();
  const ping = rig.client.ping();
  await settle();
  rig.socket.welcome();
  const [{ id }] = rig.socket.commands() as [{ id: number }];
  for (const other of [null, String(id), id + 1, "x"]) {
    rig.socket.say({ type: "result", id: other, ok: true, data: {} });
  }
  rig.socket.say({ type: "result", id, ok: true, data: { at: "now" } });
  rig.socket.say({ type: "result", id, ok: true, data: { at: "later" } });
  assertEquals(await ping, { at: "now" });
});

const refusals: [Record<string, unknown>, Record<string, unknown>][] = [
  [
    {
      code: "penalised",
      message: "wait",
      retriable: true,
      retryAfterMs: 20_000,
    },
    {
      code: "penalised",
      message: "wait",
      retriable: true,
      retryAfterMs: 20_000,
      key: "k",
    },
  ],
  [
    { code: "forbidden", message: `no ${TOKEN}`, retriable: false },
    {
      code: "forbidden",
      message: "no [token]",
      retriable: false,
      retryAfterMs: undefined,
      key: "k",
    },
  ],
  [
    { code: "of_tomorrow", message: "?", retriable: true },
    {
      code: "internal",
      message: "?",
      retriable: true,
      retryAfterMs: undefined,
      key: "k",
    },
  ],
];

for (const [error, expected] of refusals) {
  Deno.test(`an error result ${error.code} rejects`, async () => {
    await using rig = new Rig();
    const send = failure(rig.client.send(account, "1", "x", { key: "k" }));
    await settle();
    rig.socket.welcome();
    rig.socket.say({
      type: "result",
      id: rig.socket.commands()[0]!.id,
      ok: false,
      error,
    });
    const { code, message, retriable, retryAfterMs, key } = await send;
    assertEquals(
      { code, message, retriable, retryAfterMs, key },
      expected as never,
    );
  });
}

Deno.test("time-outs count from the call, over connections, and tell what is known", async () => {
  await using rig = new Rig();
  const read = failure(rig.client.friends(account));
  const acting = failure(rig.client.send(account, "1", "x", { key: "k" }));
  const short = failure(rig.client.ping({ timeoutMs: 10 }));
  await rig.clock.advance(10);
  assertEquals((await short).code, "timeout");
  rig.socket.welcome();
  await rig.clock.advance(20_000);
  rig.socket.cut();
  const unsent = failure(
    rig.client.send(account, "1", "y", { timeoutMs: 100 }),
  );
  await rig.clock.advance(100);
  assertEquals((await unsent).code, "timeout");
  await rig.redial();
  rig.socket.welcome();
  await rig.clock.advance(50_000 - 20_000 - 110 - 400);
  assertEquals((await read).code, "timeout");
  const { code, key, message, retriable } = await acting;
  assertEquals([code, key, retriable], ["outcome_unknown", "k", false]);
  assertEquals(
    message,
    "Cannot tell the outcome of send: the bridge did not answer within 50000 ms",
  );
});

Deno.test("a signal ends the wait for an answer", async () => {
  await using rig = new Rig();
  const controller = new AbortController();
  const ping = rig.client.ping({ signal: controller.signal }).catch((e) => e);
  const early = await rig.client.ping({ signal: AbortSignal.abort("gone") })
    .catch((e) => e);
  assertEquals(early, "gone");
  await settle();
  rig.socket.welcome();
  controller.abort("enough");
  assertEquals(await ping, "enough");
});

Deno.test("too many in flight, too long a frame and a bad key are refused here", async () => {
  const rig = new Rig({ maxInFlight: 2 });
  const long = await failure(
    rig.client.send(account, "1", "\u4f60".repeat(22_000)),
  );
  assertEquals(long.code, "bad_params");
  assertMatch(
    long.message,
    /^Cannot send send: a frame must not be longer than 65536 bytes, got 66\d{3}$/,
  );
  for (const key of ["", "k".repeat(129)]) {
    assertEquals(
      (await failure(rig.client.send(account, "1", "x", { key }))).code,
      "bad_params",
    );
  }
  const two = [failure(rig.client.ping()), failure(rig.client.ping())];
  const third = await failure(rig.client.ping());
  assertEquals([third.code, third.retriable], ["overloaded", true]);
  await rig.client.close();
  assertEquals((await Promise.all(two)).map(({ code }) => code), [
    "closed",
    "closed",
  ]);
});

Deno.test("commands keep to the bridge's rate, on each connection", async () => {
  const rig = new Rig({ timeoutMs: 300_000 });
  const answers = Array.from(
    { length: 25 },
    () => rig.client.ping().catch(() => "closed"),
  );
  await settle();
  rig.socket.welcome("e1", 1, { limits: { commandsPerMinute: 10 } });
  const pings = () =>
    rig.socket.commands().filter(({ id }) => id !== "alive").length;
  assertEquals(pings(), 9);
  for (const stepMs of [20_000, 20_000, 19_999]) {
    await rig.clock.advance(stepMs);
    rig.socket.say({ type: "weather" });
  }
  assertEquals(pings(), 9);
  await rig.clock.advance(1);
  assertEquals(pings(), 18);
  rig.socket.cut(4008);
  await rig.redial();
  rig.socket.welcome("e1", 1, { limits: { commandsPerMinute: 10 } });
  assertEquals(pings(), 9);
  await rig.client.close();
  assertEquals(await Promise.all(answers), Array(25).fill("closed"));
  assertEquals(rig.clock.pending, 0);
});

Deno.test("a final close rejects what is in flight with its reason", async () => {
  const rig = new Rig();
  const ping = failure(rig.client.ping());
  await settle();
  rig.socket.accept();
  rig.socket.say({
    type: "result",
    id: null,
    ok: false,
    error: { code: "forbidden" },
  });
  rig.socket.cut(1008, "bad token");
  const { code, closeCode, message } = await ping;
  assertEquals([code, closeCode], ["forbidden", 1008]);
  assertEquals(
    message,
    "Cannot do ping: Cannot stay connected to the bridge: token or Origin not accepted (bad token), got close code 1008",
  );
  assertEquals(await rig.client.closed() instanceof BridgeError, true);
});
