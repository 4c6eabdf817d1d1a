import type { StoredEvent } from "../../../../bridge/journal/event.ts";
import { JournalLimitError } from "../../../../bridge/journal/limits.ts";
import {
  GroupCommit,
  type GroupTarget,
  TRANSACTIONS_IN_A_ROW,
  type Write,
} from "../../../../bridge/journal/sqlite/group_commit.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";

/** Keeps the names of what was written, a list a transaction. */
class Target implements GroupTarget {
  waitingRows = 1000;
  gapMs = 0;
  readonly transactions: string[][] = [];
  readonly failures: unknown[] = [];
  readonly rolledBack: string[][] = [];
  readonly committedSeqs: number[][] = [];
  stored: string[] = [];
  #head = 0;

  head(): number {
    return this.#head;
  }

  transaction(act: () => void): void {
    this.stored = [];
    try {
      act();
    } catch (error) {
      this.rolledBack.push(this.stored);
      throw error;
    }
    this.transactions.push(this.stored);
  }

  committed(events: readonly StoredEvent[]): void {
    this.#head += events.length;
    this.committedSeqs.push(events.map(({ seq }) => seq));
  }

  isFatal(error: unknown): boolean {
    return error instanceof RangeError;
  }

  failed(error: unknown): Error {
    this.failures.push(error);
    return new Error("failed", { cause: error });
  }
}

const event = (seq: number) => ({ seq }) as StoredEvent;

/** Makes so many events; `store` may throw. */
function write(
  target: Target,
  name: string,
  { rows = 1, store = () => {}, prepare = () => {} } = {},
): Write<string> {
  return {
    rows,
    prepare: (head) => {
      prepare();
      return {
        events: Array.from(
          { length: rows },
          (_, index) => event(head + 1 + index),
        ),
        store: () => {
          target.stored.push(name);
          store();
        },
        done: () => name,
      };
    },
  };
}

const broken = (error: Error) => () => {
  throw error;
};

Deno.test("GroupCommit: writes of one turn share a transaction, in order", async () => {
  const target = new Target();
  const group = new GroupCommit(target);
  const first = ["a", "b", "c"].map((name) =>
    group.submit(write(target, name))
  );
  assertEquals(target.transactions, []);
  assertEquals(await Promise.all(first), ["a", "b", "c"]);
  await group.submit(write(target, "d"));
  assertEquals(target.transactions, [["a", "b", "c"], ["d"]]);
  assertEquals(target.committedSeqs, [[1, 2, 3], [4]]);
});

const sizes: [string, number[], number[][]][] = [
  ["100 rows at most", [60, 40, 1], [[60, 40], [1]]],
  ["no row more", [60, 41], [[60], [41]]],
  ["a batch is never cut", [1, 250, 1], [[1], [250], [1]]],
  ["rows, not writes, count", Array(150).fill(1), [
    Array(100).fill(1),
    Array(50).fill(1),
  ]],
];
for (const [title, rows, expected] of sizes) {
  Deno.test(`GroupCommit: a transaction: ${title}`, async () => {
    const target = new Target();
    const group = new GroupCommit(target);
    await Promise.all(
      rows.map((count) =>
        group.submit(write(target, String(count), { rows: count }))
      ),
    );
    assertEquals(
      target.transactions.map((names) => names.map(Number)),
      expected,
    );
  });
}

const oneTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Writes one transaction after the other until the next one waits for the gap. */
async function untilGap(target: Target, group: GroupCommit): Promise<void> {
  for (let count = 0; count < TRANSACTIONS_IN_A_ROW; count++) {
    await group.submit(write(target, "early"));
  }
  assertEquals(
    target.transactions,
    Array(TRANSACTIONS_IN_A_ROW).fill(["early"]),
  );
  target.transactions.length = 0;
}

Deno.test("GroupCommit: after a few transactions in a row, writes within the gap share one, and flush() ends the gap", async () => {
  const target = new Target();
  target.gapMs = 60_000;
  const group = new GroupCommit(target);
  await untilGap(target, group);
  const later = [];
  for (const name of ["b", "c", "d"]) {
    later.push(group.submit(write(target, name)));
    await oneTurn();
    await oneTurn();
  }
  assertEquals(target.transactions, []);
  group.flush();
  assertEquals(await Promise.all(later), ["b", "c", "d"]);
  assertEquals(target.transactions, [["b", "c", "d"]]);
});

Deno.test("GroupCommit: a full transaction does not wait for the end of the gap", async () => {
  const target = new Target();
  target.gapMs = 60_000;
  const group = new GroupCommit(target);
  await untilGap(target, group);
  const waiting = group.submit(write(target, "b", { rows: 40 }));
  await oneTurn();
  assertEquals(target.transactions, []);
  await Promise.all([
    waiting,
    group.submit(write(target, "c", { rows: 60 })),
  ]);
  assertEquals(target.transactions, [["b", "c"]]);
});

Deno.test("GroupCommit: after any number of full transactions, one waits no longer than the gap", async () => {
  const target = new Target();
  target.gapMs = 50;
  const group = new GroupCommit(target);
  // A gap for each of them would be 50 s.
  for (let count = 0; count < 1000; count++) {
    await group.submit(write(target, "full", { rows: 100 }));
  }
  const from = performance.now();
  await group.submit(write(target, "last"));
  const tookMs = performance.now() - from;
  assert(tookMs < 20_000, `${tookMs} ms`);
});

Deno.test("GroupCommit: other tasks run between two transactions", async () => {
  const target = new Target();
  const group = new GroupCommit(target);
  const seen: number[] = [];
  const all = Promise.all(
    Array.from(
      { length: 3 },
      (_, index) => group.submit(write(target, String(index), { rows: 100 })),
    ),
  );
  const look = () => {
    seen.push(target.transactions.length);
    if (target.transactions.length < 2) setImmediate(look);
  };
  setImmediate(look);
  await all;
  assertEquals(seen, [1, 2]);
  assertEquals(target.transactions.length, 3);
});

Deno.test("GroupCommit: a write that cannot be prepared rejects alone, and leaves no hole", async () => {
  const target = new Target();
  const group = new GroupCommit(target);
  const results = await Promise.allSettled([
    group.submit(write(target, "a")),
    group.submit(
      write(target, "b", { rows: 5, prepare: broken(new TypeError("b")) }),
    ),
    group.submit(write(target, "c")),
  ]);
  assertEquals(results.map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  assertEquals(target.transactions, [["a", "c"]]);
  assertEquals(target.committedSeqs, [[1, 2]]);
});

Deno.test("GroupCommit: a write that cannot be stored rejects alone, and the others are written", async () => {
  const target = new Target();
  const group = new GroupCommit(target);
  const why = new TypeError("b");
  const results = await Promise.allSettled([
    group.submit(write(target, "a")),
    group.submit(write(target, "b", { rows: 2, store: broken(why) })),
    group.submit(write(target, "c")),
  ]);
  assertEquals(results, [
    { status: "fulfilled", value: "a" },
    { status: "rejected", reason: why },
    { status: "fulfilled", value: "c" },
  ]);
  assertEquals(target.rolledBack, [["a", "b"], ["b"]]);
  assertEquals(target.transactions, [["a"], ["c"]]);
  assertEquals(target.committedSeqs, [[1], [2]]);
  assertEquals(target.failures, []);
});

Deno.test("GroupCommit: if nothing can be written, all writes reject, and no events are reported", async () => {
  const target = new Target();
  const group = new GroupCommit(target);
  const why = new RangeError("full");
  const results = await Promise.allSettled([
    group.submit(write(target, "a")),
    group.submit(write(target, "b", { store: broken(why) })),
  ]);
  assertEquals(
    results.map((result) =>
      result.status === "rejected" && String(result.reason)
    ),
    ["Error: failed", "Error: failed"],
  );
  assertEquals(target.failures, [why]);
  assertEquals([target.transactions, target.committedSeqs], [[], []]);
  assertEquals(await group.submit(write(target, "c")), "c");
  assertEquals(target.committedSeqs, [[1]]);
});

Deno.test("GroupCommit: limits waiting rows, but a single batch is never too long", async () => {
  const target = new Target();
  target.waitingRows = 10;
  const group = new GroupCommit(target);
  const long = group.submit(write(target, "long", { rows: 50 }));
  const error = await assertRejects(
    () => group.submit(write(target, "late")),
    JournalLimitError,
  );
  assertEquals([error.limit, error.message], [
    "waitingRows",
    "Cannot append to the journal: at most 10 rows may wait, got 1 more",
  ]);
  await long;
  await Promise.all([
    group.submit(write(target, "a", { rows: 10 })),
    assertRejects(() => group.submit(write(target, "b")), JournalLimitError),
  ]);
  assertEquals(target.transactions, [["long"], ["a"]]);
});

Deno.test("GroupCommit.flush(): writes everything that waits", async () => {
  const target = new Target();
  const group = new GroupCommit(target);
  const waiting = ["a", "b"].map((name) =>
    group.submit(write(target, name, { rows: 80 }))
  );
  group.flush();
  assertEquals(target.transactions, [["a"], ["b"]]);
  assertEquals(await Promise.all(waiting), ["a", "b"]);
});
