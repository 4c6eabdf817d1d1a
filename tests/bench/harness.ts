/** Times contenders in turn, and prints their medians. @module */

/** What is compared: a name and the work of one call. */
export interface Contender {
  readonly name: string;
  /** One call. Its result is used, so that it is not optimised away. */
  readonly run: () => unknown;
}

/** Timing of a contender, in microseconds per call. */
export interface Timing {
  readonly name: string;
  /** Mean of each round, in their order. */
  readonly rounds: readonly number[];
  /** Median of the rounds. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** A figure of a benchmark and that of a peer; `--json` prints it as a line. */
export interface Figure {
  readonly name: string;
  /** Unit of `ours`, `peer` and `runs`, such as `us`. */
  readonly unit: string;
  readonly ours: number;
  /** The peer's median; null if there is no peer. */
  readonly peer: number | null;
  /** Name of the peer, or null. */
  readonly peerName: string | null;
  /** `ours / peer` of the medians, or null. */
  readonly ratio: number | null;
  /** Figures of every round, of both sides: a busy machine shows in their spread. */
  readonly runs: {
    readonly ours: readonly number[];
    readonly peer: readonly number[];
  };
}

/** Options of `measure`. */
export interface MeasureOptions {
  /** Rounds that count. @default {9} */
  readonly rounds?: number;
  /** Rounds before those, which do not count. @default {3} */
  readonly warmUps?: number;
  /** Approximate duration of a contender's part of a round, in milliseconds. @default {30} */
  readonly roundMs?: number;
}

const CALIBRATION_CALLS = 200;

/** Median of figures. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Timing of a contender from its rounds. */
export function timingOf(name: string, rounds: readonly number[]): Timing {
  return {
    name,
    rounds,
    median: median(rounds),
    least: Math.min(...rounds),
    most: Math.max(...rounds),
  };
}

/**
 * Times the contenders in turn (A B C, C B A, ...). Every other round is
 * reversed, so that no contender always follows the same one.
 */
export function measure(
  contenders: readonly Contender[],
  options: MeasureOptions = {},
): Timing[] {
  const { rounds = 9, warmUps = 3, roundMs = 30 } = options;
  const calls = contenders.map((contender) => {
    timeOf(contender, CALIBRATION_CALLS);
    const us = timeOf(contender, CALIBRATION_CALLS);
    return Math.max(CALIBRATION_CALLS, Math.ceil(roundMs * 1000 / us));
  });
  const figures: number[][] = contenders.map(() => []);
  for (let round = -warmUps; round < rounds; round++) {
    const order = contenders.map((_, index) => index);
    if (round % 2 !== 0) order.reverse();
    for (const index of order) {
      const us = timeOf(contenders[index]!, calls[index]!);
      if (round >= 0) figures[index]!.push(us);
    }
  }
  return contenders.map(({ name }, index) => timingOf(name, figures[index]!));
}

function timeOf({ run }: Contender, calls: number): number {
  let kept: unknown;
  const startedAt = performance.now();
  for (let call = 0; call < calls; call++) kept = run();
  const elapsedMs = performance.now() - startedAt;
  if (kept === timeOf) {
    throw new Error("Cannot happen: no contender returns this");
  }
  return elapsedMs * 1000 / calls;
}

/** The figures of a group: the first timing is ours, the others are peers. */
export function figuresOf(
  name: string,
  unit: string,
  timings: readonly Timing[],
): Figure[] {
  const [ours, ...peers] = timings;
  if (ours === undefined) return [];
  if (peers.length === 0) {
    return [{
      name,
      unit,
      ours: ours.median,
      peer: null,
      peerName: null,
      ratio: null,
      runs: { ours: ours.rounds, peer: [] },
    }];
  }
  return peers.map((peer) => ({
    name,
    unit,
    ours: ours.median,
    peer: peer.median,
    peerName: peer.name,
    ratio: ours.median / peer.median,
    runs: { ours: ours.rounds, peer: peer.rounds },
  }));
}

/** A figure of our own in every round, and that of a peer in the same rounds. */
export function figureOf(
  name: string,
  unit: string,
  ours: readonly number[],
  peer?: { name: string; runs: readonly number[] },
): Figure {
  const mine = median(ours);
  const theirs = peer === undefined ? null : median(peer.runs);
  return {
    name,
    unit,
    ours: mine,
    peer: theirs,
    peerName: peer?.name ?? null,
    ratio: theirs === null ? null : mine / theirs,
    runs: { ours, peer: peer?.runs ?? [] },
  };
}

/** Prints figures as JSON lines. */
export function printFigures(figures: readonly Figure[]): void {
  for (const figure of figures) console.log(JSON.stringify(figure));
}

/** The value of `--name=value` in the arguments. */
export function argument(name: string, otherwise: string): string {
  const found = Deno.args.find((text) => text.startsWith(`--${name}=`));
  return found?.slice(name.length + 3) ?? otherwise;
}

/** Formats a figure with three significant digits, without an exponent. */
export function plain(figure: number): string {
  if (!Number.isFinite(figure)) return "-";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(figure) || 1)));
  return figure.toFixed(Math.min(4, digits));
}

/** Formats rows under a heading in aligned columns: the first to the left, the others to the right. */
export function table(
  heading: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = heading.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length))
  );
  const line = (cells: readonly string[]) =>
    widths.map((width, column) =>
      column === 0
        ? (cells[column] ?? "").padEnd(width)
        : (cells[column] ?? "").padStart(width)
    ).join("  ").trimEnd();
  return [heading, widths.map((width) => "-".repeat(width)), ...rows]
    .map(line).join("\n");
}

/** Formats the table of a group: median, spread, and our ratio to each peer. */
export function timingTable(
  name: string,
  unit: string,
  timings: readonly Timing[],
): string {
  const ours = timings[0]?.median ?? NaN;
  return table(
    [name, `median ${unit}`, "min-max", "ours/peer"],
    timings.map((timing, index) => [
      timing.name,
      plain(timing.median),
      `${plain(timing.least)}-${plain(timing.most)}`,
      index === 0 ? "" : plain(ours / timing.median),
    ]),
  );
}

/** Prints a group: a JSON line for each figure, or the table. */
export function report(
  name: string,
  unit: string,
  timings: readonly Timing[],
  json: boolean,
): void {
  if (json) {
    for (const figure of figuresOf(name, unit, timings)) {
      console.log(JSON.stringify(figure));
    }
  } else {
    console.log(timingTable(name, unit, timings) + "\n");
  }
}
