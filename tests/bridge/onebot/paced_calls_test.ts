import { CommandError } from "../../../bridge/errors/command_error.ts";
import {
  MAX_PACED_CALLS,
  PACE_MS,
  PacedCalls,
} from "../../../bridge/onebot/actions/paced_calls.ts";
import { assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

/** Paced calls of two accounts, and what was done. */
function paced() {
  const clock = new FakeClock();
  const failures: unknown[] = [];
  const calls = new PacedCalls((error) => failures.push(error));
  const done: string[] = [];
  const add = (what: string, account = "10001", error?: Error) =>
    calls.add({ account, clock }, () => {
      done.push(what);
      return error === undefined ? Promise.resolve() : Promise.reject(error);
    });
  return { clock, failures, calls, done, add };
}

Deno.test("paced calls: so many wait for an account, another account's do not wait behind them", async () => {
  const { clock, done, add, calls } = paced();
  for (let waiting = 0; waiting <= MAX_PACED_CALLS; waiting++) {
    assertEquals(add(String(waiting)), true);
  }
  assertEquals(add("too many"), false);
  assertEquals(add("another", "10002"), true);
  assertEquals(done, ["0", "another"]);
  await clock.advance(MAX_PACED_CALLS * PACE_MS);
  assertEquals(done.length, MAX_PACED_CALLS + 2);
  assertEquals(add("one more"), true);
  calls.close();
  await clock.advance(0);
});

Deno.test("paced calls: what is never let through is tried five times", async () => {
  const { clock, done, add, failures } = paced();
  add("a", "10001", new CommandError("overloaded", "pause"));
  add("b");
  await clock.advance(10 * PACE_MS);
  assertEquals(done.join(""), "aaaaab");
  assertEquals([failures, clock.pending], [[], 0]);
});

Deno.test("paced calls: what may have been done is not done again, errors that should not happen are reported", async () => {
  const { clock, done, add, failures } = paced();
  add("a", "10001", new CommandError("outcome_unknown", "perhaps"));
  const error = new Error("it broke");
  add("b", "10001", error);
  add("c");
  await clock.advance(10 * PACE_MS);
  assertEquals([done.join(""), failures], ["abc", [error]]);
});

Deno.test("paced calls: at the end nothing waits any more", async () => {
  const { clock, done, add, calls } = paced();
  for (const what of ["a", "b", "c"]) add(what);
  calls.close();
  await clock.advance(10 * PACE_MS);
  assertEquals([done, clock.pending], [["a"], 0]);
});
