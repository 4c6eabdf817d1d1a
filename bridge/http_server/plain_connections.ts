/** Connections of plain HTTP: one request at a time, a write deadline, and bounds. @module */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../../lib/clock.ts";
import { networkOf } from "../../lib/network.ts";
import { PLAIN_END_COST, Sweep } from "./sweep.ts";

/** Bounds of all connections of plain HTTP together. */
export interface PlainLimits {
  /** Requests of one connection that wait for the answer before them. One more ends the connection. */
  readonly waiting: number;
  /** Bytes that wait to be sent. Beyond it, the connection without progress for longest is ended. */
  readonly unsentBytes: number;
  /** Connections that stay open after an answer. Beyond it, the one that is idle for longest is closed. */
  readonly idle: number;
  /** Likewise for one address. Not applied behind a proxy, where all clients share one. */
  readonly idlePerAddress: number;
}

export const PLAIN_LIMITS: PlainLimits = {
  waiting: 64,
  unsentBytes: 64 * 1024 * 1024,
  idle: 4096,
  idlePerAddress: 256,
};

/** What a waiting request counts as, in unsent bytes: measured 3 KB of memory, and the rest for its headers. */
const WAITING_BYTES = 4096;

export interface PlainConnectionsOptions {
  readonly clock: Pick<Clock, "now">;
  /** How long unsent bytes may make no progress, in milliseconds. */
  readonly stallMs: number;
  /** Whether clients have addresses of their own. */
  readonly countsAddresses: boolean;
  readonly limits?: Partial<PlainLimits> | undefined;
  /** Called for each connection that is ended because its client, at this address, does not read. */
  onSlow(address: string | undefined): void;
  /** Answers a request. The answer's end is noticed at its response. */
  onRequest(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    progress: AnswerProgress,
  ): void;
}

/** Receives what happens to the bytes of an answer. */
export interface AnswerProgress {
  /** Counts bytes that wait to be sent. */
  add(bytes: number): void;
  /** Counts bytes that were sent. */
  sent(bytes: number): void;
}

type Exchange = readonly [incoming: IncomingMessage, outgoing: ServerResponse];

interface Connection {
  readonly socket: Socket;
  readonly network: string;
  /** Requests that wait for the answer before them. */
  readonly waiting: Exchange[];
  isBusy: boolean;
  unsentBytes: number;
  /** When unsent bytes were last sent, or began to wait. */
  movedAt: number;
}

/** Counts the connections on which plain requests are made, and ends those that exceed a limit. */
export class PlainConnections {
  readonly #options: PlainConnectionsOptions;
  readonly #limits: PlainLimits;
  readonly #known = new WeakMap<Socket, Connection>();
  /** Connections with unsent bytes; the one without progress for longest is first. */
  readonly #sending = new Set<Connection>();
  /** Connections without a request; the one that is idle for longest is first. */
  readonly #idle = new Set<Connection>();
  readonly #idleByNetwork = new Map<string, Set<Connection>>();
  readonly #sweep = new Sweep();
  #unsentBytes = 0;

  constructor(options: PlainConnectionsOptions) {
    this.#options = options;
    this.#limits = { ...PLAIN_LIMITS, ...options.limits };
  }

  /** Bytes that wait to be sent, on all connections. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Number of connections that are open without a request. */
  get idle(): number {
    return this.#idle.size;
  }

  /** Answers a request, after those that came before it on its connection. */
  take(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { socket } = incoming;
    const connection = this.#known.get(socket) ?? this.#open(socket);
    if (!connection.isBusy) return this.#begin(connection, incoming, outgoing);
    if (connection.waiting.length >= this.#limits.waiting) {
      socket.destroy();
      return;
    }
    connection.waiting.push([incoming, outgoing]);
    this.#add(connection, WAITING_BYTES);
    // The parser reads on after each request, so this must come after it.
    queueMicrotask(() => {
      if (connection.waiting.length > 0) socket.pause();
    });
  }

  /** Whether a connection has made a request. */
  has(socket: Socket): boolean {
    return this.#known.has(socket);
  }

  /** Ends the count of a connection that becomes a WebSocket; `false` if a request is under way on it. */
  leave(socket: Socket): boolean {
    const connection = this.#known.get(socket);
    if (connection === undefined) return true;
    if (connection.isBusy) return false;
    this.#known.delete(socket);
    this.#endIdle(connection);
    return true;
  }

  /** Ends connections whose unsent bytes make no progress. Called about once a second. */
  sweep(now: number): void {
    // Clients that stall together are due together.
    this.#sweep.run(() => {
      const [oldest] = this.#sending;
      if (oldest === undefined) return undefined;
      if (now - oldest.movedAt < this.#options.stallMs) return undefined;
      this.#cut(oldest);
      return PLAIN_END_COST;
    });
  }

  #open(socket: Socket): Connection {
    const connection: Connection = {
      socket,
      network: networkOf(socket.remoteAddress ?? ""),
      waiting: [],
      isBusy: false,
      unsentBytes: 0,
      movedAt: this.#options.clock.now(),
    };
    this.#known.set(socket, connection);
    // Before the server aborts what waits.
    socket.prependOnceListener("close", () => this.#forget(connection));
    return connection;
  }

  #begin(
    connection: Connection,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): void {
    connection.isBusy = true;
    this.#endIdle(connection);
    outgoing.once("close", () => this.#end(connection));
    this.#options.onRequest(incoming, outgoing, {
      add: (bytes) => this.#add(connection, bytes),
      sent: (bytes) => this.#sent(connection, bytes),
    });
  }

  /** Goes on with the next request, or waits for one. */
  #end(connection: Connection): void {
    const { socket, waiting } = connection;
    connection.isBusy = false;
    if (socket.destroyed) return;
    const next = waiting.shift();
    // What an answer that was cut off had not sent is dropped with it.
    const left = WAITING_BYTES * waiting.length;
    this.#sent(connection, connection.unsentBytes - left);
    if (next !== undefined) return this.#begin(connection, ...next);
    socket.resume();
    this.#beginIdle(connection);
  }

  #add(connection: Connection, bytes: number): void {
    if (connection.socket.destroyed) return;
    if (connection.unsentBytes === 0) {
      connection.movedAt = this.#options.clock.now();
      this.#sending.add(connection);
    }
    connection.unsentBytes += bytes;
    this.#unsentBytes += bytes;
    for (const oldest of this.#sending) {
      if (this.#unsentBytes <= this.#limits.unsentBytes) return;
      this.#cut(oldest);
    }
  }

  #sent(connection: Connection, bytes: number): void {
    // A connection that was forgotten has no unsent bytes.
    const sent = Math.min(bytes, connection.unsentBytes);
    if (sent <= 0) return;
    connection.unsentBytes -= sent;
    this.#unsentBytes -= sent;
    connection.movedAt = this.#options.clock.now();
    this.#sending.delete(connection);
    if (connection.unsentBytes > 0) this.#sending.add(connection);
  }

  #cut(connection: Connection): void {
    this.#options.onSlow(connection.socket.remoteAddress);
    this.#forget(connection);
    connection.socket.destroy();
  }

  #forget(connection: Connection): void {
    this.#unsentBytes -= connection.unsentBytes;
    connection.unsentBytes = 0;
    // The server would end each with an error whose stack is formatted: 0.1 ms.
    for (const [incoming] of connection.waiting) incoming.destroy();
    connection.waiting.length = 0;
    this.#sending.delete(connection);
    this.#endIdle(connection);
  }

  #beginIdle(connection: Connection): void {
    const { network } = connection;
    const ofNetwork = this.#idleByNetwork.get(network) ?? new Set();
    this.#idleByNetwork.set(network, ofNetwork.add(connection));
    this.#idle.add(connection);
    const { idle, idlePerAddress } = this.#limits;
    if (
      this.#options.countsAddresses && ofNetwork.size > idlePerAddress
    ) this.#close(ofNetwork);
    if (this.#idle.size > idle) this.#close(this.#idle);
  }

  /** Closes the connection that is idle for longest. */
  #close(idle: ReadonlySet<Connection>): void {
    const [oldest] = idle;
    if (oldest === undefined) return;
    this.#endIdle(oldest);
    oldest.socket.destroy();
  }

  #endIdle(connection: Connection): void {
    if (!this.#idle.delete(connection)) return;
    const ofNetwork = this.#idleByNetwork.get(connection.network);
    ofNetwork?.delete(connection);
    if (ofNetwork?.size === 0) this.#idleByNetwork.delete(connection.network);
  }
}
