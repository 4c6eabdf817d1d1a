/** Calls between nodes in memory, for tests and simulations. @module */

import type { Clock } from "../../lib/clock.ts";
import { NoResponderError, type Rpc, RpcTimeoutError } from "./rpc.ts";

/** The handlers of all nodes: what a message server knows. */
export class MemoryNetwork {
  readonly clock: Clock;
  readonly handlers: Map<
    string,
    (request: Uint8Array) => Promise<Uint8Array>
  > = new Map();

  /** @param clock Counts delays and timeouts. */
  constructor(clock: Clock) {
    this.clock = clock;
  }
}

/** Options of a {@linkcode MemoryRpc}. */
export interface MemoryRpcOptions {
  /**
   * Returns how long the next message takes in one direction, in milliseconds.
   *
   * @default {() => 0}
   */
  readonly delayMs?: () => number;
  /**
   * Returns whether the next answer gets lost.
   *
   * @default {() => false}
   */
  readonly isAnswerLost?: () => boolean;
}

/** One node's connection to a {@linkcode MemoryNetwork}. */
export class MemoryRpc implements Rpc {
  /** Whether this node reaches nobody and nobody reaches it. Messages on their way get lost. */
  isCut = false;
  readonly #network: MemoryNetwork;
  readonly #delayMs: () => number;
  readonly #isAnswerLost: () => boolean;

  constructor(network: MemoryNetwork, options: MemoryRpcOptions = {}) {
    this.#network = network;
    this.#delayMs = options.delayMs ?? (() => 0);
    this.#isAnswerLost = options.isAnswerLost ?? (() => false);
  }

  call(
    node: string,
    request: Uint8Array,
    timeoutMs: number,
  ): Promise<Uint8Array> {
    const { clock, handlers } = this.#network;
    const bytes = request.slice();
    return new Promise((resolve, reject) => {
      const cancel = clock.after(timeoutMs, () =>
        reject(
          new RpcTimeoutError(
            `Cannot call node ${node}: no answer within ${timeoutMs} ms`,
          ),
        ));
      this.#later(() => {
        const handler = handlers.get(node);
        if (handler === undefined) {
          cancel();
          return reject(
            new NoResponderError(`Cannot call node ${node}: it is not there`),
          );
        }
        handler(bytes).then((answer) => {
          if (this.#isAnswerLost()) return;
          const copy = answer.slice();
          this.#later(() => {
            cancel();
            resolve(copy);
          });
        }, () => {});
      });
    });
  }

  serve(
    node: string,
    handler: (request: Uint8Array) => Promise<Uint8Array>,
  ): () => void {
    const { handlers } = this.#network;
    // A server that is cut off gets the request and cannot answer it, or does not get it.
    const reachable = (request: Uint8Array) =>
      this.isCut
        ? Promise.reject(new RpcTimeoutError(`Cannot reach node ${node}`))
        : handler(request).then((answer) => {
          if (this.isCut) {
            throw new RpcTimeoutError(`Cannot reach node ${node}`);
          }
          return answer;
        });
    handlers.set(node, reachable);
    return () => {
      if (handlers.get(node) === reachable) handlers.delete(node);
    };
  }

  #later(run: () => void): void {
    if (this.isCut) return;
    this.#network.clock.after(this.#delayMs(), () => {
      if (!this.isCut) run();
    });
  }
}
