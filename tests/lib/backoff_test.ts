import { Backoff, doubledMs, jitteredMs } from "../../lib/backoff.ts";
import { Pacer } from "../../lib/client/pacing.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeClock, settle } from "../support/fake_clock.ts";

const permissions = "none";

const WAITS: [number, number, number, number[]][] = [
  [1000, 60_000, 0, [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
  [1000, 60_000, 1, [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]],
  [1000, 60_000, 0.5, [1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000]],
  [1000, 1000, 0.5, [1000, 1000]],
];
for (const [minMs, maxMs, random, expected] of WAITS) {
  Deno.test({
    name: `Backoff from ${minMs} to ${maxMs} ms with random ${random}`,
    permissions,
    fn() {
      const backoff = new Backoff({ minMs, maxMs, random: () => random });
      assertEquals(expected.map(() => backoff.next()), expected);
      for (let nth = 0; nth < 2000; nth++) backoff.next();
      assertEquals(backoff.next(), expected.at(-1)!);
      backoff.reset();
      assertEquals(backoff.next(), expected[0]!);
    },
  });
}

Deno.test({
  name: "doubledMs() doubles up to its maximum, jitteredMs() halves at most",
  permissions,
  fn() {
    const doublings = [0, 1, 2, 3, 1000, Infinity];
    assertEquals(
      doublings.map((count) => doubledMs(1000, 5000, count)),
      [1000, 2000, 4000, 5000, 5000, 5000],
    );
    assertEquals(doubledMs(0, 5000, Infinity), 0);
    assertEquals([0, 0.5, 1].map((random) => jitteredMs(1000, random)), [
      500,
      750,
      1000,
    ]);
  },
});

Deno.test({
  name: "Pacer gives turns in order with the gap between them",
  permissions,
  async fn() {
    const clock = new FakeClock();
    const startAt = clock.now();
    const pacer = new Pacer({ clock, gapMs: 100 });
    const turns: string[] = [];
    const take = async (name: string) => {
      await pacer.turn();
      turns.push(`${name}@${clock.now() - startAt}`);
    };
    const taken = Promise.all([take("a"), take("b"), take("c")]);
    assertEquals(pacer.waiting, 3);
    await clock.advance(500);
    await taken;
    await take("d");
    assertEquals([turns, pacer.waiting, pacer.delayMs], [
      ["a@0", "b@100", "c@200", "d@500"],
      0,
      100,
    ]);
  },
});

Deno.test({
  name: "Pacer holds its turns back after a penalty, also the one that waits",
  permissions,
  async fn() {
    const clock = new FakeClock();
    const pacer = new Pacer({ clock });
    await pacer.turn();
    let taken = false;
    const turn = pacer.turn().then(() => taken = true);
    await clock.advance(500);
    pacer.hold(20_000);
    await clock.advance(19_999);
    assertEquals(taken, false);
    await clock.advance(1);
    await turn;
  },
});

Deno.test({
  name: "Pacer gives a turn up at the signal, and the next takes it",
  permissions,
  async fn() {
    const clock = new FakeClock();
    const pacer = new Pacer({ clock, gapMs: 100 });
    await pacer.turn();
    const controller = new AbortController();
    const first = assertRejects(() => pacer.turn(controller.signal));
    const second = assertRejects(() => pacer.turn(controller.signal));
    const next = pacer.turn();
    await settle();
    controller.abort(new Error("enough"));
    for (const given of [first, second]) {
      assertEquals((await given as Error).message, "enough");
    }
    await clock.advance(100);
    await next;
    assertEquals([pacer.waiting, clock.pending], [0, 0]);
  },
});

Deno.test({
  name: "Pacer refuses more than may wait",
  permissions,
  async fn() {
    const clock = new FakeClock();
    const pacer = new Pacer({ clock, gapMs: 100, limit: 2 });
    const turns = [pacer.turn(), pacer.turn()];
    await assertRejects(
      () => pacer.turn(),
      RangeError,
      "Cannot wait for a turn: at most 2 may wait",
    );
    await clock.advance(100);
    await Promise.all(turns);
  },
});

Deno.test("Pacer without a clock goes by the machine's", async () => {
  const pacer = new Pacer({ gapMs: 60_000 });
  await pacer.turn();
  assert(pacer.delayMs > 0 && pacer.delayMs <= 60_000);
});
