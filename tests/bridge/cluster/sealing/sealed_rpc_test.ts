import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "../../../support/fake_clock.ts";
import {
  MemoryNetwork,
  MemoryRpc,
} from "../../../../bridge/cluster/memory_rpc.ts";
import { type Rpc, RpcTimeoutError } from "../../../../bridge/cluster/rpc.ts";
import { ClusterKeys } from "../../../../bridge/cluster/sealing/keys.ts";
import { HeldAnswers } from "../../../../bridge/cluster/sealing/held_answers.ts";
import { MAX_PART_BYTES } from "../../../../bridge/cluster/sealing/parts.ts";
import {
  type ForgedCallError,
  SealedRpc,
} from "../../../../bridge/cluster/sealing/sealed_rpc.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array) => new TextDecoder().decode(value);

/** Node `a0` calls node `b0`; `tap` sees and changes what the servers carry. */
function stage(options: { callerKey?: string; callerAheadMs?: number } = {}) {
  const { callerKey = "right", callerAheadMs = 0 } = options;
  const clock = new FakeClock();
  const network = new MemoryNetwork(clock);
  const sent: Uint8Array[] = [];
  const answers: Uint8Array[] = [];
  const memory = new MemoryRpc(network);
  const tap: Rpc = {
    async call(node, request, timeoutMs) {
      sent.push(request);
      const answer = await memory.call(node, request, timeoutMs);
      answers.push(answer);
      return answer;
    },
    serve: (node, handler) => memory.serve(node, handler),
  };
  const forged: ForgedCallError[] = [];
  const end = (node: string, key: string, rpc: Rpc, aheadMs = 0) =>
    new SealedRpc({
      rpc,
      keys: new ClusterKeys(key, new Uint8Array(16), "tqq"),
      node,
      clock: {
        now: () => clock.now() + aheadMs,
        after: (delayMs, run) => clock.after(delayMs, run),
      },
      onForged: (error) => forged.push(error),
    });
  const caller = end("a0", callerKey, tap, callerAheadMs);
  const server = end("b0", "right", memory);
  const handled: string[] = [];
  server.serve("b0", (request) => {
    handled.push(text(request));
    return Promise.resolve(bytes(`${text(request)}!`));
  });
  const call = async (request: string | Uint8Array) => {
    const answer = caller.call(
      "b0",
      typeof request === "string" ? bytes(request) : request,
      1000,
    );
    answer.catch(() => {});
    await clock.advance(1000);
    return text(await answer);
  };
  const repeat = async (request: Uint8Array) => {
    memory.call("b0", request, 1000).catch(() => {});
    await clock.advance(1000);
  };
  return { clock, sent, answers, forged, handled, call, repeat, server };
}

Deno.test("SealedRpc: carries calls that show nothing of their text", async () => {
  const { call, sent, answers } = stage();
  assertEquals(await call("secret text"), "secret text!");
  for (const message of [...sent, ...answers]) {
    assert(!new TextDecoder("latin1").decode(message).includes("secret"));
  }
});

Deno.test("SealedRpc: a request that is repeated is not handled again", async () => {
  const { call, repeat, sent, handled, forged } = stage();
  await call("1");
  await call("2");
  for (const request of sent) await repeat(request);
  assertEquals(handled, ["1", "2"]);
  assertEquals(forged.map(({ message }) => /before/.test(message)), [
    true,
    true,
  ]);
});

for (
  const [what, options, error] of [
    ["another key", { callerKey: "wrong" }, /secret key/],
    ["a clock 31 s behind", { callerAheadMs: -31_000 }, /Set the clocks/],
    ["a clock 31 s ahead", { callerAheadMs: 31_000 }, /Set the clocks/],
  ] as const
) {
  Deno.test(`SealedRpc: a request of a node with ${what} is refused`, async () => {
    const { call, handled, forged } = stage(options);
    await assertRejects(() => call("1"), RpcTimeoutError);
    assertEquals(handled, []);
    assert(error.test(forged[0]!.message), forged[0]!.message);
  });
}

Deno.test("SealedRpc: a request that was held back for 31 s is refused", async () => {
  const { call, repeat, sent, handled, clock } = stage();
  await call("1");
  const changed = sent[0]!.slice();
  changed[changed.length - 1]! ^= 1;
  await repeat(changed);
  await clock.advance(31_000);
  await repeat(sent[0]!);
  assertEquals(handled, ["1"]);
});

Deno.test("SealedRpc: fetches an answer over 900 KiB in parts, and refuses such a request and an answer of more than 64 parts", async () => {
  const { call, sent, server, clock } = stage();
  await assertRejects(
    () => call(new Uint8Array(MAX_PART_BYTES + 1)),
    RangeError,
  );
  for (
    const [length, requests] of [
      [MAX_PART_BYTES, 1],
      [MAX_PART_BYTES + 1, 2],
      [3 * MAX_PART_BYTES, 3],
    ] as const
  ) {
    const large = new Uint8Array(length).map((_, at) => 97 + at % 26);
    const stop = server.serve("b0", () => Promise.resolve(large));
    sent.length = 0;
    assertEquals(await call("1") === text(large), true, `${length} bytes`);
    assertEquals(sent.length, requests);
    stop();
  }
  const tooLarge = new Uint8Array(64 * MAX_PART_BYTES + 1);
  server.serve("b0", () => Promise.resolve(tooLarge));
  await assertRejects(() => call("1"), RpcTimeoutError);
  assertEquals(clock.pending, 0);
});

Deno.test("HeldAnswers: drops what nobody fetches for 30 s, and the oldest beyond its bound", async () => {
  const clock = new FakeClock();
  const held = new HeldAnswers(clock);
  const large = new Uint8Array(33 * MAX_PART_BYTES);
  held.begin("a", large);
  assertEquals(held.part("a", 1)?.length, MAX_PART_BYTES);
  held.begin("b", large);
  assertEquals([held.part("a", 2), held.bytes], [undefined, large.length]);
  await clock.advance(29_000);
  assertEquals(held.part("b", 1)?.length, MAX_PART_BYTES);
  await clock.advance(1000);
  assertEquals([held.part("b", 2), held.bytes], [undefined, 0]);
});
