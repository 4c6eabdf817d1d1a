import { delay } from "@std/async";
import { WebSocketServer } from "../../../bridge/deps_node.ts";
import { HEARTBEAT_MS } from "../../../bridge/onebot/events.ts";
import { systemClock } from "../../../lib/clock.ts";
import { assertEquals } from "@std/assert";
import { EVENT_ROWS } from "../../support/event_examples.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { type Frame, realStage, type Stage } from "./stage.ts";

type Accepted = Parameters<
  Parameters<WebSocketServer["handleUpgrade"]>[3]
>[0];

/** A bot framework that is dialled. */
class Bot implements AsyncDisposable {
  readonly sockets: Accepted[] = [];
  readonly headers: [name: string, value: string][][] = [];
  readonly frames: Frame[] = [];
  /** The status that is answered instead of an upgrade. */
  refuses: number | undefined;
  /** How often it was. */
  refused = 0;
  #server!: WebSocketServer;
  #changed: (() => void)[] = [];
  readonly port: number;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(port = 0): Promise<Bot> {
    const server = new WebSocketServer({
      host: "127.0.0.1",
      port,
      verifyClient: (_info: unknown, done: Frame) => {
        if (bot.refuses === undefined) return done(true);
        bot.refused++;
        done(false, bot.refuses);
        bot.#change();
      },
    });
    await new Promise((resolve) => server.once("listening", resolve));
    const bot = new Bot((server.address() as { port: number }).port);
    bot.#server = server;
    server.on("connection", (socket, request) => {
      bot.sockets.push(socket);
      const raw = request.rawHeaders;
      bot.headers.push(
        raw.flatMap((name, index) =>
          index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1]!]] : []
        ),
      );
      socket.on("message", (data) => {
        bot.frames.push(JSON.parse(data.toString()));
        bot.#change();
      });
      socket.on("close", () => bot.#change());
      bot.#change();
    });
    return bot;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}/onebot/v11/ws`;
  }

  get open(): Accepted[] {
    return this.sockets.filter(({ readyState }) => readyState === 1);
  }

  #change(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }

  /** Waits until something is so. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => this.#changed.push(resolve));
    }
  }

  header(connection: number, name: string): string[] {
    return this.headers[connection]!.filter(([one]) => one === name)
      .map(([, value]) => value);
  }

  seqs(): number[] {
    return this.frames.map(({ seq }) => seq).filter((seq) => seq !== undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.terminate();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function reversed(url: string, more: Frame = {}): Stage {
  return realStage({
    uins: ["10001"],
    reverse: [{ url, account: "10001" }],
    reconnectMs: 20,
    ...more,
  });
}

Deno.test("reverse: dials with its headers, each once; sends events, and answers calls", async () => {
  await using bot = await Bot.start();
  const stage = reversed(bot.url, { accessToken: "handed-over" });
  stage.onebot.start();
  await bot.until(() => bot.frames.length === 1);
  assertEquals(bot.header(0, "x-self-id"), ["10001"]);
  assertEquals(bot.header(0, "x-client-role"), ["Universal"]);
  assertEquals(bot.header(0, "authorization"), ["Bearer handed-over"]);
  assertEquals(bot.header(0, "user-agent"), ["OneBot/11"]);
  assertEquals(bot.header(0, "sec-websocket-protocol"), []);
  assertEquals(bot.frames[0].sub_type, "connect");
  await stage.bridge.push("10001");
  bot.open[0]!.send('{"action":"get_status","echo":"1"}');
  await bot.until(() => bot.frames.length === 3);
  assertEquals(bot.seqs(), [1]);
  assertEquals(bot.frames.find(({ echo }) => echo === "1").retcode, 0);
  await stage.onebot.stop();
  assertEquals(bot.sockets.length, 1);
  assertEquals(stage.failures, []);
});

Deno.test("reverse: without a token there is no Authorization; one socket an account, of those that are meant", async () => {
  await using bot = await Bot.start();
  const stage = realStage({
    uins: ["10001", "10002", "10003"],
    // The same twice is one.
    reverse: [{ url: bot.url, account: "10002" }, { url: bot.url }, {
      url: bot.url,
    }],
  });
  stage.onebot.start();
  await bot.until(() => bot.sockets.length === 3 && bot.frames.length === 3);
  const ids = [0, 1, 2].flatMap((one) => bot.header(one, "x-self-id"));
  assertEquals(ids.sort(), ["10001", "10002", "10003"]);
  assertEquals(bot.header(0, "authorization"), []);
  await stage.onebot.stop();
  assertEquals(bot.sockets.length, 3);
});

Deno.test("reverse: a target's choice of events, and of the account's own messages, holds live and for what was missed", async () => {
  await using bot = await Bot.start();
  const target = { url: bot.url, events: ["message"], self: true } as const;
  let aheadMs = 0;
  const clock = {
    ...systemClock,
    now: () => systemClock.now() + aheadMs,
  };
  const stage = reversed(bot.url, { clock, reverse: [target] });
  stage.onebot.start();
  await bot.until(() => bot.frames.length === 1);
  const pushAll = async () => {
    for (const [name, { data }] of EVENT_ROWS) {
      await stage.bridge.push("10001", name, data[0]);
    }
  };
  const types = () =>
    bot.frames.map(({ post_type }) => post_type)
      .filter((type) => type !== "meta_event");
  const chosen = ["message", "message", "message_sent"];
  await pushAll();
  await bot.until(() => types().length === chosen.length);
  // The position moves over the rest with the next heartbeat.
  aheadMs += HEARTBEAT_MS;
  await kept(stage, EVENT_ROWS.length);
  await stage.onebot.stop();
  await pushAll();
  const again = stage.restart({ reverse: [target] });
  again.start();
  await bot.until(() => types().length === 2 * chosen.length);
  aheadMs += HEARTBEAT_MS;
  await kept(stage, 2 * EVENT_ROWS.length);
  assertEquals(types(), [...chosen, ...chosen]);
  await again.stop();
});

Deno.test("reverse: dials again, never two at a time, and sends what was missed", async () => {
  await using bot = await Bot.start();
  const stage = reversed(bot.url);
  stage.onebot.start();
  await bot.until(() => bot.frames.length === 1);
  await stage.bridge.push("10001");
  await bot.until(() => bot.seqs().length === 1);
  for (let round = 0; round < 3; round++) {
    // The pong has to come back before the cut.
    await kept(stage, round + 1);
    const seen = bot.sockets.length;
    if (round % 2 === 0) bot.open[0]!.terminate();
    else bot.open[0]!.close(1008);
    await bot.until(() => bot.sockets[seen - 1]!.readyState === 3);
    await stage.bridge.push("10001");
    await bot.until(() =>
      bot.sockets.length === seen + 1 && bot.seqs().length === round + 2
    );
    assertEquals(bot.open.length, 1);
  }
  assertEquals(bot.seqs(), [1, 2, 3, 4]);
  const connects = bot.frames.filter(({ sub_type }) => sub_type === "connect");
  assertEquals(connects.length, 4);
  await stage.onebot.stop();
});

Deno.test("reverse: what was missed while the bridge was away comes after its start", async () => {
  await using bot = await Bot.start();
  const stage = reversed(bot.url);
  stage.onebot.start();
  await bot.until(() => bot.frames.length === 1);
  await stage.bridge.push("10001");
  await bot.until(() => bot.seqs().length === 1);
  await kept(stage, 1);
  await stage.onebot.stop();
  for (let n = 0; n < 3; n++) await stage.bridge.push("10001");
  const again = stage.restart({ reverse: [{ url: bot.url }] });
  again.start();
  await bot.until(() => bot.seqs().length === 4);
  assertEquals(bot.seqs(), [1, 2, 3, 4]);
  assertEquals(bot.frames[2].sub_type, "connect");
  await again.stop();
});

Deno.test("reverse: nobody there, then refused, then let in", async () => {
  const first = await Bot.start();
  const { url, port } = first;
  await first[Symbol.asyncDispose]();
  const stage = reversed(url);
  const notices = (what: RegExp) => stage.news.filter((one) => what.test(one));
  stage.onebot.start();
  while (notices(/not open/).length === 0) await tick();
  await using bot = await Bot.start(port);
  bot.refuses = 403;
  await bot.until(() => bot.refused === 5);
  bot.refuses = undefined;
  await bot.until(() => bot.frames.length === 1);
  // The same again and again is reported once.
  assertEquals(notices(/403/).length, 1);
  assertEquals(notices(/opened/).length, 1);
  await stage.onebot.stop();
});

Deno.test("reverse: a socket that is open stays the only one", async () => {
  await using bot = await Bot.start();
  const clock = new FakeClock();
  const stage = reversed(bot.url, { clock });
  stage.onebot.start();
  await bot.until(() => bot.frames.length === 1);
  for (let seconds = 0; seconds < 20; seconds++) {
    await clock.advance(1000);
    await tick();
  }
  await bot.until(() => bot.frames.length === 2);
  assertEquals(bot.frames[1].meta_event_type, "heartbeat");
  assertEquals(bot.sockets.length, 1);
  await stage.onebot.stop();
});

Deno.test("reverse: dialled again after 3 s unless said, also where nobody says a word", async () => {
  const clock = new FakeClock();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const stage = realStage({
    uins: ["10001"],
    reverse: [{ url: `ws://127.0.0.1:${port}/` }],
    clock,
  });
  stage.onebot.start();
  const silent = await listener.accept();
  await clock.advance(9999);
  assertEquals(stage.news, []);
  await clock.advance(1);
  while (stage.news.length === 0) await tick();
  assertEquals(stage.news, [
    "reverse WebSocket not open: not open within 10000 ms",
  ]);
  const again = listener.accept();
  let isDialled = false;
  again.then(() => isDialled = true);
  await clock.advance(2999);
  await tick();
  assertEquals(isDialled, false);
  await clock.advance(1);
  (await again).close();
  silent.close();
  await stage.onebot.stop();
});

Deno.test("reverse: who points elsewhere is not followed", async () => {
  await using elsewhere = await Bot.start();
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () =>
      new Response(null, { status: 302, headers: { location: elsewhere.url } }),
  );
  const stage = reversed(`ws://127.0.0.1:${server.addr.port}/`);
  stage.onebot.start();
  while (stage.news.length === 0) await tick();
  assertEquals(elsewhere.sockets, []);
  await stage.onebot.stop();
});

Deno.test("reverse: a stop while it dials ends it", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const stage = reversed(`ws://127.0.0.1:${port}/`);
  stage.onebot.start();
  const connection = await listener.accept();
  await stage.onebot.stop();
  connection.close();
  listener.close();
});

Deno.test("reverse: an account that goes takes its socket with it, one that comes is dialled for", async () => {
  await using bot = await Bot.start();
  const stage = realStage({ uins: ["10001"], reverse: [{ url: bot.url }] });
  stage.onebot.start();
  await bot.until(() => bot.frames.length === 1);
  stage.bridge.all[0] = { ...stage.bridge.all[0]!, uin: "10005" };
  // It comes before the bridge has looked for accounts again.
  await stage.bridge.push("10005");
  await bot.until(() => bot.sockets.length === 2 && bot.open.length === 1);
  assertEquals(bot.header(1, "x-self-id"), ["10005"]);
  await bot.until(() => bot.seqs().length === 1);
  await stage.onebot.stop();
});

/** Waits until a position has been kept. */
async function kept(stage: Stage, seq: number): Promise<void> {
  while (stage.bridge.journal.kept().every((one) => one < seq)) await tick();
}

function tick(): Promise<void> {
  return delay(5);
}
