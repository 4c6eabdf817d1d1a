import { AgentTransport } from "../../bridge/upstream/agent_transport.ts";
import {
  LargeReplies,
  MAIL_BYTES,
  ReplyBody,
  RESPONSE_BYTES,
} from "../../lib/reply_body.ts";
import { MalformedError } from "../../lib/protocol/errors.ts";
import { FetchTransport, QqClient, type Transport } from "../../mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";

const MIB = 1024 * 1024;

/** One row of a mailbox is 32 KiB and 24 bytes. */
const TEXT = "x".repeat(32 * 1024);

/** A body with so many rows of mail. */
function mailOf(rows: number, seq: string): string {
  return `VER=1.1&CMD=GETMSGEX&SEQ=${seq}&UIN=10001&RES=0&MN=${rows}&MT=${
    "10,".repeat(rows)
  }&UN=${"10002,".repeat(rows)}&MG=${`${TEXT},`.repeat(rows)}`;
}

/** A server whose mailbox is handed out at one go. */
function serving(bytes: number, withLength: boolean) {
  const rows = Math.floor(bytes / (TEXT.length + 10));
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const asked = await request.text();
      const seq = /SEQ=(-?\d+)/.exec(asked)![1]!;
      if (!asked.includes("CMD=GetMsgEx")) {
        return new Response(
          `VER=1.1&CMD=LOGIN&SEQ=${seq}&UIN=10001&RES=0&RS=0&HI=60&LI=300`,
        );
      }
      const body = new TextEncoder().encode(mailOf(rows, seq));
      if (withLength) return new Response(body);
      let sent = 0;
      return new Response(
        new ReadableStream({
          pull(controller) {
            controller.enqueue(body.subarray(sent, sent += MIB));
            if (sent >= body.length) controller.close();
          },
        }),
      );
    },
  );
  return { rows, server, url: `http://127.0.0.1:${server.addr.port}/` };
}

const TRANSPORTS: Record<string, (url: string) => Transport> = {
  FetchTransport: (url) => new FetchTransport(url),
  AgentTransport: (url) => new AgentTransport(url),
};

for (const [name, make] of Object.entries(TRANSPORTS)) {
  for (
    const [mib, withLength] of [
      [5, true],
      [63, false],
      [70, true],
      [70, false],
    ] as const
  ) {
    Deno.test(`${name}: ${mib} MiB of mail ${withLength ? "with" : "without"} a length are delivered in whole rows, the rest as one item`, async () => {
      const { rows, server, url } = serving(mib * MIB, withLength);
      const transport = make(url);
      const client = new QqClient({
        uin: "10001",
        password: "demo",
        transport,
      });
      await client.login();
      const items = await client.fetchMail();
      const whole = items.filter(({ type }) => type === "stranger_message");
      const rest = items.filter(({ type }) => type === "unreadable");
      assertEquals(
        whole.every((item) => (item as { text: string }).text === TEXT),
        true,
      );
      if (mib <= 64) {
        assertEquals([whole.length, rest.length], [rows, 0]);
      } else {
        const all = new TextEncoder().encode(mailOf(rows, "12345")).length;
        const [item] = rest as { raw: string; bytes: number }[];
        assertEquals(item!.raw.length, 4000);
        // What was delivered and what is left are the whole, lists and all.
        const head = all - rows * (TEXT.length + 10) -
          "MT=&UN=&MG=".length;
        assertEquals(
          whole.length * (TEXT.length + 10) + item!.bytes + head,
          all,
        );
        assertEquals(whole.length > rows * 0.9, true);
      }
      await client[Symbol.asyncDispose]();
      transport.close?.();
      await server.shutdown();
    });
  }

  Deno.test(`${name}: what is no mail is refused beyond ${RESPONSE_BYTES} bytes`, async () => {
    const { server, url } = serving(5 * MIB, true);
    const transport = make(url);
    await assertRejects(
      () =>
        transport.post({
          body: "VER=1.1&CMD=GetMsgEx&SEQ=1&UIN=10001",
          headers: {},
          signal: new AbortController().signal,
        }),
      MalformedError,
      "at most 4194304 bytes",
    );
    transport.close?.();
    await server.shutdown();
  });
}

Deno.test("AgentTransport: large replies on kept connections are read one at a time, each whole", async () => {
  const rows = 300;
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const [, seq, uin] = /SEQ=(\d+)&UIN=(\d+)/.exec(await request.text())!;
      const mail = seq === "1" ? "" : mailOf(rows, seq!);
      return new Response(`SEQ=${seq}&UIN=${uin}&${mail}`, {
        headers: { "Idempotency-Key": "k1" },
      });
    },
  );
  const transport = new AgentTransport(`http://127.0.0.1:${server.addr.port}/`);
  const poll = (seq: number) =>
    transport.post({
      body: `VER=1.1&CMD=GetMsgEx&SEQ=${seq}&UIN=10001`,
      headers: { "Idempotency-Key": "k1" },
      signal: new AbortController().signal,
      cutAtBytes: MAIL_BYTES,
    });
  await poll(1);
  const replies = await Promise.all([2, 3, 4].map(poll));
  assertEquals(
    replies.map(({ body }) => body.slice(body.indexOf("VER"))),
    [2, 3, 4].map((seq) => mailOf(rows, String(seq))),
  );
  transport.close();
  await server.shutdown();
});

Deno.test("ReplyBody: one large reply is read at a time, and one that is given up lets the next read", async () => {
  const largeReplies = new LargeReplies();
  const giveUp = new AbortController();
  const signals = [
    new AbortController().signal,
    giveUp.signal,
    new AbortController().signal,
  ];
  const bodies = signals.map((signal) =>
    new ReplyBody({
      cutAtBytes: MAIL_BYTES,
      contentLength: null,
      largeReplies,
      signal,
      toError: (message) => new Error(message),
    })
  );
  const chunk = new Uint8Array(RESPONSE_BYTES + 1).fill(65);
  const order: string[] = [];
  const turns = bodies.map((body, nth) =>
    body.add(chunk)!.then(
      () => order.push(`${nth}`),
      () => order.push(`${nth} gave up`),
    )
  );
  await turns[0];
  assertEquals(order, ["0"]);
  giveUp.abort();
  await turns[1];
  assertEquals(order, ["0", "1 gave up"]);
  assertEquals((await bodies[0]!.read()).body.length, chunk.length);
  bodies[0]!.close();
  await turns[2];
  assertEquals(order, ["0", "1 gave up", "2"]);
  bodies[2]!.close();
});

Deno.test("ReplyBody: others have a turn after each 256 KiB of a large reply whose pieces are all there", async () => {
  const body = new ReplyBody({
    cutAtBytes: MAIL_BYTES,
    contentLength: null,
    largeReplies: new LargeReplies(),
    signal: new AbortController().signal,
    toError: (message) => new Error(message),
  });
  await body.add(new Uint8Array(RESPONSE_BYTES + 1).fill(65));
  let [turns, isOver] = [0, false];
  const others = () => {
    turns++;
    if (!isOver) setTimeout(others);
  };
  setTimeout(others);
  const piece = new Uint8Array(65_536).fill(66);
  for (let nth = 0; nth < 64; nth++) await body.add(piece);
  isOver = true;
  const { body: text } = await body.read();
  body.close();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(text.length, RESPONSE_BYTES + 1 + 64 * piece.length);
  assert(turns >= 15, `${turns} turns`);
});
