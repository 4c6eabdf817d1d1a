import { MemoryStream } from "../../bridge/cluster/memory_log.ts";
import { MemoryNetwork } from "../../bridge/cluster/memory_rpc.ts";
import { CommandError } from "../../bridge/errors/command_error.ts";
import { openJournal } from "../../bridge/journal/sqlite/journal_file.ts";
import type { SqlDatabase } from "../../bridge/sqlite/sql_database.ts";
import { AnswerTransport } from "../../bridge/upstream/answer_transport.ts";
import { createServer, type QqServer } from "../../lib/server/mod.ts";
import { QqClient, type Transport } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import {
  demoAccount,
  Frames,
  ListedAccounts,
} from "../support/bridge_fixture.ts";
import { ClusterMachine } from "../support/cluster_machine.ts";
import { grantOf } from "../support/fake_bridge.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { schedules } from "./schedules.ts";
import type { Chance } from "./seeded.ts";

const ACCOUNTS = ["10001", "10002", "10003", "10004"];
const FRIEND = "10009";
const EVERYTHING = grantOf();
const STEPS = 40;

/** A message that somebody wants an account to send, under a key. */
interface Order {
  readonly account: string;
  readonly text: string;
  readonly key: string;
  /** Its position, once the bridge has said it. */
  seq: number | undefined;
  isAsked: boolean;
  /** Codes of errors that no repetition changes. */
  readonly failures: string[];
}

/** Three nodes, one log, one QQ server. */
class World {
  readonly chance: Chance;
  readonly clock = new FakeClock();
  readonly stream = new MemoryStream({ clock: this.clock });
  readonly network = new MemoryNetwork(this.clock);
  /** Whether the QQ server honours Idempotency-Key; if not, replies that are lost are mail that is lost. */
  readonly honoursKeys: boolean;
  readonly server: QqServer;
  readonly friend: QqClient;
  readonly errors: unknown[] = [];
  readonly machines: ClusterMachine[] = [];
  readonly orders: Order[] = [];
  /** What was said to each account, in order. */
  readonly said = new Map<string, string[]>();
  /** Replicas of processes that have ended, by folder. */
  readonly folders = new Map<string, SqlDatabase>();
  readonly databases = new Set<SqlDatabase>();
  #processes = 0;

  constructor(chance: Chance, honoursKeys: boolean) {
    this.chance = chance;
    this.honoursKeys = honoursKeys;
    const { clock } = this;
    this.server = createServer({ clock, sendGapMs: 0 });
    this.friend = new QqClient({
      uin: FRIEND,
      password: "demo",
      transport: new AnswerTransport(this.server.answer),
      clock,
    });
  }

  get living(): ClusterMachine[] {
    return this.machines.filter(({ isDead }) => !isDead);
  }

  async begin(): Promise<void> {
    for (const uin of [FRIEND, ...ACCOUNTS]) {
      const { passwordMd5 } = demoAccount(uin);
      const friends = uin === FRIEND ? [] : [FRIEND];
      await this.server.createAccount({ uin, passwordMd5, friends });
    }
    await this.friend.login();
    for (let count = 0; count < 3; count++) await this.add();
    await this.pass(20_000);
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  /** Starts a process, in the folder of one that has ended or in a new one. */
  async add(): Promise<void> {
    const [folder] = [...this.folders.keys()];
    const database = folder === undefined
      ? openJournal(":memory:")
      : this.folders.get(folder)!;
    if (folder !== undefined) this.folders.delete(folder);
    this.databases.add(database);
    const nth = this.#processes++;
    const starting = ClusterMachine.start({
      chance: this.chance,
      clock: this.clock,
      stream: this.stream,
      network: this.network,
      database,
      node: `node${nth}`,
      folder: folder ?? `folder${nth}`,
      accounts: new ListedAccounts(...ACCOUNTS.map((uin) => demoAccount(uin))),
      server: this.honoursKeys
        ? new AnswerTransport(this.server.answer)
        : withoutKeys(new AnswerTransport(this.server.answer)),
      onError: (error) => this.errors.push(error),
    });
    // The log may be out of reach; then the folder waits for another start.
    const started = starting.catch(() => undefined);
    await this.pass(8000);
    const machine = await started;
    if (machine === undefined) {
      this.folders.set(folder ?? `folder${nth}`, database);
      return;
    }
    this.machines.push(machine);
    void machine.join();
  }

  async step(): Promise<void> {
    const { chance } = this;
    if (this.living.length === 0) return await this.add();
    const machine = chance.oneOf(this.living);
    switch (chance.below(16)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return await this.say();
      case 4:
      case 5:
        return this.order();
      case 6:
        return machine.pause();
      case 7:
        return machine.resume();
      case 8:
        machine.isCut = true;
        return;
      case 9:
        if (!machine.machine.isPaused) machine.isCut = false;
        return;
      case 10:
        machine.isServerCut = !machine.isServerCut;
        return;
      case 11:
        if (this.living.length > 1 && chance.oneIn(2)) this.kill(machine);
        return;
      case 12:
        if (this.living.length < 3) await this.add();
        return;
      case 13:
        this.stream.isDown = chance.oneIn(3);
        this.stream.notify();
        return;
      case 14:
        if (this.living.length > 1 && chance.oneIn(2)) this.leave(machine);
        return;
      case 15:
        return this.ask(chance.oneOf([undefined, ...this.orders]));
    }
  }

  kill(machine: ClusterMachine): void {
    machine.kill();
    this.folders.set(machine.folder, machine.database);
  }

  leave(machine: ClusterMachine): void {
    machine.ownership.leave().then(() => {
      if (!machine.isDead) this.kill(machine);
    }, () => {});
  }

  /** The friend says something to an account. */
  async say(): Promise<void> {
    const account = this.chance.oneOf(ACCOUNTS);
    const said = this.said.get(account) ?? [];
    const text = `in ${account} ${said.length}`;
    await this.friend.login();
    await this.friend.send(account, text);
    this.said.set(account, [...said, text]);
  }

  order(): void {
    const account = this.chance.oneOf(ACCOUNTS);
    const nth = this.orders.length;
    const order: Order = {
      account,
      text: `out ${nth}`,
      key: `k${nth}`,
      seq: undefined,
      isAsked: false,
      failures: [],
    };
    this.orders.push(order);
    this.ask(order);
  }

  /** Asks any node, which may have to ask the one that drives the account. */
  ask(order: Order | undefined): void {
    if (order === undefined || order.isAsked || this.living.length === 0) {
      return;
    }
    const { account, key, text } = order;
    order.isAsked = true;
    this.chance.oneOf(this.living).bridge.run(EVERYTHING, {
      command: "send",
      account,
      params: { to: FRIEND, text },
      key,
    }).then((data) => {
      order.isAsked = false;
      const { seq } = data as { seq: number };
      assertEquals(order.seq ?? seq, seq, `${text} has another position`);
      order.seq = seq;
    }, (error) => {
      order.isAsked = false;
      const code = error instanceof CommandError ? error.code : String(error);
      if (!/NotOwner|must own/.test(String(error))) order.failures.push(code);
    }).catch((error) => this.errors.push(error));
  }

  /** Calm: every node lives, and everything is found out. */
  async finish(): Promise<void> {
    this.stream.isDown = false;
    for (const machine of this.living) {
      machine.resume();
      machine.isCut = machine.isServerCut = false;
    }
    this.stream.notify();
    await this.pass(30_000);
    // All may have left.
    if (this.living.length === 0) await this.add();
    await this.pass(200_000);
    for (const order of this.orders) {
      // A process that was killed answers nobody.
      order.isAsked = false;
    }
    for (let round = 0; round < 20; round++) {
      const open = this.orders.filter(({ seq }) => seq === undefined);
      if (open.length === 0) break;
      for (const order of open) this.ask(order);
      await this.pass(60_000);
    }
    await this.say();
    await this.pass(60_000);
    await this.check();
    await this.close();
  }

  async check(): Promise<void> {
    assertEquals(this.errors, []);
    const arrived = new Map<string, number>();
    await this.friend.login();
    for (let items; (items = await this.friend.fetchMail()).length > 0;) {
      for (const item of items) {
        if (item.type !== "message") continue;
        arrived.set(item.text, (arrived.get(item.text) ?? 0) + 1);
      }
    }
    for (const { journal } of this.living) {
      const settled = journal.settle();
      await this.pass(10_000);
      await settled;
    }
    const [first, ...others] = this.living.map((machine) => rowsOf(machine));
    for (const other of others) assertEquals(other, first, "replicas differ");
    // Beats go on, so that one may have applied more than another.
    const applied = Math.min(
      ...this.living.map(({ journal }) => journal.applied),
    );
    const chains = this.living.map(({ journal }) =>
      journal.replica.chainAt(applied)
    );
    assertEquals(new Set(chains).size, 1, `${chains}`);
    const frames = new Frames(this.living[0]!.journal);
    for (const account of ACCOUNTS) {
      const texts = frames.all("message", account).map(({ data }) => data.text);
      const said = this.said.get(account) ?? [];
      if (this.honoursKeys) assertEquals(texts, said, `said to ${account}`);
      else assertEquals(new Set(texts).size, texts.length, `doubled: ${texts}`);
    }
    for (const { text, seq, failures } of this.orders) {
      const events = frames.all("message.sent")
        .filter(({ data }) => data.text === text).map(({ seq }) => seq);
      const what = `${text}: ${failures}`;
      const count = arrived.get(text) ?? 0;
      if (seq !== undefined) assertEquals([count, events], [1, [seq]], what);
      else {
        assert(!this.honoursKeys, `never sent: ${what}`);
        assert(count <= 1, `doubled: ${what}`);
      }
    }
  }

  async close(): Promise<void> {
    const closing = this.machines.map((machine) => machine.close());
    // Without keys, a node waits for polls that are under way.
    await this.pass(10_000);
    await Promise.all(closing);
    for (const database of this.databases) database.close();
    await this.friend[Symbol.asyncDispose]();
    await this.server.close();
  }
}

/** A server that does not know Idempotency-Key. */
function withoutKeys(server: Transport): Transport {
  return {
    post(request) {
      const { "Idempotency-Key": _, ...headers } = request.headers;
      return server.post({ ...request, headers });
    },
  };
}

/** What all replicas must agree on. */
function rowsOf({ database }: ClusterMachine): unknown[] {
  return ["events", "polls", "keyed", "states", "holders"].map((
    table,
  ) =>
    database.prepare(`SELECT * FROM ${table}`).all().map((row) => ({ ...row }))
  );
}

for (
  const [promise, runs, honoursKeys] of [
    ["loses, doubles and reorders nothing", 10, true],
    ["doubles nothing at a server that ignores keys", 2, false],
  ] as const
) {
  schedules(
    `a cluster ${promise} while its nodes fail`,
    runs,
    async (chance) => {
      const world = new World(chance, honoursKeys);
      await world.begin();
      for (let step = 0; step < STEPS; step++) {
        await world.step();
        await world.pass(chance.below(chance.oneIn(5) ? 20_000 : 2000));
      }
      await world.finish();
    },
  );
}
