/** From a client of 2005 to a WebSocket and back, through the program as people start it. @module */

import { decodeReply, type MailItem } from "../../mod.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { OldClient } from "../support/old_client.ts";
import { PERMISSIONS, Program, serveArgs } from "../support/program.ts";
import { RawSocket } from "../support/raw_socket.ts";

const TOKEN = "the-administrators-token";

type Frame = Awaited<ReturnType<RawSocket["json"]>>;

/** Reads frames until one fits. */
async function first(
  socket: RawSocket,
  fits: (frame: Frame) => boolean,
): Promise<Frame> {
  for (;;) {
    const frame = await socket.json();
    if (fits(frame)) return frame;
  }
}

Deno.test("program: delivers a message of an old client as an event, and the reply back", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, "--qq-send-gap-ms=0"),
      env: { TQQ_TOKEN: TOKEN },
    });
    const { http, qq } = await program.ready();
    const added = new Program({
      args: [
        "account",
        "add",
        "10003",
        "--nickname=老王",
        "--policy=anybody",
        "--no-bridge",
        "--password-stdin",
        `--data=${folder}`,
      ],
      stdin: "a password of his own\n",
    });
    assertEquals((await added.output()).code, 0);

    using socket = await RawSocket.open(
      Number(new URL(http!).port),
      `/ws?access_token=${TOKEN}&accounts=10001`,
    );
    const welcome = await socket.json();
    assertEquals([welcome.type, welcome.accounts.length], ["welcome", 1]);
    if (welcome.accounts[0].state !== "online") {
      await first(
        socket,
        ({ event, data }) =>
          event === "account.state" && data.state === "online",
      );
    }
    await socket.send({
      type: "command",
      id: "add",
      account: "10001",
      command: "addFriend",
      params: { uin: "10003" },
    });
    const answer = await first(socket, ({ id }) => id === "add");
    assertEquals(answer.data, { answer: "added" });

    const old = new OldClient(qq!, "10003");
    assertMatch(
      await old.login("a password of his own"),
      /^VER=1\.1&CMD=Login&SEQ=1&UIN=10003&RES=0&RS=0&/,
    );
    assertMatch(await old.ask("CLTMSG", "UN=10001&MG=你好"), /&RES=0/);
    const event = await first(
      socket,
      ({ type, event }) => type === "event" && event === "message",
    );
    assertEquals(
      [event.account, event.data],
      ["10001", { from: "10003", text: "你好" }],
    );

    await socket.send({
      type: "command",
      id: "reply",
      account: "10001",
      command: "send",
      params: { to: "10003", text: "你也好 & 再见=100%" },
    });
    const sent = await first(socket, ({ id }) => id === "reply");
    assert(sent.ok && sent.data.seq > event.seq);
    const items: MailItem[] = [];
    const received = () => items.find(({ type }) => type === "message");
    while (received() === undefined) {
      const reply = decodeReply(await old.mail());
      assert(reply.cmd === "GetMsgEx" && "items" in reply);
      items.push(...reply.items);
    }
    assertEquals(received(), {
      type: "message",
      from: "10001",
      text: "你也好 & 再见=100%",
    });

    program.kill("SIGTERM");
    assertEquals(await socket.closeCode(), 1012);
    assertEquals((await program.output()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("program: a first start whose port is taken leaves the passwords and the token for the next start to print", async () => {
  const folder = await Deno.makeTempDir();
  try {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    for (const flag of ["--listen", "--qq-listen"]) {
      await using failing = new Program({
        args: serveArgs(folder, `${flag}=127.0.0.1:${taken.addr.port}`),
      });
      const { code, stderr } = await failing.output();
      assertEquals(code, 2);
      assertMatch(stderr, new RegExp(`^tqq: Cannot use ${flag}: `, "m"));
    }
    await using program = new Program({
      args: serveArgs(folder, "--log-format=text"),
    });
    const text = await program.said(/^ +deno task start send .*$/m);
    assertMatch(text, /^ +console +\S+\/#token=[\w-]{43}$/m);
    assertMatch(text, /^ +accounts +10001 and 10002, /m);
    program.kill("SIGINT");
    assertEquals((await program.output()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("program: the first start prints what is needed, and the command that it prints works", async () => {
  const folder = await Deno.makeTempDir();
  const args = serveArgs(folder, "--log-format=text", "--qq-send-gap-ms=0");
  try {
    await using program = new Program({ args });
    const text = await program.said(/^ +deno task start send .*$/m);
    const http = /^tqq is ready: (http:\S+)$/m.exec(text)![1]!;
    const ws = `${http.replace("http", "ws")}/ws`;
    const token = /^ +console +\S+\/#token=([\w-]{43})$/m.exec(text)![1]!;
    assert(text.includes(`  console     ${http}/#token=${token}\n`));
    assert(text.includes(`  WebSocket   ${ws}\n`));
    const [tail, send] = text.split("\n").flatMap((line) =>
      /^ {2}deno task start (.*)$/.exec(line)?.[1] ?? []
    ).map((line) => () =>
      // Without the task: a signal would end that, and not the program.
      Program.run([
        "sh",
        "-c",
        `exec "$@" ${line}`,
        "sh",
        Deno.execPath(),
        "run",
        ...PERMISSIONS,
        new URL("../../bridge/main.ts", import.meta.url).pathname,
      ])
    );
    await using shown = tail!();
    let isShown = false;
    const hello = shown.line((line) => line.includes("hello"))
      .then(() => isShown = true);
    // tail shows what comes from its start on, and says nothing before.
    while (!isShown) {
      await using sent = send!();
      assertEquals(await sent.end(), 0, sent.err.join("\n"));
    }
    await hello;
    program.kill("SIGINT");
    assertEquals((await program.output()).code, 0);

    await using byNpx = new Program({
      args: serveArgs(`${folder}/npx`, "--log-format=text"),
      env: { npm_command: "exec" },
    });
    await byNpx.said(/^ {2}npx -y deno@\d+\.\d+\.\d+ task start send .*$/m);
    byNpx.kill("SIGINT");
    assertEquals((await byNpx.output()).code, 0);

    await using everywhere = new Program({
      args: [
        "--memory",
        "--listen=0.0.0.0:0",
        "--qq-listen=off",
        "--behind-proxy",
        "--no-demo",
      ],
    });
    await everywhere.said(/^ +WebSocket +ws:\/\/localhost:\d+\/ws$/m);
    everywhere.kill("SIGINT");
    assertEquals((await everywhere.output()).code, 0);

    await using again = new Program({ args });
    const later = await again.said(/^ +token .*$/m);
    assert(!/#token=|Try it/.test(later), later);
    again.kill("SIGINT");
    assertEquals((await again.output()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
