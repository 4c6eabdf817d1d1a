/** Calls between the nodes of a cluster. @module */

/** Requests from one node to another by its id. */
export interface Rpc {
  /**
   * Sends a request to a node. Rejects with NoResponderError if no node
   * received it, so nothing was done, and with RpcTimeoutError if no answer came
   * in time, which says nothing about the outcome.
   */
  call(
    node: string,
    request: Uint8Array,
    timeoutMs: number,
  ): Promise<Uint8Array>;
  /**
   * Answers the requests to a node. A handler that rejects sends no answer.
   *
   * @returns Stops answering.
   */
  serve(
    node: string,
    handler: (request: Uint8Array) => Promise<Uint8Array>,
  ): () => void;
}

/** No node of that id received the request, so nothing was done. */
export class NoResponderError extends Error {
  override name = "NoResponderError";
}

/** A request was not answered in time, so its outcome is unknown. */
export class RpcTimeoutError extends Error {
  override name = "RpcTimeoutError";
}
