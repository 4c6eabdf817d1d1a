/** A stream of server-sent events. @module */

import { Buffer } from "node:buffer";
import type { Clock } from "../../lib/clock.ts";
import { formatPosition, type GapFrame, type Position } from "../../mod.ts";
import type { StoredEvent } from "../journal/event.ts";
import type { Grant } from "../access/grant.ts";
import type { Cursor, Filter, Sink } from "../hub/cursor.ts";
import type { ConnectionState } from "../hub/open_connections.ts";
import type { EventReader } from "../hub/event_reader.ts";
import { resumeAt, type ResumePoint } from "../hub/recovery.ts";
import { type ServerSentEventMessage, ServerSentEventStream } from "../deps.ts";
import type { MetricsRecorder } from "../ops/metrics_recorder.ts";

/** Time between two heartbeats, in milliseconds. */
export const HEARTBEAT_MS = 25_000;

/** How often a stream checks whether its token was revoked, in milliseconds. */
export const REVOKED_MS = 5000;

/** Time without progress after which a reader is cut, in milliseconds. */
export const STALLED_MS = 30_000;

/** How long a browser waits before it connects again, in milliseconds. */
const RETRY_MS = 3000;

export interface EventStreamOptions {
  reader: EventReader;
  clock: Clock;
  grant: Grant;
  filter: Filter;
  /** Position of the reader. @default the stream starts at the newest event */
  after?: Position | undefined;
  /** Maximum number of bytes that wait for the reader; nothing more is sent until it has read. */
  bufferedBytes: number;
  /** Time without progress after which the reader is cut, in milliseconds. @default {STALLED_MS} */
  stallMs?: number | undefined;
  measures: MetricsRecorder;
  /** Lists the stream while it is open. @default it is not listed */
  readonly list?: ((stream: EventStream) => () => void) | undefined;
  /** Ends the stream when aborted. */
  signal: AbortSignal;
  /** Ends the connection at once. @default the body fails */
  cut?: (() => void) | undefined;
  /** Called with errors that should not happen; the stream is then cut. */
  onError(error: unknown): void;
  /** Called once, when the stream has ended. */
  onEnd(): void;
}

/** Sends the events of a cursor as server-sent events. It has no queue beyond `bufferedBytes`. */
export class EventStream implements Sink {
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: EventStreamOptions;
  #out!: ReadableStreamDefaultController<ServerSentEventMessage>;
  #cursor: Cursor | undefined;
  #cancelHeartbeat: () => void = () => {};
  #cancelRevoked: () => void = () => {};
  #cancelStalled: (() => void) | undefined;
  #ended = false;
  readonly #unlist: (() => void) | undefined;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.body = new ReadableStream<ServerSentEventMessage>({
      start: (controller) => {
        this.#out = controller;
      },
      pull: () => this.#drained(),
      cancel: () => this.#end(),
    }, { highWaterMark: options.bufferedBytes, size: sizeOf })
      .pipeThrough(new ServerSentEventStream());
    options.signal.addEventListener("abort", this.#close, { once: true });
    options.measures.connection("sse", 1);
    this.#unlist = options.list?.(this);
    this.#begin();
    if (options.signal.aborted) this.#close();
  }

  state(): ConnectionState {
    const { filter: { accounts, events }, bufferedBytes } = this.#options;
    const free = this.#out.desiredSize ?? bufferedBytes;
    return {
      accounts: accounts === "all" ? "all" : accounts.size,
      events: events === "all" ? undefined : [...events],
      position: this.#cursor?.position,
      unacked: 0,
      bufferedBytes: Math.max(0, bufferedBytes - free),
      commands: 0,
    };
  }

  /** Ends the stream, so that its client connects again. */
  disconnect(): void {
    this.#close();
  }

  get #stallMs(): number {
    return this.#options.stallMs ?? STALLED_MS;
  }

  isReady(): boolean {
    if (this.#endIfRevoked()) return false;
    if ((this.#out.desiredSize ?? 0) > 0) return true;
    this.#cancelStalled ??= this.#options.clock.after(
      this.#stallMs,
      () => this.#stalled(),
    );
    return false;
  }

  send(event: StoredEvent): void {
    this.#write({
      id: this.#idOf(event.seq),
      event: event.event,
      data: event.frame,
    });
  }

  sendGap(frame: GapFrame): void {
    // A reader ahead of the journal continues after the head, not after the gap.
    const seq = frame.reason === "ahead" ? frame.from - 1 : frame.to;
    this.#options.measures.gap(frame.reason);
    this.#write({
      // A gap of one account leaves the position as it was.
      ...(frame.account === undefined ? { id: this.#idOf(seq) } : {}),
      event: "gap",
      data: JSON.stringify(frame),
    });
  }

  onError(error: unknown): void {
    if (this.#ended) return;
    this.#options.onError(error);
    this.#cut("the bridge failed");
  }

  #begin(): void {
    const { reader, clock, filter, after } = this.#options;
    const start = resumeAt(reader.range, after);
    this.#greet(start);
    this.#cursor = reader.open(this, filter, start.after);
    // The first read may have failed, and then nothing would cancel the heartbeat.
    if (this.#ended) return;
    const beat = () => {
      this.#cancelHeartbeat = clock.after(HEARTBEAT_MS, beat);
      this.#heartbeat();
    };
    this.#cancelHeartbeat = clock.after(HEARTBEAT_MS, beat);
    const check = () => {
      this.#cancelRevoked = clock.after(REVOKED_MS, check);
      if (!this.#endIfRevoked()) this.#options.grant.keepAlive?.();
    };
    this.#cancelRevoked = clock.after(REVOKED_MS, check);
  }

  /** Ends the stream if its token was revoked; returns whether it has ended. */
  #endIfRevoked(): boolean {
    if (!this.#ended && this.#options.grant.revoked()) this.#close();
    return this.#ended;
  }

  /** Sends an id without data, so that a reader that gets no event knows where to resume. */
  #greet(start: ResumePoint): void {
    this.#out.enqueue({ retry: RETRY_MS, id: this.#idOf(start.after) });
    if (start.gap !== undefined) this.sendGap(start.gap);
  }

  #heartbeat(): void {
    if (!this.isReady() || this.#cursor === undefined) return;
    this.#out.enqueue({ comment: "", id: this.#idOf(this.#cursor.position) });
  }

  #idOf(seq: number): string {
    return formatPosition({ epoch: this.#options.reader.range.epoch, seq });
  }

  #write(message: ServerSentEventMessage): void {
    this.#out.enqueue(message);
    this.#options.measures.sent(1, sizeOf(message));
  }

  /** Called when the reader has read, also from within `enqueue` while the cursor sends; then nothing waits. */
  #drained(): void {
    if (this.#cancelStalled === undefined) return;
    this.#cancelStalled();
    this.#cancelStalled = undefined;
    this.#cursor?.pump();
  }

  #stalled(): void {
    this.#options.measures.slowClose();
    this.#cut(`its reader made no progress for ${this.#stallMs} ms`);
  }

  /** Cuts the connection if the server can, because the HTTP adapter would print an error in the body. */
  #cut(reason: string): void {
    this.#end();
    const { cut } = this.#options;
    if (cut !== undefined) {
      cut();
      this.#out.close();
      return;
    }
    this.#out.error(
      new Error(`Cannot continue the event stream: ${reason}`),
    );
  }

  readonly #close = (): void => {
    if (this.#ended) return;
    this.#end();
    this.#out.close();
  };

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cursor?.close();
    this.#cancelHeartbeat();
    this.#cancelRevoked();
    this.#cancelStalled?.();
    this.#options.signal.removeEventListener("abort", this.#close);
    this.#options.measures.connection("sse", -1);
    this.#unlist?.();
    this.#options.onEnd();
  }
}

function sizeOf(message: ServerSentEventMessage | undefined): number {
  // The field names and line ends of an event take about 64 bytes.
  return 64 + Buffer.byteLength(message?.data ?? "");
}
