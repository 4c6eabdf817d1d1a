import {
  emptyThread,
  KEPT_EVENTS,
  settled,
  unreadOf,
  withEvents,
  withLive,
} from "../../bridge/console/src/store/thread.ts";
import type { EventFrame } from "../../mod.ts";
import { assertEquals } from "../deps.ts";

function frame(seq: number, event: "message" | "message.sent"): EventFrame {
  const text = `m${seq}`;
  return {
    type: "event",
    seq,
    at: "2026-11-23T19:20:00.000Z",
    account: "10001",
    event,
    data: event === "message" ? { from: "10002", text } : { to: "10002", text },
  } as EventFrame;
}

const theirs = (...seqs: number[]) => seqs.map((seq) => frame(seq, "message"));
const empty = emptyThread("10001", "10002");

Deno.test("withEvents: each once, in the journal's order, whatever comes when", () => {
  let thread = withEvents(empty, theirs(5, 7));
  thread = withEvents(thread, theirs(2, 3, 5));
  thread = withEvents(thread, theirs(7, 6));
  assertEquals(thread.events.map(({ seq }) => seq), [2, 3, 5, 6, 7]);
});

Deno.test("withEvents: what is known changes nothing", () => {
  const thread = withEvents(empty, theirs(1, 2));
  assertEquals(withEvents(thread, theirs(2)) === thread, true);
});

Deno.test("withEvents: too many go at the old end, and are said to be in the journal", () => {
  const all = theirs(
    ...Array.from({ length: KEPT_EVENTS + 5 }, (_, at) => at + 1),
  );
  const thread = withEvents(empty, all);
  assertEquals(thread.events.length, KEPT_EVENTS);
  assertEquals(thread.events[0]!.seq, 6);
  assertEquals(thread.more, true);
  assertEquals(withEvents(empty, all.slice(0, 3)).more, false);
});

Deno.test("unreadOf: after what was read, and after one's own last message", () => {
  const read = { ...empty, read: 2 };
  assertEquals(unreadOf(empty), 0);
  assertEquals(unreadOf(withEvents(empty, theirs(1, 2, 3))), 3);
  assertEquals(unreadOf(withEvents(read, theirs(1, 2, 3))), 1);
  const answered = [...theirs(1, 2, 5), frame(4, "message.sent")];
  assertEquals(unreadOf(withEvents(empty, answered)), 1);
});

Deno.test("settled: takes one message away, by its key", () => {
  const waiting = ["a", "b"].map((key) => ({
    key,
    text: "hi",
    at: 0,
    state: "sending" as const,
  }));
  const thread = settled({ ...empty, outgoing: waiting }, "a");
  assertEquals(thread.outgoing.map(({ key }) => key), ["b"]);
});

Deno.test("withLive: one's own event takes the place of what is being sent with its text, one for one", () => {
  const outgoing = ["m1", "m2", "m2"].map((text, at) => ({
    key: `${at}`,
    text,
    at: 0,
    state: at === 0 ? "unknown" as const : "sending" as const,
  }));
  const keysOf = (...frames: EventFrame[]) =>
    frames.reduce(withLive, { ...empty, outgoing }).outgoing
      .map(({ key }) => key).join("");
  for (
    const [frames, expected] of [
      [[frame(2, "message.sent")], "02"],
      [[frame(2, "message.sent"), frame(2, "message.sent")], "02"],
      // Whether an open one was sent, an event without its key does not tell.
      [[frame(1, "message.sent")], "012"],
      [[frame(3, "message.sent")], "012"],
      [[frame(2, "message")], "012"],
    ] as const
  ) assertEquals(keysOf(...frames), expected);
});
