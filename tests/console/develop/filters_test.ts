import type { EventFrame } from "../../../mod.ts";
import { formatExport } from "../../../bridge/console/src/pages/events/file_text.ts";
import {
  type Filters,
  formatFilters,
  isForwards,
  parseFilters,
  passes,
} from "../../../bridge/console/src/pages/events/filters.ts";
import { toFrameRows } from "../../../bridge/console/src/pages/events/frame_rows.ts";
import { assertEquals } from "@std/assert";

const EVENT: EventFrame = {
  type: "event",
  seq: 7,
  at: "2026-05-12T10:00:00.000Z",
  account: "10001",
  event: "message.stranger",
  data: { from: "10002", text: 'Say "Hi", 你好' },
};

const FILTERS: readonly [filters: Filters, isPassed: boolean][] = [
  [{}, true],
  [{ account: "10001" }, true],
  [{ account: "10002" }, false],
  [{ events: ["message"] }, true],
  [{ events: ["presence", "message.stranger"] }, true],
  [{ events: ["message.sent"] }, false],
  [{ peer: "10002" }, true],
  [{ peer: "10001" }, false],
  [{ since: "2026-05-12T10:00:00Z" }, true],
  [{ since: "2026-05-12T10:00:01Z" }, false],
  [{ until: "2026-05-12T10:00:00Z" }, false],
  [{ until: "2026-05-12T10:00:01Z" }, true],
  [{ after: 6 }, true],
  [{ after: 7 }, false],
  [{ text: "hi" }, true],
  [{ text: "你好" }, true],
  [{ text: "hello" }, false],
];

Deno.test("passes() decides as the history command does", () => {
  for (const [filters, isPassed] of FILTERS) {
    assertEquals(passes(EVENT, filters), isPassed, JSON.stringify(filters));
  }
});

Deno.test("parseFilters() reads what formatFilters() wrote, except the text", () => {
  const filters: Filters = {
    account: "10001",
    events: ["message", "friend.request"],
    peer: "10002",
    since: "2026-05-12T10:00:00.000Z",
    until: "2026-05-13T10:00:00.000Z",
    after: 12,
  };
  const query = new URLSearchParams(
    Object.entries(formatFilters({ ...filters, text: "private" }))
      .map(([name, value]) => [name, String(value)]),
  );
  assertEquals(parseFilters(query), filters);
  assertEquals(query.toString().includes("private"), false);
});

Deno.test("parseFilters() leaves out what is invalid", () => {
  const query = "account=x&peer=1e3&since=yesterday&after=-1&events=";
  assertEquals(parseFilters(new URLSearchParams(query)), {});
});

Deno.test("isForwards() is true for a start without an end", () => {
  assertEquals(isForwards({ after: 1 }), true);
  assertEquals(isForwards({ since: EVENT.at }), true);
  assertEquals(isForwards({ since: EVENT.at, until: EVENT.at }), false);
  assertEquals(isForwards({}), false);
});

Deno.test("formatExport() writes an event a line, quoted for its format", () => {
  assertEquals(JSON.parse(formatExport([EVENT], "jsonl")), EVENT);
  const formula: EventFrame = {
    ...EVENT,
    event: "message",
    data: { from: "1", text: "=1+1" },
  };
  assertEquals(formatExport([EVENT, formula], "csv").split("\r\n"), [
    "seq,at,account,event,peer,text,data",
    `7,2026-05-12T10:00:00.000Z,10001,message.stranger,10002,"Say ""Hi"", 你好","{""from"":""10002"",""text"":""Say \\""Hi\\"", 你好""}"`,
    `7,2026-05-12T10:00:00.000Z,10001,message,1,'=1+1,"{""from"":""1"",""text"":""=1+1""}"`,
    "",
  ]);
});

Deno.test("toFrameRows() matches a command with its result, and times the answer", () => {
  const frame = (
    number: number,
    direction: "in" | "out",
    value: Record<string, unknown>,
  ) => ({ number, direction, at: number * 10, size: 1, value });
  const frames = [
    frame(1, "out", {
      type: "command",
      id: "a",
      account: "10001",
      command: "send",
      params: { to: "10002", text: "hi" },
    }),
    frame(2, "out", { type: "command", id: "b", command: "ping" }),
    frame(5, "in", { type: "result", id: "b", ok: true, data: {} }),
    frame(9, "in", {
      type: "result",
      id: "a",
      ok: false,
      error: { code: "rejected", message: "no" },
    }),
    frame(10, "in", { ...EVENT }),
  ];
  const rows = toFrameRows(frames);
  assertEquals(
    rows.map(({ name, account, peer, excerpt, pair, answerMs, isFailed }) =>
      [name, account, peer, excerpt, pair, answerMs, isFailed].join("|")
    ),
    [
      "send|10001|10002|hi|9|80|true",
      "ping||||5|30|false",
      "ping||||2|30|false",
      "send|10001|10002|rejected: no|1|80|true",
      'message.stranger|10001|10002|Say "Hi", 你好|||false',
    ],
  );
  // The row of an event is made once, whatever comes after it.
  const again = toFrameRows(frames);
  assertEquals([again[4] === rows[4], again.slice(0, 4)], [
    true,
    rows.slice(0, 4),
  ]);
});
