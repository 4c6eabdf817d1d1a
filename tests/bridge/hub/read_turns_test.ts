import { Hub, type Sink } from "../../../bridge/hub/hub.ts";
import { JOURNAL_COST, ReadTurns } from "../../../bridge/hub/read_turns.ts";
import { systemClock } from "../../../lib/clock.ts";
import { sharedClock } from "../../../lib/shared_timers.ts";
import { nextTurn } from "../../../lib/turn.ts";
import { assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";
import { TestJournal } from "../../support/test_journal.ts";

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

Deno.test("Hub: of many slow readers that go on at once, a few read the journal in a turn, and each gets everything", async () => {
  const clock = new FakeClock();
  const journal = new TestJournal();
  let reads = 0;
  const read = journal.read.bind(journal);
  journal.read = (after, options) => {
    reads++;
    return read(after, options);
  };
  const hub = new Hub(journal, { clock, tailEvents: 1 });
  for (let count = 0; count < 20; count++) {
    await journal.append({
      events: [{
        account: "10001",
        at: 0,
        event: "message",
        data: { from: "10002", text: "hi" },
      }],
    });
  }
  const readers = Array.from({ length: 100 }, () => {
    const got: number[] = [];
    let isReady = false;
    const sink: Sink = {
      isReady: () => isReady,
      send: ({ seq }) => void got.push(seq),
      sendGap: () => {},
      onError: (error) => {
        throw error;
      },
    };
    const accounts = new Set(["10001"]);
    const cursor = hub.open(sink, { accounts, events: "all" }, 0);
    return { cursor, got, ready: () => void (isReady = true) };
  });
  for (const { ready, cursor } of readers) {
    ready();
    cursor.pump();
  }
  assertEquals(reads, Math.ceil(128 / (JOURNAL_COST + 16)));
  await clock.advance(0);
  const all = Array.from({ length: 20 }, (_, index) => index + 1);
  for (const { got, cursor } of readers) {
    assertEquals(got, all);
    assertEquals(cursor.caughtUp, true);
  }
});
