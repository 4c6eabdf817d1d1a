/** A program whose database another process has locked. @module */

import { delay } from "@std/async";
import { DatabaseSync } from "node:sqlite";
import { BridgeClient, QqClient } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { inTemporaryFolder } from "../../support/folder_copies.ts";
import { stopwatch } from "../../support/process_figures.ts";
import { Program, serveArgs } from "../../support/program.ts";

const TOKEN = "token-of-the-locked-test-administrator";
const HELD_MS = 3500;

const sleepMs = (ms: number) => delay(ms);

Deno.test("a journal that another process has locked holds no request up, and the message arrives afterwards", () =>
  inTemporaryFolder(async (path) => {
    await using program = new Program({
      args: serveArgs(`${path}/data`),
      env: { TQQ_TOKEN: TOKEN },
    });
    const { http, qq } = await program.ready();
    const post = async (command: string, body: object) => {
      const response = await fetch(`${http}/api/${command}`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${TOKEN}`,
          "content-type": "application/json",
        },
        body: JSON.stringify(body),
      });
      assertEquals(response.status, 200, await response.text());
    };
    await post("addAccount", {
      uin: "20001",
      password: "x",
      policy: "anybody",
    });
    await post("logout", { account: "20001" });
    await using sender = new QqClient({
      uin: "20001",
      password: "x",
      endpoint: `http://${qq}/`,
    });
    await sender.login();
    await using client = new BridgeClient({
      url: `${http!.replace("http", "ws")}/ws`,
      token: TOKEN,
    });
    const arrived = (async () => {
      for await (const frame of client) {
        if (frame.type === "event" && frame.event.startsWith("message")) {
          return (frame.data as { text: string }).text;
        }
      }
      return undefined;
    })();
    await client.ping();
    let slowestMs = 0;
    {
      using other = new DatabaseSync(`${path}/data/journal.db`);
      other.exec("BEGIN IMMEDIATE");
      const from = performance.now();
      const sent = sender.send("10001", "hello");
      while (performance.now() - from < HELD_MS) {
        const elapsed = stopwatch(program.pid);
        await (await fetch(`${http}/healthz`)).text();
        slowestMs = Math.max(slowestMs, elapsed());
        await sleepMs(50);
      }
      await sent;
      other.exec("ROLLBACK");
    }
    assert(slowestMs < 500, `${Math.round(slowestMs)} ms`);
    assertEquals(await arrived, "hello");
  }));
