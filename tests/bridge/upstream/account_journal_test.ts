import { AccountJournal } from "../../../bridge/upstream/account_journal.ts";
import type { NewEvent } from "../../../bridge/journal/event.ts";
import { JournalWriteError } from "../../../bridge/journal/limits.ts";
import type { Journal } from "../../../bridge/journal/journal.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { openJournal } from "../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../bridge/journal/sqlite/sqlite_journal.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

function accountJournal(
  journal: Journal,
  clock: FakeClock,
  failed: (error: unknown) => void = () => {},
): AccountJournal {
  return new AccountJournal({
    uin: "10001",
    journal,
    clock,
    random: () => 0.5,
    closing: new AbortController(),
    onError: failed,
  });
}

const at = Date.UTC(2005, 10, 24);
const good: NewEvent = {
  account: "10001",
  at,
  event: "message",
  data: { from: "10002", text: "hi" },
};

Deno.test("AccountJournal.append() splits an event that is too long for the journal into unknown ones that hold all of it", async () => {
  const clock = new FakeClock();
  const database = Object.assign(openJournal(":memory:"), { valueBytes: 2000 });
  const journal = new SqliteJournal(database);
  const account = accountJournal(journal, clock);
  const text = '\u0001"好😀'.repeat(200);
  const events = await account.append([
    good,
    { ...good, data: { from: "10002", text } },
    good,
  ]);
  const parts = events.slice(1, -1).map(({ event, frame }) => {
    assertEquals(event, "unknown");
    const { data } = JSON.parse(frame);
    assert(new TextEncoder().encode(JSON.stringify(data)).length <= 1000);
    return data.raw;
  });
  assert(parts.length > 1);
  assertEquals(parts.every((part) => part.isWellFormed()), true);
  assertEquals(
    JSON.parse(parts.join("")),
    { event: "message", data: { from: "10002", text } },
  );
  await journal.close();
});

for (
  const [name, bad, raw] of [
    ["a name that is none", { ...good, event: "nonsense" }, {
      event: "nonsense",
      data: good.data,
    }],
    ["no data", { ...good, data: undefined }, { event: "message" }],
    ["a time that is none", { ...good, at: NaN }, {
      event: "message",
      data: good.data,
    }],
    [
      "data that is no JSON",
      { ...good, data: { from: "10002", text: 7n } },
      "message from=10002&text=7",
    ],
  ] as const
) {
  Deno.test(`AccountJournal.append() replaces an event with ${name} by an unknown one, and keeps the others of its batch`, async () => {
    const clock = new FakeClock();
    const journal = new MemoryJournal();
    const account = accountJournal(journal, clock);
    const events = await account.append(
      [good, bad as unknown as NewEvent, good],
      undefined,
      { number: 1, repeats: true },
    );
    assertEquals(events.map(({ event }) => event), [
      "message",
      "unknown",
      "message",
    ]);
    const { data } = JSON.parse(events[1]!.frame);
    assertEquals(
      typeof raw === "string" ? data.raw : JSON.parse(data.raw),
      raw,
    );
    assertEquals(journal.polls("10001"), 1);
  });
}

Deno.test("AccountJournal.append() repeats while the journal fails, less and less often, and reports it once", async () => {
  const clock = new FakeClock();
  const journal = new MemoryJournal();
  const append = journal.append.bind(journal);
  const tries: number[] = [];
  journal.append = () => {
    tries.push(clock.now() - at);
    return Promise.reject(new JournalWriteError(new Error("disk full")));
  };
  const failures: unknown[] = [];
  const account = accountJournal(
    journal,
    clock,
    (error) => failures.push(error),
  );
  const appended = account.append([good]);
  await clock.advance(20_000);
  assertEquals(tries, [0, 750, 2250, 5250, 9000, 12_750, 16_500]);
  assertEquals(failures.length, 1);
  journal.append = append;
  await clock.advance(5000);
  assertEquals((await appended).length, 1);
});

Deno.test("AccountJournal.append() rejects what cannot be journalled in any form", async () => {
  const clock = new FakeClock();
  const journal = new MemoryJournal();
  let tries = 0;
  journal.append = () => {
    tries++;
    return Promise.reject(new RangeError("never"));
  };
  const account = accountJournal(journal, clock);
  await assertRejects(() => account.append([good]), RangeError, "never");
  assertEquals(tries, 3);
});

Deno.test("AccountJournal.append() rejects when the account is closed", async () => {
  const clock = new FakeClock();
  const journal = new MemoryJournal();
  journal.append = () =>
    Promise.reject(new JournalWriteError(new Error("disk full")));
  const closing = new AbortController();
  const account = new AccountJournal({
    uin: "10001",
    journal,
    clock,
    random: () => 0.5,
    closing,
    onError: () => {},
  });
  const ends = assertRejects(() => account.append([good]));
  await clock.advance(100);
  closing.abort();
  await ends;
});
