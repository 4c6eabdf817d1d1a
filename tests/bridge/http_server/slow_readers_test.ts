import { assert, assertEquals } from "@std/assert";
import { slowReaders } from "../../support/slow_readers.ts";

Deno.test("slow readers: the healthy get all in order, the stalled are cut, and cost little", async () => {
  const stallMs = 3000;
  const report = await slowReaders({
    healthy: 10,
    trickling: 10,
    stalled: 30,
    stallMs,
    events: 2000,
    textChars: 800,
  });
  const { whole, open, cutAfterMs, lastRead, heldEach, heldAfter, failures } =
    report;
  assertEquals(failures, []);
  assertEquals(whole, 10);
  assert(open >= 10 && open <= 20, `${open} are open`);
  // Shorter than a closing handshake that nobody answers.
  assert(cutAfterMs <= stallMs + 4000, `cut after ${cutAfterMs} ms`);
  assert(lastRead.endsWith("too slow: come back"), lastRead);
  // 2,000 events take 5 MB: what waits in this process for each is bounded all the same.
  assert(heldEach < 256 * 1024, `${heldEach} bytes for each`);
  assert(
    heldAfter < 24 * 1024 * 1024,
    `${heldAfter} bytes are held at the end`,
  );
});
