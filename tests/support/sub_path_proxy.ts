const decoder = new TextDecoder("latin1");

/** Splits off the head of a request; `undefined` if the connection ends before. */
async function readHead(
  connection: Deno.Conn,
): Promise<{ head: string; rest: Uint8Array } | undefined> {
  let held = new Uint8Array();
  for (;;) {
    const text = decoder.decode(held);
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) return { head: text.slice(0, end), rest: held.slice(end) };
    const chunk = new Uint8Array(16_384);
    const count = await connection.read(chunk).catch(() => null);
    if (count === null) return undefined;
    const all = new Uint8Array(held.length + count);
    all.set(held);
    all.set(chunk.subarray(0, count), held.length);
    held = all;
  }
}

/** A proxy that removes `/tqq` from the path of each connection's request, or not. One request a connection. */
export class SubPathProxy implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();
  /** Port of the server behind it. */
  target = 0;

  constructor(strips: boolean) {
    void this.#serve(strips);
  }

  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#open) close(connection);
  }

  async #serve(strips: boolean): Promise<void> {
    try {
      for await (const client of this.#listener) {
        this.#open.add(client);
        void this.#forward(client, strips).catch(() => {});
      }
    } catch {
      // The listener was closed.
    }
  }

  async #forward(client: Deno.Conn, strips: boolean): Promise<void> {
    const request = await readHead(client);
    if (request === undefined) return close(client);
    const server = await Deno.connect({
      hostname: "127.0.0.1",
      port: this.target,
    });
    this.#open.add(server);
    const head = strips
      ? request.head.replace(/^(\S+) \/tqq(?=\/)/, "$1 ")
      : request.head;
    await server.write(new TextEncoder().encode(head));
    await server.write(request.rest);
    await Promise.race([
      client.readable.pipeTo(server.writable),
      server.readable.pipeTo(client.writable),
    ].map((piped) => piped.catch(() => {})));
    close(client);
    close(server);
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It has ended already.
  }
}
