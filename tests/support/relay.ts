/** A TCP forwarder between a client and a server, which can stop forwarding without closing anything, and cut connections. */
export class Relay implements Disposable {
  readonly #listener: Deno.TcpListener;
  readonly #onChunk: ((chunk: Uint8Array) => void) | undefined;
  readonly #open = new Set<Deno.Conn>();
  #held = false;
  #refusals = 0;
  readonly #cuts: { text: string; before: "request" | "reply" }[] = [];

  /**
   * @param port The server's port on 127.0.0.1.
   * @param options `hostname` is the address that the client connects to;
   * `onChunk` is called with everything that passes, in both directions.
   */
  constructor(
    port: number,
    options: { hostname?: string; onChunk?: (chunk: Uint8Array) => void } = {},
  ) {
    const { hostname = "127.0.0.1", onChunk } = options;
    this.#listener = Deno.listen({ hostname, port: 0 });
    this.#onChunk = onChunk;
    void this.#serve(port);
  }

  /** The port that the client connects to. */
  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** Forwards nothing any more; connections stay open. */
  hold(): void {
    this.#held = true;
  }

  /** Forwards again: what was held is lost, and its connections are closed. */
  release(): void {
    this.#held = false;
    for (const connection of this.#open) close(connection);
  }

  /** Closes the next connection whose request contains a text, before the server has all of the request or before the client has the first byte of the reply. */
  cut(text: string, before: "request" | "reply"): void {
    this.#cuts.push({ text, before });
  }

  /** Closes all connections, and the next one as soon as it is made. */
  cutAll(): void {
    this.#refusals = 1;
    for (const connection of this.#open) close(connection);
  }

  /** How many cuts are still to come. */
  get cutsLeft(): number {
    return this.#cuts.length;
  }

  /** Closes everything. */
  [Symbol.dispose](): void {
    this.#listener.close();
    for (const connection of this.#open) close(connection);
  }

  async #serve(port: number): Promise<void> {
    try {
      for await (const client of this.#listener) {
        if (this.#refusals > 0) {
          this.#refusals--;
          close(client);
          continue;
        }
        this.#open.add(client);
        void this.#forward(client, port);
      }
    } catch {
      // The listener was closed.
    }
  }

  async #forward(client: Deno.Conn, port: number): Promise<void> {
    const server = await Deno.connect({ hostname: "127.0.0.1", port })
      .catch(() => undefined);
    if (server === undefined) return close(client);
    this.#open.add(server);
    const end = () => [client, server].forEach(close);
    let asked = "";
    let cutsReply = false;
    await Promise.all([
      this.#copy(client, server, (chunk) => {
        asked += new TextDecoder().decode(chunk);
        const index = this.#cuts.findIndex(({ text }) => asked.includes(text));
        if (index < 0) return true;
        asked = "";
        const [cut] = this.#cuts.splice(index, 1);
        cutsReply = cut!.before === "reply";
        if (!cutsReply) end();
        return cutsReply;
      }),
      this.#copy(server, client, () => {
        if (cutsReply) end();
        return !cutsReply;
      }),
    ]);
    for (const connection of [client, server]) {
      this.#open.delete(connection);
      close(connection);
    }
  }

  /** @param passes Whether a chunk is forwarded. */
  async #copy(
    from: Deno.Conn,
    to: Deno.Conn,
    passes: (chunk: Uint8Array) => boolean,
  ): Promise<void> {
    const buffer = new Uint8Array(65_536);
    try {
      for (let count; (count = await from.read(buffer)) !== null;) {
        if (this.#held) continue;
        if (!passes(buffer.subarray(0, count))) return;
        this.#onChunk?.(buffer.slice(0, count));
        for (let at = 0; at < count;) {
          at += await to.write(buffer.subarray(at, count));
        }
      }
      if (!this.#held) await to.closeWrite();
    } catch {
      // One of the two is gone.
    }
  }
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}
