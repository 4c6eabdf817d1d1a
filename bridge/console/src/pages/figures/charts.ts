/** The charts of the page, in groups. @module */

import type { EN } from "../../texts/en/figures.ts";

type TextName = keyof typeof EN;

export interface ChartSpec {
  /** Text of its heading, which has the unit. */
  readonly name: TextName;
  /** Name in the style sheet. */
  readonly tone: string;
  /** A line for each label of this metric. */
  readonly metric?: string;
  /** Or a line for each of these metrics, whose labels are added up. */
  readonly sums?: readonly (readonly [metric: string, name: TextName])[];
  /** What the large value is: the sum of the lines, or the largest of them. */
  readonly headline: "sum" | "most";
  /** Value from which somebody should look. */
  readonly threshold?: number;
}

export const GROUPS: readonly {
  readonly name: TextName;
  readonly charts: readonly ChartSpec[];
}[] = [
  {
    name: "traffic",
    charts: [
      {
        name: "events",
        tone: "rate",
        metric: "events_total",
        headline: "sum",
      },
      {
        name: "commands",
        tone: "commands",
        metric: "commands_total",
        headline: "sum",
      },
      { name: "polls", tone: "polls", metric: "polls_total", headline: "sum" },
    ],
  },
  {
    name: "durability",
    charts: [
      {
        name: "append",
        tone: "append",
        metric: "journal_append_seconds",
        headline: "most",
        threshold: 0.1,
      },
      {
        name: "range",
        tone: "range",
        sums: [["journal_head", "newest"], ["journal_oldest", "oldest"]],
        headline: "most",
      },
      {
        name: "bytes",
        tone: "bytes",
        metric: "journal_bytes",
        headline: "sum",
      },
      {
        name: "failures",
        tone: "failures",
        sums: [["journal_append_failures_total", "failedWrites"]],
        headline: "sum",
      },
    ],
  },
  {
    name: "clients",
    charts: [
      {
        name: "connections",
        tone: "count",
        metric: "connections",
        headline: "sum",
      },
      {
        name: "sent",
        tone: "sent",
        sums: [["sent_bytes_total", "sentBytes"]],
        headline: "sum",
      },
      {
        name: "troubles",
        tone: "troubles",
        sums: [
          ["gaps_total", "gaps"],
          ["slow_closes_total", "slowCloses"],
          ["auth_failures_total", "wrongTokens"],
        ],
        headline: "sum",
      },
      {
        name: "lag",
        tone: "lag",
        sums: [["consumer_lag_events", "largestLag"]],
        headline: "most",
        threshold: 1000,
      },
    ],
  },
  {
    name: "accounts",
    charts: [{
      name: "accountStates",
      tone: "accounts",
      metric: "accounts",
      headline: "sum",
    }],
  },
  {
    name: "process",
    charts: [
      {
        name: "memory",
        tone: "memory",
        metric: "memory_bytes",
        headline: "most",
      },
      {
        name: "delay",
        tone: "delay",
        sums: [["event_loop_delay_seconds", "loopDelay"]],
        headline: "most",
        threshold: 0.1,
      },
    ],
  },
];

/** What this page measures itself. */
export const LATENCY: ChartSpec = {
  name: "latency",
  tone: "time",
  metric: "latency",
  headline: "most",
  threshold: 1,
};

/** Every metric that the page asks for. */
export const METRICS: string[] = GROUPS.flatMap(({ charts }) =>
  charts.flatMap(({ metric, sums = [] }) =>
    metric === undefined ? sums.map(([one]) => one) : [metric]
  )
);
