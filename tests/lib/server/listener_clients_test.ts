import { delay } from "@std/async";
import { Agent, request as ask } from "node:http";
import process from "node:process";
import { AgentTransport } from "../../../bridge/upstream/agent_transport.ts";
import { QqClient, RESPONSE_BYTES, TransportError } from "../../../mod.ts";
import { LIMITS, maxItemBytes } from "../../../lib/server/limits.ts";
import { createServer, type QqServer } from "../../../lib/server/mod.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { bytesOf, RawClient, request } from "./raw_client.ts";
import { LOGIN, PASSWORD, PASSWORD_MD5 } from "./stage.ts";

const LOGGING_IN = `VER=1.1&CMD=Login&SEQ=1&UIN=10001&${LOGIN}`;
const LOGGED_IN = "VER=1.1&CMD=Login&SEQ=1&UIN=10001&RES=0&RS=0&HI=60&LI=300";

async function listening(
  run: (url: string, server: QqServer) => Promise<void>,
): Promise<void> {
  const server = createServer({ sendGapMs: 0 });
  for (const uin of ["10001", "10002"]) {
    await server.createAccount({ uin, passwordMd5: PASSWORD_MD5 });
  }
  const { hostname, port } = server.listen({ port: 0 });
  try {
    await run(`http://${hostname}:${port}/`, server);
  } finally {
    await server.close();
  }
}

/** A request over an agent; gives the body and the local port, which identifies the connection. */
function over(
  agent: Agent,
  url: string,
  body: string,
): Promise<[text: string, port: number]> {
  return new Promise((resolve, reject) => {
    const outgoing = ask(url, { method: "POST", agent }, (incoming) => {
      const port = incoming.socket.localPort!;
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk) => text += chunk);
      incoming.on("end", () => resolve([text, port]));
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

Deno.test("fetch is served, on a connection that it keeps", async () => {
  await listening(async (url) => {
    for (let nth = 0; nth < 3; nth++) {
      const response = await fetch(url, {
        method: "POST",
        body: LOGGING_IN,
        headers: { "Idempotency-Key": "k" },
      });
      assertEquals(
        [...response.headers],
        [
          ["content-length", "57"],
          ["content-type", "text/plain; charset=UTF-8"],
          ["idempotency-key", "k"],
          ["server", "tencent imserver/1.0.0"],
        ],
      );
      assertEquals(await response.text(), LOGGED_IN);
    }
    await assertRejects(
      () => fetch(url, { method: "POST", body: "x" }),
      TypeError,
    );
  });
});

Deno.test("an agent of node:http is served on one connection, and on one each", async () => {
  await listening(async (url) => {
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number>();
    for (let nth = 0; nth < 20; nth++) {
      const [text, port] = await over(kept, url, LOGGING_IN);
      assertEquals(text, LOGGED_IN);
      ports.add(port);
    }
    assertEquals(ports.size, 1);
    kept.destroy();
    const single = new Agent({ keepAlive: false });
    for (let nth = 0; nth < 3; nth++) {
      assertEquals((await over(single, url, LOGGING_IN))[0], LOGGED_IN);
    }
    single.destroy();
  });
});

Deno.test("AgentTransport: polls, waits, gives up, and notices the end", async () => {
  await listening(async (url, server) => {
    const warnings: unknown[] = [];
    const warn = (warning: unknown) => warnings.push(warning);
    process.on("warning", warn);
    const transport = new AgentTransport(url);
    const post = (
      body: string,
      headers = {},
      signal = new AbortController().signal,
    ) => transport.post({ body, headers, signal });
    assertEquals((await post(LOGGING_IN)).body, LOGGED_IN);
    const poll = (seq: number, signal?: AbortSignal, wait = "wait=20") =>
      post(`VER=1.1&CMD=GetMsgEx&SEQ=${seq}&UIN=10001`, {
        "Idempotency-Key": `k${seq}`,
        Prefer: wait,
      }, signal);
    for (let seq = 1; seq < 50; seq++) {
      const answer = await poll(seq, undefined, "");
      assertEquals(answer.headers.get("Idempotency-Key"), `k${seq}`);
    }
    // A wait that its client gives up loses nothing: its key is asked again.
    const giving = new AbortController();
    const waiting = poll(50, giving.signal);
    await delay(20);
    giving.abort();
    await assertRejects(() => waiting, DOMException);
    await server.deliver("10001", {
      type: "message",
      from: "10002",
      text: "你好",
    });
    const answer = await poll(50);
    assertEquals(answer.body.includes("MN=1&MT=9,&UN=10002,&MG=你好 ,"), true);
    const last = assertRejects(() => poll(51), TransportError);
    await delay(20);
    await server.close();
    await last;
    await assertRejects(
      () => post(LOGGING_IN),
      Error,
      "Cannot reach the server",
    );
    transport.close();
    process.off("warning", warn);
    // Such as that of listeners that a kept connection gathers.
    assertEquals(warnings, []);
  });
});

Deno.test("QqClient is served: login, friends, a message, mail, NULL", async () => {
  await listening(async (endpoint, server) => {
    await server.befriend("10001", "10002");
    await using one = new QqClient({
      uin: "10001",
      password: PASSWORD,
      endpoint,
    });
    await using two = new QqClient({
      uin: "10002",
      password: PASSWORD,
      endpoint,
    });
    await one.login();
    await two.login();
    assertEquals(await one.friends(), ["10002"]);
    await one.send("10002", "你好, & = % + h");
    assertEquals(
      (await two.fetchMail()).filter(({ type }) => type === "message"),
      [
        { type: "message", from: "10001", text: "你好, & = % + h" },
      ],
    );
    await assertRejects(() => one.raw("Nothing", {}), Error, "Cannot");
  });
});

Deno.test("a hundred clients wait at once, and each gets its own mail", async () => {
  await listening(async (url, server) => {
    const agent = new Agent({ keepAlive: true });
    const uins = Array.from({ length: 100 }, (_, nth) => String(20_000 + nth));
    const waiting: Promise<[string, number]>[] = [];
    for (const uin of uins) {
      await server.createAccount({ uin, passwordMd5: PASSWORD_MD5 });
      await over(agent, url, LOGGING_IN.replace("10001", uin));
      await server.deliver(uin, { type: "message", from: "10001", text: uin });
      waiting.push(over(agent, url, `VER=1.1&CMD=GetMsgEx&SEQ=1&UIN=${uin}`));
    }
    const texts = await Promise.all(waiting);
    texts.forEach(([text], nth) =>
      assertEquals(text.endsWith(`&MG=${uins[nth]} ,`), true, text)
    );
    agent.destroy();
  });
});

Deno.test("a mailbox of commas is read by the bridge's transport", async () => {
  await listening(async (url) => {
    const texts = Array.from({ length: 17 }, () => ",".repeat(65_000));
    texts.push("last");
    const transport = new AgentTransport(url);
    await transport.post({
      body: LOGGING_IN.replace("10001", "10002"),
      headers: {},
      signal: new AbortController().signal,
    });
    for (const [seq, text] of texts.entries()) {
      await transport.post({
        body: `VER=1.1&CMD=CLTMSG&SEQ=${seq}&UIN=10002&UN=10001&MG=${text}`,
        headers: {},
        signal: new AbortController().signal,
      });
    }
    const statuses: string[] = [];
    const failed = new AbortController();
    await using client = new QqClient({
      uin: "10001",
      password: PASSWORD,
      transport,
      pollMinMs: 1,
      onStatus: ({ type }) => {
        statuses.push(type);
        if (type === "offline") failed.abort();
      },
    });
    const lengths: number[] = [];
    for await (const item of client.mail({ signal: failed.signal })) {
      if (!("text" in item)) continue;
      lengths.push(item.text.length);
      if (lengths.length === texts.length) break;
    }
    assertEquals(lengths, texts.map((text) => text.length));
    assertEquals(statuses, ["connecting", "online"]);
    transport.close();
  });
});

Deno.test("a client reads the largest reply of the server", () => {
  const most = LIMITS.mailBytesPerReply + maxItemBytes(LIMITS);
  assertEquals(most < RESPONSE_BYTES, true, `${most} of ${RESPONSE_BYTES}`);
});

Deno.test("a reply without Idempotency-Key has at most 8192 bytes, head and body together", async () => {
  await listening(async (url, server) => {
    await (await fetch(url, { method: "POST", body: LOGGING_IN })).text();
    for (let nth = 0; nth < 60; nth++) {
      await server.deliver("10001", {
        type: "message",
        from: "10002",
        text: `${"你".repeat(300)}${nth}`,
      });
    }
    const { hostname, port } = new URL(url);
    const read: string[] = [];
    for (;;) {
      using client = await RawClient.to(Number(port), hostname);
      await client.send(request(
        `VER=1.1&CMD=GetMsgEx&SEQ=1&UIN=10001`,
        { headers: "Connection: close\r\nPrefer: wait=0\r\n" },
      ));
      const reply = await client.rest();
      await client.closed();
      assertEquals(bytesOf(reply) <= 8192, true, `${bytesOf(reply)}`);
      const texts = reply.slice(reply.indexOf("&MG=") + 4).split(",");
      if (texts.length === 1) break;
      // As much as there is room for: one more would not fit.
      assertEquals(texts.length - 1, Math.min(8, 60 - read.length));
      read.push(...texts.slice(0, -1));
    }
    assertEquals(
      read.map((text) => text.trim().replace(/^你+/, "")),
      Array.from({ length: 60 }, (_, nth) => String(nth)),
    );
  });
});
