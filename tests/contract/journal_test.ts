import { newEpoch, systemRandom } from "../../bridge/journal/draft.ts";
import type { Journal } from "../../bridge/journal/journal.ts";
import { MemoryJournal } from "../../bridge/journal/memory.ts";
import { openJournal } from "../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../bridge/journal/sqlite/sqlite_journal.ts";
import { assertEquals } from "@std/assert";
import { openMemoryLog, openOwner } from "../support/cluster_nodes.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { journalCases, type JournalOptions } from "./journal_cases.ts";

const subjects: Record<
  string,
  (options: JournalOptions) => Journal | Promise<Journal>
> = {
  MemoryJournal: (options) => new MemoryJournal(options),
  SqliteJournal: (options) =>
    new SqliteJournal(openJournal(":memory:"), options),
  ClusterJournal: (options) =>
    openOwner(openMemoryLog(), { epoch: newEpoch(systemRandom), ...options }),
};

for (const [name, make] of Object.entries(subjects)) {
  for (const { title, run } of journalCases()) {
    Deno.test(`${name}: ${title}`, () => run(make));
  }
}

Deno.test("journal: each new one has its own epoch", async () => {
  const epochs: string[] = [];
  for (const make of [...Object.values(subjects), ...Object.values(subjects)]) {
    const journal = await make({ clock: new FakeClock() });
    epochs.push(journal.epoch);
    await journal.close();
  }
  assertEquals(new Set(epochs).size, 6);
});

Deno.test("MemoryJournal: drops the oldest events over maxEvents", async () => {
  const journal = new MemoryJournal({ maxEvents: 10 });
  for (let turn = 0; turn < 500; turn++) {
    const events = Array(7).fill({
      account: "10001",
      at: 0,
      event: "message",
      data: { from: "10002", text: "hi" },
    });
    await journal.append({ events });
  }
  assertEquals([journal.oldest, journal.head], [3491, 3500]);
  assertEquals(
    journal.read(0, { limit: 100 }).events.map(({ seq }) => seq),
    Array.from({ length: 10 }, (_, index) => 3491 + index),
  );
});
