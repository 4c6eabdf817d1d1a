/**
 * The raw front: HTTP as the clients of 2005 speak it, which HTTP servers of
 * our days refuse in part. NULL is a bare close.
 *
 * @module
 */

import { acceptConnections } from "./accept_loop.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";

/**
 * The address and port of a listener.
 *
 * @category Server
 */
export interface ListenOptions {
  /**
   * The address. If other hosts can reach it, everybody there may log in.
   *
   * @default {"127.0.0.1"}
   */
  hostname?: string;
  /**
   * The port; 0 takes any free one.
   *
   * @default {8000}
   */
  port?: number;
}

/**
 * A listener for clients of 2005.
 *
 * @category Server
 */
export interface QqListener {
  /** The address that it listens on. */
  readonly hostname: string;
  /** The port that it listens on. */
  readonly port: number;
  /**
   * Ends: takes no more connections and requests, gives the answers that are
   * under way, and resolves when all connections are closed.
   */
  close(): Promise<void>;
}

/** Options of a listener: those of its connections, and its own. */
export interface ListenerOptions
  extends Omit<ConnectionOptions, "socket" | "address"> {
  /** Called when connections cannot be accepted, once until one can be again. */
  onError: (error: unknown) => void;
}

/** Accepts the TCP connections of clients. */
export class Listener implements QqListener {
  readonly hostname: string;
  readonly port: number;
  #options: ListenerOptions;
  #listener: Deno.TcpListener;
  #running = new Map<Connection, Promise<void>>();
  #byAddress = new Map<string, number>();
  #accepting: Promise<void>;
  #stopped = new AbortController();
  #closed: Promise<void> | undefined;

  constructor(where: ListenOptions, options: ListenerOptions) {
    const { hostname = "127.0.0.1", port = 8000 } = where;
    this.#options = options;
    this.#listener = Deno.listen({ hostname, port });
    this.hostname = this.#listener.addr.hostname;
    this.port = this.#listener.addr.port;
    this.#accepting = acceptConnections({
      accept: () => this.#listener.accept(),
      take: (socket) => this.#take(socket),
      clock: options.clock,
      signal: this.#stopped.signal,
      onError: options.onError,
    });
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    const { clock, limits } = this.#options;
    this.#stopped.abort();
    this.#listener.close();
    for (const connection of this.#running.keys()) connection.shut();
    const cancel = clock.after(limits.closeMs, () => {
      for (const connection of this.#running.keys()) connection.cut();
    });
    await this.#accepting;
    await Promise.all(this.#running.values());
    cancel();
  }

  #take(socket: Deno.TcpConn): void {
    const { limits } = this.#options;
    // The same client may come by either name where both families are heard.
    const address = socket.remoteAddr.hostname.replace(/^::ffff:(?=\d)/i, "");
    const count = this.#byAddress.get(address) ?? 0;
    if (
      this.#stopped.signal.aborted ||
      this.#running.size >= limits.connections ||
      count >= limits.connectionsPerAddress
    ) return socket.close();
    try {
      // The second of two replies would wait for the client to acknowledge the first.
      socket.setNoDelay(true);
      // A client of lines may say nothing for hours.
      socket.setKeepAlive(true);
    } catch (error) {
      // It was reset already.
      socket.close();
      throw error;
    }
    this.#byAddress.set(address, count + 1);
    const connection = new Connection({ ...this.#options, socket, address });
    const ended = connection.run().then(() => {
      this.#running.delete(connection);
      const left = this.#byAddress.get(address)! - 1;
      if (left > 0) this.#byAddress.set(address, left);
      else this.#byAddress.delete(address);
    });
    this.#running.set(connection, ended);
  }
}
