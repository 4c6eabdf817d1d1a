/** One stream to many clients, each with an account of its own, from `cluster_stream_server.ts`. @module */

import { NatsServers } from "../../support/nats_servers.ts";
import { Program } from "../../support/program.ts";
import { openReader } from "./raw_reader.ts";

/** How long the last events are waited for, in milliseconds. */
const REST_MS = 20_000;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export interface StreamOptions {
  readonly clients: number;
  /** Events a second. */
  readonly rate: number;
  readonly rounds: number;
  readonly seconds: number;
}

/** Figures of a round. */
export interface StreamRun {
  /** Events a second that arrived, until the last one did. */
  readonly perSecond: number;
  /** Median time from an event's `at` to its client. */
  readonly p50Ms: number;
  readonly missing: number;
}

export async function measureStream(
  { clients, rate, rounds, seconds }: StreamOptions,
): Promise<StreamRun[]> {
  await using servers = await NatsServers.start({ count: 3 });
  const script = new URL("./cluster_stream_server.ts", import.meta.url);
  await using server = new Program({
    command: [Deno.execPath(), "run", "--allow-all", script.pathname],
    args: [servers.urls.join(","), String(clients)],
    stdin: "open",
  });
  const port = Number(await server.line((line) => /^\d+$/.test(line)));
  let times: number[] = [];
  for (let nth = 0; nth < clients; nth++) {
    await openReader({
      port,
      path: `/ws?access_token=bench&accounts=${20_001 + nth}&events=message`,
      onFrame: (text) => {
        const at = /"at":"([^"]+)"/.exec(text())?.[1];
        if (at !== undefined) times.push(Date.now() - Date.parse(at));
      },
    });
  }
  const runs: StreamRun[] = [];
  for (let round = -1; round < rounds; round++) {
    times = [];
    const sent = rate * seconds;
    const startedAt = performance.now();
    await server.write(`${rate} ${seconds}\n`);
    const deadline = startedAt + seconds * 1000 + REST_MS;
    while (times.length < sent && performance.now() < deadline) await wait(10);
    const tookS = (performance.now() - startedAt) / 1000;
    const sorted = times.toSorted((a, b) => a - b);
    if (round < 0) continue;
    runs.push({
      perSecond: times.length / tookS,
      p50Ms: sorted[sorted.length >> 1] ?? NaN,
      missing: sent - times.length,
    });
  }
  return runs;
}
