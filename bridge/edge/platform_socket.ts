/** WebSockets of the platform. @module */

import type { Clock } from "../../lib/clock.ts";
import type { Socket, SocketHandler } from "../endpoint/socket.ts";
import type { EdgeSocket } from "./edge_socket.ts";
import type { SentBytes } from "./sent_bytes.ts";

/** Value of `readyState` of an open socket. */
const OPEN = 1;

/** Time between two looks at a full buffer, in milliseconds; the platform has no event for it. */
const DRAIN_MS = 20;

const encoder = new TextEncoder();

/** Adapts a WebSocket of the platform to {@linkcode Socket}. */
export class PlatformSocket implements Socket {
  readonly #socket: EdgeSocket;
  readonly #clock: Clock;
  /** Called with the bytes of each frame if the platform does not know what waits. */
  readonly #onSent: (bytes: number) => void;
  #sent = 0;
  #hasEnded = false;
  /** Callbacks of frames in the buffer, each with the number of bytes sent up to it. */
  #waiting: { sent: number; flushed: () => void }[] = [];
  #cancelLook: (() => void) | undefined;

  constructor(
    socket: EdgeSocket,
    clock: Clock,
    onSent: (bytes: number) => void = () => {},
  ) {
    this.#socket = socket;
    this.#clock = clock;
    this.#onSent = onSent;
  }

  send(text: string, flushed?: () => void): void {
    if (this.#isOpen) this.#send(text);
    if (flushed === undefined) return;
    // Later, because the caller may send the next frame from its callback.
    if (this.#hasEnded) return queueMicrotask(flushed);
    this.#waiting.push({ sent: this.#sent, flushed });
    this.#lookLater();
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount ?? 0;
  }

  #send(text: string): void {
    const before = this.#socket.bufferedAmount;
    this.#socket.send(text);
    if (before === undefined) this.#onSent(encoder.encode(text).length);
    else this.#sent += this.bufferedAmount - before;
  }

  close(code: number, reason: string): void {
    if (this.#isOpen) this.#socket.close(code, reason);
    this.end();
  }

  /** Only closes, because the platform cannot terminate; it ends connections without a close handshake itself. */
  terminate(): void {
    this.close(1011, "ended");
  }

  /** Calls the callbacks that wait, and stops the timer: the socket is closing, or has closed. */
  end(): void {
    this.#hasEnded = true;
    this.#cancelLook?.();
    this.#cancelLook = undefined;
    for (const { flushed } of this.#waiting.splice(0)) flushed();
  }

  get #isOpen(): boolean {
    return this.#socket.readyState === OPEN;
  }

  #lookLater(): void {
    this.#cancelLook ??= this.#clock.after(DRAIN_MS, () => {
      this.#cancelLook = undefined;
      const gone = this.#isOpen ? this.#sent - this.bufferedAmount : Infinity;
      const flushed: (() => void)[] = [];
      while (this.#waiting.length > 0 && this.#waiting[0]!.sent <= gone) {
        flushed.push(this.#waiting.shift()!.flushed);
      }
      if (this.#waiting.length > 0) this.#lookLater();
      for (const call of flushed) call();
    });
  }
}

/** What a platform socket is attached to. */
export interface PlatformOwner {
  readonly clock: Clock;
  /** Bounds what is sent if the platform does not know what waits. */
  readonly sentBytes: SentBytes;
  /** Maximum size of a frame, in bytes. */
  readonly frameBytes: number;
  /** Called once the socket is open; returns its handler. */
  open(socket: Socket): SocketHandler;
  /** Called once, when the socket has closed or failed to open. */
  onEnd(): void;
}

/** Attaches a socket, open or opening, to the handler that its owner returns. Throws nothing into the platform. */
export function attach(socket: EdgeSocket, owner: PlatformOwner): void {
  const { clock, frameBytes, sentBytes } = owner;
  let handler: SocketHandler | undefined;
  let gone = false;
  const closeSlow = () => handler?.close(1013, "too slow: come back");
  const adapter = new PlatformSocket(
    socket,
    clock,
    (bytes) => sentBytes.add(closeSlow, bytes),
  );
  const ended = () => {
    if (gone) return;
    gone = true;
    handler?.onClose();
    adapter.end();
    sentBytes.clear(closeSlow);
    owner.onEnd();
  };
  const opened = () => {
    handler = owner.open(adapter);
  };
  socket.addEventListener("message", (event) => {
    sentBytes.clear(closeSlow);
    if (handler === undefined || handler.closed) return;
    const { data } = event as MessageEvent;
    if (typeof data !== "string") return handler.onBinary();
    if (isLonger(data, frameBytes)) {
      return handler.close(1009, "frame too big");
    }
    handler.onText(data);
  });
  // The platform has closed the socket already if a frame was invalid.
  socket.addEventListener("error", (event) => {
    event.preventDefault();
    ended();
  });
  socket.addEventListener("close", ended);
  if (socket.readyState === OPEN) opened();
  else socket.addEventListener("open", opened);
}

function isLonger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  return text.length * 3 > bytes && encoder.encode(text).length > bytes;
}
