import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import {
  MemoryNetwork,
  MemoryRpc,
} from "../../../bridge/cluster/memory_rpc.ts";
import {
  NoResponderError,
  RpcTimeoutError,
} from "../../../bridge/cluster/rpc.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (value: string) => new TextEncoder().encode(value);

function stage(options: ConstructorParameters<typeof MemoryRpc>[1] = {}) {
  const clock = new FakeClock();
  const network = new MemoryNetwork(clock);
  const caller = new MemoryRpc(network, options);
  const server = new MemoryRpc(network);
  const calls: string[] = [];
  const stop = server.serve("b", (request) => {
    calls.push(text(request));
    return Promise.resolve(bytes(`${text(request)}!`));
  });
  const call = (node = "b") => {
    const answer = caller.call(node, bytes("hi"), 1000);
    answer.catch(() => {});
    return answer;
  };
  return { clock, caller, server, calls, stop, call };
}

Deno.test("MemoryRpc.call: resolves with the answer after both delays", async () => {
  const { clock, call } = stage({ delayMs: () => 20 });
  let answer: string | undefined;
  call().then((value) => answer = text(value));
  await clock.advance(39);
  assertEquals(answer, undefined);
  await clock.advance(1);
  assertEquals(answer, "hi!");
});

for (
  const [when, prepare, error, received] of [
    ["no node has the id", ({ stop }) => stop(), NoResponderError, 0],
    [
      "the caller is cut off",
      ({ caller }) => {
        caller.isCut = true;
      },
      RpcTimeoutError,
      0,
    ],
    [
      "the node is cut off",
      ({ server }) => {
        server.isCut = true;
      },
      RpcTimeoutError,
      0,
    ],
  ] as [
    string,
    (on: ReturnType<typeof stage>) => void,
    typeof NoResponderError,
    number,
  ][]
) {
  Deno.test(`MemoryRpc.call: rejects with ${error.name} when ${when}`, async () => {
    const on = stage();
    prepare(on);
    const answer = on.call();
    await on.clock.advance(1000);
    await assertRejects(() => answer, error);
    assertEquals(on.calls.length, received);
  });
}

Deno.test("MemoryRpc.call: rejects with RpcTimeoutError when the answer is lost, although the node did it", async () => {
  const on = stage({ isAnswerLost: () => true });
  const answer = on.call();
  await on.clock.advance(1000);
  await assertRejects(() => answer, RpcTimeoutError);
  assertEquals(on.calls, ["hi"]);
  await settle();
});
