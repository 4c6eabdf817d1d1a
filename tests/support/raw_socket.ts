import { connectFrom, type Connection } from "./net_connection.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A frame as a server sent it. */
export interface RawFrame {
  opcode: number;
  payload: Uint8Array;
}

/** How a raw frame may differ from a whole and valid one. */
export interface RawFrameOptions {
  fin?: boolean;
  masked?: boolean;
  /** The three reserved bits. */
  reserved?: number;
}

/** The answer to a request, read to the end of its head. */
export interface RawHead {
  status: number;
  head: string;
}

/** The head of a request for a WebSocket. */
export function upgradeHead(
  port: number,
  path: string,
  headers: Record<string, string | undefined> = {},
): string {
  const all: Record<string, string | undefined> = {
    Host: `127.0.0.1:${port}`,
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  };
  const lines = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** A TCP connection whose every byte is the test's: reads only on request. */
export class RawSocket implements Disposable {
  readonly #connection: Connection;
  /** Whether this end masks its frames: a client does, a server does not. */
  readonly masks: boolean;
  #held = new Uint8Array();
  #ended = false;

  private constructor(connection: Connection, masks = true) {
    this.#connection = connection;
    this.masks = masks;
  }

  static async connect(port: number): Promise<RawSocket> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay(true);
    return new RawSocket(connection);
  }

  /** Connects from another address of 127.0.0.0/8: a client on a machine of its own. */
  static async connectFrom(address: string, port: number): Promise<RawSocket> {
    return new RawSocket(await connectFrom(address, port));
  }

  /** Connects to a Unix socket. */
  static async connectPath(path: string): Promise<RawSocket> {
    return new RawSocket(await Deno.connect({ transport: "unix", path }));
  }

  /** Opens a WebSocket; throws where it is refused. */
  static async open(
    port: number,
    path: string,
    headers?: Record<string, string | undefined>,
  ): Promise<RawSocket> {
    const socket = await RawSocket.connect(port);
    await socket.write(upgradeHead(port, path, headers));
    const { status, head } = await socket.head();
    if (status === 101) return socket;
    socket[Symbol.dispose]();
    throw new Error(`Not opened: ${head}`);
  }

  /** Takes the next WebSocket of a listener, as its server. */
  static async accept(listener: Deno.Listener): Promise<RawSocket> {
    const socket = new RawSocket(await listener.accept(), false);
    const { head } = await socket.head();
    const key = /^sec-websocket-key: (\S+)/im.exec(head)?.[1] ?? "";
    const digest = await crypto.subtle.digest(
      "SHA-1",
      encoder.encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`),
    );
    const accept = btoa(String.fromCharCode(...new Uint8Array(digest)));
    await socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    return socket;
  }

  async write(data: string | Uint8Array): Promise<void> {
    let rest = typeof data === "string" ? encoder.encode(data) : data;
    while (rest.length > 0) {
      rest = rest.subarray(await this.#connection.write(rest));
    }
  }

  /** Sends a text frame. */
  send(frame: unknown): Promise<void> {
    return this.frame(
      1,
      typeof frame === "string" ? frame : JSON.stringify(frame),
    );
  }

  /** Sends any frame. */
  async frame(
    opcode: number,
    payload: string | Uint8Array = "",
    { fin = true, masked = this.masks, reserved = 0 }: RawFrameOptions = {},
  ): Promise<void> {
    const body = typeof payload === "string"
      ? encoder.encode(payload)
      : payload.slice();
    const head = [(fin ? 0x80 : 0) | reserved << 4 | opcode];
    const mask = masked ? 0x80 : 0;
    if (body.length < 126) head.push(mask | body.length);
    else if (body.length < 65_536) {
      head.push(mask | 126, body.length >> 8, body.length & 255);
    } else {
      const { length } = body;
      head.push(mask | 127, 0, 0, 0, 0);
      for (const shift of [24, 16, 8, 0]) head.push(length >>> shift & 255);
    }
    // A mask of zeroes leaves the payload as it is.
    if (masked) head.push(0, 0, 0, 0);
    const all = new Uint8Array(head.length + body.length);
    all.set(head);
    all.set(body, head.length);
    await this.write(all);
  }

  /** Reads the head of an answer; status 0 where the connection ended before. */
  async head(): Promise<RawHead> {
    for (;;) {
      const text = decoder.decode(this.#held);
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        this.#held = this.#held.slice(
          encoder.encode(text.slice(0, end)).length + 4,
        );
        return { status: Number(text.split(" ")[1]), head: text.slice(0, end) };
      }
      if (!await this.#more()) return { status: 0, head: text };
    }
  }

  /** Reads the next frame, answering pings; undefined at the end. */
  async next(): Promise<RawFrame | undefined> {
    for (;;) {
      const frame = this.#takeFrame();
      if (frame === undefined) {
        if (!await this.#more()) return undefined;
      } else if (frame.opcode === 9) {
        await this.frame(10, frame.payload);
      } else if (frame.opcode !== 10) {
        return frame;
      }
    }
  }

  /** Reads the next text frame's JSON; throws at the end. */
  // deno-lint-ignore no-explicit-any
  async json(): Promise<any> {
    const frame = await this.next();
    if (frame?.opcode !== 1) throw new Error("no text frame any more");
    return JSON.parse(decoder.decode(frame.payload));
  }

  /** Reads to the end, and gives the close code; 1006 where there was none. */
  async closeCode(): Promise<number> {
    for (;;) {
      const frame = await this.next();
      if (frame === undefined) return 1006;
      if (frame.opcode !== 8) continue;
      const { payload } = frame;
      return payload.length < 2 ? 1005 : payload[0]! << 8 | payload[1]!;
    }
  }

  /** Reads so many bytes, as text. */
  async text(bytes: number): Promise<string> {
    while (this.#held.length < bytes && await this.#more());
    const text = decoder.decode(this.#held.subarray(0, bytes));
    this.#held = this.#held.slice(bytes);
    return text;
  }

  /** Reads to the end, and gives all as text. */
  async rest(): Promise<string> {
    while (await this.#more());
    return decoder.decode(this.#held);
  }

  /** Reads at most so many bytes that are there, drops their frames and answers pings; false at the end. */
  async sip(bytes: number): Promise<boolean> {
    if (!await this.#more(bytes)) return false;
    for (let frame; (frame = this.#takeFrame()) !== undefined;) {
      if (frame.opcode === 9) await this.frame(10, frame.payload);
    }
    return true;
  }

  /** Reads bytes and drops them; returns how many, `undefined` at the end. */
  async skip(): Promise<number | undefined> {
    const bytes = new Uint8Array(65_536);
    return await this.#connection.read(bytes).catch(() => null) ?? undefined;
  }

  [Symbol.dispose](): void {
    try {
      this.#connection.close();
    } catch {
      // It has ended already.
    }
  }

  async #more(bytes = 65_536): Promise<boolean> {
    if (this.#ended) return false;
    const chunk = new Uint8Array(bytes);
    const count = await this.#connection.read(chunk).catch(() => null);
    if (count === null) {
      this.#ended = true;
      return false;
    }
    const all = new Uint8Array(this.#held.length + count);
    all.set(this.#held);
    all.set(chunk.subarray(0, count), this.#held.length);
    this.#held = all;
    return true;
  }

  #takeFrame(): RawFrame | undefined {
    const held = this.#held;
    if (held.length < 2) return undefined;
    const view = new DataView(held.buffer, held.byteOffset);
    let length = held[1]! & 0x7f;
    let at = 2;
    if (length === 126) {
      if (held.length < 4) return undefined;
      length = view.getUint16(2);
      at = 4;
    } else if (length === 127) {
      if (held.length < 10) return undefined;
      length = Number(view.getBigUint64(2));
      at = 10;
    }
    const isMasked = (held[1]! & 0x80) !== 0;
    const mask = held.slice(at, isMasked ? at += 4 : at);
    if (held.length < at + length) return undefined;
    this.#held = held.slice(at + length);
    const payload = held.slice(at, at + length);
    if (isMasked) {
      payload.forEach((byte, index) =>
        payload[index] = byte ^ mask[index % 4]!
      );
    }
    return { opcode: held[0]! & 15, payload };
  }
}
