import { Chance } from "./seeded.ts";

/** The first seed. Another one: `deno test tests/property -- 12345`. */
const FIRST = Number(Deno.args[0] ?? 20051124) >>> 0;

/**
 * How many first seeds, each as far behind the last as a test has schedules:
 * `deno test tests/property -- 1 1000` runs a thousand times as many.
 */
const FIRSTS = Number(Deno.args[1] ?? 1);

/**
 * A test of so many random schedules, each with a seed of its own: the seed of
 * one that fails, as argument, runs that one first.
 */
export function schedules(
  name: string,
  runs: number,
  run: (chance: Chance) => Promise<void>,
): void {
  const count = runs * FIRSTS;
  Deno.test(`${name}, ${count} schedules`, async () => {
    for (let seed = FIRST; seed < FIRST + count; seed++) {
      try {
        await run(new Chance(seed));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : cause;
        throw new Error(`seed ${seed} fails: ${why}`, { cause });
      }
    }
  });
}
