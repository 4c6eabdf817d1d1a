import {
  createLog,
  describeError,
  LOG_FIELDS,
  type LogFields,
  type LogLevel,
  redact,
  VALUE_CHARS,
} from "../../../bridge/ops/log.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

const MD5 = "5ebe2294ecd0e0f08eab7690d2a6ee69";
const TOKEN = "Jq0vXo9d1T5l2u8bK3wQ7yZcM4nHfPsRgEiAaVtUxY0";

function logTo(level: LogLevel, format: "text" | "json") {
  const lines: string[] = [];
  const log = createLog({
    level,
    format,
    write: (line) => lines.push(line),
    clock: new FakeClock(),
  });
  return { log, lines };
}

Deno.test("log: text", () => {
  const { log, lines } = logTo("info", "text");
  log.info("Ready", { url: "http://127.0.0.1:8080", count: 2 });
  log.child({ connection: "c1" }).child({ account: "10001" })
    .warn('The "account" is out', { reason: "two words\n", delayMs: 0 });
  log.debug("not written");
  assertEquals(lines, [
    "2005-11-24T00:00:00.000Z INFO  Ready url=http://127.0.0.1:8080 count=2\n",
    '2005-11-24T00:00:00.000Z WARN  The "account" is out connection=c1 account=10001 reason="two words\\n" delayMs=0\n',
  ]);
});

Deno.test("log: JSON", () => {
  const { log, lines } = logTo("debug", "json");
  log.child({ connection: "c1" }).error("Failed\n", {
    error: new TypeError("no", { cause: new Deno.errors.NotFound("file") }),
    connection: "c2",
  });
  assertEquals(lines.length, 1);
  assert(lines[0]!.endsWith("}\n"));
  assertEquals(JSON.parse(lines[0]!), {
    time: "2005-11-24T00:00:00.000Z",
    level: "error",
    message: "Failed\n",
    connection: "c2",
    error: "TypeError: no; because of NotFound: file",
  });
});

Deno.test("log: levels", () => {
  const levels: LogLevel[] = ["debug", "info", "warn", "error"];
  for (const [index, level] of levels.entries()) {
    const { log, lines } = logTo(level, "json");
    for (const each of levels) log[each](each);
    assertEquals(
      lines.map((line) => JSON.parse(line).level),
      levels.slice(index),
    );
  }
});

Deno.test("log: one entry is one line without control or direction characters", () => {
  for (const format of ["text", "json"] as const) {
    const { log, lines } = logTo("info", format);
    log.info("a\nb\u001b[2J\u009b\u202e", {
      reason: "c\r\nd\u2028e\u001b[31m\u2066\u200f\u061c",
    });
    assertEquals(lines[0]!.split(/[\n\r\u2028]/).length, 2);
    assert(
      // deno-lint-ignore no-control-regex
      !/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/
        .test(lines[0]!),
      format,
    );
  }
});

Deno.test("log: fields that the table does not name are not written", () => {
  for (const format of ["text", "json"] as const) {
    const { log, lines } = logTo("info", format);
    const fields = {
      password: "s3cret",
      passwordMd5: MD5,
      token: TOKEN,
      secretKey: "s3cret",
      authorization: `Bearer ${TOKEN}`,
      text: "dear diary",
      data: { text: "dear diary" },
      account: { uin: "10001", password: "s3cret" },
      count: "s3cret",
    };
    log.child(fields as unknown as LogFields)
      .info("x", fields as unknown as LogFields);
    assert(!/s3cret|diary|5ebe|Jq0v/.test(lines[0]!), lines[0]!);
  }
});

Deno.test("log: no field is named like a secret or a message", () => {
  for (const name of Object.keys(LOG_FIELDS)) {
    assert(!/pass|token|secret|key|hash|text|body|data|auth/i.test(name), name);
  }
});

const REDACTED: [text: string, clean: string][] = [
  ["nothing here", "nothing here"],
  ["account 10001, seq 4183", "account 10001, seq 4183"],
  ["/ws?access_token=abc&events=x", "/ws?access_token=[redacted]&events=x"],
  ["http://x/#token=abc", "http://x/#token=[redacted]"],
  ['{"password": "abc"}', '{"password": "[redacted]"}'],
  ["Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"],
  ["http://user:pass@host/", "http://[redacted]@host/"],
  [`PS=abc&M5=1`, "PS=[redacted]&M5=1"],
  [`md5 ${MD5}.`, "md5 [redacted]."],
  [`got ${TOKEN}`, "got [redacted]"],
  ["TQQ_SECRET_KEY=abc", "TQQ_SECRET_KEY=[redacted]"],
  [
    "Cannot make a token: the name must be free, got bot",
    "Cannot make a token: the name must be free, got bot",
  ],
  [
    "Cannot use TQQ_TOKEN: must be a token",
    "Cannot use TQQ_TOKEN: must be a token",
  ],
  ["token: there", "token: [redacted]"],
  [
    "Cannot make a token: at most 10000 are kept",
    "Cannot make a token: at most 10000 are kept",
  ],
  [
    "Cannot make a token: this bridge has no data folder",
    "Cannot make a token: this bridge has no data folder",
  ],
  ["password: at9", "password: [redacted]"],
];

for (const [text, clean] of REDACTED) {
  Deno.test(`log: redacts ${clean}`, () => {
    assertEquals(redact(text), clean);
    const { log, lines } = logTo("info", "json");
    log.info(text, { error: new Error(text), reason: text });
    const { message, error, reason } = JSON.parse(lines[0]!);
    assertEquals([message, error, reason], [clean, `Error: ${clean}`, clean]);
  });
}

Deno.test("log: what is long is cut, and a long secret with it", () => {
  assertEquals(redact("a ".repeat(1e6)).length, VALUE_CHARS + 1);
  assert(
    !redact(`${"a ".repeat(VALUE_CHARS / 2 - 5)}${TOKEN}`).includes("Jq0"),
  );
});

Deno.test("log: whatever is thrown has one line", () => {
  const loop = new Error("loop");
  loop.cause = loop;
  const cases: [thrown: unknown, line: string][] = [
    ["text", "text"],
    [undefined, ""],
    [{ password: "s3cret" }, "object"],
    [Object.assign(new Error("x"), { code: "E" }), "Error [E]: x"],
    [loop, Array(4).fill("Error: loop").join("; because of ")],
  ];
  for (const [thrown, line] of cases) assertEquals(describeError(thrown), line);
});
