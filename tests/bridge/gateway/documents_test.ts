import { LogRing } from "../../../bridge/ops/log_ring.ts";
import { COMMAND_NAMES, hasAccount } from "../../../bridge/commands/table.ts";
import { BODY_BYTES } from "../../../bridge/endpoint/body.ts";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import { ERROR_STATUS } from "../../../bridge/errors/http_status.ts";
import { parseFrame } from "../../../bridge/schemas/parse.ts";
import {
  type ProblemName,
  PROBLEMS,
} from "../../../bridge/gateway/documents/problems.ts";
import {
  CLOSE_CODES,
  DEFAULT_LIMITS,
  ERROR_CODES,
  type ErrorCode,
  FRAME_PROTOCOL,
  type ServerFrame,
} from "../../../mod.ts";
import {
  assert,
  assertEquals,
  AssertionError,
  assertThrows,
} from "@std/assert";
import { COMMAND_EXAMPLES } from "../../support/command_examples.ts";
import { EVENT_ROWS } from "../../support/event_examples.ts";
import {
  type ApiDocument,
  DocumentSchemas,
  refName,
} from "../../support/document_schemas.ts";
import { FakeApp } from "../../support/fake_app.ts";
import { randomFrom } from "../../support/random.ts";
import { assertServerFrame, FrameSchema } from "../../support/frame_schema.ts";

type Node = Record<string, unknown>;

/** The value at a path of a document. */
function at<T = Node>(node: unknown, ...path: string[]): T {
  let found = node;
  for (const name of path) {
    found = (found as Node | undefined)?.[name];
    assert(found !== undefined, `there is no ${name} in ${path.join("/")}`);
  }
  return found as T;
}

/** The document at a path, for a token that may not read events. */
async function served(path: string): Promise<Node & ApiDocument> {
  const app = new FakeApp({ logs: new LogRing() });
  const response = await app.ask(path, { token: "sender" });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/json");
  const text = await response.text();
  const again = await app.ask(path, { token: "sender" });
  assertEquals(await again.text(), text);
  return JSON.parse(text);
}

const AT = "2026-11-23T19:20:00.123Z";
const TEXT = { from: "10002", text: "你好" };

const FRAMES: ServerFrame[] = [
  {
    type: "welcome",
    protocol: FRAME_PROTOCOL,
    epoch: "k3f9",
    seq: 0,
    accounts: [{ uin: "10001", nickname: "", state: "online", since: AT }],
    limits: { ...DEFAULT_LIMITS },
  },
  ...EVENT_ROWS.flatMap(([event, { data }]) =>
    data.map((data) =>
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
  payload: { $ref: string };
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

const CLIENT_SCHEMAS: Readonly<Record<string, string>> = {
  hello: "Hello",
  ack: "Ack",
  subscribe: "Subscribe",
  command: "PingCommand",
};

for (const [frame, valid] of CLIENT_FRAMES) {
  const text = JSON.stringify(frame);
  Deno.test(`documents: ${text} is ${valid ? "" : "not "}documented, and ${valid ? "" : "not "}accepted`, async () => {
    const schemas = new DocumentSchemas(await served("/asyncapi.json"));
    const { type } = frame as { type: string };
    const fault = schemas.fault(CLIENT_SCHEMAS[type]!, frame);
    assertEquals(fault === undefined, valid, fault);
    assertEquals("frame" in parseFrame(text, DEFAULT_LIMITS), valid);
  });
}

Deno.test("documents: every example of /asyncapi.json matches its own schema", async () => {
  const document = await served("/asyncapi.json");
  const schemas = new DocumentSchemas(document);
  const messages = at<Record<string, Message>>(
    document,
    "components",
    "messages",
  );
  let examples = 0;
  for (const message of Object.values(messages)) {
    for (const { payload } of message.examples ?? []) {
      schemas.assertValid(refName(message.payload), payload);
      examples++;
    }
  }
  assertEquals(examples, 9);
});

/** Places from which generators create a type. */
function makesType(node: Node): boolean {
  const { properties, oneOf, anyOf } = node;
  const options = (oneOf ?? anyOf ?? []) as Node[];
  return properties !== undefined || node.enum !== undefined ||
    options.filter(({ type }) => type !== "null").length > 1;
}

for (const path of ["/asyncapi.json", "/openapi.json"]) {
  Deno.test(`documents: ${path} gives every type a name, which its title repeats`, async () => {
    const { components: { schemas } } = await served(path);
    const anonymous: string[] = [];
    const visit = (node: unknown, place: string): void => {
      if (typeof node !== "object" || node === null) return;
      if (makesType(node as Node)) anonymous.push(place);
      visitParts(node, place);
    };
    const visitParts = (node: object, place: string): void =>
      Object.entries(node).forEach(([name, part]) =>
        visit(part, `${place}/${name}`)
      );
    for (const [name, schema] of Object.entries(schemas)) {
      assertEquals((schema as Node).title, name);
      visitParts(schema, name);
    }
    assertEquals(anonymous, []);
  });
}

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
  // The lowest version that has everything that the document uses.
  assertEquals(document.asyncapi, "3.0.0");
  const info = at<Record<string, string>>(document, "info");
  assertEquals(info.version, "0.0.0");
  assertReferences(document);
  const messages = at(document, "components", "messages");
  assertEquals(
    Object.keys(messages).sort(),
    [
      "ack",
      "error",
      "event",
      "gap",
      "hello",
      "subscribe",
      "subscribeResult",
      "welcome",
      ...COMMAND_NAMES.flatMap((name) => [`${name}Command`, `${name}Result`]),
    ].sort(),
  );
  const operations = at<Record<string, Node>>(document, "operations");
  for (const name of COMMAND_NAMES) {
    const { messages, reply } = operations[name]!;
    const names = [messages, (reply as Node).messages]
      .map((refs) => (refs as { $ref: string }[]).map(refName));
    assertEquals(names, [[`${name}Command`], [`${name}Result`, "error"]]);
  }
  assertEquals(
    Object.entries(operations).filter(([, { security }]) =>
      security === undefined
    ),
    [],
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
      "/logs",
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
});

Deno.test("documents: a request and its result match /openapi.json", async () => {
  const schemas = new DocumentSchemas(await served("/openapi.json"));
  const app = new FakeApp();
  app.bridge.script("send", () => ({ seq: 4184 }));
  const body = { account: "10001", to: "10002", text: "hi" };
  schemas.assertValid("SendBody", body);
  assert(schemas.fault("SendBody", { to: "10002", text: "hi" }) !== undefined);
  assert(schemas.fault("SendBody", { ...body, more: 1 }) !== undefined);
  const done = await app.command("send", body);
  schemas.assertValid("SendData", await done.json());
});

/** A request that is answered with a status that the document must have. */
type Asked = [
  what: string,
  status: number,
  body: string | undefined,
  options: { token?: string; type?: string; error?: ErrorCode },
];

const ASKED: readonly Asked[] = [
  ["JSON that is broken", 400, "{", {}],
  ["a field that is unknown", 400, '{"more":1}', {}],
  ["no token", 401, undefined, { token: "" }],
  ["a token that is unknown", 401, undefined, { token: "wrong" }],
  ["a text that is not JSON", 415, "x", { type: "text/plain" }],
  ["a body that is too large", 413, " ".repeat(BODY_BYTES + 1), {}],
  ...Object.keys(ERROR_CODES).filter((code) => code !== "unknown_command")
    .map((code): Asked => [
      code,
      ERROR_STATUS[code as ErrorCode],
      undefined,
      { error: code as ErrorCode },
    ]),
];

for (const [what, expected, body, options] of ASKED) {
  Deno.test(`documents: ${what} is answered with ${expected}, as /openapi.json says of each command that can`, async () => {
    const document = await served("/openapi.json");
    const schemas = new DocumentSchemas(document, { isClosed: true });
    let declared = 0;
    for (const name of COMMAND_NAMES) {
      const app = new FakeApp();
      const { error, token = "all", type = "application/json" } = options;
      app.bridge.script(name, () => {
        throw new CommandError(error!, "m", { retryAfterMs: 1000 });
      });
      const { params } = COMMAND_EXAMPLES[name];
      const account = hasAccount(name) ? { account: "10001" } : {};
      const response = await app.ask(`/api/${name}`, {
        method: "POST",
        token,
        headers: { "content-type": type },
        body: body ?? JSON.stringify({ ...params, ...account }),
      });
      assertEquals(response.status, expected, name);
      const answer = at<Record<string, { $ref: string }>>(
        document,
        "paths",
        `/api/${name}`,
        "post",
        "responses",
      )[expected];
      const got = await response.json();
      const kind = PROBLEMS[refName(answer ?? { $ref: "" }) as ProblemName];
      // A command that cannot fail in this way does not declare the answer.
      if (error !== undefined && !kind?.codes.some((one) => one === error)) {
        continue;
      }
      declared++;
      schemas.assertValid(`${refName(answer!)}Problem`, got);
    }
    assert(declared > 0);
  });
}

/** Values with which fuzzed bodies replace valid ones. */
const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  1e300,
  "",
  "10001",
  "\ud800",
  "x".repeat(5000),
  [],
  ["10001"],
  {},
];

Deno.test("documents: each answer to a random request is one that /openapi.json declares", async () => {
  const document = await served("/openapi.json");
  const schemas = new DocumentSchemas(document, { isClosed: true });
  const random = randomFrom(20261128);
  const oneOf = <T>(items: readonly T[]) =>
    items[Math.floor(random() * items.length)]!;
  const statuses = new Set<number>();
  for (const name of COMMAND_NAMES) {
    const responses = at<Record<string, { $ref: string }>>(
      document,
      "paths",
      `/api/${name}`,
      "post",
      "responses",
    );
    const app = new FakeApp({
      limits: { ...DEFAULT_LIMITS, commandsPerMinute: 20 },
    });
    app.bridge.script(name, () => {
      throw new CommandError("internal", "m");
    });
    for (let round = 0; round < 40; round++) {
      const valid = { ...COMMAND_EXAMPLES[name].params, account: "10001" };
      const fields = [...Object.keys(valid), "key", "more"];
      const body = JSON.stringify({ ...valid, [oneOf(fields)]: oneOf(VALUES) });
      const sent = random() < 0.2
        ? body.slice(0, random() * body.length)
        : body;
      const { status, ...answer } = await answerOf(
        app.command(name, sent, {
          token: oneOf(["all", "all", "sender", "one", "wrong"]),
          headers: random() < 0.1 ? { "content-type": "text/plain" } : {},
        }),
      );
      statuses.add(status);
      const declared = responses[status];
      assert(declared !== undefined, `${name}: ${status} for ${sent}`);
      schemas.assertValid(`${refName(declared)}Problem`, answer.body);
    }
  }
  assertEquals([...statuses].sort(), [400, 401, 403, 415, 429, 500]);
});

async function answerOf(
  answering: Promise<Response>,
): Promise<{ status: number; body: unknown }> {
  const response = await answering;
  return { status: response.status, body: await response.json() };
}
