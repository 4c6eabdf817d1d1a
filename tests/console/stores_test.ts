import type { EventFrame } from "../../mod.ts";
import {
  afterEvent,
  afterMark,
  type Conversation,
} from "../../bridge/console/src/store/inbox_rules.ts";
import {
  findEchoed,
  KEPT_MS,
  type Outgoing,
  restoreOutgoing,
  stateAfter,
} from "../../bridge/console/src/store/outbox_rules.ts";
import {
  EMPTY_WINDOW,
  MAX_EVENTS,
  withLive,
  withNewer,
  withOlder,
} from "../../bridge/console/src/store/window.ts";
import { Pace, type PaceHost } from "../../bridge/console/src/store/pace.ts";
import { SignalMap } from "../../bridge/console/src/store/signal_map.ts";
import { toVisible } from "../../bridge/console/src/texts/visible.ts";
import { effect } from "../../bridge/console/src/deps_signals.ts";
import { assertEquals } from "@std/assert";

type Name = "message" | "message.sent" | "friend.request";

function frame(seq: number, event: Name = "message"): EventFrame {
  const text = `m${seq}`;
  return {
    type: "event",
    seq,
    at: "2026-11-23T19:20:00.000Z",
    account: "10001",
    event,
    data: event === "message.sent"
      ? { to: "10002", text }
      : { from: "10002", text },
  } as EventFrame;
}

const frames = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => frame(from + at));

const seqsOf = ({ events }: { events: readonly EventFrame[] }) =>
  events.map(({ seq }) => seq);

Deno.test("withNewer() keeps each event once, in the journal's order, in whatever order they arrive", () => {
  let window = withNewer(EMPTY_WINDOW, [frame(5), frame(7)]);
  window = withNewer(window, [frame(5), frame(9), frame(8)]);
  window = withNewer(window, [frame(6), frame(7)]);
  assertEquals(seqsOf(window), [5, 6, 7, 8, 9]);
  assertEquals(withNewer(window, [frame(7), frame(9)]) === window, true);
});

Deno.test("withNewer() drops the oldest events beyond the bound, and says that there are older ones", () => {
  const whole = { ...EMPTY_WINDOW, hasOlder: false };
  const window = withNewer(whole, frames(1, MAX_EVENTS));
  assertEquals([window.events.length, window.hasOlder], [MAX_EVENTS, false]);
  const full = withNewer(window, [frame(MAX_EVENTS + 1)]);
  assertEquals(seqsOf(full).at(-1), MAX_EVENTS + 1);
  assertEquals([full.events.length < MAX_EVENTS, full.hasOlder], [true, true]);
});

Deno.test("withLive() adds what there is room for while somebody reads older messages, and all while the view follows", () => {
  const window = withNewer(EMPTY_WINDOW, frames(1, MAX_EVENTS - 2));
  const added = frames(MAX_EVENTS - 1, MAX_EVENTS + 3);
  const read = withLive(window, added, false);
  assertEquals(
    [read.events.length, seqsOf(read)[0], seqsOf(read).at(-1), read.hasNewer],
    [MAX_EVENTS, 1, MAX_EVENTS, true],
  );
  assertEquals(withLive(read, added, true), read);
  const followed = withLive(window, added, true);
  assertEquals(seqsOf(followed).at(-1), MAX_EVENTS + 3);
  assertEquals([followed.hasNewer, followed.hasOlder], [false, true]);
});

Deno.test("withOlder() drops the newest events beyond the bound, and says that there are newer ones", () => {
  const window = withNewer(EMPTY_WINDOW, frames(101, 100 + MAX_EVENTS));
  const full = withOlder(window, frames(1, 100), false);
  assertEquals([seqsOf(full)[0], full.hasOlder, full.hasNewer], [
    1,
    false,
    true,
  ]);
  assertEquals(full.events.length <= MAX_EVENTS, true);
  assertEquals(seqsOf(withOlder(full, [frame(1)], false)), seqsOf(full));
});

const known: Conversation = {
  account: "10001",
  with: "10002",
  nickname: "",
  last: frame(10),
  unread: 3,
  firstUnread: 8,
  readUpTo: 7,
};

const EVENTS: [
  what: string,
  before: Conversation | undefined,
  event: EventFrame,
  after: Partial<Conversation> | undefined,
][] = [
  ["a message counts", known, frame(11), { unread: 4, firstUnread: 8 }],
  ["an own message ends the count", known, frame(11, "message.sent"), {
    unread: 0,
  }],
  ["a friend event is no message", known, frame(11, "friend.request"), {
    unread: 3,
  }],
  ["an old event changes nothing", known, frame(10), undefined],
  ["a new conversation is uncertain", undefined, frame(11), {
    unread: 1,
    firstUnread: 11,
    isPartial: true,
  }],
  ["a count stops at 1,000", { ...known, unread: 1000 }, frame(11), {
    unread: 1000,
  }],
];

for (const [what, before, event, expected] of EVENTS) {
  Deno.test(`afterEvent(): ${what}`, () => {
    const after = afterEvent(before, "10002", event);
    assertEquals(
      after && expected && { ...after, ...expected },
      after,
    );
    assertEquals(after === undefined, expected === undefined);
  });
}

Deno.test("afterMark() never moves back, and keeps the first unread message that is later", () => {
  assertEquals(afterMark(known, 6, 9), known);
  const all = afterMark(known, 10, 0);
  assertEquals([all.unread, all.readUpTo, all.firstUnread], [0, 10, undefined]);
});

const FAILURES: [code: string, sent: boolean, state: string][] = [
  ["timeout", false, "failed"],
  ["timeout", true, "unknown"],
  ["closed", false, "failed"],
  ["closed", true, "unknown"],
  ["outcome_unknown", true, "unknown"],
  ["rejected", true, "failed"],
  ["overloaded", false, "failed"],
];

for (const [code, sent, state] of FAILURES) {
  Deno.test(`stateAfter() is ${state} after ${code} when the frame ${sent ? "had left" : "never left"}`, () => {
    assertEquals(stateAfter({ code, sent }), state);
  });
}

const outgoing = (key: string, more: Partial<Outgoing> = {}): Outgoing => ({
  key,
  account: "10001",
  peer: "10002",
  text: "hi",
  at: 1000,
  state: "waiting",
  ...more,
});

Deno.test("restoreOutgoing() calls unknown what had left, and forgets what is too old or unreadable", () => {
  const saved = [
    outgoing("a"),
    outgoing("b", { state: "sending" }),
    outgoing("c", { state: "failed" }),
    outgoing("d", { at: 1000 - KEPT_MS }),
    { key: "e" },
    null,
  ];
  const found = restoreOutgoing(saved, 1500);
  assertEquals(found.map(({ key, state }) => [key, state]), [
    ["a", "waiting"],
    ["b", "unknown"],
    ["c", "failed"],
  ]);
  assertEquals(restoreOutgoing({}, 0), []);
});

Deno.test("findEchoed() finds one message per own event, and none whose outcome is open", () => {
  const all = [
    outgoing("a", { state: "unknown" }),
    outgoing("b", { state: "sending", isEchoed: true }),
    outgoing("c", { state: "sending" }),
  ];
  assertEquals(findEchoed(all, "hi")?.key, "c");
  assertEquals(findEchoed(all, "ho"), undefined);
});

Deno.test("Pace: one run for all that asked, with a frame after a rest, by the clock in a flood and in a hidden page", async () => {
  const frames = new Set<() => void>();
  const document = { hidden: false };
  let now = 5000;
  const host: PaceHost = {
    document,
    performance: { now: () => now },
    requestAnimationFrame: (run) => frames.add(run).size,
    cancelAnimationFrame: () => frames.clear(),
  };
  let runs = 0;
  let onRun = () => {};
  const pace = new Pace(() => {
    runs++;
    onRun();
  }, host);
  const draw = () => {
    const [frame] = frames;
    frames.clear();
    frame!();
  };
  const nextRun = () => new Promise<void>((resolve) => onRun = resolve);
  pace.ask();
  pace.ask();
  draw();
  assertEquals([runs, frames.size], [1, 0]);
  // A run has just been.
  pace.ask();
  assertEquals(frames.size, 0);
  await nextRun();
  now += 100;
  pace.ask();
  assertEquals([runs, frames.size], [2, 1]);
  // The frame would not come.
  document.hidden = true;
  pace.ask();
  assertEquals(frames.size, 0);
  await nextRun();
  pace.ask();
  pace.stop();
  assertEquals(runs, 3);
});

Deno.test("SignalMap: a reader is notified of its own value only, and version of all", () => {
  const map = new SignalMap<number>();
  const seen: (number | undefined)[] = [];
  const versions: number[] = [];
  effect(() => void seen.push(map.get("a")));
  effect(() => void versions.push(map.version));
  map.set("a", 1);
  map.set("b", 2);
  map.setLast("a", 1);
  assertEquals([...map.keys()], ["b", "a"]);
  map.delete("a");
  map.clear();
  assertEquals(seen, [undefined, 1, undefined]);
  assertEquals(versions.length, 6);
  assertEquals([map.size, map.peek("b")], [0, undefined]);
});

const NAMES: [name: string, shown: string][] = [
  ["老王", "老王"],
  ["a\u202eb", "a[U+202E]b"],
  ["\u2066x\u2069", "[U+2066]x[U+2069]"],
  ["a\u200b\ufeff", "a[U+200B][U+FEFF]"],
  ["line\nline\u0007", "line[U+000A]line[U+0007]"],
  ["مرحبا", "مرحبا"],
];

for (const [name, shown] of NAMES) {
  Deno.test(`toVisible() shows ${shown}`, () => {
    assertEquals(toVisible(name), shown);
  });
}
