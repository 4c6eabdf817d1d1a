import { createServer, Faults } from "../../../lib/server/mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { LOGIN, PASSWORD_MD5 } from "./stage.ts";

interface Served {
  post(body: string, init?: RequestInit): Promise<Response>;
  faults: Faults;
}

async function behindDeno(
  run: (served: Served) => Promise<void>,
): Promise<void> {
  const faults = new Faults();
  const server = createServer({ faults });
  await server.createAccount({ uin: "10001", passwordMd5: PASSWORD_MD5 });
  const listening = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    server.fetch,
  );
  const url = `http://127.0.0.1:${listening.addr.port}/`;
  try {
    await run({
      faults,
      post: (body, init) => fetch(url, { method: "POST", body, ...init }),
    });
  } finally {
    await server.close();
    await listening.shutdown();
  }
}

const LOGGING_IN = `VER=1.1&CMD=Login&SEQ=1&UIN=10001&${LOGIN}`;

Deno.test("the fetch served answers with the old server's head", async () => {
  await behindDeno(async ({ post }) => {
    const response = await post(LOGGING_IN, {
      headers: { "Idempotency-Key": "k" },
    });
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("Server"), "tencent imserver/1.0.0");
    assertEquals(
      response.headers.get("Content-Type"),
      "text/plain; charset=UTF-8",
    );
    assertEquals(response.headers.get("Content-Length"), "57");
    assertEquals(response.headers.get("Idempotency-Key"), "k");
    assertEquals(
      await response.text(),
      "VER=1.1&CMD=Login&SEQ=1&UIN=10001&RES=0&RS=0&HI=60&LI=300",
    );
  });
});

Deno.test("the fetch served gives NULL as an empty 200, and one of two replies", async () => {
  await behindDeno(async ({ post }) => {
    const nothing = await post("x");
    assertEquals([nothing.status, await nothing.text()], [200, ""]);
    const got = await post(LOGGING_IN, { method: "PUT" });
    assertEquals([got.status, await got.text()], [200, ""]);
    const big = await post(`${LOGGING_IN}&X=${"x".repeat(70_000)}`);
    assertEquals([big.status, await big.text()], [200, ""]);
    await (await post(LOGGING_IN)).body?.cancel();
    const first = await post("VER=1.1&CMD=Query_Stat&SEQ=2&UIN=10001");
    assertEquals(
      await first.text(),
      "VER=1.1&CMD=QUERY_STAT&SEQ=2&UIN=10001&RES=0&FN=0",
    );
  });
});

Deno.test("the fetch served holds a wait, and applies it", async () => {
  await behindDeno(async ({ post }) => {
    await (await post(LOGGING_IN)).body?.cancel();
    const waiting = post("VER=1.1&CMD=GetMsgEx&SEQ=3&UIN=10001", {
      headers: { Prefer: "wait=25" },
    });
    const sent = await post(
      "VER=1.1&CMD=CLTMSG&SEQ=2&UIN=10001&UN=10001&MG=a",
    );
    await sent.body?.cancel();
    const response = await waiting;
    assertEquals(response.headers.get("Preference-Applied"), "wait=25");
    assert((await response.text()).endsWith("&MG=a ,"));
  });
});

Deno.test("the fetch served shows faults", async () => {
  await behindDeno(async ({ post, faults }) => {
    faults.add({ how: { type: "http", status: 503, body: "busy" } });
    const busy = await post(LOGGING_IN);
    assertEquals([busy.status, await busy.text()], [503, "busy"]);
    faults.add({ how: { type: "cut", bytes: 5 } });
    await assertRejects(async () => await (await post(LOGGING_IN)).text());
    faults.add({ how: { type: "cut", bytes: 0 } });
    await assertRejects(async () => await (await post(LOGGING_IN)).text());
    faults.add({ how: { type: "silent" } });
    const gone = new AbortController();
    const silent = post(LOGGING_IN, { signal: gone.signal });
    const next = await post(LOGGING_IN);
    await next.body?.cancel();
    gone.abort();
    await assertRejects(() => silent, DOMException);
  });
});

Deno.test("the address of the connection is half of the session", async () => {
  const server = createServer();
  await server.createAccount({ uin: "10001", passwordMd5: PASSWORD_MD5 });
  const post = async (body: string, hostname?: string) =>
    await (await server.fetch(
      new Request("http://qq/", { method: "POST", body }),
      hostname === undefined ? undefined : { remoteAddr: { hostname } },
    )).text();
  const list = "VER=1.1&CMD=List&SEQ=2&UIN=10001";
  await post(LOGGING_IN, "10.0.0.1");
  assert((await post(list, "10.0.0.1")).endsWith("RES=0&FN=0"));
  assert((await post(list, "10.0.0.2")).endsWith("RES=20"));
  assert((await post(list)).endsWith("RES=20"));
  await post(LOGGING_IN);
  assert((await post(list)).endsWith("RES=0&FN=0"));
  await server.close();
});
