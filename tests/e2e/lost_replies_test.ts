/** Replies of the QQ server that are lost: each message is delivered and reported once, by the real program. @module */

import { delay } from "@std/async";
import { DatabaseSync } from "node:sqlite";
import { BridgeClient, BridgeError, QqClient } from "../../mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { crashCommands } from "../support/command_crashes.ts";
import { Program, serveArgs } from "../support/program.ts";
import { Relay } from "../support/relay.ts";

const TOKEN = "the-administrators-token";
const ENV = { TQQ_TOKEN: TOKEN, TQQ_OUTBOX_GAP_MS: "0" };

function sleepMs(ms: number): Promise<void> {
  return delay(ms);
}

function clientOf(http: string): BridgeClient {
  return new BridgeClient({
    url: `${http.replace("http", "ws")}/ws`,
    token: TOKEN,
  });
}

async function online(client: BridgeClient): Promise<void> {
  for (;;) {
    const { accounts } = await client.accounts();
    if (accounts.every(({ state }) => state === "online")) return;
    await sleepMs(50);
  }
}

/** Texts between 10001 and 10002 that the bridge has journalled under a name. */
async function textsOf(
  client: BridgeClient,
  account: "10001" | "10002",
  event: "message" | "message.sent",
): Promise<string[]> {
  const other = account === "10001" ? "10002" : "10001";
  const { events } = await client.history(account, { with: other });
  return events.flatMap((frame) =>
    frame.event === event && "text" in frame.data ? [frame.data.text] : []
  ).sort();
}

async function mailOf(uin: string, qq: string): Promise<string[]> {
  await using client = new QqClient({
    uin,
    password: "demo",
    endpoint: `http://${qq}/`,
  });
  await client.login();
  const items = await client.fetchMail({ waitSeconds: 0 });
  return items.flatMap((item) => item.type === "message" ? [item.text] : [])
    .sort();
}

/** A QQ server, a relay before it, and a bridge with 10001 that can be started again. */
async function stageOf(folder: string) {
  const server = new Program({
    args: [
      "qq-server",
      "--qq-listen=127.0.0.1:0",
      `--data=${folder}/qq`,
      "--log-format=json",
      "--qq-send-gap-ms=0",
    ],
  });
  const { qq } = await server.ready();
  const relay = new Relay(Number(qq!.split(":")[1]));
  await using added = new Program({
    args: ["account", "add", "10001", "--password-stdin", `--data=${folder}/b`],
    stdin: "demo\n",
  });
  assertEquals((await added.output()).code, 0);
  const start = async () => {
    const bridge = new Program({
      args: [
        "serve",
        "--listen=127.0.0.1:0",
        `--upstream=http://127.0.0.1:${relay.port}/`,
        `--data=${folder}/b`,
        "--log-format=json",
        "--no-demo",
      ],
      env: ENV,
    });
    const { http } = await bridge.ready();
    return { bridge, client: clientOf(http!) };
  };
  return { server, qq: qq!, relay, start };
}

Deno.test("send: delivers a message once when the connection is cut before the request or the reply, with and without a key", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const stage = await stageOf(folder);
    await using server = stage.server;
    using relay = stage.relay;
    const started = await stage.start();
    await using bridge = started.bridge;
    await using client = started.client;
    await online(client);
    const texts: string[] = [];
    for (const before of ["reply", "request"] as const) {
      for (const key of [`cut ${before}`, undefined]) {
        const text = `before the ${before}, key ${key}`;
        texts.push(text);
        relay.cut("CMD=CLTMSG", before);
        const options = key === undefined ? {} : { key };
        const { seq } = await client.send("10001", "10002", text, options);
        assertEquals(relay.cutsLeft, 0);
        if (key === undefined) continue;
        const again = await client.send("10001", "10002", text, { key });
        assertEquals(again.seq, seq);
      }
    }
    texts.sort();
    assertEquals(await mailOf("10002", stage.qq), texts);
    assertEquals(await textsOf(client, "10001", "message.sent"), texts);
    for (const program of [bridge, server]) {
      program.kill("SIGTERM");
      assertEquals((await program.output()).code, 0);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("send: a key that was in progress at a kill -9 waits for its account, and is then executed once", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const stage = await stageOf(folder);
    await using server = stage.server;
    using relay = stage.relay;
    {
      const { bridge, client } = await stage.start();
      await using _bridge = bridge;
      await using _client = client;
      await online(client);
      await using friend = new QqClient({
        uin: "10002",
        password: "demo",
        endpoint: `http://${stage.qq}/`,
      });
      await friend.login();
      await friend.send("10001", "mail");
      while ((await textsOf(client, "10001", "message")).length === 0) {
        await sleepMs(50);
      }
      relay.hold();
      const lost = client.send("10001", "10002", "once", { key: "k" })
        .catch(() => {});
      await sleepMs(500);
      bridge.kill("SIGKILL");
      await bridge.output();
      await client.close();
      await lost;
    }
    const { bridge, client } = await stage.start();
    await using _bridge = bridge;
    await using _client = client;
    const send = () => client.send("10001", "10002", "once", { key: "k" });
    const early = await assertRejects(send, BridgeError);
    assertEquals([early.code, early.retriable], ["not_logged_in", true]);
    relay.release();
    await online(client);
    const { seq } = await send();
    assertEquals((await send()).seq, seq);
    assertEquals(await textsOf(client, "10001", "message.sent"), ["once"]);
    assertEquals(await mailOf("10002", stage.qq), ["once"]);
    server.kill("SIGTERM");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("send: delivers each message once, and its key ends as done, when the QQ server cannot commit for 7 s", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, "--qq-send-gap-ms=0"),
      env: ENV,
    });
    const { http } = await program.ready();
    await using client = clientOf(http!);
    await online(client);
    const locking = new DatabaseSync(`${folder}/qq.db`);
    locking.exec("BEGIN IMMEDIATE");
    const send = (text: string, options: { key?: string } = {}) =>
      client.send("10001", "10002", text, options).then(
        ({ seq }) => seq,
        (error: BridgeError) => error.code,
      );
    const sent = [send("keyed", { key: "k" }), send("without a key")];
    await sleepMs(7000);
    locking.exec("COMMIT");
    locking.close();
    const [first, keyless] = await Promise.all(sent);
    let last = first;
    const until = performance.now() + 30_000;
    while (typeof last === "string" && performance.now() < until) {
      await sleepMs(200);
      last = await send("keyed", { key: "k" });
    }
    assertEquals(typeof last, "number", `first ${first}, last ${last}`);
    if (typeof first === "number") assertEquals(last, first);
    const expected = typeof keyless === "number"
      ? ["keyed", "without a key"]
      : ["keyed"];
    assertEquals(await textsOf(client, "10001", "message.sent"), expected);
    // The bridge reads the friend's mailbox too; what is doubled would come with it.
    while (
      (await textsOf(client, "10002", "message")).length < expected.length
    ) {
      await sleepMs(100);
    }
    await sleepMs(500);
    assertEquals(await textsOf(client, "10002", "message"), expected);
    program.kill("SIGTERM");
    assertEquals((await program.output()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

const RUNS = [
  { signal: "SIGTERM", victims: ["server"], ends: 2 },
  { signal: "SIGKILL", victims: ["bridge", "server"], ends: 2 },
] as const;
for (const { signal, victims, ends } of RUNS) {
  // `deno task soak` does the same more often.
  Deno.test(`${signal} of ${victims.join(" and ")} under keyed commands: each is done once, and its key says so`, async () => {
    const { commands, codes: _, ...wrong } = await crashCommands({
      ends,
      signal,
      victims,
      seed: 2005,
    });
    assert(commands > ends, `${commands} commands`);
    assertEquals(wrong, {
      ends,
      rejected: 0,
      doubled: 0,
      missing: 0,
      misreported: 0,
      changed: 0,
      dead: 0,
    });
  });
}
