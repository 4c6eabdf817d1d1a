/** Figures over time, kept in memory since the start. @module */

import type { Clock } from "../../lib/clock.ts";
import type {
  BridgeCommandData,
  BridgeCommandParams,
  FigureSeries,
} from "../../mod.ts";

/** A counter, a gauge, or the buckets of a histogram at one moment. */
export interface MetricValue {
  /** Name of the series; a histogram's gets `.p50` and `.p99` behind it. */
  readonly name: string;
  readonly kind: "counter" | "gauge" | "histogram";
  readonly unit: FigureSeries["unit"];
  readonly value: number;
  /** Upper bound of each bucket and the count up to it, ascending. */
  readonly buckets?: readonly (readonly [bound: number, count: number])[];
}

export interface FiguresOptions {
  readonly source: {
    /** @param isFull Whether to look at everything, which takes longer. */
    sample(isFull: boolean): Promise<readonly MetricValue[]>;
  };
  readonly clock: Clock;
  /** Called with errors of a sample, which is then missing. */
  readonly onError: (error: unknown) => void;
}

const TICK_MS = 1000;

/** Number of ticks between two samples that look at everything. */
const FULL_TICKS = 10;

/** Steps and number of values of each range: 10 minutes, 2 hours, 24 hours. */
const RANGES = {
  "10m": { stepMs: 1000, size: 600 },
  "2h": { stepMs: 10_000, size: 720 },
  "24h": { stepMs: 60_000, size: 1440 },
} as const;

/** Maximum number of series of a range; further ones are left out. */
const MAX_SERIES = 300;

/** Samples the metrics each second. */
export class Figures {
  readonly #options: FiguresOptions;
  readonly #ranges = Object.fromEntries(
    Object.entries(RANGES).map((
      [name, { stepMs, size }],
    ) => [name, new SeriesRing(stepMs, size)]),
  ) as Record<keyof typeof RANGES, SeriesRing>;
  #cancel: (() => void) | undefined;
  #isStopped = true;
  #ticks = 0;

  constructor(options: FiguresOptions) {
    this.#options = options;
  }

  start(): void {
    this.#isStopped = false;
    this.#schedule();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  read(params: BridgeCommandParams<"figures">): BridgeCommandData<"figures"> {
    const { names, range = "10m", since } = params;
    return this.#ranges[range].read({
      isWanted: (name) =>
        names === undefined ||
        names.some((one) => name === one || name.startsWith(`${one}.`)),
      since: since === undefined ? -Infinity : Date.parse(since),
      now: this.#options.clock.now(),
    });
  }

  /** Aligned with whole seconds, so that no step is left out or measured twice. */
  #schedule(): void {
    const { clock } = this.#options;
    const delayMs = TICK_MS - clock.now() % TICK_MS;
    this.#cancel = clock.after(delayMs, () => {
      this.#tick().catch(this.#options.onError).finally(() => {
        if (!this.#isStopped) this.#schedule();
      });
    });
  }

  async #tick(): Promise<void> {
    const { source, clock } = this.#options;
    const isFull = this.#ticks++ % FULL_TICKS === 0;
    const values = await source.sample(isFull);
    if (this.#isStopped) return;
    const now = clock.now();
    for (const ring of Object.values(this.#ranges)) ring.add(now, values);
  }
}

interface Series {
  readonly unit: FigureSeries["unit"];
  /** NaN where nothing was measured. */
  readonly values: Float64Array;
}

/** The values of all series of one range. */
class SeriesRing {
  readonly #stepMs: number;
  readonly #size: number;
  readonly #series = new Map<string, Series>();
  #last: ReadonlyMap<string, MetricValue> | undefined;
  #lastAt = 0;
  /** Number of the first and of the last step with values. */
  #first: number | undefined;
  #step = 0;

  constructor(stepMs: number, size: number) {
    this.#stepMs = stepMs;
    this.#size = size;
  }

  /** Adds the values of the step that has just ended. Does nothing within a step. */
  add(now: number, values: readonly MetricValue[]): void {
    const step = Math.floor(now / this.#stepMs);
    const last = this.#last;
    if (last !== undefined && step <= this.#step) return;
    if (last !== undefined) {
      this.#first ??= step;
      this.#clear(Math.max(this.#step + 1, step - this.#size + 1), step);
      const seconds = (now - this.#lastAt) / 1000;
      for (const value of values) {
        for (const [name, measured] of measure(value, last, seconds)) {
          this.#put(name, value.unit, step, measured);
        }
      }
    }
    this.#step = step;
    this.#last = new Map(values.map((value) => [value.name, value]));
    this.#lastAt = now;
  }

  read(
    { isWanted, since, now }: {
      isWanted: (name: string) => boolean;
      since: number;
      now: number;
    },
  ): BridgeCommandData<"figures"> {
    const end = this.#first === undefined ? -1 : this.#step;
    const start = Math.max(
      this.#first ?? 0,
      this.#step - this.#size + 1,
      Math.ceil(since / this.#stepMs),
    );
    const series: Record<string, FigureSeries> = {};
    for (const [name, { unit, values }] of this.#series) {
      if (!isWanted(name)) continue;
      const part: (number | null)[] = [];
      for (let step = start; step <= end; step++) {
        const value = values[step % this.#size]!;
        part.push(Number.isNaN(value) ? null : Number(value.toPrecision(6)));
      }
      series[name] = { unit, values: part };
    }
    const from = start <= end ? start * this.#stepMs : now;
    return { from: new Date(from).toISOString(), stepMs: this.#stepMs, series };
  }

  #put(
    name: string,
    unit: FigureSeries["unit"],
    step: number,
    measured: number,
  ): void {
    let series = this.#series.get(name);
    if (series === undefined) {
      if (this.#series.size >= MAX_SERIES) return;
      series = { unit, values: new Float64Array(this.#size).fill(NaN) };
      this.#series.set(name, series);
    }
    series.values[step % this.#size] = measured;
  }

  #clear(from: number, to: number): void {
    for (const { values } of this.#series.values()) {
      for (let step = from; step <= to; step++) {
        values[step % this.#size] = NaN;
      }
    }
  }
}

/** What a metric measured since the last time: rates of counters, percentiles of histograms. */
function measure(
  value: MetricValue,
  last: ReadonlyMap<string, MetricValue>,
  seconds: number,
): [name: string, measured: number][] {
  const { name, kind } = value;
  if (kind === "gauge") return [[name, value.value]];
  const before = last.get(name);
  if (kind === "counter") {
    return [[name, Math.max(0, value.value - (before?.value ?? 0)) / seconds]];
  }
  const buckets = value.buckets!.map(([bound, count], index) =>
    [bound, count - (before?.buckets?.[index]?.[1] ?? 0)] as const
  );
  return [
    [`${name}.p50`, quantile(buckets, 0.5)],
    [`${name}.p99`, quantile(buckets, 0.99)],
  ];
}

/** A quantile, interpolated within its bucket; NaN if nothing was observed. */
export function quantile(
  buckets: readonly (readonly [bound: number, count: number])[],
  part: number,
): number {
  const total = buckets.at(-1)?.[1] ?? 0;
  if (total <= 0) return NaN;
  const wanted = part * total;
  let [lower, below] = [0, 0];
  for (const [bound, count] of buckets) {
    if (count >= wanted) {
      if (bound === Infinity) return lower;
      const share = (wanted - below) / Math.max(1e-9, count - below);
      return lower + share * (bound - lower);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}
