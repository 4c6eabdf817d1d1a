import {
  type Cursor,
  type Filter,
  Hub,
  type Sink,
} from "../../bridge/hub/hub.ts";
import type { NewEvent, StoredEvent } from "../../bridge/journal/event.ts";
import { resumeAt } from "../../bridge/hub/recovery.ts";
import type { Journal } from "../../bridge/journal/journal.ts";
import { MemoryJournal } from "../../bridge/journal/memory.ts";
import { openJournal } from "../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../bridge/journal/sqlite/sqlite_journal.ts";
import type { EventName, GapFrame, Position } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../support/fake_clock.ts";
import { schedules } from "./schedules.ts";
import type { Chance } from "./seeded.ts";

const ACCOUNTS = ["10001", "10002", "10003"];
const NAMES = ["message", "presence", "friend.added"] as const;
const OPERATIONS = 60;

/** What a world can do with its journal. */
interface Store {
  journal: Journal & { readonly bytes: number };
  /** The same journal, or the next one, after an end of the process. */
  reopen(): Promise<void>;
  /** What was appended and not awaited. */
  settled(): Promise<void>;
  end(): Promise<void>;
}

function memoryStore(chance: Chance, clock: FakeClock): Store {
  const make = () =>
    new MemoryJournal({ clock, maxEvents: 5 + chance.below(60) });
  return {
    journal: make(),
    reopen() {
      this.journal = make();
      return Promise.resolve();
    },
    settled: () => Promise.resolve(),
    end() {
      return this.journal.close();
    },
  };
}

function sqliteStore(clock: FakeClock): Store {
  const folder = Deno.makeTempDirSync();
  const make = () =>
    new SqliteJournal(openJournal(`${folder}/journal.db`), { clock });
  return {
    journal: make(),
    async reopen() {
      await this.journal.close();
      this.journal = make();
    },
    settled: () => new Promise<void>((resolve) => setImmediate(resolve)),
    async end() {
      await this.journal.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** One subscriber, and the model of what it must be sent. */
class Reader implements Sink {
  readonly #world: World;
  cursor: Cursor | undefined;
  filter: Filter;
  /** All matching events up to here were seen, or reported in a gap. */
  at: Position | undefined;
  /** Up to where a gap was reported of each account alone. */
  readonly missing = new Map<string, number>();
  room = Infinity;
  received = 0;
  gaps = 0;
  #thrown: unknown;

  constructor(world: World) {
    this.#world = world;
    this.filter = world.filter();
  }

  isReady(): boolean {
    return this.room > 0;
  }

  send(event: StoredEvent): void {
    const { log } = this.#world;
    this.check(event.seq - 1);
    assertEquals(event.frame, log[event.seq - 1]?.frame);
    assert(
      event.seq > (this.missing.get(event.account) ?? 0),
      `${event.seq} was reported as missing`,
    );
    assert(matches(event, this.filter), `${event.seq} does not match`);
    this.at = { epoch: this.at!.epoch, seq: event.seq };
    this.room--;
    this.received++;
    this.#actUp();
  }

  sendGap(frame: GapFrame): void {
    const { log, store } = this.#world;
    const { trimmed } = store.journal;
    const { account, from, to } = frame;
    assertEquals(frame.reason, "trimmed");
    this.check(from - 1, account);
    const { accounts } = this.filter;
    const lost = log.slice(from - 1, to).filter((event) =>
      (account === undefined || event.account === account) &&
      (accounts === "all" || accounts.has(event.account))
    );
    assert(lost.length > 0 || from <= trimmed.forgotten, "a gap of nothing");
    for (const event of lost) {
      assert(
        event.seq <= trimmed.of(event.account),
        `${event.seq} is reported as missing, and is kept`,
      );
    }
    if (account === undefined) this.at = { epoch: frame.epoch, seq: to };
    else {
      assertEquals(to, trimmed.of(account));
      assert(from > (this.missing.get(account) ?? 0), "the same gap twice");
      this.missing.set(account, to);
    }
    this.gaps++;
    this.#actUp();
  }

  onError(error: unknown): void {
    // What the model finds wrong must not pass for a broken sink.
    if (error !== this.#thrown) this.#world.wrong ??= error;
    this.cursor = undefined;
  }

  /** Nothing that it must see, of one account if it is given, lies behind what it has seen, up to a position. */
  check(upTo: number, account?: string): void {
    const { log } = this.#world;
    const at = this.at!.seq;
    assert(
      upTo >= at || account !== undefined,
      `${upTo + 1} comes after ${at}`,
    );
    for (const event of log.slice(at, upTo)) {
      assert(
        !matches(event, this.filter) ||
          account !== undefined && event.account !== account ||
          event.seq <= (this.missing.get(event.account) ?? 0),
        `${event.seq} was skipped: at ${at}, then ${upTo + 1}`,
      );
    }
  }

  open(): void {
    const { hub, store } = this.#world;
    const { epoch } = store.journal;
    const start = resumeAt(store.journal, this.at);
    this.missing.clear();
    if (start.gap !== undefined) {
      assertEquals(start.gap.reason, "epoch");
      assertEquals(start.gap.to, start.after);
    }
    this.at = { epoch, seq: start.after };
    const cursor = hub.open(this, this.filter, start.after);
    if (this.#broke) cursor.close();
    else this.cursor = cursor;
    this.#broke = false;
  }

  /** It has ended itself while it was being opened. */
  #broke = false;

  close(): void {
    if (this.cursor === undefined) this.#broke = true;
    this.cursor?.close();
    this.cursor = undefined;
  }

  move(after?: number): void {
    if (this.cursor === undefined) return;
    const { position } = this.cursor;
    this.check(position);
    this.filter = this.#world.filter();
    this.at = { epoch: this.at!.epoch, seq: after ?? position };
    if (after !== undefined && after !== position) this.missing.clear();
    this.cursor.move(this.filter, after);
  }

  /** Does while it is sent to what a sink may do. */
  #actUp(): void {
    const { chance } = this.#world;
    if (!this.#world.unruly || !chance.oneIn(20) || this.cursor === undefined) {
      return;
    }
    switch (chance.below(6)) {
      case 0:
        return this.close();
      case 1:
        return this.cursor.pump();
      case 2:
        return this.move();
      case 3:
        return this.#world.append();
      case 4:
        return this.#world.readers[0]!.cursor?.pump();
      default:
        this.#thrown = new Error("a broken sink");
        throw this.#thrown;
    }
  }
}

function matches(event: StoredEvent, { accounts, events }: Filter): boolean {
  return (accounts === "all" || accounts.has(event.account)) &&
    (events === "all" || events.has(event.event));
}

class World {
  readonly chance: Chance;
  readonly clock: FakeClock;
  readonly store: Store;
  readonly unruly: boolean;
  readonly readers: Reader[];
  hub: Hub;
  /** Every event of the journal, trimmed or not; place n at n - 1. */
  log: StoredEvent[] = [];
  wrong: unknown;
  #appends: Promise<unknown>[] = [];

  constructor(chance: Chance, clock: FakeClock, store: Store) {
    this.chance = chance;
    this.clock = clock;
    this.store = store;
    this.unruly = chance.oneIn(2);
    this.hub = this.#hub();
    this.readers = Array.from(
      { length: 1 + chance.below(5) },
      () => new Reader(this),
    );
    for (const reader of this.readers) {
      if (chance.oneIn(2)) {
        reader.at = { epoch: store.journal.epoch, seq: 0 };
      }
      reader.open();
    }
  }

  #hub(): Hub {
    const { journal } = this.store;
    // Notified before the hub, as any other watcher may be: the model.
    journal.watch((events) => this.log.push(...events));
    return new Hub(journal, {
      clock: this.clock,
      tailEvents: 1 + this.chance.below(20),
      tailChars: this.chance.oneIn(2)
        ? 1_000_000
        : 200 + this.chance.below(2000),
    });
  }

  filter(): Filter {
    const { chance } = this;
    const some = <T>(all: readonly T[]): ReadonlySet<T> =>
      new Set(all.filter(() => chance.oneIn(2)));
    return {
      accounts: chance.oneIn(2) ? "all" : some(ACCOUNTS),
      events: chance.oneIn(2) ? "all" : some<EventName>(NAMES),
    };
  }

  append(): void {
    const { chance } = this;
    const events = chance.some(
      chance.oneIn(20) ? 600 : 12,
      (): NewEvent => {
        // One account sends more than the others.
        const account = chance.oneIn(2) ? ACCOUNTS[0]! : chance.oneOf(ACCOUNTS);
        const event = chance.oneOf(NAMES);
        return event === "presence"
          ? {
            account,
            at: this.clock.now(),
            event,
            data: { from: "10009", status: "online" },
          }
          : {
            account,
            at: this.clock.now(),
            event,
            data: { from: "10009", text: "x".repeat(chance.below(40)) },
          };
      },
    );
    this.#appends.push(this.store.journal.append({ events }));
  }

  async settle(): Promise<void> {
    await this.store.settled();
    await Promise.all(this.#appends.splice(0));
    await this.store.settled();
    await Promise.all(this.#appends.splice(0));
    if (this.wrong !== undefined) throw this.wrong;
  }

  async step(): Promise<void> {
    const { chance, clock, store } = this;
    const reader = chance.oneOf(this.readers);
    switch (chance.below(12)) {
      case 0:
      case 1:
      case 2:
        this.append();
        if (!chance.oneIn(3)) await this.settle();
        return;
      case 3:
        reader.room = chance.below(20);
        return;
      case 4:
      case 5:
        reader.room = chance.oneIn(2) ? Infinity : chance.below(400);
        reader.cursor?.pump();
        return;
      case 6:
        return reader.move();
      case 7:
        return reader.move(chance.below(store.journal.head + 1));
      case 8:
        if (reader.cursor === undefined) reader.open();
        else reader.close();
        return;
      case 9:
        await this.settle();
        store.journal.trim(clock.now(), {
          days: 1e6,
          bytes: chance.below(store.journal.bytes + 1),
        });
        return;
      case 10:
        return await clock.advance(0);
      case 11:
        if (chance.oneIn(3)) await this.restart();
        return;
    }
  }

  async restart(): Promise<void> {
    await this.settle();
    for (const reader of this.readers) reader.close();
    this.hub.close();
    const { epoch } = this.store.journal;
    await this.store.reopen();
    if (this.store.journal.epoch !== epoch) this.log = [];
    this.hub = this.#hub();
    for (const reader of this.readers) {
      if (this.chance.oneIn(2)) reader.open();
    }
  }

  /** All read on to the end. */
  async finish(): Promise<void> {
    for (let rounds = 0; rounds < 200; rounds++) {
      await this.settle();
      for (const reader of this.readers) {
        reader.room = Infinity;
        if (reader.cursor === undefined) reader.open();
        reader.cursor?.pump();
      }
      await this.clock.advance(0);
      // A reader may have appended while it was sent to.
      while (this.#appends.length > 0) await this.settle();
      if (this.#isDone()) break;
    }
    assert(this.#isDone(), "readers do not come to the head");
    for (const reader of this.readers) {
      reader.check(this.store.journal.head);
      assertEquals(reader.cursor?.position, this.store.journal.head);
    }
  }

  #isDone(): boolean {
    return this.readers.every(({ cursor }) => cursor?.caughtUp);
  }
}

async function run(
  chance: Chance,
  make: (clock: FakeClock) => Store,
  operations: number,
): Promise<void> {
  const clock = new FakeClock();
  const store = make(clock);
  try {
    const world = new World(chance, clock, store);
    for (let nth = 0; nth < operations; nth++) await world.step();
    await world.finish();
    world.hub.close();
  } finally {
    await store.end();
  }
}

schedules(
  "each reader of a journal in memory gets what matches, once and in order, or a gap",
  400,
  (chance) => run(chance, (clock) => memoryStore(chance, clock), OPERATIONS),
);

schedules(
  "each reader of a journal in a file gets what matches, once and in order, or a gap",
  60,
  (chance) => run(chance, sqliteStore, OPERATIONS),
);
