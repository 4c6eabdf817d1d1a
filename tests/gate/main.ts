/**
 * Runs the checks and all tests: `deno task ok [PART...]`. `deno task test` runs
 * the parts that need no network.
 *
 * @module
 */

import { PARTS } from "./parts.ts";
import { isGreen, MAX_FLAKY, runParts, writeOut } from "./run_parts.ts";

const [first, ...others] = Deno.args;
const names = first === "test" ? others : Deno.args;
const known = PARTS.filter(({ isTest }) => first !== "test" || isTest);
const unknown = names.find((name) => known.every((part) => part.name !== name));
if (unknown !== undefined) {
  console.error(
    `Cannot run the tests: a part must be one of ${
      known.map(({ name }) => name).join(", ")
    }, got ${unknown}. Name one of them, or none for all.`,
  );
  Deno.exit(2);
}
/** Signals that end the run, with their exit codes. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

const ending = new AbortController();
let endCode: number | undefined;
for (const [signal, code] of Object.entries(SIGNALS)) {
  Deno.addSignalListener(signal as keyof typeof SIGNALS, () => {
    endCode ??= code;
    ending.abort();
  });
}
const outcomes = await runParts(
  known.filter(({ name }) => names.length === 0 || names.includes(name)),
  { signal: ending.signal },
);
const sum = (key: "passed" | "failed") =>
  outcomes.reduce((total, outcome) => total + outcome[key], 0);
const flaky = outcomes.flatMap((outcome) => outcome.flaky);
const lines = [
  "",
  ...outcomes.map(({ name, passed, failed, seconds }) =>
    `${
      failed === 0 ? "ok    " : "FAILED"
    } ${name} (${seconds} s, ${passed} passed)`
  ),
  // Last, because who reads the end of a long output sees what to mend.
  ...outcomes.flatMap(({ name, failures }) =>
    failures.map((failure) => `FAILED: ${failure} (${name})`)
  ),
  ...flaky.map((name) => `flaky: ${name} (passed at the second run)`),
  ...(flaky.length > MAX_FLAKY
    ? [`FAILED: ${flaky.length} flaky tests are more than ${MAX_FLAKY}`]
    : []),
  `${sum("passed")} passed, ${sum("failed")} failed`,
  "",
];
writeOut(new TextEncoder().encode(lines.join("\n")));
Deno.exit(endCode ?? (isGreen(outcomes) ? 0 : 1));
