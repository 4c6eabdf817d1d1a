/** The bounds of a WebSocket: its buffer, its progress, pings, revoked tokens. @module */

import { Buffer } from "node:buffer";
import type { Clock } from "../../lib/clock.ts";
import type { Limits } from "../../mod.ts";
import type { Grant } from "../access/grant.ts";
import type { MetricsRecorder } from "../ops/metrics_recorder.ts";
import type { RefusedRequest } from "../ops/request_refusals.ts";
import type { Socket } from "./socket.ts";
import { SendWindow } from "./unconfirmed.ts";

/** What all channels share. */
export interface ChannelContext {
  /** Kind of the endpoint, under which its connections are counted. */
  readonly kind: string;
  readonly clock: Clock;
  /** Limits, as `welcome` sends them. */
  readonly limits: Limits;
  /** How long a reader may make no progress, in milliseconds. */
  readonly stallMs: number;
  readonly measures: MetricsRecorder;
  /** Called for each call that a limit refuses. */
  readonly onRefusal?: ((refused: RefusedRequest) => void) | undefined;
  /** Id of the connection in the log; `undefined` in the context that all connections share. */
  readonly connection?: string;
  /** Address of the connection's client, if known. */
  readonly address?: string | undefined;
  /** Called with errors that should not happen, and the id of their connection. */
  onError(error: unknown, connection?: string): void;
}

/** Returns the context of one connection, whose errors are reported with its id. */
export function contextOf<C extends ChannelContext>(
  context: C,
  connection: string | undefined,
  address?: string,
): C {
  if (connection === undefined) return context;
  return {
    ...context,
    connection,
    address,
    onError: (error: unknown) => context.onError(error, connection),
  };
}

/** What a channel asks of its connection. */
export interface ChannelOwner {
  /** Called when the buffer has room again. */
  onDrain(): void;
  /** Called once, when either side has ended the connection. */
  onClose(): void;
  /** Whether the reader owes acknowledgements. */
  hasPendingAcks?(): boolean;
}

/** How often a connection checks whether its token was revoked, in milliseconds. The sweep that checks comes once a second, so it ends within 4 s, and a busy machine has one more for the 5 s that are promised. */
const REVOKED_MS = 3000;

/** Largest head of a frame, in bytes. */
const HEAD_BYTES = 10;

/** The text that was counted last, because an event goes to one channel after the other. */
let countedText = "";
let countedBytes = 0;

function bytesOf(text: string): number {
  if (text !== countedText) {
    countedBytes = Buffer.byteLength(text);
    countedText = text;
  }
  return countedBytes;
}

/** A WebSocket that ends readers that are too slow, silent or no longer allowed. Its content is the dialect's. */
export class Channel {
  readonly #context: ChannelContext;
  readonly #socket: Socket;
  readonly #owner: ChannelOwner;
  /** Absent where the platform cannot ping. */
  readonly #window: SendWindow | undefined;
  /** What the token allows, once it is known. */
  grant: Grant | undefined;
  #closed = false;
  #draining = false;
  /** Whether the next frame reports when it has left the process. */
  #probes = false;
  #progressAt: number;
  #buffered = 0;
  #pingAt: number;
  #pongBy = Infinity;
  /** Deadline of the pong of {@linkcode Channel.checkAlive}. */
  #aliveBy = Infinity;
  #revokedAt: number;

  constructor(context: ChannelContext, socket: Socket, owner: ChannelOwner) {
    const { clock, limits } = context;
    this.#context = context;
    this.#socket = socket;
    this.#owner = owner;
    this.#window = socket.ping && new SendWindow(limits.bufferedBytes);
    this.#progressAt = clock.now();
    this.#pingAt = clock.now() + limits.pingMs;
    this.#revokedAt = clock.now() + REVOKED_MS;
    context.measures.connection(context.kind, 1);
  }

  /** Whether the connection has ended. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes that wait to be sent. */
  get bufferedBytes(): number {
    return this.#closed ? 0 : this.#socket.bufferedAmount;
  }

  /** Whether events may be sent; if not, `onDrain` or an acknowledgement follows. */
  get ready(): boolean {
    return !this.#closed && !this.#draining &&
      this.#window?.isFull !== true &&
      this.#socket.bufferedAmount < this.#context.limits.bufferedBytes;
  }

  /** Sends the text of an event. Call it only if `ready`. */
  write(text: string): void {
    if (this.#closed) return;
    const { limits, measures } = this.#context;
    const bytes = bytesOf(text);
    measures.sent(1, bytes);
    const fills = this.#socket.bufferedAmount + bytes + HEAD_BYTES >=
      limits.bufferedBytes;
    // A callback for each frame costs time: only some frames have one.
    if (fills || this.#probes) this.#sendAndWatch(text, fills);
    else this.#socket.send(text);
    const probe = this.#window?.add(bytes, this.#context.clock.now());
    if (probe !== undefined) this.#socket.ping?.(probe);
  }

  #sendAndWatch(text: string, fills: boolean): void {
    this.#probes = false;
    if (fills) this.#draining = true;
    this.#socket.send(text, () => {
      this.progressed();
      if (!fills) return;
      this.#draining = false;
      this.guard(() => this.#owner.onDrain());
    });
  }

  /** Sends an answer, even to a full buffer; a client that sends calls and does not read is ended. */
  answer(text: string): void {
    const most = 2 * this.#context.limits.bufferedBytes;
    // Checked before sending, because one long answer alone does not mean a slow reader.
    if (!this.#closed && this.#socket.bufferedAmount > most) this.#slow();
    this.write(text);
  }

  pong(data?: string): void {
    this.#pongBy = Infinity;
    this.#aliveBy = Infinity;
    if (data === undefined) return;
    const now = this.#context.clock.now();
    if (this.#window?.confirm(data, now) !== true) return;
    this.progressed();
    this.guard(() => this.#owner.onDrain());
  }

  /** Sends a ping unless one is under way; without a pong in time the connection is closed. */
  checkAlive(): void {
    const { clock, limits } = this.#context;
    if (this.#closed || this.#aliveBy !== Infinity) return;
    // A full buffer would delay the pong: progress is watched instead.
    if (this.#socket.bufferedAmount > 0) return;
    if (this.#socket.ping === undefined) return;
    this.#aliveBy = clock.now() + limits.pongMs;
    this.#socket.ping();
  }

  /** Called when the reader has made progress. */
  progressed(): void {
    this.#progressAt = this.#context.clock.now();
  }

  /** Checks timeouts. Called about once a second. */
  sweep(now: number): void {
    try {
      this.#sweep(now);
    } catch (error) {
      this.fail(error);
    }
  }

  #sweep(now: number): void {
    if (this.#closed) return;
    this.#ping(now);
    if (now >= this.#revokedAt) {
      this.#revokedAt = now + REVOKED_MS;
      if (this.grant?.revoked()) this.close(4003, "token revoked");
      else this.grant?.keepAlive?.();
    }
    if (this.#closed) return;
    this.#watchProgress(now);
    // Pings fill the buffer too, and have no callback.
    if (this.ready) this.#owner.onDrain();
  }

  /** Closes the connection with a close code. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#context.measures.closed(code);
    this.ended();
    this.#socket.close(code, reason);
  }

  /** Closes the connection, and ends the socket if something waits: a reader that does not read would not see the close. */
  end(code: number, reason: string): void {
    const waits = this.#socket.bufferedAmount > 0;
    this.close(code, reason);
    if (waits) this.#socket.terminate();
  }

  /** Called when the socket has ended. */
  ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { kind, measures } = this.#context;
    measures.connection(kind, -1);
    this.#owner.onClose();
  }

  /** Runs a function, because an error that reaches the platform would end the process. */
  guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Reports an error that should not happen, and ends the connection. */
  fail(error: unknown): void {
    this.#context.onError(error);
    this.end(1011, "internal error");
  }

  #ping(now: number): void {
    const { pingMs, pongMs } = this.#context.limits;
    if (now >= this.#aliveBy) return this.end(1013, "no pong in time");
    // What waits delays the ping and its pong: progress is watched instead.
    if (this.#socket.bufferedAmount > 0 || this.#window?.isWaiting === true) {
      if (this.#pongBy !== Infinity) this.#pongBy = now + pongMs;
      return;
    }
    if (now >= this.#pongBy) return this.end(1013, "no pong in time");
    if (now < this.#pingAt || this.#socket.ping === undefined) return;
    this.#socket.ping();
    this.#pingAt = now + pingMs;
    this.#pongBy = Math.min(this.#pongBy, now + pongMs);
  }

  /** An equally full buffer may hold other frames, so the next frame reports when it has left. */
  #watchProgress(now: number): void {
    const buffered = this.#socket.bufferedAmount;
    const waits = buffered > 0 || this.#window?.isWaiting === true ||
      this.#owner.hasPendingAcks?.() === true;
    if (!waits || buffered < this.#buffered) this.#progressAt = now;
    this.#buffered = buffered;
    this.#probes = buffered > 0;
    if (now - this.#progressAt >= this.#context.stallMs) this.#slow();
  }

  #slow(): void {
    this.#context.measures.slowClose();
    const isUnread = this.#window?.isWaiting === true;
    this.end(1013, "too slow: come back");
    // What the system holds counts as sent, so the reader would get the whole time of the closing handshake.
    if (isUnread) this.#socket.terminate();
  }
}
