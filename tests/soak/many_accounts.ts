/**
 * Thousands of accounts in one process: logged in, idle, a message to many of
 * them, ended and killed in the midst of messages, and the end.
 *
 * deno run --allow-all tests/soak/many_accounts.ts [ACCOUNTS]
 *
 * @module
 */

import { openReader } from "../bench/raw_reader.ts";
import { Fleet, FLEET_TOKEN } from "../support/fleet.ts";
import { cpuSeconds, residentBytes } from "../support/process_figures.ts";

/** Messages of each round, each to another account where there are enough. */
const MESSAGES = 1000;

/** Over how long those are spread that come while it ends, in milliseconds. */
const SPREAD_MS = 3000;

/** How long it is left alone, in milliseconds. */
const IDLE_MS = 10_000;

/** How long an end by SIGTERM may take, in milliseconds. */
const END_MS = 10_000;

/** How long may pass until all that was sent has come, in milliseconds. */
const ARRIVE_MS = 30_000;

/** Beyond the spread of the logins, how long until all are online, in milliseconds. */
const ONLINE_MS = 60_000;

function sleepMs(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await act();
  return performance.now() - from;
}

/** Which messages were sent, and which have come how often; goes on where it was. */
class Ledger {
  readonly #waiting = new Set<string>();
  doubled = 0;
  gaps = 0;
  #sent = 0;
  #after = "";

  get missing(): number {
    return this.#waiting.size;
  }

  /** Reads all messages of all accounts, from behind the last that came. */
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
    // It ends with the program, however that ends.
    socket.removeAllListeners("error").on("error", () => {});
  }

  /** Sends a message to each of so many accounts, over a while. */
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

  async allCame(): Promise<void> {
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

/** What asking it costs, the slowest of a few. */
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

/** Ends it in the midst of messages, starts it again, and waits for all. */
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
  await ledger.allCame();
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

/** Runs it; tells whether it held. */
export async function manyAccounts(accounts = 5000): Promise<boolean> {
  await using fleet = await Fleet.make(accounts);
  const onlineMs = ONLINE_MS + 5 * accounts;
  const ledger = new Ledger();
  const tell = (name: string, figures: Record<string, unknown>) => {
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
  tell("accounts online", {
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
    await ledger.allCame();
  });
  const came = ledger.missing + ledger.doubled + ledger.gaps === 0;
  const { missing, doubled, gaps } = ledger;
  tell("a message to each of many", {
    held: came,
    messages: MESSAGES,
    missing,
    doubled,
    gaps,
    arriveMs,
  });
  let held = came;
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    const report = await restart(fleet, ledger, signal, onlineMs);
    const { missing, doubled, gaps } = ledger;
    tell(`${signal} in the midst of messages`, {
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
  tell("the end", {
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
