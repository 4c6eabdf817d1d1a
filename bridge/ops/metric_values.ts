/** Metrics of the registry as values of series. @module */

import type { FigureSeries } from "../../mod.ts";
import type { MetricValue } from "./figures.ts";

/** A metric as the registry gives it as JSON. */
export interface RegistryMetric {
  readonly name: string;
  readonly type: unknown;
  readonly values: readonly {
    readonly value: number;
    readonly labels?: Readonly<Record<string, unknown>>;
    readonly metricName?: string;
  }[];
}

/** The label that names a series, of metrics that have several. The others are added up. */
const LABELS: Readonly<Record<string, string>> = {
  commands_total: "code",
  targets: "state",
};

/** Metrics that say nothing over time. */
const CONSTANT: ReadonlySet<string> = new Set(["info", "start_time_seconds"]);

/** Converts metrics to values, named without `tqq_` and with one label after a dot. */
export function toMetricValues(
  metrics: readonly RegistryMetric[],
): MetricValue[] {
  return metrics.flatMap((metric) => {
    const name = metric.name.replace(/^tqq_/, "");
    if (CONSTANT.has(name)) return [];
    if (metric.type === "histogram") return [toHistogram(name, metric)];
    const kind = metric.type === "counter" ? "counter" : "gauge";
    const unit = unitOf(name, kind);
    const sums = new Map<string, number>();
    for (const { value, labels = {} } of metric.values) {
      const label = labels[LABELS[name] ?? Object.keys(labels)[0] ?? ""];
      const full = label === undefined ? name : `${name}.${label}`;
      sums.set(full, (sums.get(full) ?? 0) + value);
    }
    return [...sums].map(([name, value]) => ({ name, kind, unit, value }));
  });
}

function toHistogram(name: string, { values }: RegistryMetric): MetricValue {
  const buckets = values.filter(({ metricName }) =>
    metricName?.endsWith("_bucket")
  ).map(({ labels, value }) => [toBound(labels?.["le"]), value] as const);
  return { name, kind: "histogram", unit: "s", value: 0, buckets };
}

function toBound(le: unknown): number {
  return le === "+Inf" ? Infinity : Number(le);
}

function unitOf(
  name: string,
  kind: "counter" | "gauge",
): FigureSeries["unit"] {
  if (kind === "counter") return name.includes("bytes") ? "bytes/s" : "1/s";
  if (name.endsWith("_bytes")) return "bytes";
  return name.endsWith("_seconds") ? "s" : "count";
}
