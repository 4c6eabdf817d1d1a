/** The platform's WebSocket, as connections see theirs. @module */

import type { Clock } from "../../lib/clock.ts";
import type { Socket, SocketHandler } from "../endpoint/socket.ts";

/** How often a full buffer is looked at, in milliseconds: the platform does not tell when it drains. */
const DRAIN_MS = 20;

const encoder = new TextEncoder();

/** See the module. */
export class PlatformSocket implements Socket {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #sent = 0;

  /**
   * @param socket An open one.
   * @param clock Time.
   */
  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /** See {@linkcode Socket}. */
  send(text: string, flushed?: () => void): void {
    if (this.#isOpen) {
      const before = this.#socket.bufferedAmount;
      this.#socket.send(text);
      this.#sent += this.#socket.bufferedAmount - before;
    }
    if (flushed !== undefined) this.#await(this.#sent, flushed);
  }

  /** See {@linkcode Socket}. */
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  /** See {@linkcode Socket}. */
  close(code: number, reason: string): void {
    if (this.#isOpen) this.#socket.close(code, reason);
  }

  /** The platform knows no such thing; it ends what does not finish its close handshake in its own time. */
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

/** What a frame front listens with. */
export interface PlatformFront {
  /** Time. */
  readonly clock: Clock;
  /** Most bytes of a frame. */
  readonly frameBytes: number;
  /** Makes the peer, once the socket is open. */
  open(socket: Socket): SocketHandler;
  /** It has ended, or never opened. Called once. */
  ended(): void;
}

/** Ties a platform's socket, open or about to be, to its peer. Nothing is thrown into the platform. */
export function attach(socket: WebSocket, front: PlatformFront): void {
  let peer: SocketHandler | undefined;
  let gone = false;
  const ended = () => {
    if (gone) return;
    gone = true;
    peer?.onClose();
    front.ended();
  };
  socket.onopen = () => {
    peer = front.open(new PlatformSocket(socket, front.clock));
  };
  socket.onmessage = ({ data }: MessageEvent) => {
    if (peer === undefined || peer.closed) return;
    if (typeof data !== "string") return peer.onBinary();
    if (isLonger(data, front.frameBytes)) {
      return peer.close(1009, "frame too big");
    }
    peer.onText(data);
  };
  // What is wrong in the frames themselves the platform has closed already.
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
