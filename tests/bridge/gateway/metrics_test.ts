import { Metrics } from "../../../bridge/ops/metrics.ts";
import { NO_METRICS } from "../../../bridge/ops/metrics_recorder.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { FakeApp } from "../../support/fake_app.ts";
import { FakeBridge } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";

async function assertLines(metrics: Metrics, lines: string[]): Promise<void> {
  const text = "\n" + await metrics.text();
  for (const line of lines) assertStringIncludes(text, `\n${line}\n`);
}

Deno.test("Metrics: work without a bridge", async () => {
  const metrics = new Metrics("1.2.3");
  await assertLines(metrics, [
    'tqq_info{version="1.2.3"} 1',
    'tqq_accounts{state="online"} 0',
    'tqq_auth_failures_total{kind="token"} 0',
  ]);
  const text = await metrics.text();
  assertMatch(text, /^tqq_memory_bytes\{kind="rss"\} \d{6,}$/m);
  assertMatch(text, /^tqq_event_loop_delay_seconds \d/m);
  assertStringIncludes(metrics.contentType, "text/plain; version=0.0.4");
});

Deno.test("Metrics: each method changes its own line", async () => {
  const metrics = new Metrics("0");
  metrics.event("message");
  metrics.event("message");
  metrics.command("send", "ok");
  metrics.command("send", "penalised");
  metrics.poll(0);
  metrics.poll(3);
  metrics.poll("timeout");
  metrics.appended(0.004);
  metrics.appendFailed();
  metrics.connection("ws", 1);
  metrics.connection("ws", 1);
  metrics.connection("ws", -1);
  metrics.sent(2, 300);
  metrics.gap("trimmed");
  metrics.slowClose();
  metrics.closed(4003);
  metrics.authFailure();
  await assertLines(metrics, [
    'tqq_events_total{event="message"} 2',
    'tqq_commands_total{command="send",code="ok"} 1',
    'tqq_commands_total{command="send",code="penalised"} 1',
    'tqq_polls_total{outcome="empty"} 1',
    'tqq_polls_total{outcome="mail"} 1',
    'tqq_polls_total{outcome="timeout"} 1',
    "tqq_mail_items_total 3",
    'tqq_journal_append_seconds_bucket{le="0.005"} 1',
    'tqq_journal_append_seconds_bucket{le="0.002"} 0',
    "tqq_journal_append_seconds_count 1",
    "tqq_journal_append_failures_total 1",
    'tqq_connections{kind="ws"} 1',
    "tqq_sent_frames_total 2",
    "tqq_sent_bytes_total 300",
    'tqq_gaps_total{reason="trimmed"} 1',
    "tqq_slow_closes_total 1",
    'tqq_closes_total{code="4003"} 1',
    'tqq_auth_failures_total{kind="token"} 1',
  ]);
});

Deno.test("Metrics.watch() reports a bridge's events, accounts and journal until it ends", async () => {
  const metrics = new Metrics("0");
  const bridge = new FakeBridge(new FakeClock(), {
    uins: ["77770001", "77770002", "77770003"],
  });
  const unwatch = metrics.watch(bridge);
  bridge.all[2]!.state = "refused";
  await bridge.push("77770001");
  await bridge.push("77770001");
  bridge.journal.trimTo(2);
  bridge.waiting = 3;
  await assertLines(metrics, [
    'tqq_events_total{event="message"} 2',
    'tqq_accounts{state="online"} 2',
    'tqq_accounts{state="refused"} 1',
    'tqq_accounts{state="replaced"} 0',
    "tqq_outbox_commands 3",
    "tqq_journal_head 2",
    "tqq_journal_oldest 2",
    "tqq_journal_writable 1",
  ]);
  bridge.journal.failure = new Error("Cannot write: disk full");
  await assertLines(metrics, ["tqq_journal_writable 0"]);
  const text = await metrics.text();
  assert(!text.includes("7777") && !text.includes("disk full"));
  bridge.journal.failure = undefined;
  unwatch();
  await bridge.push("77770001");
  await assertLines(metrics, ['tqq_events_total{event="message"} 2']);
});

Deno.test("Metrics: two objects share nothing", async () => {
  const [one, other] = [new Metrics("0"), new Metrics("0")];
  one.authFailure();
  await assertLines(other, ['tqq_auth_failures_total{kind="token"} 0']);
});

/** Methods that only the program calls, on metrics that are there. */
const PROGRAM_ONLY =
  /^(constructor|contentType|text|sample|watch.*|cluster.*)$/;

Deno.test("NO_METRICS has every method of Metrics that a bridge calls", () => {
  for (const name of Object.getOwnPropertyNames(Metrics.prototype)) {
    assert(PROGRAM_ONLY.test(name) || name in NO_METRICS, name);
  }
});

Deno.test("metrics: /metrics is text for Prometheus, for a token that reaches all accounts", async () => {
  const app = new FakeApp();
  for (const [token, status] of [["one", 403], ["sender", 403]] as const) {
    const refused = await app.ask("/metrics", { token });
    assertEquals([refused.status, (await refused.json()).code], [
      status,
      "forbidden",
    ]);
  }
  const response = await app.ask("/metrics", { token: "all" });
  assertEquals(response.status, 200);
  assertEquals(
    response.headers.get("content-type"),
    "text/plain; version=0.0.4; charset=utf-8",
  );
  assertStringIncludes(await response.text(), "tqq_info");
});
