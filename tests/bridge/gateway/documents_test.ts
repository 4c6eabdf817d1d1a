import { COMMAND_NAMES } from "../../../bridge/commands/table.ts";
import { HTTP_CODES } from "../../../bridge/errors/http_status.ts";
import { parseFrame } from "../../../bridge/schemas/parse.ts";
import {
  ACCOUNT_STATES,
  CLOSE_CODES,
  DEFAULT_LIMITS,
  ERROR_CODES,
  EVENT_NAMES,
  type EventData,
  type EventName,
  FRAME_PROTOCOL,
  type ServerFrame,
} from "../../../mod.ts";
import {
  Ajv2020,
  assert,
  assertEquals,
  AssertionError,
  assertThrows,
} from "../../deps.ts";
import { FakeApp } from "../../support/fake_app.ts";
import { assertServerFrame, FrameSchema } from "../../support/frame_schema.ts";

type Node = Record<string, unknown>;

/** What stands at a place of a document. */
function at<T = Node>(node: unknown, ...path: string[]): T {
  let found = node;
  for (const name of path) {
    found = (found as Node | undefined)?.[name];
    assert(found !== undefined, `there is no ${name} in ${path.join("/")}`);
  }
  return found as T;
}

function strictAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    validateFormats: false,
  });
  ajv.addKeyword("x-result");
  return ajv;
}

async function served(path: string): Promise<Node> {
  const app = new FakeApp();
  const response = await app.ask(path, { token: "one" });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/json");
  const text = await response.text();
  const again = await app.ask(path, { token: "one" });
  assertEquals(await again.text(), text);
  return JSON.parse(text);
}

const AT = "2026-11-23T19:20:00.123Z";
const TEXT = { from: "10002", text: "你好" };

const DATA: { [N in EventName]: EventData[N][] } = {
  "message": [TEXT],
  "message.stranger": [TEXT],
  "message.sent": [{ to: "10002", text: "" }],
  "presence": [{ from: "10002", status: "invisible" }],
  "friend.request": [TEXT],
  "friend.accepted": [TEXT],
  "friend.refused": [TEXT],
  "friend.added": [TEXT],
  "account.state": [
    ...ACCOUNT_STATES.map((state) => ({ state, since: AT })),
    { state: "refused", since: AT, reason: "r", action: "a" },
  ],
  "unknown": [{ code: 7, from: "10002", text: "x" }, { raw: "MT=%" }],
};

const FRAMES: ServerFrame[] = [
  {
    type: "welcome",
    protocol: FRAME_PROTOCOL,
    epoch: "k3f9",
    seq: 0,
    accounts: [{ uin: "10001", nickname: "", state: "online", since: AT }],
    limits: { ...DEFAULT_LIMITS },
  },
  ...EVENT_NAMES.flatMap((event) =>
    DATA[event].map((data) =>
      ({
        type: "event",
        seq: 1,
        at: AT,
        account: "10001",
        event,
        data,
      }) as ServerFrame
    )
  ),
  { type: "result", id: "a1", ok: true, data: { seq: 4184 } },
  { type: "result", id: 1.5, ok: true, data: {} },
  ...Object.keys(ERROR_CODES).map((code) => ({
    type: "result",
    id: null,
    ok: false,
    error: { code, message: "m", retriable: true, retryAfterMs: 1 },
  } as ServerFrame)),
  { type: "gap", epoch: "k3f9", from: 1, to: 0, reason: "epoch" },
];

Deno.test("documents: every frame of the bridge is as /asyncapi.json says", async () => {
  const schema = new FrameSchema(await served("/asyncapi.json"));
  for (const frame of FRAMES) {
    assertServerFrame(frame, schema);
    assertServerFrame(JSON.stringify(frame), schema);
  }
});

const WRONG: unknown[] = [
  { type: "nothing" },
  { type: "gap", epoch: "k3f9", from: 1, to: 0, reason: "because" },
  { type: "gap", epoch: "k3f9", from: 1, to: 0, reason: "epoch", more: 1 },
  {
    type: "event",
    seq: 1,
    at: AT,
    account: "10001",
    event: "presence",
    data: TEXT,
  },
  { type: "event", seq: 1, at: AT, account: "10001", event: "mail", data: {} },
  {
    type: "event",
    seq: 1,
    at: AT,
    account: "10001",
    event: "message",
    data: { ...TEXT, to: "1" },
  },
  { type: "event", seq: 0, at: AT, account: "1", event: "message", data: TEXT },
  {
    type: "event",
    seq: 1,
    at: "now",
    account: "1",
    event: "message",
    data: TEXT,
  },
  { type: "result", id: "a", ok: false, data: {} },
  {
    type: "result",
    id: "a",
    ok: false,
    error: { code: "oops", message: "", retriable: false },
  },
];

for (const frame of WRONG) {
  Deno.test(`documents: ${JSON.stringify(frame)} is no frame of the bridge`, () => {
    assertThrows(() => assertServerFrame(frame), AssertionError);
  });
}

interface Message {
  payload: Node;
  examples?: { payload: unknown }[];
}

const CLIENT_FRAMES: [frame: object, valid: boolean][] = [
  [{ type: "hello", token: "t" }, true],
  [{ type: "hello" }, false],
  [{ type: "hello", proof: "p" }, true],
  [{ type: "hello", token: "t", proof: "p" }, false],
  [{ type: "ack", seq: 1 }, true],
  [{ type: "ack", seq: -1 }, false],
  [{ type: "subscribe", id: 1 }, true],
  [{ type: "subscribe", id: 1, events: ["friend"] }, true],
  [{ type: "subscribe", id: 1, events: ["fr"] }, false],
  [{ type: "command", id: 1, command: "ping" }, true],
  [{ type: "command", id: 1, command: "ping", later: true }, true],
  [{ type: "command", command: "ping" }, false],
];

Deno.test("documents: a client's frame is as documented exactly where it is taken", async () => {
  const messages = at<Record<string, Message>>(
    await served("/asyncapi.json"),
    "components",
    "messages",
  );
  const ajv = strictAjv();
  for (const [frame, valid] of CLIENT_FRAMES) {
    const { type } = frame as { type: string };
    const { payload } = messages[type]!;
    assertEquals(ajv.validate(payload, frame), valid, JSON.stringify(frame));
    const parsed = parseFrame(JSON.stringify(frame), DEFAULT_LIMITS);
    assertEquals("frame" in parsed, valid);
  }
});

Deno.test("documents: every example of /asyncapi.json is as its own schema says", async () => {
  const messages = at<Record<string, Message>>(
    await served("/asyncapi.json"),
    "components",
    "messages",
  );
  const ajv = strictAjv();
  let examples = 0;
  for (const message of Object.values(messages)) {
    for (const { payload } of message.examples ?? []) {
      assert(ajv.validate(message.payload, payload), ajv.errorsText());
      examples++;
    }
  }
  assertEquals(examples, 8);
});

/** Every `$ref` of a document leads somewhere in it. */
function assertReferences(document: Node): void {
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    if ("$ref" in node && typeof node.$ref === "string") {
      at(document, ...node.$ref.split("/").slice(1));
    }
    Object.values(node).forEach(visit);
  };
  visit(document);
}

Deno.test("documents: /asyncapi.json names all messages, commands, limits and codes", async () => {
  const document = await served("/asyncapi.json");
  assertEquals(document.asyncapi, "3.1.0");
  const info = at<Record<string, string>>(document, "info");
  assertEquals(info.version, "0.0.0");
  assertReferences(document);
  const messages = at(document, "components", "messages");
  assertEquals(
    Object.keys(messages).sort(),
    [
      "ack",
      "command",
      "event",
      "gap",
      "hello",
      "result",
      "subscribe",
      "welcome",
    ],
  );
  assertEquals(
    at<Node[]>(messages, "command", "payload", "oneOf")
      .map(({ title }) => title),
    COMMAND_NAMES,
  );
  assertEquals(document["x-limits"], { ...DEFAULT_LIMITS });
  assertEquals(
    Object.keys(at(document, "x-error-codes")),
    Object.keys(ERROR_CODES),
  );
  for (const [code, { meaning }] of Object.entries(CLOSE_CODES)) {
    assert(info.description!.includes(`${code}: ${meaning}`));
    assertEquals(at(document, "x-close-codes", code).meaning, meaning);
  }
  const operations = Object.values(at(document, "operations"));
  assertEquals(
    operations.flatMap((operation) => at<Node[]>(operation, "messages")).length,
    7,
  );
});

Deno.test("documents: /openapi.json has every path that the app answers, and each command", async () => {
  const document = await served("/openapi.json");
  assertEquals(document.openapi, "3.1.0");
  assertReferences(document);
  assertEquals(
    Object.keys(at(document, "paths")).sort(),
    [
      ...COMMAND_NAMES.map((name) => `/api/${name}`),
      "/asyncapi.json",
      "/events",
      "/healthz",
      "/lib/{path}",
      "/metrics",
      "/mod.js",
      "/mod.ts",
      "/openapi.json",
      "/readyz",
    ].sort(),
  );
  const ids = Object.values(at<Record<string, Node>>(document, "paths"))
    .flatMap((path) => Object.values(path))
    .map((operation) => at<string>(operation, "operationId"));
  assertEquals(new Set(ids).size, ids.length);
  assertEquals(
    at<string[]>(
      document,
      ..."components/schemas/Problem/properties/code/enum".split("/"),
    ),
    [...Object.keys(ERROR_CODES), ...Object.keys(HTTP_CODES)],
  );
});

Deno.test("documents: answers of /api are as /openapi.json says", async () => {
  const document = await served("/openapi.json");
  const ajv = strictAjv();
  const app = new FakeApp();
  app.bridge.script("send", () => ({ seq: 4184 }));
  const body = { account: "10001", to: "10002", text: "hi" };
  const post = at(document, "paths", "/api/send", "post");
  const json = ["content", "application/json", "schema"];
  const requestSchema = at(post, "requestBody", ...json);
  assert(ajv.validate(requestSchema, body), ajv.errorsText());
  assert(!ajv.validate(requestSchema, { to: "10002", text: "hi" }));
  assert(!ajv.validate(requestSchema, { ...body, more: 1 }));

  const done = await app.command("send", body);
  const answer = at(post, "responses", "200", ...json);
  assert(ajv.validate(answer, await done.json()), ajv.errorsText());

  const failed = await app.command("send", { ...body, text: "" });
  const problem = at(document, "components", "schemas", "Problem");
  assert(ajv.validate(problem, await failed.json()), ajv.errorsText());
});
