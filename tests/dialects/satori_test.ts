/** Unmodified Koishi with its Satori adapter, before the program itself. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { BridgeProgram, eventually, TOKEN } from "./support/bridge_program.ts";
import { installed } from "./support/installed.ts";
import { NodeClient } from "./support/node_client.ts";
import { TcpProxy } from "./support/tcp_proxy.ts";

/** The bridge, a line to it that can be cut, and Koishi at its other end. */
class Stage implements AsyncDisposable {
  readonly #parts: AsyncDisposableStack;
  readonly bridge: BridgeProgram;
  readonly proxy: TcpProxy;
  readonly koishi: NodeClient;

  private constructor(
    parts: AsyncDisposableStack,
    bridge: BridgeProgram,
    proxy: TcpProxy,
    koishi: NodeClient,
  ) {
    this.#parts = parts;
    this.bridge = bridge;
    this.proxy = proxy;
    this.koishi = koishi;
  }

  /** Starts all of it; Koishi with a token that it may not have where one is given. */
  static async start(token = TOKEN): Promise<Stage> {
    await using parts = new AsyncDisposableStack();
    const proxy = parts.use(new TcpProxy());
    const bridge = parts.use(await BridgeProgram.start([proxy.asHost]));
    proxy.target = bridge.port;
    const koishi = parts.use(
      await NodeClient.start("koishi_satori.cjs", {
        satori: {
          endpoint: `http://127.0.0.1:${proxy.port}/satori`,
          token,
          retryTimes: 1000,
          retryInterval: 200,
        },
      }),
    );
    return new Stage(parts.move(), bridge, proxy, koishi);
  }

  /** Waits until both accounts are online in Koishi's eyes. */
  async online(): Promise<void> {
    await this.koishi.until(
      "both accounts to be online",
      () =>
        ["10001", "10002"].every((uin) =>
          this.koishi.all("status").findLast(({ self }) => self === uin)
            ?.status === 1
        ),
    );
  }

  /** What 10001 received, in order. */
  get texts(): string[] {
    return this.koishi.all("message").filter(({ self }) => self === "10001")
      .map(({ text }) => text);
  }

  /** Says something to 10001, and waits until Koishi has it. */
  async say(text: string): Promise<void> {
    await this.bridge.say(text);
    await this.koishi.until(text, () => this.texts.includes(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }
}

Deno.test("koishi satori: online, a message in, a reply out, people", async (test) => {
  await using stage = await Stage.start();
  const { bridge, koishi } = stage;
  await stage.online();

  await test.step("a message comes in, the reply goes out", async () => {
    await bridge.say(`ask 1 < 2 & "你好"`);
    await koishi.until("the reply", () => koishi.all("sent").length > 0);
    const { id, ...message } = koishi.all("message")[0]!;
    assertMatch(id, /^\d+$/);
    assertEquals(message, {
      event: "message",
      self: "10001",
      text: `ask 1 &lt; 2 &amp; "你好"`,
      from: "10002",
      name: "Alice",
      channel: "private:10002",
      isDirect: true,
    });
    await koishi.until(
      "10002 to have it",
      () => koishi.all("message").some(({ self }) => self === "10002"),
    );
    assertEquals(await bridge.heard(), [`answer 1 < 2 & "你好"`]);
    const reply = await koishi.ask(
      "message",
      "private:10002",
      koishi.all("sent")[0]!.id,
    );
    assertEquals(reply.content, "answer 1 &lt; 2 &amp; &quot;你好&quot;");
    assertEquals(reply.user.id, "10001");
  });

  await test.step("a conversation is begun, and read again", async () => {
    const ids = await koishi.ask("send", "10002", "first<br/>second");
    assertEquals(ids.length, 1);
    assertEquals((await bridge.heard()).length, 2);
    const messages = await koishi.ask("messages", "private:10002");
    assertEquals(messages.at(-1).id, ids[0]);
    assertEquals(messages.at(-1).content, "first\nsecond");
  });

  await test.step("a friend request is approved", async () => {
    await bridge.command("addAccount", {
      uin: "10003",
      password: "a password of a test",
      nickname: "Third",
      policy: "verify",
    });
    await koishi.until(
      "10003 to be online",
      () =>
        koishi.all("status").some(({ self, status }) =>
          self === "10003" && status === 1
        ),
    );
    await bridge.command("addFriend", {
      account: "10003",
      uin: "10001",
      reason: "let me in",
    });
    await koishi.until(
      "the friend",
      () =>
        koishi.all("friend-added").some(({ self, from }) =>
          self === "10003" && from === "10001"
        ),
    );
    assertEquals(koishi.all("friend-request"), [{
      event: "friend-request",
      self: "10001",
      from: "10003",
      text: "let me in",
    }]);
  });

  await test.step("friends have names, people profiles", async () => {
    const third = { user: { id: "10003", name: "Third" }, nick: "Third" };
    const others = [
      { user: { id: "10000", name: "回声 Echo" }, nick: "回声 Echo" },
      { user: { id: "10002", name: "Alice" }, nick: "Alice" },
    ];
    assertEquals(await koishi.ask("friends"), [...others, third]);
    assertEquals(await koishi.ask("profile", "10002"), {
      id: "10002",
      name: "Alice",
    });
    assertEquals((await koishi.ask("login")).status, 1);
    assertEquals(
      (await koishi.ask("nativeProfile", "10002")).occupation,
      "programmer",
    );
    await koishi.ask("unfriend", "10003");
    assertEquals(await koishi.ask("friends"), others);
  });

  await test.step("what QQ has not is 404", async () => {
    assertEquals(await koishi.ask("refusals"), [404, 404]);
  });

  await test.step("an account that was logged out is offline at once, and back", async () => {
    await bridge.command("logout", { account: "10002" });
    await koishi.until(
      "10002 to be offline",
      () =>
        koishi.all("status").findLast(({ self }) => self === "10002")
          ?.status ===
          0,
    );
    await bridge.command("login", { account: "10002" });
    await stage.online();
  });
});

Deno.test("koishi satori: cut off while three messages arrive, nothing is lost, nothing comes twice", async () => {
  await using stage = await Stage.start();
  const { bridge, proxy } = stage;
  await stage.online();
  await stage.say("before");
  proxy.cut();
  await bridge.say("one", "two", "three");
  await bridge.arrived(4);
  proxy.mend();
  await stage.say("behind");
  assertEquals(stage.texts, ["before", "one", "two", "three", "behind"]);
});

Deno.test("koishi satori: nothing is lost when it is cut off before its first event", async () => {
  await using stage = await Stage.start();
  const { bridge, proxy } = stage;
  await stage.online();
  await eventually(async () =>
    await metric(bridge, 'tqq_connections{kind="satori"}') === 1
  );
  proxy.cut();
  await bridge.say("one", "two", "three");
  await bridge.arrived(3);
  proxy.mend();
  await stage.say("behind");
  assertEquals(stage.texts, ["one", "two", "three", "behind"]);
});

Deno.test("koishi satori: the bridge killed and started again, nothing is lost, nothing comes twice", async () => {
  await using stage = await Stage.start();
  const { bridge, proxy, koishi } = stage;
  await stage.online();
  await stage.say("before");
  proxy.cut();
  await bridge.kill();
  await bridge.start();
  await bridge.say("one", "two", "three");
  await bridge.arrived(4);
  proxy.target = bridge.port;
  proxy.mend();
  await stage.say("behind");
  assertEquals(stage.texts, ["before", "one", "two", "three", "behind"]);
  const ids = koishi.all("message").map(({ self, id }) => `${self} ${id}`);
  assertEquals(new Set(ids).size, ids.length);
  await stage.online();
});

Deno.test("koishi satori: a wrong token is refused, and each time later: Koishi comes back for ever", async () => {
  const from = Date.now();
  await using stage = await Stage.start("wrong");
  const { koishi, bridge } = stage;
  await eventually(async () =>
    await metric(bridge, 'tqq_closes_total{code="4004"}') >= 4
  );
  assert(Date.now() - from > 250 + 500 + 1000 + 2000);
  assertEquals(koishi.all("status"), []);
});

Deno.test("koishi satori: started with the page's block", async () => {
  await using bridge = await BridgeProgram.start();
  const page = new URL("../../bridge/satori/README.md", import.meta.url);
  const [, block] = /^```yaml satori\n([^]*?)^```$/m.exec(
    await Deno.readTextFile(page),
  )!;
  const folder = await installed();
  await Deno.writeTextFile(
    `${folder}/koishi.yml`,
    block!.replace("127.0.0.1:8080", `127.0.0.1:${bridge.port}`)
      .replace("TOKEN", TOKEN),
  );
  const koishi = new Deno.Command("node", {
    // What `koishi start` forks: that itself leaves it behind when it is ended.
    args: ["node_modules/koishi/lib/worker"],
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await eventually(async () =>
      await metric(bridge, 'tqq_connections{kind="satori"}') === 1
    );
  } finally {
    koishi.kill("SIGTERM");
    await koishi.status;
  }
  await eventually(async () =>
    await metric(bridge, 'tqq_connections{kind="satori"}') === 0
  );
});

/** A metric of the bridge; 0 if it is absent. */
async function metric(bridge: BridgeProgram, name: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${bridge.port}/metrics`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const line = (await response.text()).split("\n")
    .find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length) ?? 0);
}
