import { DatabaseSync } from "node:sqlite";
import { QqClient, QqError, type RequestOptions } from "../../mod.ts";
import { ClusterStage } from "./cluster_stage.ts";
import { until } from "./nats_stage.ts";
import { randomFrom } from "./random.ts";

/** How a cluster is crashed. */
export interface ClusterCrashOptions {
  /** Number of kill -9 of nodes, and of NATS servers. */
  readonly nodeKills: number;
  readonly natsKills: number;
  /** Number of SIGTERM of nodes. */
  readonly nodeEnds: number;
  /** Messages that are sent to the accounts in a second. */
  readonly perSecond: number;
  readonly ttlMs: number;
  readonly seed: number;
  readonly onProgress?: (line: string) => void;
}

/** What a crashed cluster did. All but `messages`, `commands` and times must be 0. */
export interface ClusterCrashReport {
  readonly messages: number;
  readonly lost: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  readonly commands: number;
  readonly commandsMissing: number;
  readonly commandsDoubled: number;
  /** Rows of the replicas' tables that differ. */
  readonly differingRows: number;
  /** Time from a kill or the end of a node until another drives its accounts, in milliseconds. */
  readonly takeoverMs: readonly number[];
  readonly handoverMs: readonly number[];
  /** Leases that ended although only a NATS server was killed. */
  readonly lapses: number;
}

const ACCOUNTS = ["20001", "20002", "20003", "20004", "20005", "20006"];
const SENDER = "30001";
const RECEIVER = "30002";
const NODES = ["a", "b"] as const;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Tables that must be equal in all replicas. */
const TABLES = ["events", "polls", "keyed", "consumers", "accounts", "tokens"];

/** Kills nodes and NATS servers while messages come in and commands are sent through both nodes. */
export async function crashCluster(
  options: ClusterCrashOptions,
): Promise<ClusterCrashReport> {
  const { nodeKills, natsKills, nodeEnds, onProgress = () => {} } = options;
  const random = randomFrom(options.seed);
  await using stage = await ClusterStage.start({
    natsServers: 3,
    ttlMs: options.ttlMs,
    accounts: [...ACCOUNTS, SENDER, RECEIVER],
  });
  for (const uin of ACCOUNTS) await stage.addAccount("a", uin);
  await until(
    () => ACCOUNTS.every((uin) => stage.ownerOf(uin) !== undefined),
    "the accounts are online",
  );
  const load = new Load(stage, options.perSecond);
  await load.start();
  await until(() => load.commands.length > 5, "commands");
  const faults = [
    ...Array<"kill">(nodeKills).fill("kill"),
    ...Array<"end">(nodeEnds).fill("end"),
    ...Array<"nats">(natsKills).fill("nats"),
  ].map((fault) => ({ fault, order: random() }))
    .sort((a, b) => a.order - b.order).map(({ fault }) => fault);
  const takeoverMs: number[] = [];
  const handoverMs: number[] = [];
  let lapses = 0;
  for (const [nth, fault] of faults.entries()) {
    await wait(500 + random() * 1000);
    if (fault === "nats") {
      const before = countLapses(stage);
      const names = stage.servers.names;
      const name = names[Math.floor(random() * names.length)]!;
      await stage.servers.kill(name);
      const { length } = load.commands;
      await until(
        () => load.commands.length > length + 3,
        "after NATS",
        60_000,
      );
      stage.servers.start(name);
      await wait(2000);
      lapses += countLapses(stage) - before;
      onProgress(`${nth + 1}/${faults.length} NATS server ${name} killed`);
      continue;
    }
    const victim = NODES[Math.floor(random() * NODES.length)]!;
    const heir = victim === "a" ? "b" : "a";
    const { err } = stage.program(heir);
    const at = Date.now();
    load.avoid = victim;
    await stage.end(victim, fault === "kill" ? "SIGKILL" : "SIGTERM");
    let ownedAt: number | undefined;
    await until(
      () => {
        ownedAt = findOwnedAt(err);
        return ownedAt !== undefined;
      },
      "taken over",
      60_000,
    );
    // The victim may have lost its lease before, on a machine that is busy.
    const tookMs = Math.max(0, ownedAt! - at);
    (fault === "kill" ? takeoverMs : handoverMs).push(tookMs);
    onProgress(
      `${nth + 1}/${faults.length} ${fault} of ${victim}: ${tookMs} ms`,
    );
    await stage.startNode(victim);
    load.avoid = undefined;
    const { length } = load.commands;
    await until(() => load.commands.length > length + 3, "commands", 60_000);
  }
  const { sent, commands, received } = await load.stop();
  await settle(stage);
  // At once: a node that ends in order would add to the journal of the other.
  await Promise.all(NODES.map((name) => stage.end(name, "SIGKILL")));
  return {
    ...compareMessages(stage, sent),
    ...compareCommands(commands, received),
    differingRows: countDifferences(stage),
    takeoverMs,
    handoverMs,
    lapses,
  };
}

/** Messages to the accounts, and keyed commands of the accounts through both nodes. */
class Load {
  /** Texts by account, in the order in which the QQ server took them. */
  readonly sent = new Map<string, string[]>(
    ACCOUNTS.map((uin) => [uin, []]),
  );
  readonly commands: string[] = [];
  readonly received: string[] = [];
  /** The node that is down. */
  avoid: string | undefined;
  readonly #stage: ClusterStage;
  readonly #perSecond: number;
  readonly #sender: QqClient;
  readonly #receiver: QqClient;
  readonly #ending = new AbortController();
  readonly #receiving = new AbortController();
  readonly #running: Promise<unknown>[] = [];

  constructor(stage: ClusterStage, perSecond: number) {
    this.#stage = stage;
    this.#perSecond = perSecond;
    const client = (uin: string) =>
      new QqClient({ uin, password: "demo", endpoint: stage.upstream });
    this.#sender = client(SENDER);
    this.#receiver = client(RECEIVER);
  }

  async start(): Promise<void> {
    await this.#sender.login();
    const mail = this.#receiver.mail({ signal: this.#receiving.signal });
    this.#running.push((async () => {
      for await (const item of mail) {
        if ("text" in item) this.received.push(item.text);
      }
    })());
    // Side by side, because each waits for the QQ server's answer.
    for (const uin of ACCOUNTS) this.#running.push(this.#sendTo(uin));
    for (const uin of ACCOUNTS.slice(0, 3)) {
      this.#running.push(this.#command(uin));
    }
  }

  async stop() {
    this.#ending.abort();
    await Promise.all(this.#running.slice(1));
    // What the commands sent last is still on its way. The loop over the mail
    // goes on, because a poll that is cut off would take it along.
    const until = performance.now() + 20_000;
    while (
      performance.now() < until &&
      new Set(this.received).size < this.commands.length
    ) await wait(100);
    await wait(500);
    this.#receiving.abort();
    await this.#running[0];
    await this.#sender.close();
    await this.#receiver.close();
    return this;
  }

  async #sendTo(uin: string): Promise<void> {
    const startedAt = performance.now();
    const sent = this.sent.get(uin)!;
    while (!this.#ending.signal.aborted) {
      const dueMs = sent.length * 1000 * ACCOUNTS.length / this.#perSecond;
      const aheadMs = dueMs - (performance.now() - startedAt);
      if (aheadMs > 0) await wait(aheadMs);
      const text = `${uin} ${sent.length}`;
      await this.#sendUntilDone(uin, text);
      sent.push(text);
    }
  }

  /** Repeats a request whose answer was lost, which a server that honours keys executes once. */
  async #sendUntilDone(uin: string, text: string): Promise<void> {
    for (let again: RequestOptions = {};;) {
      try {
        return await this.#sender.send(uin, text, again);
      } catch (error) {
        if (!(error instanceof QqError)) throw error;
        const { key, seq } = error;
        again = {
          ...(key === undefined ? {} : { key }),
          ...(seq === undefined ? {} : { seq }),
        };
        await wait(50);
      }
    }
  }

  /** Sends commands of an account one after the other, each again at another node until one did it. */
  async #command(uin: string): Promise<void> {
    for (let number = 0; !this.#ending.signal.aborted; number++) {
      const text = `command ${uin} ${number}`;
      for (let nth = number;; nth++) {
        const name = NODES[nth % NODES.length]!;
        if (name === this.avoid) continue;
        try {
          await this.#stage.command(name, "send", {
            account: uin,
            to: RECEIVER,
            text,
            key: text.replaceAll(" ", "-"),
          });
          break;
        } catch {
          await wait(50);
        }
      }
      this.commands.push(text);
      await wait(100);
    }
  }
}

/** Since when a node drives all shards, by its log; undefined if it does not. */
function findOwnedAt(lines: readonly string[]): number | undefined {
  const last = lines.findLast((line) =>
    line.includes("cluster shards changed")
  );
  if (last === undefined) return undefined;
  const { time, count } = JSON.parse(last);
  return count === 256 ? Date.parse(time) : undefined;
}

function countLapses(stage: ClusterStage): number {
  return NODES.flatMap((name) => stage.program(name).err)
    .filter((line) => line.includes("cluster lease ended")).length;
}

/** Waits until both nodes have the same head, and it stays. */
async function settle(stage: ClusterStage): Promise<void> {
  const head = async (name: string) => {
    const { code, stdout } = await stage.run(
      ["cluster", "status", "--json"],
      name,
    );
    return code === 0 ? JSON.parse(stdout).head : undefined;
  };
  let last: unknown;
  await until(
    async () => {
      const [a, b] = [await head("a"), await head("b")];
      const isQuiet = a !== undefined && a === b && a === last;
      last = a;
      return isQuiet;
    },
    "both nodes have everything",
    60_000,
  );
}

function compareMessages(
  stage: ClusterStage,
  sent: ReadonlyMap<string, readonly string[]>,
) {
  using database = new DatabaseSync(stage.journalPath("a"), { readOnly: true });
  const rows = database.prepare(
    'SELECT account, data FROM events WHERE data LIKE \'%"text":"2%\' ORDER BY seq',
  ).all();
  let [messages, lost, doubled, outOfOrder] = [0, 0, 0, 0];
  for (const [uin, texts] of sent) {
    const found = rows.filter((row) => String(row["account"]) === uin)
      .map((row) => (JSON.parse(String(row["data"])) as { text: string }).text);
    const unique = [...new Set(found)];
    messages += texts.length;
    doubled += found.length - unique.length;
    lost += texts.filter((text) => !unique.includes(text)).length;
    const order = texts.filter((text) => unique.includes(text));
    outOfOrder += unique.filter((text, nth) => text !== order[nth]).length;
  }
  return { messages, lost, doubled, outOfOrder };
}

function compareCommands(
  commands: readonly string[],
  received: readonly string[],
) {
  const unique = new Set(received);
  return {
    commands: commands.length,
    commandsMissing: commands.filter((text) => !unique.has(text)).length,
    commandsDoubled: received.length - unique.size,
  };
}

function countDifferences(stage: ClusterStage): number {
  const rowsOf = (name: string) => {
    using database = new DatabaseSync(stage.journalPath(name), {
      readOnly: true,
    });
    return TABLES.flatMap((table) =>
      database.prepare(`SELECT * FROM ${table}`).all()
        .map((row) => `${table} ${JSON.stringify(row)}`)
    );
  };
  const [a, b] = [rowsOf("a"), rowsOf("b")];
  const [inA, inB] = [new Set(a), new Set(b)];
  return a.filter((row) => !inB.has(row)).length +
    b.filter((row) => !inA.has(row)).length;
}
