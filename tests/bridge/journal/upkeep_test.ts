import { assert, assertEquals } from "@std/assert";
import type { Journal } from "../../../bridge/journal/journal.ts";
import { MAX_TRIMMED_ROWS } from "../../../bridge/journal/limits.ts";
import { Upkeep } from "../../../bridge/journal/upkeep.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A journal in which so many events expire a second; counts what each trim drops. */
function expiring(clock: FakeClock, perSecond: number, backlog = 0) {
  const startAt = clock.now();
  let dropped = 0;
  const trims: { at: number; rows: number }[] = [];
  const expired = () =>
    backlog + Math.floor((clock.now() - startAt) * perSecond / 1000);
  const journal: Pick<Journal, "trim" | "failure" | "probe"> = {
    failure: undefined,
    probe: () => true,
    trim() {
      const rows = Math.min(MAX_TRIMMED_ROWS, expired() - dropped);
      dropped += rows;
      trims.push({ at: clock.now() - startAt, rows });
      return { trimmed: rows, more: expired() > dropped };
    },
  };
  return {
    journal: journal as Journal,
    trims,
    left: () => expired() - dropped,
  };
}

async function upkeepOf(perSecond: number, seconds: number, backlog?: number) {
  const clock = new FakeClock();
  const { journal, trims, left } = expiring(clock, perSecond, backlog);
  const upkeep = new Upkeep({
    journal,
    clock,
    retention: { days: 1, bytes: 1 },
  });
  upkeep.start();
  await clock.advance(seconds * 1000);
  upkeep.stop();
  return { trims, left: left() };
}

Deno.test("Upkeep: trims as often as events expire, and not many at one go", async () => {
  for (const perSecond of [100, 2000, 5000]) {
    const { trims, left } = await upkeepOf(perSecond, 60);
    const late = trims.filter(({ at }) => at > 30_000);
    for (let from = 30_000; from < 60_000; from += 500) {
      const rows = late.filter(({ at }) => at >= from && at < from + 500)
        .reduce((sum, { rows }) => sum + rows, 0);
      assert(
        rows <= perSecond / 2 + 3 * MAX_TRIMMED_ROWS,
        `${rows} of ${perSecond} a second within half a second`,
      );
    }
    assert(left <= 0.2 * perSecond + MAX_TRIMMED_ROWS, `${left} are left`);
    assert(late.length <= perSecond, `${late.length} trims`);
  }
});

Deno.test("Upkeep: a backlog goes soon, and an idle journal is looked at every 5 s", async () => {
  const { trims, left } = await upkeepOf(0, 60, 20_000);
  assertEquals(left, 0);
  const last = trims.findLast(({ rows }) => rows > 0)!;
  assert(last.at < 10_000, `until ${last.at} ms`);
  assertEquals(trims.at(-1)!.at - trims.at(-2)!.at, 5000);
});
