/** WebSockets of the platform. @module */

import type { Clock } from "../../lib/clock.ts";
import type { Socket, SocketHandler } from "../endpoint/socket.ts";

/** Time between two looks at a full buffer, in milliseconds; the platform has no event for it. */
const DRAIN_MS = 20;

const encoder = new TextEncoder();

/** Adapts a WebSocket of the platform to {@linkcode Socket}. */
export class PlatformSocket implements Socket {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #sent = 0;

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  send(text: string, flushed?: () => void): void {
    if (this.#isOpen) {
      const before = this.#socket.bufferedAmount;
      this.#socket.send(text);
      this.#sent += this.#socket.bufferedAmount - before;
    }
    if (flushed !== undefined) this.#await(this.#sent, flushed);
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  close(code: number, reason: string): void {
    if (this.#isOpen) this.#socket.close(code, reason);
  }

  /** Only closes, because the platform cannot terminate; it ends connections without a close handshake itself. */
  terminate(): void {
    this.close(1011, "ended");
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  #await(sent: number, flushed: () => void): void {
    this.#clock.after(DRAIN_MS, () => {
      const gone = this.#sent - this.#socket.bufferedAmount;
      if (gone >= sent || !this.#isOpen) flushed();
      else this.#await(sent, flushed);
    });
  }
}

/** What a platform socket is attached to. */
export interface PlatformOwner {
  readonly clock: Clock;
  /** Maximum size of a frame, in bytes. */
  readonly frameBytes: number;
  /** Called once the socket is open; returns its handler. */
  open(socket: Socket): SocketHandler;
  /** Called once, when the socket has closed or failed to open. */
  onEnd(): void;
}

/** Attaches a socket, open or opening, to the handler that its owner returns. Throws nothing into the platform. */
export function attach(socket: WebSocket, owner: PlatformOwner): void {
  let handler: SocketHandler | undefined;
  let gone = false;
  const ended = () => {
    if (gone) return;
    gone = true;
    handler?.onClose();
    owner.onEnd();
  };
  socket.onopen = () => {
    handler = owner.open(new PlatformSocket(socket, owner.clock));
  };
  socket.onmessage = ({ data }: MessageEvent) => {
    if (handler === undefined || handler.closed) return;
    if (typeof data !== "string") return handler.onBinary();
    if (isLonger(data, owner.frameBytes)) {
      return handler.close(1009, "frame too big");
    }
    handler.onText(data);
  };
  // The platform has closed the socket already if a frame was invalid.
  socket.onerror = (event) => {
    event.preventDefault();
    ended();
  };
  socket.onclose = ended;
}

function isLonger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  return text.length * 3 > bytes && encoder.encode(text).length > bytes;
}
