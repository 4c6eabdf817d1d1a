import { CommandError } from "../../../bridge/errors/command_error.ts";
import {
  ANSWER_MS,
  BODY_BYTES,
  BODY_MS,
} from "../../../bridge/gateway/http_api.ts";
import {
  type BridgeCommandName,
  ERROR_CODES,
  type ErrorCode,
} from "../../../mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../../deps.ts";
import { FakeApp } from "../../support/fake_app.ts";
import { settle } from "../../support/fake_clock.ts";

/** Lets the event loop go round once. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

const SEND = { account: "10001", to: "10002", text: "hi" };

Deno.test("http: a command is run as asked, and its result is the body", async () => {
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
    },
  }]);
});

Deno.test("http: Idempotency-Key is the key, and must not differ from it", async () => {
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

Deno.test("http: no body is no parameters", async () => {
  const app = new FakeApp();
  const response = await app.ask("/api/ping", { method: "POST", token: "all" });
  assertEquals(response.status, 200);
  assertEquals(await response.json(), { at: "2005-11-24T00:00:00.000Z" });
});

const BODIES: [string, string, unknown, number, string, string][] = [
  ["ping", "no JSON", "{", 400, "bad_frame", "must be a JSON object"],
  ["ping", "a list", "[]", 400, "bad_frame", "must be a JSON object"],
  ["ping", "null", "null", 400, "bad_frame", "must be a JSON object"],
  [
    "ping",
    "deep",
    `{"a":${"[".repeat(40)}${"]".repeat(40)}}`,
    400,
    "bad_frame",
    "deeper than 32",
  ],
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

const SCOPES: [BridgeCommandName, string, number][] = [
  ["send", "one", 403],
  ["send", "sender", 200],
  ["friends", "sender", 403],
  ["friends", "one", 200],
  ["logout", "one", 403],
  ["logout", "all", 200],
];

for (const [command, token, status] of SCOPES) {
  Deno.test(`http: ${command} with the token ${token} is ${status}`, async () => {
    const app = new FakeApp();
    app.bridge.script(command, () => ({}));
    const body = command === "send" ? SEND : { account: "10001" };
    const response = await app.command(command, body, { token });
    assertEquals(response.status, status);
    await response.body?.cancel();
  });
}

Deno.test("http: an account outside the token is not known", async () => {
  const app = new FakeApp();
  const body = { account: "10002" };
  const response = await app.command("friends", body, { token: "one" });
  assertEquals(response.status, 404);
  assertEquals((await response.json()).code, "unknown_account");
});

Deno.test("http: without a token, or with a wrong one, nothing is run", async () => {
  const app = new FakeApp();
  for (const headers of [{}, { authorization: "Bearer wrong" }]) {
    const response = await app.ask("/api/ping", {
      method: "POST",
      headers: headers as Record<string, string>,
    });
    assertEquals(response.status, 401);
    await response.body?.cancel();
  }
  assertEquals(app.bridge.ran, []);
});

Deno.test("http: a body that is not said to be JSON is not read as JSON", async () => {
  const app = new FakeApp();
  for (const type of ["text/plain", "application/jsonp", ""]) {
    const response = await app.command("ping", {}, {
      headers: { "content-type": type },
    });
    assertEquals(response.status, 415, type);
    assertEquals((await response.json()).code, "unsupported_media_type");
  }
  for (const type of ["application/json; charset=utf-8", "Application/JSON"]) {
    const response = await app.command("ping", {}, {
      headers: { "content-type": type },
    });
    assertEquals(response.status, 200, type);
    await response.body?.cancel();
  }
});

Deno.test("http: a body that is not UTF-8 is not read", async () => {
  const response = await new FakeApp().ask("/api/ping", {
    method: "POST",
    token: "all",
    headers: { "content-type": "application/json" },
    body: new Uint8Array([0x7b, 0xff, 0x7d]),
  });
  assertEquals(response.status, 400);
  assertStringIncludes((await response.json()).detail, "UTF-8");
});

Deno.test("http: a body of 64 KiB is read, one byte more is not, whatever its length says", async () => {
  const fits = `{"text":"${"x".repeat(BODY_BYTES - 11)}"}`;
  assertEquals(fits.length, BODY_BYTES);
  const app = new FakeApp();
  const taken = await app.command("send", fits);
  assertEquals(taken.status, 400);
  await taken.body?.cancel();

  const said = await app.command("send", fits + " ", {
    headers: { "content-length": String(BODY_BYTES + 1) },
  });
  assertEquals(said.status, 413);
  assertEquals((await said.json()).code, "too_large");

  const counted = await app.command("send", fits + " ");
  assertEquals(counted.status, 413);
  await counted.body?.cancel();

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

Deno.test("http: a body that does not end is not waited for", async () => {
  const app = new FakeApp();
  let cancelled = false;
  const stuck = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("{")),
    cancel: () => {
      cancelled = true;
    },
  });
  const asked = app.ask("/api/ping", {
    method: "POST",
    token: "all",
    headers: { "content-type": "application/json" },
    body: stuck,
  });
  await settle();
  await app.clock.advance(BODY_MS);
  const response = await asked;
  assertEquals(response.status, 408);
  assertEquals((await response.json()).code, "too_slow");
  assert(cancelled);
  assertEquals(app.clock.pending, 0);
});

const UNANSWERED: [BridgeCommandName, object, string][] = [
  ["send", SEND, "outcome_unknown"],
  ["friends", { account: "10001" }, "timeout"],
];

for (const [command, body, code] of UNANSWERED) {
  Deno.test(`http: ${command} without an answer ends as ${code}`, async () => {
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

Deno.test("http: an error that is none of the bridge's is internal and reported", async () => {
  const app = new FakeApp();
  app.bridge.script("send", () => {
    throw new TypeError("the secret of the inside");
  });
  const response = await app.command("send", SEND);
  assertEquals(response.status, 500);
  const body = await response.text();
  assert(!body.includes("secret"), body);
  assertEquals(app.failures.length, 1);
});

Deno.test("http: a token has 120 commands a minute, each token its own", async () => {
  const app = new FakeApp();
  app.bridge.script("accounts", () => ({ accounts: [] }));
  for (let count = 0; count < 120; count++) {
    const response = await app.command("ping", {});
    assertEquals(response.status, 200);
    await response.body?.cancel();
  }
  await app.clock.advance(18_500);
  const refused = await app.command("ping", {});
  assertEquals(refused.status, 429);
  assertEquals(refused.headers.get("retry-after"), "42");
  const problem = await refused.json();
  assertEquals(problem.code, "overloaded");
  assertEquals(problem.retriable, true);
  assertEquals(problem.retryAfterMs, 41_500);
  assertEquals(app.bridge.ran.length, 120);

  const other = await app.command("accounts", {}, { token: "one" });
  assertEquals(other.status, 200);
  await other.body?.cancel();
  await app.clock.advance(41_500);
  const later = await app.command("ping", {});
  assertEquals(later.status, 200);
  await later.body?.cancel();
});
