/** What the bridge measured, step by step: kept over its restarts, which forget it there. @module */

import type { FigureSeries } from "../../../../../lib/frames/commands.ts";

export type Unit = FigureSeries["unit"];
export type Values = readonly (number | null)[];

/** The answer of the command `figures`. */
export interface Answer {
  readonly from: string;
  readonly stepMs: number;
  readonly series: Readonly<
    Record<string, { readonly unit: Unit; readonly values: Values }>
  >;
}

export interface Timeline {
  readonly stepMs: number;
  /** Time of the first value, in milliseconds since 1970. */
  readonly from: number;
  /** Number of values of each series. */
  readonly length: number;
  readonly series: Readonly<Record<string, { unit: Unit; values: Values }>>;
}

/** A line of a chart. */
export interface Line {
  readonly name: string;
  readonly values: Values;
}

/** A time in which nothing was measured, in milliseconds since 1970. */
export interface Band {
  readonly from: number;
  readonly to: number;
}

/** Number of steps without any value that make a band: a busy bridge leaves out one now and then. */
const BAND_STEPS = 3;

/**
 * Adds an answer to what is known: its values replace those of the same times.
 *
 * @param size Maximum number of values that are kept: the newest.
 */
export function addAnswer(
  before: Timeline | undefined,
  { from, stepMs, series }: Answer,
  size: number,
): Timeline {
  const added = Math.max(
    0,
    ...Object.values(series).map(({ values }) => values.length),
  );
  if (added === 0 && before !== undefined) return before;
  const start = Math.round(Date.parse(from) / stepMs);
  const known = before === undefined ? start : Math.round(before.from / stepMs);
  const end = Math.max(start + added, known + (before?.length ?? 0));
  const first = Math.max(Math.min(start, known), end - size);
  const names = new Set([
    ...Object.keys(before?.series ?? {}),
    ...Object.keys(series),
  ]);
  const merged: Record<string, { unit: Unit; values: Values }> = {};
  for (const name of names) {
    const now = series[name];
    const old = before?.series[name];
    merged[name] = {
      unit: (now ?? old)!.unit,
      values: Array.from({ length: end - first }, (_, at) => {
        const step = first + at;
        return (step >= start
          ? now?.values[step - start] ?? old?.values[step - known]
          : old?.values[step - known]) ?? null;
      }),
    };
  }
  return { stepMs, from: first * stepMs, length: end - first, series: merged };
}

/** Times between the first and the last value in which no series has one. */
export function bandsOf(
  { from, stepMs, length, series }: Timeline,
): Band[] {
  const all = Object.values(series);
  const bands: Band[] = [];
  let last = -1;
  for (let at = 0; at < length; at++) {
    if (all.every(({ values }) => (values[at] ?? null) === null)) continue;
    if (last >= 0 && at - last > BAND_STEPS) {
      bands.push({ from: from + last * stepMs, to: from + at * stepMs });
    }
    last = at;
  }
  return bands;
}

/** One line for each label of a metric, those with the largest values first. */
export function linesOf(
  { series }: Timeline,
  metric: string,
  most: number,
): Line[] {
  const lines = Object.entries(series).filter(([name]) => isOf(name, metric))
    .map(([name, { values }]) => ({
      name: name.slice(metric.length + 1) || name,
      values,
    }));
  const top = ({ values }: Line) =>
    values.reduce<number>((sum, value) => Math.max(sum, value ?? 0), 0);
  return lines.toSorted((a, b) => top(b) - top(a)).slice(0, most);
}

/** The labels of a metric added up; `null` where none has a value. */
export function sumOf({ series, length }: Timeline, metric: string): Values {
  const all = Object.entries(series).filter(([name]) => isOf(name, metric))
    .map(([, { values }]) => values);
  return Array.from(
    { length },
    (_, at) =>
      all.reduce<number | null>((sum, values) => {
        const value = values[at] ?? null;
        return value === null ? sum : (sum ?? 0) + value;
      }, null),
  );
}

export function unitOf({ series }: Timeline, metric: string): Unit {
  return Object.entries(series).find(([name]) => isOf(name, metric))?.[1]
    .unit ?? "count";
}

/** Values whose neighbours are missing: no line shows them, so they are drawn as points. */
export function loneValues(values: Values): number[] {
  return values.flatMap((value, at) =>
    value !== null && (values[at - 1] ?? null) === null &&
      (values[at + 1] ?? null) === null
      ? [at]
      : []
  );
}

function isOf(name: string, metric: string): boolean {
  return name === metric || name.startsWith(`${metric}.`);
}
