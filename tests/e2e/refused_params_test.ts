/** Parameters that no command may have, refused whichever way they come. @module */

import { delay } from "@std/async";
import { BridgeClient, BridgeError } from "../../mod.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";

const TOKEN = "the-administrators-token";

/** Sends JSON; returns the status and the body. */
async function post(
  url: string,
  body: object,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "authorization": `Bearer ${TOKEN}`,
      "content-type": "application/json",
      "satori-platform": "qq",
      "satori-user-id": "10001",
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

Deno.test("commands: answer bad_params and name the field for fields that the bridge sets and for text that is not Unicode", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, "--qq-send-gap-ms=0"),
      env: { TQQ_TOKEN: TOKEN, TQQ_OUTBOX_GAP_MS: "0" },
    });
    const { http } = await program.ready();
    await using client = new BridgeClient({
      url: `${http!.replace("http", "ws")}/ws`,
      token: TOKEN,
    });
    for (;;) {
      const { accounts } = await client.accounts();
      if (accounts.every(({ state }) => state === "online")) break;
      await delay(50);
    }
    const code = (done: Promise<unknown>) =>
      done.then(() => "done", (error) => {
        if (!(error instanceof BridgeError)) throw error;
        return `${error.code}: ${error.message}`;
      });

    for (const name of ["VER", "cmd", "Seq", "uIN"]) {
      const fields = { UN: "10002", [name]: "1" };
      const { status, body } = await post(`${http}/api/raw`, {
        account: "10001",
        cmd: "GetInfo",
        fields,
      });
      assertEquals([status, body["code"]], [400, "bad_params"]);
      assertStringIncludes(String(body["detail"]), `fields.${name} `);
      const framed = await code(client.raw("10001", "GetInfo", fields));
      assertStringIncludes(framed, `fields.${name} `);
      assertStringIncludes(framed, "bad_params");
    }

    for (const lone of ["\ud800", "a\udc00b", "\udc00\ud800"]) {
      const requests = [
        { to: "10002", text: lone },
        { to: "10002", text: "fine", key: `k${lone}` },
      ];
      for (const [index, request] of requests.entries()) {
        const field = index === 0 ? "text" : "key";
        const { status, body } = await post(`${http}/api/send`, {
          account: "10001",
          ...request,
        });
        assertEquals([status, body["code"]], [400, "bad_params"]);
        assertStringIncludes(String(body["detail"]), `${field} must be`);
        const { to, text, ...options } = request;
        const framed = await code(client.send("10001", to, text, options));
        assertStringIncludes(framed, `${field} must be`);
        assertStringIncludes(framed, "bad_params");
      }
      const onebot = await post(`${http}/onebot/v11/10001/send_private_msg`, {
        user_id: 10002,
        message: [{ type: "text", data: { text: lone } }],
      });
      assertEquals(onebot.body["retcode"], 10003);
      const satori = await post(`${http}/satori/v1/message.create`, {
        channel_id: "private:10002",
        content: lone,
      });
      assertEquals(satori.status, 400);
    }

    const astral = "😀 𠮷";
    const options = { key: `key ${astral}` };
    const { seq } = await client.send("10001", "10002", astral, options);
    const again = await client.send("10001", "10002", astral, options);
    assertEquals(again.seq, seq);
    const { events } = await client.history("10001", { with: "10002" });
    assertEquals(
      events.flatMap(({ event, data }) =>
        event === "message.sent" && "text" in data ? [data.text] : []
      ),
      [astral],
    );
    program.kill("SIGTERM");
    assertEquals((await program.output()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
