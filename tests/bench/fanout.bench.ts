/**
 * One account, many subscribers: an event is sent to all, and the next one when
 * all have it. Compared, in turn, with a loop over `ws` that sends the same text
 * without journal, filter or cursor, and with nginx and nchan if they are
 * installed. Each server is a process of its own.
 *
 * deno task bench:fanout [--json] [--clients=100,1000,5000] [--rounds=5] [--ms=2000]
 *
 * @module
 */

import type { Socket } from "node:net";
import { cpuSeconds, residentBytes } from "../support/process_figures.ts";
import { type CurvePoint, growthOf } from "./curve.ts";
import { curveTable } from "./goals.ts";
import {
  argument,
  figureOf,
  median,
  plain,
  printFigures,
  table,
} from "./harness.ts";
import { openReader } from "./load/raw_reader.ts";

interface Round {
  deliveredPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** CPU time of the server for each delivery, in microseconds. */
  cpuUsEach: number;
  /** Memory of the server after it. */
  residentMb: number;
}

/** A server that sends each event to all clients. */
interface Server {
  readonly pid: number;
  readonly port: number;
  readonly path: string;
  /** Sends an event to all clients. */
  emit(): Promise<unknown>;
  end(): Promise<unknown>;
}

/** A server of `fanout_server.ts`. */
async function scriptServer(name: string): Promise<Server> {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-all",
      new URL("./load/fanout_server.ts", import.meta.url).pathname,
      name,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const input = process.stdin.getWriter();
  const newline = new TextEncoder().encode("\n");
  const lines = process.stdout.pipeThrough(new TextDecoderStream());
  const { value = "{}" } = await lines.getReader().read();
  return {
    pid: process.pid,
    port: JSON.parse(value).port,
    path: "/ws?access_token=bench&events=message",
    emit: () => input.write(newline),
    end: async () => {
      await input.close();
      await process.status;
    },
  };
}

const NCHAN_MODULE = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/** An event as long as the frames of the other servers. */
const NCHAN_TEXT = "x".repeat(250);

/** nginx with nchan. */
async function nchanServer(): Promise<Server> {
  const folder = Deno.makeTempDirSync();
  const reserved = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = reserved.addr;
  reserved.close();
  Deno.writeTextFileSync(
    `${folder}/nginx.conf`,
    `load_module ${NCHAN_MODULE};
daemon off; master_process off; worker_rlimit_nofile 30000;
pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 20000; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /pub { nchan_publisher; nchan_channel_id one; nchan_message_buffer_length 10; }
    location = /ws { nchan_subscriber websocket; nchan_channel_id one; nchan_subscriber_first_message newest; }
  }
}`,
  );
  const process = new Deno.Command("nginx", {
    args: ["-c", `${folder}/nginx.conf`, "-p", folder],
    stdout: "null",
    stderr: "null",
  }).spawn();
  for (let tries = 0; tries < 100; tries++) {
    const connected = await Deno.connect({ hostname: "127.0.0.1", port })
      .catch(() => undefined);
    connected?.close();
    if (connected !== undefined) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    pid: process.pid,
    port,
    path: "/ws",
    emit: async () => {
      const response = await fetch(`http://127.0.0.1:${port}/pub`, {
        method: "POST",
        body: NCHAN_TEXT,
      });
      await response.body?.cancel();
    },
    end: async () => {
      process.kill("SIGTERM");
      await process.status;
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

/** One server and its clients. */
class Side {
  readonly name: string;
  readonly #server: Server;
  #sockets: Socket[] = [];
  #awaited = 0;
  #onAll: (() => void) | undefined;

  constructor(name: string, server: Server) {
    this.name = name;
    this.#server = server;
  }

  async connect(clients: number): Promise<void> {
    while (this.#sockets.length < clients) {
      const count = Math.min(50, clients - this.#sockets.length);
      this.#sockets.push(
        ...await Promise.all(
          Array.from({ length: count }, () =>
            openReader({
              port: this.#server.port,
              path: this.#server.path,
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

  /** Sends events one after the other for some time. */
  async round(ms: number): Promise<Round> {
    const clients = this.#sockets.length;
    const times: number[] = [];
    const cpuBefore = cpuSeconds(this.#server.pid);
    const startAt = performance.now();
    while (performance.now() - startAt < ms) {
      const sentAt = performance.now();
      const all = new Promise<void>((resolve) => this.#onAll = resolve);
      this.#awaited = clients;
      await this.#server.emit();
      await all;
      times.push(performance.now() - sentAt);
    }
    const seconds = (performance.now() - startAt) / 1000;
    const cpuS = cpuSeconds(this.#server.pid) - cpuBefore;
    const sorted = times.toSorted((a, b) => a - b);
    return {
      cpuUsEach: cpuS * 1e6 / (times.length * clients),
      deliveredPerSecond: times.length * clients / seconds,
      p50Ms: sorted[Math.floor(sorted.length / 2)]!,
      p99Ms: sorted[Math.floor(sorted.length * 0.99)]!,
      residentMb: residentBytes(this.#server.pid) / 1e6,
    };
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#server.end();
  }
}

/** The sides, each with the way to start its server. */
type Starts =
  readonly (readonly [name: string, start: () => Promise<Server>])[];

/** Most clients of all sides together: each is an open file of this process. */
const MOST_CLIENTS = 16_000;

/** Starts sides with their clients, and measures them in turn. Returns their rounds. */
async function measureTogether(
  starts: Starts,
  clients: number,
): Promise<Round[][]> {
  const sides: Side[] = [];
  try {
    for (const [name, start] of starts) {
      sides.push(new Side(name, await start()));
      await sides.at(-1)!.connect(clients);
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const results: Round[][] = sides.map(() => []);
    for (let round = -1; round < rounds; round++) {
      const order = [...sides.keys()];
      if (round % 2 !== 0) order.reverse();
      for (const index of order) {
        const result = await sides[index]!.round(round < 0 ? ms / 2 : ms);
        if (round >= 0) results[index]!.push(result);
      }
    }
    return results;
  } finally {
    for (const side of sides) await side.end();
  }
}

/** Runs all sides in turn, or one after the other if their clients together were too many. */
async function measure(starts: Starts, clients: number): Promise<Round[][]> {
  if (clients * starts.length <= MOST_CLIENTS) {
    return await measureTogether(starts, clients);
  }
  const results: Round[][] = [];
  for (const start of starts) {
    results.push(...await measureTogether([start], clients));
  }
  return results;
}

const counts = argument("clients", "100,1000,5000").split(",").map(Number);
const rounds = Number(argument("rounds", "5"));
const ms = Number(argument("ms", "2000"));
const asJson = Deno.args.includes("--json");
const hasNchan = await Deno.stat(NCHAN_MODULE).then(() => true, () => false);
const rows: string[][] = [];
const starts: Starts = [
  ["ours", () => scriptServer("ours")],
  ["bare ws loop", () => scriptServer("bare")],
  ...hasNchan ? [["nchan", nchanServer] as const] : [],
];
/** What is shown of each round, and its unit. */
const FIGURES = [
  ["", "delivered/s", "deliveredPerSecond"],
  [", resident memory", "MB", "residentMb"],
  [", CPU a delivery", "us", "cpuUsEach"],
] as const;
const costs: CurvePoint[] = [];
let hasFailed = false;
for (const clients of counts) {
  console.error(`fan-out to ${clients} ...`);
  let results: Round[][];
  try {
    results = await measure(starts, clients);
  } catch (error) {
    hasFailed = true;
    console.error(`Cannot measure ${clients} subscribers: ${error}`);
    continue;
  }
  const of = (index: number, key: keyof Round) =>
    results[index]!.map((round) => round[key]);
  costs.push({ size: clients, costs: of(0, "cpuUsEach") });
  for (const [index, [name]] of starts.entries()) {
    if (asJson && index > 0) {
      printFigures(
        FIGURES.map(([title, unit, key]) =>
          figureOf(
            `fan-out, ${clients} subscribers${title}`,
            unit,
            of(0, key),
            { name, runs: of(index, key) },
          )
        ),
      );
    }
    const runs = of(index, "deliveredPerSecond");
    const ours = of(0, "deliveredPerSecond");
    rows.push([
      `${clients} ${name}`,
      plain(median(runs)),
      `${plain(Math.min(...runs))}-${plain(Math.max(...runs))}`,
      plain(median(of(index, "p50Ms"))),
      plain(median(of(index, "p99Ms"))),
      plain(median(of(index, "cpuUsEach"))),
      plain(median(of(index, "residentMb"))),
      index === 0
        ? ""
        : plain(median(runs.map((value, round) => ours[round]! / value))),
    ]);
  }
}
const growth = growthOf("subscribers, CPU a delivery", costs);
if (asJson) printFigures(growth);
if (!asJson) {
  console.log(table(
    [
      "subscribers",
      "delivered/s",
      "min-max",
      "p50 ms",
      "p99 ms",
      "us CPU each",
      "RSS MB",
      "ours/this",
    ],
    rows,
  ));
  if (growth.length > 0) console.log(`\n${curveTable(growth)}`);
}
Deno.exit(hasFailed ? 1 : 0);
