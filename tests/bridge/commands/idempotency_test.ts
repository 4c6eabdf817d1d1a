import {
  type KeyState,
  keyState,
} from "../../../bridge/commands/idempotency.ts";
import type { Outcome } from "../../../bridge/journal/journal.ts";
import { assertEquals } from "@std/assert";

const DONE: Outcome = { ok: true, data: {} };

function failed(retriable: boolean): Outcome {
  return { ok: false, error: { code: "rejected", message: "no", retriable } };
}

const STATES: [
  what: string,
  record: { at: number; outcome?: Outcome } | undefined,
  isUnderWay: boolean,
  state: KeyState,
][] = [
  ["no record", undefined, false, "new"],
  [
    "a failure that may be retried",
    {
      at: 200,
      outcome: failed(true),
    },
    false,
    "new",
  ],
  ["a command under way", { at: 200 }, true, "begun"],
  ["a result", { at: 0, outcome: DONE }, false, "done"],
  ["a final failure", { at: 200, outcome: failed(false) }, false, "done"],
  ["a start that the server remembers", { at: 101 }, false, "lost"],
  ["a start that it may have forgotten", { at: 100 }, false, "expired"],
];

for (const [what, record, isUnderWay, state] of STATES) {
  Deno.test(`keyState() is ${state} for ${what}`, () => {
    assertEquals(keyState(record, isUnderWay, 100), state);
  });
}
