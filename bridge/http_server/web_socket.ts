/** WebSockets of the package `ws` as the connections see them. @module */

import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Limits } from "../../mod.ts";
import type { Socket, SocketHandler } from "../endpoint/socket.ts";
import { WebSocket, WebSocketServer } from "../deps_node.ts";

/** How long the closing handshake may take, in milliseconds. */
const CLOSING_MS = 5000;

/** `ws` closes what comes in too many pieces with 1008; here that is too big. */
class BoundedWebSocket extends WebSocket {
  override close(code?: number, reason?: string): void {
    super.close(code === 1008 && reason === undefined ? 1009 : code, reason);
  }
}

/** What opens WebSockets on connections that a front has checked. */
export function socketServer(
  limits: Limits,
  protocolOf: (request: IncomingMessage) => string | undefined,
): WebSocketServer {
  const options = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.frameBytes,
    maxFragments: limits.fragments,
    closeTimeout: CLOSING_MS,
    WebSocket: BoundedWebSocket,
    handleProtocols: (_: Set<string>, request: IncomingMessage) =>
      protocolOf(request) ?? (false as const),
  };
  return new WebSocketServer(options);
}

/**
 * A WebSocket of `ws` for a connection. Text goes past `ws`, which would make
 * the frame of an event anew for each of its readers; without compression it
 * holds nothing back that could be overtaken.
 */
export class WsSocket implements Socket {
  readonly #ws: WebSocket;
  readonly #connection: Duplex;
  readonly #frames: TextFrames;

  /**
   * @param ws An open one.
   * @param connection What it was opened on.
   * @param frames Shared by all who get the same texts.
   */
  constructor(ws: WebSocket, connection: Duplex, frames: TextFrames) {
    this.#ws = ws;
    this.#connection = connection;
    this.#frames = frames;
  }

  /** See {@linkcode Socket}. */
  send(text: string, flushed?: () => void): void {
    if (this.#ws.readyState === WebSocket.OPEN) {
      const frame = this.#frames.frameOf(text);
      this.#connection.write(frame, flushed && (() => flushed()));
    } else if (flushed !== undefined) queueMicrotask(flushed);
  }

  /** See {@linkcode Socket}. */
  get bufferedAmount(): number {
    return this.#ws.bufferedAmount;
  }

  /** See {@linkcode Socket}. */
  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  /** See {@linkcode Socket}. */
  terminate(): void {
    this.#ws.terminate();
  }

  /** See {@linkcode Socket}. */
  ping(data?: string): void {
    if (this.#ws.readyState === WebSocket.OPEN) this.#ws.ping(data);
  }
}

/** Tells a peer what its WebSocket does. `ended` is called once, last, with the close code. */
export function connectPeer(
  ws: WebSocket,
  peer: SocketHandler,
  ended: (code: number) => void,
): void {
  ws.on("message", (data, isBinary) => {
    if (isBinary) peer.onBinary();
    else peer.onText(data.toString());
  });
  ws.on("pong", (data) => peer.onPong(data.toString()));
  // `ws` has begun the close already, with the code that fits; nothing more is sent.
  ws.on("error", () => peer.onClose());
  ws.on("close", (code) => {
    peer.onClose();
    ended(code);
  });
}

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
