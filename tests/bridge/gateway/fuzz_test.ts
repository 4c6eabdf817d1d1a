import { assert, assertEquals } from "../../deps.ts";
import { fuzz } from "../../soak/fuzz.ts";

Deno.test("fuzz: whatever comes in by whichever way, nothing fails, hangs or is answered 500", async () => {
  const { inputs, answers, wrong } = await fuzz({ seed: 4, each: 600 });
  assertEquals(wrong, []);
  assert(inputs > 1200, `${inputs} inputs`);
  // It went deep enough to be answered, and to be refused in all ways.
  for (const answer of ["http 200", "http 400", "http 403", "frame result"]) {
    assert(answers[answer] !== undefined, `no ${answer}`);
  }
});
