import { openJournal } from "../../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../../bridge/journal/sqlite/sqlite_journal.ts";
import { assert, assertEquals } from "@std/assert";
import { randomFrom } from "../../../support/random.ts";
import { ACCOUNTS, textsOf } from "./crash_batches.ts";
import { Program } from "../../../support/program.ts";

const KILLS = 10;

/** Lets the writer run until it has acknowledged so much, kills it, and returns all that it acknowledged. */
async function killedAfter(path: string, least: number): Promise<string[]> {
  const writer = new URL("./writer.ts", import.meta.url).pathname;
  const args = ["run", "-A", "--no-check", writer, path];
  await using program = Program.deno(args);
  return await program.killAfter(least);
}

/** Every event's text by its place, which must have no holes. */
function textsIn(journal: SqliteJournal): Map<number, string> {
  const texts = new Map<number, string>();
  for (let after = 0; after < journal.head;) {
    const { events, upTo } = journal.read(after, { limit: 1000 });
    for (const { seq, frame } of events) {
      assertEquals(seq, texts.size + 1);
      texts.set(seq, JSON.parse(frame).data.text);
    }
    after = upTo;
  }
  assertEquals(texts.size, journal.head);
  return texts;
}

Deno.test(`kill -9, ${KILLS} times: nothing acknowledged is lost, nothing is there by half`, async () => {
  const folder = Deno.makeTempDirSync();
  const random = randomFrom(2005);
  const epochs = new Set<string>();
  let acknowledged = 0;
  try {
    for (let round = 0; round < KILLS; round++) {
      const path = `${folder}/journal.db`;
      const least = 1 + Math.floor(random() * 500);
      const lines = await killedAfter(path, least);
      assert(lines.length >= least);
      acknowledged += lines.length;
      const journal = new SqliteJournal(openJournal(path));
      epochs.add(journal.epoch);
      const texts = textsIn(journal);
      for (const line of lines) {
        const [account = "", number, seqs = ""] = line.split(" ");
        assert(journal.polls(account) >= Number(number), line);
        assertEquals(
          seqs.split(",").map((seq) => texts.get(Number(seq))),
          textsOf(account, Number(number)),
        );
      }
      // A batch and the number of its poll are there together, once, or neither is.
      const there = [...texts.values()];
      for (const account of ACCOUNTS) {
        assertEquals(
          there.filter((text) => text.startsWith(`${account}/`)),
          Array.from(
            { length: journal.polls(account) },
            (_, index) => textsOf(account, index + 1),
          ).flat(),
        );
        assert((journal.position(account) ?? 0) <= journal.head);
      }
      await journal.close();
    }
    assertEquals(epochs.size, 1);
    assert(acknowledged > 1000);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
