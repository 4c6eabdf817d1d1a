import { Agent, request as ask } from "node:http";
import process from "node:process";
import { AgentTransport } from "../../../bridge/core/agent_transport.ts";
import { QqClient } from "../../../mod.ts";
import { createServer, type QqServer } from "../../../lib/server/mod.ts";
import { assertEquals, assertRejects } from "../../deps.ts";
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

/** A request over an agent; gives the body and the local port, which tells the connection. */
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

Deno.test("the bridge's transport polls, waits, gives up, and is told the end", async () => {
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
    await new Promise((resolve) => setTimeout(resolve, 20));
    giving.abort();
    await assertRejects(() => waiting, DOMException);
    await server.deliver("10001", {
      type: "message",
      from: "10002",
      text: "你好",
    });
    const answer = await poll(50);
    assertEquals(answer.body.includes("MN=1&MT=9,&UN=10002,&MG=你好 ,"), true);
    const last = poll(51);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.close();
    assertEquals((await last).body.includes("MN=0"), true);
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
