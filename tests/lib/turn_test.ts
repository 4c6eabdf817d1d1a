import { assert, assertEquals } from "@std/assert";
import { LoopbackRest } from "../../bridge/http_server/loopback_rest.ts";
import { nextTurn, useRest } from "../../lib/turn.ts";

/** Counts bytes that wake up a reader, one at a time, until the function is called. */
async function countWakes(): Promise<() => Promise<number>> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const [reader, writer] = await Promise.all([
    listener.accept(),
    Deno.connect({ hostname: "127.0.0.1", port }),
  ]);
  let count = 0;
  const wakes = (async () => {
    const byte = new Uint8Array(1);
    for (;;) {
      // It waits for the byte before that is there.
      const reading = reader.read(byte);
      await writer.write(byte);
      if (await reading === null) return;
      count++;
    }
  })().catch(() => {});
  return async () => {
    const counted = count;
    for (const one of [writer, reader, listener]) one.close();
    await wakes;
    return counted;
  };
}

/** Runs work of 1 ms in so many turns, which follow each other. */
function work(turns: number): Promise<void> {
  return new Promise((resolve) => {
    const step = () => {
      if (turns-- === 0) return resolve();
      nextTurn(step);
      for (const from = performance.now(); performance.now() - from < 1;);
    };
    step();
  });
}

for (
  const [chains, restsBy] of [
    [1, "timers"],
    [2, "timers"],
    [1, "a loopback connection"],
    [2, "a loopback connection"],
  ] as const
) {
  Deno.test(`nextTurn() lets sockets be served while ${chains} go on from turn to turn, resting by ${restsBy}`, async () => {
    using loopback = restsBy === "timers"
      ? undefined
      : await LoopbackRest.open();
    assertEquals(loopback === undefined, restsBy === "timers");
    const undo = loopback && useRest((done) => loopback.rest(done));
    const stop = await countWakes();
    const turns = 300;
    await Promise.all(Array.from({ length: chains }, () => work(turns)));
    const wakes = await stop();
    undo?.();
    // Deno looks at sockets at every 61st turn by itself.
    assert(wakes >= turns / 15, `a reader woke up ${wakes} times`);
  });
}

Deno.test("nextTurn() calls in order, not at once, and not what was cancelled or failed before", async () => {
  const called: number[] = [];
  for (let nth = 0; nth < 3; nth++) nextTurn(() => called.push(nth));
  const cancel = nextTurn(() => called.push(3));
  cancel();
  cancel();
  assertEquals(called, []);
  await new Promise<void>((resolve) => nextTurn(resolve));
  assertEquals(called, [0, 1, 2]);
});
