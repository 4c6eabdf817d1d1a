/** WebSockets that the bridge opens, through the package `ws`. @module */

import type { Clock } from "../../../lib/clock.ts";
import type { Socket, SocketHandler } from "../../endpoint/socket.ts";
import { WebSocket } from "../../deps_node.ts";

/** How a WebSocket is opened. */
export interface DialOptions {
  /** Where. */
  readonly url: string;
  /** What is sent along. */
  readonly headers: Readonly<Record<string, string>>;
  /** Most bytes of a frame. */
  readonly frameBytes: number;
  /** Most fragments of a frame. */
  readonly fragments: number;
  /** Time. */
  readonly clock: Clock;
  /** Called once it is open. */
  open(socket: Socket): SocketHandler;
  /** Called once, when it has ended or could not be opened. */
  ended(reason: string): void;
}

/** How long opening may take, in milliseconds. */
const OPENING_MS = 10_000;

/** Maximum number of pieces in which TCP may deliver one incomplete frame; a further one ends the connection. */
const MAX_BUFFERED_CHUNKS = 256;

/** How long the closing handshake may take, in milliseconds. */
const CLOSING_MS = 2000;

/** A WebSocket that was asked for. */
export interface Dialled {
  /** The peer, while it is open. */
  readonly peer: SocketHandler | undefined;
  /** Ends it at once. */
  terminate(): void;
}

/** Opens one. Does not throw. */
export function dial(options: DialOptions): Dialled {
  const { url, headers, frameBytes, fragments } = options;
  const ws = new WebSocket(url, [], {
    headers: { ...headers },
    maxPayload: frameBytes,
    maxFragments: fragments,
    maxBufferedChunks: MAX_BUFFERED_CHUNKS,
    perMessageDeflate: false,
    followRedirects: false,
    ...{ closeTimeout: CLOSING_MS },
  });
  let peer: SocketHandler | undefined;
  let reason = "closed";
  const cancel = options.clock.after(OPENING_MS, () => {
    reason = `not open within ${OPENING_MS} ms`;
    ws.terminate();
  });
  ws.on("open", () => {
    cancel();
    peer = options.open(socketOf(ws));
  });
  ws.on("message", (data, isBinary) => {
    if (isBinary) peer?.onBinary();
    else peer?.onText(data.toString());
  });
  ws.on("pong", (data) => peer?.onPong(data.toString()));
  ws.on("error", (error) => {
    if (reason === "closed") reason = error.message || error.name;
  });
  ws.on("close", (code) => {
    cancel();
    peer?.onClose();
    options.ended(peer === undefined ? reason : `closed with ${code}`);
  });
  return {
    get peer() {
      return peer;
    },
    terminate: () => ws.terminate(),
  };
}

function socketOf(ws: WebSocket): Socket {
  return {
    send: (text, flushed) => ws.send(text, flushed && (() => flushed())),
    get bufferedAmount() {
      return ws.bufferedAmount;
    },
    close: (code, reason) => ws.close(code, reason),
    terminate: () => ws.terminate(),
    ping: (data) => {
      if (ws.readyState === ws.OPEN) ws.ping(data);
    },
  };
}
