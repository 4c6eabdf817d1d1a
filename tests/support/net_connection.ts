/** TCP connections from another address of this machine, which `Deno.connect` cannot choose. @module */

import { connect, type Socket } from "node:net";
import { once } from "node:events";

/** The part of a connection that raw sockets need. */
export interface Connection {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** Opens a connection to 127.0.0.1 from an address of 127.0.0.0/8. */
export async function connectFrom(
  localAddress: string,
  port: number,
): Promise<Connection> {
  const socket = connect({ host: "127.0.0.1", port, localAddress });
  socket.setNoDelay(true);
  // Its errors are those of reads and writes.
  socket.on("error", () => {});
  await once(socket, "connect").catch((error) => {
    socket.destroy();
    throw error;
  });
  return new NetConnection(socket);
}

/** Reads only on request, up to what a stream of the platform reads ahead. */
class NetConnection implements Connection {
  readonly #socket: Socket;
  #wake = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    const wake = () => this.#wake();
    for (const event of ["end", "close"]) socket.on(event, wake);
  }

  async read(into: Uint8Array): Promise<number | null> {
    const socket = this.#socket;
    for (;;) {
      const count = Math.min(into.length, socket.readableLength);
      const bytes: Uint8Array | null = count > 0 ? socket.read(count) : null;
      if (bytes !== null) {
        into.set(bytes);
        return bytes.length;
      }
      if (socket.readableEnded || socket.destroyed) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        socket.once("readable", resolve);
        socket.read(0);
      });
      socket.removeAllListeners("readable");
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#socket.write(
        bytes,
        (error) => error ? reject(error) : resolve(bytes.length),
      )
    );
  }

  close(): void {
    this.#socket.destroy();
  }
}
