import {
  emptyThread,
  MAX_EVENTS,
  settled,
  unreadOf,
  withEvents,
  withLive,
} from "../../bridge/console/src/store/thread.ts";
import type { EventFrame } from "../../mod.ts";
import { assertEquals } from "@std/assert";

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

Deno.test("withEvents() keeps each event once, in the journal's order, in whatever order they arrive", () => {
  let thread = withEvents(empty, theirs(5, 7));
  thread = withEvents(thread, theirs(2, 3, 5));
  thread = withEvents(thread, theirs(7, 6));
  assertEquals(thread.events.map(({ seq }) => seq), [2, 3, 5, 6, 7]);
});

Deno.test("withEvents() returns the same thread when every event is known", () => {
  const thread = withEvents(empty, theirs(1, 2));
  assertEquals(withEvents(thread, theirs(2)) === thread, true);
});

Deno.test("withEvents() drops the oldest events over the limit and says that the journal has more", () => {
  const all = theirs(
    ...Array.from({ length: MAX_EVENTS + 5 }, (_, at) => at + 1),
  );
  const thread = withEvents(empty, all);
  assertEquals(thread.events.length, MAX_EVENTS);
  assertEquals(thread.events[0]!.seq, 6);
  assertEquals(thread.more, true);
  assertEquals(withEvents(empty, all.slice(0, 3)).more, false);
});

Deno.test("unreadOf() counts after the last read message and after the own last one", () => {
  const read = { ...empty, read: 2 };
  assertEquals(unreadOf(empty), 0);
  assertEquals(unreadOf(withEvents(empty, theirs(1, 2, 3))), 3);
  assertEquals(unreadOf(withEvents(read, theirs(1, 2, 3))), 1);
  const answered = [...theirs(1, 2, 5), frame(4, "message.sent")];
  assertEquals(unreadOf(withEvents(empty, answered)), 1);
});

Deno.test("settled() removes one outgoing message by its key", () => {
  const waiting = ["a", "b"].map((key) => ({
    key,
    text: "hi",
    at: 0,
    state: "sending" as const,
  }));
  const thread = settled({ ...empty, outgoing: waiting }, "a");
  assertEquals(thread.outgoing.map(({ key }) => key), ["b"]);
});

Deno.test("withLive() removes one outgoing message of the same text per own event", () => {
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
      // An event has no key, so it cannot confirm a message of unknown outcome.
      [[frame(1, "message.sent")], "012"],
      [[frame(3, "message.sent")], "012"],
      [[frame(2, "message")], "012"],
    ] as const
  ) assertEquals(keysOf(...frames), expected);
});
