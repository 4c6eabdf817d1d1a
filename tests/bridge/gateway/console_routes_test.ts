import { DEFAULT_LIMITS } from "../../../mod.ts";
import { readSessionCookie } from "../../../bridge/access/session_cookie.ts";
import { CONSOLE_FILES, consoleFiles } from "../../../bridge/console/files.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { ALLOWED_ORIGIN, FakeApp, OWN } from "../../support/fake_app.ts";

const SESSION = "/console/session";

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

interface SignedIn {
  cookie: string;
  proof: string;
  setCookie: string[];
  // deno-lint-ignore no-explicit-any
  info: any;
}

async function signedIn(
  app: FakeApp,
  body: object,
  headers?: Record<string, string>,
): Promise<SignedIn> {
  const response = await signIn(app, body, headers);
  assertEquals(response.status, 200);
  const setCookie = response.headers.getSetCookie();
  const { proof, ...info } = await response.json();
  return {
    cookie: setCookie.at(-1)!.split(";")[0]!,
    proof,
    setCookie,
    info,
  };
}

/** Headers of a page that presents halves of sessions. */
function halves(
  cookie: string | undefined,
  proof: string | undefined,
): Record<string, string> {
  return {
    origin: OWN,
    ...(cookie === undefined ? {} : { cookie }),
    ...(proof === undefined ? {} : { "tqq-proof": proof }),
  };
}

/** Status of a command, and of reading the session. */
async function statuses(
  app: FakeApp,
  headers: Record<string, string>,
): Promise<[ping: number, session: number]> {
  const ping = await app.ask("/api/ping", {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: "{}",
  });
  const session = await app.ask(SESSION, { headers });
  await Promise.all([ping.body?.cancel(), session.body?.cancel()]);
  return [ping.status, session.status];
}

Deno.test("console: a sign-in gives two random halves", async () => {
  const app = new FakeApp();
  const { cookie, proof, setCookie, info } = await signedIn(app, {
    token: "one",
  });
  assertMatch(
    setCookie.join(),
    /^tqq_session_8080=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
  );
  assertMatch(proof, /^[\w-]{43}$/);
  assert(cookie.split("=")[1] !== proof);
  const expiresAt = new Date(app.clock.now() + 30 * 60_000).toISOString();
  const shown = {
    name: "one",
    id: "one",
    scopes: ["read"],
    accounts: ["10001"],
    expiresAt,
    version: "0.0.0",
  };
  assertEquals(info, shown);
  const again = await app.ask(SESSION, { headers: halves(cookie, proof) });
  assertEquals(await again.json(), shown, "without the proof");
  assertEquals(again.headers.get("cache-control"), "no-store");
  const kept = await signedIn(app, { token: "all", keep: true });
  assertStringIncludes(kept.setCookie.join(), "Max-Age=2592000;");
});

Deno.test("console: neither half of a session opens anything alone", async () => {
  const app = new FakeApp();
  const { cookie, proof } = await signedIn(app, { token: "all" });
  const other = await signedIn(app, { token: "all" });
  const planted =
    "tqq_session_8080=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const cases: [what: string, headers: Record<string, string>, number][] = [
    ["both", halves(cookie, proof), 200],
    ["the cookie", halves(cookie, undefined), 401],
    ["the proof", halves(undefined, proof), 401],
    ["another session's proof", halves(cookie, other.proof), 401],
    ["a planted cookie", halves(planted, proof), 401],
    ["the token as a cookie", halves("tqq_token_8080=all", proof), 401],
    [
      "a cookie of another port",
      halves(
        cookie.replace("8080", "8081"),
        proof,
      ),
      401,
    ],
  ];
  for (const [what, headers, status] of cases) {
    assertEquals([what, ...await statuses(app, headers)], [
      what,
      status,
      status,
    ]);
  }
  assertEquals(app.slowed, [], "a session is too long to guess");
});

Deno.test("console: signing out ends the session, and everywhere all of its token", async () => {
  const app = new FakeApp();
  const [first, second, third] = await Promise.all(
    [0, 1, 2].map(() => signedIn(app, { token: "all" })),
  ) as [SignedIn, SignedIn, SignedIn];
  const other = await signedIn(app, { token: "one" });
  const signOut = (one: SignedIn, query = "") =>
    app.ask(`${SESSION}${query}`, {
      method: "DELETE",
      headers: halves(one.cookie, one.proof),
    });
  const states = async () => {
    const all = [first, second, third, other].map((one) =>
      statuses(app, halves(one.cookie, one.proof))
    );
    return (await Promise.all(all)).map(([, session]) => session);
  };
  const alone = await app.ask(SESSION, {
    method: "DELETE",
    headers: halves(first.cookie, undefined),
  });
  assertEquals(alone.status, 204);
  assertEquals(await states(), [200, 200, 200, 200], "a cookie ends nothing");
  const out = await signOut(first);
  assertEquals(out.status, 204);
  assertEquals(
    out.headers.getSetCookie(),
    ["tqq_session_8080=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict"],
  );
  assertEquals(await states(), [401, 200, 200, 200]);
  await signOut(second, "?everywhere");
  assertEquals(await states(), [401, 401, 401, 200]);
});

Deno.test("console: a cookie of 0.1.0 is ignored and cleared", async () => {
  const app = new FakeApp();
  const headers = {
    "sec-fetch-site": "same-origin",
    cookie: "tqq_token_8080=all",
  };
  const response = await app.ask(SESSION, { headers });
  assertEquals(await response.json(), { version: "0.0.0" });
  assertEquals(
    response.headers.getSetCookie(),
    ["tqq_token_8080=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict"],
  );
  const { setCookie } = await signedIn(app, { token: "all" }, {
    origin: OWN,
    ...headers,
  });
  assertEquals(setCookie.length, 2);
});

Deno.test("console: sign-ins count as calls of their token", async () => {
  const limits = { ...DEFAULT_LIMITS, commandsPerMinute: 2 };
  const app = new FakeApp({ limits });
  const statuses: number[] = [];
  for (const token of ["all", "all", "all", "one"]) {
    const response = await signIn(app, { token });
    await response.body?.cancel();
    statuses.push(response.status);
  }
  assertEquals(statuses, [200, 200, 429, 200]);
});

Deno.test("console: signing in again ends the former session", async () => {
  const app = new FakeApp();
  const former = await signedIn(app, { token: "all" });
  const headers = halves(former.cookie, former.proof);
  await signedIn(app, { token: "one" }, headers);
  assertEquals(await statuses(app, headers), [401, 401]);
});

Deno.test("console: looking up another token sets and clears no cookie", async () => {
  const app = new FakeApp();
  const { cookie, proof } = await signedIn(app, { token: "all" });
  for (const [token, name] of [["one", "one"], ["wrong", undefined]]) {
    const response = await app.ask(SESSION, {
      headers: { ...halves(cookie, proof), authorization: `Bearer ${token}` },
    });
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("set-cookie"), null);
    const { id, expiresAt } = await response.json();
    assertEquals([id, expiresAt], [name, undefined]);
  }
});

Deno.test("console: over HTTPS the cookie is Secure, for the host alone, and has no port in its name", async () => {
  const app = new FakeApp({ access: { host: () => true, origins: [] } });
  const host = "bridge.example";
  const { cookie, proof, setCookie } = await signedIn(app, { token: "one" }, {
    origin: `https://${host}`,
    host,
  });
  assertMatch(
    setCookie.join(),
    /^__Host-tqq_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  const response = await app.ask(SESSION, {
    headers: { host, cookie, "tqq-proof": proof },
  });
  assertEquals((await response.json()).name, "one");
});

Deno.test("console: a wrong token is delayed and counted, and sets no cookie", async () => {
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
  ['{"token":"all","keep":1}', 400],
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

Deno.test("console: a sign-in without a length is not read", async () => {
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
  const nobody = await app.ask(SESSION);
  assertEquals(await nobody.json(), { version: "0.0.0" });
  assertEquals(nobody.headers.get("set-cookie"), null);
});

type Asked = [
  what: string,
  headers: Record<string, string>,
  acts: boolean,
  value: string | undefined,
];

const own = { host: "127.0.0.1:8080", cookie: "a=b; tqq_session_8080=s" };
const CARRIERS: Asked[] = [
  ["our own page reads", { "sec-fetch-site": "same-origin" }, false, "s"],
  ["a person types the address", { "sec-fetch-site": "none" }, false, "s"],
  ["a program reads", {}, false, "s"],
  ["our own page acts", { origin: OWN }, true, "s"],
  ["somebody acts without an origin", {}, true, undefined],
  [
    "another port's page reads",
    { "sec-fetch-site": "same-site" },
    false,
    undefined,
  ],
  [
    "another port's page acts",
    { origin: "http://127.0.0.1:9090" },
    true,
    undefined,
  ],
  ["an allowed page acts", { origin: ALLOWED_ORIGIN }, true, undefined],
  ["a page of nowhere reads", { origin: "null" }, false, undefined],
  [
    "the cookie of another bridge",
    { cookie: "tqq_session_8081=s" },
    false,
    undefined,
  ],
  ["a cookie of TLS", { cookie: "__Host-tqq_session_8080=t" }, false, "t"],
  [
    "an IPv6 address",
    { host: "[::1]:81", cookie: "tqq_session_81=s" },
    false,
    "s",
  ],
  [
    "a host without a port",
    { host: "a.example", cookie: "tqq_session=s" },
    false,
    "s",
  ],
];

for (const [what, headers, acts, value] of CARRIERS) {
  Deno.test(`readSessionCookie() is ${value} when ${what}`, () => {
    const all: Record<string, string> = { ...own, ...headers };
    const header = (name: string) => all[name];
    assertEquals(readSessionCookie({ acts, header }), value);
  });
}

const NAMES = Object.keys(CONSOLE_FILES);
const script = NAMES.find((path) => /\/main-\w{10}\.js$/.test(path))!;
const style = NAMES.find((path) => /\/app-\w{10}\.css$/.test(path))!;
const FINAL = "public, max-age=31536000, immutable";

const FILES: [path: string, type: string, cache: string][] = [
  ["/", "text/html; charset=utf-8", "no-cache"],
  [script, "text/javascript; charset=utf-8", FINAL],
  [style, "text/css; charset=utf-8", FINAL],
];

for (const [path, type, cache] of FILES) {
  const what = path === "/" ? "the page" : path.replace(/\w{10}\./, "HASH.");
  Deno.test(`console: ${what} has a strict policy, and is ${path === "/" ? "revalidated" : "kept for good"}`, async () => {
    const app = new FakeApp();
    const response = await app.ask(path);
    assertEquals(response.status, 200);
    const { headers } = response;
    assertEquals(headers.get("content-type"), type);
    assertEquals(headers.get("cache-control"), cache);
    assertEquals(
      headers.get("content-security-policy"),
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    await response.body?.cancel();
    const again = await app.ask(path, {
      headers: { "if-none-match": headers.get("etag")! },
    });
    assertEquals(again.status, 304);
    assertEquals(await again.text(), "");
  });
}

Deno.test("console: the page and each script name only files that are served", async () => {
  const app = new FakeApp();
  const html = await (await app.ask("/")).text();
  const named = [...html.matchAll(/(?:href|src)="(console\/.*?)"/g)]
    .map(([, name]) => `/${name}`);
  for (const path of NAMES) {
    if (!path.endsWith(".js")) continue;
    const text = await (await app.ask(path)).text();
    for (const [, name] of text.matchAll(/"\.\/([^"/]+\.js)"/g)) {
      named.push(`/console/${name}`);
    }
  }
  assert(named.includes(script) && named.includes(style));
  assertEquals(named.filter((path) => !NAMES.includes(path)), []);
  // Nothing is built and then never loaded.
  assertEquals(
    NAMES.filter((path) => path !== "/" && !named.includes(path)),
    [],
  );
});

Deno.test("console: the page contains no inline script or style", async () => {
  const html = await (await new FakeApp().ask("/")).text();
  assert(!/<style|style=|<script(?![^>]* src=)|\son\w+=/.test(html), html);
});

Deno.test("console: a file that cannot be read is answered without details", async () => {
  const app = new FakeApp({
    console: () => Promise.reject(new Error("secret path")),
  });
  const response = await app.ask("/");
  assertEquals(response.status, 500);
  assert(!(await response.text()).includes("secret"));
});

Deno.test("consoleFiles(): reads each file once, and again after a failure", async () => {
  const read: string[] = [];
  let isBroken = true;
  const files = consoleFiles((url) => {
    read.push(url.pathname.split("/").at(-1)!);
    return isBroken
      ? Promise.reject(new Error("no disk"))
      : Promise.resolve("text");
  });
  await assertRejects(() => files(script), Error, "no disk");
  const name = script.split("/").at(-1)!;
  isBroken = false;
  for (const path of [script, script, "/"]) {
    assertEquals((await files(path)).text, "text");
  }
  assertEquals(read, [name, name, "index.html"]);
  await assertRejects(() => files("/console/deno.json"), RangeError);
});
