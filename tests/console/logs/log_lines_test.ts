import { assertEquals, assertThrows } from "@std/assert";
import {
  type StreamEvent,
  StreamParser,
} from "../../../bridge/console/src/link/stream_parser.ts";
import {
  formatFields,
  formatLines,
  matchesText,
  parseEntry,
} from "../../../bridge/console/src/pages/logs/log_lines.ts";

const TEXT =
  ': hello\n\nid: 1\nevent: message\ndata: {"a":1}\n\ndata:one\r\ndata:two\r\nid:2\r\nevent:gap\r\n\r\ndata:x\n\n';

const EVENTS: readonly StreamEvent[] = [
  { id: "1", event: "message", data: '{"a":1}' },
  { id: "2", event: "gap", data: "one\ntwo" },
  { id: "2", event: "", data: "x" },
];

Deno.test("StreamParser reads the same events wherever the text is cut", () => {
  for (let size = 1; size <= TEXT.length; size++) {
    const events: StreamEvent[] = [];
    const parser = new StreamParser((event) => events.push(event));
    for (let at = 0; at < TEXT.length; at += size) {
      parser.push(TEXT.slice(at, at + size));
    }
    assertEquals(events, EVENTS, `pieces of ${size}`);
  }
});

Deno.test("StreamParser gives up on a line without end", () => {
  const parser = new StreamParser(() => {});
  assertThrows(() => {
    for (let at = 0; at < 20; at++) parser.push("x".repeat(100_000));
  }, RangeError);
});

const DATA =
  '{"time":"2026-11-28T14:57:48.549Z","level":"debug","message":"Request","account":"10001","reason":"too fast","durationMs":15}';

Deno.test("parseEntry() separates what every line has from its fields", () => {
  const entry = parseEntry(DATA, 3);
  assertEquals(entry, {
    number: 3,
    time: "2026-11-28T14:57:48.549Z",
    level: "debug",
    message: "Request",
    fields: { account: "10001", reason: "too fast", durationMs: 15 },
  });
  assertEquals(
    formatFields(entry.fields),
    'account=10001 reason="too fast" durationMs=15',
  );
  assertEquals(formatLines([entry]), `${DATA}\n`);
});

Deno.test("matchesText() finds every word in the message and the fields, and keeps gaps", () => {
  const entry = parseEntry(DATA, 1);
  for (
    const [text, isMatch] of [
      ["request", true],
      ["REQUEST 10001", true],
      ["durationMs=15", true],
      ["request 10002", false],
    ] as const
  ) {
    assertEquals(matchesText(entry, text), isMatch, text);
  }
  assertEquals(matchesText({ ...entry, level: "gap" }, "nothing"), true);
});
