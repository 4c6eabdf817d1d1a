import {
  logPagesFor,
  MAX_LOG_PAGES,
  MIN_LOG_PAGES,
} from "../../../../bridge/sqlite/log_limit.ts";
import { openJournal } from "../../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../../bridge/journal/sqlite/sqlite_journal.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { mountSmall } from "../../../support/small_disk.ts";

const MIB = 1024 * 1024;

const events = (count: number) => ({
  events: Array.from({ length: count }, (_, index) => ({
    account: String(10001 + index % 50),
    at: index,
    event: "message" as const,
    data: { from: "10002", text: "x".repeat(500) },
  })),
});

Deno.test("logPagesFor(): shrinks with the free space", () => {
  const rows: [freeBytes: number, pages: number][] = [
    [1e12, MAX_LOG_PAGES],
    [64 * MIB, 4000],
    [8 * MIB, 512],
    [1 * MIB, 64],
    [0, MIN_LOG_PAGES],
  ];
  for (const [free, pages] of rows) {
    assertEquals(logPagesFor(free, 4096), pages, `${free} bytes`);
  }
});

Deno.test("SqliteJournal.probe(): frees the log's space after a failed write", async () => {
  const path = await Deno.makeTempDir();
  try {
    const journal = new SqliteJournal(openJournal(`${path}/journal.db`));
    await journal.append(events(2000));
    const logBytes = () => Deno.statSync(`${path}/journal.db-wal`).size;
    assert(logBytes() > MIB);
    assertEquals(journal.probe(), true);
    assert(logBytes() > MIB);
    Deno.renameSync(`${path}/journal.db`, `${path}/away`);
    await assertRejects(() => journal.append(events(1)));
    Deno.renameSync(`${path}/away`, `${path}/journal.db`);
    assertEquals(journal.probe(), true);
    assertEquals(journal.failure, undefined);
    assert(logBytes() < MIB / 4, `${logBytes()} bytes`);
    await journal.close();
  } finally {
    await Deno.remove(path, { recursive: true });
  }
});

Deno.test("SqliteJournal: on a disk of 8 MiB it is writable again once space is free", async () => {
  await using disk = await mountSmall(8 * MIB);
  // Only an administrator can make one; the tests above hold for all.
  if (disk === undefined) return;
  const { path } = disk;
  Deno.writeFileSync(`${path}/ballast`, new Uint8Array(2 * MIB));
  const journal = new SqliteJournal(openJournal(`${path}/journal.db`));
  let appended = 0;
  const fill = async (most: number) => {
    const from = appended;
    while (appended - from < most) {
      await journal.append(events(20));
      appended += 20;
    }
  };
  // What the log gives back is filled too.
  let tries = 0;
  do await assertRejects(() => fill(1e6)); while (
    journal.probe() && ++tries < 50
  );
  // Not the log, but the events fill it.
  const { size } = Deno.statSync(`${path}/journal.db`);
  assert(size > 3 * MIB, `${size} bytes`);
  assert(journal.failure !== undefined);
  Deno.removeSync(`${path}/ballast`);
  assertEquals(journal.probe(), true);
  await fill(1000);
  assertEquals(journal.head, appended);
  await journal.close();
  const again = openJournal(`${path}/journal.db`);
  const { count } = again.prepare("SELECT count(*) AS count FROM events")
    .get() as { count: number };
  assertEquals(count, appended);
  again.close();
});
