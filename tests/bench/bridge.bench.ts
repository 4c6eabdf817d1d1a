/**
 * The whole way, durable: from a mailbox at the QQ server to a WebSocket
 * client, through `serve` in a process of its own. The QQ server and the
 * clients are in this one.
 *
 * deno task bench:bridge [--json] [--accounts=1000] [--rates=20,500,2000,5000] [--seconds=10] [--idle=9000]
 *
 * @module
 */

import { FILES } from "../../bridge/storage/data_folder.ts";
import { BridgeDatabase } from "../../bridge/storage/bridge_database.ts";
import { createServer } from "../../lib/server/mod.ts";
import { md5Hex } from "../../mod.ts";
import { Program } from "../support/program.ts";
import { randomFrom } from "../support/random.ts";
import { plain, table } from "./harness.ts";
import { openReader } from "./raw_reader.ts";

const TOKEN = "bench-token-of-the-administrator";
const TICK_MS = 5;
const PASSWORD_MD5 = md5Hex("of-the-bench");

function argument(name: string, otherwise: string): string {
  const found = Deno.args.find((text) => text.startsWith(`--${name}=`));
  return found?.slice(name.length + 3) ?? otherwise;
}

function sleepMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** CPU seconds that a process has used. */
function cpuSeconds(pid: number): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Bytes of a process that are in memory. */
function residentBytes(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

function percentile(sorted: readonly number[], part: number): number {
  return sorted[
    Math.min(sorted.length - 1, Math.floor(sorted.length * part))
  ] ??
    NaN;
}

interface Figures {
  rate: number;
  sent: number;
  missing: number;
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  cores: number;
}

class Bench {
  readonly #accounts: string[];
  readonly #server = createServer();
  readonly #folder = Deno.makeTempDirSync();
  readonly #sentAt = new Map<string, number>();
  readonly #latenciesMs: number[] = [];
  readonly #random = randomFrom(2005);
  #listener: { port: number; close(): Promise<void> } | undefined;
  #program: Program | undefined;
  #port = 0;
  #next = 0;

  constructor(accounts: number) {
    this.#accounts = Array.from(
      { length: accounts },
      (_, index) => String(100_001 + index),
    );
  }

  get pid(): number {
    return this.#program!.pid;
  }

  async start(): Promise<void> {
    Deno.chmodSync(this.#folder, 0o700);
    const database = new BridgeDatabase(`${this.#folder}/${FILES.bridge}`);
    for (const uin of this.#accounts) {
      await this.#server.createAccount({ uin, passwordMd5: PASSWORD_MD5 });
      database.accounts.put({
        uin,
        passwordMd5: PASSWORD_MD5,
        nickname: uin,
        wanted: "in",
      });
    }
    database.close();
    this.#listener = this.#server.listen({ hostname: "127.0.0.1", port: 0 });
    this.#program = new Program({
      args: [
        "serve",
        `--data=${this.#folder}`,
        "--listen=127.0.0.1:0",
        "--no-demo",
        `--upstream=http://127.0.0.1:${this.#listener.port}/`,
        "--log-level=warn",
        "--log-format=json",
      ],
      env: { TQQ_TOKEN: TOKEN },
    });
    const { http = "" } = await this.#program.ready();
    this.#port = Number(new URL(http).port);
    await this.#allOnline(http);
  }

  async #allOnline(http: string): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      const response = await fetch(`${http}/readyz`);
      await response.body?.cancel();
      if (response.status === 200) return;
      await sleepMs(100);
    }
    throw new Error("Not all accounts are online after 30 s");
  }

  /** Opens a client for each account. */
  async subscribe(): Promise<void> {
    for (let from = 0; from < this.#accounts.length; from += 50) {
      await Promise.all(
        this.#accounts.slice(from, from + 50).map((uin) => this.#open(uin)),
      );
    }
  }

  /** Opens clients that are sent nothing. */
  async idle(count: number): Promise<void> {
    for (let from = 0; from < count; from += 50) {
      await Promise.all(
        Array.from({ length: Math.min(50, count - from) }, () =>
          openReader({
            port: this.#port,
            path: `/ws?access_token=${TOKEN}&accounts=${
              this.#accounts[0]
            }&events=unknown`,
            onFrame: () => {},
          })),
      );
    }
  }

  async #open(uin: string): Promise<void> {
    await openReader({
      port: this.#port,
      path: `/ws?access_token=${TOKEN}&accounts=${uin}&events=message`,
      onFrame: (text) => {
        const at = performance.now();
        const id = /"text":"(\d+) /.exec(text())?.[1];
        if (id === undefined) return;
        const sentAt = this.#sentAt.get(id);
        if (sentAt === undefined) throw new Error(`Message ${id} came twice`);
        this.#sentAt.delete(id);
        this.#latenciesMs.push(at - sentAt);
      },
    });
  }

  /** So many messages a second, for a while. */
  async run(rate: number, seconds: number): Promise<Figures> {
    this.#latenciesMs.length = 0;
    const cpuBefore = cpuSeconds(this.pid);
    const startAt = performance.now();
    let sent = 0;
    for (;;) {
      const elapsedMs = performance.now() - startAt;
      if (elapsedMs >= seconds * 1000) break;
      const due = Math.floor(elapsedMs * rate / 1000);
      for (; sent < due; sent++) this.#send();
      await sleepMs(TICK_MS);
    }
    const cores = (cpuSeconds(this.pid) - cpuBefore) /
      ((performance.now() - startAt) / 1000);
    for (let tries = 0; this.#sentAt.size > 0 && tries < 100; tries++) {
      await sleepMs(100);
    }
    const missing = this.#sentAt.size;
    this.#sentAt.clear();
    const sorted = this.#latenciesMs.toSorted((a, b) => a - b);
    return {
      rate,
      sent,
      missing,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      maxMs: sorted.at(-1) ?? NaN,
      cores,
    };
  }

  #send(): void {
    const id = String(this.#next++);
    const uin = this.#accounts[
      Math.floor(this.#random() * this.#accounts.length)
    ]!;
    this.#sentAt.set(id, performance.now());
    this.#server.deliver(uin, {
      type: "message",
      from: "99999",
      text: `${id} 你好，这是一条消息`,
    }).catch((error) => {
      throw error;
    });
  }

  async end(): Promise<void> {
    await this.#program?.[Symbol.asyncDispose]();
    await this.#server.close();
    await this.#listener?.close();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

const accounts = Number(argument("accounts", "1000"));
const rates = argument("rates", "20,500,2000,5000").split(",").map(Number);
const seconds = Number(argument("seconds", "10"));
const idle = Number(argument("idle", "9000"));
const asJson = Deno.args.includes("--json");
const bench = new Bench(accounts);
try {
  await bench.start();
  await bench.subscribe();
  await bench.run(500, 3);
  const rows: Figures[] = [];
  for (const rate of rates) {
    const figures = await bench.run(rate, seconds);
    rows.push(figures);
    if (asJson) console.log(JSON.stringify({ name: "whole way", ...figures }));
  }
  await sleepMs(3000);
  const before = residentBytes(bench.pid);
  await bench.idle(idle);
  await sleepMs(3000);
  const perClient = (residentBytes(bench.pid) - before) / idle;
  const memory = {
    name: "memory",
    accounts,
    residentMb: before / 1e6,
    idleClients: idle,
    kbPerIdleClient: perClient / 1000,
  };
  if (asJson) console.log(JSON.stringify(memory));
  else {
    console.log(table(
      [
        `${accounts} accounts, messages/s`,
        "sent",
        "missing",
        "p50 ms",
        "p99 ms",
        "max ms",
        "cores",
      ],
      rows.map((row) => [
        String(row.rate),
        String(row.sent),
        String(row.missing),
        plain(row.p50Ms),
        plain(row.p99Ms),
        plain(row.maxMs),
        plain(row.cores),
      ]),
    ));
    console.log(
      `\n${
        plain(memory.residentMb)
      } MB with ${accounts} accounts and clients; ${
        plain(memory.kbPerIdleClient)
      } kB more for each of ${idle} idle clients`,
    );
  }
} finally {
  await bench.end();
}
Deno.exit(0);
