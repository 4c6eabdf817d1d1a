/** What a connection needs of a WebSocket, whatever platform gives it. @module */

/** See the module. */
export interface Socket {
  /**
   * Sends a text frame.
   *
   * @param flushed Called once this frame has left the process, or failed to.
   */
  send(text: string, flushed?: () => void): void;
  /** Bytes that wait to leave the process. */
  readonly bufferedAmount: number;
  /** Begins the close handshake. */
  close(code: number, reason: string): void;
  /** Ends the socket at once, whatever waits. */
  terminate(): void;
  /** Asks for a pong; absent where the platform does not let us. */
  ping?(): void;
}
