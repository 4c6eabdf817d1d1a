import { type Filter, Hub, type Sink } from "../../../bridge/hub/hub.ts";
import type { NewEvent, StoredEvent } from "../../../bridge/journal/event.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import type { GapFrame } from "../../../mod.ts";
import { assertEquals } from "@std/assert";
import { TestJournal } from "../../support/test_journal.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { randomFrom } from "../../support/random.ts";

class FakeSink implements Sink {
  /** How many more events it takes. */
  room = Infinity;
  readonly got: number[] = [];
  readonly gaps: GapFrame[] = [];
  readonly failures: unknown[] = [];
  isReady(): boolean {
    return this.room > 0;
  }
  send(event: StoredEvent): void {
    this.room--;
    this.got.push(event.seq);
  }
  sendGap(frame: GapFrame): void {
    this.gaps.push(frame);
  }
  onError(error: unknown): void {
    this.failures.push(error);
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
  const journal = new TestJournal();
  const hub = new Hub(journal, {
    clock,
    ...(tailEvents === undefined ? {} : { tailEvents }),
  });
  return { clock, journal, hub };
}

Deno.test("Cursor: gets each event at the head as it is journalled", async () => {
  const { journal, hub } = start();
  const sink = new FakeSink();
  const cursor = hub.open(sink, everything, 0);
  await journal.append({ events: [message(), presence()] });
  assertEquals(sink.got, [1, 2]);
  assertEquals(cursor.position, 2);
});

Deno.test("Cursor: gets only events that its filter names, and its position passes the others", async () => {
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

Deno.test("Cursor: applies its filter to replayed events too", async () => {
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

Deno.test("Cursor: sends nothing to a sink that is not ready, and continues where it stopped", async () => {
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

Deno.test("Cursor: sends a long replay in turns, the first of them short, followed by events that arrive meanwhile", async () => {
  const { clock, journal, hub } = start(16);
  await journal.append({ events: upTo(1000).map(() => message()) });
  const sink = new FakeSink();
  hub.open(sink, everything, 0);
  assertEquals(sink.got.length, 16);
  await journal.append({ events: [message()] });
  await clock.advance(0);
  assertEquals(sink.got, upTo(1001));
});

Deno.test("Cursor: gets a gap for what was trimmed before it was opened", async () => {
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

Deno.test("Cursor.close(): nothing more is sent", async () => {
  const { journal, hub } = start();
  const sink = new FakeSink();
  const cursor = hub.open(sink, everything, 0);
  cursor.close();
  await journal.append({ events: [message()] });
  cursor.pump();
  assertEquals(sink.got, []);
});

Deno.test("Cursor.move(): changes the filter and the position", async () => {
  const { journal, hub } = start();
  const sink = new FakeSink();
  const cursor = hub.open(sink, everything, 0);
  await journal.append({ events: [message(), message("10002")] });
  cursor.move({ accounts: new Set(["10002"]), events: "all" }, 0);
  await journal.append({ events: [message(), message("10002")] });
  assertEquals(sink.got, [1, 2, 2, 4]);
});

/** A sink that runs an action when it receives a certain event or a gap. */
class ActingSink extends FakeSink {
  onSend: (seq: number) => void = () => {};
  onGap: () => void = () => {};
  override send(event: StoredEvent): void {
    super.send(event);
    this.onSend(event.seq);
  }
  override sendGap(frame: GapFrame): void {
    super.sendGap(frame);
    this.onGap();
  }
}

Deno.test("Hub: a sink that throws loses its cursor, and the others get every event", async () => {
  const { journal, hub } = start();
  const [before, throwing, after] = [
    new FakeSink(),
    new ActingSink(),
    new FakeSink(),
  ];
  const late = new FakeSink();
  for (const sink of [before, throwing, after]) hub.open(sink, everything, 0);
  const error = new Error("cannot send");
  throwing.onSend = (seq) => {
    if (seq === 2) throw error;
  };
  await journal.append({ events: [message(), message(), message()] });
  await journal.append({ events: [message()] });
  hub.open(late, everything, 0);
  for (const sink of [before, after, late]) {
    assertEquals(sink.got, [1, 2, 3, 4]);
  }
  assertEquals(throwing.got, [1, 2]);
  assertEquals(throwing.failures, [error]);
});

Deno.test("Cursor: reports what a sink throws in a later turn of a replay to the sink, not to the clock", async () => {
  const { clock, journal, hub } = start(16);
  await journal.append({ events: upTo(600).map(() => message()) });
  const sink = new ActingSink();
  sink.onSend = (seq) => {
    if (seq === 300) throw new Error("cannot send");
  };
  hub.open(sink, everything, 0);
  await clock.advance(0);
  assertEquals(sink.got, upTo(300));
  assertEquals(sink.failures.length, 1);
  assertEquals(clock.pending, 0);
});

Deno.test("Cursor.pump() sends what precedes a damaged event, and reports the failed read to the sink", async () => {
  const { clock, journal, hub } = start(1);
  await journal.append({ events: upTo(8).map(() => message()) });
  const error = new Error("database disk image is malformed");
  journal.damage = { seq: 5, error };
  const [behind, ahead] = [new FakeSink(), new FakeSink()];
  hub.open(behind, everything, 0);
  hub.open(ahead, everything, 5);
  await clock.advance(0);
  assertEquals([behind.got, behind.failures], [[1, 2, 3, 4], [error]]);
  assertEquals([ahead.got, ahead.failures], [[6, 7, 8], []]);
});

Deno.test("Hub: an event that a sink journals while it receives one is sent to all after that one", async () => {
  const { journal, hub } = start();
  const first = new ActingSink();
  const second = new FakeSink();
  first.onSend = (seq) => {
    if (seq === 2) void journal.append({ events: [message()] });
  };
  hub.open(first, everything, 0);
  hub.open(second, everything, 0);
  await journal.append({ events: [message(), message(), message()] });
  assertEquals(first.got, [1, 2, 3, 4]);
  assertEquals(second.got, [1, 2, 3, 4]);
  assertEquals(hub.head, 4);
});

Deno.test("Hub.open(): a cursor opened while an event is published gets it once", async () => {
  const filters: Filter[] = [
    everything,
    { accounts: new Set(["10001"]), events: "all" },
  ];
  for (const other of filters) {
    for (const filter of filters) {
      const { journal, hub } = start();
      const opening = new ActingSink();
      const opened = [new FakeSink(), new FakeSink()];
      opening.onSend = (seq) => {
        if (seq !== 2) return;
        hub.open(opened[0]!, filter, 0);
        hub.open(opened[1]!, filter, hub.head);
      };
      hub.open(opening, other, 0);
      await journal.append({ events: [message(), message(), message()] });
      assertEquals(opened.map(({ got }) => got), [[1, 2, 3], [2, 3]]);
    }
  }
});

Deno.test("Cursor.move(): works while the sink receives an event, live and in a replay", async () => {
  for (const from of [0, 4]) {
    const { clock, journal, hub } = start();
    const append = () =>
      journal.append({ events: upTo(4).map(() => message()) });
    if (from === 0) await append();
    const sink = new ActingSink();
    sink.onSend = (seq) => {
      if (seq === 2 && sink.got.length === 2) cursor.move(everything, 0);
      if (seq === 3) cursor.move(everything);
    };
    sink.room = 0;
    const cursor = hub.open(sink, everything, 0);
    sink.room = Infinity;
    cursor.pump();
    if (from !== 0) await append();
    await clock.advance(10);
    assertEquals(sink.got, [1, 2, 1, 2, 3, 4]);
    assertEquals(cursor.position, 4);
  }
});

Deno.test("Cursor.pump(): called while the cursor sends, it sends nothing twice", async () => {
  const { journal, hub } = start();
  await journal.append({ events: upTo(4).map(() => message()) });
  const sink = new ActingSink();
  sink.room = 0;
  const cursor = hub.open(sink, everything, 0);
  sink.onSend = () => cursor.pump();
  sink.room = Infinity;
  cursor.pump();
  assertEquals(sink.got, [1, 2, 3, 4]);
});

Deno.test("Cursor.close(): at a gap, nothing follows", async () => {
  const { journal, hub } = start(2);
  const sink = new ActingSink();
  sink.room = 0;
  const cursor = hub.open(sink, everything, 0);
  await journal.append({ events: upTo(3).map(() => message()) });
  journal.trimTo(4);
  sink.onGap = () => cursor.close();
  sink.room = Infinity;
  cursor.pump();
  assertEquals(cursor.caughtUp, false);
  await journal.append({ events: [message()] });
  assertEquals(sink.got, []);
});

Deno.test("Hub: limits the tail in characters too, and cursors further back read the journal", async () => {
  const clock = new FakeClock();
  const journal = new TestJournal();
  const hub = new Hub(journal, { clock, tailChars: 1000 });
  const long: NewEvent = {
    account: "10001",
    at: 0,
    event: "message",
    data: { from: "10002", text: "x".repeat(1200) },
  };
  for (let n = 0; n < 3; n++) await journal.append({ events: [long] });
  const behind = new FakeSink();
  hub.open(behind, everything, 0);
  await clock.advance(0);
  assertEquals(behind.got, [1, 2, 3]);
  assertEquals(journal.reads > 0, true);
});

Deno.test("Hub: each cursor gets every event once and in order, whatever the sinks do", async () => {
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

/** 30 events of a noisy account, one of a quiet one after the tenth, of which 26 of the noisy one are trimmed. */
async function startNoisy() {
  const stage = start(1);
  const { journal } = stage;
  const noisy = (count: number) => Array(count).fill(message("10001"));
  await journal.append({ events: [...noisy(10), message("10002")] });
  await journal.append({ events: noisy(20) });
  const each = journal.bytes / 31;
  journal.trim(0, { days: 365, bytes: 5 * each });
  return stage;
}

Deno.test("Cursor: a position of an earlier journal gets one gap up to the journal's start", async () => {
  const journal = new MemoryJournal({ after: 100 });
  const hub = new Hub(journal);
  await journal.append({ events: [message()] });
  for (const accounts of ["all", new Set(["10001", "10002"])] as const) {
    const sink = new FakeSink();
    const cursor = hub.open(sink, { accounts, events: "all" }, 40);
    assertEquals(sink.got, [101]);
    assertEquals(
      sink.gaps.map(({ from, to, reason, account }) => [
        from,
        to,
        reason,
        account,
      ]),
      [[41, 100, "trimmed", undefined]],
    );
    cursor.close();
  }
  hub.close();
});

const NOISY_READERS: [
  what: string,
  accounts: Filter["accounts"],
  after: number,
  gaps: [from: number, to: number, account?: string][],
  events: number[],
][] = [
  ["all accounts", "all", 0, [[1, 27, "10001"]], [11, 28, 29, 30, 31]],
  ["all accounts, later", "all", 12, [[13, 27, "10001"]], [28, 29, 30, 31]],
  ["both accounts", new Set(["10001", "10002"]), 0, [[1, 27, "10001"]], [
    11,
    28,
    29,
    30,
    31,
  ]],
  ["the noisy account", new Set(["10001"]), 0, [[1, 27]], [28, 29, 30, 31]],
  ["the quiet account", new Set(["10002"]), 0, [], [11]],
  ["an account without events", new Set(["10003"]), 0, [], []],
];

for (const [what, accounts, after, gaps, events] of NOISY_READERS) {
  Deno.test(`Cursor: a noisy account is trimmed, a reader of ${what} after ${after} gets ${gaps.length} gaps`, async () => {
    const { clock, hub, journal } = await startNoisy();
    const sink = new FakeSink();
    const cursor = hub.open(sink, { accounts, events: "all" }, after);
    await clock.advance(0);
    assertEquals(
      sink.gaps,
      gaps.map(([from, to, account]): GapFrame => ({
        type: "gap",
        epoch: journal.epoch,
        from,
        to,
        reason: "trimmed",
        ...(account === undefined ? {} : { account }),
      })),
    );
    assertEquals(sink.got, events);
    assertEquals(cursor.caughtUp, true);
  });
}

Deno.test("Cursor: a slow reader gets each part of an account's gap once, and waits between gaps", async () => {
  const { clock, hub, journal } = await startNoisy();
  const sink = new FakeSink();
  sink.room = 1;
  const cursor = hub.open(sink, everything, 0);
  assertEquals([sink.got, sink.gaps.length], [[11], 1]);
  journal.trim(0, { days: 365, bytes: journal.bytes * 4 / 5 });
  sink.room = Infinity;
  cursor.pump();
  await clock.advance(0);
  assertEquals(sink.gaps.map(({ from, to }) => [from, to]), [[1, 27], [
    28,
    28,
  ]]);
  assertEquals(sink.got, [11, 29, 30, 31]);
});

Deno.test("Cursor: a reader that takes little at once costs little to read for, and a fast one again gets whole runs", async () => {
  const clock = new FakeClock();
  const reads: number[] = [];
  class CountedJournal extends TestJournal {
    override read(
      ...[after, options]: Parameters<TestJournal["read"]>
    ): ReturnType<TestJournal["read"]> {
      const result = super.read(after, options);
      reads.push(result.events.length);
      return result;
    }
  }
  const journal = new CountedJournal();
  const hub = new Hub(journal, { clock, tailEvents: 1 });
  await journal.append({ events: upTo(3000).map(() => message()) });
  const sink = new FakeSink();
  sink.room = 0;
  const cursor = hub.open(sink, everything, 0);
  for (let wake = 0; wake < 100; wake++) {
    sink.room = 10;
    cursor.pump();
    await clock.advance(0);
  }
  assertEquals(sink.got, upTo(1000));
  const read = reads.reduce((sum, count) => sum + count, 0);
  assertEquals(read, 100 * 16);
  reads.length = 0;
  sink.room = Infinity;
  cursor.pump();
  await clock.advance(0);
  assertEquals(sink.got, upTo(3000));
  assertEquals(reads.slice(0, 3), [16, 64, 256]);
});

Deno.test("Hub: of many slow readers that go on at once, a few read the journal in a turn, and each gets everything", async () => {
  const { clock, journal, hub } = start(1);
  await journal.append({ events: upTo(20).map(() => message()) });
  const readers = upTo(100).map(() => {
    const sink = new FakeSink();
    sink.room = 0;
    return { sink, cursor: hub.open(sink, everything, 0) };
  });
  for (const { sink, cursor } of readers) {
    sink.room = Infinity;
    cursor.pump();
  }
  // Each reads 16 events, and asking the journal counts as much.
  assertEquals(journal.reads, 128 / (16 + 16));
  await clock.advance(0);
  for (const { sink, cursor } of readers) {
    assertEquals(sink.got, upTo(20));
    assertEquals(cursor.caughtUp, true);
  }
});
