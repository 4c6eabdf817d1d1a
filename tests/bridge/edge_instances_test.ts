/** Two instances of an edge bridge that log the same account in. @module */

import { delay } from "@std/async";
import { createBridge } from "../../bridge/mod.ts";
import { addDemo, createServer } from "../../lib/server/mod.ts";
import { BridgeClient } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";

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
  for (const from = performance.now(); !await fits();) {
    assert(performance.now() - from < withinMs, "not in time");
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
