/** Figures that the bridge has measured since its start, as charts and tables. @module */

import type { BridgeCommandData } from "../../../../../lib/bridge_client/bridge_commands.ts";
import { useEffect, useRef, useState } from "../../deps.ts";
import { uPlot } from "../../deps_charts.ts";
import { DataTable } from "../../app/operate/data_table.tsx";
import { Polled, usePoll } from "../../app/operate/poll.tsx";
import { o } from "../../app/operate/texts.ts";
import { command } from "../../link/link.ts";
import { language, theme } from "../../texts/preferences.ts";
import { clockTime, exactTime } from "../../texts/times.ts";

/** Time between two answers of the bridge, in milliseconds. */
const POLL_MS = 5000;

/** Number of rows of a table: the newest values. */
const TABLE_ROWS = 60;

const HEIGHT = 220;

/** Length of an axis whose labels have seconds, in seconds. */
const SHORT_S = 7200;

/** Maximum number of lines of a chart, which is the number of colours. */
const MAX_LINES = 6;

const RANGES = ["10m", "2h", "24h"] as const;

type Range = typeof RANGES[number];
type Figures = BridgeCommandData<"figures">;
type ChartName = typeof CHARTS[number][0];

/** Charts, and the metrics of each. */
const CHARTS = [
  ["chartEvents", "events_total"],
  ["chartCommands", "commands_total"],
  ["chartAppend", "journal_append_seconds"],
  ["chartConnections", "connections"],
  ["chartAccounts", "accounts"],
  ["chartMemory", "memory_bytes"],
] as const;

export function History() {
  const [range, setRange] = useState<Range>("10m");
  const poll = usePoll(
    (options) =>
      command(
        "figures",
        { range, names: CHARTS.map(([, metric]) => metric) },
        options,
      ),
    POLL_MS,
    range,
  );
  return (
    <section class="history">
      <header class="page-head">
        <h2>{o("history")}</h2>
        <div class="actions" role="group" aria-label={o("range")}>
          {RANGES.map((one) => (
            <button
              key={one}
              type="button"
              class="small"
              aria-pressed={one === range}
              onClick={() => setRange(one)}
            >
              {o(`range${one}`)}
            </button>
          ))}
        </div>
      </header>
      <Polled poll={poll}>
        {(figures) => (
          <div class="cards">
            {CHARTS.map(([name, metric]) => (
              <HistoryChart
                key={name}
                name={name}
                metric={metric}
                figures={figures}
              />
            ))}
          </div>
        )}
      </Polled>
    </section>
  );
}

interface Line {
  name: string;
  values: readonly (number | null)[];
}

function HistoryChart(
  { name, metric, figures }: {
    name: ChartName;
    metric: string;
    figures: Figures;
  },
) {
  const [isTable, setTable] = useState(false);
  const [at, setAt] = useState<number>();
  const { lines, unit } = linesOf(figures, metric);
  const count = lines[0]?.values.length ?? 0;
  const index = at !== undefined && at < count ? at : count - 1;
  const timeOf = (step: number) =>
    Date.parse(figures.from) + step * figures.stepMs;
  const first = Math.max(0, count - TABLE_ROWS);
  const steps = Array.from({ length: count - first }, (_, n) => count - 1 - n);
  return (
    <section class="card" aria-label={o(name)}>
      <header class="page-head">
        <h3>{o(name)}</h3>
        <button
          type="button"
          class="quiet small"
          aria-pressed={isTable}
          onClick={() => setTable(!isTable)}
        >
          {o("asTable")}
        </button>
      </header>
      {isTable
        ? (
          <DataTable
            name={o("tableOf", { name: o(name) })}
            rows={steps}
            keyOf={String}
            columns={[
              { title: o("time"), render: (step) => exactTime(timeOf(step)) },
              ...lines.map((line) => ({
                title: line.name,
                isNumber: true,
                render: (step: number) => format(line.values[step], unit),
              })),
            ]}
          />
        )
        : (
          <Plot
            lines={lines}
            times={Array.from({ length: count }, (_, n) => timeOf(n) / 1000)}
            label={o(name)}
            unit={unit}
            onPoint={setAt}
          />
        )}
      <ul class="legend">
        {lines.map((line, place) => (
          <li key={line.name}>
            <i class={`line-${place}`} aria-hidden="true" />
            {line.name}
            <strong>{format(line.values[index], unit)}</strong>
          </li>
        ))}
      </ul>
      <p class="hint">{count === 0 ? "—" : exactTime(timeOf(index))}</p>
    </section>
  );
}

/** The series of a metric, those with the largest values first. */
function linesOf(
  { series }: Figures,
  metric: string,
): { lines: Line[]; unit: string } {
  const own = Object.entries(series).filter(([name]) =>
    name === metric || name.startsWith(`${metric}.`)
  );
  const most = ({ values }: Line) =>
    Math.max(0, ...values.map((value) => value ?? 0));
  return {
    unit: own[0]?.[1].unit ?? "count",
    lines: own.map(([name, { values }]) => ({
      name: name.slice(metric.length + 1) || name,
      values,
    })).sort((a, b) => most(b) - most(a)).slice(0, MAX_LINES),
  };
}

function format(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return "—";
  if (unit === "s") return `${(value * 1000).toFixed(1)} ms`;
  if (unit === "bytes") return `${(value / 1e6).toFixed(1)} MB`;
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}

function Plot(
  { lines, times, label, unit, onPoint }: {
    lines: readonly Line[];
    times: number[];
    label: string;
    unit: string;
    onPoint: (at: number | undefined) => void;
  },
) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const names = lines.map(({ name }) => name).join();
  const data: uPlot.AlignedData = [times, ...lines.map((l) => [...l.values])];
  useEffect(() => {
    const element = box.current!;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf(element, lines.length, unit, onPoint),
        data,
        element,
      );
    };
    draw();
    const resized = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0) plot.current?.setSize({ width, height: HEIGHT });
    });
    resized.observe(element);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    return () => {
      dark.removeEventListener("change", draw);
      resized.disconnect();
      plot.current?.destroy();
    };
  }, [names, unit, theme.value, language.value]);
  useEffect(() => plot.current?.setData(data), [times.at(-1), times.length]);
  return (
    <div class="chart" ref={box} role="img" aria-label={label}>
      {lines.map(({ name }, place) => (
        <i key={name} class={`line-${place}`} hidden />
      ))}
    </div>
  );
}

/** Beyond two hours seconds are left out; without two values there is no label. */
function timeLabel({ data: [times] }: uPlot, at: number): string {
  if (times.length < 2) return "";
  const isShort = times.at(-1)! - times[0]! <= SHORT_S;
  return isShort ? exactTime(at * 1000) : clockTime(at * 1000);
}

/** Colours are read from elements, because style sheets do not apply to a canvas. */
function optionsOf(
  element: HTMLElement,
  count: number,
  unit: string,
  onPoint: (at: number | undefined) => void,
): uPlot.Options {
  const { borderColor, outlineColor } = getComputedStyle(element);
  const colours = [...element.querySelectorAll("i")].map((one) =>
    getComputedStyle(one).color
  );
  const axis = {
    stroke: outlineColor,
    font: "11px system-ui",
    grid: { stroke: borderColor, width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth || 300,
    height: HEIGHT,
    padding: [8, 32, 0, 0],
    cursor: { sync: { key: "history" }, drag: { x: false, y: false } },
    legend: { show: false },
    hooks: { setCursor: [(own) => onPoint(own.cursor.idx ?? undefined)] },
    scales: {
      x: { time: true },
      y: { range: (_, __, most) => [0, Math.max(0.001, (most ?? 0) * 1.15)] },
    },
    axes: [
      {
        ...axis,
        size: 24,
        space: 90,
        values: (own, splits) => splits.map((at) => timeLabel(own, at)),
      },
      {
        ...axis,
        size: 64,
        space: 34,
        values: (_, splits) => splits.map((value) => format(value, unit)),
      },
    ],
    series: [
      {},
      ...Array.from({ length: count }, (_, place) => ({
        stroke: colours[place] ?? outlineColor,
        width: 2,
        dash: place === 0 ? [] : [place * 3, 3],
        spanGaps: false,
        points: { show: false },
      })),
    ],
  };
}
