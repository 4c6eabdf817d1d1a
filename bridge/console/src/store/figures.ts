/** Live figures: events a second, the time of a ping, connections. @module */

import { type Signal, signal } from "../deps.ts";
import { command, status } from "../link/link.ts";
import { route } from "./router.ts";

/** A figure over time: seconds since 1970, and values; null where there was none. */
export interface Series {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** Values of a series that are kept: two minutes. */
export const KEPT_VALUES = 120;

/** Seconds between two pings, and between two looks at the metrics. */
const SLOW_S = 5;

const EMPTY: Series = { times: [], values: [] };

/** Events a second. */
export const eventRate: Signal<Series> = signal(EMPTY);
/** The time of a ping, in milliseconds. */
export const latency: Signal<Series> = signal(EMPTY);
/** Clients of the bridge. */
export const connections: Signal<Series> = signal(EMPTY);

let events = 0;

/** Counts an event. */
export function countEvent(): void {
  events++;
}

/**
 * Takes figures once a second.
 *
 * @returns Ends it.
 */
export function startFigures(): () => void {
  let second = 0;
  const timer = setInterval(() => {
    add(eventRate, events);
    events = 0;
    if (second++ % SLOW_S !== 0) return;
    void ping();
    if (route.value.page === "figures") void countConnections();
  }, 1000);
  return () => {
    clearInterval(timer);
    for (const one of [eventRate, latency, connections]) one.value = EMPTY;
  };
}

async function ping(): Promise<void> {
  if (status.value.state !== "open") return add(latency, null);
  const from = performance.now();
  try {
    await command("ping", {}, { timeoutMs: SLOW_S * 1000 });
    add(latency, Math.round((performance.now() - from) * 10) / 10);
  } catch {
    add(latency, null);
  }
}

/** Takes a look at the connections. */
export async function countConnections(): Promise<void> {
  try {
    const response = await fetch("/metrics");
    const text = response.ok ? await response.text() : "";
    add(connections, connectionsIn(text));
  } catch {
    add(connections, null);
  }
}

/** The sum of `tqq_connections` in a text of metrics; null where it has none. */
export function connectionsIn(metrics: string): number | null {
  const values = metrics.split("\n")
    .map((line) => /^tqq_connections(?:\{.*\})? ([\d.e+]+)$/.exec(line)?.[1])
    .filter((value) => value !== undefined);
  return values.length === 0
    ? null
    : values.reduce((sum, value) => sum + Number(value), 0);
}

function add(series: Signal<Series>, value: number | null): void {
  const { times, values } = series.value;
  series.value = {
    times: [...times, Math.round(Date.now() / 1000)].slice(-KEPT_VALUES),
    values: [...values, value].slice(-KEPT_VALUES),
  };
}
