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
import { md5Hex } from "../../mod.ts";
import { openReader } from "../bench/load/raw_reader.ts";
import { cpuSeconds, residentBytes } from "../support/process_figures.ts";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket } from "../support/raw_socket.ts";
import {
  type Offender,
  type OffenderReport,
  OFFENDERS,
} from "./hostile_clients.ts";

const ADMINISTRATOR = "soak-0123456789abcdef0123456789abcdef01234567";
const PASSWORD = "a password of the soak";

/** Healthy clients, each with an account of its own. */
const HEALTHY = 100;

/** Connections over which old clients send the messages. */
const SENDERS = 20;

/** Accounts whose events slow readers subscribe to. */
const SUBSCRIBED = 10;

const FIRST_RECEIVER = 40_001;
const FIRST_SENDER = 50_001;

/** How long a reader may make no progress. */
const STALL_MS = 10_000;

/** How long a connection of lines without a login may be silent. */
const LINES_IDLE_MS = 120_000;

/** Beyond the limit, how long a cut may take: kernels buffer before a reader stalls. */
const CUT_GRACE_MS = 60_000;

/** How long arrivals are waited for at the end. */
const ARRIVE_MS = 30_000;

/** Most that the healthy clients' 99th percentile may grow by. */
const MAX_RATIO = 2;

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
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
  /** CPU that the program used, in cores. A starved machine shows here. */
  cores: number;
}

/** Makes messages long enough to fill the buffers of slow readers. */
const PADDING = "x".repeat(1500);

function sleep(ms: number): Promise<void> {
  return delay(ms);
}

function quantile(sorted: readonly number[], part: number): number {
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * part));
  return Math.round((sorted[at] ?? NaN) * 10) / 10;
}

/** What the healthy clients have received. */
class Ledger {
  readonly sent = new Array<number>(HEALTHY).fill(0);
  readonly received = new Array<number>(HEALTHY).fill(0);
  outOfOrder = 0;
  #delays: number[] = [];

  text(receiver: number): string {
    return `${this.sent[receiver]!++}-${performance.now()}-${PADDING}`;
  }

  receive(receiver: number, text: string): void {
    const [number, sentAt] = text.split("-").map(Number);
    if (number !== this.received[receiver]) this.outOfOrder++;
    this.received[receiver] = number! + 1;
    this.#delays.push(performance.now() - sentAt!);
  }

  get missing(): number {
    return this.sent.reduce(
      (missing, sent, index) => missing + sent - this.received[index]!,
      0,
    );
  }

  takePhase(seconds: number, cpuSeconds: number): Phase {
    const sorted = this.#delays.sort((a, b) => a - b);
    this.#delays = [];
    return {
      seconds,
      messages: sorted.length,
      perSecond: Math.round(sorted.length / seconds),
      p50Ms: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
      maxMs: quantile(sorted, 1),
      cores: Math.round(100 * cpuSeconds / seconds) / 100,
    };
  }
}

/** An old client that sends messages over one connection, at a pace. */
class Sender {
  #seq = 1;

  private constructor(readonly socket: RawSocket, readonly uin: string) {}

  static async login(port: number, uin: string): Promise<Sender> {
    const sender = new Sender(await RawSocket.connect(port), uin);
    const reply = await sender.ask(
      "Login",
      `PS=${md5Hex(PASSWORD)}&M5=1&LC=9326B87B234E7235`,
    );
    if (!reply.includes("&RES=0")) throw new Error(`No login: ${reply}`);
    return sender;
  }

  async ask(command: string, fields: string): Promise<string> {
    const body = `VER=1.1&CMD=${command}&SEQ=${this
      .#seq++}&UIN=${this.uin}&${fields}`;
    await this.socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const { head } = await this.socket.head();
    const bytes = Number(/^content-length: (\d+)/im.exec(head)?.[1]);
    return await this.socket.text(bytes);
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
  for (let nth = 0; nth < SENDERS; nth++) {
    const uin = `${FIRST_SENDER + nth}`;
    await command("addAccount", { uin, password: PASSWORD });
    // An old client uses this account.
    await command("logout", {}, uin);
  }
}

/** Sends at a pace until it is aborted. */
async function sendPaced(
  senders: readonly Sender[],
  ledger: Ledger,
  perSecond: number,
  signal: AbortSignal,
): Promise<void> {
  let next = 0;
  const everyMs = 1000 * senders.length / perSecond;
  await Promise.all(senders.map(async (sender, index) => {
    let dueAt = performance.now() + everyMs * index / senders.length;
    while (!signal.aborted) {
      const earlyMs = dueAt - performance.now();
      if (earlyMs > 1) await sleep(earlyMs);
      // What is too late is not made up for: the rate is reported.
      dueAt = Math.max(dueAt + everyMs, performance.now() - 1000);
      const receiver = next++ % HEALTHY;
      const text = ledger.text(receiver);
      const reply = await sender.ask(
        "CLTMSG",
        `UN=${FIRST_RECEIVER + receiver}&MG=${text}`,
      );
      if (!reply.includes("&RES=0")) throw new Error(`Not sent: ${reply}`);
    }
  }));
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
      args: serveArgs(folder, "--log-level=error", "--retain-bytes=64MB"),
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
    const senders: Sender[] = [];
    for (let nth = 0; nth < SENDERS; nth++) {
      senders.push(await Sender.login(qqPort, `${FIRST_SENDER + nth}`));
    }
    const end = new AbortController();
    const sending = sendPaced(senders, ledger, perSecond, end.signal);
    sending.catch((error) => console.error("sender:", error));
    const quietSeconds = Math.max(15, minutes * 6);
    await sleep(5000);
    ledger.takePhase(5, 0);
    const usedBefore = cpuSeconds(program.pid);
    await sleep(quietSeconds * 1000);
    const quiet = ledger.takePhase(
      quietSeconds,
      cpuSeconds(program.pid) - usedBefore,
    );
    const { phase, offenders, memory } = await underAttack({
      port,
      qqPort,
      pid: program.pid,
      ledger,
      seconds: minutes * 60,
      kinds,
    });
    end.abort();
    await sending;
    const until = performance.now() + ARRIVE_MS;
    while (ledger.missing > 0 && performance.now() < until) await sleep(100);
    const ratio = Math.round(100 * phase.p99Ms / quiet.p99Ms) / 100;
    // A connection that speaks lines and has not logged in ends after two idle minutes.
    const longestMs = Math.max(STALL_MS, LINES_IDLE_MS) +
      CUT_GRACE_MS;
    const uncut = CUT.filter((kind) => kinds.includes(kind)).filter((kind) => {
      const { cut, longestMs: longest } = offenders[kind];
      return cut === 0 || longest > longestMs;
    });
    const { missing, outOfOrder } = ledger;
    const held = ratio <= MAX_RATIO && memory.growth <= MAX_GROWTH &&
      uncut.length + missing + outOfOrder === 0;
    console.log(JSON.stringify({
      name: "hostile clients",
      held,
      minutes,
      quiet,
      hostile: phase,
      ratio,
      memory,
      missing,
      outOfOrder,
      uncut,
      offenders,
    }));
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
  ledger: Ledger;
  seconds: number;
  kinds: readonly string[];
}

async function underAttack(
  { port, qqPort, pid, ledger, seconds, kinds }: Attack,
) {
  const subscribed = Array.from(
    { length: SUBSCRIBED },
    (_, nth) => `${FIRST_RECEIVER + nth}`,
  );
  const script = new URL("hostile_clients.ts", import.meta.url).pathname;
  await using attackers = new Program({
    command: [Deno.execPath(), "run", "--allow-all", script],
    args: [
      `${port}`,
      `${qqPort}`,
      ADMINISTRATOR,
      subscribed.join(),
      kinds.join(),
    ],
    stdin: "open",
  });
  const samples: number[] = [];
  const usedBefore = cpuSeconds(pid);
  for (let passed = 0; passed < seconds; passed++) {
    await sleep(1000);
    samples.push(residentBytes(pid));
  }
  const phase = ledger.takePhase(seconds, cpuSeconds(pid) - usedBefore);
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
    offenders,
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
