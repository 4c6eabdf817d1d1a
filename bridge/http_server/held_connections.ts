/** Connections of refused addresses, which are neither read nor answered. @module */

import type { Socket } from "node:net";
import type { Clock } from "../../lib/clock.ts";

/** How long and how many connections are held. */
export const HELD_LIMITS = {
  /** How long a connection is held before it ends, in milliseconds. */
  heldMs: 10_000,
  /** Maximum number of held connections; one more ends at once. */
  connections: 1024,
} as const;

/**
 * Holds connections before it ends them: a client that is cut at once would
 * connect again at once, and each connection costs more than one that is held.
 */
export class HeldConnections {
  readonly #clock: Pick<Clock, "after">;
  readonly #held = new Map<Socket, () => void>();

  constructor(clock: Pick<Clock, "after">) {
    this.#clock = clock;
  }

  /** Number of held connections. */
  get size(): number {
    return this.#held.size;
  }

  /** Whether what a connection sends is to be ignored. */
  has(socket: Socket): boolean {
    return this.#held.has(socket);
  }

  /** Holds a connection, or ends it if too many are held. */
  hold(socket: Socket): void {
    const { heldMs, connections } = HELD_LIMITS;
    if (this.#held.size >= connections) {
      socket.destroy();
      return;
    }
    socket.pause();
    this.#held.set(socket, this.#clock.after(heldMs, () => socket.destroy()));
    socket.once("close", () => {
      this.#held.get(socket)?.();
      this.#held.delete(socket);
    });
  }

  /** Ends the connections that are held. */
  close(): void {
    for (const socket of this.#held.keys()) socket.destroy();
  }
}
