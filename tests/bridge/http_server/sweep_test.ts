import type { IncomingMessage, ServerResponse } from "node:http";
import { EventEmitter } from "node:events";
import { assertEquals } from "@std/assert";
import { PlainConnections } from "../../../bridge/http_server/plain_connections.ts";
import { SOCKET_END_COST, Sweep } from "../../../bridge/http_server/sweep.ts";
import { nextTurn } from "../../../lib/turn.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const passTurn = () => new Promise<void>((resolve) => void nextTurn(resolve));

/** What is done in each of the next turns. */
async function countsOf(turns: number, count: () => number) {
  const counts = [count()];
  for (let turn = 1; turn < turns; turn++) {
    await passTurn();
    counts.push(count());
  }
  return counts;
}

Deno.test("plain HTTP: clients that stall together are cut one in a turn, and what waits ends without errors", async () => {
  const clock = new FakeClock();
  let cut = 0;
  const ended: unknown[][] = [];
  const connections = new PlainConnections({
    clock,
    stallMs: 1000,
    countsAddresses: false,
    onSlow: () => cut++,
    onRequest: (_incoming, _outgoing, progress) => progress.add(100),
  });
  const unread = 7;
  for (let nth = 0; nth <= unread; nth++) {
    const socket = Object.assign(new EventEmitter(), {
      destroyed: false,
      destroy: () => {},
      pause: () => {},
    });
    // As `node:http` does, which aborts each request with an error.
    socket.once("close", () => assertEquals(ended.length, 3));
    for (let request = 0; request < 4; request++) {
      const destroy = (...error: unknown[]) => ended.push(error);
      connections.take(
        { socket, destroy } as unknown as IncomingMessage,
        new EventEmitter() as unknown as ServerResponse,
      );
    }
    // The last client leaves by itself.
    if (nth === unread) socket.emit("close");
  }
  connections.sweep(clock.now() + 999);
  assertEquals(cut, 0);
  connections.sweep(clock.now() + 1000);
  assertEquals(await countsOf(8, () => cut), [1, 2, 3, 4, 5, 6, 7, 7]);
  assertEquals(connections.unsentBytes, 0);
  assertEquals(ended, Array.from({ length: 3 * (unread + 1) }, () => []));
});

Deno.test("Sweep: a turn has 256 checks or eight ends, and one check is under way at a time", async () => {
  const sweep = new Sweep();
  let done = 0;
  const stepOf = (steps: number, cost: number) => () =>
    steps-- > 0 ? (done++, cost) : undefined;
  sweep.run(stepOf(600, 1));
  sweep.run(stepOf(1, 1));
  assertEquals(await countsOf(4, () => done), [256, 512, 600, 600]);
  done = 0;
  sweep.run(stepOf(20, SOCKET_END_COST));
  assertEquals(await countsOf(4, () => done), [8, 16, 20, 20]);
});
