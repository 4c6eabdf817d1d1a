/** Signals that end a bridge of the edge: real processes. @module */

import { delay } from "@std/async";
import { addDemo, createServer } from "../../lib/server/mod.ts";
import { BridgeClient } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { stopwatch } from "../support/process_figures.ts";
import { RawSocket } from "../support/raw_socket.ts";

const TOKEN = "a-token-of-the-tests";
const root = new URL("../../", import.meta.url);

/** The source of a program with an edge bridge. */
function sourceOf(qq: string, serve: "deno serve" | "own server"): string {
  const bridge = new URL("bridge/mod.ts", root).href;
  return `import { createBridge } from ${JSON.stringify(bridge)};
const bridge = createBridge({
  accounts: [{ uin: "10001", password: "demo" }],
  endpoint: "http://${qq}/",
  token: "${TOKEN}",
});
bridge.start();
${
    serve === "deno serve"
      ? "export default { fetch: bridge.fetch };"
      : `Deno.serve({ hostname: "127.0.0.1", port: 0 }, bridge.fetch);`
  }
`;
}

/** An edge bridge in a process of its own. */
class EdgeProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #url = Promise.withResolvers<string>();
  readonly #said: Promise<void>;

  constructor(script: string, serve: "deno serve" | "own server") {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...serve === "deno serve"
          ? ["serve", "--host=127.0.0.1", "--port=0"]
          : ["run"],
        "--no-lock",
        "--no-check",
        "--allow-net",
        "--allow-read",
        script,
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#said = Promise.all([this.#child.stdout, this.#child.stderr].map(
      async (stream) => {
        let text = "";
        for await (const part of stream.pipeThrough(new TextDecoderStream())) {
          text += part;
          const url = /http:\/\/[\d.]+:\d+/.exec(text)?.[0];
          if (url !== undefined) this.#url.resolve(url);
        }
      },
    )).then(() => {});
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Where it serves. */
  get url(): Promise<string> {
    return this.#url.promise;
  }

  /** A client of it, once its account is online. */
  async online(): Promise<BridgeClient> {
    const client = new BridgeClient({
      url: `${(await this.url).replace("http", "ws")}/ws`,
      token: TOKEN,
    });
    while ((await client.accounts()).accounts[0]!.state !== "online") {
      await delay(20);
    }
    return client;
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async status(): Promise<Deno.CommandStatus> {
    const status = await this.#child.status;
    await this.#said;
    return status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.status();
  }
}

/** Deno 2.9.6 closes the sockets of `deno serve` itself, with 1001, before a listener runs. */
const CASES: [
  serve: "deno serve" | "own server",
  signal: Deno.Signal,
  closeCode: number,
  exitCode: number,
][] = [
  ["deno serve", "SIGTERM", 1001, 0],
  ["deno serve", "SIGINT", 1001, 0],
  ["own server", "SIGTERM", 1012, 143],
  ["own server", "SIGINT", 1012, 130],
];

for (const [serve, signal, closeCode, exitCode] of CASES) {
  Deno.test({
    name:
      `createBridge under ${serve}: ends within 4 s of ${signal}, logs out, and the next instance gets all mail`,
    ignore: Deno.build.os === "windows",
    async fn() {
      const server = createServer({ sendGapMs: 0 });
      await addDemo(server);
      const qq = server.listen({ hostname: "127.0.0.1", port: 0 });
      const script = await Deno.makeTempFile({ suffix: ".ts" });
      await Deno.writeTextFile(
        script,
        sourceOf(`127.0.0.1:${qq.port}`, serve),
      );
      try {
        await using first = new EdgeProcess(script, serve);
        const client = await first.online();
        await client.close();
        const { port } = new URL(await first.url);
        using socket = await RawSocket.open(
          Number(port),
          `/ws?access_token=${TOKEN}`,
        );
        const elapsed = stopwatch(first.pid);
        const looks = setInterval(elapsed, 50);
        first.kill(signal);
        assertEquals(await socket.closeCode(), closeCode);
        socket[Symbol.dispose]();
        assertEquals((await first.status()).code, exitCode);
        clearInterval(looks);
        assert(elapsed() < 4000);
        assertEquals(server.isOnline("10001"), false);

        await using second = new EdgeProcess(script, serve);
        const next = await second.online();
        const texts: string[] = [];
        const reading = (async () => {
          for await (const frame of next) {
            if (frame.type !== "event" || frame.event !== "message") continue;
            if (texts.push(frame.data.text) === 12) break;
          }
        })();
        for (let n = 0; n < 12; n++) {
          await server.deliver("10001", {
            type: "message",
            from: "10002",
            text: String(n),
          });
        }
        await reading;
        assertEquals(texts, texts.map((_, n) => String(n)));
        await next.close();
      } finally {
        await server.close();
        await Deno.remove(script);
      }
    },
  });
}
