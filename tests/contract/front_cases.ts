/** What every front must do, tested over real sockets by the function that starts it. @module */

import { DEFAULT_LIMITS, type Limits, type ServerFrame } from "../../mod.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { READER, TOKEN } from "./front_tokens.ts";

/** A front that serves account 10001 of an embedded server, with the demo's accounts. */
export interface FrontStage extends AsyncDisposable {
  readonly port: number;
  /** Delivers a message from 10002 to account 10001. */
  deliver(text: string): Promise<void>;
  /** Closes the server with its clients. */
  stop(): Promise<void>;
}

export type StartFront = (
  options?: { limits?: Partial<Limits> },
) => Promise<FrontStage>;

/** Limits of an edge that differ from the default. */
const EDGE_LIMITS: Partial<Limits> = { connections: 1000, stallMs: 30_000 };

/** A client of one WebSocket: what it got, and the end. */
class Client implements AsyncDisposable {
  readonly socket: WebSocket;
  /** The close code. */
  readonly closed: Promise<number>;
  #frames: ServerFrame[] = [];
  #more: () => void = () => {};

  constructor(
    { port }: FrontStage,
    query = `?access_token=${TOKEN}`,
    protocols: string[] = [],
  ) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/ws${query}`, protocols);
    this.socket.onmessage = ({ data }) => {
      this.#frames.push(JSON.parse(data));
      this.#more();
    };
    this.closed = new Promise((resolve) => {
      this.socket.onclose = ({ code }) => {
        resolve(code);
        this.#more();
      };
    });
  }

  async say(...frames: unknown[]): Promise<void> {
    if (this.socket.readyState === WebSocket.CONNECTING) {
      await new Promise((resolve) =>
        this.socket.addEventListener("open", resolve, { once: true })
      );
    }
    for (const frame of frames) {
      this.socket.send(
        typeof frame === "string" || frame instanceof Uint8Array
          ? frame as string
          : JSON.stringify(frame),
      );
    }
  }

  /** Takes the first frame that fits out of those that came, or the next one. */
  async next<F extends ServerFrame>(
    fits: (frame: ServerFrame) => frame is F,
  ): Promise<F>;
  async next(fits: (frame: ServerFrame) => boolean): Promise<ServerFrame>;
  async next(fits: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
    for (;;) {
      const index = this.#frames.findIndex(fits);
      if (index >= 0) return this.#frames.splice(index, 1)[0]!;
      assert(
        this.socket.readyState < WebSocket.CLOSING,
        "the socket has ended",
      );
      await new Promise<void>((resolve) => this.#more = resolve);
    }
  }

  welcome() {
    return this.next((
      frame,
    ): frame is Extract<ServerFrame, { type: "welcome" }> =>
      frame.type === "welcome"
    );
  }

  result(id: string | number | null) {
    return this.next((
      frame,
    ): frame is Extract<ServerFrame, { type: "result" }> =>
      frame.type === "result" && frame.id === id
    );
  }

  /** The next message from a friend. */
  async message(): Promise<{ seq: number; text: string }> {
    const frame = await this.next((frame) =>
      frame.type === "event" && frame.event === "message"
    );
    assert(frame.type === "event" && frame.event === "message");
    return { seq: frame.seq, text: frame.data.text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

/** Asks in plain HTTP for a WebSocket, and says so many bytes behind it; gives the answer's head, and whether the connection was ended. */
async function handshake(
  { port }: FrontStage,
  path: string,
  headers: Record<string, string> = {},
  bytes?: Uint8Array,
  isAccepted = false,
): Promise<{ head: string; ended: boolean }> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const head = {
    Host: `127.0.0.1:${port}`,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const lines = Object.entries(head)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
  await connection.write(new TextEncoder().encode(request));
  let text = "";
  const buffer = new Uint8Array(4096);
  const read = async (): Promise<boolean> => {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return false;
    text += new TextDecoder("latin1").decode(buffer.subarray(0, count));
    return true;
  };
  while (!text.includes("\r\n\r\n") && await read());
  const answer = { head: text.split("\r\n\r\n")[0]!, ended: false };
  if (bytes === undefined) return answer;
  await connection.write(bytes);
  if (isAccepted) return answer;
  while (await read());
  return { ...answer, ended: true };
}

/** Tests what the program and the edge share. */
export function testFront(name: string, start: StartFront): void {
  Deno.test(`server ${name}: welcome has the accounts and limits`, async () => {
    await using stage = await start();
    await using client = new Client(stage);
    const { protocol, accounts, limits } = await client.welcome();
    assertEquals(protocol, 1);
    assertEquals(accounts.map(({ uin }) => uin), ["10001"]);
    assertEquals(limits, {
      ...DEFAULT_LIMITS,
      ...(name === "program" ? {} : EDGE_LIMITS),
    });
  });

  Deno.test(`server ${name}: a consumer continues after what it acknowledged; a second one replaces it`, async () => {
    await using stage = await start();
    const query = `?access_token=${TOKEN}&consumer=c&events=message`;
    await using first = new Client(stage, query);
    await first.welcome();
    await stage.deliver("one");
    const { seq } = await first.message();
    await first.say({ type: "ack", seq }, {
      type: "command",
      id: 1,
      command: "ping",
    });
    await first.result(1);
    await stage.deliver("two");
    await first.message();
    await using second = new Client(stage, query);
    assertEquals((await second.message()).text, "two");
    assertEquals(await first.closed, 4009);
  });

  Deno.test(`server ${name}: a command is answered, and its message arrives back`, async () => {
    await using stage = await start();
    await using client = new Client(stage);
    const { epoch } = await client.welcome();
    const after = { epoch, seq: 0 };
    await client.say({ type: "subscribe", id: "s", after });
    await client.next((frame) =>
      frame.type === "event" && frame.event === "account.state" &&
      frame.data.state === "online"
    );
    await client.say({
      type: "command",
      id: "a",
      account: "10001",
      command: "send",
      params: { to: "10000", text: "你好" },
    });
    const frame = await client.result("a");
    assert(frame.ok);
    assertEquals((await client.message()).text, "你好");
  });

  Deno.test(`server ${name}: an event stream sends what the WebSocket sends`, async () => {
    await using stage = await start();
    await using client = new Client(stage);
    const { epoch, seq } = await client.welcome();
    const ended = new AbortController();
    const response = await fetch(
      `http://127.0.0.1:${stage.port}/events?access_token=${TOKEN}&events=message&after=${epoch}:${seq}`,
      { signal: ended.signal },
    );
    await stage.deliver("both");
    const received = await client.message();
    let text = "";
    for await (
      const chunk of response.body!.pipeThrough(new TextDecoderStream())
    ) {
      text += chunk;
      if (text.includes("both")) break;
    }
    assertMatch(text, new RegExp(`id: ?${epoch}:${received.seq}`));
    ended.abort();
  });
}

/**
 * Tests an edge as a whole. The suite of all endpoints, and the tests of the
 * HTTP server, hold the same for the program.
 *
 * @param acceptedFrames Invalid frames that the platform accepts.
 */
export function testEdgeFront(
  name: string,
  start: StartFront,
  acceptedFrames: readonly string[] = [],
): void {
  for (
    const [case_, path, headers, status] of [
      ["no token", "/ws", {}, "101"],
      [
        "a token in the header",
        "/ws",
        { Authorization: `Bearer ${TOKEN}` },
        "101",
      ],
      ["any scheme", "/ws", { Authorization: `Token ${TOKEN}` }, "101"],
      ["a token in the query", `/ws?access_token=${TOKEN}`, {}, "101"],
      [
        "a wrong token in the header",
        "/ws",
        { Authorization: "Bearer wrong" },
        "401",
      ],
      ["a wrong token in the query", "/ws?access_token=wrong", {}, "401"],
      ["a foreign origin", "/ws", { Origin: "https://evil.example" }, "403"],
      ["another path", "/nothing", {}, "404"],
      [
        "a foreign subprotocol",
        "/ws",
        { "Sec-WebSocket-Protocol": "12" },
        "400",
      ],
      ["a bad filter", `/ws?access_token=${TOKEN}&events=weather`, {}, "400"],
      [
        "an account outside",
        `/ws?access_token=${READER}&accounts=10002`,
        {},
        "404",
      ],
      ["a bad position", `/ws?access_token=${TOKEN}&after=1`, {}, "400"],
      ["another version", "/ws", { "Sec-WebSocket-Version": "7" }, "4(00|26)"],
    ] as const
  ) {
    Deno.test(`server ${name}: the handshake with ${case_} is answered ${status}`, async () => {
      await using stage = await start();
      const { head } = await handshake(stage, path, headers);
      assertMatch(head, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert(!/sec-websocket-protocol/i.test(head), head);
    });
  }

  Deno.test(`server ${name}: the handshake returns the subprotocol, and no other`, async () => {
    await using stage = await start();
    const { head } = await handshake(stage, "/ws", {
      "Sec-WebSocket-Protocol": "chat, tqq.v1",
    });
    assertMatch(head, /^HTTP\/1\.1 101 /);
    assertMatch(head, /sec-websocket-protocol: tqq\.v1/i);
  });

  Deno.test(`server ${name}: a token in hello opens, a wrong one closes 1008`, async () => {
    await using stage = await start();
    await using client = new Client(stage, "");
    await client.say({ type: "hello", token: TOKEN });
    await client.welcome();
    await using other = new Client(stage, "");
    await other.say({ type: "hello", token: "wrong" });
    assertEquals(await other.closed, 1008);
  });

  Deno.test(`server ${name}: no hello in time closes 4001`, async () => {
    await using stage = await start({ limits: { helloMs: 50 } });
    await using client = new Client(stage, "");
    assertEquals(await client.closed, 4001);
  });

  Deno.test(`server ${name}: events arrive, and a resumed reader gets what it missed, once`, async () => {
    await using stage = await start();
    let position: string;
    {
      await using client = new Client(stage);
      const { epoch } = await client.welcome();
      await stage.deliver("one");
      const { seq, text } = await client.message();
      assertEquals(text, "one");
      position = `${epoch}:${seq}`;
    }
    await stage.deliver("two");
    await stage.deliver("three");
    await using client = new Client(
      stage,
      `?access_token=${TOKEN}&after=${position}`,
    );
    const got = [await client.message(), await client.message()];
    await stage.deliver("four");
    got.push(await client.message());
    assertEquals(got.map(({ text }) => text), ["two", "three", "four"]);
  });

  for (
    const [case_, frame, code] of [
      ["no JSON", "{", "bad_frame"],
      ["no known type", { type: "shout" }, "bad_frame"],
      [
        "too deep",
        `{"type":"command","id":1,"command":"ping","params":${"[".repeat(33)}${
          "]".repeat(33)
        }}`,
        "bad_frame",
      ],
      [
        "no known command",
        { type: "command", id: null, command: "dance" },
        "bad_frame",
      ],
    ] as const
  ) {
    Deno.test(`server ${name}: a frame that is ${case_} is answered ${code}`, async () => {
      await using stage = await start();
      await using client = new Client(stage);
      await client.say(frame);
      const result = await client.result(null);
      assert(!result.ok);
      assertEquals(result.error.code, code);
    });
  }

  Deno.test(`server ${name}: twenty bad frames close 4000`, async () => {
    await using stage = await start();
    await using client = new Client(stage);
    await client.say(...Array(20).fill("{"));
    assertEquals(await client.closed, 4000);
  });

  Deno.test(`server ${name}: a binary frame closes 1003`, async () => {
    await using stage = await start();
    await using client = new Client(stage);
    await client.say(new Uint8Array(3));
    assertEquals(await client.closed, 1003);
  });

  Deno.test(`server ${name}: a frame of 64 KiB is read, one byte more closes 1009`, async () => {
    await using stage = await start();
    await using client = new Client(stage);
    const { frameBytes } = DEFAULT_LIMITS;
    const text = (bytes: number) => {
      const frame = `{"type":"command","id":"big","command":"ping","key":"好"}`;
      return frame + " ".repeat(bytes - new TextEncoder().encode(frame).length);
    };
    await client.say(text(frameBytes));
    await client.result("big");
    await client.say(text(frameBytes + 1));
    assertEquals(await client.closed, 1009);
  });

  for (
    const [case_, ...bytes] of [
      ["that is no UTF-8", 0x81, 0x82, 0, 0, 0, 0, 0xff, 0xfe],
      ["with a reserved bit", 0xc1, 0x82, 0, 0, 0, 0, 0x7b, 0x7d],
      ["of no known kind", 0x83, 0x80, 0, 0, 0, 0],
      ["that is a long ping", 0x89, 0xfe, 0, 126, 0, 0, 0, 0],
    ] as const
  ) {
    const isAccepted = acceptedFrames.includes(case_);
    const end = isAccepted ? "harms" : "ends its connection, and";
    Deno.test(`server ${name}: a frame ${case_} ${end} no other`, async () => {
      await using stage = await start();
      await using client = new Client(stage);
      await client.welcome();
      const path = `/ws?access_token=${TOKEN}`;
      const bad = new Uint8Array(bytes as readonly number[]);
      const { head, ended } = await handshake(stage, path, {}, bad, isAccepted);
      assertMatch(head, /^HTTP\/1\.1 101 /);
      assertEquals(ended, !isAccepted);
      await client.say({ type: "command", id: 1, command: "ping" });
      assert((await client.result(1)).ok);
    });
  }

  Deno.test(`server ${name}: too many commands are overloaded, far too many close 4008`, async () => {
    await using stage = await start({ limits: { commandsPerMinute: 2 } });
    await using client = new Client(stage);
    const ping = (id: number) => ({ type: "command", id, command: "ping" });
    await client.say(ping(1), ping(2), ping(3));
    assert((await client.result(2)).ok);
    const refused = await client.result(3);
    assert(!refused.ok);
    assertEquals(refused.error.code, "overloaded");
    await client.say(...Array.from({ length: 120 }, (_, index) => ping(index)));
    assertEquals(await client.closed, 4008);
  });

  Deno.test(`server ${name}: HTTP on the path of a WebSocket is answered 426`, async () => {
    await using stage = await start();
    const response = await fetch(`http://127.0.0.1:${stage.port}/ws`);
    await response.body?.cancel();
    assertEquals(response.status, 426);
  });

  Deno.test(`server ${name}: a foreign origin is refused beside the WebSockets too`, async () => {
    await using stage = await start();
    const response = await fetch(`http://127.0.0.1:${stage.port}/healthz`, {
      headers: { origin: "https://evil.example" },
    });
    await response.body?.cancel();
    assertEquals(response.status, 403);
  });

  Deno.test(`server ${name}: shutdown closes clients with 1012`, async () => {
    await using stage = await start();
    await using client = new Client(stage);
    await client.welcome();
    await stage.stop();
    assertEquals(await client.closed, 1012);
  });
}
