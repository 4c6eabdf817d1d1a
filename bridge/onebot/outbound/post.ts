/**
 * HTTP POST: events to an address, one after the other, from where it stood
 * when the bridge ended. What a receiver answers is done before the next.
 *
 * @module
 */

import { doubledMs } from "../../../lib/backoff.ts";
import { sleep } from "../../../lib/clock.ts";
import { ERROR_CODES, type EventFrame, type GapFrame } from "../../../mod.ts";
import type { StoredEvent } from "../../journal/event.ts";
import { CommandError } from "../../errors/command_error.ts";
import type { Cursor, Sink } from "../../hub/cursor.ts";
import { resumeAt } from "../../hub/recovery.ts";
import type { CallContext } from "../../endpoint/calls.ts";
import { statusOf } from "../actions/action.ts";
import type { OneBotConnectionContext } from "../connection_options.ts";
import {
  chosenEvents,
  gapEvent,
  heartbeat,
  HEARTBEAT_MS,
  lifecycle,
  type OneBotEvent,
  oneBotEvent,
  senderOf,
} from "../events.ts";
import { AccountStateFilter } from "../account_state_filter.ts";
import { doQuickOperation } from "../actions/message_actions.ts";
import {
  grantOf,
  LineReporter,
  type OutboundLine,
  type OutboundOptions,
  READ_AGAIN_MS,
  storeFirstPosition,
} from "../../endpoint/outbound/outbound_target.ts";
import {
  type OutboundWorker,
  OutboundWorkers,
} from "../../endpoint/outbound/workers.ts";
import { postEvent, type PostOutcome } from "./post_request.ts";

/** Options of {@linkcode createPosts}. */
export interface PostOptions extends OutboundOptions {
  readonly context: OneBotConnectionContext;
}

/** How long a receiver may take, in milliseconds. */
export const POST_MS = 15_000;

/** Before an event is posted again: twice as long each time, up to the most. */
const RETRY_MS = { first: 1000, most: 30_000 } as const;

/** How often a receiver may fail at an event before it is asked whether it takes anything else. */
const TRIES = 5;

/**
 * How long a receiver that has taken something may refuse all, in milliseconds.
 * A framework that is being started answers so, before its routes are there.
 */
const REFUSING_MS = 300_000;

/** How long an operation is tried again that may succeed later, in milliseconds. */
const OPERATING_MS = 600_000;

/** How long the farewell may take, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1000;

/** Creates the workers of POST targets. What a receiver has not taken at the end is posted after the next start. */
export function createPosts(options: PostOptions): OutboundWorkers {
  return new OutboundWorkers({
    kind: "onebot-post",
    targets: options.targets,
    context: options.context,
    create: (line, head) => new PostWorker(options, line, head),
  });
}

/** One target of one account. */
class PostWorker implements Sink, OutboundWorker {
  readonly #options: PostOptions;
  readonly #line: OutboundLine;
  readonly #reporter: LineReporter;
  readonly #caller: CallContext;
  readonly #ending = new AbortController();
  #cursor: Cursor | undefined;
  /** What is being posted; nothing else is taken meanwhile. */
  #work: Promise<void> | undefined;
  #heartbeatAt: number;
  #beats = false;
  #news = new AccountStateFilter();
  #kept = 0;
  #cancelReading: (() => void) | undefined;
  /** Whether the receiver has ever taken something: some never do. */
  #hasTaken = false;

  constructor(
    options: PostOptions,
    line: OutboundLine,
    since: number,
  ) {
    const { bridge, clock, people } = options.context;
    const { account, status, target } = line;
    const { segments } = target;
    this.#options = options;
    this.#line = line;
    this.#reporter = new LineReporter(
      line,
      "HTTP POST:",
      clock,
      options.onNotice,
    );
    const grant = grantOf(line, () => this.#ending.signal.aborted);
    this.#caller = { bridge, people, clock, grant, account, segments };
    this.#heartbeatAt = clock.now() + HEARTBEAT_MS;
    status.position = () =>
      this.#work === undefined && this.#cursor?.caughtUp
        ? this.#cursor.position
        : this.#kept;
    this.#begin(since);
  }

  /** Posts a heartbeat now and then. */
  sweep(now: number): void {
    if (now < this.#heartbeatAt || this.#beats) return;
    this.#heartbeatAt = now + HEARTBEAT_MS;
    this.#beats = true;
    // What was not for this receiver need not be looked through again.
    if (this.isReady() && this.#cursor?.caughtUp) {
      const { position } = this.#cursor;
      if (position > this.#kept) this.#do(() => this.#keep(position));
    }
    this.#beat()
      .catch((error) => this.#options.context.onError(error))
      .finally(() => this.#beats = false);
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    this.#cancelReading?.();
    this.#cursor?.close();
    await this.#work;
    const { clock } = this.#options.context;
    const event = lifecycle(this.#line.account, clock.now(), "disable");
    await this.#once(event, CLOSE_TIMEOUT_MS, new AbortController().signal);
  }

  isReady(): boolean {
    return this.#work === undefined && !this.#ending.signal.aborted;
  }

  send(event: StoredEvent): void {
    this.#do(async () => {
      await this.#deliver(JSON.parse(event.frame) as EventFrame);
    });
  }

  /** Reads again a minute later, from the same position. */
  onError(error: unknown): void {
    if (this.#ending.signal.aborted) return;
    const { clock } = this.#caller;
    this.#reporter.readError(error);
    this.#cancelReading = clock.after(
      READ_AGAIN_MS,
      () => this.#open(this.#cursor?.position ?? this.#kept),
    );
  }

  /** Work of its own: nothing after it is posted or stored before it. */
  sendGap(frame: GapFrame): void {
    this.#do(() => this.#deliverGap(frame));
  }

  #begin(since: number): void {
    const { bridge, clock } = this.#options.context;
    const { journal } = bridge;
    const { account } = this.#line;
    const { epoch, head } = journal;
    const kept = journal.position(this.#line.consumer);
    const start = resumeAt(journal, { epoch, seq: kept ?? since });
    if (start.after === head) {
      this.#news = new AccountStateFilter(statusOf(this.#caller).online);
    }
    this.#do(async () => {
      if (kept === undefined) {
        await storeFirstPosition(journal, this.#line.consumer, since, {
          clock,
          signal: this.#ending.signal,
          onError: (error) => this.#reporter.storeError(error),
        });
      }
      await this.#once(lifecycle(account, clock.now(), "enable"), POST_MS);
      if (start.gap !== undefined) await this.#deliverGap(start.gap);
    });
    this.#kept = kept ?? since;
    this.#open(start.after);
  }

  #open(after: number): void {
    this.#cursor = this.#caller.bridge.readerFor(this.#caller.grant).open(
      this,
      {
        accounts: new Set([this.#line.account]),
        events: chosenEvents(this.#line.target),
      },
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

  async #deliver(frame: EventFrame): Promise<void> {
    const { people } = this.#options.context;
    const uin = senderOf(frame);
    const sender = uin === undefined
      ? undefined
      : await people.find(this.#caller, uin);
    const event = this.#news.accepts(frame)
      ? oneBotEvent(frame, this.#caller.bridge.journal.epoch, sender)
      : undefined;
    if (event !== undefined) {
      const operation = await this.#until(event);
      if (operation !== undefined) await this.#operate(event, operation);
    }
    await this.#keep(frame.seq);
  }

  async #deliverGap(frame: GapFrame): Promise<void> {
    const { clock, measures } = this.#options.context;
    measures.gap(frame.reason);
    await this.#until(gapEvent(this.#line.account, clock.now(), frame));
    if (frame.reason !== "ahead") await this.#keep(frame.to);
  }

  /** Posts an event until it is taken, or passed over; gives the operation that came back. */
  async #until(event: OneBotEvent): Promise<unknown> {
    const { clock } = this.#caller;
    const firstAt = clock.now();
    for (let tries = 1;; tries++) {
      const outcome = await this.#post(event, POST_MS, this.#ending.signal);
      this.#ending.signal.throwIfAborted();
      if (outcome.type === "taken") {
        this.#line.status.onDelivered();
        return outcome.operation;
      }
      const delayMs = doubledMs(RETRY_MS.first, RETRY_MS.most, tries - 1);
      this.#reporter.notice(`event ${outcome.type}`, outcome.error.message);
      this.#line.status.onError(outcome.error, delayMs);
      if (await this.#isInVain(outcome, tries, firstAt)) return undefined;
      await sleep(clock, delayMs, this.#ending.signal);
    }
  }

  /**
   * Whether an event will never be taken: who takes a heartbeat meanwhile has
   * something against the event, who takes neither is not itself.
   */
  async #isInVain(
    { type }: PostOutcome,
    tries: number,
    firstAt: number,
  ): Promise<boolean> {
    const isPatient = type === "away" || type === "failed" && tries < TRIES;
    if (isPatient) return false;
    if (type === "refused" && !this.#hasTaken) return true;
    const beat = await this.#beat();
    this.#ending.signal.throwIfAborted();
    if (beat.type === "taken") return true;
    if (type === "failed") return false;
    const isAnother = this.#caller.clock.now() - firstAt >= REFUSING_MS;
    if (isAnother) this.#hasTaken = false;
    return isAnother;
  }

  #beat(): Promise<PostOutcome> {
    const { account } = this.#line;
    const now = this.#caller.clock.now();
    const event = heartbeat(account, now, statusOf(this.#caller));
    return this.#post(event, POST_MS, this.#ending.signal);
  }

  /**
   * Done at most once, however often the event is posted. While its account is
   * logging in, for example, it is tried again, before the position moves.
   */
  async #operate(event: OneBotEvent, operation: unknown): Promise<void> {
    const key = `${this.#line.consumer}/${String(event.seq)}`;
    const { signal } = this.#ending;
    const { clock } = this.#caller;
    const giveUpAt = clock.now() + OPERATING_MS;
    for (let failures = 0;; failures++) {
      try {
        await doQuickOperation({ ...this.#caller, key }, event, operation);
        return;
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        // The error may be that of the program's end: then the next start does it.
        signal.throwIfAborted();
        const waitMs = error.retryAfterMs ??
          doubledMs(RETRY_MS.first, RETRY_MS.most, failures);
        const isLate = clock.now() + waitMs > giveUpAt;
        if (!ERROR_CODES[error.code] || isLate) {
          const { message } = error;
          this.#line.status.report({ code: "refused_reply", message });
          return this.#reporter.notice("operation not done", message, true);
        }
        await sleep(clock, waitMs, signal);
      }
    }
  }

  async #once(
    event: OneBotEvent,
    withinMs: number,
    signal: AbortSignal = this.#ending.signal,
  ): Promise<void> {
    await this.#post(event, withinMs, signal);
  }

  async #post(
    event: OneBotEvent,
    withinMs: number,
    signal: AbortSignal,
  ): Promise<PostOutcome> {
    const { account, target } = this.#line;
    const { url, accessToken, secret } = target;
    const outcome = await postEvent({
      url,
      account,
      body: JSON.stringify(event),
      accessToken,
      secret,
      addresses: this.#options.targets.addresses,
      clock: this.#caller.clock,
      withinMs,
      signal,
    });
    if (outcome.type === "taken") {
      this.#hasTaken = true;
      this.#line.status.onOpen();
    }
    return outcome;
  }

  /** A position that cannot be stored is stored with the next one. */
  async #keep(seq: number): Promise<void> {
    try {
      await this.#caller.bridge.journal.setPosition(this.#line.consumer, seq);
      this.#kept = seq;
    } catch (error) {
      this.#reporter.storeError(error);
    }
  }
}
