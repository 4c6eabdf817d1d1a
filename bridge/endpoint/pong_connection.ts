/** Connections of dialects without acknowledgements. @module */

import type { GapFrame, Position } from "../../mod.ts";
import { resumeAt, type ResumePoint, startConsumer } from "../hub/recovery.ts";
import type { Filter } from "../hub/cursor.ts";
import {
  EndpointConnection,
  type EndpointConnectionContext,
} from "./endpoint_connection.ts";
import type { Socket } from "./socket.ts";
import { SentPositions } from "./unconfirmed.ts";

/** What a connection reads, and from where. */
export interface ReadOptions {
  readonly filter: Filter;
  /** Position after which it starts. @default the end of the journal */
  readonly after?: Position | undefined;
  /** Id of the consumer whose position is kept. @default none is kept */
  readonly consumer?: string | undefined;
  /**
   * The position moves only to events that were sent so long ago, in
   * milliseconds, and confirmed since.
   *
   * @default {0}
   */
  readonly confirmAfterMs?: number | undefined;
  /** Called once before anything is sent. */
  readonly onStart: (start: ResumePoint) => void;
  /** Called before the connection is closed, because its position cannot be kept within the quota. */
  readonly onQuotaExceeded: (message: string) => void;
}

/** Maximum number of events that are counted as sent and not confirmed. */
const MAX_COUNTED_EVENTS = 1000;

/** Time after which a pong that did not arrive is asked for again, in milliseconds. */
const ASK_AGAIN_MS = 5000;

/**
 * A connection whose client confirms what it received by answering pings: a
 * pong means that everything before its ping was received. The position of its
 * consumer moves to what was confirmed.
 */
export abstract class PongConnection<C extends EndpointConnectionContext>
  extends EndpointConnection<C> {
  readonly #socket: Socket;
  #filter: Filter | undefined;
  #sent = 0;
  #confirmed = 0;
  #positions = new SentPositions(0, 0);
  /** The position that a ping under way asks about, and when it was sent. */
  #asked: { seq: number; at: number } | undefined;

  constructor(context: C, socket: Socket) {
    super(context, socket);
    this.#socket = socket;
  }

  override onPong(data?: string): void {
    super.onPong(data);
    this.channel.guard(() => {
      const asked = this.#asked;
      if (asked === undefined || data !== String(asked.seq)) return;
      this.#asked = undefined;
      this.#keep(asked.seq);
      this.#confirm();
    });
  }

  /** At most {@linkcode MAX_COUNTED_EVENTS}. */
  override get unacked(): number {
    if (this.#filter === undefined || this.#sent <= this.#confirmed) return 0;
    const { accounts, events } = this.#filter;
    const reader = this.context.bridge.readerFor(this.channel.grant!);
    return reader.read(this.#confirmed, {
      limit: MAX_COUNTED_EVENTS,
      ...(accounts === "all" ? {} : { accounts: [...accounts] }),
      ...(events === "all" ? {} : { events: [...events] }),
    }).events.filter(({ seq }) => seq <= this.#sent).length;
  }

  protected override onSweep(_now: number): void {
    // A client may answer only the last of several pings.
    const asked = this.#asked;
    if (
      asked !== undefined &&
      this.context.clock.now() - asked.at >= ASK_AGAIN_MS
    ) {
      this.#ask(asked.seq);
    }
    this.#confirm();
  }

  protected override onSent(seq: number): void {
    this.#sent = seq;
    this.#positions.add(seq, this.context.clock.now());
    this.#confirm();
  }

  /** The position moves over the gap once the client has it, and not before. */
  protected override onGapSent({ account, reason, to }: GapFrame): void {
    if (reason !== "ahead" && account === undefined) {
      this.onSent(Math.max(this.#sent, to));
    }
  }

  /** Starts to read the journal, on a node of a cluster when it has caught up. */
  protected startReading(options: ReadOptions): void {
    const { consumer, after } = options;
    this.whenPrepared(
      consumer,
      after !== undefined,
      () => this.#startReading(options),
    );
  }

  #startReading(options: ReadOptions): void {
    const { filter, after, consumer, confirmAfterMs = 0 } = options;
    const { journal } = this.context.bridge;
    const kept = consumer === undefined
      ? undefined
      : this.acquireConsumer(consumer);
    if (kept === "contested") return;
    const start = consumer === undefined
      ? resumeAt(journal, after)
      : startConsumer(journal, kept, after);
    this.#filter = filter;
    this.#sent = start.after;
    this.#confirmed = kept ?? start.after;
    this.#positions = new SentPositions(start.after, confirmAfterMs);
    if (consumer !== undefined && kept === undefined) {
      this.#store(start.after, (error) => {
        // Not logged, because a client that invents names could flood the log.
        if (error instanceof RangeError) options.onQuotaExceeded(error.message);
        else this.context.onError(error);
        // Without a position a new consumer would start at the end each time.
        this.#asked = undefined;
        this.close(1013, "the consumer's position cannot be kept");
      });
    }
    options.onStart(start);
    if (start.gap !== undefined) this.sendGap(start.gap);
    this.openCursor(filter, start.after);
  }

  /** Moves the position over events that the filter left out, so that they are not looked through again. */
  protected skipFiltered(): void {
    if (!this.cursor?.caughtUp || this.#sent !== this.#confirmed) return;
    this.#sent = this.cursor.position;
    this.#keep(this.#sent);
  }

  /** Asks whether what was sent has been received, one question at a time. */
  #confirm(): void {
    if (this.consumer === undefined || this.#asked !== undefined) return;
    const due = this.#positions.due(this.context.clock.now());
    if (due <= this.#confirmed || this.closed) return;
    if (this.#socket.ping === undefined) return this.#keep(due);
    this.#ask(due);
  }

  #ask(seq: number): void {
    this.#asked = { seq, at: this.context.clock.now() };
    this.#socket.ping?.(String(seq));
  }

  #keep(seq: number): void {
    if (this.consumer === undefined || seq <= this.#confirmed) return;
    this.#confirmed = seq;
    this.#store(seq, (error) => this.context.onError(error));
  }

  #store(seq: number, onError: (error: unknown) => void): void {
    this.context.bridge.consumers.setPosition(this.consumer!, seq, onError);
  }
}
