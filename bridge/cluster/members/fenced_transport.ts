/** A transport that sends nothing once this node's lease is over. @module */

import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "../../../mod.ts";

/**
 * Checks the lease before each request, because a process that was paused for a
 * while wakes up as an owner that it no longer is. What it throws has a `cause`,
 * so that the request counts as not sent.
 */
export class FencedTransport implements Transport {
  readonly #transport: Transport;
  readonly #mayAct: () => boolean;

  /**
   * @param transport Sends the requests.
   * @param mayAct Returns whether this node drives the account at this moment.
   */
  constructor(transport: Transport, mayAct: () => boolean) {
    this.#transport = transport;
    this.#mayAct = mayAct;
  }

  post(request: TransportRequest): Promise<TransportResponse> {
    if (this.#mayAct()) return this.#transport.post(request);
    const rule = "this node does not drive the account any more";
    return Promise.reject(
      new TransportError("unreachable", `Cannot send the request: ${rule}`, {
        cause: new Error(rule),
      }),
    );
  }

  /** Does nothing, because other accounts share the transport. */
  close(): void {}
}
