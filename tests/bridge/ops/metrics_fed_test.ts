/** Every metric that is declared is moved by what it counts: the program's parts, and what clients do to them. @module */

import { systemSources } from "../../../bridge/cli/terminal.ts";
import { startProgram } from "../../../bridge/cli/program/program.ts";
import { parseConfig } from "../../../bridge/config/config.ts";
import { openJournal } from "../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../bridge/journal/sqlite/sqlite_journal.ts";
import { createLog } from "../../../bridge/ops/log.ts";
import { Metrics } from "../../../bridge/ops/metrics.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DEMO_TOKEN, DemoBridge } from "../../support/demo_bridge.ts";
import { RawSocket } from "../../support/raw_socket.ts";

const TOKEN = "a-token-of-this-test";

/** Metrics that do not move here, and what holds them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  tqq_info: "says the same for ever",
  tqq_start_time_seconds: "says the same for ever",
  tqq_journal_append_failures_total: "the test below",
  tqq_journal_writable: "tests/bridge/gateway/metrics_test.ts",
  tqq_journal_oldest: "tests/bridge/gateway/metrics_test.ts",
  tqq_disk_free_bytes: "the test of the disk below",
  tqq_cluster_members: "tests/bridge/cluster/nodes_test.ts",
  tqq_cluster_shards_owned: "tests/bridge/cluster/nodes_test.ts",
  tqq_cluster_applied_index: "tests/bridge/cluster/nodes_test.ts",
  tqq_cluster_log_lost: "says 0 while the log is whole",
  tqq_cluster_lapses_total: "tests/bridge/cluster/nodes_test.ts",
  tqq_cluster_lag_records: "tests/contract/replicated_log_suite.ts",
  tqq_cluster_append_seconds: "tests/bridge/cluster/nodes_test.ts",
  tqq_cluster_renewals_total: "tests/bridge/cluster/nodes_test.ts",
  tqq_cluster_takeovers_total: "tests/bridge/cluster/nodes_test.ts",
  tqq_cluster_calls_total: "tests/bridge/cluster/nodes_test.ts",
  tqq_refusals_total: "tests/bridge/http_server/refusals_test.ts",
  tqq_targets: "tests/bridge/targets/target_program_test.ts",
  tqq_slow_closes_total: "tests/bridge/gateway/event_stream_test.ts",
  tqq_unhandled_errors_total: "tests/bridge/cli/last_resort_test.ts",
};

/** Those that nothing here moves before the end. */
const EXPECTED_LATER: ReadonlySet<string> = new Set([
  ...Object.keys(ELSEWHERE),
  "tqq_closes_total",
]);

/** The value of each line, by its name with labels. */
function valuesOf(text: string): Map<string, number> {
  return new Map(
    text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => {
        const at = line.lastIndexOf(" ");
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
  );
}

Deno.test("metrics: what clients do moves each, with a data folder", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await movesEach(`--data=${folder}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("metrics: what clients do moves each, in memory", async () => {
  await movesEach("--memory");
});

Deno.test("metrics: the free space of the disk is reported while it is known", async () => {
  const metrics = new Metrics("0");
  const name = "tqq_disk_free_bytes";
  metrics.watchDisk(() => 4096);
  assertEquals(valuesOf(await metrics.text()).get(name), 4096);
  metrics.watchDisk(() => {
    throw new Error("not permitted");
  });
  assertEquals(valuesOf(await metrics.text()).get(name), undefined);
});

Deno.test("metrics: at the edge a batch has its time", async () => {
  await using demo = await DemoBridge.start();
  const response = await fetch(
    `${demo.http}/metrics?access_token=${DEMO_TOKEN}`,
  );
  const values = valuesOf(await response.text());
  assert(values.get("tqq_journal_append_seconds_count")! > 0);
});

async function movesEach(storage: string): Promise<void> {
  const config = parseConfig("serve", {
    ...systemSources([
      storage,
      "--listen=127.0.0.1:0",
      "--qq-listen=127.0.0.1:0",
      "--qq-send-gap-ms=0",
    ]),
    env: (name) => name === "TQQ_TOKEN" ? TOKEN : undefined,
  });
  if ("asked" in config) throw new TypeError("nothing was asked");
  const program = await startProgram(config, createLog({ write: () => {} }));
  const { http } = program;
  const read = async () => {
    const response = await fetch(`${http}/metrics?access_token=${TOKEN}`);
    return await response.text();
  };
  const moved = new Set<string>();
  const isOnline = /^tqq_accounts\{state="online"\} 2$/m;
  let first = await read();
  while (!isOnline.test(first)) first = await read();
  const names = [...first.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
  const before = valuesOf(first);
  const look = async () => {
    for (const [line, value] of valuesOf(await read())) {
      const name = line.replace(/\{.*/, "").replace(/_(bucket|sum|count)$/, "");
      if (value !== (before.get(line) ?? 0)) moved.add(name);
    }
  };
  try {
    using socket = await RawSocket.open(
      Number(new URL(http).port),
      `/ws?access_token=${TOKEN}&after=elsewhere:1&consumer=slow`,
    );
    const wrong = fetch(`${http}/metrics?access_token=wrong`);
    for (let sent = 0; sent < 3; sent++) {
      await socket.send({
        type: "command",
        id: sent,
        account: "10001",
        command: "send",
        params: { to: "10000", text: "hello" },
      });
    }
    await socket.send({
      type: "command",
      id: "logout",
      account: "10002",
      command: "logout",
      params: {},
    });
    // The echo's mail comes when it comes, an outbox is not full for long: looked at again and again.
    while (
      names.some((name) => !moved.has(name) && !EXPECTED_LATER.has(name))
    ) {
      await look();
    }
    assertEquals((await wrong).status, 401);
    await wrong.then((response) => response.body?.cancel());
    await socket.frame(2, "binary");
    assertEquals(await socket.closeCode(), 1003);
    while (!moved.has("tqq_closes_total")) await look();
    // The first message after a start waits as if another had gone before it.
    const sent = 'tqq_commands_total{command="send",code="ok"}';
    let last = valuesOf(await read());
    while (!last.has(sent)) last = valuesOf(await read());
    assertEquals(last.get("tqq_journal_writable"), 1);
    assertEquals(last.get('tqq_gaps_total{reason="epoch"}'), 1);
    // The others wait: a second lies between two.
    assert(last.get(sent)! >= 1);
    assert(last.get('tqq_events_total{event="message.sent"}')! >= 1);
    for (const name of Object.keys(ELSEWHERE)) assert(names.includes(name));
  } finally {
    await program.close();
  }
}

Deno.test("metrics: a batch that is on disk has its time, one that cannot be is counted", async () => {
  const metrics = new Metrics("0");
  const database = openJournal(":memory:");
  const journal = new SqliteJournal(database, {
    onAppend: (seconds) => metrics.appended(seconds),
    onAppendError: () => metrics.appendFailed(),
  });
  const append = () =>
    journal.append({
      events: [{
        account: "10001",
        event: "message",
        at: 0,
        data: { from: "10002", text: "hi" },
      }],
    });
  await append();
  database.exec("PRAGMA query_only = ON");
  await assertRejects(append);
  const values = valuesOf(await metrics.text());
  assertEquals(values.get("tqq_journal_append_seconds_count"), 1);
  assert(values.get("tqq_journal_append_seconds_sum")! > 0);
  assertEquals(values.get("tqq_journal_append_failures_total"), 1);
  await journal.close();
});
