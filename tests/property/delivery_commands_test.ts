import { AnswerTransport } from "../../bridge/upstream/answer_transport.ts";
import { Bridge } from "../../bridge/core/bridge.ts";
import { CommandError } from "../../bridge/errors/command_error.ts";
import { JournalWriteError } from "../../bridge/journal/limits.ts";
import type { Journal } from "../../bridge/journal/journal.ts";
import { MemoryJournal } from "../../bridge/journal/memory.ts";
import type { Clock } from "../../lib/clock.ts";
import {
  addDemo,
  createServer,
  type Fault,
  Faults,
  type QqServer,
} from "../../lib/server/mod.ts";
import { ERROR_CODES, QqClient, type Transport } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import {
  demoAccount,
  Frames,
  ListedAccounts,
} from "../support/bridge_fixture.ts";
import { grantOf } from "../support/fake_bridge.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { schedules } from "./schedules.ts";
import type { Chance } from "./seeded.ts";

const STEPS = 40;
const EVERYTHING = grantOf();

/** A process: killed, it does nothing more, and nobody hears of what it has under way. */
class Process {
  readonly bridge: Bridge;
  fullDisk = false;
  #dead = false;

  constructor(
    chance: Chance,
    journal: Journal,
    clock: Clock,
    server: QqServer,
  ) {
    const inner = new AnswerTransport(server.answer);
    const transport: Transport = {
      post: (request) => this.#live(() => inner.post(request)),
    };
    this.bridge = new Bridge({
      journal: this.#journal(journal),
      accounts: new ListedAccounts(demoAccount("10001")),
      transport: () => transport,
      clock: {
        now: () => clock.now(),
        after: (delayMs, run) =>
          clock.after(delayMs, () => {
            if (!this.#dead) run();
          }),
      },
      random: () => chance.below(1000) / 1000,
      outbox: { gapMs: chance.oneOf([0, 1000]), limit: chance.oneOf([2, 100]) },
    });
    this.bridge.start();
  }

  kill(): void {
    this.#dead = true;
  }

  async #live<T>(act: () => Promise<T>): Promise<T> {
    const never = new Promise<never>(() => {});
    if (this.#dead) return await never;
    const value = await act();
    return this.#dead ? await never : value;
  }

  /** Each write is durable, whether the process lives to hear of it or not. */
  #journal(journal: Journal): Journal {
    const write = <T>(act: () => Promise<T>) =>
      this.#live(() =>
        this.fullDisk
          ? Promise.reject(new JournalWriteError(new Error("disk full")))
          : act()
      );
    return {
      get epoch() {
        return journal.epoch;
      },
      get head() {
        return journal.head;
      },
      get oldest() {
        return journal.oldest;
      },
      durable: journal.durable,
      bytes: journal.bytes,
      trimmed: journal.trimmed,
      start: journal.start,
      lost: journal.lost,
      failure: undefined,
      readFailure: undefined,
      seenAt: (consumer) => journal.seenAt(consumer),
      setSeen: (...seen) => write(() => journal.setSeen(...seen)),
      consumersOf: () => [],
      dropPosition: () => Promise.resolve(),
      append: (batch) => write(() => journal.append(batch)),
      recordStart: (...command) => write(() => journal.recordStart(...command)),
      setPosition: (...place) => write(() => journal.setPosition(...place)),
      resetPosition: (...place) => write(() => journal.resetPosition(...place)),
      watch: (listener) => journal.watch(listener),
      probe: () => journal.probe(),
      read: (...query) => journal.read(...query),
      accounts: () => journal.accounts(),
      history: (query) => journal.history(query),
      polls: (account) => journal.polls(account),
      repeats: (account) => journal.repeats(account),
      sizes: () => journal.sizes(),
      forget: (account) => journal.forget(account),
      pollEpoch: (account) => journal.pollEpoch(account),
      position: (consumer) => journal.position(consumer),
      findCommand: (...key) => journal.findCommand(...key),
      trim: (...args) => journal.trim(...args),
      settle: () => journal.settle(),
      close: () => journal.close(),
    };
  }
}

/** A message that somebody asked to be sent, and what was said of it. */
interface Order {
  text: string;
  key: string | undefined;
  /** The seq of an ok, else the code of an error. */
  outcomes: (number | string)[];
  /** Asked and not answered: the process was killed. */
  untold: number;
}

class World {
  readonly chance: Chance;
  readonly clock = new FakeClock();
  readonly faults = new Faults();
  readonly server: QqServer;
  readonly journal: MemoryJournal;
  readonly frames: Frames;
  readonly orders: Order[] = [];
  readonly said: string[] = [];
  /** Whether a message may have been taken whose sender saw a close without a reply. */
  closesAct = false;
  friend!: QqClient;
  process!: Process;

  constructor(chance: Chance) {
    this.chance = chance;
    const { clock, faults } = this;
    this.server = createServer({
      clock,
      faults,
      // RES=3 comes from the server itself, which knows the keys.
      sendGapMs: chance.oneOf([0, 900, 5000]),
      penaltyMs: chance.oneOf([0, 500, 20_000]),
    });
    this.journal = new MemoryJournal({ clock });
    this.frames = new Frames(this.journal);
  }

  async begin(): Promise<void> {
    await addDemo(this.server);
    this.friend = new QqClient({
      uin: "10002",
      password: "demo",
      transport: new AnswerTransport(this.server.answer),
      clock: this.clock,
    });
    await this.friend.login();
    this.#start();
    await this.pass(3000);
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await new Promise<void>((resolve) => setImmediate(resolve));
    await this.clock.advance(0);
  }

  #start(): void {
    this.process = new Process(
      this.chance,
      this.journal,
      this.clock,
      this.server,
    );
  }

  async step(): Promise<void> {
    const { chance } = this;
    switch (chance.below(12)) {
      case 0:
      case 1:
      case 2:
        this.#order();
        break;
      case 3:
        this.ask(chance.oneOf(this.orders.filter(({ key }) => key)));
        break;
      case 4:
      case 5:
        this.#break(faultOf(chance));
        break;
      case 6:
        await this.say();
        break;
      case 7:
        if (chance.oneIn(3)) await this.#restart();
        break;
      case 8:
        this.process.fullDisk = chance.oneIn(4);
        break;
      case 9:
        await this.pass(chance.below(chance.oneIn(10) ? 700_000 : 30_000));
        break;
      default:
        await this.pass(chance.below(1500));
    }
    if (chance.oneIn(2)) await this.pass(0);
  }

  #break(fault: Fault): void {
    this.faults.add(fault);
    this.closesAct ||= fault.how.type === "null" && fault.acts !== false;
  }

  async #restart(): Promise<void> {
    this.process.fullDisk = false;
    if (this.chance.oneIn(2)) {
      this.process.kill();
    } else {
      const stopping = this.process.bridge.stop();
      await this.pass(12_000);
      await stopping;
    }
    this.#start();
    if (this.chance.oneIn(2)) await this.pass(5000);
  }

  #order(): void {
    const nth = this.orders.length;
    const order: Order = {
      text: `out ${nth}`,
      key: this.chance.oneIn(3) ? undefined : `k${nth}`,
      outcomes: [],
      untold: 0,
    };
    this.orders.push(order);
    this.ask(order);
  }

  ask(order: Order | undefined): void {
    if (order === undefined) return;
    const { key, text } = order;
    order.untold++;
    const tell = (outcome: number | string) => {
      order.untold--;
      order.outcomes.push(outcome);
    };
    this.process.bridge.run(EVERYTHING, {
      command: "send",
      account: "10001",
      params: { to: "10002", text },
      ...(key === undefined ? {} : { key }),
    }).then(
      (data) => tell((data as { seq: number }).seq),
      (error) => tell(error instanceof CommandError ? error.code : `${error}`),
    );
  }

  /** The other one says something. */
  async say(): Promise<void> {
    const text = `in ${this.said.length}`;
    // Its session may have lapsed.
    await this.friend.login();
    const sending = this.friend.send("10001", text);
    const sent = sending.then(() => true, () => false);
    await this.pass(21_000);
    if (await sent) this.said.push(text);
  }

  /** Calm: all that can still be found out is. */
  async finish(): Promise<void> {
    this.faults.clear();
    this.process.fullDisk = false;
    await this.pass(400_000);
    for (let rounds = 0; rounds < 20; rounds++) {
      const open = this.orders.filter((order) => order.key && !isFinal(order));
      if (open.length === 0) break;
      for (const order of open) this.ask(order);
      await this.pass(120_000);
    }
    await this.say();
    await this.pass(60_000);
    await this.#check();
    const stopping = this.process.bridge.stop();
    await this.pass(12_000);
    await stopping;
    await this.friend[Symbol.asyncDispose]();
    await this.server.close();
  }

  async #check(): Promise<void> {
    const { frames, friend, orders, said } = this;
    const texts = frames.all("message").map(({ data }) => data.text);
    assertEquals(texts, said, "what was said to the account");
    await friend.login();
    const arrived = new Map<string, number>();
    for (let items; (items = await friend.fetchMail()).length > 0;) {
      for (const item of items) {
        if (item.type !== "message") continue;
        arrived.set(item.text, (arrived.get(item.text) ?? 0) + 1);
      }
    }
    for (const order of orders) {
      const events = frames.all("message.sent")
        .filter(({ data }) => data.text === order.text)
        .map(({ seq }) => seq);
      checkOrder(
        order,
        arrived.get(order.text) ?? 0,
        events,
        this.closesAct,
      );
    }
  }
}

function isFinal({ outcomes }: Order): boolean {
  const last = outcomes.at(-1);
  if (typeof last === "number") return true;
  // Three closes in a row are rejected, and leave the key as it was.
  return last !== undefined && last !== "outcome_unknown" &&
    last !== "rejected" &&
    !ERROR_CODES[last as keyof typeof ERROR_CODES];
}

function checkOrder(
  { key, text, outcomes, untold }: Order,
  arrived: number,
  events: readonly number[],
  closesAct: boolean,
): void {
  const what =
    `${text}, key ${key}, outcomes ${outcomes}, untold ${untold}, arrived ${arrived}, sent at ${events}`;
  const codes = outcomes.filter((outcome) => typeof outcome === "string");
  const seqs = outcomes.filter((outcome) => typeof outcome === "number");
  assert(codes.every((code) => code in ERROR_CODES), what);
  assert(!codes.includes("internal") && !codes.includes("timeout"), what);
  assert(arrived <= 1, `acted twice: ${what}`);
  assert(events.length <= arrived, `an event of what was not sent: ${what}`);
  assert(seqs.every((seq) => seq === events[0]), `not its event: ${what}`);
  if (key !== undefined) {
    const first = outcomes.findIndex((outcome) => typeof outcome === "number");
    if (first >= 0) assertEquals(outcomes.length - first, seqs.length, what);
  }
  if (arrived === 1 && events.length === 0) {
    const unsure = codes.includes("outcome_unknown") || untold > 0 ||
      closesAct && codes.includes("rejected");
    assert(unsure, `arrived, and nobody knows: ${what}`);
    if (key !== undefined) assertEquals(codes.at(-1), "outcome_unknown", what);
  }
  const denied = codes.filter((code) =>
    code !== "outcome_unknown" && !(closesAct && code === "rejected")
  );
  if (key === undefined && denied.length > 0) {
    assertEquals([arrived, events.length], [0, 0], `denied: ${what}`);
  }
}

/** What the server may do to us. */
function faultOf(chance: Chance): Fault {
  const cmd = chance.oneOf(
    ["CLTMSG", "CLTMSG", "CLTMSG", "GetMsgEx", "Login"] as const,
  );
  const times = 1 + chance.below(chance.oneIn(6) ? 100 : 3);
  const fault = { cmd, times, uin: "10001" };
  switch (chance.below(9)) {
    case 0:
      return { ...fault, acts: chance.oneIn(2), how: { type: "null" } };
    case 1:
      return {
        ...fault,
        acts: chance.oneIn(2),
        how: { type: "cut", bytes: 9 },
      };
    case 2:
      return {
        ...fault,
        how: { type: "late", lateMs: chance.below(60_000) },
      };
    case 3:
      return { ...fault, acts: chance.oneIn(2), how: { type: "silent" } };
    case 4:
      return { ...fault, how: { type: "res", res: 20 } };
    case 5:
      // A penalty comes late; at once it would say that another has the mailbox.
      return {
        ...fault,
        cmd: "GetMsgEx",
        how: { type: "res", res: 3, lateMs: 20_000 },
      };
    case 6:
      return {
        ...fault,
        how: { type: "http", status: 502, body: "bad gateway" },
      };
    case 7:
      return { ...fault, how: { type: "field", code: "SEQ", value: "4" } };
    default:
      return { ...fault, how: { type: "body", body: "<html>" } };
  }
}

schedules(
  "a keyed send acts once, its outcome stays, and what arrived has an event",
  120,
  async (chance) => {
    const world = new World(chance);
    await world.begin();
    for (let nth = 0; nth < STEPS; nth++) await world.step();
    await world.finish();
  },
);
