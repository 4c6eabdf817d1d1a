import {
  Ownership,
  TTL_MS,
} from "../../../../bridge/cluster/members/ownership.ts";
import type { Control } from "../../../../bridge/cluster/members/membership.ts";
import { SHARDS } from "../../../../bridge/cluster/members/shards.ts";
import { assertEquals } from "@std/assert";
import { ControlLog, ControlLogNode } from "../../../support/control_log.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const NODE = "a91c22d0", OTHER = "b02d33e1";

/** One node alone with its log. */
class Stage {
  readonly clock = new FakeClock();
  readonly log = new ControlLog();
  readonly node = new ControlLogNode(this.log, this.clock, () => 1);
  /** What was called, in order. */
  readonly calls: string[] = [];
  /** Added to the wall clock only. */
  suspendedMs = 0;
  readonly ownership: Ownership;

  constructor() {
    const { clock, calls } = this;
    this.ownership = new Ownership({
      log: this.node,
      node: NODE,
      folder: "folder",
      version: 1,
      clock: {
        now: () => clock.now() + this.suspendedMs,
        after: (delayMs, run) => clock.after(delayMs, run),
      },
      monotonic: () => clock.now(),
      onStart: (shards) => calls.push(`start ${shards.length}`),
      onStop: (shards) => {
        calls.push(`stop ${shards.length}`);
        return Promise.resolve();
      },
      onLease: (isLeased) => calls.push(isLeased ? "leased" : "lapsed"),
      onFolderTaken: (node) => calls.push(`folder taken by ${node}`),
      onError: (error) => calls.push(String(error)),
    });
    this.ownership.start();
  }

  /** What was called since the last call of this. */
  take(): string[] {
    return this.calls.splice(0);
  }
}

const join = (folder: string): Control => ({
  op: "join",
  node: OTHER,
  folder,
  version: 1,
  edge: false,
});

const CASES: Record<string, (stage: Stage) => Promise<void>> = {
  async "starts all shards alone, and beats twelve times within the TTL"(
    stage,
  ) {
    assertEquals(stage.take(), ["leased", `start ${SHARDS}`]);
    const before = stage.log.records.length;
    await stage.clock.advance(TTL_MS);
    const beats = stage.log.records.slice(before);
    assertEquals(beats.map(({ op }) => op), Array(beats.length).fill("beat"));
    assertEquals(beats.length >= 11 && beats.length <= 12, true);
    assertEquals(stage.take(), []);
  },
  async "stops before 0.8 of the TTL is over without the log, and starts again with it"(
    stage,
  ) {
    stage.take();
    stage.node.isCut = true;
    await stage.clock.advance(0.8 * TTL_MS);
    assertEquals(stage.ownership.owns(0), false);
    assertEquals(Math.round(stage.ownership.cutOffMs / 1000), 11);
    await stage.clock.advance(250);
    assertEquals(stage.take(), ["lapsed", `stop ${SHARDS}`]);
    stage.node.isCut = false;
    await stage.clock.advance(3000);
    assertEquals(stage.take(), ["leased", `start ${SHARDS}`]);
    assertEquals(stage.ownership.cutOffMs < 2000, true);
  },
  async "keeps its lease when the log stands still for 9.5 s, whenever that begins"(
    stage,
  ) {
    stage.take();
    for (let phaseMs = 0; phaseMs < 2000; phaseMs += 250) {
      await stage.clock.advance(TTL_MS + phaseMs);
      stage.node.isCut = true;
      await stage.clock.advance(9500);
      stage.node.isCut = false;
    }
    await stage.clock.advance(2000);
    assertEquals(stage.take(), []);
  },
  async "keeps its lease when a heartbeat is never answered"(stage) {
    stage.take();
    const { node } = stage;
    const control = node.control.bind(node);
    let lost = 0;
    node.control = (one) =>
      one.op === "beat" && lost++ === 0
        ? new Promise<void>(() => {})
        : control(one);
    await stage.clock.advance(30_000);
    assertEquals([lost > 10, stage.take()], [true, []]);
  },
  async "has at most twelve heartbeats under way"(stage) {
    let sent = 0;
    stage.node.control = () => {
      sent++;
      return new Promise<void>(() => {});
    };
    await stage.clock.advance(60_000);
    assertEquals(sent, 12);
  },
  async "leaves after a join that was under way"(stage) {
    const { node, log } = stage;
    const control = node.control.bind(node);
    const held = Promise.withResolvers<void>();
    node.control = async (one) => {
      if (one.op === "join") await held.promise;
      await control(one);
    };
    log.append({
      op: "dead",
      node: NODE,
      beat: node.membership.member(NODE)!.beat,
    });
    await stage.clock.advance(1000);
    const left = stage.ownership.leave();
    await stage.clock.advance(10);
    assertEquals(log.records.at(-1)!.op, "dead");
    held.resolve();
    await stage.clock.advance(10);
    await left;
    assertEquals(log.records.slice(-2).map(({ op }) => op), ["join", "leave"]);
    assertEquals(node.membership.members(), []);
  },
  async "stops when the machine was suspended"(stage) {
    stage.take();
    stage.suspendedMs = 60_000;
    await stage.clock.advance(250);
    assertEquals(stage.take(), ["lapsed", `stop ${SHARDS}`]);
    await stage.clock.advance(3000);
    assertEquals(stage.take(), ["leased", `start ${SHARDS}`]);
  },
  async "stops and joins again when it was declared dead"(stage) {
    stage.take();
    const { beat } = stage.node.membership.member(NODE)!;
    stage.log.append({ op: "dead", node: NODE, beat });
    await stage.clock.advance(2);
    assertEquals(stage.take(), ["lapsed", `stop ${SHARDS}`]);
    await stage.clock.advance(1000);
    assertEquals(stage.take(), ["leased", `start ${SHARDS}`]);
  },
  async "gives up what another node shall own, and takes it back when that is silent"(
    stage,
  ) {
    stage.take();
    stage.log.append(join("another folder"));
    await stage.clock.advance(1000);
    const moved = Array.from({ length: SHARDS }, (_, shard) => shard)
      .filter((shard) => stage.node.membership.wanted(shard) === OTHER).length;
    assertEquals(stage.take(), [`stop ${moved}`]);
    assertEquals(stage.ownership.active.length, SHARDS - moved);
    await stage.clock.advance(TTL_MS - 2000);
    assertEquals(stage.ownership.active.length, SHARDS - moved);
    await stage.clock.advance(2000);
    assertEquals(stage.take(), [`start ${moved}`]);
  },
  async "ends for good when another process joins with its folder"(stage) {
    stage.take();
    stage.log.append(join("folder"));
    await stage.clock.advance(30_000);
    assertEquals(stage.take(), [
      `stop ${SHARDS}`,
      "lapsed",
      `folder taken by ${OTHER}`,
    ]);
    assertEquals(stage.log.records.at(-1), join("folder"));
  },
  async "joins although the join of an ended process of its folder arrives late"(
    stage,
  ) {
    stage.take();
    const { beat } = stage.node.membership.member(NODE)!;
    stage.log.append({ op: "dead", node: NODE, beat });
    await stage.clock.advance(2);
    stage.log.append(join("folder"));
    await stage.clock.advance(1000);
    assertEquals(stage.take(), [
      "lapsed",
      `stop ${SHARDS}`,
      "leased",
      `start ${SHARDS}`,
    ]);
    assertEquals(stage.node.membership.member(OTHER), undefined);
  },
  async "leaves after everything has stopped"(stage) {
    stage.take();
    const left = stage.ownership.leave();
    assertEquals(stage.take(), [`stop ${SHARDS}`]);
    await stage.clock.advance(10);
    await left;
    assertEquals(stage.take(), ["lapsed"]);
    assertEquals(stage.log.records.at(-1), { op: "leave", node: NODE });
    assertEquals(stage.node.membership.members(), []);
    await stage.clock.advance(30_000);
    assertEquals(stage.log.records.at(-1), { op: "leave", node: NODE });
  },
};

for (const [name, run] of Object.entries(CASES)) {
  Deno.test(`ownership: ${name}`, async () => {
    const stage = new Stage();
    await stage.clock.advance(250);
    await run(stage);
    await stage.ownership.abandon();
  });
}
