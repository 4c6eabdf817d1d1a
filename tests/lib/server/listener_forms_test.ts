import { Origins } from "../../../lib/server/http/origins.ts";
import { systemClock } from "../../../lib/clock.ts";
import { HttpConnection } from "../../../lib/server/http/http_connection.ts";
import {
  createServer,
  LIMITS,
  type QqServer,
} from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { RawClient, reply, request } from "./raw_client.ts";
import { LOGIN, PASSWORD_MD5 } from "./stage.ts";

const LOGGING_IN = `VER=1.1&CMD=Login&SEQ=11281&UIN=10001&${LOGIN}`;
const LOGGED_IN = reply(
  "VER=1.1&CMD=Login&SEQ=11281&UIN=10001&RES=0&RS=0&HI=60&LI=300",
);
const LISTING = "VER=1.0&CMD=List&SEQ=-1&UIN=10001&TN=160&UN=0";
const LISTED = reply(
  "VER=1.0&CMD=LIST&SEQ=-1&UIN=10001&RES=0&FN=1&SN=1&UN=10002,",
);
const SAYING = "VER=1.2&CMD=CLTMSG&SEQ=7&UIN=10001&UN=10002&MG=";
const SAID = reply("VER=1.2&CMD=CLTMSG&SEQ=7&UIN=10001&RES=0&");
const SEARCHING = "VER=1.1&CMD=Finger&SEQ=8&UIN=10001&PV=";
const FOUND = reply(
  "VER=1.1&CMD=FINGER&SEQ=8&UIN=10001&RES=0&FN=1&SN=1&UN=10002,&NK=爱丽丝,",
);
const FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

/** What is sent, and what comes back, to the byte. */
const FORMS: [name: string, sent: string, answer: string][] = [
  ["a target", request(LISTING), LISTED],
  ["no target", request(LISTING, { line: "POST HTTP/1.1" }), LISTED],
  [
    "two blanks for a target",
    request(LISTING, { line: "POST  HTTP/1.1" }),
    LISTED,
  ],
  [
    "any target",
    request(LISTING, { line: "POST http://x:8000/a?b=c d HTTP/1.1" }),
    LISTED,
  ],
  [
    "a blank behind the version",
    request(LISTING, { line: "POST / HTTP/1.1 " }),
    LISTED,
  ],
  [
    "text/plain",
    request(LISTING, { headers: "Content-Type: text/plain\r\n" }),
    LISTED,
  ],
  [
    "text/plain with a charset",
    request(LISTING, {
      headers: "Content-Type: text/plain; charset=UTF-8\r\n",
    }),
    LISTED,
  ],
  ["a form that is none", request(LISTING, { headers: FORM }), LISTED],
  [
    "a form that is one",
    request(SEARCHING + "%E6%B1%9F+%E8%8B%8F", { headers: FORM }),
    FOUND,
  ],
  ["raw UTF-8", request(SEARCHING + "江 苏"), FOUND],
  [
    "raw UTF-8 that says that it is a form",
    request(SEARCHING + "江 苏", { headers: FORM }),
    FOUND,
  ],
  ["encoded line ends", request(SAYING + "你好%0D%0A"), SAID],
  [
    "Content-length",
    `POST / HTTP/1.1\r\nContent-length: 45\r\n\r\n${LISTING}`,
    LISTED,
  ],
  [
    "CONTENT-LENGTH without a blank",
    `POST / HTTP/1.1\r\nCONTENT-LENGTH:45\r\n\r\n${LISTING}`,
    LISTED,
  ],
  [
    "content-length, blanks, and no Host",
    `POST / HTTP/1.1\r\ncontent-length: \t 45 \t\r\n\r\n${LISTING}`,
    LISTED,
  ],
  [
    "Host without a port",
    `POST / HTTP/1.1\r\nHost: tqq.tencent.com\r\nContent-Length: 45\r\n\r\n${LISTING}`,
    LISTED,
  ],
  ["Expect", request(LISTING, { headers: "Expect: 100-continue\r\n" }), LISTED],
  ["line ends behind the body", request(LISTING) + "\r\n\r\n", LISTED],
  ["line ends before the request", "\r\n\r\n" + request(LISTING), LISTED],
  ["bare line feeds", request(LISTING).replaceAll("\r\n", "\n"), LISTED],
  ["a small method", request(LISTING, { line: "post / HTTP/1.1" }), LISTED],
  ["a login", request(LOGGING_IN), LOGGED_IN],
  [
    "a key, which comes back to the byte",
    request(LISTING, { headers: "IDEMPOTENCY-KEY: a\xff;b\r\n" }),
    LISTED,
  ],
  ["HTTP/1.0", request(LISTING, { line: "POST / HTTP/1.0" }), LISTED],
  [
    "a connection for one request",
    request(LISTING, { headers: "Connection: Close\r\n" }),
    LISTED,
  ],
  [
    "HTTP/1.0 that goes on",
    request(LISTING, {
      line: "POST / HTTP/1.0",
      headers: "Connection: Keep-Alive\r\n",
    }),
    reply(
      "VER=1.0&CMD=LIST&SEQ=-1&UIN=10001&RES=0&FN=1&SN=1&UN=10002,",
      "Connection: keep-alive\r\n",
    ),
  ],
  [
    "an applied preference",
    request("VER=1.1&CMD=GetMsgEx&SEQ=9&UIN=10002", {
      headers:
        "Prefer: respond-async\r\nprefer: wait=7\r\nIdempotency-Key: k\r\n",
    }),
    reply(
      "VER=1.1&CMD=GETMSGEX&SEQ=9&UIN=10002&RES=0&MN=1&MT=9,&UN=10001,&MG=hi ,",
      "Idempotency-Key: k\r\nPreference-Applied: wait=7\r\n",
    ),
  ],
];

/** A server where 10001 is logged in at 127.0.0.1, and 10002 has mail, whenever it is asked. */
async function serverOf(): Promise<QqServer> {
  const server = createServer({ sendGapMs: 0 });
  const passwordMd5 = PASSWORD_MD5;
  await server.createAccount({ uin: "10001", passwordMd5 });
  await server.createAccount({
    uin: "10002",
    passwordMd5,
    nickname: "爱丽丝",
    friends: ["10001"],
    profile: { province: "江 苏" },
  });
  for (const uin of ["10002", "10001"]) {
    await say(server, LOGGING_IN.replace("10001", uin));
  }
  await say(server, "VER=1.1&CMD=GetMsgEx&SEQ=1&UIN=10002");
  return server;
}

async function say(server: QqServer, body: string): Promise<void> {
  await server.answer({
    method: "POST",
    body: new TextEncoder().encode(body),
    contentType: null,
    idempotencyKey: null,
    prefer: null,
    address: "127.0.0.1",
    signal: new AbortController().signal,
  });
}

/** Only the key of this table is no ASCII and no UTF-8. */
function bytesOf(text: string): Uint8Array {
  return text.includes("\xff")
    ? Uint8Array.from(text, (char) => char.charCodeAt(0))
    : new TextEncoder().encode(text);
}

/** A character a byte. */
function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** What is written to a client who sends pieces, and ends when something comes. */
async function exchange(
  server: QqServer,
  pieces: Uint8Array[],
): Promise<string[]> {
  const written: string[] = [];
  const rest = [...pieces];
  const ended = Promise.withResolvers<null>();
  const connection = new HttpConnection({
    origins: new Origins([]),
    socket: {
      read(into) {
        const piece = rest.shift();
        if (piece === undefined) return ended.promise;
        into.set(piece);
        return Promise.resolve(piece.length);
      },
      write(bytes) {
        written.push(latin1(bytes));
        ended.resolve(null);
        return Promise.resolve(bytes.length);
      },
      closeWrite: () => Promise.resolve(),
      close: () => ended.resolve(null),
    },
    address: "127.0.0.1",
    answer: server.answer,
    clock: systemClock,
    limits: LIMITS,
  });
  await connection.run();
  return written;
}

for (const [name, sent, answer] of FORMS) {
  const bytes = bytesOf(sent);
  const isKey = sent.includes("\xff");
  const answered = latin1(
    isKey
      ? bytesOf(
        answer.replace("\r\n\r\n", "\r\nIdempotency-Key: a\xff;b\r\n\r\n"),
      )
      : bytesOf(answer),
  );
  /** A poll empties the mailbox: each has one message. */
  const prepare = async (server: QqServer) => {
    if (!sent.includes("GetMsgEx")) return;
    await say(server, "VER=1.1&CMD=GetMsgEx&SEQ=1&UIN=10002");
    await server.deliver("10002", {
      type: "message",
      from: "10001",
      text: "hi",
    });
  };

  Deno.test(`old clients: ${name}`, async () => {
    const server = await serverOf();
    await prepare(server);
    const { port } = server.listen({ port: 0 });
    using client = await RawClient.to(port);
    await client.send(bytes);
    assertEquals(latin1(await client.takeBytes(answered.length)), answered);
    const goesOn = !/HTTP\/1\.0|Connection: Close/.test(sent) ||
      /Keep-Alive/.test(sent);
    if (goesOn) {
      await client.send(request(LISTING));
      assertEquals(await client.takeLike(LISTED), LISTED);
      assertEquals(client.ended, false);
    } else {
      await client.send("\r\n\r\n");
      assertEquals(await client.rest(), "");
      assertEquals(client.ended, true);
    }
    await client.closed();
    await server.close();
  });

  Deno.test(`old clients: ${name}, split at every byte, answered in one write`, async () => {
    const server = await serverOf();
    for (let at = 1; at < bytes.length; at++) {
      await prepare(server);
      const pieces = [bytes.subarray(0, at), bytes.subarray(at)];
      assertEquals(
        await exchange(server, pieces),
        [answered],
        `split at ${at}`,
      );
    }
    await prepare(server);
    const single = [...bytes].map((byte) => Uint8Array.of(byte));
    assertEquals(await exchange(server, single), [answered]);
    await server.close();
  });
}

Deno.test("Listener: sends no 100 Continue", async () => {
  const server = await serverOf();
  const { port } = server.listen({ port: 0 });
  using client = await RawClient.to(port);
  const sent = request(LISTING, { headers: "Expect: 100-continue\r\n" });
  const end = sent.indexOf("\r\n\r\n") + 4;
  await client.send(sent.slice(0, end));
  await client.send(sent.slice(end));
  assertEquals(await client.takeLike(LISTED), LISTED);
  await client.closed();
  await server.close();
});

Deno.test("ten requests on one connection, one by one and at once", async () => {
  const server = await serverOf();
  const { port } = server.listen({ port: 0 });
  using client = await RawClient.to(port);
  const pairs = Array.from({ length: 10 }, (_, index) =>
    [
      request(LISTING.replace("SEQ=-1", `SEQ=${index}`)) +
      (index % 2 ? "\r\n\r\n" : ""),
      reply(
        `VER=1.0&CMD=LIST&SEQ=${index}&UIN=10001&RES=0&FN=1&SN=1&UN=10002,`,
      ),
    ] as const);
  for (const [sent, expected] of pairs) {
    await client.send(sent);
    assertEquals(await client.takeLike(expected), expected);
  }
  await client.send(pairs.map(([sent]) => sent).join(""));
  await client.end();
  assertEquals(
    await client.rest(),
    pairs.map(([, expected]) => expected).join(""),
  );
  assertEquals(client.ended, true);
  await client.closed();
  await server.close();
});

Deno.test("Query_Stat without a limit is answered by two whole replies", async () => {
  const server = await serverOf();
  const { port } = server.listen({ port: 0 });
  const head = "VER=1.1&CMD=QUERY_STAT&SEQ=3&UIN=10001&RES=0&";
  const two = reply(head + "FN=1") + reply(head + "FC=&FN=1&SN=0&ST=&UN=&NK=");
  const asking = "VER=1.1&CMD=Query_Stat&SEQ=3&UIN=10001";
  using client = await RawClient.to(port);
  for (const body of [asking, asking + "&TN=0&UN=0"]) {
    await client.send(request(body));
    assertEquals(await client.takeLike(two), two);
  }
  await client.send(request(asking, { headers: "Connection: close\r\n" }));
  assertEquals(await client.rest(), two);
  assertEquals(client.ended, true);
  await client.closed();
  const pieces = [new TextEncoder().encode(request(asking))];
  assertEquals((await exchange(server, pieces)).length, 2);
  await server.close();
});
