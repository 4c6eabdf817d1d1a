import { AgentTransport } from "../../../bridge/upstream/agent_transport.ts";
import {
  IDLE_CONNECTIONS,
  SURPLUS_MS,
} from "../../../bridge/upstream/kept_connections.ts";
import type { Clock } from "../../../lib/clock.ts";
import { sharedClock } from "../../../lib/shared_timers.ts";
import {
  MalformedError,
  QqClient,
  RESPONSE_BYTES,
  TransportError,
  type TransportResponse,
} from "../../../mod.ts";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type RawRequest,
  RawServer,
  response,
} from "../../support/raw_server.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { Program } from "../../support/program.ts";

const POLL = "VER=1.1&CMD=GetMsgEx&SEQ=1&UIN=10001";
const ACT = "VER=1.1&CMD=CLTMSG&SEQ=1&UIN=10001&UN=10002&MG=hi";
const LOGIN = "VER=1.1&CMD=Login&SEQ=1&UIN=10001";
const KEY = "Idempotency-Key: k1\r\n";

function pollOf(seq: number, uin = "10001"): string {
  return `VER=1.1&CMD=GetMsgEx&SEQ=${seq}&UIN=${uin}`;
}

/** The answer to a poll of `pollOf`. */
function answerOf({ body }: RawRequest): string {
  return body.replace("GetMsgEx", "GETMSGEX") + "&RES=0&MN=0&MT=&UN=&MG=";
}

function post(
  transport: AgentTransport,
  body: string,
  signal = new AbortController().signal,
): Promise<TransportResponse> {
  return transport.post({
    body,
    headers: { "Content-Type": "text/plain", "Idempotency-Key": "k1" },
    signal,
  });
}

interface Scene {
  server: RawServer;
  transport: AgentTransport;
}

/** A server by a script and a transport to it; `warm` has one kept connection. */
async function over(
  answer: (request: RawRequest) => Promise<boolean>,
  run: (scene: Scene) => Promise<void>,
  warm = false,
  clock: Clock = sharedClock,
): Promise<void> {
  let warming = warm ? 2 : 0;
  await using server = new RawServer(async (request) => {
    if (warming === 0) return await answer(request);
    warming--;
    await request.write(response(answerOf(request), KEY));
    return true;
  });
  const transport = new AgentTransport(server.url, clock);
  try {
    if (warm) {
      await post(transport, pollOf(1));
      await post(transport, pollOf(2));
      assertEquals(server.requests.length, 2);
    }
    await run({ server, transport });
  } finally {
    transport.close();
  }
}

Deno.test("AgentTransport: sends the body as UTF-8 and the headers; header names have no case", async () => {
  let asked: unknown;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const type = request.headers.get("Content-Type");
      asked = [request.method, type, await request.text()];
      return new Response("你好", {
        status: 203,
        headers: { "Idempotency-Key": "k1" },
      });
    },
  );
  const transport = new AgentTransport(`http://127.0.0.1:${server.addr.port}/`);
  const { status, headers, body: answer } = await post(
    transport,
    ACT.replace("hi", "你好"),
  );
  transport.close();
  assertEquals([status, answer], [203, "你好"]);
  assertEquals(asked, ["POST", "text/plain", ACT.replace("hi", "你好")]);
  assertEquals(headers.get("idempotency-KEY"), "k1");
  assertEquals(headers.get("Preference-Applied"), null);
});

Deno.test("AgentTransport: polls keep their connection once the server sends the key back; write commands have one each", async () => {
  await over(async (request) => {
    await request.write(response(answerOf(request), KEY));
    return true;
  }, async ({ server, transport }) => {
    for (let nth = 0; nth < 4; nth++) await post(transport, POLL);
    assertEquals(server.connections, 2);
    for (let nth = 0; nth < 3; nth++) await post(transport, ACT);
    assertEquals(server.connections, 5);
    await post(transport, POLL);
    assertEquals(server.connections, 5);
    assertEquals(
      server.requests.map(({ connection }) => connection),
      [1, 2, 2, 2, 3, 4, 5, 2],
    );
  });
});

Deno.test("AgentTransport: the first poll keeps its connection if the server sent a Login's key back", async () => {
  await over(async (request) => {
    await request.write(response(answerOf(request), KEY));
    return true;
  }, async ({ server, transport }) => {
    await post(transport, LOGIN);
    for (let nth = 0; nth < 3; nth++) await post(transport, POLL);
    assertEquals(
      server.requests.map(({ connection }) => connection),
      [1, 2, 2, 2],
    );
  });
});

Deno.test("AgentTransport: polls of a server without keys have one connection each", async () => {
  await over(async (request) => {
    await request.write(response("ok"));
    return true;
  }, async ({ server, transport }) => {
    for (let nth = 0; nth < 3; nth++) await post(transport, POLL);
    assertEquals(server.connections, 3);
  });
});

Deno.test("AgentTransport: a message whose text looks like a poll is not a poll", async () => {
  await over(async (request) => {
    await request.write(response("ok", KEY));
    return true;
  }, async ({ server, transport }) => {
    const text = ACT + "&CMD=GetMsgEx&";
    await post(transport, text);
    await post(transport, text);
    assertEquals(server.connections, 4);
  }, true);
});

const endings: [
  string,
  string,
  (request: RawRequest) => Promise<unknown>,
  "closed" | "cut",
][] = [
  ["NULL", ACT, () => Promise.resolve(), "closed"],
  ["NULL to a poll", POLL, () => Promise.resolve(), "closed"],
  [
    "a body that breaks off",
    ACT,
    ({ write }) => write(response("hello").slice(0, -2)),
    "cut",
  ],
  [
    "a head that breaks off",
    ACT,
    ({ write }) => write("HTTP/1.1 200 OK\r\nCont"),
    "cut",
  ],
  ["garbage", ACT, ({ write }) => write("garbage\r\n\r\n"), "cut"],
  [
    "a protocol nobody asked for",
    ACT,
    ({ write }) =>
      write(
        "HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
      ),
    "cut",
  ],
];

for (const [name, body, answer, kind] of endings) {
  Deno.test(`AgentTransport: a write command is sent once, and its end is reported: ${name}`, async () => {
    await over(async (request) => {
      await answer(request);
      return false;
    }, async ({ server, transport }) => {
      const error = await assertRejects(
        () => post(transport, body),
        TransportError,
      );
      assertEquals([error.kind, server.requests.length], [kind, 1]);
    });
  });
}

for (const [name, , answer, kind] of endings) {
  Deno.test(`AgentTransport: the end of a poll on a kept connection is reported: ${name}`, async () => {
    await over(
      async (request) => {
        await answer(request);
        return false;
      },
      async ({ server, transport }) => {
        const error = await assertRejects(
          () => post(transport, pollOf(3)),
          TransportError,
        );
        assertEquals(error.kind, kind);
        assert(server.requests.length <= 4);
      },
      true,
    );
  });
}

Deno.test("AgentTransport: a poll's reply on a kept connection may come in any pieces", async () => {
  const whole = (request: RawRequest) =>
    response(answerOf(request) + "你好", KEY);
  const pieces = (text: string, cut: number) => [
    text.slice(0, cut),
    text.slice(cut),
  ];
  await over(
    async (request) => {
      const text = whole(request);
      for (const piece of pieces(text, request.nth * 7 % text.length)) {
        await request.write(piece);
        await new Promise((resolve) => setTimeout(resolve));
      }
      return true;
    },
    async ({ server, transport }) => {
      for (let seq = 3; seq < 40; seq++) {
        const { body, headers, status } = await post(transport, pollOf(seq));
        assertEquals(
          [status, headers.get("idempotency-KEY"), headers.get("Date"), body],
          [
            200,
            "k1",
            null,
            answerOf({ body: pollOf(seq) } as RawRequest) + "你好",
          ],
        );
      }
      assertEquals(server.connections, 2);
    },
    true,
  );
});

Deno.test("AgentTransport: a server without Content-Length is asked again once with the same key, and then through an agent", async () => {
  await over(
    async (request) => {
      const body = answerOf(request);
      await request.write(
        `HTTP/1.1 200 OK\r\n${KEY}Transfer-Encoding: chunked\r\n\r\n` +
          `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
      );
      return true;
    },
    async ({ server, transport }) => {
      for (const seq of [3, 4, 5]) {
        const { body } = await post(transport, pollOf(seq));
        assertEquals(body, answerOf({ body: pollOf(seq) } as RawRequest));
      }
      assertEquals(
        server.requests.slice(2).map(({ body }) => body),
        [3, 3, 4, 5].map((seq) => pollOf(seq)),
      );
      assertEquals(server.connections, 3);
    },
    true,
  );
});

const leavings: [string, string, string][] = [
  ["says that it closes", "Connection: close\r\n", ""],
  ["sends more than the reply", "", "HTTP/1.1 200 OK\r\n"],
];

for (const [name, header, more] of leavings) {
  Deno.test(`AgentTransport: a kept connection is not used again if the server ${name}`, async () => {
    await over(
      async (request) => {
        await request.write(
          response(answerOf(request), KEY + header) + more,
        );
        return true;
      },
      async ({ server, transport }) => {
        for (const seq of [3, 4, 5]) await post(transport, pollOf(seq));
        assertEquals(
          server.requests.map(({ connection }) => connection),
          [1, 2, 2, 3, 4],
        );
      },
      true,
    );
  });
}

Deno.test("AgentTransport: a poll whose key cannot be a header is refused", async () => {
  await over(
    () => Promise.resolve(false),
    async ({ server, transport }) => {
      await assertRejects(
        () =>
          transport.post({
            body: pollOf(3),
            headers: { "Idempotency-Key": "k1\r\nX: y" },
            signal: new AbortController().signal,
          }),
        TypeError,
      );
      assertEquals(server.requests.length, 2);
    },
    true,
  );
});

Deno.test("AgentTransport: a write command beside kept connections is not repeated after a NULL", async () => {
  await over(
    () => Promise.resolve(false),
    async ({ server, transport }) => {
      const error = await assertRejects(
        () => post(transport, ACT),
        TransportError,
      );
      assertEquals([error.kind, server.requests.length], ["closed", 3]);
    },
    true,
  );
});

Deno.test("AgentTransport: a poll on a kept connection that ends is repeated at most once, with its key", async () => {
  await over(
    () => Promise.resolve(false),
    async ({ server, transport }) => {
      const error = await assertRejects(
        () => post(transport, POLL),
        TransportError,
      );
      assertEquals(error.kind, "closed");
      const repeats = server.requests.slice(2);
      assert(repeats.length <= 2);
      for (const { body, head } of repeats) {
        assertEquals(body, POLL);
        assert(/^idempotency-key: k1$/im.test(head));
      }
    },
    true,
  );
});

Deno.test("AgentTransport: an empty reply is a reply", async () => {
  await over(async ({ write }) => {
    await write(response(""));
    return true;
  }, async ({ transport }) => {
    assertEquals((await post(transport, ACT)).body, "");
  });
});

Deno.test("AgentTransport: a second response at once is never the reply to the next request", async () => {
  await over(
    async (request) => {
      const { body, nth, write } = request;
      if (nth > 3) await write(response(answerOf(request), KEY));
      else await write(response(answerOf(request), KEY) + response(body, KEY));
      return true;
    },
    async ({ transport }) => {
      for (const seq of [3, 4, 5]) {
        const { body } = await post(transport, pollOf(seq));
        assertEquals(body, answerOf({ body: pollOf(seq) } as RawRequest));
      }
    },
    true,
  );
});

Deno.test("AgentTransport: a second response during the next request ends the connection, so that no reply is shifted", async () => {
  await over(
    async (request) => {
      const { nth, write } = request;
      const late = nth === 4
        ? response(answerOf({ ...request, body: pollOf(3) }), KEY)
        : "";
      await write(late + response(answerOf(request), KEY));
      return true;
    },
    async ({ server, transport }) => {
      await post(transport, pollOf(3));
      // The client sees another SEQ, and asks the same again.
      const { body } = await post(transport, pollOf(4));
      assertEquals(body, answerOf({ body: pollOf(3) } as RawRequest));
      for (const seq of [4, 5]) {
        const { body } = await post(transport, pollOf(seq));
        assertEquals(body, answerOf({ body: pollOf(seq) } as RawRequest));
      }
      assertEquals(server.connections, 3);
    },
    true,
  );
});

Deno.test("AgentTransport: refuses a reply to another account's poll", async () => {
  await over(
    async (request) => {
      await request.write(
        response(answerOf({ ...request, body: pollOf(7, "10002") }), KEY),
      );
      return true;
    },
    async ({ transport }) => {
      await assertRejects(
        () => post(transport, pollOf(7)),
        MalformedError,
        'UIN must be 10001, got "10002"',
      );
    },
    true,
  );
});

Deno.test("AgentTransport: no server is unreachable", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const transport = new AgentTransport(`http://127.0.0.1:${port}/`);
  for (const body of [POLL, ACT]) {
    const error = await assertRejects(
      () => post(transport, body),
      TransportError,
    );
    assertEquals(error.kind, "unreachable");
  }
  transport.close();
});

const aborts: [string, string, (request: RawRequest) => Promise<void>][] = [
  ["before the answer", ACT, () => Promise.resolve()],
  ["before the answer to a poll", POLL, () => Promise.resolve()],
  ["within the head", ACT, ({ write }) => write("HTTP/1.1 200 OK\r\n")],
  [
    "within the body",
    ACT,
    ({ write }) => write(response("hello").slice(0, -2)),
  ],
];

for (const [name, body, answer] of aborts) {
  Deno.test(`AgentTransport: a signal ends a request ${name}, and its connection`, async () => {
    const asked = Promise.withResolvers<void>();
    await over(
      async (request) => {
        await answer(request);
        asked.resolve();
        return true;
      },
      async ({ transport }) => {
        const controller = new AbortController();
        const posted = post(transport, body, controller.signal);
        await asked.promise;
        controller.abort(new Error("enough"));
        await assertRejects(() => posted, Error, "enough");
        await assertRejects(
          () => post(transport, body, controller.signal),
          Error,
          "enough",
        );
      },
      body === POLL,
    );
  });
}

Deno.test("AgentTransport: polls of a client make no AbortController, and end with its signal", async () => {
  const asked = Promise.withResolvers<void>();
  await over(
    async (request) => {
      if (request.nth > 5) asked.resolve();
      else await request.write(response(answerOf(request), KEY));
      return true;
    },
    async ({ server, transport }) => {
      await using client = new QqClient({
        uin: "10001",
        password: "secret",
        transport,
      });
      const ending = new AbortController();
      const Original = globalThis.AbortController;
      let made = 0;
      globalThis.AbortController = class extends Original {
        constructor() {
          super();
          made++;
        }
      };
      try {
        for (let nth = 0; nth < 3; nth++) {
          assertEquals(await client.fetchMail({ key: "k1" }), []);
        }
        const waiting = client.fetchMail({ key: "k1", signal: ending.signal });
        await asked.promise;
        const madeUntilThen = made;
        ending.abort(new Error("enough"));
        await assertRejects(() => waiting, Error, "enough");
        assertEquals([madeUntilThen, server.connections], [0, 2]);
      } finally {
        globalThis.AbortController = Original;
      }
    },
    true,
  );
});

Deno.test("AgentTransport: stops reading a reply beyond the limit", async () => {
  await over(async ({ write }) => {
    await write(response("x".repeat(RESPONSE_BYTES + 1)));
    return true;
  }, async ({ transport }) => {
    await assertRejects(
      () => post(transport, ACT),
      MalformedError,
      `at most ${RESPONSE_BYTES} bytes`,
    );
  });
});

Deno.test("AgentTransport: 500 polls at once each get their own reply", async () => {
  await over(
    async (request) => {
      await request.write(response(answerOf(request), KEY));
      return true;
    },
    async ({ transport }) => {
      const seqs = Array.from({ length: 500 }, (_, index) => 1000 + index);
      for (let round = 0; round < 2; round++) {
        const answers = await Promise.all(
          seqs.map((seq) => post(transport, pollOf(seq, String(seq + 10_000)))),
        );
        assertEquals(
          answers.map(({ body }) => Number(/SEQ=(\d+)/.exec(body)![1])),
          seqs,
        );
      }
    },
    true,
  );
});

Deno.test("AgentTransport: connections of polls that are answered together are used again, and those beyond 256 are closed after a time", async () => {
  const clock = new FakeClock();
  await over(
    async (request) => {
      await request.write(response(answerOf(request), KEY));
      return true;
    },
    async ({ server, transport }) => {
      const connections = [];
      for (const waitMs of [0, 0, SURPLUS_MS]) {
        await clock.advance(waitMs);
        await Promise.all(
          Array.from(
            { length: 300 },
            (_, index) => post(transport, pollOf(1000 + index)),
          ),
        );
        connections.push(server.connections);
      }
      // One of the two that warmed up was not kept.
      assertEquals(connections, [301, 301, 301 + 300 - IDLE_CONNECTIONS]);
    },
    true,
    clock,
  );
});

Deno.test("AgentTransport: refuses an endpoint that is not an http: or https: URL", () => {
  assertThrows(
    () => new AgentTransport("ftp://127.0.0.1/"),
    TypeError,
    "endpoint must be an http: or https: URL, got ftp:",
  );
});

// For localhost and 127.0.0.1, until 2126.
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBqTCCAVCgAwIBAgIUa4jtC8b9yIlDvGH92Jv6C8eyFm4wCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFdGVzdHMwIBcNMjYxMTI0MjEzMDM3WhgPMjEyNjEwMzEyMTMw
MzdaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABBODI1YMirRJYPh04/Wgm9qlbw5aUkC2MRsB7iXQTRFCYp8xDeeNb0k57OLh
RxgcR2ahwsKjJKArZkORA7zXJHijgYEwfzAMBgNVHRMBAf8EAjAAMBoGA1UdEQQT
MBGCCWxvY2FsaG9zdIcEfwAAATATBgNVHSUEDDAKBggrBgEFBQcDATAdBgNVHQ4E
FgQUO57VaxW6iqVIzqK/ck/iBgSRmekwHwYDVR0jBBgwFoAUZXEJ1HinVzN9qk8x
52uMeahIkV0wCgYIKoZIzj0EAwIDRwAwRAIgIGiPQMhtCTyNjpCtqK+7ezZGKMBm
jNU5pmIiHxxHpnQCIF16MS3KnywvsiJJRNUdkDF2qlcpGijNFB5DoientW2/
-----END CERTIFICATE-----
`;
const PRIVATE_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgywbkszw1AKTeDOlt
+BpPmW/6yp0xVPX5v9iCnEWrLVOhRANCAAQTgyNWDIq0SWD4dOP1oJvapW8OWlJA
tjEbAe4l0E0RQmKfMQ3njW9JOezi4UcYHEdmocLCoySgK2ZDkQO81yR4
-----END PRIVATE KEY-----
`;
// Who vouches for it.
const AUTHORITY = `-----BEGIN CERTIFICATE-----
MIIBhzCCAS2gAwIBAgIUD6ylw48UkbT8ll8DT9jJ4901WCUwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFdGVzdHMwIBcNMjYxMTI0MjEzMDM3WhgPMjEyNjEwMzEyMTMw
MzdaMBAxDjAMBgNVBAMMBXRlc3RzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
YDZ8GbeRQRpYwxtvu5E83aHEFfGM1PnFtclIAxluDR0BZC/YrwsFyA19MRqNyEU5
7tTLqHdkgo1HbikWKUmN2qNjMGEwHQYDVR0OBBYEFGVxCdR4p1czfapPMedrjHmo
SJFdMB8GA1UdIwQYMBaAFGVxCdR4p1czfapPMedrjHmoSJFdMA8GA1UdEwEB/wQF
MAMBAf8wDgYDVR0PAQH/BAQDAgIEMAoGCCqGSM49BAMCA0gAMEUCIQDjCLfu1DC4
2+tr/GNG4RZRNiS/tbOyeESmS38ltk1rdgIgX1Y5axIuvN/zHTGxYJF2PFAbSjxB
v0IWLa897LeUE68=
-----END CERTIFICATE-----
`;

function secure(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: CERTIFICATE,
    key: PRIVATE_KEY,
    onListen() {},
  }, () => new Response("over TLS"));
}

Deno.test("AgentTransport: refuses a certificate of an unknown authority before anything is sent", async () => {
  await using server = secure();
  const transport = new AgentTransport(
    `https://127.0.0.1:${server.addr.port}/`,
  );
  const error = await assertRejects(() => post(transport, ACT), TransportError);
  transport.close();
  assertEquals(error.kind, "unreachable");
});

Deno.test("AgentTransport: accepts a certificate that the machine trusts", async () => {
  await using server = secure();
  const file = await Deno.makeTempFile({ suffix: ".pem" });
  try {
    await Deno.writeTextFile(file, AUTHORITY);
    const module = new URL(
      "../../../bridge/upstream/agent_transport.ts",
      import.meta.url,
    );
    const script = `
      import { AgentTransport } from "${module}";
      const transport = new AgentTransport("https://127.0.0.1:${server.addr.port}/");
      const { body } = await transport.post({
        body: "x", headers: {}, signal: new AbortController().signal,
      });
      transport.close();
      console.log(body);`;
    const { stdout } = await Program.deno(["eval", script], {
      env: { NODE_EXTRA_CA_CERTS: file },
    }).output();
    assertEquals(stdout, "over TLS\n");
  } finally {
    await Deno.remove(file);
  }
});
