import { Ownership } from "../../bridge/cluster/members/ownership.ts";
import { SHARDS } from "../../bridge/cluster/members/shards.ts";
import { assertEquals } from "@std/assert";
import { ControlLog, ControlLogNode, Machine } from "../support/control_log.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";
import { schedules } from "./schedules.ts";
import type { Chance } from "./seeded.ts";

const TTL_MS = 12_000;

/** One node, or what is left of it. */
class Node {
  readonly machine: Machine;
  readonly log: ControlLogNode;
  readonly ownership: Ownership;
  /** Shards of which something still acts, although it was stopped. */
  readonly lingering = new Set<number>();
  isDead = false;

  constructor(id: string, world: World) {
    const { chance, clock } = world;
    this.machine = new Machine(clock);
    this.log = new ControlLogNode(
      world.log,
      this.machine,
      () => chance.below(chance.oneIn(20) ? 2000 : 20),
    );
    this.ownership = new Ownership({
      log: this.log,
      node: id,
      folder: `folder of ${id}`,
      version: 1,
      isEdge: chance.oneIn(8),
      ttlMs: TTL_MS,
      clock: this.machine,
      monotonic: () => clock.now(),
      onStart: () => {},
      onStop: () =>
        new Promise((resolve) => {
          this.machine.after(chance.below(200), resolve);
        }),
      onFolderTaken: (node) => {
        throw new Error(`the folder of ${id} is not that of ${node}`);
      },
      onError: (error) => {
        throw error;
      },
    });
    this.ownership.start();
  }

  /** Shards for which it would send something now; a paused or dead one sends nothing. */
  acting(): number[] {
    if (this.isDead || this.machine.isPaused) return [];
    return this.ownership.active.filter((shard) => this.ownership.owns(shard));
  }

  kill(): void {
    this.isDead = true;
    this.log.isCut = true;
    this.machine.pause();
  }
}

class World {
  readonly clock = new FakeClock();
  readonly log = new ControlLog();
  readonly nodes: Node[] = [];
  readonly chance: Chance;

  constructor(chance: Chance) {
    this.chance = chance;
    for (let count = 1 + chance.below(5); count > 0; count--) this.add();
  }

  get living(): Node[] {
    return this.nodes.filter(({ isDead }) => !isDead);
  }

  add(): void {
    this.nodes.push(new Node(`node${this.nodes.length}`, this));
  }

  check(): void {
    const owners = new Map<number, number>();
    for (const [place, node] of this.nodes.entries()) {
      for (const shard of node.acting()) {
        const other = owners.get(shard);
        if (other !== undefined) {
          throw new Error(`nodes ${other} and ${place} act for shard ${shard}`);
        }
        owners.set(shard, place);
      }
    }
  }

  disturb(): void {
    const { chance } = this;
    const node = chance.oneOf(this.nodes);
    switch (chance.below(9)) {
      case 0:
        return node.machine.pause();
      case 1:
      case 2:
        if (!node.isDead) node.machine.resume();
        return;
      case 3:
        node.log.isCut = true;
        return;
      case 4:
      case 5:
        node.log.isCut = node.isDead;
        return;
      case 6:
        if (this.living.length > 1) node.kill();
        return;
      case 7:
        if (this.nodes.length < 6) this.add();
        return;
      case 8:
        if (this.living.length > 1 && !node.isDead) {
          node.ownership.leave().catch(() => {});
          node.isDead = true;
        }
    }
  }

  async run(): Promise<void> {
    for (let step = 0; step < 40; step++) {
      if (this.chance.oneIn(2)) this.disturb();
      const until = this.clock.now() + this.chance.below(6000);
      while (this.clock.now() < until) {
        await this.clock.advance(100);
        this.check();
      }
    }
    for (const node of this.living) {
      node.machine.resume();
      node.log.isCut = false;
      await settle();
      this.check();
    }
    await this.clock.advance(4 * TTL_MS);
    this.check();
    const view = this.living[0]!.log.membership;
    for (let shard = 0; shard < SHARDS; shard++) {
      const wanted = view.wanted(shard);
      assertEquals(view.owner(shard), wanted);
      const acting = this.living.filter(({ ownership }) =>
        ownership.owns(shard)
      ).map(({ log: { membership } }) => membership.owner(shard));
      assertEquals(acting, wanted === null ? [] : [wanted]);
    }
  }
}

schedules(
  "ownership: no shard has two owners, and after quiet each has the wanted one",
  10,
  (chance) => new World(chance).run(),
);
