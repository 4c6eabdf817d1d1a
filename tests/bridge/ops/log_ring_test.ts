import { createLog, type LogLevel } from "../../../bridge/ops/log.ts";
import { LogRing, MAX_RING_ENTRIES } from "../../../bridge/ops/log_ring.ts";
import { RuntimeSettings } from "../../../bridge/ops/runtime_settings.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("LogRing: has what the JSON log writes, redacted, and the last 5,000 entries", () => {
  const ring = new LogRing();
  const lines: string[] = [];
  let level: LogLevel = "info";
  const log = createLog({
    level: () => level,
    format: "json",
    ring,
    clock: new FakeClock(),
    write: (line) => lines.push(line),
  });
  log.debug("hidden");
  log.warn("wrong token=abcdefgh", { account: "10001", connection: "c1" });
  level = "debug";
  log.debug("shown");
  level = "error";
  log.warn("hidden");
  const first = ring.find(1)!;
  assertEquals([first.id, first.level, first.account, first.connection], [
    1,
    "warn",
    "10001",
    "c1",
  ]);
  assertEquals(lines, [`${first.text}\n`, `${ring.find(2)!.text}\n`]);
  assertEquals(first.text.includes("abcdefgh"), false);
  assertEquals([ring.oldestId, ring.lastId], [1, 2]);
  let count = 0;
  const unwatch = ring.watch(() => count++);
  for (let n = 0; n < MAX_RING_ENTRIES; n++) log.error(`entry ${n}`);
  unwatch();
  log.error("last");
  assertEquals(count, MAX_RING_ENTRIES);
  assertEquals([ring.oldestId, ring.lastId], [4, MAX_RING_ENTRIES + 3]);
  assertEquals(ring.find(3), undefined);
  assertEquals(JSON.parse(ring.find(4)!.text).message, "entry 1");
  assertEquals(ring.find(ring.lastId + 1), undefined);
});

Deno.test("LogRing: the oldest id follows the first entries", () => {
  const ring = new LogRing();
  assertEquals([ring.oldestId, ring.lastId], [1, 0]);
});

Deno.test("RuntimeSettings: changes live settings alone, to values that exist, and says so", () => {
  let level = "info";
  const settings = new RuntimeSettings({
    version: "1.2.3",
    startedAt: 0,
    settings: [
      { name: "listen", value: "127.0.0.1:8080", from: "default" },
      { name: "logLevel", value: "info", from: "flag" },
    ],
    live: {
      logLevel: {
        values: ["debug", "info"],
        get: () => level,
        set: (value) => level = value,
      },
    },
  });
  const before = settings.list();
  assertEquals([before.version, before.startedAt], [
    "1.2.3",
    "1970-01-01T00:00:00.000Z",
  ]);
  assertEquals(before.settings, [
    { name: "listen", value: "127.0.0.1:8080", from: "default", live: false },
    { name: "logLevel", value: "info", from: "flag", live: true },
  ]);
  for (
    const [name, value, message] of [
      [
        "listen",
        "x",
        'Cannot change the setting: the name must be one of logLevel, got "listen". Restart the program with another value.',
      ],
      [
        "constructor",
        "x",
        'Cannot change the setting: the name must be one of logLevel, got "constructor". Restart the program with another value.',
      ],
      [
        "logLevel",
        "loud",
        'Cannot change logLevel: the value must be one of debug, info, got "loud"',
      ],
    ] as const
  ) {
    const error = assertThrows(() => settings.set(name, value), RangeError);
    assertEquals(error.message, message);
  }
  assertEquals(settings.set("logLevel", "debug"), "debug");
  assertEquals(settings.list().settings[1], {
    name: "logLevel",
    value: "debug",
    from: "runtime",
    live: true,
  });
});
