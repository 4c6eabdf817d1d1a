import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { RetentionGate } from "../../../bridge/journal/retention_gate.ts";
import type { NewEvent } from "../../../bridge/journal/event.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

const clock = new FakeClock();
const never = new AbortController();
const retention = { days: 365, bytes: 10_000 };

function messages(count: number, text = "x".repeat(100)): NewEvent[] {
  return Array.from({ length: count }, () => ({
    account: "10001",
    at: clock.now(),
    event: "message",
    data: { from: "10002", text },
  }));
}

function gateOf(journal: MemoryJournal, errors: unknown[] = []) {
  return new RetentionGate({
    journal,
    clock,
    retention,
    onError: (error) => errors.push(error),
  });
}

Deno.test("RetentionGate.enter() keeps the journal within 1.1 times its bytes, while many append", async () => {
  const journal = new MemoryJournal({ clock });
  const gate = gateOf(journal);
  let mostBytes = 0;
  journal.watch(() => mostBytes = Math.max(mostBytes, journal.bytes));
  const account = async () => {
    for (let round = 0; round < 30; round++) {
      const leave = await gate.enter(messages(7), never);
      await Promise.resolve();
      await journal.append({ events: messages(7) });
      leave();
    }
  };
  await Promise.all([account(), account(), account()]);
  assert(mostBytes <= 1.1 * retention.bytes, String(mostBytes));
  assert(mostBytes > retention.bytes, String(mostBytes));
});

Deno.test("RetentionGate.enter() lets in a part larger than all of the retention, into an empty journal", async () => {
  const journal = new MemoryJournal({ clock });
  await journal.append({ events: messages(20) });
  (await gateOf(journal).enter(messages(200), never))();
  assertEquals(journal.bytes, 0);
});

Deno.test("RetentionGate.enter() waits while trimming fails, and ends with the signal", async () => {
  const journal = new MemoryJournal({ clock });
  await journal.append({ events: messages(60) });
  const { trim } = journal;
  let fails = true;
  Object.defineProperty(journal, "failure", {
    get: () => fails ? new Error("disk full") : undefined,
  });
  journal.trim = (...args) =>
    fails ? { trimmed: 0, more: false } : trim.apply(journal, args);
  const gate = gateOf(journal);
  const closing = new AbortController();
  let entered = false;
  const first = gate.enter(messages(1), never).then(() => entered = true);
  const second = assertRejects(
    () => gate.enter(messages(1), closing),
    Error,
    "closed",
  );
  await clock.advance(5000);
  assertEquals(entered, false);
  closing.abort(new Error("closed"));
  await second;
  fails = false;
  await clock.advance(1000);
  await first;
});

Deno.test("RetentionGate.enter() lets mail in if a trim throws, and reports the error", async () => {
  const journal = new MemoryJournal({ clock });
  await journal.append({ events: messages(100) });
  journal.trim = () => {
    throw new Error("damaged page");
  };
  const errors: unknown[] = [];
  (await gateOf(journal, errors).enter(messages(1), never))();
  assertEquals(errors.map(String), ["Error: damaged page"]);
});
