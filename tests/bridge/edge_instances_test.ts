/** Two instances of an edge bridge that log the same account in. @module */

import { delay } from "@std/async";
import { createBridge } from "../../bridge/mod.ts";
import { addDemo, createServer } from "../../lib/server/mod.ts";
import { BridgeClient } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { stopwatch } from "../support/process_figures.ts";

const TOKEN = "a-token-of-the-tests";

/** An instance, and a client of it. */
function startInstance(endpoint: string) {
  const errors: string[] = [];
  const bridge = createBridge({
    accounts: [{ uin: "10001", password: "demo" }],
    endpoint,
    token: TOKEN,
    signals: false,
    onError: (error) => errors.push((error as Error).message),
  });
  const listening = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    bridge.fetch,
  );
  bridge.start();
  const client = new BridgeClient({
    url: `ws://127.0.0.1:${listening.addr.port}/ws`,
    token: TOKEN,
  });
  const texts: string[] = [];
  const reasons: string[] = [];
  const reading = (async () => {
    for await (const frame of client) {
      if (frame.type !== "event") continue;
      if (frame.event === "message") texts.push(frame.data.text);
      if (frame.event === "account.state") {
        reasons.push(`${frame.data.state}: ${frame.data.reason}`);
      }
    }
  })();
  return {
    errors,
    texts,
    reasons,
    state: async () => (await client.accounts()).accounts[0]!.state,
    async [Symbol.asyncDispose]() {
      await client.close();
      await reading;
      await bridge.stop();
      await listening.shutdown();
    },
  };
}

async function until(fits: () => boolean | Promise<boolean>, withinMs: number) {
  for (const elapsed = stopwatch(); !await fits();) {
    assert(elapsed() < withinMs, "not in time");
    await delay(20);
  }
}

Deno.test("createBridge: of two instances the later one polls within 5 s, the other says why it does not, and no message is missed", async () => {
  const server = createServer({ sendGapMs: 0 });
  await addDemo(server);
  const { port } = server.listen({ hostname: "127.0.0.1", port: 0 });
  const endpoint = `http://127.0.0.1:${port}/`;
  const send = (text: string) =>
    server.deliver("10001", { type: "message", from: "10002", text });
  try {
    await using first = startInstance(endpoint);
    await until(async () => await first.state() === "online", 5000);
    await send("before");
    await until(() => first.texts.length === 1, 5000);
    await using second = startInstance(endpoint);
    await until(
      async () =>
        await second.state() === "online" && await first.state() === "replaced",
      5000,
    );
    const sent = Array.from({ length: 12 }, (_, n) => String(n));
    for (const text of sent) await send(text);
    await until(() => second.texts.length === 12, 5000);
    assertEquals(second.texts, sent);
    assertEquals(first.texts, ["before"]);
    assertEquals(
      first.reasons.at(-1),
      "replaced: another bridge polls this account",
    );
    assertEquals(first.errors, [
      "Cannot poll account 10001: another bridge polls this account. Stop the other bridge, then use the command login.",
    ]);
    assertEquals(second.errors, []);
  } finally {
    await server.close();
  }
});

/** Runs `deno serve --parallel` with two threads, each with a bridge of account 10001. */
async function serveParallel(endpoint: string) {
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  const module = new URL("../../bridge/mod.ts", import.meta.url).href;
  await Deno.writeTextFile(
    script,
    `import { createBridge } from ${JSON.stringify(module)};
const bridge = createBridge({
  accounts: [{ uin: "10001", password: "demo" }],
  endpoint: ${JSON.stringify(endpoint)},
  token: "${TOKEN}",
});
bridge.start();
export default { fetch: bridge.fetch };
`,
  );
  const args = ["--host=127.0.0.1", "--port=0", "--no-lock", "--no-check"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["serve", "--parallel", ...args, "--allow-net", script],
    env: { NO_COLOR: "1", DENO_JOBS: "2" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const reading = Promise.all([child.stdout, child.stderr].map(async (one) => {
    for await (const text of one.pipeThrough(new TextDecoderStream())) {
      output += text;
    }
  }));
  const urlIn = () => /http:\/\/[\d.]+:\d+/.exec(output)?.[0];
  await until(() => urlIn() !== undefined, 20_000);
  return {
    url: urlIn()!.replace("http", "ws"),
    output: () => output,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
      await reading;
      await Deno.remove(script);
    },
  };
}

Deno.test("createBridge: of two threads of deno serve --parallel one polls, the other says why it does not, and a client finds the first", async () => {
  const server = createServer({ sendGapMs: 0 });
  await addDemo(server);
  const { port } = server.listen({ hostname: "127.0.0.1", port: 0 });
  try {
    await using served = await serveParallel(`http://127.0.0.1:${port}/`);
    const reason = /Cannot poll account 10001: another bridge polls/g;
    await until(() => reason.test(served.output()), 20_000);
    await using client = new BridgeClient({
      url: `${served.url}/ws`,
      token: TOKEN,
      backoff: { minMs: 50, maxMs: 500 },
    });
    await until(async () => {
      const { accounts } = await client.accounts();
      return accounts[0]!.state === "online";
    }, 20_000);
    const sent = Array.from({ length: 12 }, (_, n) => String(n));
    for (const text of sent) {
      await server.deliver("10001", { type: "message", from: "10002", text });
    }
    const texts: string[] = [];
    for await (const frame of client) {
      if (frame.type !== "event" || frame.event !== "message") continue;
      texts.push(frame.data.text);
      if (texts.length === sent.length) break;
    }
    assertEquals(texts, sent);
    assertEquals(served.output().match(reason)?.length, 1);
  } finally {
    await server.close();
  }
});
