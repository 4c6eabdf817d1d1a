/**
 * Thousands of accounts in one process: logins, idle time, a message to many of
 * them, SIGTERM and kill under messages, and the shutdown.
 *
 * deno run --allow-all tests/soak/many_accounts.ts [ACCOUNTS]
 *
 * @module
 */

import { delay } from "@std/async";
import { openReader } from "../bench/load/raw_reader.ts";
import { Fleet, FLEET_TOKEN } from "../support/fleet.ts";
import { cpuSeconds, residentBytes } from "../support/process_figures.ts";

/** Messages of each round, to different accounts if there are enough. */
const MESSAGES = 1000;

/** Time over which the messages are spread that arrive while the bridge ends, in milliseconds. */
const SPREAD_MS = 3000;

/** Idle time, in milliseconds. */
const IDLE_MS = 10_000;

/** Maximum duration of a shutdown by SIGTERM, in milliseconds. */
const END_MS = 10_000;

/** How long messages that were sent are waited for, in milliseconds. */
const ARRIVE_MS = 30_000;

/** How long all accounts are waited for, in addition to the spread of their logins, in milliseconds. */
const ONLINE_MS = 60_000;

function sleepMs(ms: number): Promise<void> {
  return delay(ms);
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await act();
  return performance.now() - from;
}

/** Counts messages that were sent and received; a new reader continues after the last one. */
class Ledger {
  readonly #waiting = new Set<string>();
  doubled = 0;
  gaps = 0;
  #sent = 0;
  #after = "";

  get missing(): number {
    return this.#waiting.size;
  }

  /** Reads all messages of all accounts, after the last that arrived. */
  async read(fleet: Fleet): Promise<void> {
    const after = this.#after === "" ? "" : `&after=${this.#after}`;
    let epoch = "";
    const socket = await openReader({
      port: fleet.port,
      path: `/ws?access_token=${FLEET_TOKEN}&events=message${after}`,
      onFrame: (text) => {
        const frame = JSON.parse(text());
        if (frame.type === "welcome") {
          epoch = frame.epoch;
          if (this.#after === "") this.#after = `${epoch}:${frame.seq}`;
        }
        if (frame.type === "gap") this.gaps++;
        if (frame.type !== "event") return;
        this.#after = `${epoch}:${frame.seq}`;
        if (!this.#waiting.delete(frame.data.text)) this.doubled++;
      },
    });
    // The connection ends with the program, by a signal or a kill.
    socket.removeAllListeners("error").on("error", () => {});
  }

  /** Sends messages to accounts, spread over a time. */
  async send(fleet: Fleet, spreadMs: number): Promise<void> {
    const uins = shuffled(fleet.uins);
    const from = performance.now();
    for (let n = 0; n < MESSAGES; n++) {
      const dueMs = spreadMs * n / MESSAGES;
      const earlyMs = dueMs - (performance.now() - from);
      if (earlyMs > 1) await sleepMs(earlyMs);
      const text = `message ${this.#sent++}`;
      this.#waiting.add(text);
      await fleet.server.deliver(uins[n % uins.length]!, {
        type: "message",
        from: "99999",
        text,
      });
    }
  }

  async allArrived(): Promise<void> {
    const until = performance.now() + ARRIVE_MS;
    while (this.missing > 0 && performance.now() < until) await sleepMs(20);
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  const mixed = [...items];
  for (let index = mixed.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1));
    [mixed[index], mixed[other]] = [mixed[other]!, mixed[index]!];
  }
  return mixed;
}

/** The slowest of five answers of each endpoint. */
async function looks(fleet: Fleet): Promise<Record<string, number>> {
  const asks: Record<string, () => Promise<Response>> = {
    readyzMs: () => fleet.get("/readyz"),
    metricsMs: () => fleet.get("/metrics"),
    accountsMs: () => fleet.command("accounts"),
  };
  const slowest: Record<string, number> = {};
  for (const [name, ask] of Object.entries(asks)) {
    for (let round = 0; round < 5; round++) {
      const tookMs = await timed(async () => {
        const response = await ask();
        if (!response.ok) throw new Error(`${name}: ${response.status}`);
        await response.arrayBuffer();
      });
      slowest[name] = Math.max(slowest[name] ?? 0, tookMs);
    }
  }
  return slowest;
}

/** Ends the bridge under messages, starts it again, and waits for all messages. */
async function restart(
  fleet: Fleet,
  ledger: Ledger,
  signal: "SIGTERM" | "SIGKILL",
  onlineMs: number,
) {
  const sending = ledger.send(fleet, SPREAD_MS);
  await sleepMs(SPREAD_MS / 4);
  const { code, log, tookMs } = await fleet.end(signal);
  const readyMs = await timed(() => fleet.start());
  await ledger.read(fleet);
  const allOnlineMs = await timed(() => fleet.allOnline(onlineMs));
  await sending;
  await ledger.allArrived();
  return {
    held: ledger.missing + ledger.doubled + ledger.gaps === 0 &&
      (signal === "SIGKILL" || code === 0 && tookMs < END_MS),
    code,
    endMs: tookMs,
    readyMs,
    allOnlineMs,
    log: log.slice(0, 2000),
  };
}

/** Runs it; returns whether it held. */
export async function manyAccounts(accounts = 5000): Promise<boolean> {
  await using fleet = await Fleet.make(accounts);
  const onlineMs = ONLINE_MS + 5 * accounts;
  const ledger = new Ledger();
  const print = (name: string, figures: Record<string, unknown>) => {
    const whole = Object.entries(figures).map(([key, figure]) => [
      key,
      typeof figure === "number" ? Math.round(figure * 1000) / 1000 : figure,
    ]);
    console.log(
      JSON.stringify({ name, accounts, ...Object.fromEntries(whole) }),
    );
  };
  const readyMs = await timed(() => fleet.start());
  const emptyBytes = residentBytes(fleet.pid);
  const allOnlineMs = await timed(() => fleet.allOnline(onlineMs));
  await ledger.read(fleet);
  await sleepMs(2000);
  const bytes = residentBytes(fleet.pid);
  const cpuBefore = cpuSeconds(fleet.pid);
  await sleepMs(IDLE_MS);
  print("accounts online", {
    held: true,
    readyMs,
    allOnlineMs,
    residentMb: bytes / 1e6,
    kbPerAccount: (bytes - emptyBytes) / accounts / 1000,
    idleCores: (cpuSeconds(fleet.pid) - cpuBefore) / (IDLE_MS / 1000),
    ...await looks(fleet),
  });
  const arriveMs = await timed(async () => {
    await ledger.send(fleet, 0);
    await ledger.allArrived();
  });
  const arrived = ledger.missing + ledger.doubled + ledger.gaps === 0;
  const { missing, doubled, gaps } = ledger;
  print("a message to each of many", {
    held: arrived,
    messages: MESSAGES,
    missing,
    doubled,
    gaps,
    arriveMs,
  });
  let held = arrived;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const report = await restart(fleet, ledger, signal, onlineMs);
    const { missing, doubled, gaps } = ledger;
    print(`${signal} under messages`, {
      ...report,
      missing,
      doubled,
      gaps,
    });
    held &&= report.held;
  }
  const { code, tookMs, log } = await fleet.end("SIGTERM");
  const ended = code === 0 && tookMs < END_MS && log === "";
  const online = fleet.uins.filter((uin) => fleet.server.isOnline(uin)).length;
  print("shutdown", {
    held: ended && online === 0,
    code,
    endMs: tookMs,
    stillOnline: online,
    log: log.slice(0, 2000),
  });
  return held && ended && online === 0;
}

if (import.meta.main) {
  Deno.exit(await manyAccounts(Number(Deno.args[0] ?? 5000)) ? 0 : 1);
}
