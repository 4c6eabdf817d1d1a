/** What the edge needs of a platform's WebSocket. @module */

/**
 * A WebSocket of a platform, open or opening. A standard `WebSocket` is one.
 * One that is open already sends no event `open`.
 *
 * @category Edge
 */
export interface EdgeSocket {
  /** State as in the standard: 1 while it is open. */
  readonly readyState: number;
  /** Bytes that wait to be sent; undefined if the platform does not know. */
  readonly bufferedAmount?: number;
  /** Sends a text frame. */
  send(text: string): void;
  /** Starts the close handshake. */
  close(code?: number, reason?: string): void;
  /** Adds a listener of `open`, `message`, `close` or `error`. */
  addEventListener(type: string, listener: (event: Event) => void): void;
}

/**
 * Accepts a WebSocket on a platform.
 *
 * @param request The handshake.
 * @param options The subprotocol that was chosen, and the time without a frame after which the platform asks the client, in seconds.
 * @returns The socket, open or opening, and the response of the handshake.
 * @category Edge
 */
export type UpgradeWebSocket = (
  request: Request,
  options: { protocol?: string; idleTimeout?: number },
) => { socket: EdgeSocket; response: Response };
