/** A request as it came, on which connection. */
export interface RawRequest {
  head: string;
  body: string;
  /** 1 for the first connection. */
  connection: number;
  /** 1 for the first request of all. */
  nth: number;
  write(text: string): Promise<void>;
}

/** A whole response, byte by byte. */
export function response(body: string, headers = ""): string {
  const bytes = new TextEncoder().encode(body).length;
  return `HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\n${headers}Content-Length: ${bytes}\r\n\r\n${body}`;
}

/**
 * A TCP server on a free port that reads HTTP requests and leaves the answer to
 * a script: `true` keeps the connection, `false` closes it.
 */
export class RawServer implements AsyncDisposable {
  readonly url: string;
  readonly requests: RawRequest[] = [];
  connections = 0;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.TcpConn>();
  readonly #work: Promise<void>[] = [];

  constructor(answer: (request: RawRequest) => Promise<boolean>) {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.url = `http://127.0.0.1:${this.#listener.addr.port}/`;
    this.#work.push(this.#accept(answer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    this.#open.clear();
    await Promise.all(this.#work);
  }

  async #accept(answer: (request: RawRequest) => Promise<boolean>) {
    try {
      for await (const connection of this.#listener) {
        this.#open.add(connection);
        this.#work.push(this.#serve(connection, ++this.connections, answer));
      }
    } catch {
      // Closed.
    }
  }

  async #serve(
    connection: Deno.TcpConn,
    number: number,
    answer: (request: RawRequest) => Promise<boolean>,
  ): Promise<void> {
    const write = async (text: string) => {
      let bytes = new TextEncoder().encode(text);
      while (bytes.length > 0) {
        bytes = bytes.subarray(await connection.write(bytes));
      }
    };
    try {
      let text = "";
      for (;;) {
        const end = text.indexOf("\r\n\r\n");
        const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0);
        if (end >= 0 && text.length >= end + 4 + length) {
          const request: RawRequest = {
            head: text.slice(0, end),
            body: text.slice(end + 4, end + 4 + length),
            connection: number,
            nth: this.requests.length + 1,
            write,
          };
          text = text.slice(end + 4 + length);
          this.requests.push(request);
          if (!await answer(request)) break;
          continue;
        }
        const chunk = new Uint8Array(4096);
        const count = await connection.read(chunk);
        if (count === null) break;
        // Requests of these tests are ASCII.
        text += new TextDecoder().decode(chunk.subarray(0, count));
      }
    } catch {
      // The other end went away.
    }
    if (this.#open.delete(connection)) connection.close();
  }
}
