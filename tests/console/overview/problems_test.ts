import { assertEquals } from "@std/assert";
import {
  addSeries,
  findProblems,
  lastOf,
  type OverviewData,
} from "../../../bridge/console/src/pages/overview/problems.ts";

const WELL: OverviewData = {
  readiness: {
    status: "ready",
    reasons: [],
    journal: "durable",
    accounts: { wanted: 1, ready: 1 },
    unready: [],
  },
  counts: {
    offline: 0,
    connecting: 0,
    online: 1,
    penalised: 0,
    refused: 0,
    replaced: 0,
  },
  accountCount: 1,
  targets: [],
  consumers: [],
  figures: { stepMs: 1000, series: {} },
  version: "0.1.0",
};

const target = {
  id: "t1",
  kind: "hook",
  url: "http://127.0.0.1:1/",
  enabled: true,
  from: "store",
  states: { open: 1 },
  since: "2026-01-01T00:00:00.000Z",
  lag: 0,
  delivered: 0,
  failures: 0,
} as const;

const consumer = {
  id: "a/b",
  name: "b",
  token: "a",
  kind: "ws",
  position: 1,
  lag: 0,
  lagMs: 0,
  unacked: 0,
  lastSeenAt: "2026-01-01T00:00:00.000Z",
} as const;

function unready(problem: string, state: "refused" | "replaced" | "online") {
  return {
    readiness: {
      ...WELL.readiness,
      status: "unready" as const,
      reasons: [{ reason: problem, count: 1 }],
      unready: [{
        uin: "10001",
        nickname: "Alice",
        state,
        problem,
        since: "2026-01-01T00:00:00.000Z",
      }],
    },
  };
}

function rate(name: string, ...values: (number | null)[]) {
  return {
    figures: {
      stepMs: 1000,
      series: { [name]: { unit: "1/s" as const, values } },
    },
  };
}

const CASES: readonly [
  what: string,
  change: Partial<OverviewData>,
  expected: readonly string[],
][] = [
  ["nothing", {}, []],
  ["a refused account", unready("account_not_online", "refused"), [
    "account refused",
  ]],
  ["a replaced account", unready("account_not_online", "replaced"), [
    "account replaced",
  ]],
  ["an account that was not polled", unready("account_poll_old", "online"), [
    "account notPolled",
  ]],
  ["an account that is not online", unready("account_not_online", "online"), [
    "account notOnline",
  ]],
  ["a journal that cannot be written", {
    readiness: {
      ...WELL.readiness,
      status: "unready",
      reasons: [{ reason: "journal_not_writable", count: 1 }],
    },
  }, ["bridge journal_not_writable"]],
  ["a target that retries", {
    targets: [{ ...target, states: { open: 3, retrying: 1 } }],
  }, ["target t1"]],
  ["a disabled target", {
    targets: [{ ...target, enabled: false, states: { retrying: 1 } }],
  }, []],
  ["a consumer 1000 events behind", {
    consumers: [{ ...consumer, lag: 1000 }],
  }, []],
  ["a consumer 1001 events behind", {
    consumers: [{ ...consumer, lag: 1001 }],
  }, ["consumer a/b"]],
  ["a consumer more than a minute behind", {
    consumers: [{ ...consumer, lag: 1, lagMs: 60_001 }],
  }, ["consumer a/b"]],
  ["gaps", rate("gaps_total.trimmed", 1, null, 2), ["figure gaps 3"]],
  ["slow closes", rate("slow_closes_total", 1), ["figure slowCloses 1"]],
  ["wrong tokens", rate("auth_failures_total.token", 0, 2), [
    "figure wrongTokens 2",
  ]],
  ["failed writes", rate("journal_append_failures_total", 1), [
    "figure appendFailures 1",
  ]],
  ["another figure", rate("events_total.message", 50), []],
];

for (const [what, change, expected] of CASES) {
  Deno.test(`findProblems() of ${what}: ${expected.join() || "none"}`, () => {
    const found = findProblems({ ...WELL, ...change }).map((problem) => {
      switch (problem.kind) {
        case "bridge":
        case "account":
          return `${problem.kind} ${problem.problem}`;
        case "target":
          return `target ${problem.target.id}`;
        case "consumer":
          return `consumer ${problem.consumer.id}`;
        case "figure":
          return `figure ${problem.problem} ${problem.count}`;
      }
    });
    assertEquals(found, expected);
  });
}

Deno.test("addSeries() adds what was measured, and keeps gaps", () => {
  const figures = {
    stepMs: 1000,
    series: {
      "connections.ws": { unit: "count" as const, values: [1, null, 3, null] },
      "connections.sse": { unit: "count" as const, values: [2, null, null, 1] },
      "connection_total": { unit: "count" as const, values: [9, 9, 9, 9] },
    },
  };
  assertEquals(addSeries(figures, ["connections"]), [3, null, 3, 1]);
  assertEquals(lastOf([1, 2, null]), 2);
  assertEquals(lastOf([null]), undefined);
});
