/** Server-side WebSockets of the package `ws`. @module */

import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Limits } from "../../mod.ts";
import {
  BoundedWebSocket,
  MAX_BUFFERED_CHUNKS,
} from "../endpoint/outbound/bounded_web_socket.ts";
import type { Socket, SocketHandler } from "../endpoint/socket.ts";
import { WebSocket, WebSocketServer } from "../deps_node.ts";

/** Timeout of the closing handshake, in milliseconds. */
const CLOSING_MS = 5000;

/** Returns a server that performs handshakes for requests that were checked before. */
export function createSocketServer(
  limits: Limits,
  protocolOf: (request: IncomingMessage) => string | undefined,
): WebSocketServer {
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
    maxFragments: limits.fragments,
    maxBufferedChunks: MAX_BUFFERED_CHUNKS,
    closeTimeout: CLOSING_MS,
    WebSocket: BoundedWebSocket,
    handleProtocols: (_: Set<string>, request: IncomingMessage) =>
      protocolOf(request) ?? (false as const),
  };
  return new WebSocketServer(options);
}

/**
 * A WebSocket of `ws` for a connection. It writes text frames to the connection
 * itself, because `ws` would encode an event again for each reader. Nothing can
 * be overtaken by it, because without compression `ws` queues nothing.
 */
export class WsSocket implements Socket {
  readonly #ws: WebSocket;
  readonly #connection: Duplex;
  readonly #frames: TextFrames;

  /**
   * Wraps an open WebSocket.
   *
   * @param ws The WebSocket.
   * @param connection The connection under it.
   * @param frames Shared by all sockets that send the same texts.
   */
  constructor(ws: WebSocket, connection: Duplex, frames: TextFrames) {
    this.#ws = ws;
    this.#connection = connection;
    this.#frames = frames;
  }

  send(text: string, flushed?: () => void): void {
    if (this.#ws.readyState === WebSocket.OPEN) {
      const frame = this.#frames.encode(text);
      this.#connection.write(frame, flushed && (() => flushed()));
    } else if (flushed !== undefined) queueMicrotask(flushed);
  }

  get bufferedAmount(): number {
    return this.#ws.bufferedAmount;
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  terminate(): void {
    this.#ws.terminate();
  }

  ping(data?: string): void {
    if (this.#ws.readyState === WebSocket.OPEN) this.#ws.ping(data);
  }
}

/**
 * Forwards what a WebSocket delivers. `onClose` of the handler comes first,
 * then `onClose` of the caller, once, with the close code.
 */
export function connectHandler(
  ws: WebSocket,
  handler: SocketHandler,
  onClose: (code: number) => void,
): void {
  ws.on("message", (data, isBinary) => {
    if (isBinary) handler.onBinary();
    else handler.onText(data.toString());
  });
  ws.on("pong", (data) => handler.onPong(data.toString()));
  // `ws` has already started the close with the fitting code.
  ws.on("error", () => handler.onClose());
  ws.on("close", (code) => {
    handler.onClose();
    onClose(code);
  });
}

/** Encodes a text as one unmasked frame with its head. */
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

/** Caches the last encoded frame, because an event goes to one socket after the other. */
export class TextFrames {
  #text = "";
  #frame = encodeTextFrame("");

  /** The frame of a text. Must not be modified. */
  encode(text: string): Uint8Array {
    if (text !== this.#text) {
      this.#frame = encodeTextFrame(text);
      this.#text = text;
    }
    return this.#frame;
  }
}
