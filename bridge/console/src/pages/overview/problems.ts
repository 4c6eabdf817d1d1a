/** What is wrong at the bridge, and where it is mended. @module */

import type { AccountState } from "../../../../../lib/frames/events.ts";
import type { FigureSeries } from "../../../../../lib/frames/commands.ts";
import type { ConsumerInfo } from "../../../../../lib/frames/frames.ts";
import type { TargetInfo } from "../../../../../lib/frames/targets.ts";
import { isFailing, isLagging } from "../../store/trouble_rules.ts";

/** The answer of `/readyz`. */
export interface Readiness {
  status: "ready" | "unready";
  reasons: readonly { reason: string; count: number; message?: string }[];
  journal: "durable" | "memory";
  accounts: { wanted: number; ready: number };
  /** Accounts that should be online and are not ready. */
  unready?: readonly {
    uin: string;
    nickname: string;
    state: AccountState;
    problem: string;
    since: string;
  }[];
}

/** Everything that the page knows. A part is absent if the token may not have it. */
export interface OverviewData {
  readiness: Readiness;
  counts: Readonly<Record<AccountState, number>>;
  accountCount: number;
  targets?: readonly TargetInfo[] | undefined;
  consumers?: readonly ConsumerInfo[] | undefined;
  figures?: {
    stepMs: number;
    series: Readonly<Record<string, FigureSeries>>;
  } | undefined;
  version: string;
  startedAt?: string | undefined;
}

/** Problems of the bridge itself, which each have a text. */
export const BRIDGE_PROBLEMS = [
  "journal_not_writable",
  "journal_damaged",
  "cluster_behind",
  "cluster_disconnected",
  "cluster_log_lost",
  "stopping",
] as const;
export type BridgeProblem = typeof BRIDGE_PROBLEMS[number];

export type Problem =
  | { kind: "bridge"; problem: BridgeProblem; details: string | undefined }
  | {
    kind: "account";
    problem: "refused" | "replaced" | "notOnline" | "notPolled";
    uin: string;
    nickname: string;
    since: string;
  }
  | { kind: "target"; target: TargetInfo }
  | { kind: "consumer"; consumer: ConsumerInfo }
  | {
    kind: "figure";
    problem: "appendFailures" | "gaps" | "slowCloses" | "wrongTokens";
    count: number;
  };

const FIGURES = [
  ["appendFailures", ["journal_append_failures_total"]],
  ["gaps", ["gaps_total"]],
  ["slowCloses", ["slow_closes_total"]],
  ["wrongTokens", ["auth_failures_total"]],
] as const;

/** The problems, the worst kinds first. */
export function findProblems(data: OverviewData): Problem[] {
  const { readiness, targets = [], consumers = [], figures } = data;
  return [
    ...BRIDGE_PROBLEMS.flatMap((problem): Problem[] => {
      const found = readiness.reasons.find(({ reason }) => reason === problem);
      return found === undefined
        ? []
        : [{ kind: "bridge", problem, details: found.message }];
    }),
    ...(readiness.unready ?? []).map((
      { uin, nickname, state, problem, since },
    ): Problem => ({
      kind: "account",
      problem: state === "refused" || state === "replaced"
        ? state
        : problem === "account_poll_old"
        ? "notPolled"
        : "notOnline",
      uin,
      nickname,
      since,
    })),
    ...targets.filter(isFailing).map((target): Problem => ({
      kind: "target",
      target,
    })),
    ...consumers.filter(isLagging).map((consumer): Problem => ({
      kind: "consumer",
      consumer,
    })),
    ...(figures === undefined ? [] : FIGURES).flatMap((
      [problem, names],
    ): Problem[] => {
      const count = sumOf(figures!, names);
      return count < 0.5
        ? []
        : [{ kind: "figure", problem, count: Math.round(count) }];
    }),
  ];
}

type Figures = NonNullable<OverviewData["figures"]>;

/** Number of times that something has happened: rates are per second. */
function sumOf(
  { stepMs, series }: Figures,
  names: readonly string[],
): number {
  let sum = 0;
  for (const { values } of seriesOf(series, names)) {
    for (const value of values) sum += (value ?? 0) * stepMs / 1000;
  }
  return sum;
}

/** Series with these names, or whose names begin with one and a dot. */
function seriesOf(
  series: Figures["series"],
  names: readonly string[],
): FigureSeries[] {
  return Object.entries(series).filter(([name]) =>
    names.some((one) => name === one || name.startsWith(`${one}.`))
  ).map(([, one]) => one);
}

/** The values of several series added up; `null` where none has a value. */
export function addSeries(
  { series }: Figures,
  names: readonly string[],
): (number | null)[] {
  const all = seriesOf(series, names);
  const length = Math.max(0, ...all.map(({ values }) => values.length));
  return Array.from({ length }, (_, at) => {
    const values = all.map((one) => one.values[at] ?? null)
      .filter((value) => value !== null);
    return values.length === 0
      ? null
      : values.reduce((sum, value) => sum + value, 0);
  });
}

/** The last value that was measured; `undefined` if there is none. */
export function lastOf(values: readonly (number | null)[]): number | undefined {
  return values.findLast((value) => value !== null) ?? undefined;
}
