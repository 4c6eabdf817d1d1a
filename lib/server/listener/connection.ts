/** One connection of a listener, whichever protocol it speaks. @module */

import type { Answerer } from "../http/answer.ts";
import {
  HttpConnection,
  type HttpConnectionOptions,
  type Socket,
} from "../http/http_connection.ts";
import { firstLineOf } from "./first_line.ts";
import {
  LineConnection,
  type LineConnectionOptions,
} from "../lines/line_connection.ts";

/** Options of a connection: those of both protocols. */
export type ConnectionOptions =
  & LineConnectionOptions
  & Omit<HttpConnectionOptions, "answer" | "headMs">
  & { answer: Answerer };

/** Most bytes read at once. */
const CHUNK_BYTES = 2048;

/** Reads the first line, then serves HTTP or lines. */
export class Connection {
  readonly #options: ConnectionOptions;
  #inner: HttpConnection | LineConnection | undefined;
  #isClosed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Serves until the end. Never rejects. */
  async run(): Promise<void> {
    const { clock, limits } = this.#options;
    const openedAt = clock.now();
    const cancel = clock.after(limits.headMs, () => this.cut());
    const first = await this.#readFirstLine().catch(() => undefined);
    cancel();
    if (first === undefined || this.#isClosed) return this.cut();
    const options = { ...this.#options, socket: first.socket };
    const headMs = openedAt + limits.headMs - clock.now();
    this.#inner = first.isHttp
      ? new HttpConnection({ ...options, headMs })
      : new LineConnection(options);
    await this.#inner.run();
  }

  /** Ends after the answer that is under way. */
  shut(): void {
    if (this.#inner === undefined) this.cut();
    else this.#inner.shut();
  }

  /** Closes the connection at once. */
  cut(): void {
    if (this.#inner !== undefined) return this.#inner.cut();
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.socket.close();
  }

  /** Undefined if the connection ends, or must. */
  async #readFirstLine(): Promise<
    { isHttp: boolean; socket: Socket } | undefined
  > {
    const { limits, socket } = this.#options;
    const chunk = new Uint8Array(CHUNK_BYTES);
    let bytes = new Uint8Array(0);
    for (;;) {
      const length = await socket.read(chunk);
      if (length === null) return undefined;
      const more = new Uint8Array(bytes.length + length);
      more.set(bytes);
      more.set(chunk.subarray(0, length), bytes.length);
      // Empty lines at the beginning are none, however many.
      bytes = more.subarray(emptyLines(more));
      const protocol = firstLineOf(bytes, limits.headBytes);
      if (protocol === "close") return undefined;
      if (protocol === undefined) continue;
      return {
        isHttp: protocol === "http",
        socket: withBytesBefore(socket, bytes),
      };
    }
  }
}

function emptyLines(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === 13 || bytes[at] === 10) at++;
  return at;
}

/** A socket whose first bytes were read already. */
function withBytesBefore(socket: Socket, bytes: Uint8Array): Socket {
  let left = bytes;
  return {
    read: (into) => {
      if (left.length === 0) return socket.read(into);
      const part = left.subarray(0, into.length);
      into.set(part);
      left = left.subarray(part.length);
      return Promise.resolve(part.length);
    },
    write: (out) => socket.write(out),
    closeWrite: () => socket.closeWrite(),
    close: () => socket.close(),
  };
}
