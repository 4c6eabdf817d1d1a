/** WebSockets of the package `ws` whose frames come in a bounded number of pieces. @module */

import { Buffer } from "node:buffer";
import type { Duplex, Writable } from "node:stream";
import { type Receiver, WebSocket } from "../../deps_node.ts";

/**
 * Maximum number of pieces in which TCP may deliver one incomplete frame; a
 * further one closes the WebSocket with 1009.
 */
export const MAX_BUFFERED_CHUNKS = 256;

/** So many pieces that wait are joined into one, because each costs several hundred bytes, however short it is. */
const JOINED_CHUNKS = 16;

/** Closes with 1009 (too big) where `ws` uses 1008, which it sends for a message in too many fragments. */
export class BoundedWebSocket extends WebSocket {
  override setSocket(socket: Duplex, head: Buffer, options: object): void {
    super.setSocket(socket, head, options);
    joinPieces(this._receiver);
    Object.assign(this._receiver, { end: endOnce });
    Object.assign(socket, { end: endOnce });
  }

  override close(code?: number, reason?: string): void {
    super.close(code === 1008 && reason === undefined ? 1009 : code, reason);
  }
}

/** Ends a stream. `ws` ends its streams again, and each time an error is made that nobody gets: 80 us for its stack. */
function endOnce(this: Writable, ...args: unknown[]): Writable {
  const isOver = this.writableEnded || this.destroyed;
  if (isOver && args.length === 0) return this;
  const { end } = Object.getPrototypeOf(this) as Writable;
  return Reflect.apply(end, this, args);
}

/** Joins the pieces that wait for the rest of their frame. They count towards the maximum as before. */
function joinPieces(receiver: Receiver): void {
  const write = receiver._write;
  const { _maxBufferedChunks: max } = receiver;
  /** How many pieces are part of the first one. */
  let joined = 0;
  receiver._write = (piece, encoding, done) => {
    const waiting = receiver._buffers.length;
    receiver._maxBufferedChunks = max - joined;
    write.call(receiver, piece, encoding, done);
    const { _buffers: buffers } = receiver;
    // The frame is complete.
    if (buffers.length <= waiting) joined = 0;
    if (buffers.length < JOINED_CHUNKS) return;
    joined += buffers.length - 1;
    receiver._buffers = [Buffer.concat(buffers)];
  };
}
