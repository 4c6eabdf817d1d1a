/**
 * Runs the checks and all tests: `deno task ok [PART...]`. `deno task test` runs
 * the parts that need no network.
 *
 * @module
 */

import { PARTS } from "./parts.ts";
import { runParts, writeOut } from "./run_parts.ts";

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
const outcomes = await runParts(
  known.filter(({ name }) => names.length === 0 || names.includes(name)),
);
const sum = (key: "passed" | "failed") =>
  outcomes.reduce((total, outcome) => total + outcome[key], 0);
const lines = [
  "",
  ...outcomes.map(({ name, passed, failed, seconds }) =>
    `${
      failed === 0 ? "ok    " : "FAILED"
    } ${name} (${seconds} s, ${passed} passed)`
  ),
  `${sum("passed")} passed, ${sum("failed")} failed`,
  "",
];
writeOut(new TextEncoder().encode(lines.join("\n")));
Deno.exit(sum("failed") === 0 ? 0 : 1);
