import { assert, assertEquals } from "@std/assert";
import { LoopbackRest } from "../../../bridge/http_server/loopback_rest.ts";
import { systemClock } from "../../../lib/clock.ts";
import { nextTurn } from "../../../lib/turn.ts";
import { FakeBridge } from "../../support/fake_bridge.ts";
import { openFakeGateway } from "../../support/open_gateway.ts";

Deno.test("LoopbackRest: goes on with timers once its connection has ended", async () => {
  const loopback = await LoopbackRest.open();
  assert(loopback !== undefined);
  await new Promise<void>((resolve) => loopback.rest(resolve));
  const under = new Promise<void>((resolve) => loopback.rest(resolve));
  const second = new Promise<void>((resolve) => loopback.rest(resolve));
  loopback[Symbol.dispose]();
  await Promise.all([under, second]);
  await new Promise<void>((resolve) => loopback.rest(resolve));
});

/** How often a connection to itself was used while 20 ms of work went on from turn to turn. */
async function countRests(): Promise<number> {
  const { rest } = LoopbackRest.prototype;
  let count = 0;
  LoopbackRest.prototype.rest = function (done) {
    count++;
    rest.call(this, done);
  };
  try {
    const from = performance.now();
    await new Promise<void>((resolve) => {
      const step = () =>
        performance.now() - from < 20 ? void nextTurn(step) : resolve();
      step();
    });
    return count;
  } finally {
    LoopbackRest.prototype.rest = rest;
  }
}

Deno.test("gateway: work that goes on from turn to turn rests by a connection to itself, until it is closed", async () => {
  const bridge = new FakeBridge(systemClock);
  const gateway = await openFakeGateway(bridge);
  const rests = await countRests();
  await gateway.close();
  gateway.bridge.hub.close();
  bridge.hub.close();
  assert(rests > 0);
  assertEquals(await countRests(), 0);
});
