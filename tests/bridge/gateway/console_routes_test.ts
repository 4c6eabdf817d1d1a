import {
  cookieName,
  readToken,
  type TokenCarrier,
} from "../../../bridge/access/host_policy.ts";
import { consoleFiles } from "../../../bridge/console/files.ts";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "../../deps.ts";
import { ALLOWED_ORIGIN, FakeApp, OWN } from "../../support/fake_app.ts";

const SESSION = "/console/session";
const COOKIE = "tqq_token_8080";

function signIn(
  app: FakeApp,
  body: unknown,
  headers: Record<string, string> = { origin: OWN },
): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return app.ask(SESSION, {
    method: "POST",
    headers: { "content-length": String(text.length), ...headers },
    body: text,
  });
}

Deno.test("console: a sign-in sets a cookie that scripts and other sites do not get", async () => {
  const app = new FakeApp();
  const response = await signIn(app, { token: "one" });
  assertEquals(response.status, 200);
  assertEquals(
    response.headers.get("set-cookie"),
    `${COOKIE}=one; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict`,
  );
  assertEquals(response.headers.get("cache-control"), "no-store");
  assertEquals(await response.json(), {
    name: "one",
    scopes: ["read"],
    version: "0.0.0",
  });
});

Deno.test("console: looking up another token sets and clears no cookie", async () => {
  const app = new FakeApp();
  for (const [token, name] of [["one", "one"], ["wrong", undefined]]) {
    const response = await app.ask(SESSION, {
      headers: { authorization: `Bearer ${token}`, cookie: `${COOKIE}=one` },
    });
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("set-cookie"), null);
    assertEquals((await response.json()).name, name);
  }
});

Deno.test("console: over https the cookie is Secure, and named without a port", async () => {
  const app = new FakeApp({
    access: { host: () => true, origins: [] },
  });
  const response = await signIn(app, { token: "one" }, {
    origin: "https://bridge.example",
    host: "bridge.example",
  });
  assertEquals(response.status, 200);
  assertEquals(
    response.headers.get("set-cookie"),
    "tqq_token=one; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Strict",
  );
  await response.body?.cancel();
});

Deno.test("console: a wrong token is slowed down, counted, and sets nothing", async () => {
  const app = new FakeApp();
  app.slowedMost = 1;
  const wrong = await signIn(app, { token: "wrong" });
  assertEquals(wrong.status, 401);
  assertEquals(wrong.headers.get("set-cookie"), null);
  await wrong.body?.cancel();
  const again = await signIn(app, { token: "wrong" });
  assertEquals(again.status, 429);
  await again.body?.cancel();
  assertEquals(app.slowed, ["192.0.2.7", "192.0.2.7"]);
  assertStringIncludes(
    await app.metrics.text(),
    'tqq_auth_failures_total{kind="token"} 2',
  );
});

const BODIES: [string, number][] = [
  ["", 400],
  ["{", 400],
  ["null", 400],
  ["{}", 400],
  ['{"token":7}', 400],
  ['{"token":""}', 400],
  [JSON.stringify({ token: "x".repeat(2048) }), 413],
];

for (const [body, status] of BODIES) {
  Deno.test(`console: a sign-in with ${body.slice(0, 20)} is ${status}`, async () => {
    const app = new FakeApp();
    const response = await signIn(app, body);
    assertEquals(response.status, status);
    assertEquals(app.slowed, []);
    await response.body?.cancel();
  });
}

Deno.test("console: a sign-in that does not tell its length is not read", async () => {
  const response = await new FakeApp().ask(SESSION, {
    method: "POST",
    headers: { origin: OWN },
    body: new ReadableStream(),
  });
  assertEquals(response.status, 413);
  await response.body?.cancel();
});

for (const method of ["POST", "DELETE"]) {
  Deno.test(`console: ${method} of a session is for our own page only`, async () => {
    const app = new FakeApp();
    for (
      const headers of [{}, { origin: ALLOWED_ORIGIN }, {
        origin: "http://127.0.0.1:9090",
      }] as Record<string, string>[]
    ) {
      const response = await app.ask(SESSION, {
        method,
        headers: { "content-length": "15", ...headers },
        ...(method === "POST" ? { body: '{"token":"all"}' } : {}),
      });
      assertEquals(response.status, 403, JSON.stringify(headers));
      assertEquals(response.headers.get("set-cookie"), null);
      await response.body?.cancel();
    }
  });
}

Deno.test("console: the page asks who is signed in, and nobody is no error", async () => {
  const app = new FakeApp();
  const ask = (headers: Record<string, string>) =>
    app.ask(SESSION, {
      headers: { "sec-fetch-site": "same-origin", ...headers },
    });
  const nobody = await ask({});
  assertEquals(await nobody.json(), { version: "0.0.0" });
  assertEquals(app.slowed.length, 0);
  const one = await ask({ cookie: `${COOKIE}=one` });
  assertEquals((await one.json()).name, "one");
  const wrong = await ask({ cookie: `${COOKIE}=wrong` });
  assertEquals(await wrong.json(), { version: "0.0.0" });
  assertStringIncludes(wrong.headers.get("set-cookie") ?? "", "Max-Age=0");
  assertEquals(app.slowed.length, 1, "a cookie is no way to guess faster");
});

Deno.test("console: who signs out is signed out", async () => {
  const response = await new FakeApp().ask(SESSION, {
    method: "DELETE",
    headers: { origin: OWN, cookie: `${COOKIE}=all` },
  });
  assertEquals(response.status, 204);
  assertEquals(
    response.headers.get("set-cookie"),
    `${COOKIE}=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict`,
  );
});

type Asked = [
  what: string,
  headers: Record<string, string>,
  acts: boolean,
  token: string | undefined,
];

const own = { host: "127.0.0.1:8080", cookie: `a=b; ${COOKIE}=all` };
const CARRIERS: Asked[] = [
  ["our own page reads", { "sec-fetch-site": "same-origin" }, false, "all"],
  ["a person types the address", { "sec-fetch-site": "none" }, false, "all"],
  ["a program reads", {}, false, "all"],
  ["our own page acts", { origin: OWN }, true, "all"],
  ["somebody acts without an origin", {}, true, undefined],
  [
    "another port's page reads",
    {
      "sec-fetch-site": "same-site",
    },
    false,
    undefined,
  ],
  [
    "another port's page acts",
    {
      origin: "http://127.0.0.1:9090",
    },
    true,
    undefined,
  ],
  ["an allowed page acts", { origin: ALLOWED_ORIGIN }, true, undefined],
  ["a page of nowhere reads", { origin: "null" }, false, undefined],
  [
    "the cookie of another bridge",
    {
      cookie: "tqq_token_8081=all",
    },
    false,
    undefined,
  ],
  [
    "a header goes before the cookie",
    {
      authorization: "Bearer one",
    },
    true,
    "one",
  ],
];

for (const [what, headers, acts, token] of CARRIERS) {
  Deno.test(`tokenOfRequest: ${what}`, () => {
    const all: Record<string, string> = { ...own, ...headers };
    const carrier: TokenCarrier = {
      query: new URLSearchParams(),
      acts,
      header: (name) => all[name],
    };
    assertEquals(readToken(carrier), token);
  });
}

Deno.test("tokenOfRequest: the query goes before the cookie", () => {
  const query = new URLSearchParams("access_token=one");
  const header = (name: string) => (own as Record<string, string>)[name];
  assertEquals(readToken({ query, acts: false, header }), "one");
});

const NAMES: [string, string][] = [
  ["127.0.0.1:8080", "tqq_token_8080"],
  ["[::1]:81", "tqq_token_81"],
  ["bridge.example", "tqq_token"],
];

for (const [host, name] of NAMES) {
  Deno.test(`cookieName: ${host}`, () => assertEquals(cookieName(host), name));
}

Deno.test("console: a command by cookie needs our own page", async () => {
  const app = new FakeApp();
  const ask = (headers: Record<string, string>) =>
    app.ask("/api/ping", {
      method: "POST",
      headers: { cookie: `${COOKIE}=all`, ...headers },
    });
  const ours = await ask({ origin: OWN });
  assertEquals(ours.status, 200);
  await ours.body?.cancel();
  const other = await ask({});
  assertEquals(other.status, 401);
  await other.body?.cancel();
});

const FILES: [string, string][] = [
  ["/", "text/html; charset=utf-8"],
  ["/console/app.js", "text/javascript; charset=utf-8"],
  ["/console/app.css", "text/css; charset=utf-8"],
];

for (const [path, type] of FILES) {
  Deno.test(`console: ${path} comes with a strict policy, and is asked for again`, async () => {
    const app = new FakeApp();
    const response = await app.ask(path);
    assertEquals(response.status, 200);
    const { headers } = response;
    assertEquals(headers.get("content-type"), type);
    assertEquals(headers.get("cache-control"), "no-cache");
    assertEquals(
      headers.get("content-security-policy"),
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    await response.body?.cancel();
    const again = await app.ask(path, {
      headers: { "if-none-match": headers.get("etag")! },
    });
    assertEquals(again.status, 304);
    assertEquals(await again.text(), "");
  });
}

Deno.test("console: nothing in the page itself is run or styles it", async () => {
  const html = await (await new FakeApp().ask("/")).text();
  assert(!/<style|style=|<script(?![^>]* src=)|\son\w+=/.test(html), html);
});

Deno.test("console: a file that cannot be read is a failure that does not tell", async () => {
  const app = new FakeApp({
    console: () => Promise.reject(new Error("secret path")),
  });
  const response = await app.ask("/");
  assertEquals(response.status, 500);
  assert(!(await response.text()).includes("secret"));
});

Deno.test("consoleFiles: each file is read once, and again where that failed", async () => {
  const read: string[] = [];
  let isBroken = true;
  const files = consoleFiles((url) => {
    read.push(url.pathname.split("/").at(-1)!);
    return isBroken
      ? Promise.reject(new Error("no disk"))
      : Promise.resolve("text");
  });
  await assertRejects(() => files("/console/app.js"), Error, "no disk");
  isBroken = false;
  for (const path of ["/console/app.js", "/console/app.js", "/"]) {
    assertEquals((await files(path)).text, "text");
  }
  assertEquals(read, ["app.js", "app.js", "index.html"]);
  await assertRejects(() => files("/console/deno.json"), RangeError);
});
