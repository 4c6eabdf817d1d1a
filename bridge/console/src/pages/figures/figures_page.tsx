/** Page of the live figures, as small charts. @module */

import { type ReadonlySignal, useEffect, useRef } from "../../deps.ts";
import { uPlot } from "../../deps_charts.ts";
import { addStyle } from "../../ui/style.ts";
import css from "./figures.css" with { type: "text" };
import {
  connections,
  countConnections,
  eventRate,
  isWatched,
  latency,
  type Series,
} from "../../store/figures.ts";
import { position } from "../../link/link.ts";
import { language, theme } from "../../texts/preferences.ts";
import { o } from "../../app/operate/texts.ts";
import { session } from "../../link/session.ts";
import { t, type TextName } from "../../texts/strings.ts";
import { exactTime } from "../../texts/times.ts";

import { History } from "./history.tsx";

addStyle(css);

const FIGURES: readonly {
  name: TextName;
  hint: TextName;
  series: ReadonlySignal<Series>;
  unit: string;
  tone: string;
}[] = [
  {
    name: "eventsPerSecond",
    hint: "eventsHint",
    series: eventRate,
    unit: "",
    tone: "rate",
  },
  {
    name: "latency",
    hint: "latencyHint",
    series: latency,
    unit: " ms",
    tone: "time",
  },
  {
    name: "connections",
    hint: "connectionsHint",
    series: connections,
    unit: "",
    tone: "count",
  },
];

/** Height of a chart, in pixels. */
const HEIGHT = 150;

/** Shortest time axis, in seconds, so that a single value has a position. */
const SHOWN_S = 10;

export function FiguresPage() {
  useEffect(() => {
    isWatched.value = true;
    void countConnections();
    return () => {
      isWatched.value = false;
    };
  }, []);
  return (
    <div class="page">
      <header class="page-head">
        <h1>{t("figures")}</h1>
      </header>
      <div class="cards figures">
        {FIGURES.map((figure) => <Figure key={figure.name} {...figure} />)}
      </div>
      {session.value?.accounts === "all"
        ? <History />
        : <p class="note warn">{o("historyLimited")}</p>}
      <Facts />
    </div>
  );
}

function Figure(
  { name, hint, series, unit, tone }: typeof FIGURES[number],
) {
  const now = series.value.values.findLast((value) => value !== null);
  const value = now === undefined || now === null
    ? t("noFigures")
    : `${now}${unit}`;
  return (
    <section class={`card figure of-${tone}`} aria-label={t(name)}>
      <h2>{t(name)}</h2>
      <p class="value">{value}</p>
      <Chart
        series={series.value}
        label={t("chartOf", { name: t(name), value })}
      />
      <p class="hint">{t(hint)}</p>
    </section>
  );
}

function Chart({ series, label }: { series: Series; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  useEffect(() => {
    const element = box.current!;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf(element),
        dataOf(series),
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
  }, [theme.value, language.value]);
  useEffect(() => plot.current?.setData(dataOf(series)), [series]);
  return <div class="chart" ref={box} role="img" aria-label={label} />;
}

function isSingle({ data }: uPlot): boolean {
  return [...data[1]!].filter((value) => value !== null).length === 1;
}

function dataOf({ times, values }: Series): uPlot.AlignedData {
  return [[...times], [...values]];
}

/** Colours are read from the element, because style sheets do not apply to a canvas. */
function optionsOf(element: HTMLElement): uPlot.Options {
  const { color, borderColor, outlineColor } = getComputedStyle(element);
  const axis = {
    stroke: outlineColor,
    font: "11px system-ui",
    grid: { stroke: borderColor, width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth || 300,
    height: HEIGHT,
    padding: [8, 18, 0, 0],
    cursor: { show: false },
    legend: { show: false },
    scales: {
      x: {
        time: true,
        range: (_, least, most) => [Math.min(least, most - SHOWN_S), most],
      },
      y: { range: (_, __, most) => [0, Math.max(1, (most ?? 0) * 1.15)] },
    },
    axes: [
      {
        ...axis,
        size: 24,
        space: 90,
        values: (own, splits) => splits.map((at) => timeLabel(own, at)),
      },
      { ...axis, size: 38, space: 34 },
    ],
    series: [{}, {
      stroke: color,
      width: 2,
      fill: color.replace(/^rgba?\(([^)]*)\)$/, "rgb($1, 0.12)"),
      spanGaps: true,
      // A single value draws no line, so draw it as a point.
      points: { show: isSingle },
    }],
  };
}

/** Without two values an axis has no length, and its labels would all be the same. */
function timeLabel({ data }: uPlot, at: number): string {
  return data[0]!.length < 2 ? "" : exactTime(at * 1000);
}

function Facts() {
  const { version = "" } = session.value ?? {};
  return (
    <dl class="facts card">
      <div>
        <dt>{t("version")}</dt>
        <dd>{version}</dd>
      </div>
      <div>
        <dt>{t("journalPosition")}</dt>
        <dd>{eventRate.value && (position()?.seq ?? "")}</dd>
      </div>
      <div>
        <dt>{t("epoch")}</dt>
        <dd>{position()?.epoch ?? ""}</dd>
      </div>
    </dl>
  );
}
