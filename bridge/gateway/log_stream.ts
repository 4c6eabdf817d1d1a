/** The live log as server-sent events. @module */

import type { Clock } from "../../lib/clock.ts";
import type { Grant } from "../access/grant.ts";
import { type ServerSentEventMessage, ServerSentEventStream } from "../deps.ts";
import { isAtLeast, type LogLevel } from "../ops/log.ts";
import type { LogRing } from "../ops/log_ring.ts";
import { HEARTBEAT_MS, REVOKED_MS } from "./event_stream.ts";

/** Which entries are sent. */
export interface LogFilter {
  /** The lowest level that is sent. */
  readonly level: LogLevel;
  readonly account?: string | undefined;
  readonly connection?: string | undefined;
}

export interface LogStreamOptions {
  readonly ring: LogRing;
  readonly filter: LogFilter;
  /** Id of the entry after which it begins. */
  readonly after: number;
  readonly grant: Grant;
  readonly clock: Clock;
  /** Maximum number of bytes that wait for the reader. */
  readonly bufferedBytes: number;
  /** Ends the stream when aborted. */
  readonly signal: AbortSignal;
  /** Called once, when the stream has ended. */
  readonly onEnd: () => void;
}

/**
 * Sends entries of the ring. It has no queue beyond `bufferedBytes`: a reader
 * that is so slow that entries are dropped gets the event `gap` in their place.
 */
export class LogStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: LogStreamOptions;
  readonly #timers: (() => void)[] = [];
  #out!: ReadableStreamDefaultController<ServerSentEventMessage>;
  /** Id of the last entry that was sent or filtered out. */
  #id: number;
  #unwatch: () => void = () => {};
  #hasEnded = false;

  constructor(options: LogStreamOptions) {
    this.#options = options;
    const { ring, signal, bufferedBytes } = options;
    // An id of before a restart may be ahead of this log.
    this.#id = options.after > ring.lastId ? 0 : options.after;
    this.body = new ReadableStream<ServerSentEventMessage>({
      start: (controller) => {
        this.#out = controller;
      },
      pull: () => this.#send(),
      cancel: () => this.#end(),
    }, { highWaterMark: bufferedBytes, size: sizeOf })
      .pipeThrough(new ServerSentEventStream());
    signal.addEventListener("abort", this.#close, { once: true });
    this.#unwatch = ring.watch(() => this.#send());
    // Sends the head of the response at once.
    this.#out.enqueue({ comment: "" });
    this.#repeat(HEARTBEAT_MS, () => {
      if (this.#isReady) this.#out.enqueue({ comment: "" });
    });
    this.#repeat(REVOKED_MS, () => {
      if (options.grant.revoked()) this.#close();
      else options.grant.keepAlive?.();
    });
    if (signal.aborted) this.#close();
    else this.#send();
  }

  /** Ends the stream, so that its client connects again. */
  disconnect(): void {
    this.#close();
  }

  get bufferedBytes(): number {
    const { bufferedBytes } = this.#options;
    return Math.max(0, bufferedBytes - (this.#out.desiredSize ?? 0));
  }

  get #isReady(): boolean {
    return !this.#hasEnded && (this.#out.desiredSize ?? 0) > 0;
  }

  #send(): void {
    const { ring, filter } = this.#options;
    while (this.#isReady && this.#id < ring.lastId) {
      const { oldestId } = ring;
      if (this.#id + 1 < oldestId) {
        const dropped = oldestId - 1 - this.#id;
        this.#id = oldestId - 1;
        this.#out.enqueue({
          id: String(this.#id),
          event: "gap",
          data: JSON.stringify({ dropped }),
        });
        continue;
      }
      const entry = ring.find(++this.#id)!;
      const { id, level, account, connection, text } = entry;
      const isWanted = isAtLeast(level, filter.level) &&
        (filter.account === undefined || account === filter.account) &&
        (filter.connection === undefined || connection === filter.connection);
      if (isWanted) this.#out.enqueue({ id: String(id), data: text });
    }
  }

  #repeat(everyMs: number, run: () => void): void {
    const { clock } = this.#options;
    const index = this.#timers.length;
    const again = () => {
      this.#timers[index] = clock.after(everyMs, again);
      run();
    };
    this.#timers[index] = clock.after(everyMs, again);
  }

  readonly #close = (): void => {
    if (this.#hasEnded) return;
    this.#end();
    this.#out.close();
  };

  #end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#unwatch();
    for (const cancel of this.#timers) cancel();
    this.#options.signal.removeEventListener("abort", this.#close);
    this.#options.onEnd();
  }
}

function sizeOf(message: ServerSentEventMessage | undefined): number {
  // The field names and line ends of an event take about 64 bytes. Texts of the
  // log are mostly ASCII.
  return 64 + (message?.data?.length ?? 0);
}
