/**
 * A process that serves events of a journal on disk. It reads from standard
 * input what to do, a line of JSON each, and answers on standard output.
 *
 * @module
 */

import { delay } from "@std/async";
import { createInterface } from "node:readline";
import { Bridge } from "../../bridge/core/bridge.ts";
import { ownHosts } from "../../bridge/access/host_policy.ts";
import { FrameEndpoint } from "../../bridge/gateway/frame_endpoint.ts";
import { HttpServer } from "../../bridge/http_server/http_server.ts";
import { ConnectionQuota } from "../../bridge/http_server/connection_quota.ts";
import { openJournal } from "../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../bridge/journal/sqlite/sqlite_journal.ts";
import { Metrics } from "../../bridge/ops/metrics.ts";
import { systemClock } from "../../lib/clock.ts";
import { DEFAULT_LIMITS } from "../../mod.ts";
import { ListedAccounts } from "./bridge_fixture.ts";
import { grantOf } from "./fake_bridge.ts";

/** What the process reads. */
export type Order =
  | { do: "push"; events: number; textChars: number }
  | { do: "look" };

/** What it answers. */
export interface Look {
  /** WebSockets that are open. */
  sockets: number;
  /** How many have left with each close code. */
  left: Record<string, number>;
  /** The last event. */
  head: number;
  /** Memory of the process, after a collection where that can be asked for. */
  rss: number;
  /** Of it, what the program holds. */
  held: number;
  /** What should not have happened. */
  failures: string[];
}

/** Events that are journalled in one go. */
const BATCH = 50;

if (import.meta.main) await serve(Deno.args[0]!, Number(Deno.args[1]));

async function serve(folder: string, stallMs: number): Promise<void> {
  const journal = new SqliteJournal(openJournal(`${folder}/journal.db`));
  const bridge = new Bridge({
    journal,
    accounts: new ListedAccounts(),
    transport: () => {
      throw new Error("no account logs in here");
    },
  });
  const metrics = new Metrics("0.0.0");
  const failures: string[] = [];
  const left: Record<string, number> = {};
  const failed = (error: unknown) => void failures.push(String(error));
  const front = await HttpServer.listen({ host: "127.0.0.1", port: 0 });
  front.serve({
    app: () => new Response(null, { status: 404 }),
    endpoints: [
      new FrameEndpoint({
        clock: systemClock,
        limits: DEFAULT_LIMITS,
        stallMs,
        measures: metrics,
        onError: failed,
        bridge,
        authenticate: (token) => token === "all" ? grantOf() : undefined,
      }),
    ],
    access: { host: ownHosts("127.0.0.1", front.port), origins: [] },
    quota: new ConnectionQuota({ address: Infinity }),
    limits: DEFAULT_LIMITS,
    behindProxy: false,
    clock: systemClock,
    onError: failed,
    onClose: (_, code) => left[code] = (left[code] ?? 0) + 1,
  });
  console.log(front.port);
  for await (const line of createInterface({ input: process.stdin })) {
    const order: Order = JSON.parse(line);
    if (order.do === "push") await push(journal, order);
    const look: Look = {
      sockets: front.connections,
      left,
      head: journal.head,
      ...memory(),
      failures,
    };
    console.log(JSON.stringify(look));
  }
  await front.close();
  await bridge.stop();
  await journal.close();
}

async function push(
  journal: SqliteJournal,
  { events, textChars }: { events: number; textChars: number },
): Promise<void> {
  const data = { from: "10002", text: "字".repeat(textChars) };
  for (let left = events; left > 0; left -= BATCH) {
    const at = Date.now();
    await journal.append({
      events: Array.from(
        { length: Math.min(BATCH, left) },
        () => ({ account: "10001", at, event: "message" as const, data }),
      ),
    });
    // Others have their turn: a burst is not what is tried here.
    await delay(5);
  }
}

function memory(): { rss: number; held: number } {
  (globalThis as { gc?: () => void }).gc?.();
  const { rss, heapUsed, external } = Deno.memoryUsage();
  return { rss, held: heapUsed + external };
}
