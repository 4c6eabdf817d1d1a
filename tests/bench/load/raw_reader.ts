/** WebSocket clients that cost a load generator very little: they count frames. @module */

import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";

/** Options of {@linkcode openReader}. */
export interface RawReaderOptions {
  readonly port: number;
  /** Path and query, with the token. */
  readonly path: string;
  /** Called for each text frame; `text` reads it. */
  onFrame(text: () => string): void;
}

/** Opens a WebSocket; resolves once the handshake is done. */
export function openReader(options: RawReaderOptions): Promise<Socket> {
  const { port, path, onFrame } = options;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    let rest: Buffer = Buffer.alloc(0);
    let isOpen = false;
    socket.on("error", reject);
    socket.on("connect", () =>
      socket.write(
        `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
          "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      ));
    socket.on("data", (chunk: Buffer) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      if (!isOpen) {
        const end = rest.indexOf("\r\n\r\n");
        if (end < 0) return;
        const head = rest.subarray(0, end).toString("latin1");
        if (!head.startsWith("HTTP/1.1 101")) return reject(new Error(head));
        isOpen = true;
        rest = rest.subarray(end + 4);
        resolve(socket);
      }
      rest = readFrames(rest, socket, onFrame);
    });
  });
}

/** Reads whole frames; returns the rest. */
function readFrames(
  data: Buffer,
  socket: Socket,
  onFrame: RawReaderOptions["onFrame"],
): Buffer {
  let at = 0;
  while (data.length - at >= 2) {
    const opcode = data[at]! & 15;
    let length = data[at + 1]! & 127;
    let start = at + 2;
    if (length === 126) {
      if (data.length - at < 4) break;
      length = data.readUInt16BE(at + 2);
      start = at + 4;
    } else if (length === 127) {
      if (data.length - at < 10) break;
      length = Number(data.readBigUInt64BE(at + 2));
      start = at + 10;
    }
    const end = start + length;
    if (data.length < end) break;
    if (opcode === 1) {
      const from = start;
      onFrame(() => data.subarray(from, end).toString("utf8"));
    } else if (opcode === 9) socket.write(pongOf(data.subarray(start, end)));
    // Without an answer to its close, the server would wait for its timeout.
    else if (opcode === 8) socket.end(CLOSE);
    at = end;
  }
  return at === 0 ? data : data.subarray(at);
}

/** A mask of zeroes leaves the payload, at most 125 bytes, as it is. */
function pongOf(payload: Buffer): Buffer {
  const head = Buffer.from([0x8a, 0x80 | payload.length, 0, 0, 0, 0]);
  return Buffer.concat([head, payload]);
}

const CLOSE = Buffer.from([0x88, 0x80, 0, 0, 0, 0]);
