import { delay } from "@std/async";
import {
  addDemo,
  createServer,
  MemoryStore,
  type QqListener,
  type QqServer,
  type ServerOptions,
} from "../../../lib/server/mod.ts";
import {
  type ClientStatus,
  decodeReply,
  LineTransport,
  type MailItem,
  QqClient,
  type QqClientOptions,
  QqError,
} from "../../../mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";

/** A server on a real socket that can be restarted at its port. */
class Stage implements AsyncDisposable {
  readonly #options: ServerOptions;
  readonly #clients: QqClient[] = [];
  server: QqServer;
  #listener: QqListener;

  private constructor(options: ServerOptions) {
    this.#options = { store: new MemoryStore(), ...options };
    this.server = createServer(this.#options);
    this.#listener = this.server.listen({ port: 0 });
  }

  static async start(options: ServerOptions = {}): Promise<Stage> {
    const stage = new Stage(options);
    await addDemo(stage.server);
    return stage;
  }

  async restart(): Promise<void> {
    const { port } = this.#listener;
    await this.server.close();
    this.server = createServer(this.#options);
    this.#listener = this.server.listen({ port });
  }

  client(uin: string, options: Partial<QqClientOptions> = {}): QqClient {
    const client = new QqClient({
      uin,
      password: "demo",
      version: "1.4",
      transport: "tcp",
      endpoint: `tcp://127.0.0.1:${this.#listener.port}`,
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client.close();
    await this.server.close();
  }
}

/** Reads mail beside the test. */
function reading(client: QqClient) {
  const items: MailItem[] = [];
  let wake = () => {};
  const done = (async () => {
    for await (const item of client.mail()) {
      items.push(item);
      wake();
    }
  })();
  done.catch(() => {});
  return {
    items,
    texts: () => items.flatMap((item) => "text" in item ? [item.text] : []),
    async until(isSo: () => boolean): Promise<void> {
      for (const end = Date.now() + 20_000; !isSo();) {
        assert(Date.now() < end, `not in time: ${isSo}`);
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, 50);
        });
      }
    },
  };
}

Deno.test("QqClient over lines: messages and presence are pushed, each once and in order", async () => {
  await using stage = await Stage.start();
  const one = stage.client("10001");
  const two = stage.client("10002", { presence: "invisible" });
  const mail = reading(one);
  await mail.until(() => one.loggedIn);
  await two.login();
  assertEquals((await one.onlineFriends()).map(({ uin }) => uin), ["10000"]);
  const texts = Array.from({ length: 20 }, (_, nth) => `text ${nth}, 你好`);
  for (const text of texts) await two.send("10001", text);
  await two.setStatus("busy");
  await mail.until(() => mail.items.length > texts.length);
  assertEquals(mail.texts(), texts);
  assertEquals(mail.items.slice(texts.length), [
    { type: "status", from: "10002", status: "busy" },
  ]);
  assertEquals(await one.friends(), ["10000", "10002"]);
});

Deno.test("QqClient over lines: a connection that ends is opened again, no mail is lost, and nobody is replaced", async () => {
  await using stage = await Stage.start();
  const seen: ClientStatus[] = [];
  const client = stage.client("10001", { onStatus: (each) => seen.push(each) });
  const mail = reading(client);
  const texts: string[] = [];
  for (let life = 0; life < 3; life++) {
    await mail.until(() => seen.at(-1)?.type === "online");
    for (let nth = 0; nth < 3; nth++) {
      const text = `text ${texts.length}`;
      texts.push(text);
      const item = { type: "message" as const, from: "10002", text };
      await stage.server.deliver("10001", item);
    }
    await mail.until(() => mail.items.length === texts.length);
    // What was written leaves the mailbox in the next commit.
    await delay(50);
    await stage.restart();
    await mail.until(() => seen.at(-1)?.type !== "online");
  }
  await mail.until(() => seen.at(-1)?.type === "online");
  assertEquals(mail.texts(), texts);
  assertEquals(seen.some(({ type }) => type === "replaced"), false);
});

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47);

Deno.test("QqClient.login(): answers a captcha by its option, and is refused without", async () => {
  const wanted = ["first", "second"];
  await using stage = await Stage.start({
    captcha: () => ({ png: PNG, text: wanted[0]! }),
  });
  const error = await assertRejects(
    () => stage.client("10001").login(),
    QqError,
  );
  assertEquals(
    [error.code, error.reason],
    ["login_refused", "captcha wanted"],
  );
  const pictures: Uint8Array[] = [];
  const client = stage.client("10001", {
    captcha: (png) => {
      pictures.push(png);
      return pictures.length === 1 ? "wrong" : wanted[0]!.toUpperCase();
    },
  });
  await client.login();
  assertEquals(pictures, [PNG, PNG]);
  assertEquals(await client.friends(), ["10000", "10002"]);
  const guessing = stage.client("10002", { captcha: () => "wrong" });
  await assertRejects(() => guessing.login(), QqError, "picture");
});

Deno.test("QqClient over lines: a server that is not there is unreachable, and one that hangs up is asked again", async () => {
  await using stage = await Stage.start();
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const client = stage.client("10001", {
    endpoint: `tcp://127.0.0.1:${port}`,
  });
  const asked = assertRejects(() => client.login(), QqError);
  (await listener.accept()).close();
  assertEquals((await asked).code, "rejected");
  listener.close();
  const error = await assertRejects(() => client.login(), QqError);
  assertEquals(error.code, "unreachable");
});

Deno.test("LineTransport.post(): mail behind an answer that came late and is unreadable is not lost", async () => {
  const late = "MN=1&MT=x,&UN=10002,&MG=hi ,";
  const lines = [
    `VER=1.4&CMD=GETMSGEX&SEQ=0&UIN=10001&RES=0&${late}`,
    "VER=1.4&CMD=Server_Msg&SEQ=8&UIN=10001&RES=0&MN=1&MT=9&UN=10002&MG=behind",
    "VER=1.4&CMD=LIST&SEQ=1&UIN=10001&RES=0&FN=1&SN=0&UN=",
  ];
  const answer = new TextEncoder().encode(`${lines.join("\n")}\n`);
  let server!: ReadableStreamDefaultController<Uint8Array>;
  const transport = new LineTransport("tcp://127.0.0.1:1", {
    connect: () =>
      Promise.resolve({
        readable: new ReadableStream({ start: (it) => void (server = it) }),
        writable: new WritableStream({ write: () => server.enqueue(answer) }),
        close() {},
      }),
  });
  const { signal } = new AbortController();
  const ask = async (cmd: string, seq: number) => {
    const body = `VER=1.4&CMD=${cmd}&SEQ=${seq}&UIN=10001`;
    const reply = await transport.post({ body, headers: {}, signal });
    return decodeReply(reply.body);
  };
  const itemsOf = async (seq: number) => {
    const reply = await ask("GetMsgEx", seq);
    return "items" in reply ? reply.items : [];
  };
  await ask("List", 1);
  assertEquals(await itemsOf(2), [
    { type: "unreadable", raw: "MT=x,&UN=10002,&MG=hi ," },
  ]);
  assertEquals(await itemsOf(3), [
    { type: "message", from: "10002", text: "behind" },
  ]);
});
