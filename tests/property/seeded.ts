import { randomFrom } from "../support/random.ts";

/** Another one: `deno test tests/property -- 12345`. */
const SEED = Number(Deno.args[0] ?? 20051124) >>> 0;

/** Choices that the seed decides. */
export class Chance {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  /** A whole number from 0 to `end`, without `end`. */
  below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  oneOf<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Up to `most` elements, short lists more often. */
  some<T>(most: number, element: () => T): T[] {
    const length = this.below(this.below(most + 1) + 1);
    return Array.from({ length }, element);
  }
}

/** A test of so many cases, without a single permission, that names the seed of the case that fails. */
export function property(
  name: string,
  cases: number,
  check: (chance: Chance, nth: number) => void,
): void {
  Deno.test({
    name: cases === 1 ? name : `${name}, ${cases} times`,
    permissions: "none",
    fn() {
      const chance = new Chance(SEED);
      for (let nth = 0; nth < cases; nth++) {
        try {
          check(chance, nth);
        } catch (cause) {
          throw new Error(
            `case ${nth} of seed ${SEED} fails: ${
              cause instanceof Error ? cause.message : cause
            }`,
            { cause },
          );
        }
      }
    },
  });
}
