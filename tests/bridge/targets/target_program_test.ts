/** Targets of the real program, changed while it runs. @module */

import { WebSocketServer } from "../../../bridge/deps_node.ts";
import type { TargetInfo } from "../../../mod.ts";
import { assert, assertEquals, assertMatch } from "../../deps.ts";
import { Program, serveArgs } from "../../support/program.ts";
import { runMain } from "../../support/run_main.ts";
import { Receiver, tick } from "../onebot/receiver.ts";

const TOKEN = "a-token-of-this-test";
const ENV = {
  TQQ_TOKEN: TOKEN,
  TQQ_OUTBOX_GAP_MS: "0",
  TQQ_SECRET_KEY: "a secret key of the test",
};

/** A program with a data folder, and what a test does with it. */
class Stage implements AsyncDisposable {
  readonly #folder: string;
  #program: Program | undefined;
  #http = "";
  /** Texts that were sent. */
  readonly sent: string[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(): Promise<Stage> {
    return new Stage(await Deno.makeTempDir());
  }

  async start(...flags: string[]): Promise<void> {
    this.#program = new Program({
      args: serveArgs(`${this.#folder}/data`, "--qq-send-gap-ms=0", ...flags),
      env: ENV,
    });
    this.#http = (await this.#program.ready()).http!;
  }

  async end(signal: Deno.Signal): Promise<void> {
    this.#program!.kill(signal);
    await this.#program!.output();
  }

  async call(
    command: string,
    body: object = {},
    token: string = TOKEN,
  ): Promise<Response> {
    return await fetch(`${this.#http}/api/${command}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
  }

  async metrics(): Promise<string> {
    const response = await fetch(`${this.#http}/metrics`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    return await response.text();
  }

  /** Runs `tqq target` on the folder; returns its output. */
  async target(args: string, stdin = ""): Promise<string> {
    const words = ["target", ...args.split(" "), `--data=${this.#folder}/data`];
    const { code, out, err } = await runMain(words, {
      stdin,
      env: { TQQ_SECRET_KEY: "a secret key of the test" },
    });
    assertEquals(code, 0, err.join("\n"));
    return out.join("\n");
  }

  async list(): Promise<TargetInfo[]> {
    return JSON.parse(await this.target("list --json"));
  }

  /** Sends messages to the robot, which answers each. */
  async send(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      const text = `message ${this.sent.length}`;
      for (;;) {
        const response = await this.call("send", {
          account: "10001",
          to: "10000",
          text,
        });
        await response.body?.cancel();
        if (response.ok) break;
        await tick();
      }
      this.sent.push(text);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program?.[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** The robot's answers that receivers got. */
function textsOf(...receivers: Receiver[]): string[] {
  return receivers.flatMap(({ events }) => events)
    .filter(({ post_type, user_id }) =>
      post_type === "message" && user_id === 10000
    )
    .map(({ raw_message }) => raw_message);
}

Deno.test("targets: one is added, changed, disabled, enabled and removed under load, and no event is lost or doubled anywhere", async () => {
  await using flagged = new Receiver();
  await using first = new Receiver();
  await using second = new Receiver();
  await using stage = await Stage.open();
  const flags = [`--onebot-post=10001=${flagged.url}`];
  await stage.start(...flags);
  const { sent } = stage;
  const id = await stage.target(
    `add onebot-post 10001=${first.url} --secrets-stdin`,
    "the-access-token\nthe-secret",
  );
  assertMatch(id, /^[\da-f]{16}$/);
  // It is served within a second, and starts from now on.
  await first.until(() => first.posted.length > 0);
  assertEquals(
    first.posted[0]!.headers.get("authorization"),
    "Bearer the-access-token",
  );
  assertMatch(first.posted[0]!.headers.get("x-signature") ?? "", /^sha1=/);
  await stage.send(5);
  await first.until(() => textsOf(first).length === 5);

  const isServed = stage.target(`change ${id} --url=${second.url}`);
  await stage.send(5);
  await isServed;
  // The event under way at the change may come to both.
  const taken = () => new Set(textsOf(first, second));
  await second.until(() => taken().size === 10);

  await stage.target(`change ${id} --disable`);
  const before = textsOf(second).length;
  await stage.send(5);
  await flagged.until(() => textsOf(flagged).length === 15);
  assertEquals(textsOf(second).length, before);
  await stage.target(`change ${id} --enable`);
  await second.until(() => taken().size === 15);

  await stage.target(`remove ${id}`);
  await stage.send(2);
  await flagged.until(() => textsOf(flagged).length === sent.length);
  assertEquals(textsOf(flagged), sent);
  const left = await stage.list();
  assertEquals(left.map(({ from }) => from), ["flag"]);
  // One that is added again starts from now on.
  const after = textsOf(second).length;
  await stage.target(`add onebot-post 10001=${second.url}`);
  await stage.send(1);
  await second.until(() => textsOf(second).length > after);
  assertEquals(textsOf(second).slice(after), sent.slice(-1));
});

Deno.test("targets: all of them stay across kill -9, with their state and without secrets", async () => {
  await using receiver = new Receiver();
  await using stage = await Stage.open();
  const sockets = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await new Promise((resolve) => sockets.once("listening", resolve));
  const { port } = sockets.address() as { port: number };
  const dialled = Promise.withResolvers<string | undefined>();
  const open: { terminate(): void }[] = [];
  sockets.on("connection", (socket, request) => {
    open.push(socket);
    dialled.resolve(request.headers.authorization);
  });
  try {
    await stage.start();
    await stage.target(
      `add onebot-reverse 10001=ws://127.0.0.1:${port}/?key=s3cret --secrets-stdin --self --confirm-after=5`,
      "s3cret\n",
    );
    assertEquals(await dialled.promise, "Bearer s3cret");
    await stage.target(
      `add onebot-post ${receiver.url} --events=message --segments=strict`,
    );
    await receiver.until(() => receiver.posted.length >= 2);
    const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    closed.close();
    const away = await stage.target(
      `add onebot-post http://127.0.0.1:${closed.addr.port}/`,
    );
    let failing: TargetInfo | undefined;
    while (failing?.lastError === undefined) {
      await stage.send(1);
      failing = (await stage.list()).find(({ id }) => id === away);
    }
    const { lastError, states, nextAttemptAt, lag } = failing;
    assertEquals(
      [lastError.code, lastError.message],
      ["connection_refused", "connection refused"],
    );
    const metrics = await stage.metrics();
    assertMatch(
      metrics,
      /^tqq_targets\{kind="onebot-post",state="retrying"\} \d/m,
    );
    assertMatch(
      metrics,
      /^tqq_targets\{kind="onebot-reverse",state="open"\} 1$/m,
    );
    assert(states.retrying! > 0 && nextAttemptAt !== undefined && lag > 0);
    const settings = (all: TargetInfo[]) =>
      all.map((
        { id, kind, url, account, events, segments, self, confirmAfter },
      ) => [id, kind, url, account, events, segments, self, confirmAfter]);
    const before = settings(await stage.list());
    assertEquals(before.length, 3);
    assert(!JSON.stringify(before).includes("s3cret"));

    const { token } = await (await stage.call("createToken", {
      name: "limited",
      scopes: ["manage"],
      accounts: ["10001"],
    })).json();
    for (
      const [command, body] of [
        ["targets", {}],
        ["setTarget", { kind: "hook", url: "http://127.0.0.1/" }],
        ["removeTarget", { id: away }],
      ] as const
    ) {
      const response = await stage.call(command, body, token);
      assertEquals([response.status, (await response.json()).code], [
        403,
        "forbidden",
      ]);
    }

    await stage.end("SIGKILL");
    // The folder alone lists and changes them too.
    assertEquals(settings(await stage.list()), before);
    await stage.target(`remove ${away}`);
    await stage.start();
    assertEquals(
      settings(await stage.list()),
      before.filter(([id]) => id !== away),
    );
    await stage.end("SIGTERM");
  } finally {
    for (const socket of open) socket.terminate();
    await new Promise((resolve) => sockets.close(resolve));
  }
});
