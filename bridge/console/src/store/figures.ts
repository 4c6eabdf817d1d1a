/** Live figures: events per second, latency, connections. @module */

import { type Signal, signal } from "../deps.ts";
import { command, status } from "../link/link.ts";
import { fetchWithSession } from "../link/session.ts";

/** A figure over time: seconds since 1970, and values; `null` is a missing value. */
export interface Series {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** Values kept per series: two minutes. */
export const MAX_VALUES = 120;

/** Seconds between two pings, and between two reads of the metrics. */
const SLOW_S = 5;

const EMPTY: Series = { times: [], values: [] };

export const eventRate: Signal<Series> = signal(EMPTY);
/** Round trip of a ping, in milliseconds. */
export const latency: Signal<Series> = signal(EMPTY);
/** Connections of all clients of the bridge. */
export const connections: Signal<Series> = signal(EMPTY);

/** Whether the page of the figures is shown: measuring sends commands. */
export const isWatched: Signal<boolean> = signal(false);

let events = 0;

export function countEvents(count: number): void {
  events += count;
}

/** Takes the figures once a second, until the returned function is called. */
export function startFigures(): () => void {
  let second = 0;
  const timer = setInterval(() => {
    add(eventRate, events);
    events = 0;
    if (second++ % SLOW_S !== 0) return;
    if (!isWatched.value) return add(latency, null);
    void ping();
    void countConnections();
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

export async function countConnections(): Promise<void> {
  try {
    const response = await fetchWithSession("metrics");
    const text = response.ok ? await response.text() : "";
    add(connections, parseConnections(text));
  } catch {
    add(connections, null);
  }
}

/** Sum of `tqq_connections` in a metrics text; `null` if it is missing. */
export function parseConnections(metrics: string): number | null {
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
    times: [...times, Math.round(Date.now() / 1000)].slice(-MAX_VALUES),
    values: [...values, value].slice(-MAX_VALUES),
  };
}
