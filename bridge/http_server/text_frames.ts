/** Text frames of RFC 6455 as a server sends them, ready to be written. @module */

import { Buffer } from "node:buffer";

/** Makes the frame of a text: one piece, not masked, with its head before it. */
export function encodeTextFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const headBytes = bytes < 126 ? 2 : bytes < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headBytes + bytes);
  frame[0] = 0x81;
  if (headBytes === 2) {
    frame[1] = bytes;
  } else if (headBytes === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  frame.write(text, headBytes);
  return frame;
}

/** Frames for many sockets: an event goes to one after the other, and its frame is made once. */
export class TextFrames {
  #text = "";
  #frame = encodeTextFrame("");

  /** The frame of a text; not to be changed. */
  frameOf(text: string): Uint8Array {
    if (text !== this.#text) {
      this.#frame = encodeTextFrame(text);
      this.#text = text;
    }
    return this.#frame;
  }
}
