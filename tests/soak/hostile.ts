/**
 * A bridge under 1,100 clients that misuse it, beside 100 healthy clients that
 * get 2,000 messages a second: what the healthy ones notice, how memory grows,
 * and whether every offender is cut.
 *
 * `deno run --allow-all tests/soak/hostile.ts [MINUTES] [MESSAGES_A_SECOND] [KINDS]`
 * KINDS names the offenders, with commas between them; all by default.
 *
 * @module
 */

import { delay } from "@std/async";
import type { Socket } from "node:net";
import { openReader } from "../bench/load/raw_reader.ts";
import {
  coreWaitSeconds,
  cpuSeconds,
  residentBytes,
} from "../support/process_figures.ts";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket } from "../support/raw_socket.ts";
import {
  type Offender,
  type OffenderReport,
  OFFENDERS,
} from "./hostile_clients.ts";
import {
  FIRST_RECEIVER,
  FIRST_SENDER,
  HEALTHY,
  PASSWORD,
  sharedNow,
  SUBSCRIBED,
} from "./hostile_senders.ts";

const ADMINISTRATOR = "soak-0123456789abcdef0123456789abcdef01234567";

/** How long a reader may make no progress. */
const STALL_MS = 10_000;

/** How long a connection of lines without a login may be silent. */
const LINES_IDLE_MS = 120_000;

/** Beyond the limit, how long a cut may take: kernels buffer before a reader stalls. */
const CUT_GRACE_MS = 60_000;

const SENDERS_SCRIPT = new URL("hostile_senders.ts", import.meta.url).pathname;
const OFFENDERS_SCRIPT =
  new URL("hostile_clients.ts", import.meta.url).pathname;

/** Lowers the priority of the offenders' process. */
const OFFENDERS_NICE = 10;

/** Interval in which this process notices how late it runs, in milliseconds. */
const LATENESS_MS = 10;

/** How long arrivals are waited for at the end. */
const ARRIVE_MS = 30_000;

/** Most that the healthy clients' 99th percentile may grow by. */
const MAX_RATIO = 2;

/** Share of the messages a second that must arrive. */
const MIN_RATE = 0.98;

/** Share of the quiet phase in which the program may wait for a core. */
const MAX_QUIET_WAIT = 0.1;

/** Most that memory may grow by from the second quarter of the time to the last. */
const MAX_GROWTH = 1.1;

/** Offenders that must be cut. Slow readers that make progress may stay. */
const CUT: readonly Offender[] = [
  "stalled",
  "tricklingHeads",
  "garbage",
  "unread",
  "wrongTokens",
  "wrongPasswords",
];

interface Phase {
  seconds: number;
  messages: number;
  perSecond: number;
  /** From the moment before a message is sent to that at which its frame was read. */
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** How late the process that measures ran itself. */
  readerP99Ms: number;
  /** CPU that the program used, in cores. */
  cores: number;
  /** Share of the time in which the program's main thread waited for a core. */
  coreWait: number;
  cpuUsPerMessage: number;
}

function sleep(ms: number): Promise<void> {
  return delay(ms);
}

function toHundredths(value: number): number {
  return Math.round(100 * value) / 100;
}

function quantile(sorted: readonly number[], part: number): number {
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * part));
  return Math.round((sorted[at] ?? NaN) * 10) / 10;
}

/** What the healthy clients have received. */
class Ledger {
  readonly received = new Array<number>(HEALTHY).fill(0);
  outOfOrder = 0;
  #delays: number[] = [];

  receive(receiver: number, text: string): void {
    const [number, sentAt] = text.split("-", 2).map(Number);
    if (number !== this.received[receiver]) this.outOfOrder++;
    this.received[receiver] = number! + 1;
    this.#delays.push(sharedNow() - sentAt!);
  }

  /** Number of messages that were sent and have not arrived. */
  missing(sent: readonly number[]): number {
    return sent.reduce(
      (missing, count, index) => missing + count - this.received[index]!,
      0,
    );
  }

  takeDelays(): number[] {
    return this.#delays.splice(0).sort((a, b) => a - b);
  }
}

/** How late timers of this process run, which is in every latency that it measures. */
class Lateness {
  #late: number[] = [];

  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const dueAt = performance.now() + LATENESS_MS;
      await sleep(LATENESS_MS);
      this.#late.push(performance.now() - dueAt);
    }
  }

  take(): number[] {
    return this.#late.splice(0).sort((a, b) => a - b);
  }
}

/** Takes the figures of a phase from its creation to {@linkcode PhaseMeter.end}. */
class PhaseMeter {
  readonly #pid: number;
  readonly #ledger: Ledger;
  readonly #lateness: Lateness;
  readonly #startedAt = performance.now();
  readonly #cpu: number;
  readonly #waited: number;

  constructor(pid: number, ledger: Ledger, lateness: Lateness) {
    this.#pid = pid;
    this.#ledger = ledger;
    this.#lateness = lateness;
    ledger.takeDelays();
    lateness.take();
    this.#cpu = cpuSeconds(pid);
    this.#waited = coreWaitSeconds(pid);
  }

  end(): Phase {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const cpu = cpuSeconds(this.#pid) - this.#cpu;
    const waited = coreWaitSeconds(this.#pid) - this.#waited;
    const delays = this.#ledger.takeDelays();
    const late = this.#lateness.take();
    return {
      seconds: Math.round(seconds),
      messages: delays.length,
      perSecond: Math.round(delays.length / seconds),
      p50Ms: quantile(delays, 0.5),
      p99Ms: quantile(delays, 0.99),
      maxMs: quantile(delays, 1),
      readerP99Ms: quantile(late, 0.99),
      cores: toHundredths(cpu / seconds),
      coreWait: toHundredths(waited / seconds),
      cpuUsPerMessage: Math.round(1e6 * cpu / delays.length),
    };
  }
}

async function addAccounts(port: number): Promise<void> {
  using socket = await RawSocket.open(
    port,
    `/ws?access_token=${ADMINISTRATOR}&events=unknown`,
  );
  await socket.json();
  let id = 0;
  const command = async (name: string, params: object, account?: string) => {
    await socket.send({
      type: "command",
      id: ++id,
      command: name,
      params,
      account,
    });
    for (;;) {
      const frame = await socket.json();
      if (frame.id !== id) continue;
      if (frame.ok === false || frame.error !== undefined) {
        throw new Error(`${name}: ${JSON.stringify(frame)}`);
      }
      return;
    }
  };
  for (let nth = 0; nth < HEALTHY; nth++) {
    await command("addAccount", {
      uin: `${FIRST_RECEIVER + nth}`,
      password: PASSWORD,
    });
  }
  for (let nth = 0; nth < HEALTHY; nth++) {
    const uin = `${FIRST_SENDER + nth}`;
    await command("addAccount", { uin, password: PASSWORD });
    // An old client uses this account.
    await command("logout", {}, uin);
  }
}

/** Runs it; returns whether it held. */
export async function hostile(
  minutes = 30,
  perSecond = 2000,
  kinds: readonly string[] = Object.keys(OFFENDERS),
): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  const readers: Socket[] = [];
  try {
    await using program = new Program({
      args: serveArgs(
        folder,
        "--log-level=error",
        "--retain-bytes=64MB",
      ),
      env: {
        TQQ_TOKEN: ADMINISTRATOR,
        TQQ_COMMANDS_PER_MINUTE: "100000",
        TQQ_QQ_SEND_GAP_MS: "0",
        TQQ_STALL_MS: `${STALL_MS}`,
      },
    });
    const { http, qq } = await program.ready();
    const port = Number(new URL(http!).port);
    const qqPort = Number(qq!.split(":")[1]);
    await addAccounts(port);
    const ledger = new Ledger();
    for (let nth = 0; nth < HEALTHY; nth++) {
      const socket = await openReader({
        port,
        path: `/ws?access_token=${ADMINISTRATOR}&events=message&accounts=${
          FIRST_RECEIVER + nth
        }`,
        onFrame(text) {
          const frame = JSON.parse(text());
          if (frame.type === "event") ledger.receive(nth, frame.data.text);
        },
      });
      readers.push(socket);
    }
    await using senders = new Program({
      command: [Deno.execPath(), "run", "--allow-all", SENDERS_SCRIPT],
      args: [`${qqPort}`, `${perSecond}`],
      stdin: "open",
    });
    await senders.line((line) => line === "ready");
    const end = new AbortController();
    const lateness = new Lateness();
    const watching = lateness.watch(end.signal);
    const measure = () => new PhaseMeter(program.pid, ledger, lateness);
    const measureQuiet = async () => {
      await sleep(5000);
      const phase = measure();
      await sleep(1000 * Math.max(15, minutes * 6));
      return phase.end();
    };
    const quiet = await measureQuiet();
    const { phase, offenders, memory } = await underAttack({
      port,
      qqPort,
      pid: program.pid,
      measure,
      seconds: minutes * 60,
      kinds,
    });
    const quietAgain = await measureQuiet();
    end.abort();
    await watching;
    await senders.closeInput();
    const sent: number[] = JSON.parse(
      await senders.line((line) => line.startsWith("[")),
    );
    const until = performance.now() + ARRIVE_MS;
    while (ledger.missing(sent) > 0 && performance.now() < until) {
      await sleep(100);
    }
    const ratio = toHundredths(phase.p99Ms / quiet.p99Ms);
    // A connection that speaks lines and has not logged in ends after two idle minutes.
    const longestMs = Math.max(STALL_MS, LINES_IDLE_MS) +
      CUT_GRACE_MS;
    const uncut = CUT.filter((kind) => kinds.includes(kind)).filter((kind) => {
      const { cut, longestMs: longest } = offenders[kind];
      return cut === 0 || longest > longestMs;
    });
    const { outOfOrder } = ledger;
    const missing = ledger.missing(sent);
    const rate = Math.min(quiet.perSecond, phase.perSecond);
    const ratioAgain = toHundredths(phase.p99Ms / quietAgain.p99Ms);
    const verdicts: [required: string, isHeld: boolean, seen: string][] = [
      [
        `${perSecond} messages a second`,
        rate >= MIN_RATE * perSecond,
        `${quiet.perSecond} quiet, ${phase.perSecond} under attack`,
      ],
      [
        `healthy p99 at most ${MAX_RATIO} times its quiet value`,
        ratio <= MAX_RATIO,
        `${quiet.p99Ms} ms quiet, ${phase.p99Ms} ms under attack, ${ratio} times; ${quietAgain.p99Ms} ms after it, ${ratioAgain} times`,
      ],
      [
        "memory flat within 10 %",
        memory.growth <= MAX_GROWTH,
        `${memory.secondQuarterMb} MB in the second quarter, ${memory.lastQuarterMb} MB in the last, ${memory.growth} times`,
      ],
      [
        "all offenders cut",
        uncut.length === 0,
        uncut.length === 0 ? "each kind" : `not ${uncut.join(", ")}`,
      ],
      [
        "nothing lost, nothing out of order",
        missing + outOfOrder === 0,
        `${missing} missing, ${outOfOrder} out of order`,
      ],
    ];
    const held = verdicts.every(([, isHeld]) => isHeld);
    console.log(JSON.stringify({
      name: "hostile clients",
      held,
      minutes,
      quiet,
      hostile: phase,
      quietAgain,
      ratio,
      memory,
      missing,
      outOfOrder,
      uncut,
      offenders,
    }));
    if (quiet.coreWait > MAX_QUIET_WAIT) {
      console.log(
        `The machine is too busy for these figures: in the quiet phase the program waited for a core ${quiet.coreWait} of the time.`,
      );
    }
    for (const [required, isHeld, seen] of verdicts) {
      console.log(`${isHeld ? "held" : "NOT HELD"}: ${required}: ${seen}`);
    }
    for (const socket of readers) socket.removeAllListeners("error").destroy();
    program.kill("SIGTERM");
    const { code, stderr } = await program.output();
    if (code !== 0) console.log(stderr.slice(-2000));
    return held && code === 0;
  } finally {
    for (const socket of readers) socket.destroy();
    await Deno.remove(folder, { recursive: true });
  }
}

interface Attack {
  port: number;
  qqPort: number;
  pid: number;
  measure(): PhaseMeter;
  seconds: number;
  kinds: readonly string[];
}

async function underAttack(
  { port, qqPort, pid, measure, seconds, kinds }: Attack,
) {
  const subscribed = Array.from(
    { length: SUBSCRIBED },
    (_, nth) => `${FIRST_RECEIVER + nth}`,
  );
  await using attackers = new Program({
    // Offenders have machines of their own: they must not take the program's cores.
    command: [
      "nice",
      "-n",
      `${OFFENDERS_NICE}`,
      Deno.execPath(),
    ],
    args: [
      "run",
      "--allow-all",
      OFFENDERS_SCRIPT,
      `${port}`,
      `${qqPort}`,
      ADMINISTRATOR,
      subscribed.join(),
      kinds.join(),
    ],
    stdin: "open",
  });
  const samples: number[] = [];
  const attackedPhase = measure();
  const startedAt = performance.now();
  for (let passed = 1; passed <= seconds; passed++) {
    await sleep(startedAt + 1000 * passed - performance.now());
    samples.push(residentBytes(pid));
  }
  const phase = attackedPhase.end();
  const cores = toHundredths(cpuSeconds(attackers.pid) / seconds);
  await attackers.closeInput();
  const offenders: Record<Offender, OffenderReport> = JSON.parse(
    await attackers.line((line) => line.startsWith("{")),
  );
  const meanOf = (from: number, to: number) => {
    const part = samples.slice(
      Math.floor(samples.length * from),
      Math.ceil(samples.length * to),
    );
    return part.reduce((sum, one) => sum + one, 0) / part.length;
  };
  const [second, last] = [meanOf(0.25, 0.5), meanOf(0.75, 1)];
  return {
    phase,
    offenders: { ...offenders, cores },
    memory: {
      secondQuarterMb: Math.round(second / 1e6),
      lastQuarterMb: Math.round(last / 1e6),
      mostMb: Math.round(Math.max(...samples) / 1e6),
      growth: Math.round(100 * last / second) / 100,
    },
  };
}

if (import.meta.main) {
  const [minutes, perSecond, kinds] = Deno.args;
  const held = await hostile(
    minutes === undefined ? undefined : Number(minutes),
    perSecond === undefined ? undefined : Number(perSecond),
    kinds?.split(","),
  );
  Deno.exit(held ? 0 : 1);
}
