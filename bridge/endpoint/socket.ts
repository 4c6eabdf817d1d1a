/** WebSockets as connections see them, whatever platform gives them. @module */

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
  /** Begins the close handshake. */
  close(code: number, reason: string): void;
  /** Ends the socket at once, whatever waits. */
  terminate(): void;
  /**
   * Asks for a pong; absent where the platform does not let us.
   *
   * @param data What the pong brings back.
   */
  ping?(data?: string): void;
}

/** What a front tells of a WebSocket. Nothing of it throws. */
export interface SocketHandler {
  /** Whether it has ended. */
  readonly closed: boolean;
  /** Takes a text frame. */
  onText(text: string): void;
  /** Takes a binary frame. */
  onBinary(): void;
  /** Takes a pong, with what its ping carried. */
  onPong(data?: string): void;
  /** The socket has ended. */
  onClose(): void;
  /** Looks after what takes time. Called about once a second. */
  sweep(now: number): void;
  /** Begins the end, with a close code. */
  close(code: number, reason: string): void;
}
