/**
 * What a message costs the QQ server and its clients, and how late it comes:
 * long polls of VER=1.1 against pushes of VER=1.4.
 *
 * deno task bench:pushes [--json] [--accounts=1000] [--rate=200] [--seconds=10]
 *
 * @module
 */

import { AgentTransport } from "../../bridge/upstream/agent_transport.ts";
import { QqClient } from "../../mod.ts";
import { cpuSeconds } from "../support/process_figures.ts";
import { argument, figureOf, median, printFigures, table } from "./harness.ts";

const accounts = Number(argument("accounts", "1000"));
const rate = Number(argument("rate", "200"));
const seconds = Number(argument("seconds", "10"));
/** How long the server is watched at rest, in seconds: more than a long poll. */
const REST_S = 30;
/** How long the last messages are waited for, in milliseconds. */
const REST_MS = 30_000;

/** Figures of one way. */
interface WayFigures {
  way: string;
  serverUsAMessage: number;
  clientUsAMessage: number;
  restUsASecond: number;
  p50Ms: number;
  p99Ms: number;
  missing: number;
}

/** A server in a process of its own. */
class ServerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #text = "";

  constructor() {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-all",
        new URL("./load/push_server.ts", import.meta.url).href,
        String(accounts),
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream())
      .getReader();
    this.#writer = this.#child.stdin.getWriter();
  }

  get pid(): number {
    return this.#child.pid;
  }

  async line(): Promise<string> {
    while (!this.#text.includes("\n")) {
      const { value = "\n" } = await this.#lines.read();
      this.#text += value;
    }
    const [line, ...rest] = this.#text.split("\n");
    this.#text = rest.join("\n");
    return line!;
  }

  async send(): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(`${rate} ${seconds}\n`));
    await this.line();
  }

  async end(): Promise<void> {
    await this.#writer.close();
    await this.#child.status;
    await this.#lines.cancel();
  }
}

const sleepMs = (ms: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, ms));

async function measure(way: "polls of 1.1" | "pushes of 1.4") {
  const server = new ServerProcess();
  const port = Number(await server.line());
  const agent = new AgentTransport(`http://127.0.0.1:${port}/`);
  const latencies: number[] = [];
  const clients = Array.from({ length: accounts }, (_, nth) =>
    new QqClient({
      uin: String(20_000 + nth),
      password: "demo",
      ...(way === "pushes of 1.4"
        ? {
          version: "1.4",
          transport: "tcp",
          endpoint: `tcp://127.0.0.1:${port}`,
        }
        : { transport: agent }),
    }));
  const reading = clients.map(async (client) => {
    for await (const item of client.mail()) {
      if (item.type !== "message" && item.type !== "stranger_message") continue;
      const now = performance.timeOrigin + performance.now();
      latencies.push(now - Number(item.text));
    }
  });
  while (!clients.every(({ loggedIn }) => loggedIn)) await sleepMs(100);
  await sleepMs(2000);
  const restFrom = cpuSeconds(server.pid);
  await sleepMs(REST_S * 1000);
  const rest = cpuSeconds(server.pid) - restFrom;
  const before = [cpuSeconds(server.pid), cpuSeconds(Deno.pid)] as const;
  await server.send();
  const sent = rate * seconds;
  for (const end = Date.now() + REST_MS; latencies.length < sent;) {
    if (Date.now() > end) break;
    await sleepMs(50);
  }
  const after = [cpuSeconds(server.pid), cpuSeconds(Deno.pid)] as const;
  await Promise.all(clients.map((client) => client.close({ timeoutMs: 0 })));
  await Promise.allSettled(reading);
  agent.close();
  await server.end();
  const sorted = latencies.toSorted((a, b) => a - b);
  const us = (cpu: number) => Math.round(cpu * 1e6 / sent);
  const figures: WayFigures = {
    way,
    serverUsAMessage: us(after[0] - before[0]),
    clientUsAMessage: us(after[1] - before[1]),
    restUsASecond: Math.round(rest * 1e6 / REST_S),
    p50Ms: Math.round(10 * median(sorted)) / 10,
    p99Ms: Math.round(10 * sorted[Math.floor(sorted.length * 0.99)]!) / 10,
    missing: sent - latencies.length,
  };
  return figures;
}

const all = [await measure("polls of 1.1"), await measure("pushes of 1.4")];
if (Deno.args.includes("--json")) {
  const [polls, pushes] = all as [WayFigures, WayFigures];
  const of = (
    title: string,
    unit: string,
    key: Exclude<keyof WayFigures, "way">,
  ) =>
    figureOf(`pushes of 1.4, ${title}`, unit, [pushes[key]], {
      name: polls.way,
      runs: [polls[key]],
    });
  printFigures([
    of("CPU of the server a message", "us", "serverUsAMessage"),
    of("CPU of the client a message", "us", "clientUsAMessage"),
    of("CPU of the server at rest", "us/s", "restUsASecond"),
    of("p50", "ms", "p50Ms"),
    of("p99", "ms", "p99Ms"),
    of("missing", "messages", "missing"),
  ]);
} else {
  console.log(`${accounts} accounts, ${rate} messages/s for ${seconds} s`);
  console.log(table(
    Object.keys(all[0]!),
    all.map((figures) => Object.values(figures).map(String)),
  ));
}
