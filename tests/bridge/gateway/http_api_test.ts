import { delay } from "@std/async";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import { ANSWER_MS } from "../../../bridge/gateway/http_api.ts";
import {
  type BridgeCommandName,
  ERROR_CODES,
  type ErrorCode,
} from "../../../mod.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FakeApp } from "../../support/fake_app.ts";

/** Waits for one turn of the event loop. */
function turn(): Promise<void> {
  return delay(0);
}

const SEND = { account: "10001", to: "10002", text: "hi" };

Deno.test("http: a command is executed with its parameters, and its result is the body", async () => {
  const app = new FakeApp();
  app.bridge.script("send", () => ({ seq: 4184 }));
  const response = await app.command("send", { ...SEND, key: "k1" });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertEquals(await response.json(), { seq: 4184 });
  assertEquals(app.bridge.ran, [{
    grant: app.grants.all!,
    request: {
      command: "send",
      account: "10001",
      params: { to: "10002", text: "hi" },
      key: "k1",
      from: { connection: undefined, address: "192.0.2.7" },
    },
  }]);
});

Deno.test("http: the account of a target is a parameter of its command", async () => {
  const app = new FakeApp();
  app.bridge.script("setTarget", () => ({ id: "t" }));
  const params = { kind: "hook", url: "https://a.example/", account: "10001" };
  const response = await app.command("setTarget", { ...params, key: "k1" });
  assertEquals(response.status, 200);
  const { request } = app.bridge.ran[0]!;
  assertEquals([request.account, request.params, request.key], [
    undefined,
    params,
    "k1",
  ]);
});

Deno.test("http: Idempotency-Key is the key, and must not differ from that of the body", async () => {
  const app = new FakeApp();
  app.bridge.script("send", () => ({ seq: 1 }));
  const headers = { "idempotency-key": "k2" };
  for (const body of [SEND, { ...SEND, key: "k2" }]) {
    const response = await app.command("send", body, { headers });
    assertEquals(response.status, 200);
    await response.body?.cancel();
    assertEquals(app.bridge.ran.at(-1)?.request.key, "k2");
  }
  const other = await app.command("send", { ...SEND, key: "k3" }, { headers });
  assertEquals(other.status, 400);
  assertEquals((await other.json()).code, "bad_params");
  assertEquals(app.bridge.ran.length, 2);
});

Deno.test("http: a request without a body has no parameters", async () => {
  const app = new FakeApp();
  const response = await app.ask("/api/ping", { method: "POST", token: "all" });
  assertEquals(response.status, 200);
  assertEquals(await response.json(), { at: "2005-11-24T00:00:00.000Z" });
});

const BODIES: [string, string, unknown, number, string, string][] = [
  [
    "send",
    "a wrong parameter",
    { ...SEND, to: 5 },
    400,
    "bad_params",
    "to must be a QQ number",
  ],
  [
    "send",
    "an unknown parameter",
    { ...SEND, txt: 5 },
    400,
    "bad_params",
    'no field "txt"',
  ],
  [
    "send",
    "a wrong account",
    { ...SEND, account: 10001 },
    400,
    "bad_params",
    "account must be a QQ number",
  ],
  [
    "send",
    "a wrong key",
    { ...SEND, key: "" },
    400,
    "bad_params",
    "key must be a text of 1 to 128",
  ],
  ["sned", "anything", SEND, 404, "unknown_command", "the commands are"],
  ["toString", "anything", {}, 404, "unknown_command", "the commands are"],
  ["__proto__", "anything", {}, 404, "unknown_command", "the commands are"],
];

for (const [command, what, body, status, code, detail] of BODIES) {
  Deno.test(`http: ${command} with ${what} is ${status} ${code}`, async () => {
    const app = new FakeApp();
    const response = await app.command(command, body);
    assertEquals(response.status, status);
    const problem = await response.json();
    assertEquals(problem.code, code);
    assertStringIncludes(problem.detail, detail);
    assertEquals(app.bridge.ran, []);
  });
}

const ERRORS: [ErrorCode, number][] = [
  ["not_logged_in", 502],
  ["login_refused", 502],
  ["invalid_uin", 502],
  ["penalised", 429],
  ["rejected", 502],
  ["malformed_reply", 502],
  ["unreachable", 502],
  ["timeout", 502],
  ["outcome_unknown", 502],
  ["bad_frame", 400],
  ["unknown_command", 404],
  ["bad_params", 400],
  ["forbidden", 403],
  ["unknown_account", 404],
  ["already_exists", 409],
  ["overloaded", 429],
  ["internal", 500],
];

Deno.test("http: the table below has every error code", () => {
  assertEquals(
    ERRORS.map(([code]) => code).sort(),
    (Object.keys(ERROR_CODES) as ErrorCode[]).sort(),
  );
});

for (const [code, status] of ERRORS) {
  Deno.test(`http: ${code} is ${status}, as problem+json`, async () => {
    const app = new FakeApp();
    app.bridge.script("send", () => {
      throw new CommandError(code, `Cannot do send: ${code}`, {
        retryAfterMs: 1500,
      });
    });
    const response = await app.command("send", SEND);
    assertEquals(response.status, status);
    const { headers } = response;
    assertEquals(headers.get("content-type"), "application/problem+json");
    assertEquals(headers.get("retry-after"), "2");
    const { title, ...problem } = await response.json();
    assert(typeof title === "string" && title !== "Error");
    assertEquals(problem, {
      type: "about:blank",
      status,
      detail: `Cannot do send: ${code}`,
      code,
      retriable: ERROR_CODES[code],
      retryAfterMs: 1500,
    });
  });
}

Deno.test("http: an endless body is cancelled when it is too large", async () => {
  const app = new FakeApp();
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(8192)),
    cancel: () => {
      cancelled = true;
    },
  });
  const unsaid = await app.ask("/api/ping", {
    method: "POST",
    token: "all",
    body: endless,
  });
  assertEquals(unsaid.status, 413);
  assertEquals(unsaid.headers.get("connection"), "close");
  await unsaid.body?.cancel();
  assert(cancelled);
});

const UNANSWERED: [BridgeCommandName, object, string][] = [
  ["send", SEND, "outcome_unknown"],
  ["friends", { account: "10001" }, "timeout"],
];

for (const [command, body, code] of UNANSWERED) {
  Deno.test(`http: ${command} without a reply ends with ${code}`, async () => {
    const app = new FakeApp();
    app.bridge.script(command, () => new Promise(() => {}));
    const asked = app.command(command, body);
    while (app.bridge.ran.length === 0) await turn();
    await app.clock.advance(ANSWER_MS);
    const response = await asked;
    assertEquals(response.status, 502);
    assertEquals((await response.json()).code, code);
    assertEquals(app.clock.pending, 0);
  });
}

Deno.test("http: a body that is too large or too slow is answered with the code of that", async () => {
  const app = new FakeApp();
  const large = await app.command("send", " ".repeat(65_537));
  assertEquals([large.status, (await large.json()).code], [413, "too_large"]);
  const answer = app.ask("/api/send", {
    method: "POST",
    token: "all",
    headers: { "content-type": "application/json" },
    body: new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) }),
  });
  await turn();
  await app.clock.advance(10_000);
  const slow = await answer;
  assertEquals([slow.status, (await slow.json()).code], [408, "too_slow"]);
});
