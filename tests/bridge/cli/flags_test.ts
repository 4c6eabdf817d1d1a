/** Flags that nothing else would miss: each does in the running program what it says. @module */

import { delay } from "@std/async";
import { addDemo, createServer } from "../../../lib/server/mod.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { EventReader } from "../../support/event_reader.ts";
import { OldClient } from "../../support/old_client.ts";
import { listeningPorts } from "../../support/process_figures.ts";
import { PERMISSIONS, Program, serveArgs } from "../../support/program.ts";
import { RawSocket, upgradeHead } from "../../support/raw_socket.ts";
import { runMain } from "../../support/run_main.ts";
import { TLS } from "../../support/tls.ts";

const TOKEN = "the-administrators-token";
const WS = `/ws?access_token=${TOKEN}`;

/** Runs a program with flags, and ends it well. */
async function during(
  flags: readonly string[],
  env: Record<string, string>,
  act: (program: { http: string; port: number; qq?: string }) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, ...flags),
      env: { TQQ_TOKEN: TOKEN, ...env },
    });
    const { http, qq } = await program.ready();
    await act({
      http: http!,
      port: Number(new URL(http!).port),
      ...(qq === undefined ? {} : { qq }),
    });
    program.kill("SIGTERM");
    assertEquals((await program.output()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The robot uses up its burst; how the next one is answered, and after how long. */
async function tooMany(qq: string): Promise<[reply: string, ms: number]> {
  const robot = new OldClient(qq, "10000");
  await robot.login("demo");
  for (let nth = 0; nth < 5; nth++) {
    assertMatch(await robot.ask("CLTMSG", "UN=10001&MG=one"), /&RES=0&$/);
  }
  const startedAt = performance.now();
  const reply = await robot.ask("CLTMSG", "UN=10001&MG=two");
  return [reply, performance.now() - startedAt];
}

Deno.test("flags: --qq-send-gap-ms and --qq-penalty-ms are the embedded server's patience", async () => {
  const flags = ["--qq-send-gap-ms=600000", "--qq-penalty-ms=300"];
  await during(flags, {}, async ({ qq }) => {
    const [reply, ms] = await tooMany(qq!);
    assertMatch(reply, /&RES=3$/);
    assert(ms >= 300 && ms < 15_000, `${ms} ms`);
  });
  await during(["--qq-send-gap-ms=0"], {}, async ({ qq }) => {
    assertMatch((await tooMany(qq!))[0], /&RES=0&$/);
  });
});

Deno.test("flags: the demo has two accounts that are logged in, --no-demo and --qq-listen=off have none", async () => {
  const accounts = async (http: string) => {
    const response = await fetch(`${http}/api/accounts`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const { accounts } = await response.json();
    return (accounts as { uin: string; state: string }[])
      .map(({ uin, state }) => `${uin} ${state}`);
  };
  await during([], {}, async ({ http }) => {
    for (
      let listed: string[] = [];
      listed.join() !== "10001 online,10002 online";
    ) {
      // Not more in a minute than a token may.
      await delay(600);
      listed = await accounts(http);
      assertEquals(listed.map((one) => one.split(" ")[0]), ["10001", "10002"]);
    }
  });
  await during(["--no-demo", "--qq-listen=off"], {}, async ({ http, qq }) => {
    assertEquals([await accounts(http), qq], [[], undefined]);
  });
});

Deno.test("flags: --retain-bytes drops the oldest events while the program runs", async () => {
  await during(["--retain-bytes=1"], {}, async ({ http, port }) => {
    using socket = await RawSocket.open(port, WS);
    const { epoch } = await socket.json();
    for (;;) {
      const response = await fetch(
        `${http}/events?access_token=${TOKEN}&after=${epoch}:0`,
      );
      const reader = new EventReader(response);
      const first = (await reader.take(2))
        .find(({ event }) => event !== undefined);
      await reader.cancel();
      if (first?.event === "gap") {
        return assertMatch(first.data!, /"from":1,.*"reason":"trimmed"/);
      }
      await delay(200);
    }
  });
});

Deno.test("flags: --behind-proxy distinguishes clients by the address that the proxy reports", async () => {
  const statusFrom = async (port: number, address: string) => {
    const socket = await RawSocket.connect(port);
    await socket.write(upgradeHead(port, WS, { "X-Forwarded-For": address }));
    return { socket, status: (await socket.head()).status };
  };
  const env = { TQQ_CONNECTIONS_PER_ADDRESS: "1" };
  for (
    const [flags, expected] of [
      [["--behind-proxy"], [101, 429, 101]],
      [[], [101, 429, 429]],
    ] as const
  ) {
    await during(flags, env, async ({ port }) => {
      const got: number[] = [];
      const open: RawSocket[] = [];
      for (const address of ["203.0.113.1", "203.0.113.1", "203.0.113.2"]) {
        const { socket, status } = await statusFrom(port, address);
        got.push(status);
        open.push(socket);
      }
      for (const socket of open) socket[Symbol.dispose]();
      assertEquals(got, expected as unknown as number[]);
    });
  }
});

Deno.test("flags: --tls-cert and --tls-key serve https", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/cert.pem`, TLS.cert);
    await Deno.writeTextFile(`${folder}/key.pem`, TLS.key);
    const flags = [
      `--tls-cert=${folder}/cert.pem`,
      `--tls-key=${folder}/key.pem`,
    ];
    await during(flags, {}, async ({ http }) => {
      assertMatch(http, /^https:\/\/127\.0\.0\.1:\d+$/);
      using client = Deno.createHttpClient({ caCerts: [TLS.ca] });
      const response = await fetch(`${http}/healthz`, { client });
      assertEquals(await response.json(), { status: "ok" });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("flags: without --data it is tqq-data, closed to others; with --memory there is none", async () => {
  const folder = await Deno.makeTempDir();
  const main = new URL("../../../bridge/main.ts", import.meta.url).pathname;
  try {
    for (
      const [flags, kept] of [[["--memory"], []], [[], ["tqq-data"]]] as const
    ) {
      await using program = Program.run([
        Deno.execPath(),
        "run",
        ...PERMISSIONS,
        main,
        "--listen=127.0.0.1:0",
        "--qq-listen=127.0.0.1:0",
        "--log-format=json",
        ...flags,
      ], { cwd: folder });
      await program.line((line) => line.includes('"ready"'));
      program.kill("SIGTERM");
      assertEquals(await program.end(), 0);
      const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
      assertEquals(names, kept as unknown as string[]);
    }
    const { mode } = await Deno.stat(`${folder}/tqq-data`);
    assertEquals(mode! & 0o777, 0o700);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test({
  name: "flags: no TCP port is open but those of --listen and --qq-listen",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      await using program = new Program({ args: serveArgs(folder) });
      const { http, qq } = await program.ready();
      const ports = [http!, `http://${qq}`].map((url) =>
        Number(new URL(url).port)
      );
      const { code } = await runMain(["token", "list", `--data=${folder}`]);
      assertEquals(code, 0);
      assertEquals(
        listeningPorts(program.pid),
        ports.sort((a, b) => a - b),
      );
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** A command over HTTP: its status, and the code of its problem. */
async function post(
  port: number,
  command: string,
  params: object,
  token = TOKEN,
): Promise<[status: number, code?: string]> {
  const response = await fetch(`http://127.0.0.1:${port}/api/${command}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(params),
  });
  const { code } = await response.json();
  return code === undefined ? [response.status] : [response.status, code];
}

const ORIGINS = [
  "https://app.example",
  "http://127.0.0.2:81",
  "app://localhost",
  "tauri://localhost",
  "capacitor://localhost",
  "chrome-extension://abcdefghijklmnop",
  "moz-extension://7b8a",
];
const FOREIGN_ORIGINS = [
  "https://evil.example",
  "https://app.example:81",
  "app://LOCALHOST",
  "App://localhost",
  "app://localhost:80",
  "tauri://",
  "null",
];

Deno.test("flags: --allow-origin lets the pages of an origin in, and no others", async () => {
  const flags = [`--allow-origin=${ORIGINS.join(",")}`];
  await during(flags, {}, async ({ http, port }) => {
    for (const origin of [...ORIGINS, ...FOREIGN_ORIGINS]) {
      const isAllowed = ORIGINS.includes(origin);
      for (const method of ["POST", "OPTIONS"]) {
        const response = await fetch(`${http}/api/ping`, {
          method,
          headers: {
            origin,
            ...(method === "POST"
              ? { authorization: `Bearer ${TOKEN}` }
              : { "access-control-request-method": "POST" }),
          },
        });
        await response.body?.cancel();
        assertEquals([origin, response.ok], [origin, isAllowed]);
        assertEquals(
          response.headers.get("access-control-allow-origin"),
          isAllowed ? origin : null,
        );
      }
      using client = await RawSocket.connect(port);
      await client.write(upgradeHead(port, WS, { Origin: origin }));
      assertEquals((await client.head()).status, isAllowed ? 101 : 403);
    }
    // Only the host of a web origin may be one of this bridge's own.
    for (const [host, status] of [["app.example", 200], ["localhost", 403]]) {
      using client = await RawSocket.connect(port);
      await client.write(
        `GET /mod.ts HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      assertEquals([host, (await client.head()).status], [host, status]);
    }
  });
});

Deno.test("flags: wrong tokens are answered later and later, and the administrator's name is taken", async () => {
  await during([], {}, async ({ port }) => {
    const startedAt = performance.now();
    for (let tries = 0; tries < 3; tries++) {
      assertEquals(
        await post(port, "ping", {}, `wrong-${tries}`),
        [401, "unauthorized"],
      );
    }
    const ms = performance.now() - startedAt;
    assert(ms >= 250 + 500 + 1000, `three took ${ms} ms`);
    assertEquals(await post(port, "ping", {}), [200]);
    assertEquals(
      await post(port, "createToken", { name: "admin" }),
      [400, "bad_params"],
    );
  });
});

Deno.test("flags: no account gets the demo password while a listener is reachable from other hosts", async () => {
  const flags = [
    "--listen=0.0.0.0:0",
    "--behind-proxy",
    "--no-demo",
    "--qq-listen=off",
  ];
  await during(flags, {}, async ({ port }) => {
    const add = (password: string) =>
      post(port, "addAccount", { uin: "10003", password });
    assertEquals(await add("demo"), [400, "bad_params"]);
    assertEquals(await add("of his own"), [200]);
  });
});

Deno.test("flags: polls keep the pace that is set at a server without long polls, and the end logs out", async () => {
  const server = createServer();
  await addDemo(server);
  let polls = 0;
  const front = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request, { remoteAddr: { hostname } }) => {
      const body = new Uint8Array(await request.arrayBuffer());
      if (new TextDecoder().decode(body).includes("CMD=GetMsgEx")) polls++;
      const answer = await server.answer({
        method: request.method,
        body,
        contentType: request.headers.get("content-type"),
        idempotencyKey: null,
        prefer: null,
        address: hostname,
        signal: new AbortController().signal,
      });
      return new Response(answer.type === "reply" ? answer.bodies[0] : "");
    },
  );
  try {
    await during(
      [
        `--upstream=http://127.0.0.1:${front.addr.port}/`,
        "--qq-listen=off",
      ],
      { TQQ_POLL_MIN_MS: "20", TQQ_POLL_MAX_MS: "40" },
      async ({ port }) => {
        const account = { uin: "10001", password: "demo" };
        assertEquals(await post(port, "addAccount", account), [200]);
        const startedAt = performance.now();
        while (polls < 20) {
          await delay(10);
        }
        // At the usual pace they would take minutes.
        assert(performance.now() - startedAt < 10_000);
        assert(server.isOnline("10001"));
      },
    );
    assertEquals(server.isOnline("10001"), false);
  } finally {
    await front.shutdown();
    await server.close();
  }
});

Deno.test("flags: a short administrator's token on plain loopback is warned about once", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, "--no-demo"),
      env: { TQQ_TOKEN: "fifteen-letters" },
    });
    await program.ready();
    program.kill("SIGTERM");
    const { stderr } = await program.output();
    const lines = stderr.split("\n").filter((line) => line.includes("guessed"));
    assertEquals(lines.length, 1);
    const { level, value } = JSON.parse(lines[0]!);
    assertEquals([level, value], ["warn", "TQQ_TOKEN"]);
    assert(!stderr.includes("fifteen-letters"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
