import { assertEquals } from "@std/assert";
import { ClusterBridge } from "../../../bridge/cluster/cluster_bridge.ts";
import { MemoryLog, MemoryStream } from "../../../bridge/cluster/memory_log.ts";
import {
  MemoryNetwork,
  MemoryRpc,
} from "../../../bridge/cluster/memory_rpc.ts";
import type { BridgeApi } from "../../../bridge/core/bridge_api.ts";
import { openNode, openOwner, turnClock } from "../../support/cluster_nodes.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const SEND = { command: "send", account: "10001", params: {} } as const;

/** A client's node and the owner of all accounts, between which answers get lost. */
async function stage(lost: number) {
  const clock = new FakeClock();
  const network = new MemoryNetwork(clock);
  const stream = new MemoryStream({ clock: turnClock });
  const log = new MemoryLog(stream);
  const owner = await openOwner(log);
  const client = await openNode(log);
  await client.settle();
  const runs: unknown[] = [];
  let left = lost;
  const bridgeOf = (journal: typeof owner, drives: boolean) =>
    new ClusterBridge({
      bridge: {
        run: (_grant: unknown, request: unknown) => {
          runs.push(request);
          return Promise.resolve({ number: runs.length });
        },
      } as unknown as BridgeApi,
      journal,
      rpc: new MemoryRpc(network, { isAnswerLost: () => left-- > 0 }),
      clock,
      drives: () => drives,
      has: () => true,
      problem: () => undefined,
      copy: () => Promise.reject(new Error("no copy")),
    });
  const bridges = [bridgeOf(owner, true), bridgeOf(client, false)] as const;
  return {
    clock,
    runs,
    bridge: bridges[1],
    async close() {
      for (const bridge of bridges) bridge.stop();
      for (const journal of [owner, client]) await journal.close();
      await log.close();
    },
  };
}

for (
  const [what, request, lost, afterMs, runs, outcome] of [
    ["a read", { ...SEND, command: "friends" }, 1, 6000, 2, "2"],
    ["a keyed command", { ...SEND, key: "k" }, 1, 6000, 2, "2"],
    ["a keyed command", { ...SEND, key: "k" }, 3, 18_000, 4, "4"],
    // It could be done twice.
    ["a command without a key", SEND, 1, 48_000, 1, "outcome_unknown"],
  ] as const
) {
  Deno.test(`ClusterBridge.run: ${what} whose answer is lost ${lost} times ends after ${afterMs} ms`, async () => {
    const on = await stage(lost);
    let ended: string | undefined;
    on.bridge.run(grantOf(), request).then(
      (data) => ended = String((data as { number: number }).number),
      (error) => ended = error.code,
    );
    await on.clock.advance(afterMs - 1);
    assertEquals(ended, undefined);
    await on.clock.advance(1);
    assertEquals([ended, on.runs.length], [outcome, runs]);
    await on.close();
  });
}
