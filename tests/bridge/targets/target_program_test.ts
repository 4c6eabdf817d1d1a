/** Targets of the real program, changed while it runs. @module */

import { WebSocketServer } from "../../../bridge/deps_node.ts";
import type { TargetInfo, TargetKind } from "../../../mod.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Program, serveArgs } from "../../support/program.ts";
import { runMain } from "../../support/run_main.ts";
import { HookReceiver } from "../hook/hook_receiver.ts";
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

/** Receives what a target of one kind gets. */
interface KindReceiver extends AsyncDisposable {
  readonly url: string;
  /** The robot's answers, in the order of their arrival. */
  texts(): string[];
  /** The headers of the first connection or request; undefined before it. */
  headers(): Headers | undefined;
  until(isSo: () => boolean): Promise<void>;
}

function receivePosts(): KindReceiver {
  const receiver = new Receiver();
  return {
    url: receiver.url,
    texts: () => textsOf(receiver),
    headers: () => receiver.posted[0]?.headers,
    until: (isSo) => receiver.until(isSo),
    [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
  };
}

function receiveHooks(): KindReceiver {
  const receiver = new HookReceiver();
  return {
    url: receiver.url,
    texts: () =>
      receiver.frames.filter(({ frame }) =>
        frame.event === "message" && frame.data.from === "10000"
      ).map(({ frame }) => frame.data.text),
    headers: () => receiver.posted[0]?.headers,
    until: (isSo) => receiver.until(isSo),
    [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
  };
}

/** A OneBot client to which the bridge connects. */
async function receiveSockets(): Promise<KindReceiver> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  const open: { terminate(): void }[] = [];
  const texts: string[] = [];
  let headers: Headers | undefined;
  server.on("connection", (socket, { headers: { authorization } }) => {
    open.push(socket);
    headers ??= new Headers(
      authorization === undefined ? {} : { authorization },
    );
    socket.on("message", (data) => {
      const { post_type, user_id, raw_message } = JSON.parse(data.toString());
      if (post_type === "message" && user_id === 10000) texts.push(raw_message);
    });
  });
  return {
    url: `ws://127.0.0.1:${port}/?key=s3cret`,
    texts: () => texts,
    headers: () => headers,
    until: async (isSo) => {
      while (!isSo()) await tick();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const KINDS: [
  kind: TargetKind,
  open: () => KindReceiver | Promise<KindReceiver>,
  signature?: [header: string, form: RegExp],
][] = [
  ["onebot-post", receivePosts, ["x-signature", /^sha1=/]],
  ["onebot-reverse", receiveSockets],
  ["hook", receiveHooks, ["tqq-signature", /^sha256=/]],
];

for (const [kind, open, signature] of KINDS) {
  Deno.test(`targets: a ${kind} is added, changed, disabled, enabled and removed under load, and no event is lost or doubled at another`, async () => {
    await using flagged = new Receiver();
    await using first = await open();
    await using second = await open();
    await using stage = await Stage.open();
    await stage.start(`--onebot-post=10001=${flagged.url}`);
    const { sent } = stage;
    const id = await stage.target(
      `add ${kind} 10001=${first.url} --secrets-stdin`,
      "the-access-token\nthe-secret",
    );
    assertMatch(id, /^[\da-f]{16}$/);
    // It is served within a second, and starts from now on.
    await first.until(() => first.headers() !== undefined);
    assertEquals(
      first.headers()!.get("authorization"),
      "Bearer the-access-token",
    );
    if (signature !== undefined) {
      assertMatch(first.headers()!.get(signature[0]) ?? "", signature[1]);
    }
    await stage.send(5);
    await first.until(() => first.texts().length === 5);

    const isChanged = stage.target(`change ${id} --url=${second.url}`);
    await stage.send(5);
    await isChanged;
    // The event under way at the change may come to both.
    const taken = () => new Set([...first.texts(), ...second.texts()]);
    await second.until(() => taken().size === 10);

    await stage.target(`change ${id} --disable`);
    const before = second.texts().length;
    await stage.send(5);
    await flagged.until(() => textsOf(flagged).length === 15);
    assertEquals(second.texts().length, before);
    await stage.target(`change ${id} --enable`);
    await second.until(() => taken().size === 15);

    await stage.target(`remove ${id}`);
    await stage.send(2);
    await flagged.until(() => textsOf(flagged).length === sent.length);
    assertEquals(textsOf(flagged), sent);
    assertEquals((await stage.list()).map(({ from }) => from), ["flag"]);
    // One that is added again starts from now on.
    const after = second.texts().length;
    await stage.target(`add ${kind} 10001=${second.url}`);
    await stage.send(1);
    await second.until(() => second.texts().length > after);
    assertEquals(second.texts().slice(after), sent.slice(-1));
  });
}

Deno.test("targets: all of them stay across kill -9, with their state and without secrets", async () => {
  await using receiver = new Receiver();
  await using stage = await Stage.open();
  await using bot = await receiveSockets();
  await stage.start();
  await stage.target(
    `add onebot-reverse 10001=${bot.url} --secrets-stdin --self --confirm-after=5`,
    "s3cret\n",
  );
  await bot.until(() => bot.headers() !== undefined);
  assertEquals(bot.headers()!.get("authorization"), "Bearer s3cret");
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
});

const REFUSED_FLAGS: [flags: string[], message: string][] = [
  [
    ["--hook=http://169.254.169.254/latest?key=s3cret"],
    "tqq: Cannot use --hook http://169.254.169.254/latest: its host must not be a link-local or metadata address",
  ],
  [
    ["--onebot-post=http://127.0.0.1:9/", "--allow-target=ops.example"],
    "tqq: Cannot use --onebot-post http://127.0.0.1:9/: its host must be one of --allow-target",
  ],
];

for (const [flags, message] of REFUSED_FLAGS) {
  Deno.test(`targets: a start with ${flags.join(" ")} is refused`, async () => {
    const args = ["--memory", "--listen=127.0.0.1:0", "--qq-listen=off"];
    const { code, err } = await runMain(["serve", ...args, ...flags]);
    assertEquals([code, err.at(-1)], [2, message]);
  });
}
