/** Whether a cost grows with a size more than it may. @module */

import { type Figure, figureOf } from "./harness.ts";

/** What one of the units costs at a size, in each round. */
export interface CurvePoint {
  readonly size: number;
  readonly costs: readonly number[];
}

/** How much more a unit may cost at the largest size than at the smallest. */
export const MOST_GROWTH = 1.3;

/** The same where the sizes are so far apart that the depth of a tree shows. */
export const MOST_DEPTH_GROWTH = 2.5;

/**
 * What a unit costs at the largest size against the smallest, as a figure; none
 * of less than two sizes. It is 1 if the whole cost grows in proportion to the
 * size, or if the unit is one whole, which then does not grow at all.
 */
export function growthOf(
  name: string,
  points: readonly CurvePoint[],
): Figure[] {
  const sorted = points.filter(({ costs }) =>
    costs.length > 0 && costs.every((cost) => cost > 0)
  )
    .toSorted((a, b) => a.size - b.size);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined || first === last) return [];
  const rounds = Math.min(first.costs.length, last.costs.length);
  return [
    figureOf(
      `curve, ${name}, ${last.size} against ${first.size}`,
      "x",
      Array.from(
        { length: rounds },
        (_, round) => last.costs[round]! / first.costs[round]!,
      ),
    ),
  ];
}
