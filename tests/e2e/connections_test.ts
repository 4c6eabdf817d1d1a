/** Listing and ending connections at the program in a process of its own. @module */

import { BridgeClient } from "../../mod.ts";
import type { OpenConnectionInfo, TokenInfo } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket, upgradeHead } from "../support/raw_socket.ts";

const ADMINISTRATOR = "administrators-token-of-this-test";

async function post(
  http: string,
  command: string,
  params: object,
  token = ADMINISTRATOR,
  // deno-lint-ignore no-explicit-any
): Promise<any> {
  const response = await fetch(`${http}/api/${command}`, {
    method: "POST",
    body: JSON.stringify(params),
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
    },
  });
  return await response.json();
}

async function listed(
  http: string,
  params: object = {},
  token = ADMINISTRATOR,
): Promise<OpenConnectionInfo[]> {
  return (await post(http, "connections", params, token)).connections;
}

/** Waits until the list is as wanted. */
async function until(
  http: string,
  holds: (connections: OpenConnectionInfo[]) => boolean,
): Promise<OpenConnectionInfo[]> {
  for (;;) {
    const connections = await listed(http);
    if (holds(connections)) return connections;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Opens the WebSocket of a console page. */
async function consolePage(http: string): Promise<RawSocket> {
  const headers = { origin: http, "content-type": "application/json" };
  const response = await fetch(`${http}/console/session`, {
    method: "POST",
    headers,
    body: JSON.stringify({ token: ADMINISTRATOR }),
  });
  const { proof } = await response.json();
  const cookie = response.headers.getSetCookie().at(-1)!.split(";")[0]!;
  const port = Number(new URL(http).port);
  const socket = await RawSocket.connect(port);
  await socket.write(upgradeHead(port, "/ws", { origin: http, cookie }));
  assertEquals((await socket.head()).status, 101);
  await socket.send({ type: "hello", proof });
  assertEquals((await socket.json()).type, "welcome");
  return socket;
}

Deno.test("connections: lists each kind with its token, consumer and lag, and disconnect brings a client back", async () => {
  const folder = await Deno.makeTempDir();
  {
    await using program = new Program({
      args: serveArgs(folder, "--qq-send-gap-ms=0", "--qq-penalty-ms=0"),
      env: { TQQ_TOKEN: ADMINISTRATOR },
    });
    const http = (await program.ready()).http!;
    const port = Number(new URL(http).port);
    const bot = await post(http, "createToken", {
      name: "bot",
      scopes: ["read", "manage"],
      accounts: ["10001"],
    });
    const opened: string[] = [];
    await using client = new BridgeClient({
      url: `${http}/ws`,
      token: bot.token,
      consumer: "reader",
      events: ["presence"],
      backoff: { minMs: 1, maxMs: 10 },
      onStatus: ({ state }) => void opened.push(state),
    });
    const loop = (async () => {
      for await (const _ of client) { /* Handles everything. */ }
    })();
    const stream = await fetch(`${http}/events?events=friend.added,presence`, {
      headers: { authorization: `Bearer ${bot.token}` },
    });
    using onebot = await RawSocket.open(
      port,
      `/onebot/v11/10001?access_token=${bot.token}&consumer=koishi`,
    );
    await onebot.json();
    using satori = await RawSocket.open(port, "/satori/v1/events");
    await satori.send({ op: 3, body: { token: ADMINISTRATOR } });
    await satori.json();
    using page = await consolePage(http);
    const target = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => Deno.upgradeWebSocket(request).response,
    );
    await post(http, "setTarget", {
      kind: "onebot-reverse",
      url: `ws://127.0.0.1:${target.addr.port}/`,
      account: "10001",
    });
    const all = await until(http, (list) => list.length === 6);
    const byKind = Object.fromEntries(all.map((one) => [one.kind, one]));
    const { head } = await post(http, "history", { limit: 1 })
      .then(({ searched }) => ({ head: searched.to }));
    assertEquals(
      all.map(({ kind, token, accounts }) => [kind, token, accounts]).sort(),
      [
        ["console", "admin", "all"],
        ["onebot", "bot", 1],
        ["onebot-reverse", "onebot", 1],
        ["satori", "admin", "all"],
        ["sse", "bot", 1],
        ["ws", "bot", 1],
      ],
    );
    const { ws, sse } = byKind;
    assertEquals(ws!.address, "127.0.0.1");
    assertEquals([ws!.consumer, ws!.events], [`${bot.id}/reader`, [
      "presence",
    ]]);
    assertEquals(sse!.events, ["presence", "friend.added"]);
    assert(ws!.position! <= head && ws!.lag === head - ws!.position!);
    assertEquals(ws!.unacked, 0);
    assert(Date.parse(ws!.since) <= Date.now());
    assertEquals(
      byKind["onebot"]!.consumer,
      `${bot.id}/onebot/10001/koishi`,
    );

    // Pages, filters, and what a limited token sees.
    const total = await post(http, "connections", { limit: 4 });
    assertEquals([total.connections.length, total.total], [4, 6]);
    const rest = await post(http, "connections", { after: total.next });
    assertEquals(
      [...total.connections, ...rest.connections].map(({ id }) => id),
      all.map(({ id }) => id),
    );
    assertEquals((await listed(http, { kind: "satori" })).length, 1);
    assertEquals((await listed(http, { token: "bot" })).length, 3);
    const own = await listed(http, {}, bot.token);
    assertEquals(own.map(({ kind }) => kind).sort(), ["onebot", "sse", "ws"]);
    const refused = await post(
      http,
      "disconnect",
      { connection: byKind["satori"]!.id },
      bot.token,
    );
    assertEquals(refused.code, "bad_params");
    const { tokens } = await post(http, "tokens", {}) as {
      tokens: TokenInfo[];
    };
    const info = tokens.find(({ name }) => name === "bot")!;
    assertEquals([info.connections, info.lastAddress], [3, "127.0.0.1"]);
    assert(Date.parse(info.lastUsedAt!) > Date.now() - 60_000);

    // Each is closed; the client comes back under another id.
    for (const { id } of all) {
      assertEquals(await post(http, "disconnect", { connection: id }), {});
    }
    const again = await until(
      http,
      (list) =>
        list.some(({ kind }) => kind === "ws") &&
        list.every(({ id }) => all.every((one) => one.id !== id)),
    );
    assertEquals(again.find(({ kind }) => kind === "ws")!.token, "bot");
    assertEquals(opened.filter((state) => state === "open").length, 2);
    await stream.body!.pipeTo(new WritableStream());
    assertEquals(await page.closeCode(), 1012);
    await client.close();
    await loop;
    await target.shutdown().catch(() => {});
    program.kill("SIGTERM");
    await program.output();
  }
  {
    await using program = new Program({
      args: serveArgs(folder),
      env: { TQQ_TOKEN: ADMINISTRATOR },
    });
    const http = (await program.ready()).http!;
    const { tokens } = await post(http, "tokens", {});
    const info = tokens.find(({ name }: TokenInfo) => name === "bot");
    assertEquals([info.connections, info.lastAddress], [0, "127.0.0.1"]);
    assert(Date.parse(info.lastUsedAt) > Date.now() - 60_000);
    program.kill("SIGTERM");
    await program.output();
  }
  await Deno.remove(folder, { recursive: true });
});
