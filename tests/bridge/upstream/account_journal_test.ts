import { AccountJournal } from "../../../bridge/upstream/account_journal.ts";
import type { NewEvent } from "../../../bridge/journal/event.ts";
import { JournalWriteError } from "../../../bridge/journal/limits.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

function accountJournal(
  journal: MemoryJournal,
  clock: FakeClock,
  failed: (error: unknown) => void = () => {},
): AccountJournal {
  return new AccountJournal({
    uin: "10001",
    journal,
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
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
    signal: closing.signal,
    onError: () => {},
  });
  const ends = assertRejects(() => account.append([good]));
  await clock.advance(100);
  closing.abort();
  await ends;
});
