import { ReadTurns } from "../../../bridge/hub/read_turns.ts";
import { systemClock } from "../../../lib/clock.ts";
import { sharedClock } from "../../../lib/shared_timers.ts";
import { nextTurn } from "../../../lib/turn.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

for (const [what, clock] of Object.entries({ systemClock, sharedClock })) {
  Deno.test(`ReadTurns: readers read in the order in which they ask, as far as a turn of the ${what} has room`, async () => {
    const turns = new ReadTurns(clock);
    let read = "";
    for (const name of "abcde") {
      const reader = {
        pump() {
          if (turns.defers(this)) return;
          read += name;
          turns.spend(64);
        },
      };
      reader.pump();
      // One that waits keeps its place.
      reader.pump();
    }
    const seen = [read];
    for (let turn = 0; turn < 3; turn++) {
      await new Promise<void>((resolve) => void nextTurn(resolve));
      seen.push(read);
    }
    assertEquals(seen, ["aa", "aabc", "aabcde", "aabcde"]);
  });
}

Deno.test("ReadTurns: a reader that is forgotten is not pumped", async () => {
  const clock = new FakeClock();
  const turns = new ReadTurns(clock);
  let pumps = 0;
  const reader = { pump: () => void pumps++ };
  turns.later(reader);
  turns.forget(reader);
  await clock.advance(0);
  assertEquals(pumps, 0);
});

Deno.test("ReadTurns: an error of one reader does not stop those behind it", () => {
  let run: () => void = () => {};
  const turns = new ReadTurns({ after: (_, due) => (run = due, () => {}) });
  let read = 0;
  const broken = new Error("broken");
  turns.later({
    pump() {
      throw broken;
    },
  });
  turns.later({ pump: () => void read++ });
  const first = run;
  run = () => {};
  assertThrows(first, Error, "broken");
  run();
  assertEquals(read, 1);
});
