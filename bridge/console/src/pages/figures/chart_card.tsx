/** A chart with its newest value, its lines at the pointed time, and its values as a table. @module */

import { type Signal, signal, useMemo, useState } from "../../deps.ts";
import { DataTable } from "../../app/operate/data_table.tsx";
import { status } from "../../link/link.ts";
import { language } from "../../texts/preferences.ts";
import { clockTime, exactTime } from "../../texts/times.ts";
import type { ChartSpec } from "./charts.ts";
import { outageAt } from "./outages.ts";
import { Plot } from "./plot.tsx";
import { f } from "./texts.ts";
import {
  bandsOf,
  type Line,
  linesOf,
  sumOf,
  type Timeline,
  type Unit,
  unitOf,
} from "./timeline.ts";

/** Maximum number of lines of a chart, which is the number of colours. */
const MAX_LINES = 6;

/** Number of rows of a table: the newest values. */
const TABLE_ROWS = 60;

/** Length of an axis whose labels have seconds, in milliseconds. */
const SHORT_MS = 7_200_000;

/** Number of steps within which a value counts as the newest: some are measured only when something happens. */
const NEWEST_STEPS = 10;

/** Number of times without values that are listed: the newest. */
const MAX_BANDS = 3;

/** Top of the axis of a chart without larger values. */
const LEAST_TOPS: Readonly<Record<Unit, number>> = {
  "1/s": 1,
  count: 1,
  s: 0.001,
  bytes: 4000,
  "bytes/s": 4000,
};

/** The time at which all charts show their values, in milliseconds since 1970; undefined for the newest. */
const pointed: Signal<number | undefined> = signal(undefined);

export function ChartCard(
  { spec, timeline }: { spec: ChartSpec; timeline: Timeline },
) {
  const [isTable, setTable] = useState(false);
  const { from, stepMs, length } = timeline;
  // Pointing draws all charts again, and changes none of these.
  const lines = useMemo(
    () =>
      spec.metric !== undefined
        ? linesOf(timeline, spec.metric, MAX_LINES)
        : (spec.sums ?? []).map(([metric, name]) => ({
          name: f(name),
          values: sumOf(timeline, metric),
        })),
    [timeline, language.value],
  );
  const unit = unitOf(timeline, spec.metric ?? spec.sums?.[0]?.[0] ?? "");
  const timeOf = (step: number) => from + step * stepMs;
  const formatTime = length * stepMs <= SHORT_MS ? exactTime : clockTime;
  const at = pointed.value === undefined ? length - 1 : Math.max(
    0,
    Math.min(length - 1, Math.round((pointed.value - from) / stepMs)),
  );
  const bands = useMemo(() => bandsOf(timeline), [timeline]);
  const name = f(spec.name);
  const value = status.value.state === "open"
    ? headlineOf(spec, lines, length)
    : null;
  return (
    <section class={`card figure of-${spec.tone}`} aria-label={name}>
      <header>
        <h3>{name}</h3>
        <button
          type="button"
          class="quiet small"
          aria-pressed={isTable}
          onClick={() => setTable(!isTable)}
        >
          {f("asTable")}
        </button>
      </header>
      <p class="value">{formatValue(value, unit)}</p>
      {isTable
        ? (
          <Table
            name={f("tableOf", { name })}
            lines={lines}
            unit={unit}
            length={length}
            timeOf={(step) => formatTime(timeOf(step))}
          />
        )
        : (
          <Plot
            name={name}
            lines={lines}
            times={Array.from({ length }, (_, step) => timeOf(step) / 1000)}
            bands={bands}
            threshold={spec.threshold}
            leastTop={LEAST_TOPS[unit]}
            isPointed={pointed.value !== undefined}
            at={at}
            formatTime={formatTime}
            formatValue={(one) => formatValue(one, unit)}
            describe={(step) =>
              [
                formatTime(timeOf(step)),
                ...lines.map((line) =>
                  `${line.name} ${formatValue(line.values[step], unit)}`
                ),
              ].join(", ")}
            onPoint={(step) =>
              pointed.value = step === undefined ? undefined : timeOf(step)}
          />
        )}
      <ul class="legend">
        {lines.map((line, place) => (
          <li key={line.name}>
            <i class={`line-${place}`} aria-hidden="true" />
            {line.name}
            <strong>{formatValue(line.values[at], unit)}</strong>
          </li>
        ))}
      </ul>
      <p class="hint">
        {length === 0 ? "—" : formatTime(timeOf(at))}
        {spec.threshold !== undefined &&
          ` · ${f("threshold", { value: formatValue(spec.threshold, unit) })}`}
      </p>
      {bands.slice(-MAX_BANDS).map((band) => {
        const outage = outageAt(band);
        const { from, to } = outage ?? band;
        return (
          <p key={band.from} class="hint outage">
            {f(outage === undefined ? "notMeasured" : "notConnected", {
              from: formatTime(from),
              to: formatTime(to),
            })}
          </p>
        );
      })}
    </section>
  );
}

function Table(
  { name, lines, unit, length, timeOf }: {
    name: string;
    lines: readonly Line[];
    unit: Unit;
    length: number;
    timeOf: (step: number) => string;
  },
) {
  const shown = Math.min(length, TABLE_ROWS);
  return (
    <DataTable
      name={name}
      rows={Array.from({ length: shown }, (_, at) => length - 1 - at)}
      keyOf={String}
      columns={[
        { title: f("time"), render: timeOf },
        ...lines.map((line) => ({
          title: line.name,
          isNumber: true,
          render: (step: number) => formatValue(line.values[step], unit),
        })),
      ]}
    />
  );
}

/** The newest value; `null` if there is none. */
function headlineOf(
  { headline }: ChartSpec,
  lines: readonly Line[],
  length: number,
): number | null {
  for (let at = length - 1; at >= Math.max(0, length - NEWEST_STEPS); at--) {
    const values = lines.map((line) => line.values[at] ?? null)
      .filter((value) => value !== null);
    if (values.length === 0) continue;
    return headline === "most"
      ? Math.max(...values)
      : values.reduce((sum, value) => sum + value, 0);
  }
  return null;
}

function formatValue(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return "—";
  switch (unit) {
    case "s":
      return `${(value * 1000).toFixed(1)} ms`;
    case "bytes":
    case "bytes/s": {
      const text = value < 1e6
        ? `${(value / 1e3).toFixed(1)} kB`
        : `${(value / 1e6).toFixed(1)} MB`;
      return unit === "bytes" ? text : `${text}/s`;
    }
    default:
      return Number.isInteger(value) ? String(value) : value.toFixed(2);
  }
}
