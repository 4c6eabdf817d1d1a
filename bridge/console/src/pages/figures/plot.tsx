/** The lines of a chart. Pointer and arrow keys choose the time of which the values are shown. @module */

import { useEffect, useRef } from "../../deps.ts";
import { uPlot } from "../../deps_charts.ts";
import { language, theme } from "../../texts/preferences.ts";
import { type Band, type Line, loneValues } from "./timeline.ts";

/** Height in pixels; the style sheet keeps the same for charts that are not drawn yet. */
const HEIGHT = 220;

/** Distance of the lines of a hatched band, in pixels. */
const HATCH = 8;

export interface PlotProps {
  name: string;
  lines: readonly Line[];
  /** In seconds since 1970. */
  times: readonly number[];
  bands: readonly Band[];
  threshold: number | undefined;
  /** Top of the axis where all values are smaller, so that its labels differ. */
  leastTop: number;
  /** Number of the value that is shown. */
  at: number;
  /** Whether somebody points at it; otherwise it is the newest. */
  isPointed: boolean;
  formatTime(at: number): string;
  formatValue(value: number): string;
  /** Time and values as text. */
  describe(at: number): string;
  onPoint(at: number | undefined): void;
}

const KEYS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowLeft: (at) => at - 1,
  ArrowRight: (at) => at + 1,
  PageUp: (at) => at - 60,
  PageDown: (at) => at + 60,
  Home: () => 0,
  End: (_, last) => last,
};

export function Plot(props: PlotProps) {
  const { name, lines, times, at, isPointed, describe, onPoint } = props;
  const box = useRef<HTMLDivElement>(null);
  const cross = useRef<HTMLElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const last = times.length - 1;
  const point = () => {
    const own = plot.current;
    const time = latest.current.times[latest.current.at];
    if (own === undefined || cross.current === null || time === undefined) {
      return;
    }
    const left = own.over.offsetLeft + own.valToPos(time, "x");
    cross.current.style.left = `${Math.round(left)}px`;
  };
  useEffect(() => {
    const element = box.current!;
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(
        optionsOf(element, latest),
        dataOf(latest.current),
        element,
      );
      point();
    };
    draw();
    const resized = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width > 0) plot.current?.setSize({ width, height: HEIGHT });
      point();
    });
    resized.observe(element);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    return () => {
      dark.removeEventListener("change", draw);
      resized.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [lines.map((line) => line.name).join(), theme.value, language.value]);
  useEffect(() => plot.current?.setData(dataOf(props)), [
    times.at(-1),
    times.length,
  ]);
  useEffect(point);
  return (
    <div
      class="chart"
      ref={box}
      role="slider"
      tabIndex={0}
      aria-label={name}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, last)}
      aria-valuenow={Math.max(0, at)}
      aria-valuetext={last < 0 ? "—" : describe(at)}
      onKeyDown={(event) => {
        if (event.key === "Escape" && isPointed) return onPoint(undefined);
        const to = KEYS[event.key]?.(at, last);
        if (to === undefined || last < 0) return;
        event.preventDefault();
        onPoint(Math.max(0, Math.min(last, to)));
      }}
      onBlur={() => onPoint(undefined)}
      onPointerMove={({ clientX }) => {
        const own = plot.current;
        if (own === undefined || last < 0) return;
        const { left, width } = own.over.getBoundingClientRect();
        const x = clientX - left;
        onPoint(x < 0 || x > width ? undefined : own.posToIdx(x));
      }}
      onPointerLeave={() => onPoint(undefined)}
    >
      {lines.map((line, place) => (
        <i key={line.name} class={`line-${place}`} hidden />
      ))}
      <i class="threshold" hidden />
      <i ref={cross} class="crosshair" hidden={!isPointed} aria-hidden />
    </div>
  );
}

function dataOf({ times, lines }: PlotProps): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}

/** Colours are read from elements, because style sheets do not apply to a canvas. */
function optionsOf(
  element: HTMLElement,
  latest: { current: PlotProps },
): uPlot.Options {
  const { borderColor, outlineColor } = getComputedStyle(element);
  const colourOf = (selector: string) =>
    getComputedStyle(element.querySelector(selector)!).color;
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
    cursor: { show: false },
    legend: { show: false },
    hooks: {
      drawAxes: [(own) => drawBands(own, latest.current.bands, outlineColor)],
      draw: [
        (own) =>
          drawThreshold(
            own,
            latest.current.threshold,
            colourOf(".threshold"),
          ),
      ],
    },
    scales: {
      x: { time: true },
      y: {
        range: (_, __, most) => [
          0,
          topOf(most ?? 0, latest.current),
        ],
      },
    },
    axes: [
      {
        ...axis,
        size: 24,
        space: 90,
        // Without two values an axis has no length, and its labels would all be the same.
        values: ({ data: [times] }, splits) =>
          times.length < 2 ? splits.map(() => "") : withoutRepeats(
            splits.map((at) => latest.current.formatTime(at * 1000)),
          ),
      },
      {
        ...axis,
        size: latest.current.leastTop === 1 ? 48 : 68,
        space: 34,
        values: (_, splits) =>
          splits.map((value) => latest.current.formatValue(value)),
      },
    ],
    series: [
      {},
      ...latest.current.lines.map((_, place) => ({
        stroke: colourOf(`.line-${place}`),
        width: 2,
        dash: place === 0 ? [] : [place * 3, 3],
        spanGaps: false,
        points: {
          show: true,
          size: 5,
          fill: colourOf(`.line-${place}`),
          filter: (own: uPlot, series: number) =>
            loneValues(own.data[series] as (number | null)[]),
        },
      })),
    ],
  };
}

/** Labels of an axis: the second of two that are the same is left out, as parts of a second are. */
function withoutRepeats(labels: readonly string[]): string[] {
  return labels.map((label, at) => label === labels[at - 1] ? "" : label);
}

/** A threshold that is far above the values is out of the picture, and only in the text. */
function topOf(
  most: number,
  { threshold = 0, leastTop }: PlotProps,
): number {
  const shown = most * 4 > threshold ? Math.max(most, threshold) : most;
  return Math.max(leastTop, shown * 1.15);
}

/** Hatches the times without values. */
function drawBands(own: uPlot, bands: readonly Band[], colour: string): void {
  const { ctx, bbox: { left, top, width, height } } = own;
  ctx.save();
  ctx.beginPath();
  for (const { from, to } of bands) {
    const start = own.valToPos(from / 1000, "x", true);
    ctx.rect(start, top, own.valToPos(to / 1000, "x", true) - start, height);
  }
  ctx.clip();
  ctx.strokeStyle = colour;
  ctx.globalAlpha = 0.45;
  ctx.lineWidth = 1;
  ctx.beginPath();
  if (bands.length > 0) {
    for (let x = left - height; x < left + width; x += HATCH) {
      ctx.moveTo(x, top + height);
      ctx.lineTo(x + height, top);
    }
  }
  ctx.stroke();
  ctx.restore();
}

function drawThreshold(
  own: uPlot,
  threshold: number | undefined,
  colour: string,
): void {
  if (threshold === undefined || threshold > (own.scales["y"]?.max ?? 0)) {
    return;
  }
  const { ctx, bbox: { left, width } } = own;
  const y = own.valToPos(threshold, "y", true);
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.setLineDash([2, 4]);
  ctx.beginPath();
  ctx.moveTo(left, y);
  ctx.lineTo(left + width, y);
  ctx.stroke();
  ctx.restore();
}
