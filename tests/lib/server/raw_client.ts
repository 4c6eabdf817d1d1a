/** A client that writes and reads bytes, and the requests and replies of 2005 as text. @module */

import { delay } from "@std/async";
const encoder = new TextEncoder();

/** A connection, byte by byte. */
export class RawClient implements Disposable {
  /** Whether the other end has closed: true, false, or by a reset. */
  ended: boolean | "reset" = false;
  readonly #socket: Deno.TcpConn;
  readonly #reading: Promise<void>;
  #bytes: number[] = [];
  #changed: () => void = () => {};
  #isClosed = false;

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
    this.#reading = this.#read();
  }

  /** Connects. */
  static async to(port: number, hostname = "127.0.0.1"): Promise<RawClient> {
    return new RawClient(await Deno.connect({ hostname, port }));
  }

  /** What has come and was not taken. */
  get text(): string {
    return new TextDecoder().decode(new Uint8Array(this.#bytes));
  }

  /** Sends. */
  async send(text: string | Uint8Array): Promise<void> {
    let bytes = typeof text === "string" ? encoder.encode(text) : text;
    while (bytes.length > 0) {
      bytes = bytes.subarray(await this.#socket.write(bytes));
    }
  }

  /** Ends this side. */
  async end(): Promise<void> {
    await this.#socket.closeWrite();
  }

  /** Takes so many bytes, or what comes before the end. */
  async takeBytes(length: number): Promise<Uint8Array> {
    while (this.#bytes.length < length && !this.ended) await this.#change();
    return new Uint8Array(this.#bytes.splice(0, length));
  }

  /** Takes so many bytes as text. */
  async take(bytes: number): Promise<string> {
    return new TextDecoder().decode(await this.takeBytes(bytes));
  }

  /** Takes what is expected, or what comes in its place. */
  async takeLike(expected: string): Promise<string> {
    return await this.take(encoder.encode(expected).length);
  }

  /** Takes all up to the end. */
  async rest(): Promise<string> {
    while (!this.ended) await this.#change();
    return await this.take(this.#bytes.length);
  }

  /** Closes. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
  }

  /** Closes, and waits until nothing is read any more. */
  async closed(): Promise<void> {
    this.close();
    await this.#reading;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#changed = resolve);
  }

  async #read(): Promise<void> {
    const chunk = new Uint8Array(4096);
    try {
      for (;;) {
        const length = await this.#socket.read(chunk);
        if (length === null) break;
        this.#bytes.push(...chunk.subarray(0, length));
        this.#changed();
      }
      this.ended = true;
    } catch {
      this.ended = "reset";
    }
    this.#changed();
  }
}

/** How many bytes a text has as UTF-8. */
export function bytesOf(text: string): number {
  return encoder.encode(text).length;
}

/** A request; the headers end in line ends of their own. */
export function request(
  body: string,
  { line = "POST / HTTP/1.1", headers = "" } = {},
): string {
  return `${line}\r\nHost: tqq.tencent.com:8000\r\n${headers}Content-Length: ${
    bytesOf(body)
  }\r\n\r\n${body}`;
}

/** The reply to the byte; extra headers end in line ends of their own. */
export function reply(body: string, headers = "", status = "200 OK"): string {
  return `HTTP/1.1 ${status}\r\nServer: tencent imserver/1.0.0\r\n` +
    `Content-Type: text/plain; charset=UTF-8\r\nContent-Length: ${
      bytesOf(body)
    }\r\n${headers}\r\n${body}`;
}

/** Waits until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await delay(1);
}
