import { delay } from "@std/async";
import { createServer, type QqServer } from "../../lib/server/mod.ts";
import {
  BridgeClient,
  type EventFrame,
  type GapFrame,
  md5Hex,
  QqClient,
  QqError,
} from "../../mod.ts";
import { listenAs2005 } from "./old_server.ts";
import { Program } from "./program.ts";
import { randomFrom } from "./random.ts";
import { RestartableProgram } from "./restartable_program.ts";

/** What a run of kills showed. */
export interface CrashReport {
  /** Messages that the server took. */
  sent: number;
  /** Of them, those that no subscriber saw. */
  missing: number;
  /** Messages that came more than once. */
  doubled: number;
  /** Messages of an account that came in another order than they were sent. */
  misplaced: number;
  /** Positions that did not grow. */
  backward: number;
  /** Gaps that clients got. */
  gaps: number;
  /** How often an account became `replaced`. */
  replaced: number;
  /** Exit codes of the ended processes, where they ended by themselves. */
  codes: number[];
  /** How many times something was ended. */
  ends: number;
  /** What was lost, as milliseconds of the traffic, for each end. */
  lostMs: number;
  /** Milliseconds from a start to the ready line, ascending. */
  startsMs: number[];
}

/** How a run goes. */
export interface CrashOptions {
  /** How often the victim is ended. */
  ends: number;
  /** How many messages arrive meanwhile. */
  messages: number;
  /** To how many accounts. */
  accounts: number;
  /** How it is ended. */
  signal: "SIGKILL" | "SIGTERM";
  /** Whether the QQ server knows Idempotency-Key. */
  keys?: boolean;
  /** The same seed, the same waits. */
  seed: number;
}

/** The administrator's token of the stage. */
export const TOKEN = "crash-stage-token-of-the-administrator";

/** The longest wait for the rest, once nothing is ended any more. */
export const REST_MS = 60_000;

/** The password of all its accounts. */
export const PASSWORD = "of-the-crash-stage";

/** Numbers from a first one on. */
export function numbers(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(first + index));
}

/** Waits. */
export function sleepMs(ms: number): Promise<void> {
  return delay(ms);
}

/** Adds accounts to a data folder through the program. */
export async function addAccounts(
  folder: string,
  uins: readonly string[],
  ...more: string[]
): Promise<void> {
  for (const uin of uins) {
    await using program = new Program({
      args: [
        "account",
        "add",
        uin,
        "--password-stdin",
        `--data=${folder}`,
        ...more,
      ],
      stdin: `${PASSWORD}\n`,
    });
    const { code, stderr } = await program.output();
    if (code !== 0) throw new Error(`account add ${uin}: ${stderr}`);
  }
}

/** Collects what a subscriber is given, and what is wrong with it. */
export class Collector {
  readonly #texts = new Map<string, string[]>();
  #lastSeq = 0;
  #count = 0;
  #onMore: (() => void) | undefined;
  backward = 0;
  gaps = 0;
  replaced = 0;

  /** How many messages came. */
  get count(): number {
    return this.#count;
  }

  /** Takes a frame. */
  take(frame: EventFrame | GapFrame): void {
    if (frame.type === "gap") {
      this.gaps++;
      return;
    }
    if (frame.seq <= this.#lastSeq) this.backward++;
    this.#lastSeq = frame.seq;
    if (frame.event === "account.state" && frame.data.state === "replaced") {
      this.replaced++;
    }
    if (frame.event !== "message" && frame.event !== "message.stranger") return;
    const texts = this.#texts.get(frame.account) ?? [];
    texts.push(frame.data.text);
    this.#texts.set(frame.account, texts);
    this.#count++;
    this.#onMore?.();
  }

  /** Waits for so many messages, at most so long; returns whether they came. */
  async reach(count: number, withinMs: number): Promise<boolean> {
    const until = performance.now() + withinMs;
    while (this.#count < count) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) return false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      await new Promise<void>((resolve) => {
        this.#onMore = resolve;
        timer = setTimeout(resolve, leftMs);
      });
      clearTimeout(timer);
    }
    return true;
  }

  /** Compares with what was sent to each account, in order. */
  compare(
    sent: ReadonlyMap<string, readonly string[]>,
  ): { missing: number; doubled: number; misplaced: number } {
    let [missing, doubled, misplaced] = [0, 0, 0];
    for (const [account, texts] of sent) {
      const got = this.#texts.get(account) ?? [];
      const once = [...new Set(got)];
      doubled += got.length - once.length;
      const seen = new Set(once);
      const expected = texts.filter((text) => seen.has(text));
      missing += texts.length - expected.length;
      misplaced += once.filter((text, index) => text !== expected[index])
        .length;
    }
    return { missing, doubled, misplaced };
  }
}

/** How messages reach the QQ server. */
interface Feeder {
  /** Puts one into a mailbox; resolves when the server has taken it. */
  send(account: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** A QQ server in this process, another than the bridge's. */
export async function outerServer(accounts: readonly string[], keys: boolean) {
  const server: QqServer = createServer({ sendGapMs: 0, penaltyMs: 0 });
  for (const uin of accounts) {
    await server.createAccount({ uin, passwordMd5: md5Hex(PASSWORD) });
  }
  const listener = keys
    ? server.listen({ hostname: "127.0.0.1", port: 0 })
    : listenAs2005(server);
  const feeder: Feeder = {
    send: (account, text) =>
      server.deliver(account, { type: "message", from: "99999", text }),
    close: async () => {
      await server.close();
      await listener.close();
    },
  };
  return { url: `http://127.0.0.1:${listener.port}/`, feeder };
}

/** Clients that send to the killed process itself, again with the same key until it is taken. */
function persistentSenders(
  victim: RestartableProgram,
  accounts: readonly string[],
) {
  const senders = new Map(accounts.map((account) => {
    const uin = String(Number(account) + 10_000);
    return [
      account,
      new QqClient({
        uin,
        password: PASSWORD,
        endpoint: `http://${victim.qq}/`,
        timeoutMs: 5000,
      }),
    ];
  }));
  const feeder: Feeder = {
    async send(account, text) {
      const client = senders.get(account)!;
      const key = crypto.randomUUID();
      const seq = "4711";
      for (;;) {
        try {
          if (!client.loggedIn) await client.login();
          return await client.send(account, text, { key, seq });
        } catch (error) {
          if (!(error instanceof QqError)) throw error;
          await sleepMs(20);
        }
      }
    },
    async close() {
      for (const client of senders.values()) {
        await client[Symbol.asyncDispose]();
      }
    },
  };
  return feeder;
}

/** Sends the messages of one life, to the accounts in turn, with small waits. */
export async function feed(
  feeder: Feeder,
  sent: Map<string, string[]>,
  share: number,
  random: () => number,
): Promise<void> {
  const accounts = [...sent.keys()];
  for (let index = 0; index < share; index++) {
    const account = accounts[index % accounts.length]!;
    const texts = sent.get(account)!;
    const text = `${account} ${texts.length} 你好, 100%`;
    await feeder.send(account, text);
    texts.push(text);
    if (random() < 0.5) await sleepMs(random() * 10);
  }
}

/** Where the QQ server runs, and which program is ended. */
export interface BridgeCrashOptions extends CrashOptions {
  /** In this process, in the bridge, or as a process of its own. */
  server: "outer" | "embedded" | "process";
  /** Programs that are ended together; the bridge alone by default. */
  victims?: readonly ("bridge" | "server")[];
}

/** Ends programs again and again while messages arrive and one subscriber resumes. */
export async function crashBridge(
  options: BridgeCrashOptions,
): Promise<CrashReport> {
  const { accounts: count, ends, messages, seed, signal } = options;
  const random = randomFrom(seed);
  const folder = await Deno.makeTempDir();
  const accounts = numbers(10_001, count);
  await addAccounts(folder, accounts);
  const outer = options.server === "outer"
    ? await outerServer(accounts, options.keys ?? true)
    : undefined;
  const qqFolder = options.server === "process"
    ? await Deno.makeTempDir()
    : folder;
  if (qqFolder !== folder) await addAccounts(qqFolder, accounts, "--no-bridge");
  if (outer === undefined) {
    await addAccounts(
      qqFolder,
      accounts.map((uin) => String(Number(uin) + 10_000)),
      "--no-bridge",
    );
  }
  const flags = ["--no-demo", "--qq-send-gap-ms=0"];
  const server = qqFolder === folder
    ? undefined
    : new RestartableProgram(qqFolder, {
      command: "qq-server",
      args: flags,
      token: TOKEN,
    });
  await server?.start();
  const upstream = outer?.url ?? (server && `http://${server.qq}/`);
  const victim = new RestartableProgram(folder, {
    args: [
      ...flags,
      ...(upstream === undefined ? [] : [`--upstream=${upstream}`]),
    ],
    token: TOKEN,
  });
  await victim.start();
  const victims = (options.victims ?? ["bridge"]).map((one) =>
    one === "bridge" ? victim : server!
  );
  const feeder = outer?.feeder ??
    persistentSenders(server ?? victim, accounts);
  const collector = new Collector();
  const subscriber = new BridgeClient({
    url: victim.http.replace("http", "ws") + "/ws",
    token: TOKEN,
    backoff: { minMs: 50, maxMs: 200 },
  });
  const reading = (async () => {
    for await (const frame of subscriber) collector.take(frame);
  })();
  // The loop subscribes from now on: nothing may be sent before it does.
  await subscriber.ping();
  const sent = new Map(accounts.map((uin) => [uin, [] as string[]]));
  const share = Math.ceil(messages / ends);
  let feedingMs = 0;
  for (let end = 0; end < ends; end++) {
    const startAt = performance.now();
    const before = collector.count;
    const feeding = feed(feeder, sent, share, random).then(() => {
      feedingMs += performance.now() - startAt;
    });
    await collector.reach(
      before + 1 + Math.floor(random() * share / 2),
      20_000,
    );
    await sleepMs(random() * 50);
    await Promise.all(victims.map((one) => one.end(signal)));
    await Promise.all([...victims.map((one) => one.start()), feeding]);
  }
  const total = [...sent.values()].reduce((sum, { length }) => sum + length, 0);
  await collector.reach(total, REST_MS);
  // What is doubled would come now.
  await subscriber.ping().catch(() => {});
  await feeder.close();
  await victim.end("SIGTERM");
  await server?.end("SIGTERM");
  victim.codes.splice(-1, signal === "SIGKILL" ? 1 : 0);
  await subscriber.close();
  await reading;
  await Deno.remove(folder, { recursive: true });
  if (server) await Deno.remove(qqFolder, { recursive: true });
  const compared = collector.compare(sent);
  return {
    sent: total,
    ...compared,
    backward: collector.backward,
    gaps: collector.gaps,
    replaced: collector.replaced,
    codes: [...victim.codes, ...server?.codes ?? []],
    ends,
    lostMs: compared.missing / ends * feedingMs / total,
    startsMs: victim.startsMs.sort((a, b) => a - b),
  };
}
