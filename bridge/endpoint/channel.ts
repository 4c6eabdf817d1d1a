/**
 * A WebSocket with its bounds: how much may wait on it, how long a reader may
 * stand still, pings, revoked tokens. What the frames say is the dialect's.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { Clock } from "../../lib/clock.ts";
import type { Limits } from "../../mod.ts";
import type { Grant } from "../access/grant.ts";
import type { ChannelRecorder } from "../ops/metrics.ts";
import type { Socket } from "./socket.ts";

/** What all channels share. */
export interface ChannelContext {
  /** Time. */
  readonly clock: Clock;
  /** Limits, as `welcome` tells them. */
  readonly limits: Limits;
  /** For how long a reader may make no progress, in milliseconds. */
  readonly stallMs: number;
  /** Counts. */
  readonly measures: ChannelRecorder;
  /** Id of the connection in the log; undefined for what all connections share. */
  readonly connection?: string;
  /** Is told of what should not happen, and in which connection. */
  onError(error: unknown, connection?: string): void;
}

/** The context of one connection: what fails there is told with its id. */
export function contextOf<C extends ChannelContext>(
  context: C,
  connection: string | undefined,
): C {
  if (connection === undefined) return context;
  return {
    ...context,
    connection,
    onError: (error: unknown) => context.onError(error, connection),
  };
}

/** What a channel asks of its connection. */
export interface ChannelOwner {
  /** The frame that filled the buffer has gone: more may be sent. */
  onDrain(): void;
  /** It has ended, whoever ended it. Called once. */
  onClose(): void;
  /** Whether the reader owes something besides reading, such as acknowledgements. */
  hasPendingAcks?(): boolean;
}

/** How often a revoked token is looked for, in milliseconds. */
const REVOKED_MS = 5000;

/** Most bytes of a frame's head. */
const HEAD_BYTES = 10;

/** See the module. */
export class Channel {
  readonly #context: ChannelContext;
  readonly #socket: Socket;
  readonly #owner: ChannelOwner;
  /** Whose token it is, once that is known. */
  grant: Grant | undefined;
  #closed = false;
  #draining = false;
  /** Whether the next frame is to tell when it has gone. */
  #probes = false;
  #progressAt: number;
  #buffered = 0;
  #pingAt: number;
  #pongBy = Infinity;
  /** When the pong of {@linkcode Channel.checkAlive} must be there, whatever is sent meanwhile. */
  #aliveBy = Infinity;
  #revokedAt: number;

  constructor(context: ChannelContext, socket: Socket, owner: ChannelOwner) {
    const { clock, limits } = context;
    this.#context = context;
    this.#socket = socket;
    this.#owner = owner;
    this.#progressAt = clock.now();
    this.#pingAt = clock.now() + limits.pingMs;
    this.#revokedAt = clock.now() + REVOKED_MS;
    context.measures.connection("ws", 1);
  }

  /** Whether it has ended. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Whether events may be sent; where not, `drained` or an acknowledgement tells when. */
  get ready(): boolean {
    return !this.#closed && !this.#draining &&
      this.#socket.bufferedAmount < this.#context.limits.bufferedBytes;
  }

  /** Sends an event's text; only where `ready`. */
  write(text: string): void {
    if (this.#closed) return;
    const { limits, measures } = this.#context;
    const bytes = Buffer.byteLength(text);
    measures.sent(1, bytes);
    const fills = this.#socket.bufferedAmount + bytes + HEAD_BYTES >=
      limits.bufferedBytes;
    if (!fills && !this.#probes) return this.#socket.send(text);
    // Only a frame that may fill the buffer, and one now and then, tells when it has gone.
    this.#probes = false;
    if (fills) this.#draining = true;
    this.#socket.send(text, () => {
      this.progressed();
      if (!fills) return;
      this.#draining = false;
      this.guard(() => this.#owner.onDrain());
    });
  }

  /** Sends what is not held back; a client that asks and does not read is ended. */
  answer(text: string): void {
    const most = 2 * this.#context.limits.bufferedBytes;
    // Asked before: one long answer alone says nothing of its reader.
    if (!this.#closed && this.#socket.bufferedAmount > most) this.#slow();
    this.write(text);
  }

  /** Takes a pong. */
  pong(): void {
    this.#pongBy = Infinity;
    this.#aliveBy = Infinity;
  }

  /** Pings at once, unless a ping is under way; without a pong in time it is closed. */
  checkAlive(): void {
    const { clock, limits } = this.#context;
    if (this.#closed || this.#aliveBy !== Infinity) return;
    // Behind what waits its answer would be late: progress is watched instead.
    if (this.#socket.bufferedAmount > 0) return;
    if (this.#socket.ping === undefined) return;
    this.#aliveBy = clock.now() + limits.pongMs;
    this.#socket.ping();
  }

  /** The reader has shown that it goes on. */
  progressed(): void {
    this.#progressAt = this.#context.clock.now();
  }

  /** Looks after what takes time. Called about once a second. */
  sweep(now: number): void {
    this.guard(() => {
      if (this.#closed) return;
      this.#ping(now);
      if (now >= this.#revokedAt) {
        this.#revokedAt = now + REVOKED_MS;
        if (this.grant?.revoked()) this.close(4003, "token revoked");
      }
      if (this.#closed) return;
      this.#watchProgress(now);
      // Pings fill a buffer too, and tell nobody when they have gone.
      if (this.ready) this.#owner.onDrain();
    });
  }

  /** Closes it with a close code. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#context.measures.closed(code);
    this.ended();
    this.#socket.close(code, reason);
  }

  /** Closes it, and ends the socket where something waits: a reader that does not read would not see the close. */
  end(code: number, reason: string): void {
    const waits = this.#socket.bufferedAmount > 0;
    this.close(code, reason);
    if (waits) this.#socket.terminate();
  }

  /** The socket has ended. */
  ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.measures.connection("ws", -1);
    this.#owner.onClose();
  }

  /** Nothing may be thrown into the platform: there it would end the process. */
  guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.fail(error);
    }
  }

  /** What should not happen is reported, and ends it. */
  fail(error: unknown): void {
    this.#context.onError(error);
    this.end(1011, "internal error");
  }

  #ping(now: number): void {
    const { pingMs, pongMs } = this.#context.limits;
    if (now >= this.#aliveBy) return this.end(1013, "no pong in time");
    // Behind what waits a ping is late, and so is its answer: progress is watched instead.
    if (this.#socket.bufferedAmount > 0) {
      if (this.#pongBy !== Infinity) this.#pongBy = now + pongMs;
      return;
    }
    if (now >= this.#pongBy) return this.end(1013, "no pong in time");
    if (now < this.#pingAt || this.#socket.ping === undefined) return;
    this.#socket.ping();
    this.#pingAt = now + pingMs;
    this.#pongBy = Math.min(this.#pongBy, now + pongMs);
  }

  /** A buffer that is as full as before may be another: then a frame tells that it has gone. */
  #watchProgress(now: number): void {
    const buffered = this.#socket.bufferedAmount;
    const waits = buffered > 0 || this.#owner.hasPendingAcks?.() === true;
    if (!waits || buffered < this.#buffered) this.#progressAt = now;
    this.#buffered = buffered;
    this.#probes = buffered > 0;
    if (now - this.#progressAt >= this.#context.stallMs) this.#slow();
  }

  #slow(): void {
    this.#context.measures.slowClose();
    this.end(1013, "too slow: come back");
  }
}
