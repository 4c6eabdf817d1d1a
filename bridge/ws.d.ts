// The signatures that the program uses of ws, which ships no types.

import type { Buffer } from "node:buffer";
import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

interface Bounds {
  maxPayload?: number;
  maxFragments?: number;
  maxBufferedChunks?: number;
  perMessageDeflate?: boolean;
  closeTimeout?: number;
}

interface ClientOptions extends Bounds {
  headers?: Record<string, string>;
  followRedirects?: boolean;
  rejectUnauthorized?: boolean;
}

interface ServerOptions extends Bounds {
  host?: string;
  port?: number;
  path?: string;
  noServer?: boolean;
  clientTracking?: boolean;
  WebSocket?: typeof WebSocket;
  verifyClient?: (
    info: { origin: string; secure: boolean; req: IncomingMessage },
    done: (isAccepted: boolean, status?: number, message?: string) => void,
  ) => void;
  handleProtocols?: (
    protocols: Set<string>,
    request: IncomingMessage,
  ) => string | false;
}

/** Reads the frames of a WebSocket. Not a documented part of ws, so it fits only the version that is pinned. */
export interface Receiver {
  _buffers: Buffer[];
  _maxBufferedChunks: number;
  _write(
    piece: Buffer,
    encoding: string,
    done: (error?: Error) => void,
  ): void;
}

export declare class WebSocket extends EventEmitter {
  static readonly OPEN: number;
  readonly OPEN: number;
  constructor(
    address: string | URL,
    protocols?: string | string[],
    options?: ClientOptions,
  );
  /** Not documented, as {@linkcode Receiver}. */
  readonly _receiver: Receiver;
  readonly bufferedAmount: number;
  readonly readyState: number;
  close(code?: number, reason?: string): void;
  ping(data?: string): void;
  send(data: string | Uint8Array, onSent?: (error?: Error) => void): void;
  /** Called by ws itself when the WebSocket is open. Not documented. */
  setSocket(socket: Duplex, head: Buffer, options: object): void;
  terminate(): void;
  on(event: "open", listener: () => void): this;
  on(
    event: "message",
    listener: (data: Buffer, isBinary: boolean) => void,
  ): this;
  on(event: "ping" | "pong", listener: (data: Buffer) => void): this;
  on(event: "error", listener: (error: Error) => void): this;
  on(event: "close", listener: (code: number, reason: Buffer) => void): this;
}

export declare class WebSocketServer extends EventEmitter {
  constructor(options?: ServerOptions, onListening?: () => void);
  address(): { address: string; family: string; port: number } | string | null;
  close(onClose?: (error?: Error) => void): void;
  handleUpgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    onOpen: (client: WebSocket, request: IncomingMessage) => void,
  ): void;
  on(
    event: "connection",
    listener: (socket: WebSocket, request: IncomingMessage) => void,
  ): this;
  on(event: "listening", listener: () => void): this;
  on(event: "error", listener: (error: Error) => void): this;
}
