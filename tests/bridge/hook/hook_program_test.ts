/** The webhook of the real program: alerts, and events across a kill. @module */

import { delay } from "@std/async";
import { createHmac } from "node:crypto";
import { assert, assertEquals } from "@std/assert";
import { OldClient } from "../../support/old_client.ts";
import { Program, serveArgs } from "../../support/program.ts";
import { HookReceiver, type Posted } from "./hook_receiver.ts";

const ENV = {
  TQQ_HOOK_SECRET: "sign",
  TQQ_TOKEN: "a-token-of-this-test",
  TQQ_OUTBOX_GAP_MS: "0",
};

/** Longest time between a change of state and its alert, in milliseconds. */
const ALERT_MS = 5000;

/** A receiver that notes how late each alert is. */
function alerts(receiver: HookReceiver) {
  const late: number[] = [];
  receiver.answer = ({ frame }) => {
    if (frame.at !== undefined) late.push(Date.now() - Date.parse(frame.at));
    return 204;
  };
  const until = async (state: string): Promise<Posted["frame"]> => {
    const isIt = ({ frame }: Posted) => frame.data?.state === state;
    await receiver.until(() => receiver.frames.some(isIt));
    const found = receiver.frames.find(isIt)!.frame;
    receiver.posted.length = 0;
    return found;
  };
  return { late, until };
}

Deno.test("hook: an account that is logged in elsewhere is an alert, and again when it is back", async () => {
  const folder = await Deno.makeTempDir();
  await using receiver = new HookReceiver();
  const { late, until } = alerts(receiver);
  try {
    await using program = new Program({
      args: serveArgs(
        `${folder}/data`,
        `--hook=10001=${receiver.url}`,
        "--hook-events=account",
      ),
      env: ENV,
    });
    const { http, qq } = await program.ready();
    await until("online");
    await new OldClient(qq!, "10001").login("demo");
    const { account, event, data } = await until("replaced");
    assertEquals([account, event], ["10001", "account.state"]);
    assert(data.reason !== undefined && data.action !== undefined);
    await fetch(`${http}/api/login`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${ENV.TQQ_TOKEN}`,
        "content-type": "application/json",
      },
      body: '{"account":"10001"}',
    }).then((response) => response.body?.cancel());
    await until("online");
    assert(late.every((ms) => ms < ALERT_MS), `late: ${late}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("hook: an account whose QQ server ends is an alert, and again when it is back; each is signed", async () => {
  const folder = await Deno.makeTempDir();
  await using receiver = new HookReceiver();
  const { late, until } = alerts(receiver);
  const startServer = (listen: string) =>
    new Program({
      args: [
        "qq-server",
        `--qq-listen=${listen}`,
        `--data=${folder}/qq`,
        "--log-format=json",
      ],
    });
  try {
    const first = startServer("127.0.0.1:0");
    const { qq } = await first.ready();
    await using bridge = new Program({
      args: serveArgs(
        `${folder}/bridge`,
        `--upstream=http://${qq}/`,
        `--hook=${receiver.url}`,
        "--hook-events=account",
      ).filter((arg) => !arg.startsWith("--qq-listen")),
      env: ENV,
    });
    const { http } = await bridge.ready();
    await fetch(`${http}/api/addAccount`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${ENV.TQQ_TOKEN}`,
        "content-type": "application/json",
      },
      body: '{"uin":"10001","password":"demo"}',
    }).then((response) => response.body?.cancel());
    await until("online");
    first.kill("SIGKILL");
    await first.output();
    const { data } = await until("offline");
    assert(data.reason !== undefined);
    await using _second = startServer(qq!);
    const isOnline = ({ frame }: Posted) => frame.data?.state === "online";
    await receiver.until(() => receiver.frames.some(isOnline));
    const { headers, text } = receiver.frames.find(isOnline)!;
    const signed = `${headers.get("tqq-timestamp")}.${text}`;
    assertEquals(
      headers.get("tqq-signature"),
      `sha256=${createHmac("sha256", "sign").update(signed).digest("hex")}`,
    );
    assert(late.every((ms) => ms < ALERT_MS), `late: ${late}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("hook: an event that was not taken comes after kill -9, and none is missing", async () => {
  const folder = await Deno.makeTempDir();
  await using receiver = new HookReceiver();
  const args = serveArgs(
    `${folder}/data`,
    `--hook=10001=${receiver.url}`,
    "--hook-events=message",
    "--qq-send-gap-ms=0",
  );
  const send = async (http: string, text: string) => {
    for (;;) {
      const response = await fetch(`${http}/api/send`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${ENV.TQQ_TOKEN}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ account: "10001", to: "10000", text }),
      });
      await response.body?.cancel();
      if (response.ok) return;
      await delay(20);
    }
  };
  const texts = () =>
    receiver.frames.filter(({ frame }) => frame.event === "message")
      .map(({ frame }) => frame.data.text);
  try {
    receiver.answer = ({ frame }) => frame.type === "ping" ? 204 : 503;
    {
      await using first = new Program({ args, env: ENV });
      const { http } = await first.ready();
      for (const text of ["a", "b", "c"]) await send(http!, text);
      await receiver.until(() => receiver.frames.length > 0);
      first.kill("SIGKILL");
      await first.output();
    }
    assertEquals(new Set(receiver.seqs).size, 1);
    receiver.posted.length = 0;
    receiver.answer = () => 204;
    await using second = new Program({ args, env: ENV });
    await second.ready();
    await receiver.until(() => texts().length >= 3);
    assertEquals(texts(), ["a", "b", "c"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
