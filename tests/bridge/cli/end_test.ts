/** The end of the program, with clients of every kind. @module */

import { delay } from "@std/async";
import type { EventFrame } from "../../../mod.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { EventReader } from "../../support/event_reader.ts";
import { OldClient } from "../../support/old_client.ts";
import { stopwatch } from "../../support/process_figures.ts";
import { Program, serveArgs } from "../../support/program.ts";
import { RawSocket } from "../../support/raw_socket.ts";

const TOKEN = "the-administrators-token";

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal}: all clients are closed with a reason, one that does not read is cut, exit 0 within 10 s`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await using program = new Program({
        args: serveArgs(folder),
        env: { TQQ_TOKEN: TOKEN },
      });
      const { http, qq } = await program.ready();
      const port = Number(new URL(http!).port);
      const query = `?access_token=${TOKEN}`;
      using reader = await RawSocket.open(port, `/ws${query}`);
      await reader.json();
      using _still = await RawSocket.open(port, `/ws${query}`);
      using _unknown = await RawSocket.open(port, "/ws");
      using half = await RawSocket.connect(port);
      await half.write("POST /api/send HTTP/1.1\r\nHost:");
      using body = await RawSocket.connect(port);
      await body.write(
        `POST /api/ping HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Length: 9\r\n\r\n{`,
      );
      using old = await RawSocket.connect(Number(qq!.split(":").at(-1)));
      await old.write("POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nVER=1.1");
      const stream = new EventReader(await fetch(`${http}/events${query}`));
      await stream.next();
      const idle = await fetch(`${http}/healthz`);
      await idle.text();

      const elapsed = stopwatch(program.pid);
      const looks = setInterval(elapsed, 50);
      program.kill(signal);
      const read = (async () => {
        while (await stream.next() !== undefined);
      })();
      assertEquals(await reader.closeCode(), 1012);
      await read;
      const { code, stderr } = await program.output();
      clearInterval(looks);
      assertEquals(code, 0);
      assert(elapsed() < 10_000);
      assertStringIncludes(stderr, '"message":"Ended"');
      assert(!/"level":"error"/.test(stderr), stderr);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("a message that is on its way when the end comes is found at the next start", async () => {
  const folder = await Deno.makeTempDir();
  const start = () =>
    new Program({
      args: serveArgs(folder, "--qq-send-gap-ms=0"),
      env: { TQQ_TOKEN: TOKEN },
    });
  try {
    {
      await using program = start();
      const { qq } = await program.ready();
      const robot = new OldClient(qq!, "10000");
      await robot.login("demo");
      for (let n = 0; n < 20; n++) {
        await robot.ask("CLTMSG", `UN=10001&MG=message ${n}`);
      }
      program.kill("SIGTERM");
      assertEquals((await program.output()).code, 0);
    }
    await using program = start();
    const { http } = await program.ready();
    for (let texts: string[] = []; texts.length < 20;) {
      const response = await fetch(`${http}/api/history`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${TOKEN}`,
          "content-type": "application/json",
        },
        body: '{"account":"10001","with":"10000"}',
      });
      const { events } = await response.json();
      texts = (events as EventFrame[]).flatMap((frame) =>
        frame.event === "message" ? [frame.data.text] : []
      );
      assertEquals(texts, texts.map((_, n) => `message ${n}`));
      // Not more in a minute than a token may.
      await delay(600);
    }
    program.kill("SIGTERM");
    assertEquals((await program.output()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
