/** A token with a consumer of its own, for clients that cannot name one: the program in a process of its own. @module */

import { assertEquals } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { runMain } from "../support/run_main.ts";

const ADMINISTRATOR = "administrators-token-of-this-test";

async function withProgram(
  folder: string,
  use: (http: string) => Promise<void>,
): Promise<void> {
  await using program = new Program({
    args: serveArgs(folder, "--qq-send-gap-ms=0"),
    env: { TQQ_TOKEN: ADMINISTRATOR, TQQ_OUTBOX_GAP_MS: "0" },
  });
  await use((await program.ready()).http!);
  program.kill("SIGTERM");
  await program.output();
}

// deno-lint-ignore no-explicit-any
async function post(http: string, name: string, params: object): Promise<any> {
  const response = await fetch(`${http}/api/${name}`, {
    method: "POST",
    body: JSON.stringify(params),
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${ADMINISTRATOR}`,
    },
  });
  return await response.json();
}

function open(http: string, path: string, token: string): Promise<RawSocket> {
  const { port } = new URL(http);
  return RawSocket.open(Number(port), `${path}access_token=${token}`);
}

/** Sends to 10001; the last one is awaited as an event. */
async function say(http: string, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const params = { account: "10002", to: "10001", text };
    const { seq } = await post(http, "send", params);
    assertEquals(typeof seq, "number");
  }
}

/** The texts of messages that a OneBot socket gets next. */
async function messages(socket: RawSocket, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) {
    const event = await socket.json();
    if (event.post_type === "message") texts.push(event.raw_message);
  }
  return texts;
}

Deno.test("bound consumer: OneBot's /event uses it, /api does not, and a restart repeats and loses nothing", async () => {
  const folder = await Deno.makeTempDir();
  try {
    let token = "";
    await withProgram(folder, async (http) => {
      const added = await runMain([
        "token",
        "add",
        "bot",
        "--consumer=main",
        "--accounts=10001",
        `--data=${folder}`,
      ]);
      token = added.out[0]!;
      using event = await open(http, "/onebot/v11/event?", token);
      using _api = await open(http, "/onebot/v11/api?", token);
      assertEquals((await event.json()).meta_event_type, "lifecycle");
      await say(http, ["before"]);
      assertEquals(await messages(event, 1), ["before"]);
      const { consumers } = await post(http, "consumers", { token: "bot" });
      assertEquals(
        consumers.map((one: { name: string; kind: string }) => [
          one.name,
          one.kind,
        ]),
        [["main", "onebot"]],
      );
      const { tokens } = await post(http, "tokens", {});
      const bot = tokens.find(({ name }: { name: string }) => name === "bot");
      assertEquals([bot.consumer, bot.createdBy], ["main", "local"]);
    });
    await withProgram(folder, async (http) => {
      await say(http, ["one", "two", "three"]);
      using api = await open(http, "/onebot/v11/api?", token);
      using event = await open(http, "/onebot/v11/event?", token);
      const texts = await messages(event, 3);
      // One that was sent and not confirmed before the stop may come again.
      const again = texts[0] === "before"
        ? [...texts.slice(1), ...await messages(event, 1)]
        : texts;
      assertEquals(again, ["one", "two", "three"]);
      await api.send({ action: "get_status", echo: 1 });
      assertEquals((await api.json()).echo, 1);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("bound consumer: /ws uses it unless the client names one", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await withProgram(folder, async (http) => {
      const { token } = await post(http, "createToken", {
        name: "bot",
        consumer: "main",
      });
      const path = "/ws?accounts=10001&events=message&";
      {
        using socket = await open(http, path, token);
        assertEquals((await socket.json()).type, "welcome");
        await say(http, ["one", "two"]);
        const { seq } = await socket.json();
        await socket.send({ type: "ack", seq });
        await socket.send({
          type: "command",
          id: 1,
          command: "ping",
          params: {},
        });
        while ((await socket.json()).type !== "result");
      }
      using again = await open(http, path, token);
      assertEquals((await again.json()).type, "welcome");
      assertEquals((await again.json()).data.text, "two");
      using named = await open(http, `${path}consumer=other&`, token);
      assertEquals((await named.json()).type, "welcome");
      const { consumers } = await post(http, "consumers", {});
      assertEquals(
        consumers.map(({ name }: { name: string }) => name).sort(),
        ["main", "other"],
      );
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
