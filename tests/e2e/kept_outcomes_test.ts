/** What was done once is not done again, and what was answered stays so, through a kill -9 of the real program. @module */

import { delay } from "@std/async";
import { BridgeClient, QqClient } from "../../mod.ts";
import { assertEquals } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";

const TOKEN = "the-administrators-token";

/** Does something twice on one data folder, with a kill -9 in between. */
async function twiceWithKill(
  start: (folder: string) => Program,
  act: (
    ready: Awaited<ReturnType<Program["ready"]>>,
    life: 1 | 2,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const life of [1, 2] as const) {
      await using program = start(folder);
      await act(await program.ready(), life);
      program.kill("SIGKILL");
      await program.output();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("idempotency: a repeated key gets its first outcome after a kill -9", async () => {
  const seqs: number[] = [];
  await twiceWithKill(
    (folder) =>
      new Program({
        args: serveArgs(folder, "--qq-send-gap-ms=0"),
        env: { TQQ_TOKEN: TOKEN },
      }),
    async ({ http }, life) => {
      await using client = new BridgeClient({
        url: `${http!.replace("http", "ws")}/ws`,
        token: TOKEN,
      });
      const online = async () =>
        (await client.accounts()).accounts.every(({ state }) =>
          state === "online"
        );
      while (!await online()) {
        await delay(50);
      }
      const { seq } = await client.send("10001", "10000", "once", {
        key: "k",
      });
      seqs.push(seq);
      const { events } = await client.history("10001", { with: "10000" });
      const sent = events.filter((frame) =>
        frame.event === "message.sent" && frame.data.text === "once"
      );
      assertEquals(sent.map(({ seq }) => seq), [seq]);
      // The robot answers at a later start as at the first.
      const answered = client.send("10001", "10000", `life ${life}`);
      for await (const frame of client) {
        if (frame.type !== "event" || frame.event !== "message") continue;
        if (frame.data.text === `life ${life}`) break;
      }
      await answered;
    },
  );
  assertEquals(seqs, [seqs[0]!, seqs[0]!]);
});

Deno.test("embedded server: keeps keys, friend lists and unread mail after a kill -9", async () => {
  await twiceWithKill(
    (folder) =>
      new Program({
        args: [
          "qq-server",
          "--qq-listen=127.0.0.1:0",
          `--data=${folder}`,
          "--log-format=json",
        ],
      }),
    async ({ qq }, life) => {
      const clientOf = async (uin: string) => {
        const client = new QqClient({
          uin,
          password: "demo",
          endpoint: `http://${qq}/`,
        });
        await client.login();
        return client;
      };
      await using sender = await clientOf("10001");
      await sender.send("10002", "once", { key: "k", seq: "4711" });
      if (life === 1) await sender.removeFriend("10000");
      assertEquals(await sender.friends(), ["10002"]);
      if (life === 1) return;
      await using reader = await clientOf("10002");
      const texts = (await reader.fetchMail()).flatMap((item) =>
        item.type === "message" ? [item.text] : []
      );
      assertEquals(texts, ["once"]);
    },
  );
});
