import { type Filter, Hub, type Sink } from "../../../bridge/core/hub.ts";
import type { NewEvent, StoredEvent } from "../../../bridge/core/event.ts";
import type { GapFrame } from "../../../mod.ts";
import { assertEquals } from "../../deps.ts";
import { ArrayJournal } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { randomFrom } from "../../support/random.ts";

class FakeSink implements Sink {
  /** How many more events it takes. */
  room = Infinity;
  readonly got: number[] = [];
  readonly gaps: GapFrame[] = [];
  ready(): boolean {
    return this.room > 0;
  }
  send(event: StoredEvent): void {
    this.room--;
    this.got.push(event.seq);
  }
  gap(frame: GapFrame): void {
    this.gaps.push(frame);
  }
}

const everything: Filter = { accounts: "all", events: "all" };
const message = (account = "10001"): NewEvent => ({
  account,
  at: 0,
  event: "message",
  data: { from: "10002", text: "hi" },
});
const presence = (account = "10001"): NewEvent => ({
  account,
  at: 0,
  event: "presence",
  data: { from: "10002", status: "online" },
});
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

function start(tailEvents?: number) {
  const clock = new FakeClock();
  const journal = new ArrayJournal();
  const hub = new Hub(journal, {
    clock,
    ...(tailEvents === undefined ? {} : { tailEvents }),
  });
  return { clock, journal, hub };
}

Deno.test("a cursor at the head gets each event as it is journalled", async () => {
  const { journal, hub } = start();
  const sink = new FakeSink();
  const cursor = hub.open(sink, everything, 0);
  await journal.append({ events: [message(), presence()] });
  assertEquals(sink.got, [1, 2]);
  assertEquals(cursor.position, 2);
});

Deno.test("a cursor gets only what its filter names, and its position moves over the rest", async () => {
  const { journal, hub } = start();
  const byAccount = new FakeSink();
  const byName = new FakeSink();
  const cursors = [
    hub.open(byAccount, { accounts: new Set(["10002"]), events: "all" }, 0),
    hub.open(byName, { accounts: "all", events: new Set(["presence"]) }, 0),
  ];
  await journal.append({
    events: [
      message(),
      presence("10002"),
      message("10002"),
      message(),
      presence(),
    ],
  });
  assertEquals(byAccount.got, [2, 3]);
  assertEquals(byName.got, [2, 5]);
  assertEquals(cursors.map(({ position }) => position), [5, 5]);
});

Deno.test("a filter holds for what is replayed too", async () => {
  const { journal, hub } = start();
  await journal.append({
    events: [
      message(),
      presence("10002"),
      message("10002"),
      message(),
      presence(),
    ],
  });
  const sink = new FakeSink();
  hub.open(
    sink,
    { accounts: new Set(["10002"]), events: new Set(["message"]) },
    0,
  );
  assertEquals(sink.got, [3]);
});

Deno.test("a cursor whose sink is full is sent nothing, and goes on where it stopped", async () => {
  const { journal, hub } = start();
  const sink = new FakeSink();
  sink.room = 2;
  const cursor = hub.open(sink, everything, 0);
  await journal.append({
    events: [message(), message(), message(), message()],
  });
  assertEquals(sink.got, [1, 2]);
  assertEquals(cursor.position, 2);
  cursor.pump();
  assertEquals(sink.got, [1, 2], "pump() sent to a sink that was not ready");
  sink.room = 1;
  cursor.pump();
  assertEquals(sink.got, [1, 2, 3]);
  sink.room = Infinity;
  cursor.pump();
  await journal.append({ events: [message()] });
  assertEquals(sink.got, [1, 2, 3, 4, 5]);
});

Deno.test("a long replay is sent in turns, and what arrives meanwhile follows it", async () => {
  const { clock, journal, hub } = start(16);
  await journal.append({ events: upTo(1000).map(() => message()) });
  const sink = new FakeSink();
  hub.open(sink, everything, 0);
  assertEquals(sink.got.length, 256);
  await journal.append({ events: [message()] });
  await clock.advance(0);
  assertEquals(sink.got, upTo(1001));
});

Deno.test("a cursor is told what was trimmed before it came to it", async () => {
  const { journal, hub } = start(2);
  const sink = new FakeSink();
  sink.room = 1;
  const cursor = hub.open(sink, everything, 0);
  await journal.append({ events: upTo(20).map(() => message()) });
  journal.trimTo(11);
  sink.room = Infinity;
  cursor.pump();
  assertEquals(sink.gaps, [{
    type: "gap",
    epoch: journal.epoch,
    from: 2,
    to: 10,
    reason: "trimmed",
  }]);
  assertEquals(sink.got, [1, ...upTo(20).slice(10)]);
});

Deno.test("a closed cursor gets nothing more", async () => {
  const { journal, hub } = start();
  const sink = new FakeSink();
  const cursor = hub.open(sink, everything, 0);
  cursor.close();
  await journal.append({ events: [message()] });
  cursor.pump();
  assertEquals(sink.got, []);
});

Deno.test("move() changes the filter and the place", async () => {
  const { journal, hub } = start();
  const sink = new FakeSink();
  const cursor = hub.open(sink, everything, 0);
  await journal.append({ events: [message(), message("10002")] });
  cursor.move({ accounts: new Set(["10002"]), events: "all" }, 0);
  await journal.append({ events: [message(), message("10002")] });
  assertEquals(sink.got, [1, 2, 2, 4]);
});

Deno.test("whatever readers do, each gets every event once and in order", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomFrom(seed);
    const { clock, journal, hub } = start(1 + Math.floor(random() * 8));
    const readers = upTo(5).map(() => {
      const sink = new FakeSink();
      return { sink, cursor: hub.open(sink, everything, 0) };
    });
    for (let turn = 0; turn < 80; turn++) {
      const reader = readers[Math.floor(random() * readers.length)]!;
      const dice = random();
      if (dice < 0.4) {
        await journal.append({
          events: upTo(Math.floor(random() * 20)).map(() => message()),
        });
      } else if (dice < 0.6) reader.sink.room = Math.floor(random() * 10);
      else if (dice < 0.8) reader.cursor.pump();
      else await clock.advance(1);
    }
    for (const { sink, cursor } of readers) {
      sink.room = Infinity;
      cursor.pump();
    }
    await clock.advance(100);
    for (const { sink } of readers) {
      assertEquals(sink.got, upTo(journal.head), `seed ${seed}`);
      assertEquals(sink.gaps, []);
    }
  }
});
