import { assertEquals } from "@std/assert";
import { LineClient } from "./line_client.ts";
import { onStage, tail } from "./stage.ts";

const FORM = "application/x-www-form-urlencoded";
const SENDING = "VER=1.1&CMD=CLTMSG&SEQ=1&UIN=10001&UN=10001&MG=";

/** A text as it is sent, and whether it is taken. */
const TEXTS: [what: string, wire: string, isTaken: boolean, type?: string][] = [
  ["65,536 bytes", "x".repeat(65_536), true],
  ["one byte more", "x".repeat(65_537), false],
  ["21,845 characters of three bytes", "好".repeat(21_845), true],
  ["one character more", "好".repeat(21_846), false],
  [
    "21,800 characters, form-encoded in nine bytes each",
    encodeURIComponent("好".repeat(21_800)),
    true,
    FORM,
  ],
  [
    "21,850 characters, form-encoded in nine bytes each",
    encodeURIComponent("好".repeat(21_850)),
    false,
    FORM,
  ],
  ["a body beyond 192 KiB of short values", "x&A=b".repeat(40_000), false],
];

for (const [what, wire, isTaken, contentType] of TEXTS) {
  onStage(
    `a message of ${what} is ${isTaken ? "taken" : "NULL"}`,
    async (stage) => {
      await stage.accounts("10001");
      await stage.login("10001");
      const answer = await stage.post(
        SENDING + wire,
        contentType === undefined ? {} : { contentType },
      );
      assertEquals(tail(answer), isTaken ? "RES=0&" : "NULL");
      assertEquals(
        answer.type === "null" && answer.closes,
        isTaken ? false : true,
      );
    },
  );
}

/** What NULL is over HTTP with `nullAnswer: "empty"`: an empty body, or a close all the same. */
const NULLS: [what: string, request: string, isEmpty: boolean][] = [
  ["a command that nobody knows", post("VER=1.1&CMD=Dance&SEQ=1&UIN=1"), true],
  ["another method", "GET / HTTP/1.1\r\n\r\n", true],
  [
    "a web page",
    post("VER=1.1&CMD=Logout&SEQ=1&UIN=1", "Origin: http://x\r\n"),
    false,
  ],
  ["a malformed head", "POST / HTTP/1.1\r\nno header\r\n\r\n", false],
  [
    "a value beyond the limit",
    post(`VER=1.1&CMD=Logout&SEQ=1&UIN=1&X=${"x".repeat(65_537)}`),
    false,
  ],
];

function post(body: string, headers = ""): string {
  return `POST / HTTP/1.1\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

for (const [what, sent, isEmpty] of NULLS) {
  onStage(
    `nullAnswer "empty": ${what} gets ${isEmpty ? "an empty body" : "a close"}`,
    async (stage) => {
      const { port } = stage.server.listen({ port: 0 });
      const client = await LineClient.to(port);
      await client.send(sent);
      if (isEmpty) {
        assertEquals(await client.characters(NOTHING.length), NOTHING);
        // The connection goes on.
        await client.send(post("VER=1.1&CMD=Logout&SEQ=1&UIN=10001"));
        assertEquals(await client.line(), "HTTP/1.1 200 OK\r\n");
      } else assertEquals(await client.rest(), "");
      client.close();
    },
    { nullAnswer: "empty" },
  );
}

const NOTHING = "HTTP/1.1 200 OK\r\nServer: tencent imserver/1.0.0\r\n" +
  "Content-Type: text/plain; charset=UTF-8\r\nContent-Length: 0\r\n\r\n";
