/**
 * OneBot 11 with clients of the npm registry, as their authors made them, before
 * the whole program. Run by `deno task test:dialects`.
 */

import { assert, assertEquals } from "@std/assert";
import { BridgeProgram, eventually, TOKEN } from "./support/bridge_program.ts";
import { NodeClient } from "./support/node_client.ts";
import { freePort, TcpProxy } from "./support/tcp_proxy.ts";

const PATH = "/onebot/v11/10001";

/** What every client must do: hear, answer, tell of its friends, let one in. */
async function basics(bridge: BridgeProgram, bot: NodeClient): Promise<void> {
  await bridge.say("ask [1] & <2>");
  await eventually(async () =>
    (await bridge.heard()).includes("answer [1] & <2>")
  );
  await bot.until("the id of the answer", () => bot.all("sent").length === 1);
  const [message] = bot.all("message");
  assertEquals(message!.from, "10002");
  assertEquals(message!.name, "Alice");
  await bot.ask("send", "10002", "of its own");
  await eventually(async () => (await bridge.heard()).includes("of its own"));
  await bridge.command("addAccount", {
    uin: "10003",
    password: "a friend to be",
    nickname: "小红",
  });
  await eventually(async () => {
    const { accounts } = await bridge.command("accounts", {});
    return accounts.some((one: { uin: string; state: string }) =>
      one.uin === "10003" && one.state === "online"
    );
  });
  await bridge.command("addFriend", {
    account: "10003",
    uin: "10001",
    reason: "it is me",
  });
  await bot.until("a request", () => bot.all("friend-request").length === 1);
  const [request] = bot.all("friend-request");
  assertEquals([request!.from, request!.text], ["10003", "it is me"]);
  await eventually(async () => {
    const { friends } = await bridge.command("friends", { account: "10001" });
    return friends.includes("10003");
  });
}

/** Versions 6.9.4 and 6.5.4. */
type Adapter =
  | "koishi-plugin-adapter-onebot"
  | "koishi-plugin-adapter-onebot-6.5";

function koishi(
  onebot: object,
  port?: number,
  adapter: Adapter = "koishi-plugin-adapter-onebot",
): Promise<NodeClient> {
  return NodeClient.start("koishi_onebot.cjs", {
    adapter,
    onebot: { selfId: "10001", ...onebot },
    port,
  });
}

/** What Koishi reports beyond that. */
async function koishiBasics(
  bridge: BridgeProgram,
  bot: NodeClient,
): Promise<void> {
  await eventually(async () => await bot.ask("status") === 1);
  await basics(bridge, bot);
  assertEquals(bot.all("message")[0]!.channel, "private:10002");
  const login = await bot.ask("login");
  assertEquals([login.id, login.name], ["10001", "小明"]);
  const friends: { id: string; name: string }[] = await bot.ask("friends");
  assertEquals(
    friends.map(({ id, name }) => `${id} ${name}`).sort(),
    ["10000 回声 Echo", "10002 Alice", "10003 小红"],
  );
  const profile = await bot.ask("profile", "10002");
  assertEquals([profile.id, profile.name], ["10002", "Alice"]);
}

Deno.test("Koishi dials the bridge: online, in, out, friends", async () => {
  await using bridge = await BridgeProgram.start();
  await using bot = await koishi({
    protocol: "ws",
    endpoint: `ws://127.0.0.1:${bridge.port}${PATH}?consumer=koishi`,
    token: TOKEN,
  });
  await koishiBasics(bridge, bot);
});

// The newer adapter never dials again after a lost socket.
Deno.test("Koishi dials the bridge by a name: cut off and killed, nothing is lost or doubled", async () => {
  await using proxy = new TcpProxy();
  await using bridge = await BridgeProgram.start([proxy.asHost]);
  proxy.target = bridge.port;
  await using bot = await koishi(
    {
      protocol: "ws",
      endpoint: `ws://127.0.0.1:${proxy.port}${PATH}?consumer=koishi`,
      token: TOKEN,
      retryInterval: 200,
      retryLazy: 200,
    },
    undefined,
    "koishi-plugin-adapter-onebot-6.5",
  );
  await koishiBasics(bridge, bot);
  await cutAndKill(bridge, bot, proxy, proxy);
});

Deno.test("Koishi is dialled: online, in, out, friends; cut off and killed, nothing is lost or doubled", async () => {
  const port = freePort();
  await using proxy = new TcpProxy(port);
  await using bridge = await BridgeProgram.start([
    `--onebot-reverse=10001=ws://127.0.0.1:${proxy.port}/onebot`,
    "--onebot-reconnect-ms=300",
  ]);
  await using bot = await koishi({ protocol: "ws-reverse" }, port);
  await koishiBasics(bridge, bot);
  await cutAndKill(bridge, bot, proxy);
});

// The newer adapter reads its own response where it means what was posted.
Deno.test("Koishi is posted to and calls over HTTP: the same", async () => {
  const port = freePort();
  await using proxy = new TcpProxy(port);
  // Where it calls stays the same when the bridge is started again.
  await using calls = new TcpProxy();
  await using bridge = await BridgeProgram.start([
    `--onebot-post=10001=http://127.0.0.1:${proxy.port}/onebot`,
    calls.asHost,
  ], { TQQ_ONEBOT_SECRET: "signs" });
  calls.target = bridge.port;
  await using bot = await koishi(
    {
      protocol: "http",
      endpoint: `http://127.0.0.1:${calls.port}${PATH}`,
      token: TOKEN,
      secret: "signs",
    },
    port,
    "koishi-plugin-adapter-onebot-6.5",
  );
  await koishiBasics(bridge, bot);
  await cutAndKill(bridge, bot, proxy, calls);
});

Deno.test("node-napcat-ts dials the bridge: the same", async () => {
  await using proxy = new TcpProxy();
  await using bridge = await BridgeProgram.start([proxy.asHost]);
  proxy.target = bridge.port;
  // It appends ?access_token= to whatever it is given.
  await using bot = await NodeClient.start("napcat.cjs", {
    baseUrl: `ws://127.0.0.1:${proxy.port}${PATH}?consumer=napcat`,
    accessToken: TOKEN,
  });
  await bot.until("a lifecycle", () => bot.all("online").length === 1);
  await basics(bridge, bot);
  assertEquals(await bot.ask("login"), { user_id: 10001, nickname: "小明" });
  const friends: { user_id: number; nickname: string }[] = await bot.ask(
    "friends",
  );
  assertEquals(
    friends.map(({ user_id, nickname }) => `${user_id} ${nickname}`).sort(),
    ["10000 回声 Echo", "10002 Alice", "10003 小红"],
  );
  const profile = await bot.ask("profile", "10002");
  assertEquals(
    [profile.user_id, profile.nickname, profile.sex, profile.age],
    [10002, "Alice", "female", 20],
  );
  assertEquals((await bot.ask("status")).online, true);
  const { message_id } = await bot.ask("send", "10002", "kept");
  const kept = await bot.ask("message", message_id);
  assertEquals(kept.raw_message, "kept");
  await cutAndKill(bridge, bot, proxy, proxy);
});

/**
 * Cuts the line while three messages arrive, then once more and kills the
 * bridge: the client gets each message once, in order.
 */
async function cutAndKill(
  bridge: BridgeProgram,
  bot: NodeClient,
  proxy: TcpProxy,
  toBridge?: TcpProxy,
): Promise<void> {
  const said = [...bot.texts];
  const before = said.length;
  const hears = async (...texts: string[]) => {
    said.push(...texts);
    await bot.until(
      texts.join(", "),
      () => bot.texts.includes(texts.at(-1)!),
    );
  };
  for (let calls = 0; calls < 2; calls++) await bot.ask("login");
  proxy.cut();
  await bridge.say("a1", "a2", "a3");
  await bridge.arrived(before + 3);
  assertEquals(bot.texts, said);
  proxy.mend();
  await hears("a1", "a2", "a3");
  await bridge.say("a4");
  await hears("a4");
  // The second call comes after the pong that confirms a4.
  for (let calls = 0; calls < 2; calls++) await bot.ask("login");
  proxy.cut();
  await bridge.say("b1", "b2", "b3");
  await bridge.arrived(before + 7);
  await bridge.kill();
  await bridge.start();
  if (toBridge !== undefined) toBridge.target = bridge.port;
  proxy.mend();
  await hears("b1", "b2", "b3");
  await bridge.say("c1");
  await hears("c1");
  assertEquals(bot.texts, said);
  assert(
    bot.all("message").every(({ seq }, index, all) =>
      index === 0 || seq > all[index - 1]!.seq
    ),
  );
}
