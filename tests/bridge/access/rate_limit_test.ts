import { RateLimits } from "../../../bridge/access/rate_limit.ts";
import { assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("RateLimits: each of 1,001 names keeps its limit until its minute has ended", async () => {
  const clock = new FakeClock();
  const rates = new RateLimits(clock, 1);
  const names = Array.from({ length: 1001 }, (_, index) => `token-${index}`);
  assertEquals(names.filter((name) => rates.take(name) !== undefined), []);
  assertEquals(names.filter((name) => rates.take(name) === undefined), []);
  await clock.advance(59_999);
  assertEquals(rates.take(names[0]!), 1);
  await clock.advance(1);
  assertEquals(names.filter((name) => rates.take(name) !== undefined), []);
});
