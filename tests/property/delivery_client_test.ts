import { BridgeClient } from "../../lib/bridge_client/bridge_client.ts";
import type { EventFrame, GapFrame, Position } from "../../mod.ts";
import { matchesEvent } from "../../lib/frames/events.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock, settle } from "../support/fake_clock.ts";
import { sleep } from "../../lib/clock.ts";
import { Network, TOKEN } from "./delivery_link.ts";
import { schedules } from "./schedules.ts";
import type { Chance } from "./seeded.ts";

const ACCOUNTS = ["10001", "10002"];
const NAMES = ["message", "friend.added"] as const;
const CONSUMER = "test/c";
const STEPS = 60;

/** One process that follows the bridge: its loop, and the model of what that must be given. */
class Follower {
  readonly #world: World;
  readonly #client: BridgeClient;
  readonly #controller = new AbortController();
  /** All that matches was seen up to here, or reported in a gap. */
  at: Position;
  /** By epoch and account: up to where a gap was reported of that account alone. */
  readonly missing = new Map<string, number>();
  taken = 0;
  gaps = 0;
  pauseMs = 0;
  wrong: unknown;
  readonly #done: Promise<void>;
  /** What the processes before were done with: it may come again, or not. */
  readonly #handledBefore: Position | undefined;
  readonly #asks: boolean;
  #isWelcomed = false;

  constructor(
    world: World,
    at: Position,
    after: Position | undefined,
    handledBefore?: Position,
  ) {
    const { accounts, chance, clock, consumer, events, network } = world;
    this.#world = world;
    this.#handledBefore = handledBefore;
    this.#asks = after !== undefined;
    this.at = at;
    this.#client = new BridgeClient({
      url: "ws://bridge.test/ws",
      token: TOKEN,
      WebSocket: network.Socket,
      clock,
      random: () => chance.below(1000) / 1000,
      backoff: { minMs: 100, maxMs: 2000 },
      maxQueued: chance.oneOf([2, 10, 1024]),
      onStatus: (status) => {
        if (status.state === "open") this.#welcomed(status.welcome.after!);
      },
      ...(accounts === undefined ? {} : { accounts }),
      ...(events === undefined ? {} : { events }),
      ...(after === undefined ? {} : { after }),
      ...(consumer ? { consumer: "c" } : {}),
    });
    this.#done = this.#run().catch((error) => {
      this.wrong = error;
    });
  }

  /** What a next process may begin behind. */
  get saved(): Position | undefined {
    return this.#client.handled;
  }

  /** Without a position of its own it begins at the bridge's, which may have moved since. */
  #welcomed(after: Position): void {
    if (this.#world.consumer && !this.#asks && !this.#isWelcomed) {
      try {
        if (after.seq > this.at.seq) this.check(after.seq);
      } catch (error) {
        this.wrong = error;
      }
      this.at = after;
    }
    this.#isWelcomed = true;
  }

  /** Whether the bridge's position is one of this process. */
  get isKept(): boolean {
    return !this.#asks || this.#isWelcomed;
  }

  /** What a next process of the same consumer need not be given again. */
  get handledBefore(): Position | undefined {
    const { saved } = this;
    const before = this.#handledBefore;
    // Behind a position that it asked for, nothing of before is left.
    if (this.#asks && this.isKept || before === undefined) return saved;
    if (saved === undefined) return before;
    return saved.epoch === before.epoch && saved.seq < before.seq
      ? before
      : saved;
  }

  /** The process is killed, at whatever it does. */
  async kill(): Promise<void> {
    this.#controller.abort();
    const closing = this.#client.close();
    await this.#world.clock.advance(3000);
    await closing;
    await this.#done;
  }

  async #run(): Promise<void> {
    const { chance, clock } = this.#world;
    const { signal } = this.#controller;
    while (!signal.aborted) {
      for await (const frame of this.#client) {
        if (signal.aborted) return;
        this.#take(frame);
        if (this.pauseMs > 0 && chance.oneIn(3)) {
          await sleep(clock, chance.below(this.pauseMs), signal).catch(
            () => {},
          );
        }
        if (chance.oneIn(8)) {
          this.#client.acknowledge();
          assertEquals(this.#client.handled, this.at);
        }
        if (chance.oneIn(20)) break;
      }
    }
  }

  #take(frame: EventFrame | GapFrame): void {
    const { journal } = this.#world.network;
    const before = this.#client.handled;
    assert(
      before === undefined || before.epoch !== this.at.epoch ||
        before.seq <= this.at.seq,
      "handled is ahead of what was handed out",
    );
    if (frame.type === "event") this.#takeEvent(frame);
    else this.#takeGap(frame);
    this.taken++;
    assertEquals(this.#client.position, this.at, "position");
    assert(this.at.epoch !== journal.epoch || this.at.seq <= journal.head);
  }

  #takeEvent(frame: EventFrame): void {
    const { logs } = this.#world;
    const { epoch, seq } = this.at;
    assert(frame.seq > seq, `${frame.seq} comes after ${seq}`);
    this.check(frame.seq - 1);
    assertEquals(frame, logs.get(epoch)![frame.seq - 1]);
    assert(this.#world.matches(frame), `${frame.seq} does not match`);
    this.at = { epoch, seq: frame.seq };
  }

  #takeGap(frame: GapFrame): void {
    this.gaps++;
    this.#assertTrimmed(frame);
    if (frame.account !== undefined) {
      this.missing.set(`${frame.epoch} ${frame.account}`, frame.to);
      return;
    }
    if (frame.reason === "epoch") {
      // Again, where more of it was trimmed before the loop was done with the first.
      const isNew = frame.epoch !== this.at.epoch || frame.to > this.at.seq;
      assert(isNew, "an epoch begins once");
      assertEquals(frame.from, 1);
    } else {
      assertEquals(frame.reason, "trimmed");
      assertEquals(frame.epoch, this.at.epoch);
      assert(frame.to > this.at.seq, "a gap that was passed already");
      // A consumer's bridge may not know yet all that was seen.
      if (frame.from - 1 > this.at.seq) this.check(frame.from - 1);
    }
    this.at = { epoch: frame.epoch, seq: frame.to };
  }

  /** What a gap reports as missing is not kept any more. */
  #assertTrimmed({ account, epoch, from, to }: GapFrame): void {
    const { journal } = this.#world.network;
    if (epoch !== journal.epoch) return;
    for (const event of this.#world.logs.get(epoch)!.slice(from - 1, to)) {
      if (account !== undefined && event.account !== account) continue;
      assert(
        !this.#world.matches(event) ||
          event.seq <= journal.trimmed.of(event.account),
        `${event.seq} is reported as missing, and is kept`,
      );
    }
  }

  /** Nothing that matches lies behind what was seen, up to a place. */
  check(upTo: number): void {
    const { epoch } = this.at;
    const before = this.#handledBefore;
    const seq = !this.#asks && before?.epoch === epoch
      ? Math.max(this.at.seq, before.seq)
      : this.at.seq;
    for (const event of this.#world.logs.get(epoch)!.slice(seq, upTo)) {
      const missing = this.missing.get(`${epoch} ${event.account}`) ?? 0;
      assert(
        !this.#world.matches(event) || event.seq <= missing,
        `${event.seq} of ${epoch} was skipped: at ${seq}, resumed at ${
          upTo + 1
        }`,
      );
    }
  }
}

class World {
  readonly chance: Chance;
  readonly clock = new FakeClock();
  readonly network: Network;
  readonly consumer: boolean;
  readonly accounts: string[] | undefined;
  readonly events: string[] | undefined;
  /** Every event of each journal; place n at n - 1. */
  readonly logs = new Map<string, EventFrame[]>();
  follower: Follower;
  #lost = false;

  constructor(chance: Chance, consumer: boolean) {
    this.chance = chance;
    this.consumer = consumer;
    this.accounts = chance.oneIn(2) ? undefined : ["10001"];
    this.events = chance.oneIn(2)
      ? undefined
      : [chance.oneOf(["message", "friend"])];
    this.network = new Network(chance, this.clock);
    this.#keep();
    const { journal } = this.network;
    const at = { epoch: journal.epoch, seq: 0 };
    if (consumer) journal.seen(CONSUMER);
    this.follower = new Follower(this, at, consumer ? undefined : at);
  }

  matches({ account, event }: EventFrame): boolean {
    return (this.accounts?.includes(account) ?? true) &&
      (this.events?.some((name) => matchesEvent(event, name)) ?? true);
  }

  #keep(): void {
    const { journal } = this.network;
    const log: EventFrame[] = [];
    this.logs.set(journal.epoch, log);
    journal.watch((events) =>
      log.push(...events.map(({ frame }) => JSON.parse(frame)))
    );
  }

  append(): void {
    const { chance, clock, network } = this;
    const events = chance.some(chance.oneIn(8) ? 300 : 12, () => ({
      account: chance.oneOf(ACCOUNTS),
      at: clock.now(),
      event: chance.oneOf(NAMES),
      data: { from: "10009", text: "x".repeat(chance.below(60)) },
    }));
    void network.journal.append({ events });
  }

  async step(): Promise<void> {
    const { chance, clock, network } = this;
    switch (chance.below(12)) {
      case 0:
      case 1:
      case 2:
      case 3:
        if (network.bridge !== undefined) this.append();
        break;
      case 4:
        for (const link of [...network.links]) link.cut();
        break;
      case 5:
        this.follower.pauseMs = chance.oneOf([0, 0, 50, 3000]);
        break;
      case 6:
        if (chance.oneIn(3)) {
          const { journal } = network;
          const { head, oldest } = journal;
          journal.trimTo(oldest + chance.below(head - oldest + 2));
        }
        break;
      case 7:
        if (chance.oneIn(2)) this.#restartBridge();
        break;
      case 8:
        if (chance.oneIn(3)) await this.#restartFollower();
        break;
      case 9:
        await clock.advance(chance.below(40_000));
        break;
      default:
        await clock.advance(chance.below(500));
    }
    await settle();
    if (this.follower.wrong !== undefined) throw this.follower.wrong;
  }

  #restartBridge(): void {
    const { chance, network } = this;
    if (network.bridge === undefined) return network.start();
    // A consumer that was never welcomed has no position to be sent a gap for.
    const losesJournal = chance.oneIn(4) && this.follower.saved !== undefined;
    network.kill({ losesJournal });
    if (losesJournal) {
      this.#lost = true;
      this.#keep();
    }
    if (chance.oneIn(2)) network.start();
  }

  async #restartFollower(): Promise<void> {
    const before = this.follower;
    const { saved } = before;
    if (!this.consumer) {
      await before.kill();
      if (before.wrong !== undefined) throw before.wrong;
      const at = saved ?? before.at;
      this.follower = new Follower(this, at, at);
      return;
    }
    // A consumer's next process knows no other journal than the bridge's.
    if (this.#lost) return;
    await before.kill();
    if (before.wrong !== undefined) throw before.wrong;
    const { journal } = this.network;
    const kept = journal.position(CONSUMER)!;
    // It may be moved over what the filter leaves out, and over nothing else.
    if (kept > before.at.seq && before.isKept) before.check(kept);
    if (this.chance.oneIn(3)) {
      // It asks for a position of its own, perhaps far behind the kept one.
      const at = { epoch: journal.epoch, seq: this.chance.below(kept + 1) };
      this.follower = new Follower(this, at, at, before.handledBefore);
      return;
    }
    const at = { epoch: journal.epoch, seq: kept };
    this.follower = new Follower(this, at, undefined, before.handledBefore);
  }

  async finish(): Promise<void> {
    const { clock, network } = this;
    if (network.bridge === undefined) network.start();
    this.follower.pauseMs = 0;
    const { journal } = network;
    const last = () =>
      this.logs.get(journal.epoch)!.findLast((event) => this.matches(event));
    for (let seconds = 0; seconds < 3000; seconds++) {
      await clock.advance(1000);
      if (this.follower.wrong !== undefined) throw this.follower.wrong;
      const { at } = this.follower;
      const seq = Math.max(last()?.seq ?? 0, 0);
      if (at.epoch === journal.epoch && at.seq >= seq) break;
    }
    const { at } = this.follower;
    assertEquals(at.epoch, journal.epoch, "the new journal was never read");
    this.follower.check(journal.head);
    await this.follower.kill();
    network.stop();
    // Positions that are being written.
    await clock.advance(3000);
    const unexpected = network.failures.filter((error) =>
      !(error instanceof Error && error.message === "full disk")
    );
    assertEquals(unexpected, []);
  }
}

for (const consumer of [false, true]) {
  schedules(
    `BridgeClient's loop gets each event once and in order over a link that breaks, ${
      consumer ? "as a consumer" : "by its position"
    }`,
    150,
    async (chance) => {
      const world = new World(chance, consumer);
      for (let nth = 0; nth < STEPS; nth++) await world.step();
      await world.finish();
    },
  );
}
