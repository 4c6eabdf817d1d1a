/** A line between two ends that can be cut. */
export class TcpProxy implements AsyncDisposable {
  readonly port: number;
  /** Where it leads. */
  target: number;
  readonly #listener: Deno.TcpListener;
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #running: Promise<void>;
  #isCut = false;

  constructor(target = 0) {
    this.target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#running = this.#run();
  }

  /** The flag that lets the bridge be called by the line's name. */
  get asHost(): string {
    return `--allow-origin=http://127.0.0.1:${this.port}`;
  }

  /** Ends all that is connected; nobody comes through until it is mended. */
  cut(): void {
    this.#isCut = true;
    for (const connection of this.#connections) close(connection);
    this.#connections.clear();
  }

  mend(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#listener.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const lines: Promise<void>[] = [];
    for await (const near of this.#listener) {
      if (this.#isCut) close(near);
      else lines.push(this.#lead(near));
    }
    await Promise.all(lines);
  }

  async #lead(near: Deno.TcpConn): Promise<void> {
    this.#connections.add(near);
    try {
      const far = await Deno.connect({
        hostname: "127.0.0.1",
        port: this.target,
      });
      this.#connections.add(far);
      if (this.#isCut) close(far);
      await Promise.allSettled([
        near.readable.pipeTo(far.writable),
        far.readable.pipeTo(near.writable),
      ]);
      this.#connections.delete(far);
      close(far);
    } catch {
      // Nobody is there: as without a line.
    }
    this.#connections.delete(near);
    close(near);
  }
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // The other end was first.
  }
}

/** A port that nobody listens on now. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
