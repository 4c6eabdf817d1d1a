import { assert, assertEquals } from "@std/assert";
import { fuzz, SURFACES } from "../../soak/fuzz.ts";

/** Inputs of each surface: 10,000 for each in CI. */
const EACH = 10_000;

Deno.test("fuzz: no input crashes the program, stays unanswered, is an internal error, or is repeated in the log", async () => {
  const { inputs, answers, wrong } = await fuzz({ seed: 4, each: EACH });
  assertEquals(wrong, []);
  for (const surface of SURFACES) {
    assert(inputs[surface] >= EACH, `${inputs[surface]} of ${surface}`);
  }
  // The inputs were answered, and refused in several ways.
  const expected = [
    "http 200",
    "http 400",
    "http 403",
    "frames result",
    "onebot ok",
    "satori 200",
    "control 200",
    "control 400",
    "qq 200",
  ];
  for (const answer of expected) {
    assert(answers[answer] !== undefined, `no ${answer}`);
  }
});
