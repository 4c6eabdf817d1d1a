import { thisProcess } from "../../../bridge/cli/program/memory_release.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { assert } from "@std/assert";

const MIB = 1024 * 1024;

/** Bytes of the heap that are no garbage. */
function heldBytes(): number {
  thisProcess.collect();
  return Deno.memoryUsage().heapUsed;
}

Deno.test("MemoryJournal: a flood of four times its size leaves at most one and a half times its size in memory", async () => {
  const size = 16 * MIB;
  const journal = new MemoryJournal();
  const before = heldBytes();
  for (let nth = 0, came = 0; came < 4 * size; nth++) {
    const events = await journal.append({
      events: Array.from({ length: 100 }, (_, index) => ({
        account: `${10_001 + index % 5}`,
        at: Date.UTC(2005, 10, 24) + nth,
        event: "message",
        data: { from: "10002", text: `${nth} ${index} `.padEnd(4000, "x") },
      })),
    });
    came += 4000 * events.length;
    while (
      journal.trim(Date.UTC(2005, 10, 25), { days: 365, bytes: size }).more
    );
  }
  const held = heldBytes() - before;
  assert(
    journal.bytes > size / 2 && journal.bytes <= size,
    `${journal.bytes} bytes`,
  );
  assert(held <= 1.5 * size, `${held / MIB} MiB are held`);
  await journal.close();
});
