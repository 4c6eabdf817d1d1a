/** Pairs measured in turn, their medians, and how they are printed. @module */

/** One side of a pair: a name and the work of one call. */
export interface Contender {
  /** What the table calls it. */
  readonly name: string;
  /** One call. What it returns is kept from being optimised away. */
  readonly run: () => unknown;
}

/** How a contender did, in microseconds a call. */
export interface Timing {
  /** The contender's name. */
  readonly name: string;
  /** One mean a round, in the order of the rounds. */
  readonly rounds: readonly number[];
  /** The middle of the rounds. */
  readonly median: number;
  /** The fastest round. */
  readonly least: number;
  /** The slowest round. */
  readonly most: number;
}

/** One figure of a benchmark beside a peer's; the line that `--json` prints. */
export interface Figure {
  /** What was measured. */
  readonly name: string;
  /** Unit of `ours`, `peer` and `runs`, such as `us`. */
  readonly unit: string;
  /** Our median. */
  readonly ours: number;
  /** The peer's median, or null where nothing stands beside it. */
  readonly peer: number | null;
  /** Who the peer is, or null. */
  readonly peerName: string | null;
  /** `ours / peer` of the medians, or null. */
  readonly ratio: number | null;
  /** Every round's figure, both sides, so that a busy machine can be seen. */
  readonly runs: {
    readonly ours: readonly number[];
    readonly peer: readonly number[];
  };
}

/** How `measure` goes about it. */
export interface MeasureOptions {
  /** Rounds that count. @default {9} */
  readonly rounds?: number;
  /** Rounds before those, thrown away. @default {3} */
  readonly warmUps?: number;
  /** About how long one contender's part of a round lasts. @default {30} */
  readonly roundMs?: number;
}

const CALIBRATION_CALLS = 200;

/** The middle of some figures. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A timing from its rounds. */
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
 * Times the contenders in turn (A B C A B C ...). Every other round goes
 * backwards, so that nobody always follows the same neighbour.
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

/** A figure as people read it: three significant digits, plain. */
export function plain(figure: number): string {
  if (!Number.isFinite(figure)) return "-";
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(figure) || 1)));
  return figure.toFixed(Math.min(4, digits));
}

/** Rows under a heading, columns aligned; the first column to the left, the others to the right. */
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

/** The table of a group: median, spread and the ratio of ours to each peer. */
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

/** Prints a group: one JSON line a figure, or the table. */
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
