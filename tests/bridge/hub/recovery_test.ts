import {
  readNext,
  resumeAt,
  type ResumePoint,
} from "../../../bridge/hub/recovery.ts";
import type { StoredEvent } from "../../../bridge/journal/event.ts";
import type { Position } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { randomFrom } from "../../support/random.ts";

const epoch = "e1";
const at = (seq: number, of = epoch): Position => ({ epoch: of, seq });
const gap = (
  from: number,
  to: number,
  reason: "trimmed" | "epoch" | "ahead",
) => ({
  type: "gap" as const,
  epoch,
  from,
  to,
  reason,
});

const starts: [
  string,
  [oldest: number, head: number],
  Position | undefined,
  ResumePoint,
][] = [
  ["no position: from now on", [1, 7], undefined, { after: 7 }],
  ["no position, empty journal", [1, 0], undefined, { after: 0 }],
  ["a position inside", [1, 7], at(3), { after: 3 }],
  ["the head", [1, 7], at(7), { after: 7 }],
  ["before the first event", [1, 7], at(0), { after: 0 }],
  ["just before the oldest kept", [5, 7], at(4), { after: 4 }],
  ["trimmed", [5, 7], at(3), { after: 4, gap: gap(4, 4, "trimmed") }],
  ["all trimmed", [8, 7], at(3), { after: 7, gap: gap(4, 7, "trimmed") }],
  ["ahead", [1, 7], at(9), { after: 7, gap: gap(8, 9, "ahead") }],
  ["another epoch", [1, 7], at(3, "e0"), { after: 0, gap: gap(1, 0, "epoch") }],
  ["another epoch, trimmed", [5, 7], at(9, "e0"), {
    after: 4,
    gap: gap(1, 4, "epoch"),
  }],
];

for (const [name, [oldest, head], position, expected] of starts) {
  Deno.test(`resumeAt(): ${name}`, () => {
    assertEquals(
      resumeAt({ epoch, oldest, head, lost: [] }, position),
      expected,
    );
  });
}

// Restored twice: of e0 the events up to 5 are left, of e1 those from 101 to 103.
const lost = [
  { epoch: "e0", from: 6, to: 100 },
  { epoch: "e1", from: 104, to: 200 },
];
const restored = (oldest: number) => ({ epoch: "e2", oldest, head: 202, lost });
const beyond = (from: number, to: number, reason: "epoch" | "trimmed") => ({
  ...gap(from, to, reason),
  epoch: "e2",
});

const restoredStarts: [string, number, Position, ResumePoint][] = [
  ["of the first journal, kept", 1, at(3, "e0"), { after: 3 }],
  ["of the first journal, the last kept", 1, at(5, "e0"), {
    after: 100,
    gap: beyond(6, 100, "epoch"),
  }],
  ["of the first journal, lost", 1, at(9, "e0"), {
    after: 100,
    gap: beyond(6, 100, "epoch"),
  }],
  ["of the second journal, from before its own restore", 1, at(4, "e1"), {
    after: 4,
  }],
  ["of the second journal, kept", 1, at(102, "e1"), { after: 102 }],
  ["of the second journal, lost", 1, at(150, "e1"), {
    after: 200,
    gap: beyond(104, 200, "epoch"),
  }],
  ["of this journal, in a lost range", 1, at(8, "e2"), {
    after: 100,
    gap: beyond(6, 100, "epoch"),
  }],
  ["of this journal", 1, at(201, "e2"), { after: 201 }],
  ["of a lost time whose end is trimmed", 103, at(9, "e0"), {
    after: 102,
    gap: beyond(6, 102, "epoch"),
  }],
  ["of a journal that nobody knows", 1, at(3, "e9"), {
    after: 0,
    gap: beyond(1, 0, "epoch"),
  }],
];

for (const [name, oldest, position, expected] of restoredStarts) {
  Deno.test(`resumeAt(): a restored journal, a position ${name}`, () => {
    assertEquals(resumeAt(restored(oldest), position), expected);
  });
}

const event = (seq: number): StoredEvent => ({
  seq,
  account: "10001",
  event: "message",
  frame: String(seq),
});
const events = (from: number, to: number): StoredEvent[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => event(from + i));

Deno.test("readNext(): takes what it can from the tail, without reading the journal", () => {
  const run = readNext(
    5,
    { epoch, oldest: 1, head: 9, lost: [] },
    events(6, 9),
    3,
    () => {
      throw new Error("read");
    },
  );
  assertEquals(run, { events: events(6, 8), upTo: 8 });
});

Deno.test("readNext(): reads the journal if the tail starts later", () => {
  const run = readNext(
    4,
    { epoch, oldest: 1, head: 9, lost: [] },
    events(6, 9),
    3,
    (after) => {
      assertEquals(after, 4);
      return { events: events(5, 5), upTo: 5 };
    },
  );
  assertEquals(run, { events: events(5, 5), upTo: 5 });
});

Deno.test("readNext(): leaves events after the head to be published", () => {
  const read = () => ({ events: events(3, 12), upTo: 12 });
  assertEquals(
    readNext(2, { epoch, oldest: 1, head: 9, lost: [] }, [], 20, read),
    {
      events: events(3, 9),
      upTo: 9,
    },
  );
});

Deno.test("readNext(): gives a slow reader a gap for what was trimmed", () => {
  const run = readNext(
    2,
    { epoch, oldest: 6, head: 9, lost: [] },
    events(6, 9),
    10,
    () => {
      throw new Error("read");
    },
  );
  assertEquals(run, {
    gap: gap(3, 5, "trimmed"),
    events: events(6, 9),
    upTo: 9,
  });
});

Deno.test("readNext(): joins replay and live without holes or copies, wherever the tail starts", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = randomFrom(seed);
    const head = 1 + Math.floor(random() * 60);
    const oldest = 1 + Math.floor(random() * (head + 1));
    const tailFrom = oldest + Math.floor(random() * (head - oldest + 2));
    const limit = 1 + Math.floor(random() * 8);
    const start = Math.floor(random() * (head + 1));
    const range = { epoch, oldest, head, lost: [] };
    const read = (after: number) => {
      const found = events(after + 1, Math.min(head, after + limit));
      return { events: found, upTo: found.at(-1)?.seq ?? head };
    };
    const got: number[] = [];
    let missing = 0;
    let position = start;
    for (let turn = 0; position < head; turn++) {
      assert(turn < 200, `seed ${seed}: no end`);
      const run = readNext(
        position,
        range,
        events(tailFrom, head),
        limit,
        read,
      );
      if (run.gap !== undefined) missing += run.gap.to - run.gap.from + 1;
      got.push(...run.events.map(({ seq }) => seq));
      position = run.upTo;
    }
    const from = Math.max(start + 1, oldest);
    assertEquals(got, events(from, head).map(({ seq }) => seq), `seed ${seed}`);
    assertEquals(missing, Math.max(0, oldest - start - 1), `seed ${seed}`);
  }
});
