/** The workers of webhooks. @module */

import { doubledMs } from "../../lib/backoff.ts";
import { type Clock, sleep } from "../../lib/clock.ts";
import type { EventName, GapFrame, Position } from "../../mod.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import {
  grantOf,
  LineReporter,
  type OutboundLine,
  type OutboundOptions,
  READ_AGAIN_MS,
  storeFirstPosition,
} from "../endpoint/outbound/outbound_target.ts";
import {
  type OutboundWorker,
  OutboundWorkers,
} from "../endpoint/outbound/workers.ts";
import type { Cursor, Sink } from "../hub/cursor.ts";
import { resumeAt } from "../hub/recovery.ts";
import { namesOf } from "../hub/subscription.ts";
import type { StoredEvent } from "../journal/event.ts";
import { type HookOutcome, postHook } from "./hook_request.ts";

/** Options of {@linkcode createHooks}. */
export interface HookOptions extends OutboundOptions {
  readonly context: {
    readonly bridge: BridgeApi;
    readonly clock: Clock;
    readonly measures: { gap(reason: GapFrame["reason"]): void };
    readonly onError: (error: unknown) => void;
  };
}

/** Delays before a frame is posted again: twice as long each time, up to the maximum. */
const RETRY_MS = { first: 1000, most: 60_000 } as const;

/** How often a receiver that takes a ping may refuse an event before the event is skipped. */
const MAX_REFUSALS = 5;

const PING = JSON.stringify({ type: "ping" });

/** Creates the workers of webhooks. */
export function createHooks(options: HookOptions): OutboundWorkers {
  return new OutboundWorkers({
    kind: "hook",
    targets: options.targets,
    context: options.context,
    create: (line, head) => new HookWorker(options, line, head),
  });
}

/**
 * One target of one account: posts one frame after the other, each until it is
 * taken, and stores the position afterwards.
 */
class HookWorker implements Sink, OutboundWorker {
  readonly #options: HookOptions;
  readonly #line: OutboundLine;
  readonly #reporter: LineReporter;
  readonly #ending = new AbortController();
  #cursor: Cursor | undefined;
  /** The frame that is being posted; nothing else is taken meanwhile. */
  #work: Promise<void> | undefined;
  #kept = 0;
  #cancelReading: (() => void) | undefined;

  constructor(options: HookOptions, line: OutboundLine, since: number) {
    this.#options = options;
    this.#line = line;
    const { bridge, clock } = options.context;
    this.#reporter = new LineReporter(line, "", clock, options.onNotice);
    line.status.position = () =>
      this.#work === undefined && this.#cursor?.caughtUp
        ? this.#cursor.position
        : this.#kept;
    const { journal } = bridge;
    const { epoch } = journal;
    const kept = journal.position(line.consumer);
    const start = resumeAt(journal, { epoch, seq: kept ?? since });
    this.#kept = kept ?? since;
    this.#do(async () => {
      if (kept === undefined) {
        await storeFirstPosition(journal, line.consumer, since, {
          clock,
          signal: this.#ending.signal,
          onError: (error) => this.#reporter.storeError(error),
        });
      }
      if (start.gap !== undefined) await this.#deliverGap(start.gap);
      else await this.#greet();
    });
    this.#open(start.after);
  }

  sweep(): void {
    // Filtered events need not be read again after a restart.
    if (!this.isReady() || !this.#cursor?.caughtUp) return;
    const { position } = this.#cursor;
    if (position > this.#kept) this.#do(() => this.#keep(position));
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    this.#cancelReading?.();
    this.#cursor?.close();
    await this.#work;
  }

  isReady(): boolean {
    return this.#work === undefined && !this.#ending.signal.aborted;
  }

  send({ frame, seq }: StoredEvent): void {
    this.#do(async () => {
      const { epoch } = this.#options.context.bridge.journal;
      // The frame of `/ws` with the epoch, which it has no other way to learn.
      const body = `${frame.slice(0, -1)},"epoch":${JSON.stringify(epoch)}}`;
      await this.#deliver(body, { epoch, seq });
      await this.#keep(seq);
    });
  }

  /** A gap is work of its own: nothing after it is posted or stored before it. */
  sendGap(frame: GapFrame): void {
    this.#do(() => this.#deliverGap(frame));
  }

  onError(error: unknown): void {
    if (this.#ending.signal.aborted) return;
    const { clock } = this.#options.context;
    this.#reporter.readError(error);
    this.#cancelReading = clock.after(
      READ_AGAIN_MS,
      () => this.#open(this.#cursor?.position ?? this.#kept),
    );
  }

  #open(after: number): void {
    const { account, target } = this.#line;
    const events: ReadonlySet<EventName> | "all" = target.events === undefined
      ? "all"
      : namesOf(target.events);
    const hasEnded = () => this.#ending.signal.aborted;
    const grant = grantOf(this.#line, hasEnded, "hook");
    this.#cursor = this.#options.context.bridge.readerFor(grant).open(
      this,
      { accounts: new Set([account]), events },
      after,
    );
  }

  #do(work: () => Promise<void>): void {
    this.#work = work()
      .catch((error) => {
        if (!this.#ending.signal.aborted) this.#options.context.onError(error);
      })
      .finally(() => {
        this.#work = undefined;
        if (!this.#ending.signal.aborted) this.#cursor?.pump();
      });
  }

  async #deliverGap(frame: GapFrame): Promise<void> {
    const { epoch, to } = frame;
    this.#options.context.measures.gap(frame.reason);
    await this.#deliver(JSON.stringify(frame), { epoch, seq: to });
    if (frame.reason !== "ahead") await this.#keep(to);
  }

  /** Shows at once whether the receiver is there. A failure is not repeated: the first event is. */
  async #greet(): Promise<void> {
    const outcome = await this.#post(PING);
    this.#ending.signal.throwIfAborted();
    if (outcome.type === "taken") return this.#line.status.onOpen();
    this.#fail(outcome);
    if (outcome.type === "gone") await this.#disable();
  }

  /** Posts a frame until it is taken or skipped. */
  async #deliver(body: string, position: Position): Promise<void> {
    const { clock } = this.#options.context;
    let refusals = 0;
    for (let tries = 1;; tries++) {
      const outcome = await this.#post(body, position);
      this.#ending.signal.throwIfAborted();
      if (outcome.type === "taken") {
        this.#line.status.onOpen();
        this.#line.status.onDelivered();
        return;
      }
      const delayMs = doubledMs(RETRY_MS.first, RETRY_MS.most, tries - 1);
      this.#fail(outcome, delayMs);
      if (outcome.type === "gone") await this.#disable();
      if (outcome.type === "refused") refusals++;
      if (refusals >= MAX_REFUSALS && await this.#takesPing()) {
        const { message } = outcome.error;
        this.#line.status.report({ code: "refused_event", message });
        return this.#reporter.notice(
          `event ${position.seq} skipped`,
          message,
          true,
        );
      }
      await sleep(clock, delayMs, this.#ending.signal);
    }
  }

  /** Whether the receiver works, so that it refuses this event and not all of them. */
  async #takesPing(): Promise<boolean> {
    const { type } = await this.#post(PING);
    this.#ending.signal.throwIfAborted();
    return type === "taken";
  }

  /** Stops using a stored target that answered 410. One of a flag is tried again. */
  async #disable(): Promise<void> {
    const { target } = this.#line;
    if (!this.#options.targets.disable(target.id)) return;
    this.#reporter.notice("disabled by its receiver", "status 410", true);
    // The target's workers are ended by now: waits until this one notices.
    await new Promise((_, reject) =>
      this.#ending.signal.aborted
        ? reject(this.#ending.signal.reason)
        : this.#ending.signal.addEventListener(
          "abort",
          () => reject(this.#ending.signal.reason),
          { once: true },
        )
    );
  }

  #fail(
    outcome: Exclude<HookOutcome, { type: "taken" }>,
    retryMs?: number,
  ): void {
    this.#reporter.notice(`event ${outcome.type}`, outcome.error.message);
    this.#line.status.onError(outcome.error, retryMs);
  }

  #post(body: string, position?: Position): Promise<HookOutcome> {
    const { url, accessToken, secret } = this.#line.target;
    const { clock } = this.#options.context;
    return postHook({
      url,
      body,
      position,
      accessToken,
      secret,
      addresses: this.#options.targets.addresses,
      clock,
      signal: this.#ending.signal,
    });
  }

  /** A position that cannot be stored is stored with the next one. */
  async #keep(seq: number): Promise<void> {
    const { journal } = this.#options.context.bridge;
    try {
      await journal.setPosition(this.#line.consumer, seq);
      this.#kept = seq;
    } catch (error) {
      this.#reporter.storeError(error);
    }
  }
}
