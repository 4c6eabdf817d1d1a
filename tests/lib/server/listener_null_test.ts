import { LIMITS, type QqServer } from "../../../lib/server/mod.ts";
import { assertEquals } from "@std/assert";
import { stopwatch } from "../../support/process_figures.ts";
import { RawClient, reply, request } from "./raw_client.ts";
import { LOGIN, onStage } from "./stage.ts";

const LISTING = "VER=1.1&CMD=List&SEQ=1&UIN=10001";
const LISTED = reply("VER=1.1&CMD=LIST&SEQ=1&UIN=10001&RES=0&FN=0");
const LOGGING_IN = `VER=1.1&CMD=Login&SEQ=1&UIN=10001&${LOGIN}`;

function say(fields: string): string {
  return request(`VER=1.1&CMD=${fields}`);
}

/** What gets no answer: the connection closes without a byte. */
const NULLS: [name: string, sent: string | Uint8Array][] = [
  // Causes that PROTOCOL.md names.
  ["a wrong VER", request(LISTING.replace("1.1", "1.3"))],
  ["a wrong LC", request(LOGGING_IN.replace("LC=9", "LC=8"))],
  ["an empty PS", request(LOGGING_IN.replace(/PS=\w+/, "PS="))],
  ["a UIN that is no number", request(LISTING.replace("10001", "x"))],
  ["a UN that is no number", say("CLTMSG&SEQ=1&UIN=10001&UN=x&MG=a")],
  ["a TN that is no number", say("List&SEQ=1&UIN=10001&TN=x&UN=0")],
  ["an LV that is no number", say("GetInfo&SEQ=1&UIN=10001&LV=x&UN=10001")],
  [
    "a CD that is no number",
    say("Ack_AddToList&SEQ=1&UIN=10001&UN=10002&CD=x&RS="),
  ],
  ["an illegal ST", say("Change_Stat&SEQ=1&UIN=10001&ST=11")],
  [
    "text that is not UTF-8",
    new Uint8Array([
      ...new TextEncoder().encode(
        "POST / HTTP/1.1\r\nContent-Length: 50\r\n\r\n" +
          "VER=1.1&CMD=CLTMSG&SEQ=1&UIN=10001&UN=10001&MG=",
      ),
      0xc4,
      0xe3,
      0x21,
    ]),
  ],
  [
    "a small letter h, at a server of 2005",
    say("CLTMSG&SEQ=1&UIN=10001&UN=10001&MG=oh"),
  ],
  ["an unknown CMD", say("Nothing&SEQ=1&UIN=10001")],
  ["no field at all", request("x")],
  ["an empty body", request("")],
  // Methods, and requests that are none.
  ...["GET", "PUT", "HEAD", "OPTIONS", "DELETE", "QUERY"].map((
    method,
  ): [string, string] => [
    method,
    request(LISTING, { line: `${method} / HTTP/1.1` }),
  ]),
  ["no length", `POST / HTTP/1.1\r\n\r\n${LISTING}`],
  [
    "a length that is no number",
    `POST / HTTP/1.1\r\nContent-Length: 0x20\r\n\r\n${LISTING}`,
  ],
  [
    "a length below zero",
    `POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n${LISTING}`,
  ],
  ["two lengths", request(LISTING, { headers: "Content-Length: 31\r\n" })],
  [
    "chunks",
    request(LISTING, {
      headers: "Transfer-Encoding: chunked\r\n",
    }),
  ],
  ["HTTP/2", request(LISTING, { line: "POST / HTTP/2.0" })],
  ["HTTP/2's greeting", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["a method that is none", request(LISTING, { line: "P(ST / HTTP/1.1" })],
  ["a header without a colon", request(LISTING, { headers: "Nothing\r\n" })],
  ["a header without a name", request(LISTING, { headers: ": nothing\r\n" })],
  [
    "a name with a blank",
    request(LISTING, { headers: "Content-Length : 32\r\n" }),
  ],
  ["a header that goes on", request(LISTING, { headers: "A: b\r\n c\r\n" })],
  ["a NUL in a header", request(LISTING, { headers: "A: \0\r\n" })],
  [
    "a header that would make another",
    request(LISTING, { headers: "Idempotency-Key: a\rB: c\r\n" }),
  ],
  ["TLS", Uint8Array.of(22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, 10, 10)],
  [
    "a web page",
    request(LISTING, { headers: "Origin: http://127.0.0.1:8000\r\n" }),
  ],
  [
    "a web page without a name",
    request(LISTING, { headers: "Origin: null\r\n" }),
  ],
  // Beyond the limits.
  ["a head one byte too long", longHead(1)],
  [
    "a head without end",
    "POST / HTTP/1.1\r\nA: " + "a".repeat(LIMITS.headBytes),
  ],
  ["a body one byte too long", longBody(1)],
  [
    "a body far too long, before it comes",
    "POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
  ],
  [
    "a length beyond numbers",
    `POST / HTTP/1.1\r\nContent-Length: ${"9".repeat(40)}\r\n\r\n`,
  ],
];

/** A request whose head has so many bytes more than it may. */
function longHead(more: number): string {
  const bare = request(LISTING, { headers: "A: \r\n" });
  const length = bare.indexOf("\r\n\r\n") + 4;
  const fill = "a".repeat(LIMITS.headBytes - length + more);
  return request(LISTING, { headers: `A: ${fill}\r\n` });
}

/** A request whose body has so many bytes more than it may. */
function longBody(more: number): string {
  const fill = `&X=${"x".repeat(1000)}`.repeat(LIMITS.bodyBytes / 1000);
  return request((LISTING + fill).slice(0, LIMITS.bodyBytes + more));
}

/** Logs 10001 in, and returns the port. */
async function listening(server: QqServer): Promise<number> {
  const { port } = server.listen({ port: 0 });
  using client = await RawClient.to(port);
  await client.send(request(LOGGING_IN));
  await client.take(1);
  await client.closed();
  return port;
}

for (const [name, sent] of NULLS) {
  onStage(`NULL is a bare close: ${name}`, async (stage) => {
    await stage.accounts("10001", "10002");
    const port = await listening(stage.server);
    using client = await RawClient.to(port);
    await client.send(request(LISTING));
    assertEquals(await client.takeLike(LISTED), LISTED);
    await client.send(sent);
    assertEquals(await client.rest(), "");
    assertEquals(client.ended, true);
    await client.closed();
    assertEquals(stage.errors, []);
  }, { smallH: true });
}

onStage("heads and bodies as long as may be are answered", async (stage) => {
  await stage.accounts("10001");
  const port = await listening(stage.server);
  using client = await RawClient.to(port);
  for (const sent of [longHead(0), longBody(0)]) {
    await client.send(sent);
    assertEquals(await client.takeLike(LISTED), LISTED);
  }
  await client.closed();
});

onStage(
  "what follows a NULL is not done, and does not reset the connection",
  async (stage) => {
    await stage.accounts("10001");
    const port = await listening(stage.server);
    using client = await RawClient.to(port);
    await client.send(
      request(LISTING) + request("x") +
        say("CLTMSG&SEQ=2&UIN=10001&UN=10001&MG=a"),
    );
    assertEquals(await client.takeLike(LISTED), LISTED);
    assertEquals(await client.rest(), "");
    await client.send("\r\n\r\n".repeat(1000));
    assertEquals(client.ended, true);
    await client.closed();
    assertEquals(await stage.mail("10001", { address: "127.0.0.1" }), "");
  },
);

onStage("a long run of blanks takes no long time", async (stage) => {
  const { port } = stage.server.listen({ port: 0 });
  const blanks = " ".repeat(LIMITS.headBytes - 200);
  for (
    const sent of [
      request(LISTING, { line: `POST${blanks}/ HTTP/2` }),
      request(LISTING, { headers: `A: a${blanks}b\r\nB\r\n` }),
    ]
  ) {
    const elapsed = stopwatch();
    for (let nth = 0; nth < 20; nth++) {
      using client = await RawClient.to(port);
      await client.send(sent);
      assertEquals(await client.rest(), "");
      await client.closed();
    }
    const tookMs = elapsed();
    assertEquals(tookMs < 1000, true, `${tookMs} ms`);
  }
});
