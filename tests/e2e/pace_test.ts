/** The pace of the QQ server, as callers of the real program see it. @module */

import { delay } from "@std/async";
import { assert, assertEquals } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";

const TOKEN = "the-administrators-token";

function sleepMs(ms: number): Promise<void> {
  return delay(ms);
}

interface Answer {
  status: number;
  code?: string;
  retriable?: boolean;
  retryAfterMs?: number;
  tookMs: number;
}

/** Does a command over HTTP. */
async function ask(
  http: string,
  command: string,
  body: object,
): Promise<Answer & { accounts?: { uin: string; state: string }[] }> {
  const from = performance.now();
  const response = await fetch(`${http}/api/${command}`, {
    method: "POST",
    headers: {
      "authorization": `Bearer ${TOKEN}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  const tookMs = performance.now() - from;
  return { ...answer, status: response.status, tookMs };
}

async function online(http: string): Promise<void> {
  for (;;) {
    const { accounts = [] } = await ask(http, "accounts", {});
    const state = accounts.find(({ uin }) => uin === "10001")?.state;
    if (state === "online") return;
    await sleepMs(20);
  }
}

function send(http: string, text: string): Promise<Answer> {
  return ask(http, "send", { account: "10001", to: "10002", text });
}

Deno.test("send: answers 429 penalised with a retry delay when the server penalises the account", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(
        folder,
        "--qq-penalty-ms=12000",
        // The server takes few at once, the bridge sends as many as it is asked.
        "--qq-send-gap-ms=5000",
      ),
      env: { TQQ_TOKEN: TOKEN, TQQ_OUTBOX_GAP_MS: "0" },
    });
    const { http } = await program.ready();
    await online(http!);
    const answers: Answer[] = [];
    // One more than the server takes at once.
    for (let nth = 0; nth < 6; nth++) {
      const answer = await send(http!, `message ${nth}`);
      answers.push(answer);
      if (answer.status !== 200) break;
    }
    const last = answers.at(-1)!;
    assertEquals(
      [last.status, last.code, last.retriable, last.retryAfterMs],
      [429, "penalised", true, 20_000],
    );
    assert(last.tookMs >= 11_500, `${last.tookMs} ms`);
    program.kill("SIGTERM");
    assertEquals((await program.output()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("send: waits for the send gap after a kill -9 and a start, so that the server does not penalise it", async () => {
  const folder = await Deno.makeTempDir();
  const gapMs = 3000;
  const start = (...args: string[]) =>
    new Program({
      args: [...args, "--log-format=json"],
      env: { TQQ_TOKEN: TOKEN, TQQ_OUTBOX_GAP_MS: String(gapMs) },
    });
  try {
    await using server = start(
      "qq-server",
      "--qq-listen=127.0.0.1:0",
      `--data=${folder}/qq`,
      "--qq-send-gap-ms=2500",
    );
    const { qq } = await server.ready();
    await using added = new Program({
      args: [
        "account",
        "add",
        "10001",
        "--password-stdin",
        `--data=${folder}/b`,
      ],
      stdin: "demo\n",
    });
    assertEquals((await added.output()).code, 0);
    const serve = () =>
      start(
        "serve",
        "--listen=127.0.0.1:0",
        `--upstream=http://${qq}/`,
        `--data=${folder}/b`,
        "--no-demo",
      );
    {
      await using first = serve();
      const { http } = await first.ready();
      await online(http!);
      assertEquals((await send(http!, "before")).status, 200);
      first.kill("SIGKILL");
      await first.output();
    }
    const startedAt = performance.now();
    await using second = serve();
    const { http } = await second.ready();
    await online(http!);
    assertEquals((await send(http!, "after")).status, 200);
    // The gap counts from the start of the program, which lies before it is ready.
    const tookMs = performance.now() - startedAt;
    assert(tookMs >= gapMs, `sent after ${tookMs} ms`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
