/** How long the bridge takes to answer this page. Measured while the page is shown. @module */

import { type Signal, signal } from "../../deps.ts";
import { command, status } from "../../link/link.ts";
import type { Timeline, Values } from "./timeline.ts";

/** Time between two pings, which is the step of the line, in milliseconds. */
const STEP_MS = 5000;

/** Number of values that are kept: ten minutes. */
const MAX_VALUES = 120;

const NONE: Timeline = { stepMs: STEP_MS, from: 0, length: 0, series: {} };

/** Kept when another page is shown; what passes meanwhile is a gap. */
export const latency: Signal<Timeline> = signal(NONE);

/** Pings until the returned function is called. */
export function followLatency(): () => void {
  let isOver = false;
  const ping = async () => {
    if (status.value.state !== "open") return;
    const from = performance.now();
    try {
      await command("ping", {}, { timeoutMs: STEP_MS });
    } catch {
      // The gap of the line says it.
      return;
    }
    if (!isOver) add((performance.now() - from) / 1000);
  };
  void ping();
  const timer = setInterval(() => void ping(), STEP_MS);
  return () => {
    isOver = true;
    clearInterval(timer);
  };
}

function add(value: number): void {
  const before = latency.value;
  const step = Math.floor(Date.now() / STEP_MS);
  const known = before.length === 0 ? step : before.from / STEP_MS;
  const old = before.series["latency"]?.values ?? [];
  const first = Math.max(known, step - MAX_VALUES + 1);
  const values: Values = Array.from(
    { length: step - first + 1 },
    (_, at) => first + at === step ? value : old[first + at - known] ?? null,
  );
  latency.value = {
    stepMs: STEP_MS,
    from: first * STEP_MS,
    length: values.length,
    series: { latency: { unit: "s", values } },
  };
}
