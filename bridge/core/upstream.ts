/**
 * One account at its QQ server, supervised: logs in, polls, journals, and owns
 * the truth about the account's state.
 *
 * @module
 */

import { type Clock, sleep } from "../../lib/clock.ts";
import {
  type AccountState,
  type ClientStatus,
  type MailBatch,
  QqClient,
  type QqClientOptions,
  QqError,
  type Transport,
} from "../../mod.ts";
import type { Batch, Journal } from "../journal/journal.ts";
import type { AccountRecord } from "./accounts.ts";
import { eventOfMail, type NewEvent, type StoredEvent } from "./event.ts";
import { CommandError } from "./grant.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";

/** An account's state, since when, why, and what the user can do. */
export interface UpstreamState {
  /** The state. */
  state: AccountState;
  /** Since when, in milliseconds since 1970. */
  since: number;
  /** Why. */
  reason?: string;
  /** What the user can do. */
  action?: string;
}

/** What an upstream tells of itself, for metrics and logs. */
export interface UpstreamListener {
  /** The state changed. */
  state?(uin: string, state: UpstreamState): void;
  /** A poll was answered, with so many items. */
  polled?(uin: string, items: number): void;
  /** Something failed that is not the account's state. */
  failed?(uin: string, what: string, error: unknown): void;
}

/** How an upstream is made. */
export interface UpstreamOptions {
  /** Whose. */
  account: AccountRecord;
  /** Where its events go. */
  journal: Journal;
  /** How its server is reached. */
  transport: Transport;
  /** Time. */
  clock: Clock;
  /** Random numbers in [0, 1). */
  random: () => number;
  /** What the client is made with besides. */
  client?: Partial<QqClientOptions>;
  /** What the outbox is made with besides. */
  outbox?: Omit<OutboxOptions, "clock">;
  /** Is told. */
  listener?: UpstreamListener;
}

/** Between two tries of an append that failed. */
const APPEND_RETRY_MS = 1000;

/** Most state changes kept while the journal fails; the oldest are dropped then. */
const UNTOLD_STATES = 100;

/** How long a stop waits for the poll in flight, and for the log-out. */
const STOP_MS = 5000;

/** See the module. */
export class Upstream {
  readonly uin: string;
  readonly client: QqClient;
  readonly outbox: Outbox;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #listener: UpstreamListener;
  readonly #closing = new AbortController();
  #nickname: string;
  #state: UpstreamState;
  #lastPollAt: number | undefined;
  #stopPolling: AbortController | undefined;
  #running: Promise<void> | undefined;
  #untold: UpstreamState[] = [];
  #telling: Promise<void> | undefined;

  constructor(options: UpstreamOptions) {
    const { account, clock, journal, random, transport } = options;
    this.uin = account.uin;
    this.#nickname = account.nickname;
    this.#journal = journal;
    this.#clock = clock;
    this.#listener = options.listener ?? {};
    this.#state = {
      state: "offline",
      since: clock.now(),
      reason: "not started",
    };
    this.outbox = new Outbox({ clock, ...options.outbox });
    this.client = new QqClient({
      uin: account.uin,
      passwordMd5: account.passwordMd5,
      transport,
      clock,
      random,
      ...options.client,
      onStatus: (status) => this.#onStatus(status),
    });
  }

  /** Its state. */
  get state(): UpstreamState {
    return this.#state;
  }

  /** The nickname; empty until it is known. */
  get nickname(): string {
    return this.#nickname;
  }

  /** When a poll was last answered, in milliseconds since 1970. */
  get lastPollAt(): number | undefined {
    return this.#lastPollAt;
  }

  /** Throws CommandError where the account cannot act now. */
  assertOnline(): void {
    const { state, reason, action } = this.#state;
    if (state === "online" || state === "penalised") return;
    throw new CommandError(
      state === "refused" ? "login_refused" : "not_logged_in",
      `Account ${this.uin} is ${state}${
        reason === undefined ? "" : `: ${reason}`
      }${action === undefined ? "" : `. ${action}`}`,
      state === "refused" ? {} : { retryAfterMs: 3000 },
    );
  }

  /** Logs in, after a delay, and stays logged in. */
  start(delayMs = 0): void {
    if (this.#running !== undefined || this.#closing.signal.aborted) return;
    const stop = new AbortController();
    this.#stopPolling = stop;
    this.#running = this.#run(delayMs, stop.signal).finally(() => {
      this.#running = undefined;
    });
  }

  /** Logs in again after `logout` or a refusal; gives the state that it has then. */
  async login(): Promise<AccountState> {
    if (this.#running === undefined) {
      await this.client.login().catch(() => {});
      this.start();
    }
    return this.#state.state;
  }

  /** Logs out and stays out until `login`. */
  async logout(): Promise<AccountState> {
    await this.#stop();
    this.#setState({
      state: "offline",
      reason: "logged out",
      action: "Log in with the command login",
    });
    return this.#state.state;
  }

  /** Finishes what is in flight, logs out, and ends. */
  async close(): Promise<void> {
    await this.outbox.close();
    await this.#stop();
    this.#closing.abort();
    await this.client[Symbol.asyncDispose]();
    await this.#telling;
  }

  /** Appends events of the account, again and again while the journal fails. */
  async journal(
    events: NewEvent[],
    outcome?: Omit<NonNullable<Batch["outcome"]>, "account">,
    poll?: number,
  ): Promise<StoredEvent[]> {
    const batch: Batch = {
      events,
      ...(outcome === undefined
        ? {}
        : { outcome: { account: this.uin, ...outcome } }),
      ...(poll === undefined
        ? {}
        : { poll: { account: this.uin, number: poll } }),
    };
    for (;;) {
      try {
        return await this.#journal.append(batch);
      } catch (error) {
        this.#listener.failed?.(this.uin, "journal", error);
        await sleep(this.#clock, APPEND_RETRY_MS, this.#closing.signal);
      }
    }
  }

  async #run(delayMs: number, stop: AbortSignal): Promise<void> {
    try {
      if (delayMs > 0) await sleep(this.#clock, delayMs, stop);
      const batches = this.client.mailBatches({
        signal: stop,
        pollKey: () => this.#pollKey(),
      });
      // The next poll is asked for only once this batch is durable.
      for await (const batch of batches) await this.#take(batch);
    } catch (error) {
      if (stop.aborted) return;
      if (error instanceof QqError && error.code === "login_refused") return;
      this.#listener.failed?.(this.uin, "poll", error);
      this.#setState({
        state: "offline",
        reason: error instanceof Error ? error.message : String(error),
        action: "Log in with the command login",
      });
    }
  }

  // The journal knows how many polls it holds, so after a crash the poll that
  // was in flight is asked with the same key again.
  #pollKey(): string {
    return `${this.#journal.epoch}.${this.uin}.${
      this.#journal.polls(this.uin) + 1
    }`;
  }

  async #take(batch: MailBatch): Promise<void> {
    const at = this.#clock.now();
    const events = batch.items.map((item) => eventOfMail(this.uin, at, item));
    await this.journal(events, undefined, this.#journal.polls(this.uin) + 1);
  }

  async #stop(): Promise<void> {
    this.#stopPolling?.abort();
    const running = this.#running;
    const given = new AbortController();
    const bound = sleep(this.#clock, STOP_MS, given.signal).catch(() => {});
    await Promise.race([running, bound]);
    if (this.client.loggedIn) {
      await Promise.race([this.client.logout().catch(() => {}), bound]);
    }
    given.abort();
  }

  #onStatus(status: ClientStatus): void {
    if (status.type === "polled") {
      this.#lastPollAt = this.#clock.now();
      this.#listener.polled?.(this.uin, status.items);
    }
  }

  #setState(state: Omit<UpstreamState, "since">): void {
    if (
      state.state === this.#state.state && state.reason === this.#state.reason
    ) return;
    this.#state = { ...state, since: this.#clock.now() };
    this.#listener.state?.(this.uin, this.#state);
    if (this.#untold.length === UNTOLD_STATES) this.#untold.shift();
    this.#untold.push(this.#state);
    this.#telling ??= this.#tell().finally(() => this.#telling = undefined);
  }

  async #tell(): Promise<void> {
    for (let next; (next = this.#untold.shift()) !== undefined;) {
      const { since, ...state } = next;
      const event: NewEvent = {
        account: this.uin,
        at: since,
        event: "account.state",
        data: { ...state, since: new Date(since).toISOString() },
      };
      await this.journal([event]).catch(() => {});
    }
  }
}
