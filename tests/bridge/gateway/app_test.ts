import { tokenOf } from "../../../bridge/access/request_token.ts";
import { checkOrigin, ownHosts } from "../../../bridge/access/host_policy.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { ALLOWED_ORIGIN, FakeApp, OWN } from "../../support/fake_app.ts";
import { grantOf } from "../../support/fake_bridge.ts";

async function problemOf(response: Response): Promise<Record<string, unknown>> {
  assertEquals(
    response.headers.get("content-type"),
    "application/problem+json",
  );
  const body = await response.json();
  assertEquals(body.status, response.status);
  assertEquals(body.type, "about:blank");
  return body;
}

const PATHS = [
  "/",
  "/healthz",
  "/readyz",
  "/mod.ts",
  "/metrics",
  "/events",
  "/api/ping",
  "/openapi.json",
  "/nothing",
];

for (const path of PATHS) {
  Deno.test(`app: a foreign Host is refused at ${path}, unless it is a health check`, async () => {
    const app = new FakeApp();
    for (const host of ["evil.example", "evil.example:8080", "127.0.0.1:81"]) {
      const response = await app.ask(path, { host, token: "all" });
      if (path === "/healthz" || path === "/readyz") {
        assertEquals(response.status, 200);
        await response.body?.cancel();
        continue;
      }
      assertEquals(response.status, 403);
      const { code, detail } = await problemOf(response);
      assertEquals(code, "forbidden");
      assertStringIncludes(
        String(detail),
        `host "${host}" is not served here. Add it with --allow-origin.`,
      );
    }
  });

  Deno.test(`app: a foreign Origin is refused at ${path}`, async () => {
    const app = new FakeApp();
    for (
      const origin of [
        "https://evil.example",
        "null",
        "",
        "http://127.0.0.1:8081",
        "http://localhost:8080",
        `${ALLOWED_ORIGIN}.evil.example`,
      ]
    ) {
      const response = await app.ask(path, {
        headers: { origin },
        token: "all",
      });
      assertEquals(response.status, 403, origin);
      const { detail } = await problemOf(response);
      assertStringIncludes(String(detail), "Add it with --allow-origin.");
      assertEquals(response.headers.get("access-control-allow-origin"), null);
    }
  });
}

Deno.test("app: answers its own Host under each of its names, and its own Origin", async () => {
  const app = new FakeApp();
  for (const host of ["127.0.0.1:8080", "LOCALHOST:8080", "[::1]:8080"]) {
    const response = await app.ask("/healthz", {
      host,
      headers: { origin: `http://${host.toLowerCase()}` },
    });
    assertEquals(response.status, 200, host);
    assertEquals(await response.json(), { status: "ok" });
  }
});

const HOSTS: [hostname: string, port: number, host: string, own: boolean][] = [
  ["127.0.0.1", 80, "localhost", true],
  ["127.0.0.1", 8080, "localhost", false],
  ["::1", 8080, "[::1]:8080", true],
  ["0.0.0.0", 8080, "192.0.2.1:9000", true],
  ["0.0.0.0", 8080, "[2001:db8::1]:9000", true],
  ["0.0.0.0", 8080, "localhost:8080", true],
  ["0.0.0.0", 8080, "evil.example:8080", false],
  ["0.0.0.0", 8080, "bridge.example", true],
  ["0.0.0.0", 8080, "bridge.example:444", true],
  ["127.0.0.1", 8080, "bridge.example", true],
  ["127.0.0.1", 8080, "other.example:8443", true],
  ["127.0.0.1", 8080, "other.example", false],
  ["127.0.0.1", 8080, "", false],
  ["127.0.0.1", 8080, "127.0.0.1:8080:1", false],
];

for (const [hostname, port, host, own] of HOSTS) {
  Deno.test(`ownHosts: ${hostname} at ${port} and Host ${host}`, () => {
    const more = ["bridge.example", "Other.example:8443"];
    const rules = { host: ownHosts(hostname, port, more), origins: [] };
    assertEquals(checkOrigin(rules, { host, origin: null }) === undefined, own);
  });
}

const AUTHORIZATIONS: [string | null, string, string | undefined][] = [
  [null, "", undefined],
  ["Bearer abc", "", "abc"],
  ["Token abc", "", "abc"],
  ["bearer   abc", "?access_token=other", "abc"],
  [null, "?access_token=a-b_c", "a-b_c"],
  ["abc", "", ""],
  ["Bearer a b", "", ""],
  ["Bearer ", "?access_token=abc", ""],
];

for (const [authorization, query, token] of AUTHORIZATIONS) {
  Deno.test(`tokenOf: ${authorization} and ${query}`, () => {
    assertEquals(tokenOf(authorization, new URLSearchParams(query)), token);
  });
}

const NEED_READ = ["/events", "/metrics"];

for (const path of NEED_READ) {
  Deno.test(`app: ${path} needs a token that reads`, async () => {
    const app = new FakeApp();
    const none = await app.ask(path);
    assertEquals(none.status, 401);
    assertMatch(none.headers.get("www-authenticate") ?? "", /^Bearer/);
    assertEquals((await problemOf(none)).code, "unauthorized");
    assertEquals(app.slowed, []);

    const wrong = await app.ask(path, { token: "wr0ng-secret" });
    assertEquals(wrong.status, 401);
    const body = await wrong.text();
    assert(!body.includes("wr0ng-secret"), body);
    assertEquals(app.slowed, ["192.0.2.7"]);

    const sender = await app.ask(path, { token: "sender" });
    assertEquals(sender.status, 403);
    assertEquals((await problemOf(sender)).code, "forbidden");

    app.grants.all!.revoke();
    const revoked = await app.ask(path, { token: "all" });
    assertEquals(revoked.status, 401);
    await revoked.body?.cancel();

    app.grants.other = grantOf({ name: "other", scopes: ["read"] });
    const query = await app.ask(`${path}?access_token=other`);
    assertEquals(query.status, 200);
    await query.body?.cancel();
    const text = await app.metrics.text();
    assertStringIncludes(text, 'tqq_auth_failures_total{kind="token"} 3');
  });
}

const METHODS: [string, string, string][] = [
  ["GET", "/api/ping", "POST"],
  ["DELETE", "/api/ping", "POST"],
  ["POST", "/events", "GET, HEAD"],
  ["PUT", "/healthz", "GET, HEAD"],
  ["POST", "/mod.ts", "GET, HEAD"],
  ["OPTIONS", "/lib/md5.ts", "GET, HEAD"],
  ["OPTIONS", "/api/ping", "POST"],
  ["POST", "/", "GET, HEAD"],
];

for (const [method, path, allow] of METHODS) {
  Deno.test(`app: ${method} ${path} is not allowed`, async () => {
    const response = await new FakeApp().ask(path, { method, token: "all" });
    assertEquals(response.status, 405);
    assertEquals(response.headers.get("allow"), allow);
    assertEquals((await problemOf(response)).code, "method_not_allowed");
  });
}

Deno.test("app: answers an unknown path with a problem", async () => {
  const app = new FakeApp();
  for (const path of ["/nothing", "/api", "/api/a/b", "/healthz/x", "//"]) {
    const response = await app.ask(path, { token: "all" });
    assertEquals(response.status, 404, path);
    assertEquals((await problemOf(response)).code, "not_found");
  }
  const ws = await app.ask("/ws", { token: "all" });
  assertEquals(ws.status, 426);
  assertEquals(ws.headers.get("upgrade"), "websocket");
  await ws.body?.cancel();
});

Deno.test("app: reports an unexpected error, and answers without its details", async () => {
  const app = new FakeApp({
    modules: () => Promise.reject(new Error("secret path")),
  });
  const response = await app.ask("/mod.ts");
  assertEquals(response.status, 500);
  const body = await problemOf(response);
  assertEquals(body.code, "internal");
  assert(!JSON.stringify(body).includes("secret"));
  assertEquals(app.failures.length, 1);
});

for (const path of ["/", "/healthz", "/readyz", "/mod.ts", "/metrics"]) {
  Deno.test(`app: HEAD ${path} has the head of GET and no body`, async () => {
    const app = new FakeApp();
    const get = await app.ask(path, { token: "all" });
    await get.body?.cancel();
    const head = await app.ask(path, { method: "HEAD", token: "all" });
    assertEquals(head.status, get.status);
    assertEquals(
      head.headers.get("content-type"),
      get.headers.get("content-type"),
    );
    assertEquals(await head.text(), "");
  });
}

Deno.test("app: HEAD /events opens no stream", async () => {
  const app = new FakeApp();
  const head = await app.ask("/events", { method: "HEAD", token: "all" });
  assertEquals(head.status, 200);
  assertEquals(head.headers.get("content-type"), "text/event-stream");
  assertEquals(head.body, null);
  assertEquals(app.streams, 0);
  assertEquals(app.clock.pending, 0);
});

Deno.test("app: serves the same page whatever the query is", async () => {
  const app = new FakeApp();
  const plain = await (await app.ask("/")).text();
  const asked = await app.ask("/?access_token=all&x=<script>");
  assertEquals(asked.status, 200);
  assertEquals(await asked.text(), plain);
});

const SERVED = ["/mod.ts", "/lib/md5.ts", "/lib/frames/frames.ts"];

for (const path of SERVED) {
  Deno.test(`modules: ${path} is served as it is, without a token`, async () => {
    const app = new FakeApp();
    const response = await app.ask(path);
    assertEquals(response.status, 200);
    assertEquals(
      response.headers.get("content-type"),
      "application/typescript; charset=utf-8",
    );
    const file = new URL(`../../..${path}`, import.meta.url);
    assertEquals(await response.text(), await Deno.readTextFile(file));

    const etag = response.headers.get("etag")!;
    const again = await app.ask(path, { headers: { "if-none-match": etag } });
    assertEquals(again.status, 304);
    assertEquals(await again.text(), "");
    const other = await app.ask(path, { headers: { "if-none-match": '"x"' } });
    assertEquals(other.status, 200);
    await other.body?.cancel();
  });
}

const NOT_SERVED = [
  "/lib/",
  "/lib/md5",
  "/lib/none.ts",
  "/lib/md5.ts/",
  "/lib//md5.ts",
  "/lib/../deno.json",
  "/lib/..%2fdeno.json",
  "/lib/%2e%2e/deno.json",
  "/lib/..%2f..%2fbridge/deps.ts",
  "/lib/..\\deno.json",
  "/lib/..%5cmod.ts",
  "/lib/%00.ts",
  "/lib/md5.ts%00",
  "/lib/%zz.ts",
  "/lib/./.ts",
  "/lib/.env.ts",
  "/lib/LIB/md5.ts",
  "/lib/http://evil.example/x.ts",
  "/lib//evil.example/x.ts",
  `/lib/${"a/".repeat(200)}b.ts`,
  "/bridge/deps.ts",
  "/tests/deps.ts",
  "/deno.json",
];

for (const path of NOT_SERVED) {
  Deno.test(`modules: ${path.slice(0, 60)} is not served`, async () => {
    const reads: string[] = [];
    const { modulesFrom } = await import("../../../bridge/gateway/modules.ts");
    const root = new URL("../../../", import.meta.url);
    const app = new FakeApp({
      modules: modulesFrom(root, (url) => {
        reads.push(url.href);
        return Deno.readTextFile(url);
      }),
    });
    const response = await app.ask(path);
    assertEquals(response.status, 404);
    await response.body?.cancel();
    for (const read of reads) {
      assert(read.startsWith(new URL("lib/", root).href), read);
    }
  });
}

const CROSS_PATHS = ["/api/ping", "/events", "/lib/md5.ts", "/mod.ts"];

for (const path of CROSS_PATHS) {
  Deno.test(`cors: an allowed origin may request ${path}`, async () => {
    const app = new FakeApp();
    const preflight = await app.ask(path, {
      method: "OPTIONS",
      headers: {
        origin: ALLOWED_ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
      },
    });
    assertEquals(preflight.status, 204);
    const { headers } = preflight;
    assertEquals(headers.get("access-control-allow-origin"), ALLOWED_ORIGIN);
    assertEquals(headers.get("access-control-allow-methods"), "GET,HEAD,POST");
    assertStringIncludes(
      headers.get("access-control-allow-headers") ?? "",
      "authorization",
    );
    assertEquals(headers.get("access-control-allow-credentials"), null);

    const response = await app.ask(path, {
      method: path.startsWith("/api") ? "POST" : "GET",
      headers: { origin: ALLOWED_ORIGIN },
      token: "all",
    });
    assertEquals(response.status, 200);
    assertEquals(
      response.headers.get("access-control-allow-origin"),
      ALLOWED_ORIGIN,
    );
    await response.body?.cancel();
  });
}

Deno.test("cors: an allowed origin may read why its request was rejected", async () => {
  const response = await new FakeApp().ask("/events", {
    headers: { origin: ALLOWED_ORIGIN },
  });
  assertEquals(response.status, 401);
  assertEquals(
    response.headers.get("access-control-allow-origin"),
    ALLOWED_ORIGIN,
  );
  await response.body?.cancel();
});

for (const path of ["/metrics", "/readyz", "/openapi.json", "/"]) {
  Deno.test(`cors: no other origin may read ${path}`, async () => {
    const response = await new FakeApp().ask(path, {
      headers: { origin: ALLOWED_ORIGIN },
      token: "all",
    });
    assertEquals(response.headers.get("access-control-allow-origin"), null);
    await response.body?.cancel();
  });
}

Deno.test("cors: the bridge's own origin gets no CORS headers", async () => {
  const response = await new FakeApp().ask("/mod.ts", {
    headers: { origin: OWN },
  });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("access-control-allow-origin"), null);
  await response.body?.cancel();
});
