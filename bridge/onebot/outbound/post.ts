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
import type { Cursor, Sink } from "../../hub/hub.ts";
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
import { postEvent, type PostOutcome } from "./post_request.ts";
import { OutboundWorkers } from "./workers.ts";
import {
  type DeliveryNotice,
  grantOf,
  HourlyReport,
  messageOf,
  type OutboundTarget,
  type OutboundUrl,
  READ_AGAIN_MS,
  shownUrl,
  storeFirstPosition,
} from "./target.ts";

/** How the posting is made. */
export interface PostOptions {
  /** What all connections share. */
  readonly context: OneBotConnectionContext;
  /** Where to. */
  readonly targets: readonly OutboundUrl[];
  /** Signs what is posted. */
  readonly secret?: string | undefined;
  /** Is told what becomes of the lines. */
  onNotice?(news: DeliveryNotice): void;
}

/** What the names of the positions begin with. */
const PREFIX = "/onebot/post/";

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

/** See the module. Its start posts what there is; what is not taken at its end is posted after the next start. */
export class Posts extends OutboundWorkers {
  constructor(options: PostOptions) {
    super(options, {
      prefix: PREFIX,
      make: (line, head) => new PostWorker(options, line, head),
    });
  }
}

/** One address of one account. */
class PostWorker implements Sink {
  readonly #options: PostOptions;
  readonly #line: OutboundTarget;
  readonly #caller: CallContext;
  readonly #consumer: string;
  readonly #ending = new AbortController();
  #cursor: Cursor | undefined;
  /** What is being posted; nothing else is taken meanwhile. */
  #work: Promise<void> | undefined;
  #heartbeatAt: number;
  #beats = false;
  #news = new AccountStateFilter();
  #kept = 0;
  #cancelReading: (() => void) | undefined;
  readonly #readErrors = new HourlyReport();
  readonly #storeErrors = new HourlyReport();
  /** Whether the receiver has ever said that it took something: there is one that never does. */
  #hasTaken = false;

  constructor(options: PostOptions, line: OutboundTarget, since: number) {
    const { bridge, clock, people } = options.context;
    const { account, key, segments } = line;
    this.#options = options;
    this.#line = line;
    this.#consumer = `${PREFIX}${key}`;
    const grant = grantOf(line, () => this.#ending.signal.aborted);
    this.#caller = { bridge, people, clock, grant, account, segments };
    this.#heartbeatAt = clock.now() + HEARTBEAT_MS;
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

  /** See {@linkcode Sink}. */
  isReady(): boolean {
    return this.#work === undefined && !this.#ending.signal.aborted;
  }

  /** See {@linkcode Sink}. */
  send(event: StoredEvent): void {
    this.#do(async () => {
      await this.#deliver(JSON.parse(event.frame) as EventFrame);
    });
  }

  /** See {@linkcode Sink}. Reads again a minute later, from the same position. */
  onError(error: unknown): void {
    if (this.#ending.signal.aborted) return;
    const { clock } = this.#caller;
    if (this.#readErrors.take(clock.now())) {
      this.#tell("cannot read the journal", messageOf(error), true);
    }
    this.#cancelReading = clock.after(
      READ_AGAIN_MS,
      () => this.#open(this.#cursor?.position ?? this.#kept),
    );
  }

  /** See {@linkcode Sink}. Work of its own: nothing after it is posted or stored before it. */
  sendGap(frame: GapFrame): void {
    this.#do(() => this.#deliverGap(frame));
  }

  #begin(since: number): void {
    const { bridge, clock } = this.#options.context;
    const { journal } = bridge;
    const { account } = this.#line;
    const { epoch, head } = journal;
    const kept = journal.position(this.#consumer);
    const start = resumeAt(journal, { epoch, seq: kept ?? since });
    if (start.after === head) {
      this.#news = new AccountStateFilter(statusOf(this.#caller).online);
    }
    this.#do(async () => {
      if (kept === undefined) {
        await storeFirstPosition(journal, this.#consumer, since, {
          clock,
          signal: this.#ending.signal,
          onError: (error) => this.#unstored(error),
        });
      }
      await this.#once(lifecycle(account, clock.now(), "enable"), POST_MS);
      if (start.gap !== undefined) await this.#deliverGap(start.gap);
    });
    this.#kept = kept ?? since;
    this.#open(start.after);
  }

  #open(after: number): void {
    this.#cursor = this.#caller.bridge.hub.open(
      this,
      {
        accounts: new Set([this.#line.account]),
        events: chosenEvents(this.#line),
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
      if (outcome.type === "taken") return outcome.operation;
      this.#tell(`event ${outcome.type}`, outcome.reason);
      if (await this.#isInVain(outcome, tries, firstAt)) return undefined;
      const delayMs = doubledMs(RETRY_MS.first, RETRY_MS.most, tries - 1);
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
    const key = `${this.#consumer}/${String(event.seq)}`;
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
          return this.#tell("operation not done", error.message, true);
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
    const { url, account } = this.#line;
    const outcome = await postEvent({
      url,
      account,
      body: JSON.stringify(event),
      secret: this.#options.secret,
      clock: this.#caller.clock,
      withinMs,
      signal,
    });
    if (outcome.type === "taken") this.#hasTaken = true;
    return outcome;
  }

  /** A position that cannot be stored is stored with the next one. */
  async #keep(seq: number): Promise<void> {
    try {
      await this.#caller.bridge.journal.setPosition(this.#consumer, seq);
      this.#kept = seq;
    } catch (error) {
      this.#unstored(error);
    }
  }

  #unstored(error: unknown): void {
    if (!this.#storeErrors.take(this.#caller.clock.now())) return;
    this.#tell("cannot store its position", messageOf(error), true);
  }

  #tell(what: string, reason: string, isWarning = false): void {
    const { account, url } = this.#line;
    this.#options.onNotice?.({
      account,
      url: shownUrl(url),
      what: `HTTP POST: ${what}`,
      reason,
      isWarning,
    });
  }
}
