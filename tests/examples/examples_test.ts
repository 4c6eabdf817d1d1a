import { AnswerTransport } from "../../bridge/upstream/answer_transport.ts";
import type { Answerer } from "../../lib/server/mod.ts";
import {
  type BridgeClient,
  type EventFrame,
  md5Hex,
  QqClient,
} from "../../mod.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CHROMIUM, ChromiumPage } from "../support/chromium.ts";
import { DEMO_TOKEN, DemoBridge } from "../support/demo_bridge.ts";
import { Program } from "../support/program.ts";

function example(name: string): URL {
  return new URL(name, import.meta.url);
}

/** The next event of a name. */
async function next<N extends EventFrame["event"]>(
  client: BridgeClient,
  name: N,
): Promise<Extract<EventFrame, { event: N }>> {
  for await (const frame of client) {
    if (frame.type === "event" && frame.event === name) {
      return frame as Extract<EventFrame, { event: N }>;
    }
  }
  throw new Error("The client was closed");
}

async function isThere(program: string): Promise<boolean> {
  try {
    await new Deno.Command(program, { args: ["--version"] }).output();
    return true;
  } catch {
    return false;
  }
}

Deno.test("examples: send_message.ts", async () => {
  await using demo = await DemoBridge.start();
  await using watcher = demo.client({ accounts: ["10001"] });
  await watcher.ping();
  const events = next(watcher, "message");
  await using script = await Program.ofModule(
    example("send_message.ts"),
    ["10001", "10000", "你好"],
    { env: demo.env },
  );
  assertEquals(await script.end(), 0, script.err.join("\n"));
  assertMatch(script.out[0]!, /^Sent as event \d+$/);
  assertEquals((await events).data, { from: "10000", text: "你好" });
});

Deno.test("examples: they run from a URL as from a path", async () => {
  const root = new URL("../../", import.meta.url);
  const files = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const text = await Deno.readTextFile(new URL(`.${pathname}`, root));
      return new Response(text, {
        headers: { "content-type": "application/typescript" },
      });
    },
  );
  const folder = await Deno.makeTempDir();
  try {
    await using demo = await DemoBridge.start();
    await using script = Program.run([
      Deno.execPath(),
      "run",
      "--no-config",
      "--no-lock",
      "--allow-net",
      "--allow-env",
      "--allow-import=127.0.0.1",
      `http://127.0.0.1:${files.addr.port}/tests/examples/send_message.ts`,
    ], { cwd: folder, env: { ...demo.env, DENO_DIR: `${folder}/cache` } });
    assertEquals(await script.end(), 0, script.err.join("\n"));
  } finally {
    await files.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("examples: echo_bot.ts answers what came before its start, and once", async () => {
  await using demo = await DemoBridge.start();
  await demo.register("echo-bot");
  await using friend = demo.client({ accounts: ["10002"] });
  const texts: string[] = [];
  const answers = (async () => {
    for await (const frame of friend) {
      if (frame.type !== "event" || frame.event !== "message") continue;
      texts.push(frame.data.text);
      if (texts.at(-1) === "the end") break;
    }
  })();
  await friend.send("10002", "10001", "who is there?");
  const start = () =>
    Program.ofModule(example("echo_bot.ts"), ["10001"], { env: demo.env });
  {
    await using bot = await start();
    await bot.line((line) => line === "10001 answered 10002");
  }
  // The first bot was killed: whether it had acknowledged is not known.
  await friend.send("10002", "10001", "still there?");
  await using bot = await start();
  await friend.send("10002", "10001", "the end");
  await answers;
  assertEquals(texts, ["who is there?", "still there?", "the end"]);
  await bot.line((line) => line === "10001 answered 10002");
});

Deno.test("examples: print_events.ts prints JSON lines of what is asked for", async () => {
  await using demo = await DemoBridge.start();
  await using script = await Program.ofModule(
    example("print_events.ts"),
    ["message"],
    { env: demo.env },
  );
  await script.line((line) => line === "open", "err");
  await using client = demo.client();
  await client.send("10001", "10000", "a\nb");
  const line = await script.line((line) => line.includes('"message",'));
  const { event, data } = JSON.parse(line);
  assertEquals({ event, data }, {
    event: "message",
    data: { from: "10000", text: "a\nb" },
  });
});

/** An account that is no friend of anybody, and logs in by itself. */
async function stranger(demo: DemoBridge, uin: string): Promise<QqClient> {
  await demo.qq.createAccount({ uin, passwordMd5: md5Hex("secret") });
  // Sessions are by address: as one of another machine.
  const answer: Answerer = (request) =>
    demo.qq.answer({ ...request, address: "192.0.2.9" });
  const client = new QqClient({
    uin,
    password: "secret",
    transport: new AnswerTransport(answer),
  });
  await client.login();
  return client;
}

Deno.test("examples: friend_robot.ts accepts who says the word, and greets", async () => {
  await using demo = await DemoBridge.start();
  await demo.register("friend-robot");
  await using knows = await stranger(demo, "10003");
  await using guesses = await stranger(demo, "10004");
  await using robot = await Program.ofModule(
    example("friend_robot.ts"),
    ["sesame"],
    { env: demo.env },
  );
  await guesses.askFriend("10001", "please");
  await robot.line((line) => line === "10001 refused 10004");
  await knows.askFriend("10001", "open, sesame");
  await robot.line((line) => line === "10001 accepted 10003");
  assertEquals(
    (await guesses.fetchMail()).filter(({ type }) => type !== "status"),
    [{ type: "refused", from: "10001", text: "Say the word" }],
  );
  assertEquals(
    (await knows.fetchMail()).filter(({ type }) => type !== "status"),
    [
      { type: "accepted", from: "10001", text: "" },
      { type: "message", from: "10001", text: "Welcome!" },
    ],
  );
});

Deno.test("examples: resuming_subscriber.ts goes on where it was killed", async () => {
  await using demo = await DemoBridge.start();
  const folder = await Deno.makeTempDir();
  try {
    await using client = demo.client();
    const start = () =>
      Program.ofModule(example("resuming_subscriber.ts"), ["position.json"], {
        env: demo.env,
        cwd: folder,
      });
    const sent = (text: string) => (line: string) =>
      line.includes(" message.sent ") && line.includes(`"${text}"`);
    {
      await using first = await start();
      await first.line((line) => line === "open", "err");
      await client.send("10001", "10002", "one");
      const [seq] = (await first.line(sent("one"))).split(" ");
      await saved(`${folder}/position.json`, Number(seq));
    }
    await client.send("10001", "10002", "two");
    await using second = await start();
    await second.line(sent("two"));
    assertEquals(second.out.filter(sent("one")), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Waits until a position is saved. */
async function saved(file: string, seq: number): Promise<void> {
  for (;;) {
    try {
      if (JSON.parse(await Deno.readTextFile(file)).seq >= seq) return;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test({
  name: "examples: embedded_server.ts answers old_client.sh",
  ignore: !await isThere("curl"),
  async fn() {
    await using server = await Program.ofModule(
      example("embedded_server.ts"),
      ["0"],
    );
    const endpoint = await server.line((line) => line.startsWith("http"));
    await using client = Program.run(
      ["sh", example("old_client.sh").pathname, endpoint],
    );
    assertEquals(await client.end(), 0, client.err.join("\n"));
    const [login, sent, mail, logout] = client.out;
    const head = (cmd: string, seq: number) =>
      `VER=1.1&CMD=${cmd}&SEQ=${seq}&UIN=10001&RES=0`;
    assertEquals(login, `${head("Login", 101)}&RS=0&HI=60&LI=300`);
    assertEquals(sent, `${head("CLTMSG", 102)}&`);
    assertEquals(
      mail,
      `${head("GETMSGEX", 103)}&MN=1&MT=9,&UN=10000,&MG=你好 ,`,
    );
    assertEquals(logout, head("LOGOUT", 104));
  },
});

Deno.test("examples: edge_bridge.ts logs in and serves", async () => {
  await using demo = await DemoBridge.start();
  const qq = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    demo.qq.fetch,
  );
  try {
    await using script = await Program.ofModule(example("edge_bridge.ts"), [], {
      env: {
        TQQ_TOKEN: DEMO_TOKEN,
        QQ_UIN: "10002",
        QQ_ENDPOINT: `http://127.0.0.1:${qq.addr.port}/`,
      },
    });
    const line = await script.line((line) => line.includes("http://"), "err");
    const [, port] = /:(\d+)\//.exec(line)!;
    const answer = await fetch(`http://127.0.0.1:${port}/api/accounts`, {
      method: "POST",
      headers: { authorization: `Bearer ${DEMO_TOKEN}` },
    });
    assertStringIncludes(await answer.text(), '"uin":"10002"');
  } finally {
    await qq.shutdown();
  }
});

Deno.test({
  name: "examples: browser_page.html sends and shows messages in a browser",
  ignore: CHROMIUM === undefined,
  async fn() {
    await using server = await Program.ofModule(example("browser_page.ts"), [
      "0",
    ]);
    const url = await server.line((line) => line.startsWith("http"));
    await using demo = await DemoBridge.start({
      allowOrigins: [new URL(url).origin],
    });
    const hash = new URLSearchParams({ bridge: demo.http, token: DEMO_TOKEN });
    await using page = await ChromiumPage.open(`${url}#${hash}`);
    await page.until('document.querySelector("#state").value === "open"');
    await page.evaluate('document.querySelector("#form").requestSubmit()');
    await page.until('document.querySelectorAll("#messages li").length > 0');
    assertEquals(
      await page.evaluate('document.querySelector("#messages li").textContent'),
      "10000: hello",
    );
  },
});
