import { delay } from "@std/async";
import { BridgeClient, QqClient } from "../../mod.ts";
import { Program } from "./program.ts";
import { randomFrom } from "./random.ts";

const TOKEN = "command-crashes-token-of-the-administrator";
const ACCOUNT = "10001";
const FRIEND = "10002";

/** How many callers send at the same time. */
const LANES = 4;

/** After so many ends the friend reads its mail, because a mailbox has a limit. */
const ENDS_PER_READING = 20;

/** The longest wait for what is still open once nothing is ended any more. */
const REST_MS = 60_000;

/** How a run goes. */
export interface CommandCrashOptions {
  /** How often a process is ended. */
  ends: number;
  /** How it is ended. */
  signal: "SIGKILL" | "SIGTERM";
  /** Which processes are ended, in turn. */
  victims: readonly ("bridge" | "server")[];
  /** The same seed, the same waits. */
  seed: number;
}

/** What a run showed. */
export interface CommandCrashReport {
  ends: number;
  /** Keyed messages that were sent. */
  commands: number;
  /** Answers that said `rejected`, although the server refused nothing. */
  rejected: number;
  /** Messages that the friend has more than once. */
  doubled: number;
  /** Messages reported as sent that the friend does not have. */
  missing: number;
  /** Messages with more or fewer than one `message.sent`. */
  misreported: number;
  /** Keys whose later answers name another event than the first one. */
  changed: number;
  /** Keys that never ended as done. */
  dead: number;
  /** Codes of other answers on the way, and how often they came. */
  codes: Record<string, number>;
}

function sleepMs(ms: number): Promise<void> {
  return delay(ms);
}

/** A program that is ended and started again with the same arguments on the same port. */
class Restarted {
  readonly #argsOf: (listen: string) => string[];
  readonly #pick: "http" | "qq";
  #program: Program | undefined;
  #listen = "127.0.0.1:0";

  constructor(pick: "http" | "qq", argsOf: (listen: string) => string[]) {
    this.#pick = pick;
    this.#argsOf = argsOf;
  }

  /** Where it listens. */
  get listen(): string {
    return this.#listen;
  }

  async start(): Promise<void> {
    this.#program = new Program({
      args: this.#argsOf(this.#listen),
      env: {
        TQQ_TOKEN: TOKEN,
        TQQ_OUTBOX_GAP_MS: "0",
        TQQ_COMMANDS_PER_MINUTE: "100000",
      },
    });
    const ready = await this.#program.ready();
    this.#listen = ready[this.#pick]!.replace(/^http:\/\/|\/$/g, "");
  }

  async end(signal: Deno.Signal): Promise<void> {
    this.#program!.kill(signal);
    await this.#program!.output();
  }
}

/** A keyed message until it is done. */
interface Order {
  text: string;
  seqs: number[];
}

/** Asks again with the same key until the message is done. */
class Sender {
  readonly #url: () => string;
  readonly orders: Order[] = [];
  readonly codes: Record<string, number> = {};
  rejected = 0;
  ended = false;

  constructor(url: () => string) {
    this.#url = url;
  }

  /** Sends messages one after the other until `ended`. */
  async run(lane: number, until: () => boolean): Promise<void> {
    for (let nth = 0; !this.ended; nth++) {
      const order: Order = { text: `lane ${lane} message ${nth}`, seqs: [] };
      this.orders.push(order);
      while (!await this.send(order)) {
        if (until()) return;
        await sleepMs(100);
      }
      await sleepMs(20);
    }
  }

  /** Sends one, or the same again; returns whether it is done. */
  async send(order: Order): Promise<boolean> {
    try {
      const response = await fetch(`${this.#url()}/api/send`, {
        method: "POST",
        headers: {
          "authorization": `Bearer ${TOKEN}`,
          "content-type": "application/json",
          "idempotency-key": order.text,
        },
        body: JSON.stringify({
          account: ACCOUNT,
          to: FRIEND,
          text: order.text,
        }),
      });
      const body = await response.json();
      if (response.ok) order.seqs.push(body.seq);
      else {
        this.codes[body.code] = (this.codes[body.code] ?? 0) + 1;
        if (body.code === "rejected") this.rejected++;
      }
      return response.ok;
    } catch {
      // The bridge is down, or was ended before it answered.
      return false;
    }
  }
}

async function addAccount(folder: string): Promise<void> {
  await using program = new Program({
    args: ["account", "add", ACCOUNT, "--password-stdin", `--data=${folder}`],
    stdin: "demo\n",
  });
  const { code, stderr } = await program.output();
  if (code !== 0) throw new Error(`account add: ${stderr}`);
}

function clientOf(bridge: Restarted): BridgeClient {
  return new BridgeClient({ url: `ws://${bridge.listen}/ws`, token: TOKEN });
}

/** Waits until the account is online; a server that came back is logged in to at once. */
async function online(bridge: Restarted): Promise<void> {
  await using client = clientOf(bridge);
  for (let nth = 1;; nth++) {
    const { accounts } = await client.accounts();
    if (accounts.every(({ state }) => state === "online")) return;
    if (nth % 40 === 0) {
      await client.logout(ACCOUNT);
      await client.login(ACCOUNT);
    }
    await sleepMs(100);
  }
}

/** Ends the bridge and its QQ server again and again while callers send messages with keys. */
export async function crashCommands(
  options: CommandCrashOptions,
): Promise<CommandCrashReport> {
  const { ends, seed, signal, victims } = options;
  const random = randomFrom(seed);
  const folder = await Deno.makeTempDir();
  const server = new Restarted("qq", (listen) => [
    "qq-server",
    `--qq-listen=${listen}`,
    `--data=${folder}/qq`,
    "--log-format=json",
    "--qq-send-gap-ms=0",
  ]);
  await server.start();
  await addAccount(`${folder}/bridge`);
  const bridge = new Restarted("http", (listen) => [
    "serve",
    `--listen=${listen}`,
    `--upstream=http://${server.listen}/`,
    `--data=${folder}/bridge`,
    "--log-format=json",
    "--no-demo",
  ]);
  await bridge.start();
  await online(bridge);
  const sender = new Sender(() => `http://${bridge.listen}`);
  let giveUpAt = Infinity;
  const until = () => performance.now() > giveUpAt;
  const lanes = Array.from(
    { length: LANES },
    (_, lane) => sender.run(lane, until),
  );
  const arrived: string[] = [];
  for (let nth = 0; nth < ends; nth++) {
    if (nth % ENDS_PER_READING === 0) arrived.push(...await mailOf(server));
    await sleepMs(200 + random() * 400);
    const victim = victims[nth % victims.length]! === "bridge"
      ? bridge
      : server;
    await victim.end(signal);
    await victim.start();
    await online(bridge);
  }
  sender.ended = true;
  giveUpAt = performance.now() + REST_MS;
  await Promise.all(lanes);
  // Once more under each key: the first outcome stays.
  for (const order of sender.orders) await sender.send(order);
  arrived.push(...await mailOf(server));
  const report = compare(ends, sender, arrived, await sentOf(bridge));
  for (const one of [bridge, server]) await one.end("SIGTERM");
  await Deno.remove(folder, { recursive: true });
  return report;
}

function compare(
  ends: number,
  { codes, orders, rejected }: Sender,
  mail: readonly string[],
  events: readonly string[],
): CommandCrashReport {
  const arrived = count(mail);
  const sent = count(events);
  const wrong = (isWrong: (order: Order) => boolean) =>
    orders.filter(isWrong).length;
  return {
    ends,
    commands: orders.length,
    rejected,
    doubled: wrong(({ text }) => (arrived.get(text) ?? 0) > 1),
    missing: wrong(({ text, seqs }) => seqs.length > 0 && !arrived.has(text)),
    misreported: wrong(({ text }) => sent.get(text) !== 1),
    changed: wrong(({ seqs }) => new Set(seqs).size > 1),
    dead: wrong(({ seqs }) => seqs.length === 0),
    codes,
  };
}

function count(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

async function mailOf(server: Restarted): Promise<string[]> {
  await using friend = new QqClient({
    uin: FRIEND,
    password: "demo",
    endpoint: `http://${server.listen}/`,
  });
  await friend.login();
  const texts: string[] = [];
  for (;;) {
    const items = await friend.fetchMail({ waitSeconds: 0 });
    if (items.length === 0) return texts;
    for (const item of items) {
      if (item.type === "message") texts.push(item.text);
    }
  }
}

async function sentOf(bridge: Restarted): Promise<string[]> {
  await using client = clientOf(bridge);
  const texts: string[] = [];
  let before: number | undefined;
  for (;;) {
    const { events, more } = await client.history(ACCOUNT, {
      with: FRIEND,
      ...(before === undefined ? {} : { before }),
    });
    for (const frame of events) {
      if (frame.event === "message.sent") texts.push(frame.data.text);
    }
    if (!more) return texts;
    before = events[0]!.seq;
  }
}
