import { Chance } from "./seeded.ts";

/** The first seed, and another one: `deno test tests/property -- 12345`. */
const FIRST = Number(Deno.args[0] ?? 20051124) >>> 0;

/**
 * A test of so many random schedules, each with a seed of its own: the seed of
 * one that fails, as argument, runs that one first.
 */
export function schedules(
  name: string,
  runs: number,
  run: (chance: Chance) => Promise<void>,
): void {
  Deno.test(`${name}, ${runs} schedules`, async () => {
    for (let seed = FIRST; seed < FIRST + runs; seed++) {
      try {
        await run(new Chance(seed));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : cause;
        throw new Error(`seed ${seed} does not hold: ${why}`, { cause });
      }
    }
  });
}
