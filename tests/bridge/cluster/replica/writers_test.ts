import { assertEquals } from "@std/assert";
import {
  WRITER_LIFE_MS,
  Writers,
} from "../../../../bridge/cluster/replica/writers.ts";
import { openJournal } from "../../../../bridge/journal/sqlite/journal_file.ts";

Deno.test("Writers: forgets a process 7 days after its last record unless it is a member, and then drops what comes of it", () => {
  const database = openJournal(":memory:");
  const writers = new Writers(database, 0);
  const record = { number: 1, at: 1000, seen: 0 };
  for (const [nth, node] of ["gone", "member", "late"].entries()) {
    const at = node === "late" ? 1001 : 1000;
    writers.add({ ...record, node, at, index: 10 + nth });
  }
  const isMember = (node: string) => node === "member";
  writers.expire(1000 + WRITER_LIFE_MS, isMember);
  assertEquals([writers.has("gone"), writers.floor], [true, 0]);
  writers.expire(1001 + WRITER_LIFE_MS, isMember);
  const known = ["gone", "member", "late"].map((node) => writers.has(node));
  assertEquals([known, writers.floor], [[false, true, true], 10]);
  writers.flush();
  const stored = database.prepare("SELECT node FROM writers ORDER BY node")
    .all().map(({ node }) => node);
  assertEquals(stored, ["late", "member"]);
  const again = { ...record, number: 2, at: 9e9, index: 20 };
  assertEquals(writers.isForgotten({ ...again, node: "gone" }), true);
  assertEquals(writers.isForgotten({ ...again, node: "member" }), false);
  assertEquals(writers.isForgotten({ ...again, node: "new", seen: 15 }), false);
  database.close();
});
