import {
  FAILURE_LIMITS,
  FailureDelay,
} from "../../../bridge/access/failure_delay.ts";
import { networkOf } from "../../../lib/network.ts";
import { assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

/** How late each failure of an address is answered. */
async function delays(
  delay: FailureDelay,
  clock: FakeClock,
  address: string,
  times: number,
): Promise<number[]> {
  const late: number[] = [];
  for (let time = 0; time < times; time++) {
    const at = clock.now();
    const done = delay.delay(address).then(() => late.push(clock.now() - at));
    while (clock.pending > 0) await clock.advance(clock.next!);
    await done;
  }
  return late;
}

Deno.test("FailureDelay.delay() doubles the wait of an address with each failure", async () => {
  const clock = new FakeClock();
  const delay = new FailureDelay(clock);
  assertEquals(await delays(delay, clock, "192.0.2.1", 7), [
    250,
    500,
    1000,
    2000,
    4000,
    5000,
    5000,
  ]);
  assertEquals(await delays(delay, clock, "192.0.2.2", 1), [250]);
  assertEquals(await delays(delay, clock, "192.0.2.1", 1), [5000]);
  await clock.advance(FAILURE_LIMITS.forgetMs);
  assertEquals(await delays(delay, clock, "192.0.2.1", 2), [250, 500]);
});

Deno.test("FailureDelay.delay() bounds how many wait, and ends the wait of a client that left", async () => {
  const clock = new FakeClock();
  const delay = new FailureDelay(clock);
  const gone = new AbortController();
  const waiting = Array.from(
    { length: FAILURE_LIMITS.waitingOfAddress },
    () => delay.delay("192.0.2.1", gone.signal),
  );
  assertEquals(await delay.delay("192.0.2.1"), false);
  gone.abort();
  assertEquals(new Set(await Promise.all(waiting)), new Set([true]));
  assertEquals(clock.pending, 0);
  const again = delay.delay("192.0.2.1");
  await clock.advance(FAILURE_LIMITS.mostMs);
  assertEquals(await again, true);

  const many = Array.from(
    { length: FAILURE_LIMITS.waiting },
    (_, index) => delay.delay(`10.0.${index >> 8}.${index & 255}`),
  );
  assertEquals(await delay.delay("192.0.2.9"), false);
  await clock.advance(FAILURE_LIMITS.mostMs);
  await Promise.all(many);
});

Deno.test("FailureDelay.delay() bounds the addresses that it remembers", async () => {
  const clock = new FakeClock();
  const delay = new FailureDelay(clock);
  const gone = AbortSignal.abort();
  for (let index = 0; index < FAILURE_LIMITS.addresses + 50; index++) {
    await delay.delay(
      `10.${index >> 16}.${index >> 8 & 255}.${index & 255}`,
      gone,
    );
  }
  assertEquals(delay.addresses, FAILURE_LIMITS.addresses);
});

Deno.test("networkOf() maps all addresses of an IPv6 customer to one network", () => {
  const cases: [address: string, network: string][] = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::1", "0:0:0:0::/64"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ];
  for (const [address, network] of cases) {
    assertEquals(networkOf(address), network);
  }
});
