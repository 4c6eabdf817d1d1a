import { delay } from "@std/async";
import { qqServer } from "../../../bridge/cli/commands/qq_server.ts";
import { systemSources, systemTerminal } from "../../../bridge/cli/terminal.ts";
import { md5Hex } from "../../../mod.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RawClient, reply, request } from "../../lib/server/raw_client.ts";
import { Program } from "../../support/program.ts";

const LOGIN = `PS=${md5Hex("demo")}&M5=1&LC=9326B87B234E7235`;
const FREE = ["--qq-listen=127.0.0.1:0", "--log-format=json"];

function start(...args: string[]): Program {
  return new Program({ args: ["qq-server", ...FREE, ...args] });
}

/** A client of 2005 that logs an account in. */
async function clientOf(program: Program, uin: string): Promise<RawClient> {
  const { qq } = await program.ready();
  const client = await RawClient.to(
    Number(/^127\.0\.0\.1:(\d+)$/.exec(qq!)![1]),
  );
  const says = await said(client, `CMD=Login&SEQ=1&UIN=${uin}&${LOGIN}`);
  assertEquals(says, "RES=0&RS=0&HI=60&LI=300");
  return client;
}

/** What a client is answered, from RES on. */
async function said(client: RawClient, fields: string): Promise<string> {
  await client.send(request(`VER=1.1&${fields}`, { line: "POST  HTTP/1.1" }));
  let head = "";
  while (!head.endsWith("\r\n\r\n") && !client.ended) {
    head += await client.take(1);
  }
  const length = Number(/Content-Length: (\d+)/.exec(head)?.[1]);
  const body = await client.take(length);
  assertEquals(head + body, reply(body));
  return body.slice(body.indexOf("RES="));
}

Deno.test("qq-server: says that it is ready, serves a client of 2005, and ends with 0", async () => {
  await using program = start("--memory");
  const ready = await program.ready();
  assertEquals(Object.keys(ready), ["event", "qq", "qqListen"]);
  using client = await clientOf(program, "10001");
  assertEquals(
    await said(client, "CMD=CLTMSG&SEQ=2&UIN=10001&UN=10000&MG=你好"),
    "RES=0&",
  );
  assertEquals(
    await said(client, "CMD=GetMsgEx&SEQ=3&UIN=10001"),
    "RES=0&MN=1&MT=9,&UN=10000,&MG=你好 ,",
  );
  program.kill("SIGTERM");
  assertEquals(await client.rest(), "");
  await client.closed();
  const { code, stdout, stderr } = await program.output();
  assertEquals([code, stdout], [0, `${JSON.stringify(ready)}\n`]);
  assertStringIncludes(stderr, '"message":"Ended","signal":"SIGTERM"');
});

Deno.test("qq-server: a message answered with RES=0 survives kill -9", async () => {
  const data = await Deno.makeTempDir();
  try {
    {
      await using program = start(`--data=${data}`);
      using client = await clientOf(program, "10001");
      assertEquals(
        await said(client, "CMD=CLTMSG&SEQ=2&UIN=10001&UN=10002&MG=on disk"),
        "RES=0&",
      );
      program.kill("SIGKILL");
      await client.closed();
      await program.output();
    }
    await using program = start(`--data=${data}`);
    using client = await clientOf(program, "10002");
    assertEquals(
      await said(client, "CMD=GetMsgEx&SEQ=2&UIN=10002"),
      "RES=0&MN=1&MT=9,&UN=10001,&MG=on disk ,",
    );
    await client.closed();
    // A second program names the holder of the folder; "account" goes through the holder.
    await using second = start(`--data=${data}`);
    const { code, stderr } = await second.output();
    assertEquals(code, 2);
    assertMatch(stderr, /^tqq: Cannot use the data folder .*"qq-server"/);
    await using account = new Program({
      args: ["account", "add", "10003", `--data=${data}`, "--password-stdin"],
      stdin: "demo\n",
    });
    assertStringIncludes(
      (await account.output()).stdout,
      "Account 10003 is added.",
    );
    using added = await clientOf(program, "10003");
    await added.closed();
    program.kill("SIGINT");
    assertEquals((await program.output()).code, 0);
  } finally {
    await Deno.remove(data, { recursive: true });
  }
});

/** Arguments, and the one line that says what is invalid. */
const REFUSED: [name: string, args: string[], line: RegExp][] = [
  [
    "an address that other hosts reach, with the demo accounts",
    ["--memory", "--qq-listen=0.0.0.0:0"],
    /^tqq: Cannot use --qq-listen: must be on loopback while accounts have the password demo, got 0\.0\.0\.0:0 and 10000, 10001, 10002, 10010, 10020 \(/,
  ],
  [
    "no listener",
    ["--qq-listen=off"],
    /^tqq: Cannot use --qq-listen: must be HOST:PORT for qq-server, got off\n$/,
  ],
  [
    "a flag of serve",
    ["--memory", "--listen=127.0.0.1:0"],
    /^tqq: Cannot use --listen: there is no such flag; /,
  ],
];

for (const [name, args, line] of REFUSED) {
  Deno.test(`qq-server refuses: ${name}`, async () => {
    await using program = new Program({ args: ["qq-server", ...args] });
    const { code, stdout, stderr } = await program.output();
    assertEquals([code, stdout], [2, ""]);
    assertMatch(stderr, line);
    assertEquals(stderr.trimEnd().split("\n").length, 1);
  });
}

Deno.test("qq-server refuses a port that is taken, and serves others without the demo", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const where = `--qq-listen=127.0.0.1:${taken.addr.port}`;
  await using refused = new Program({ args: ["qq-server", "--memory", where] });
  await using open = new Program({
    args: [
      "qq-server",
      "--memory",
      "--no-demo",
      "--qq-listen=0.0.0.0:0",
      "--log-format=json",
    ],
  });
  const { code, stderr } = await refused.output();
  taken.close();
  assertEquals(code, 2);
  assertMatch(stderr, /^tqq: Cannot use --qq-listen: .* which is in use/);
  assertMatch((await open.ready()).qq!, /^0\.0\.0\.0:\d+$/);
  open.kill("SIGTERM");
  assertEquals((await open.output()).code, 0);
});

Deno.test("qq-server: what the first start says in text", async () => {
  const lines: string[] = [];
  const args = ["--memory", "--qq-listen=127.0.0.1:0", "--log-level=error"];
  const ended = qqServer(args, {
    ...systemTerminal,
    out: (line) => lines.push(line),
    sources: (args) => ({ ...systemSources(args), env: () => undefined }),
  });
  while (!lines.some((line) => line.includes("curl"))) {
    await delay(1);
  }
  Deno.kill(Deno.pid, "SIGTERM");
  assertEquals(await ended, 0);
  assertMatch(
    lines[0]!,
    /^tqq qq-server is ready: 127\.0\.0\.1:\d+ for clients of 2005$/,
  );
  assertStringIncludes(lines[1]!, "10001 and 10002, friends, password demo");
  assertEquals(await qqServer(["--help"], systemTerminal), { asked: "help" });
});

Deno.test("qq-server: --qq-listen with two addresses listens on both, and names them in their order", async () => {
  const args = ["--qq-listen=127.0.0.1:0", "--qq-listen=127.0.0.1:0,[::1]:0"];
  await using program = new Program({
    args: ["qq-server", "--memory", "--log-format=json", ...args],
  });
  const { qq, qqListen } = await program.ready() as {
    qq?: string;
    qqListen?: string[];
  };
  assertEquals([qqListen!.length, qqListen![0]], [3, qq]);
  for (const address of qqListen!) {
    const response = await fetch(`http://${address}/`, {
      method: "POST",
      body: "VER=1.4&CMD=Logout&SEQ=1&UIN=10001",
    });
    assertEquals(
      await response.text(),
      "VER=1.4&CMD=LOGOUT&SEQ=1&UIN=10001&RES=0\r\n",
    );
  }
});
