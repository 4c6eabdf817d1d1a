import type { NewEvent } from "../../../bridge/journal/event.ts";
import type { RestoredJournal } from "../../../bridge/journal/lineage.ts";
import { MAX_SCANNED_ROWS } from "../../../bridge/journal/limits.ts";
import { freshPosition } from "../../../bridge/journal/positions.ts";
import { openJournal } from "../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../bridge/journal/sqlite/sqlite_journal.ts";
import type { EventName } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

const NOW = Date.UTC(2026, 10, 28);

const message = (index: number): NewEvent => ({
  account: String(10001 + index % 3),
  at: 0,
  event: "message",
  data: { from: "10009", text: String(index) },
});
const rare = (index: number): NewEvent => ({
  account: String(10001 + index % 3),
  at: 0,
  event: "friend.request",
  data: { from: "10009", text: String(index) },
});
const many = (count: number, make = message): NewEvent[] =>
  Array.from({ length: count }, (_, index) => make(index));
const seqs = (events: readonly { seq: number }[]) =>
  events.map(({ seq }) => seq);

/** A journal's file, opened and copied as often as a test wants. */
class Disk implements Disposable {
  readonly folder = Deno.makeTempDirSync();
  readonly restored: RestoredJournal[] = [];
  #copies = 0;
  path = `${this.folder}/journal.db`;

  open(
    options: ConstructorParameters<typeof SqliteJournal>[1] = {},
    now = NOW,
  ): SqliteJournal {
    return new SqliteJournal(openJournal(this.path), {
      clock: new FakeClock(now),
      onRestored: (restored) => this.restored.push(restored),
      ...options,
    });
  }

  /** Writes events, and closes. */
  async write(count: number, now = NOW): Promise<string> {
    const journal = this.open({}, now);
    await journal.append({ events: many(count) });
    await journal.close();
    return journal.epoch;
  }

  copy(): string {
    const copy = `${this.folder}/copy${++this.#copies}.db`;
    Deno.copyFileSync(this.path, copy);
    return copy;
  }

  /** Puts a copy in place of the file. */
  restore(copy: string): void {
    Deno.removeSync(this.path);
    Deno.copyFileSync(copy, this.path);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

Deno.test("restored journal: a copy that is put back starts a new epoch, above all positions of the lost time", async () => {
  for (const now of [NOW, Date.UTC(2001, 0, 1)]) {
    using disk = new Disk();
    const former = await disk.write(5);
    const copy = disk.copy();
    await disk.write(20);
    disk.restore(copy);
    const journal = disk.open({}, now);
    const { epoch, head, oldest, lost } = journal;
    assert(epoch !== former);
    assert(head > 25 && head >= freshPosition(now));
    assertEquals([oldest, lost], [1, [{ epoch: former, from: 6, to: head }]]);
    assertEquals(disk.restored, [{ formerEpoch: former, last: 5 }]);
    assertEquals(seqs(await journal.append({ events: many(2) })), [
      head + 1,
      head + 2,
    ]);
    await journal.close();
    // Another start is a plain one.
    const again = disk.open({}, now);
    assertEquals([again.epoch, again.head, again.lost], [
      epoch,
      head + 2,
      lost,
    ]);
    await again.close();
    assertEquals(disk.restored.length, 1);
  }
});

Deno.test("restored journal: an older file that was written over the journal's is found by the position that is known", async () => {
  using disk = new Disk();
  const former = await disk.write(5);
  const older = Deno.readFileSync(disk.path);
  await disk.write(20);
  // Inode and birth time stay.
  Deno.writeFileSync(disk.path, older);
  const journal = disk.open({ knownHead: 25 });
  assertEquals(journal.lost.map(({ epoch, from }) => [epoch, from]), [
    [former, 6],
  ]);
  const { head, epoch } = journal;
  await journal.close();
  const again = disk.open({ knownHead: head });
  assertEquals(again.epoch, epoch);
  await again.close();
  assertEquals(disk.restored, [{ formerEpoch: former, last: 5 }]);
});

const PLAIN: [string, (disk: Disk) => void][] = [
  ["a restart", () => {}],
  ["a renamed folder", (disk) => {
    Deno.mkdirSync(`${disk.folder}/moved`);
    Deno.renameSync(disk.path, `${disk.folder}/moved/journal.db`);
    disk.path = `${disk.folder}/moved/journal.db`;
  }],
  ["VACUUM", (disk) => {
    const database = openJournal(disk.path);
    database.exec("DELETE FROM events WHERE seq < 3; VACUUM");
    database.close();
  }],
  ["a file without an identity, as 0.1.0 made it", (disk) => {
    const database = openJournal(disk.path);
    database.exec("DELETE FROM meta WHERE name = 'file'");
    database.close();
  }],
];

for (const [name, change] of PLAIN) {
  Deno.test(`restored journal: ${name} is not a restore`, async () => {
    using disk = new Disk();
    const epoch = await disk.write(5);
    change(disk);
    const journal = disk.open();
    assertEquals([journal.epoch, journal.head, journal.lost], [epoch, 5, []]);
    await journal.close();
    assertEquals(disk.restored, []);
  });
}

Deno.test("restored journal: a copy without events is not a restore, also if the journal started higher", async () => {
  for (const after of [0, freshPosition(NOW)]) {
    using disk = new Disk();
    const first = disk.open({ after });
    assertEquals([first.head, first.oldest], [after, after + 1]);
    await first.close();
    disk.restore(disk.copy());
    const second = disk.open({ after: 0 });
    assertEquals([second.epoch, second.head], [first.epoch, after]);
    assertEquals(seqs(await second.append({ events: many(1) })), [after + 1]);
    await second.close();
    assertEquals(disk.restored, []);
  }
});

Deno.test("restored journal: the mark of a backup starts a new epoch once, even if the start was cut before the mark was removed", async () => {
  using disk = new Disk();
  const former = await disk.write(5);
  const first = disk.open({ backupMark: "a" });
  assert(first.epoch !== former);
  await first.close();
  const second = disk.open({ backupMark: "a" });
  assertEquals(second.epoch, first.epoch);
  await second.close();
  const third = disk.open({ backupMark: "b" });
  assert(third.epoch !== first.epoch);
  assertEquals(third.lost.map(({ epoch }) => epoch), [former, first.epoch]);
  await third.close();
  assertEquals(disk.restored, [
    { formerEpoch: former, last: 5 },
    { formerEpoch: first.epoch, last: first.head },
  ]);
});

Deno.test("restored journal: polls use the former epoch until one is journalled whole", async () => {
  using disk = new Disk();
  const poll = (number: number, last: boolean, part = 0) => ({
    events: many(1),
    poll: { account: "10001", number, repeats: true, part, last },
  });
  const first = disk.open();
  await first.append(poll(1, true));
  await first.append(poll(2, false));
  await first.close();
  const second = disk.open({ backupMark: "a" });
  const of = (journal: SqliteJournal) => [
    journal.polls("10001"),
    journal.pollEpoch("10001"),
  ];
  assertEquals(of(second), [1, first.epoch]);
  assertEquals(await second.append(poll(2, false)), []);
  await second.append(poll(2, false, 1));
  assertEquals(of(second), [1, first.epoch]);
  await second.close();
  const third = disk.open();
  assertEquals(of(third), [1, first.epoch]);
  assertEquals(await third.append(poll(2, false, 1)), []);
  await third.append(poll(2, true, 2));
  assertEquals(of(third), [2, second.epoch]);
  await third.close();
});

const FILTERS: { accounts?: string[]; events?: EventName[] }[] = [
  {},
  { accounts: ["10001"] },
  { accounts: ["10001", "10003"] },
  { accounts: Array.from({ length: 80 }, (_, i) => String(10001 + 2 * i)) },
  { events: ["friend.request"] },
  { accounts: ["10002"], events: ["friend.request"] },
  { events: ["message"] },
];

Deno.test("read(): finds every event on both sides of a lost range in few calls, none across it", async () => {
  using disk = new Disk();
  const mixed = (count: number) =>
    many(count, (index) => index % 5 === 0 ? rare(index) : message(index));
  const first = disk.open();
  await first.append({ events: mixed(MAX_SCANNED_ROWS + 7) });
  await first.close();
  const journal = disk.open({ backupMark: "a" });
  await journal.append({ events: mixed(50) });
  const [range] = journal.lost;
  const all: { seq: number; account: string; event: string }[] = [];
  for (let after = 0; after < journal.head;) {
    const { events, upTo } = journal.read(after, { limit: 100 });
    all.push(...events);
    after = upTo;
  }
  assertEquals(all.length, MAX_SCANNED_ROWS + 57);
  for (const filter of FILTERS) {
    const found: number[] = [];
    let calls = 0;
    for (let after = 0; after < journal.head; calls++) {
      const { events, upTo } = journal.read(after, { limit: 100, ...filter });
      assert(upTo > after);
      assert(after >= range!.to || upTo < range!.from, `${after} to ${upTo}`);
      if (after < range!.from - 1) assert(upTo <= range!.from - 1);
      found.push(...seqs(events));
      after = upTo === range!.from - 1 ? range!.to : upTo;
    }
    assert(calls < 60, `${calls} calls`);
    assertEquals(
      found,
      seqs(
        all.filter(({ account, event }) =>
          filter.accounts?.includes(account) !== false &&
          filter.events?.includes(event as EventName) !== false
        ),
      ),
    );
  }
  await journal.close();
});

Deno.test("trim(): forgets a lost range when everything before it is dropped", async () => {
  using disk = new Disk();
  await disk.write(5);
  const journal = disk.open({ backupMark: "a" });
  const { head } = journal;
  journal.trim(0, { days: 365, bytes: 0 });
  assertEquals([journal.oldest, journal.head, journal.lost], [
    head + 1,
    head,
    [],
  ]);
  await journal.close();
  const again = disk.open();
  assertEquals([again.oldest, again.head, again.lost], [head + 1, head, []]);
  assertEquals(seqs(await again.append({ events: many(1) })), [head + 1]);
  await again.close();
});
