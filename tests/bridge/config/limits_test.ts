/** The limits as settings: how they are read, and that a program that is started with them holds them. @module */

import { startProgram } from "../../../bridge/cli/program/program.ts";
import {
  type Config,
  ConfigError,
  parseConfig,
  type Sources,
} from "../../../bridge/config/config.ts";
import { LIMIT_OPTIONS } from "../../../bridge/config/limits.ts";
import { decodeCommand, encodeReply } from "../../../mod.ts";
import { flagOf, variableOf } from "../../../bridge/config/option.ts";
import { createLog } from "../../../bridge/ops/log.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { RawSocket } from "../../support/raw_socket.ts";

const TOKEN = "a-token-of-this-test";
const MS = "must be a whole number of milliseconds";

function sourcesOf(
  env: Record<string, string>,
  file?: Record<string, unknown>,
  args: string[] = [],
): Sources {
  return {
    args: file === undefined ? args : [...args, "--config", "c"],
    env: (name) => env[name],
    readFile: () => JSON.stringify(file),
  };
}

function parse(sources: Sources): Config {
  const config = parseConfig("serve", sources);
  assert(!("asked" in config));
  // Where each setting is from has a test of its own.
  return { ...config, shown: [] };
}

/** What a setting became. */
function valueOf(config: Config, name: string): unknown {
  return {
    ...config.limits,
    outboxGapMs: config.bridgeLimits.outbox.gapMs,
    pollMinMs: config.polls.minMs,
    pollMaxMs: config.polls.maxMs,
  }[name];
}

/** Each: its least, its most, what it is unless set, and its rule. */
const RANGES: [
  name: keyof typeof LIMIT_OPTIONS,
  least: number,
  most: number,
  initial: number | undefined,
  rule: string,
][] = [
  [
    "frameBytes",
    1024,
    2 ** 24,
    65_536,
    "must be a number of bytes from 1024 to 16777216, such as 64KiB",
  ],
  ["fragments", 1, 1024, 16, "must be a whole number from 1 to 1024"],
  ["jsonDepth", 4, 256, 32, "must be a whole number from 4 to 256"],
  [
    "commandsPerMinute",
    1,
    100_000,
    120,
    "must be a whole number from 1 to 100000",
  ],
  [
    "connections",
    1,
    100_000,
    20_000,
    "must be a whole number from 1 to 100000",
  ],
  [
    "connectionsPerToken",
    1,
    100_000,
    10_000,
    "must be a whole number from 1 to 100000",
  ],
  [
    "connectionsPerAddress",
    1,
    100_000,
    undefined,
    "must be a whole number from 1 to 100000",
  ],
  ["headMs", 100, 60_000, 5000, `${MS} from 100 to 60000`],
  ["helloMs", 100, 600_000, 10_000, `${MS} from 100 to 600000`],
  ["pingMs", 1000, 3_600_000, 25_000, `${MS} from 1000 to 3600000`],
  ["pongMs", 1000, 600_000, 8000, `${MS} from 1000 to 600000`],
  [
    "bufferedBytes",
    1024,
    2 ** 28,
    262_144,
    "must be a number of bytes from 1024 to 268435456, such as 64KiB",
  ],
  ["unacked", 1, 100_000, 256, "must be a whole number from 1 to 100000"],
  ["stallMs", 1000, 3_600_000, 30_000, `${MS} from 1000 to 3600000`],
  ["outboxGapMs", 0, 3_600_000, 1000, `${MS} from 0 to 3600000`],
  ["pollMinMs", 1, 3_600_000, 1000, `${MS} from 1 to 3600000`],
  ["pollMaxMs", 1, 3_600_000, 15_000, `${MS} from 1 to 3600000`],
];

Deno.test("limits: each is in the table of this test", () => {
  assertEquals(
    RANGES.map(([name]) => name).sort(),
    Object.keys(LIMIT_OPTIONS).sort() as typeof RANGES[number][0][],
  );
});

for (const [name, least, most, initial, rule] of RANGES) {
  Deno.test(`limits: ${name}`, () => {
    assertEquals(valueOf(parse(sourcesOf({})), name), initial);
    // The least time between two polls is never more than the most.
    const wide = { TQQ_POLL_MIN_MS: "1", TQQ_POLL_MAX_MS: "3600000" };
    const variable = variableOf(name);
    for (const value of [least, most]) {
      const config = parse(sourcesOf({ ...wide, [variable]: `${value}` }));
      assertEquals(valueOf(config, name), value);
      const { [variable as keyof typeof wide]: _, ...rest } = wide;
      assertEquals(parse(sourcesOf(rest, { [name]: value })), config);
    }
    for (const text of [`${least - 1}`, `${most + 1}`, "", "1.5", "many"]) {
      if (text !== "") {
        const error = assertThrows(
          () => parse(sourcesOf({ [variable]: text })),
          ConfigError,
        ) as Error;
        assertEquals(
          error.message,
          `Cannot use ${variable}: ${rule}, got "${text}"`,
        );
      }
      const error = assertThrows(
        () => parse(sourcesOf({}, { [name]: text })),
        ConfigError,
      ) as Error;
      assertEquals(
        error.message,
        `Cannot use "${name}" in c: ${rule}, got "${text}"`,
      );
    }
    assertThrows(
      () => parse(sourcesOf({}, undefined, [`${flagOf(name)}=${least}`])),
      ConfigError,
      "there is no such flag",
    );
  });
}

Deno.test("limits: sizes have units", () => {
  const { limits } = parse(
    sourcesOf({ TQQ_FRAME_BYTES: "128KiB" }, { bufferedBytes: "1MB" }),
  );
  assertEquals([limits.frameBytes, limits.bufferedBytes], [131_072, 1_000_000]);
});

Deno.test("limits: pollMinMs is at most pollMaxMs", () => {
  const cases: [env: Record<string, string>, by: string, got: string][] = [
    [{ TQQ_POLL_MIN_MS: "20000" }, "TQQ_POLL_MIN_MS", "20000 and 15000"],
    [{ TQQ_POLL_MAX_MS: "500" }, "TQQ_POLL_MAX_MS", "1000 and 500"],
  ];
  for (const [env, by, got] of cases) {
    const error = assertThrows(() => parse(sourcesOf(env)), ConfigError);
    assertEquals(
      (error as Error).message,
      `Cannot use ${by}: pollMinMs must be at most pollMaxMs, got ${got}`,
    );
  }
});

Deno.test("limits: addresses are counted where they tell clients apart, or where it is said", () => {
  const cases: [
    args: string[],
    env: Record<string, string>,
    limit: number | undefined,
  ][] = [
    [[], {}, undefined],
    [["--behind-proxy"], {}, 1000],
    [["--listen=0.0.0.0:1", "--behind-proxy", "--no-demo"], {}, 1000],
    [[], { TQQ_CONNECTIONS_PER_ADDRESS: "3" }, 3],
  ];
  for (const [args, env, limit] of cases) {
    const { limits } = parse(sourcesOf(env, undefined, args));
    assertEquals(limits.connectionsPerAddress, limit);
  }
});

/** A program with these settings, while `work` is done. */
async function withProgram(
  file: Record<string, unknown>,
  work: (port: number) => Promise<void>,
  args = ["--qq-listen=127.0.0.1:0", "--qq-send-gap-ms=0"],
): Promise<void> {
  const config = parse(
    sourcesOf({ TQQ_TOKEN: TOKEN }, file, [
      "--memory",
      "--listen=127.0.0.1:0",
      ...args,
    ]),
  );
  const program = await startProgram(config, createLog({ write: () => {} }));
  try {
    await work(Number(new URL(program.http).port));
  } finally {
    await program.close();
  }
}

/** Without the states of accounts, which come when they come. */
const WS = `/ws?access_token=${TOKEN}&events=unknown`;

async function statusAt(port: number, path: string): Promise<number> {
  try {
    using _socket = await RawSocket.open(port, path);
    return 101;
  } catch (error) {
    return Number(/HTTP\/1\.1 (\d+)/.exec((error as Error).message)?.[1]);
  }
}

/** What a setting does to a client: the setting, what the client does, what it finds. */
const HELD: [
  what: string,
  file: Record<string, unknown>,
  find: (port: number) => Promise<unknown>,
  expected: unknown,
][] = [
  ["frameBytes", { frameBytes: 1024 }, async (port) => {
    using socket = await RawSocket.open(port, WS);
    await socket.send("x".repeat(1025));
    return await socket.closeCode();
  }, 1009],
  ["fragments", { fragments: 2 }, async (port) => {
    using socket = await RawSocket.open(port, WS);
    await socket.frame(1, "a", { fin: false });
    await socket.frame(0, "a", { fin: false });
    await socket.frame(0, "a", { fin: false });
    return await socket.closeCode();
  }, 1009],
  ["jsonDepth", { jsonDepth: 4 }, async (port) => {
    using socket = await RawSocket.open(port, WS);
    await socket.json();
    await socket.send({ type: "command", id: 1, params: { a: [[[[]]]] } });
    return (await socket.json()).error.code;
  }, "bad_frame"],
  ["commandsPerMinute", { commandsPerMinute: 1 }, async (port) => {
    using socket = await RawSocket.open(port, WS);
    await socket.json();
    const codes: unknown[] = [];
    for (let id = 0; id < 2; id++) {
      await socket.send({ type: "command", id, command: "ping" });
      codes.push((await socket.json()).error?.code);
    }
    return codes;
  }, [undefined, "overloaded"]],
  ["connections", { connections: 1 }, async (port) => {
    using _first = await RawSocket.open(port, WS);
    return await statusAt(port, WS);
  }, 503],
  ["connectionsPerToken", { connectionsPerToken: 1 }, async (port) => {
    using _first = await RawSocket.open(port, WS);
    return await statusAt(port, WS);
  }, 429],
  ["connectionsPerAddress", { connectionsPerAddress: 1 }, async (port) => {
    using _first = await RawSocket.open(port, WS);
    return await statusAt(port, WS);
  }, 429],
  ["headMs", { headMs: 100 }, async (port) => {
    using socket = await RawSocket.connect(port);
    await socket.write("GET /healthz HTTP/1.1\r\n");
    return (await socket.head()).status;
  }, 408],
  ["helloMs", { helloMs: 100 }, async (port) => {
    using socket = await RawSocket.open(port, "/ws");
    return await socket.closeCode();
  }, 4001],
  ["pingMs and pongMs", { pingMs: 1000, pongMs: 1000 }, async (port) => {
    using socket = await RawSocket.open(port, WS);
    await socket.json();
    // A ping, and then the close: two bytes, and four before its reason.
    const close = await socket.text(2 + 4 + "no pong in time".length);
    return close.endsWith("no pong in time");
  }, true],
  ["unacked", { unacked: 1, outboxGapMs: 0 }, async (port) => {
    using socket = await RawSocket.open(
      port,
      `/ws?access_token=${TOKEN}&events=message.sent&accounts=10001&consumer=c`,
    );
    await socket.json();
    // A journal in memory does not know the consumer: it reports a gap first.
    assertEquals((await socket.json()).type, "gap");
    for (let id = 0; id < 2; id++) await send(port);
    const first = await socket.json();
    await socket.send({ type: "command", id: 1, command: "ping" });
    // The second event waits behind the acknowledgement, answers do not.
    return [first.type, (await socket.json()).type];
  }, ["event", "result"]],
  [
    "stallMs",
    { unacked: 1, stallMs: 1000, outboxGapMs: 0 },
    async (port) => {
      using socket = await RawSocket.open(
        port,
        `/ws?access_token=${TOKEN}&events=message.sent&accounts=10001&consumer=c`,
      );
      // What is sent and never acknowledged is no progress.
      for (let id = 0; id < 2; id++) await send(port);
      return await socket.closeCode();
    },
    1013,
  ],
];

/** Sends a message as 10001, over HTTP; tries again until the account is online. */
async function send(port: number): Promise<number> {
  for (;;) {
    const startAt = performance.now();
    const response = await fetch(`http://127.0.0.1:${port}/api/send`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ account: "10001", to: "10002", text: "hi" }),
    });
    await response.body?.cancel();
    if (response.ok) return performance.now() - startAt;
  }
}

for (const [what, file, find, expected] of HELD) {
  Deno.test(`limits: a program holds ${what}`, async () => {
    await withProgram({ commandsPerMinute: 100_000, ...file }, async (port) => {
      assertEquals(await find(port), expected);
    });
  });
}

Deno.test("limits: outboxGapMs lies between two messages", async () => {
  await withProgram({ outboxGapMs: 150, commandsPerMinute: 100_000 }, async (
    port,
  ) => {
    // The gap counts from when the first is sent, which is long before it is answered on a busy machine.
    const bothMs = await send(port) + await send(port);
    assert(bothMs >= 149, `${bothMs} ms`);
  });
});

Deno.test("limits: pollMinMs and pollMaxMs lie between polls, at a server without long polls", async () => {
  const times: number[] = [];
  const enough = Promise.withResolvers<void>();
  await using qq = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const body = await request.text();
      const { cmd, seq, uin } = decodeCommand(body);
      if (cmd === "GetMsgEx" && times.push(performance.now()) === 6) {
        enough.resolve();
      }
      const head = { ver: "1.1", seq, uin, res: 0 } as const;
      return new Response(encodeReply(
        cmd === "Login"
          ? {
            ...head,
            cmd,
            loggedIn: true,
            heartbeatSeconds: 60,
            idleSeconds: 300,
          }
          : cmd === "GetMsgEx"
          ? { ...head, cmd, items: [] }
          : { ...head, cmd: "Logout" },
      ));
    },
  );
  await withProgram(
    { pollMinMs: 60, pollMaxMs: 60, commandsPerMinute: 100_000 },
    async (port) => {
      await fetch(`http://127.0.0.1:${port}/api/addAccount`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${TOKEN}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ uin: "10001", password: "x", nickname: "n" }),
      }).then((response) => response.body?.cancel());
      await enough.promise;
    },
    [`--upstream=http://127.0.0.1:${qq.addr.port}/`],
  );
  // A journal in memory polls without a key first; the poll with one follows at once.
  const gaps = times.slice(2).map((at, index) => at - times[index + 1]!);
  // By default they are 1, 2, 4, 8 and 15 s; a busy machine is never faster than 60 ms.
  assert(Math.min(...gaps) < 900 && Math.min(...gaps) >= 50, `${gaps}`);
});

Deno.test("limits: welcome and the documents tell them as they are set", async () => {
  const file = {
    frameBytes: 70_000,
    fragments: 17,
    jsonDepth: 33,
    commandsPerMinute: 121,
    connections: 22,
    connectionsPerToken: 21,
    connectionsPerAddress: 20,
    headMs: 5001,
    helloMs: 10_001,
    pingMs: 25_001,
    pongMs: 8001,
    bufferedBytes: 262_145,
    unacked: 257,
    stallMs: 30_001,
  };
  await withProgram(file, async (port) => {
    using socket = await RawSocket.open(port, WS);
    assertEquals((await socket.json()).limits, file);
    const read = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      return await response.json();
    };
    const document = await read("/asyncapi.json");
    assertEquals(document["x-limits"], file);
    const { description } = document.info;
    for (
      const text of [
        "70000 bytes in 17 fragments",
        "33 deep",
        "121 commands",
        "22, 21 with one token, 20 of one address",
        "every 25001 ms",
        "waits 8001 ms",
        "within 10001 ms",
        "for 30001 ms",
      ]
    ) assert(description.includes(text), text);
    const { info } = await read("/openapi.json");
    assert(info.description.includes("121 commands a minute"));
  });
});
