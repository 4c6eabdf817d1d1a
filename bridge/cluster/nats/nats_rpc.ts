/** Calls between nodes by request and reply of NATS. @module */

import { LogTimeoutError } from "../replicated_log.ts";
import { type Rpc, RpcTimeoutError } from "../rpc.ts";
import type { NatsLink } from "./link.ts";

/** Requests that a node answers at the same time; more get no answer. */
const MAX_REQUESTS = 1000;

/** Carries calls on the subjects `tqq.NAME.node.NODE`. */
export class NatsRpc implements Rpc {
  readonly #link: NatsLink;
  readonly #prefix: string;

  /**
   * @param link The connection, which the caller closes.
   * @param name Name of the cluster.
   */
  constructor(link: NatsLink, name: string) {
    this.#link = link;
    this.#prefix = `tqq.${name}.node.`;
  }

  async call(
    node: string,
    request: Uint8Array,
    timeoutMs: number,
  ): Promise<Uint8Array> {
    try {
      const reply = await this.#link.request(
        this.#prefix + node,
        request,
        timeoutMs,
      );
      // A copy: `slice` of a Buffer shares the memory of the connection.
      return new Uint8Array(reply.data);
    } catch (error) {
      if (!(error instanceof LogTimeoutError)) throw error;
      throw new RpcTimeoutError(
        `Cannot call node ${node}: no answer within ${timeoutMs} ms`,
        { cause: error },
      );
    }
  }

  serve(
    node: string,
    handler: (request: Uint8Array) => Promise<Uint8Array>,
  ): () => void {
    let open = 0;
    return this.#link.subscribe(this.#prefix + node, (message) => {
      const { reply } = message;
      if (reply === undefined || open >= MAX_REQUESTS) return;
      open++;
      handler(new Uint8Array(message.data))
        .then((answer) => this.#link.publish(reply, answer))
        .catch(() => {})
        .finally(() => open--);
    });
  }
}
