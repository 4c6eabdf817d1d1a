import { createHmac } from "node:crypto";
import type { OutboundWorkers } from "../../../bridge/endpoint/outbound/workers.ts";
import { createHooks } from "../../../bridge/hook/hook.ts";
import { NO_METRICS } from "../../../bridge/ops/metrics_recorder.ts";
import type { FlagTarget } from "../../../bridge/targets/target.ts";
import { TargetService } from "../../../bridge/targets/target_service.ts";
import { MemoryTargetStore } from "../../../bridge/targets/target_store.ts";
import type { TargetChange } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeBridge, grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { answered } from "../onebot/receiver.ts";
import { HookReceiver } from "./hook_receiver.ts";

/** Webhooks before a fake bridge with one account. */
class Stage {
  readonly clock = new FakeClock();
  readonly bridge = new FakeBridge(this.clock, { uins: ["10001"] });
  readonly warnings: string[] = [];
  readonly failures: unknown[] = [];
  readonly store = new MemoryTargetStore();
  targets!: TargetService;
  hooks!: OutboundWorkers;

  constructor(flags: FlagTarget[] = []) {
    this.restart(flags);
  }

  restart(flags: FlagTarget[] = []): void {
    const { bridge, clock, store } = this;
    this.targets = new TargetService({
      store,
      flags,
      journal: bridge.journal,
      now: () => clock.now(),
    });
    this.hooks = createHooks({
      targets: this.targets,
      context: {
        bridge,
        clock,
        measures: NO_METRICS,
        onError: (error) => this.failures.push(error),
      },
      onNotice: ({ what, reason, isWarning }) => {
        if (isWarning) this.warnings.push(`${what}: ${reason}`);
      },
    });
    this.hooks.start();
  }

  set(change: TargetChange): string {
    return this.targets.set(grantOf(), change).id;
  }

  /** Lets the clock run, except while a request is under way. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await answered();
      if (isSo()) return;
      await this.clock.advance(500);
    }
  }

  async end(): Promise<void> {
    await answered();
    const ending = this.hooks.stop();
    await this.until(() => true);
    await ending;
    assertEquals(this.failures, []);
  }
}

Deno.test("hook: posts each event in order, as its frame with the epoch, and signs it", async () => {
  await using receiver = new HookReceiver();
  const stage = new Stage();
  await stage.bridge.push();
  stage.set({
    kind: "hook",
    url: receiver.url,
    accessToken: "token",
    secret: "sign",
  });
  const pushed = [await stage.bridge.push(), await stage.bridge.push()];
  await stage.until(() => receiver.frames.length === 2);
  const { epoch } = stage.bridge.journal;
  for (const [index, { headers, text, frame }] of receiver.frames.entries()) {
    const event = pushed[index]!;
    assertEquals(frame, { ...JSON.parse(event.frame), epoch });
    assertEquals(headers.get("content-type"), "application/json");
    assertEquals(headers.get("authorization"), "Bearer token");
    assertEquals(headers.get("tqq-position"), `${epoch}:${event.seq}`);
    const timestamp = headers.get("tqq-timestamp")!;
    assertEquals(Number(timestamp), Math.floor(stage.clock.now() / 1000));
    assertEquals(
      headers.get("tqq-signature"),
      `sha256=${
        createHmac("sha256", "sign").update(`${timestamp}.${text}`).digest(
          "hex",
        )
      }`,
    );
  }
  const [ping] = receiver.posted;
  assertEquals([ping!.frame, ping!.headers.get("tqq-position")], [
    { type: "ping" },
    null,
  ]);
  await stage.end();
});

Deno.test("hook: posts an event again after 1 s doubling to 60 s, with a new time", async () => {
  await using receiver = new HookReceiver();
  const stage = new Stage();
  stage.set({ kind: "hook", url: receiver.url });
  await stage.until(() => receiver.posted.length === 1);
  const times: number[] = [];
  receiver.answer = ({ frame }) => {
    // Pings fail as well: the receiver is not itself.
    if (frame.type === "ping") return 503;
    times.push(stage.clock.now());
    return times.length < 10 ? 503 : 204;
  };
  await stage.bridge.push();
  await stage.bridge.push();
  await stage.until(() => receiver.frames.length === 11);
  assertEquals(receiver.seqs, [...Array(10).fill(1), 2]);
  const waits = times.slice(1, 10).map((at, n) =>
    Math.round((at - times[n]!) / 1000)
  );
  assertEquals(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
  const stamps = receiver.frames.map(({ headers }) =>
    Number(headers.get("tqq-timestamp"))
  );
  assert(stamps[9]! - stamps[0]! >= 200);
  assertEquals(stage.warnings, []);
  await stage.end();
});

Deno.test("hook: skips an event that is refused five times by a receiver that takes a ping", async () => {
  await using receiver = new HookReceiver();
  const stage = new Stage();
  stage.set({ kind: "hook", url: receiver.url });
  receiver.answer = ({ frame }) => frame.seq === 1 ? 400 : 200;
  await stage.bridge.push();
  await stage.bridge.push();
  await stage.until(() => receiver.seqs.includes(2));
  assertEquals(receiver.seqs, [1, 1, 1, 1, 1, 2]);
  assertEquals(stage.warnings, ["event 1 skipped: status 400"]);
  const [target] = stage.targets.list(grantOf(), {}).targets;
  assertEquals(target?.lastError?.code, "refused_event");
  await stage.end();
});

Deno.test("hook: 410 disables a stored target, and not that of a flag", async () => {
  await using receiver = new HookReceiver();
  const flag = { kind: "hook", url: `${receiver.url}&flag` } as const;
  const stage = new Stage([{
    ...flag,
    url: `http://127.0.0.1:${receiver.port}/flag`,
  }]);
  receiver.answer = () => 410;
  const id = stage.set({ kind: "hook", url: receiver.url });
  await stage.until(() => stage.store.get(id)?.isEnabled === false);
  assertEquals(stage.warnings, ["disabled by its receiver: status 410"]);
  receiver.answer = () => 204;
  const before = receiver.posted.length;
  await stage.bridge.push();
  await stage.until(() => receiver.frames.length > 0);
  await stage.clock.advance(5000);
  await answered();
  assertEquals(
    [
      receiver.posted.length - before,
      stage.targets.list(grantOf(), {}).targets
        .map(({ from, enabled }) => [from, enabled]).sort(),
    ],
    [1, [["flag", true], ["store", false]]],
  );
  await stage.end();
});

Deno.test("hook: posts a gap before what follows it, once, across restarts", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const stage = new Stage();
  stage.set({ kind: "hook", url });
  await stage.clock.advance(1000);
  for (let n = 0; n < 5; n++) await stage.bridge.push();
  await stage.until(() =>
    stage.bridge.journal.consumersOf("/hook/").length > 0
  );
  await stage.end();
  stage.bridge.journal.trimTo(4);
  stage.restart();
  await stage.clock.advance(1000);
  await stage.end();
  await using receiver = new HookReceiver(port);
  stage.restart();
  await stage.until(() => receiver.frames.length === 3);
  assertEquals(
    receiver.frames.map(({ frame }) => [frame.type, frame.seq ?? frame.to]),
    [["gap", 3], ["event", 4], ["event", 5]],
  );
  assertEquals(
    receiver.frames[0]!.headers.get("tqq-position"),
    `${stage.bridge.journal.epoch}:3`,
  );
  await stage.end();
});

Deno.test("hook: posts only the events of its filters, and the position moves over the others", async () => {
  await using receiver = new HookReceiver();
  const stage = new Stage();
  stage.set({ kind: "hook", url: receiver.url, events: ["account"] });
  await stage.until(() => receiver.posted.length === 1);
  await stage.bridge.push();
  await stage.bridge.push("10001", "account.state", {
    state: "replaced",
    since: "2026-01-01T00:00:00.000Z",
    reason: "logged in elsewhere",
    action: "wait",
  });
  await stage.bridge.push();
  const [consumer] = stage.bridge.journal.consumersOf("/hook/");
  await stage.until(() => stage.bridge.journal.position(consumer!) === 3);
  assertEquals(receiver.seqs, [2]);
  assertEquals(receiver.frames[0]!.frame.data.reason, "logged in elsewhere");
  await stage.end();
});

async function freePort(): Promise<number> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return await Promise.resolve(listener.addr.port);
}
