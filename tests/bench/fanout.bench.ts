/**
 * One account, many subscribers: each event is sent to all, the next when all
 * have it. Beside a bare `ws` loop that sends the same text without journal,
 * filter or cursor, in turn, each server in a process of its own.
 *
 * deno task bench:fanout [--json] [--clients=100,1000,5000] [--rounds=5] [--ms=2000]
 *
 * @module
 */

import type { Socket } from "node:net";
import { median, plain, table } from "./harness.ts";
import { openReader } from "./raw_reader.ts";

function argument(name: string, otherwise: string): string {
  const found = Deno.args.find((text) => text.startsWith(`--${name}=`));
  return found?.slice(name.length + 3) ?? otherwise;
}

interface Round {
  deliveredPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** One server and its clients. */
class Side {
  readonly name: string;
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #newline = new TextEncoder().encode("\n");
  #port = 0;
  #sockets: Socket[] = [];
  #awaited = 0;
  #onAll: (() => void) | undefined;

  constructor(name: string) {
    this.name = name;
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-all",
        new URL("./fanout_server.ts", import.meta.url).pathname,
        name,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
  }

  async ready(): Promise<void> {
    const lines = this.#process.stdout.pipeThrough(new TextDecoderStream());
    for await (const line of lines) {
      this.#port = JSON.parse(line).port;
      return;
    }
  }

  async connect(clients: number): Promise<void> {
    while (this.#sockets.length < clients) {
      const count = Math.min(50, clients - this.#sockets.length);
      this.#sockets.push(
        ...await Promise.all(
          Array.from({ length: count }, () =>
            openReader({
              port: this.#port,
              path: "/ws?access_token=bench&events=message",
              onFrame: this.#onFrame,
            })),
        ),
      );
    }
  }

  // Each client gets a welcome first, where there is one: nothing is awaited then.
  readonly #onFrame = () => {
    if (this.#awaited > 0 && --this.#awaited === 0) this.#onAll?.();
  };

  /** Events one after the other, for a while. */
  async round(ms: number): Promise<Round> {
    const clients = this.#sockets.length;
    const times: number[] = [];
    const startAt = performance.now();
    while (performance.now() - startAt < ms) {
      const sentAt = performance.now();
      const all = new Promise<void>((resolve) => this.#onAll = resolve);
      this.#awaited = clients;
      await this.#input.write(this.#newline);
      await all;
      times.push(performance.now() - sentAt);
    }
    const seconds = (performance.now() - startAt) / 1000;
    const sorted = times.toSorted((a, b) => a - b);
    return {
      deliveredPerSecond: times.length * clients / seconds,
      p50Ms: sorted[Math.floor(sorted.length / 2)]!,
      p99Ms: sorted[Math.floor(sorted.length * 0.99)]!,
    };
  }

  residentMb(): number {
    const status = Deno.readTextFileSync(`/proc/${this.#process.pid}/status`);
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1000;
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#input.close();
    await this.#process.status;
  }
}

const counts = argument("clients", "100,1000,5000").split(",").map(Number);
const rounds = Number(argument("rounds", "5"));
const ms = Number(argument("ms", "2000"));
const asJson = Deno.args.includes("--json");
const rows: string[][] = [];
for (const clients of counts) {
  const sides = [new Side("ours"), new Side("bare")] as const;
  for (const side of sides) await side.ready();
  for (const side of sides) await side.connect(clients);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const results: Round[][] = [[], []];
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? [0, 1] : [1, 0];
    for (const index of order) {
      const result = await sides[index]!.round(round < 0 ? ms / 2 : ms);
      if (round >= 0) results[index]!.push(result);
    }
  }
  const perSecond = results.map((list) =>
    list.map(({ deliveredPerSecond }) => deliveredPerSecond)
  );
  const [ours = NaN, peer = NaN] = perSecond.map(median);
  const ratios = perSecond[0]!.map((value, round) =>
    value / perSecond[1]![round]!
  );
  if (asJson) {
    console.log(JSON.stringify({
      name: `fan-out, ${clients} subscribers`,
      unit: "delivered/s",
      ours,
      peer,
      peerName: "bare ws loop",
      ratio: ours / peer,
      runs: { ours: perSecond[0], peer: perSecond[1] },
    }));
  }
  for (const [index, side] of sides.entries()) {
    const list = results[index]!;
    rows.push([
      `${clients} ${side.name}`,
      plain(median(perSecond[index]!)),
      `${plain(Math.min(...perSecond[index]!))}-${
        plain(Math.max(...perSecond[index]!))
      }`,
      plain(median(list.map(({ p50Ms }) => p50Ms))),
      plain(median(list.map(({ p99Ms }) => p99Ms))),
      plain(side.residentMb()),
      index === 0 ? plain(median(ratios)) : "",
    ]);
  }
  for (const side of sides) await side.end();
}
if (!asJson) {
  console.log(table(
    [
      "subscribers",
      "delivered/s",
      "min-max",
      "p50 ms",
      "p99 ms",
      "RSS MB",
      "ours/bare",
    ],
    rows,
  ));
}
Deno.exit(0);
