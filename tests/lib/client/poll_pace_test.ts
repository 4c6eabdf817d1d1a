import { type PollFigures, PollPace } from "../../../lib/client/poll_pace.ts";
import { assert, assertEquals } from "@std/assert";

const MIN_MS = 1000;

/** The waits after answers of a server that says that it held them, one each `gapMs`. */
function waits(
  answers: readonly Partial<PollFigures>[],
  gapMs = 100,
): number[] {
  const pace = new PollPace(MIN_MS, 15_000);
  return answers.map((answer, nth) =>
    pace.after(
      { items: 1, characters: 1, waited: true, tookMs: 5, ...answer },
      Infinity,
      nth * gapMs,
    )
  );
}

const CASES: [string, ReturnType<typeof waits>, number[]][] = [
  [
    "nothing while 5,000 items came within 10 s",
    waits(Array(11).fill({ items: 500 })),
    [...Array(10).fill(0), MIN_MS],
  ],
  [
    "nothing if as many came in more time",
    waits(Array(30).fill({ items: 500 }), 1001),
    Array(30).fill(0),
  ],
  [
    "the least wait beyond 8 Mi characters",
    waits(Array(3).fill({ characters: 4 * 1024 * 1024 })),
    [0, 0, MIN_MS],
  ],
  [
    "nothing again once 10 s are over",
    waits([{ items: 6000 }, { items: 1 }, { items: 1 }], 9_999),
    [MIN_MS, MIN_MS, 0],
  ],
];

for (const [what, actual, expected] of CASES) {
  Deno.test(`PollPace.after() is ${what}`, () => {
    assertEquals(actual, expected);
  });
}

Deno.test("PollPace.after() lets 10,000 items that wait at an honest server come within 10 s", () => {
  const pace = new PollPace(MIN_MS, 15_000);
  let now = 0;
  // As many in an answer as the embedded server sends; the last is read after 19 waits.
  for (let nth = 1; nth < 20; nth++) {
    const answer = { items: 500, characters: 5000, waited: true, tookMs: 5 };
    now += 5 + pace.after(answer, Infinity, now);
  }
  assert(now < 10_000, `${now} ms`);
});
