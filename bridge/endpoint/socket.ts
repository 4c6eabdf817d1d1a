/** WebSockets, independent of the platform. @module */

/** What a connection needs of its WebSocket. */
export interface Socket {
  /**
   * Sends a text frame.
   *
   * @param flushed Called once this frame has left the process, or failed to.
   */
  send(text: string, flushed?: () => void): void;
  /** Bytes that wait to leave the process. */
  readonly bufferedAmount: number;
  /** Starts the close handshake. */
  close(code: number, reason: string): void;
  /** Ends the socket at once, and drops what waits. */
  terminate(): void;
  /**
   * Sends a ping; absent if the platform cannot.
   *
   * @param data What the pong brings back.
   */
  ping?(data?: string): void;
}

/** Receives what a WebSocket delivers. No method throws. */
export interface SocketHandler {
  /** Whether the connection has ended. */
  readonly closed: boolean;
  /** Handles a text frame. */
  onText(text: string): void;
  /** Handles a binary frame. */
  onBinary(): void;
  /** Handles a pong, with the data of its ping. */
  onPong(data?: string): void;
  /** Called when the socket has ended. */
  onClose(): void;
  /** Checks timeouts. Called about once a second. */
  sweep(now: number): void;
  /** Starts the close handshake. */
  close(code: number, reason: string): void;
}
