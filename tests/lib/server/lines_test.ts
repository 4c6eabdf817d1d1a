import { Origins } from "../../../lib/server/http/origins.ts";
import { Connection } from "../../../lib/server/listener/connection.ts";
import { firstLineOf } from "../../../lib/server/listener/first_line.ts";
import type { PushedItem, Pushes } from "../../../lib/server/lines/pushes.ts";
import { LIMITS, type Limits } from "../../../lib/server/limits.ts";
import { createServer, type QqAnswer } from "../../../lib/server/mod.ts";
import type { LineRequest } from "../../../lib/server/lines/line_connection.ts";
import { md5Hex } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { randomFrom } from "../../support/random.ts";
import { LineClient } from "./line_client.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A socket without a network. */
class MemorySocket {
  readonly written: { text: string; at: number }[] = [];
  isClosed = false;
  /** Set while the client reads nothing. */
  isStalled = false;
  reads = 0;
  readonly #clock: FakeClock;
  readonly #pieces: (Uint8Array | null)[] = [];
  #wake: () => void = () => {};
  #wakeWriter: () => void = () => {};

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** What the client sends; null: the end of its side. */
  push(...pieces: (Uint8Array | string | null)[]): void {
    for (const piece of pieces) {
      this.#pieces.push(
        typeof piece === "string" ? encoder.encode(piece) : piece,
      );
    }
    this.#wake();
  }

  get text(): string {
    return this.written.map(({ text }) => text).join("");
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#pieces.length === 0 && !this.isClosed) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.isClosed) throw new Error("closed");
    this.reads++;
    const piece = this.#pieces[0]!;
    if (piece === null) return null;
    const part = piece.subarray(0, into.length);
    into.set(part);
    if (part.length === piece.length) this.#pieces.shift();
    else this.#pieces[0] = piece.subarray(part.length);
    return part.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (this.isStalled && !this.isClosed) {
      await new Promise<void>((resolve) => this.#wakeWriter = resolve);
    }
    if (this.isClosed) throw new Error("closed");
    this.written.push({ text: decoder.decode(bytes), at: this.#clock.now() });
    return bytes.length;
  }

  closeWrite(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
    this.#wake();
    this.#wakeWriter();
  }
}

/** What a connection is served by: answers say what was asked. */
function stageOf(
  limits: Partial<Limits> = {},
  answer = echo,
  pushes: readonly string[] = [],
) {
  const clock = new FakeClock();
  const socket = new MemorySocket(clock);
  const left = [...pushes];
  const written: string[] = [];
  const connection = new Connection({
    origins: new Origins([]),
    socket,
    address: "10.0.0.1",
    answer: answer as never,
    pushes: {
      next: (): PushedItem | undefined => {
        const text = left[0];
        return text === undefined
          ? undefined
          : { uin: "10001", id: 1, encode: (seq) => `${text} ${seq}` };
      },
      written: () => written.push(left.shift()!),
      ended: () => {},
    } as unknown as Pushes,
    clock,
    limits: { ...LIMITS, lineGapMs: 0, ...limits },
  });
  const running = connection.run();
  return { clock, connection, running, socket, written };
}

function echo(request: LineRequest): Promise<QqAnswer> {
  const body = decoder.decode(request.body);
  return Promise.resolve({ type: "reply", bodies: [body], headers: {} });
}

/** What comes first on a connection, and which protocol that is. */
const FIRST_LINES: [bytes: string, protocol: ReturnType<typeof firstLineOf>][] =
  [
    ["POST / HTTP/1.1\r\n", "http"],
    ["post http://x/ HTTP/1.0 \t\r\n", "http"],
    ["POST  HTTP/1.1\n", "http"],
    ["\r\n\nPOST\tHTTP/1.9\n", "http"],
    ["PRI * HTTP/2.0\r\n", "close"],
    ["GET / HTTP/1.x\n", "close"],
    ["GET / HTTP/\n", "close"],
    ["HTTP/1.1\n", "lines"],
    ["GET / HTTP/1.1 x\n", "lines"],
    ["VER=1.4&CMD=List\n", "lines"],
    ["\x89\x01VER=1.4&CMD=List\n", "lines"],
    ["\x89\n", "lines"],
    ["\x16\x03\x01", "close"],
    ["\n\n\0VER=1.4\n", "close"],
    ["", undefined],
    ["\r\n\r\n", undefined],
    ["POST / HTTP/1.1", undefined],
    ["x".repeat(8191), undefined],
    ["x".repeat(8192), "lines"],
  ];

Deno.test("firstLineOf(): decides at the first line end", () => {
  for (const [text, protocol] of FIRST_LINES) {
    const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
    assertEquals(firstLineOf(bytes, 8192), protocol, JSON.stringify(text));
  }
});

const CONVERSATION = "\r\n\x01VER=1.4&SEQ=1&MG=你好\n\nno request\r\n" +
  "\x01VER=1.1&SEQ=2\r\nVER=1.4&MG=a\0b\n";
const ANSWERED = "VER=1.4&SEQ=1&MG=你好\r\nVER=1.1&SEQ=2\r\n" +
  "VER=1.4&MG=a\0b\r\n";

Deno.test("lines: a conversation is read the same, wherever its bytes are split", async () => {
  const bytes = encoder.encode(CONVERSATION.replace("\x01", "\x89"));
  const splits: Uint8Array[][] = Array.from(
    { length: bytes.length },
    (_, at) => [bytes.subarray(0, at), bytes.subarray(at)],
  );
  splits.push(Array.from(bytes, (byte) => Uint8Array.of(byte)));
  for (const pieces of splits) {
    const { running, socket } = stageOf();
    for (const piece of pieces.filter(({ length }) => length > 0)) {
      socket.push(piece);
      await settle();
    }
    socket.push(null);
    await running;
    assertEquals(socket.text, ANSWERED);
  }
});

/** What a client does, and after how long the connection is closed; undefined: never. */
const PATIENCE: [what: string, sent: string[], ms: number | undefined][] = [
  ["says nothing", [], 10_000],
  ["sends no line end", ["VER=1.4&CMD=List"], 10_000],
  ["sends empty lines only", ["\r\n", "\r\n\r\n"], 10_000],
  ["sends a line, and nothing more", ["VER=1.4\n"], 120_000],
  ["begins a second line", ["VER=1.4\n", "VER=1.4&SEQ="], 30_000],
  ["sends a line beyond the limit", [`VER=1.4\nV${"x".repeat(200_000)}`], 0],
  ["sends a NUL first", ["\0VER=1.4\n"], 0],
];

for (const [what, sent, ms] of PATIENCE) {
  Deno.test(`lines: a client that ${what} is closed after ${ms} ms`, async () => {
    const { clock, running, socket } = stageOf();
    for (const piece of sent) {
      socket.push(piece);
      await settle();
    }
    if (ms! > 0) {
      await clock.advance(ms! - 1);
      assertEquals(socket.isClosed, false);
      await clock.advance(1);
    }
    await settle();
    assertEquals(socket.isClosed, true);
    await running;
    assertEquals(clock.pending, 0);
  });
}

Deno.test("lines: writes are 20 ms apart, replies before pushes, and a push that is written is reported", async () => {
  const { clock, running, socket, written } = stageOf(
    { lineGapMs: 20 },
    (request) => {
      request.line.wake();
      return echo(request);
    },
    ["first", "second"],
  );
  const startAt = clock.now();
  socket.push("VER=1\nVER=2\n");
  await settle();
  await clock.advance(100);
  assertEquals(
    socket.written.map(({ text, at }) => [text, at - startAt]),
    [["VER=1\r\n", 0], ["VER=2\r\n", 20], ["first 1\r\n", 40], [
      "second 2\r\n",
      60,
    ]],
  );
  assertEquals(written, ["first", "second"]);
  socket.push(null);
  await running;
});

Deno.test("lines: a client that does not read is closed after 30 s, and 64 of its requests wait meanwhile", async () => {
  const { clock, running, socket } = stageOf();
  socket.isStalled = true;
  for (let nth = 0; nth < 500; nth++) {
    socket.push(`VER=1.4&SEQ=${nth}\n`);
    await settle();
  }
  assert(socket.reads < 80, `${socket.reads} reads`);
  await clock.advance(30_000);
  await running;
  assertEquals([socket.isClosed, socket.text], [true, ""]);
});

Deno.test("lines: random bytes end no process, and every other client is served", async () => {
  const random = randomFrom(14);
  const below = (most: number) => Math.floor(random() * most);
  const words = [
    "VER=1.4&",
    "CMD=Login&",
    "CMD=CLTMSG&",
    "SEQ=1&",
    "UIN=1",
    "\n",
  ]
    .map((word) => encoder.encode(word));
  const errors: unknown[] = [];
  const server = createServer({
    clock: new FakeClock(),
    onError: (error) => errors.push(error),
  });
  const { port } = server.listen({ port: 0 });
  const line = () => {
    const parts = Array.from(
      { length: 1 + below(6) },
      () =>
        below(2) === 0
          ? words[below(words.length)]!
          : Uint8Array.from({ length: below(12) }, () => below(256)),
    );
    return [...parts.flatMap((part) => [...part]), 10];
  };
  // 1,000 connections with 100 lines each.
  for (let turn = 0; turn < 20; turn++) {
    await Promise.all(Array.from({ length: 50 }, async () => {
      const client = await LineClient.to(port);
      const bytes = Array.from({ length: 100 }, line).flat();
      await client.send(Uint8Array.from([86, ...bytes]));
      client.close();
    }));
  }
  const client = await LineClient.to(port);
  await client.send("VER=1.4&CMD=Logout&SEQ=1&UIN=10001\n");
  assertEquals(
    await client.line(),
    "VER=1.4&CMD=LOGOUT&SEQ=1&UIN=10001&RES=0\r\n",
  );
  client.close();
  await server.close();
  assertEquals(errors, []);
});

Deno.test("lines: 1,000 sessions that say nothing stay, and each is pushed its mail", async () => {
  const clock = new FakeClock();
  const server = createServer({ clock, limits: { lineGapMs: 0 } });
  const passwordMd5 = md5Hex("demo");
  const login = `PS=${passwordMd5}&LC=812822641C978097`;
  const uins = Array.from({ length: 1000 }, (_, nth) => String(20_000 + nth));
  for (const uin of uins) await server.createAccount({ uin, passwordMd5 });
  const { port } = server.listen({ port: 0 });
  const clients: LineClient[] = [];
  for (const uin of uins) {
    const client = await LineClient.to(port);
    clients.push(client);
    await client.send(`VER=1.4&CMD=Login&SEQ=1&UIN=${uin}&${login}\n`);
    assertEquals(
      await client.line(),
      `VER=1.4&CMD=Login&SEQ=1&UIN=${uin}&RES=0&RS=0&HI=60&LI=300\r\n`,
    );
  }
  // Far beyond LI and the idle limit.
  for (let minute = 0; minute < 30; minute++) await clock.advance(60_000);
  assertEquals(uins.every((uin) => server.isOnline(uin)), true);
  for (const uin of uins) {
    await server.deliver(uin, { type: "message", from: "10001", text: uin });
  }
  for (const [nth, uin] of uins.entries()) {
    assertEquals(
      await clients[nth]!.line(),
      `VER=1.4&CMD=Server_Msg&SEQ=1&UIN=${uin}&RES=0&MN=1&MT=9&UN=10001&MG=${uin}\r\n`,
    );
  }
  for (const client of clients) client.close();
  await server.close();
});
