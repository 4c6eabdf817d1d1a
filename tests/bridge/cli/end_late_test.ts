/** The end of the program while the QQ server hangs or an order is half sent, and signals that come twice. @module */

import { delay } from "@std/async";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Program, serveArgs } from "../../support/program.ts";
import { RawSocket } from "../../support/raw_socket.ts";
import { Relay } from "../../support/relay.ts";

const TOKEN = "the-administrators-token";
const QUERY = `?access_token=${TOKEN}`;

async function withFolder(use: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A QQ server with the demo accounts, a relay before it, and a bridge that logs in 10001 through the relay. */
async function startBehindRelay(folder: string) {
  const server = new Program({
    args: [
      "qq-server",
      "--qq-listen=127.0.0.1:0",
      `--data=${folder}/qq`,
      "--log-format=json",
    ],
  });
  const { qq } = await server.ready();
  const relay = new Relay(Number(qq!.split(":").at(-1)));
  const data = `${folder}/bridge`;
  const added = new Program({
    args: ["account", "add", "10001", "--password-stdin", `--data=${data}`],
    stdin: "demo\n",
  });
  assertEquals((await added.output()).code, 0);
  const bridge = new Program({
    args: serveArgs(
      data,
      `--upstream=http://127.0.0.1:${relay.port}/`,
      "--qq-listen=off",
    ),
    env: { TQQ_TOKEN: TOKEN },
  });
  const { http } = await bridge.ready();
  return {
    bridge,
    relay,
    data,
    port: Number(new URL(http!).port),
    async [Symbol.asyncDispose]() {
      await bridge[Symbol.asyncDispose]();
      relay[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Waits for a frame. */
async function until(
  socket: RawSocket,
  // deno-lint-ignore no-explicit-any
  fits: (frame: any) => boolean,
  // deno-lint-ignore no-explicit-any
): Promise<any> {
  for (;;) {
    const frame = await socket.json();
    if (fits(frame)) return frame;
  }
}

/** Ends a bridge by a signal while the QQ server has not answered a command. */
function endWhileServerHangs(signal: "SIGTERM" | "SIGHUP"): Promise<void> {
  return withFolder(async (folder) => {
    await using scene = await startBehindRelay(folder);
    const { bridge, relay, port, data } = scene;
    using socket = await RawSocket.open(port, `/ws${QUERY}`);
    await socket.json();
    using _still = await RawSocket.open(port, `/ws${QUERY}`);
    const accounts = { type: "command", command: "accounts" };
    for (let id = 1;; id++) {
      await socket.send({ ...accounts, id });
      const { data } = await until(socket, (frame) => frame.id === id);
      if (data.accounts[0].state === "online") break;
      await delay(50);
    }
    relay.hold();
    await socket.send({
      type: "command",
      id: "send",
      command: "send",
      account: "10001",
      key: "a key",
      params: { to: "10002", text: "hello" },
    });
    // The first message after a start waits for a gap of 1 s: it is under way then.
    await delay(1500);
    const from = performance.now();
    bridge.kill(signal);
    const result = await until(socket, (frame) => frame.id === "send");
    assertEquals(result.error.code, "outcome_unknown");
    assertEquals(await socket.closeCode(), 1012);
    const resultMs = performance.now() - from;
    assert(resultMs < 5000, `${signal}: answered after ${resultMs} ms`);
    const { code, stderr } = await bridge.output();
    assertEquals(code, 0, signal);
    const endMs = performance.now() - from;
    assert(endMs < 10_000, `${signal}: ended after ${endMs} ms`);
    assertStringIncludes(stderr, '"message":"Ended"', signal);
    assert(!/"level":"(error|warn)"/.test(stderr), stderr);
    const files = [...Deno.readDirSync(data)].map(({ name }) => name);
    assertEquals(files.filter((name) => name.endsWith("-wal")), []);
  });
}

Deno.test({
  name:
    "SIGTERM and SIGHUP while the QQ server hangs: the command under way is answered within 5 s, clients get 1012, exit 0 within 10 s, the journal is closed",
  ignore: Deno.build.os === "windows",
  // Both mostly wait.
  fn: async () => {
    await Promise.all([
      endWhileServerHangs("SIGTERM"),
      endWhileServerHangs("SIGHUP"),
    ]);
  },
});

Deno.test("SIGTERM while an order is half sent: exit 0 within 5 s", () =>
  withFolder(async (folder) => {
    await using program = new Program({ args: serveArgs(folder) });
    await program.ready();
    using order = await Deno.connect({
      path: `${folder}/control.sock`,
      transport: "unix",
    });
    await order.write(
      new TextEncoder().encode(
        "POST /control/listTokens HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
      ),
    );
    await delay(100);
    const from = performance.now();
    program.kill("SIGTERM");
    const { code, stderr } = await program.output();
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, '"message":"Ended"');
    assert(performance.now() - from < 5000);
  }));

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  Deno.test({
    name: `${signal} a second time, while the program ends: exit 1 at once`,
    ignore: Deno.build.os === "windows",
    fn: () =>
      withFolder(async (folder) => {
        await using scene = await startBehindRelay(folder);
        const { bridge, relay, port } = scene;
        using socket = await RawSocket.open(port, `/ws${QUERY}`);
        await socket.json();
        relay.hold();
        bridge.kill(signal);
        await delay(300);
        const from = performance.now();
        bridge.kill(signal);
        assertEquals((await bridge.output()).code, 1);
        assert(performance.now() - from < 1000);
      }),
  });
}

Deno.test({
  name: "a signal during the start ends the program",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      for (
        const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const
      ) {
        await using program = new Program({ args: serveArgs(folder) });
        // Before it listens for signals it ends as any process, afterwards in order.
        await delay(150);
        program.kill(signal);
        const { code: got } = await program.output();
        assert(got === code || got === 0, `${signal}: ${got}`);
      }
    }),
});

Deno.test({
  name: "tail ends with exit 0 at SIGHUP",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      await using program = new Program({ args: serveArgs(folder) });
      await program.ready();
      await using tail = new Program({
        args: ["tail", "--json", `--data=${folder}`, "--after=0:0"],
      });
      await tail.said(/./);
      tail.kill("SIGHUP");
      assertEquals((await tail.output()).code, 0);
    }),
});
