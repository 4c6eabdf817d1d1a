import {
  MemoryLog,
  MemoryStream,
} from "../../../../bridge/cluster/memory_log.ts";
import { Spool } from "../../../../bridge/cluster/upkeep/spool.ts";
import type { Batch } from "../../../../bridge/journal/journal.ts";
import { assertEquals } from "@std/assert";
import { openNode, turnClock } from "../../../support/cluster_nodes.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const batch = (text: string, repeats: boolean | undefined): Batch => ({
  events: [{
    account: "10001",
    at: 0,
    event: "message",
    data: { from: "10002", text },
  }],
  poll: { account: "10001", number: 1, repeats },
});

/** A node whose log is cut off, and the log's records. */
async function stage() {
  const stream = new MemoryStream({ clock: turnClock });
  const log = new MemoryLog(stream);
  const clock = new FakeClock(Date.now());
  const spool = new Spool(":memory:");
  const journal = await openNode(log, { clock, spool, onError: () => {} });
  await journal.settle();
  /** Ends the process without a word to the log, and starts the next one. */
  const restart = async () => {
    const closing = journal.close();
    await clock.advance(10_000);
    await closing;
    await log.close();
    const next = new MemoryLog(stream);
    const again = await openNode(next);
    await again.settle();
    await spool.replay({ log: next, write: (all) => again.write(all) });
    await again.settle();
    const texts = again.read(0, { limit: 9 }).events
      .map(({ frame }) => JSON.parse(frame).data.text);
    await again.close();
    await next.close();
    return texts;
  };
  return { stream, log, clock, spool, journal, restart };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

for (const repeats of [false, undefined, true]) {
  Deno.test(`Spool: mail of a server that ${repeats ? "repeats" : "may not repeat"} it (${repeats}) is ${repeats ? "not kept" : "kept after a second"}`, async () => {
    const { log, clock, spool, journal, restart } = await stage();
    log.isCut = true;
    const appended = journal.append(batch("mail", repeats)).catch(() => {});
    await turn();
    await clock.advance(999);
    assertEquals(spool.size, 0);
    await clock.advance(1);
    assertEquals(spool.size, repeats ? 0 : 1);
    const texts = await restart();
    await appended;
    assertEquals(texts, repeats ? [] : ["mail"]);
    assertEquals(spool.size, 0);
    spool.close();
  });
}

Deno.test("Spool: mail that the log took after all is dropped from it", async () => {
  const { stream, clock, spool, journal, log } = await stage();
  stream.maxBytes = 0;
  const appended = journal.append(batch("mail", false));
  await turn();
  await clock.advance(1000);
  assertEquals(spool.size, 1);
  stream.maxBytes = Infinity;
  await clock.advance(500);
  assertEquals((await appended).length, 1);
  assertEquals(spool.size, 0);
  await journal.close();
  await log.close();
  spool.close();
});

Deno.test("Spool: mail that waited behind other records is written once", async () => {
  const { stream, log, clock, spool, journal, restart } = await stage();
  log.isCut = true;
  // Few rows wait for the record before them.
  const first = journal.setPosition("t1/bot", 1).catch(() => {});
  await turn();
  const appended = journal.append(batch("mail", false)).catch(() => {});
  await clock.advance(1000);
  await turn();
  assertEquals(spool.size, 1);
  const texts = await restart();
  await Promise.all([first, appended]);
  assertEquals([texts, spool.size], [["mail"], 0]);
  assertEquals(stream.records.length > 0, true);
  spool.close();
});
