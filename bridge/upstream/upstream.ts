/** One account at its QQ server. @module */

import { type Clock, sleep } from "../../lib/clock.ts";
import { LazyController } from "../../lib/signals.ts";
import {
  type AccountState,
  type ClientErrorCode,
  type ClientStatus,
  MAIL_POLICY,
  type MailBatch,
  type PollOutcome,
  type QqClient,
  type QqClientOptions,
  QqError,
  type Status,
  type Transport,
} from "../../mod.ts";
import type { Journal } from "../journal/journal.ts";
import type { RetentionGate } from "../journal/retention_gate.ts";
import { AccountJournal } from "./account_journal.ts";
import type { AccountRecord } from "./account_store.ts";
import { eventOfMail, type StoredEvent } from "../journal/event.ts";
import { mailParts } from "./mail_parts.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import type { PollKeys } from "./poll_key.ts";
import { PresenceKeepingClient } from "./presence_client.ts";
import { toSafeNickname } from "./safe_texts.ts";
import { StateEvents } from "./state_events.ts";
import {
  assertActs,
  LOGGED_OUT,
  LOGIN,
  OVERTAKEN,
  stateOf,
  type UpstreamState,
} from "./upstream_state.ts";

/** Callbacks of an upstream, for metrics and logs. They must not throw. */
export interface UpstreamListener {
  onStateChange?(uin: string, state: UpstreamState): void;
  /** Called after each poll, with the number of items or the code of its error. */
  onPoll?(uin: string, outcome: number | ClientErrorCode): void;
  /** Called when another bridge polls the account: this one stops, and waits or stays logged out. */
  overtaken?(uin: string): void;
  /** Called with errors that do not change the account's state. */
  onError?(uin: string, what: string, error: unknown): void;
}

/** Options of an {@linkcode Upstream}. */
export interface UpstreamOptions {
  account: AccountRecord;
  journal: Journal;
  /** Carries the requests to the QQ server. */
  transport: Transport;
  /** Stores the key of the next poll, in case the journal is lost; `undefined` stores none. */
  pollKeys?: PollKeys | undefined;
  clock: Clock;
  /** Holds mail back while the journal is too large; `undefined` never does. */
  gate?: RetentionGate | undefined;
  /** Returns random numbers in [0, 1). */
  random: () => number;
  /** Further options of the client. */
  client?: Partial<QqClientOptions>;
  /** Further options of the outbox. */
  outbox?: Omit<OutboxOptions, "clock">;
  /**
   * Whether the account is taken back from another bridge, after growing waits.
   * Otherwise it stays logged out until `login`.
   *
   * @default {true}
   */
  takesBack?: boolean;
  listener?: UpstreamListener;
  /**
   * Maximum duration of a logout or a close, in milliseconds: the poll and the
   * command under way, and the reply to the Logout.
   *
   * @default {4000}
   */
  stopMs?: number;
  /** Called with the nickname that the QQ server has, if the account has none. */
  onNickname?(nickname: string): void;
  /** Stores a presence before it is set. Rejects with CommandError if it cannot. */
  keepStatus?(status: Status): Promise<void>;
}

/** Default of {@linkcode UpstreamOptions.stopMs}. */
const STOP_MS = 4000;

/** Fraction of that time for the poll and the command under way; the logout has the rest. */
const FINISH_FRACTION = 0.75;

/** Keeps one account logged in, journals its mail, and knows its state. */
export class Upstream {
  readonly uin: string;
  readonly client: QqClient;
  readonly #startedAt: number;
  readonly #outboxOptions: UpstreamOptions["outbox"];
  #outbox: Outbox | undefined;
  readonly #journal: AccountJournal;
  readonly #gate: RetentionGate | undefined;
  readonly #clock: Clock;
  readonly #listener: UpstreamListener;
  readonly #learned: (nickname: string) => void;
  readonly #closing = new LazyController();
  readonly #stopMs: number;
  readonly #takesBack: boolean;
  readonly #passwordMd5: string;
  #nickname: string;
  #status: Status | undefined;
  #state: UpstreamState;
  #sinceText: string | undefined;
  #lastPollAt: number | undefined;
  #ending: { finish: AbortController; cut: AbortController } | undefined;
  #running: Promise<void> | undefined;
  #loggingIn: Promise<AccountState> | undefined;
  /** Logins and logouts, one after the other, so that the last one counts. */
  #session: Promise<unknown> = Promise.resolve();
  #loggingOut = false;
  #closed = false;
  #closeDone: Promise<void> | undefined;
  readonly #stateEvents: StateEvents;

  constructor(options: UpstreamOptions) {
    const { account, clock, journal, random, transport } = options;
    this.uin = account.uin;
    this.#passwordMd5 = account.passwordMd5;
    this.#nickname = account.nickname;
    this.#status = account.status;
    this.#clock = clock;
    this.#gate = options.gate;
    this.#takesBack = options.takesBack ?? true;
    this.#stopMs = options.stopMs ?? STOP_MS;
    this.#listener = options.listener ?? {};
    this.#journal = new AccountJournal({
      uin: account.uin,
      journal,
      pollKeys: options.pollKeys,
      clock,
      random,
      closing: this.#closing,
      onError: (error) => this.#listener.onError?.(this.uin, "journal", error),
    });
    this.#stateEvents = new StateEvents(account.uin, this.#journal);
    this.#learned = (nickname) => options.onNickname?.(nickname);
    this.#state = {
      state: "offline",
      since: clock.now(),
      ...(account.wanted === "in" ? { reason: "not started" } : LOGGED_OUT),
    };
    this.#startedAt = clock.now();
    this.#outboxOptions = options.outbox;
    this.client = new PresenceKeepingClient({
      uin: account.uin,
      passwordMd5: account.passwordMd5,
      transport,
      clock,
      random,
      ...(account.status === undefined ? {} : { presence: account.status }),
      ...options.client,
      onStatus: (status) => this.#onStatus(status),
    }, async (status) => {
      await options.keepStatus?.(status);
      this.#status = status;
    });
  }

  /** Its queue of commands, made when it is first used: most accounts send none. */
  get outbox(): Outbox {
    return this.#outbox ??= new Outbox({
      clock: this.#clock,
      startedAt: this.#startedAt,
      ...this.#outboxOptions,
    });
  }

  /** Number of commands that wait in the outbox. */
  get waiting(): number {
    return this.#outbox?.length ?? 0;
  }

  get state(): UpstreamState {
    return this.#state;
  }

  /** When the state began, in ISO 8601. Formatted once, because a list can have thousands of accounts. */
  get sinceText(): string {
    return this.#sinceText ??= new Date(this.#state.since).toISOString();
  }

  /** Whether the account logs in with this password, given as its MD5. */
  hasPassword(passwordMd5: string): boolean {
    return this.#passwordMd5 === passwordMd5;
  }

  /** The nickname; empty if it is unknown. */
  get nickname(): string {
    return this.#nickname;
  }

  /** Sets the nickname that lists of accounts show. */
  rename(nickname: string): void {
    this.#nickname = nickname;
  }

  /** The presence that was set last; `undefined` if none was. */
  get status(): Status | undefined {
    return this.#status;
  }

  /** When a poll was last answered, in milliseconds since 1970. */
  get lastPollAt(): number | undefined {
    return this.#lastPollAt;
  }

  /** Aborted when the account is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Throws CommandError unless the account is online. */
  assertOnline(): void {
    assertActs(this.uin, this.#state);
  }

  /** Logs in after a delay, and stays logged in. */
  start(delayMs = 0): void {
    if (this.#running !== undefined || this.#closing.isAborted) return;
    this.#ending = {
      finish: new AbortController(),
      cut: new AbortController(),
    };
    const { finish, cut } = this.#ending;
    this.#running = this.#run(delayMs, finish.signal, cut.signal).finally(
      () => {
        this.#running = undefined;
      },
    );
  }

  /** Logs in again at once, also after a refusal or if replaced. Resolves with the state after that. */
  login(): Promise<AccountState> {
    const done = this.#loggingIn ??= this.#inTurn(() => this.#login());
    const forget = () => {
      if (this.#loggingIn === done) this.#loggingIn = undefined;
    };
    done.then(forget, forget);
    return done;
  }

  async #login(): Promise<AccountState> {
    // The poll loop would wait, but the user wants it now.
    if (this.#state.state === "replaced") this.#ending?.finish.abort();
    // A poll loop that is stopping cannot be restarted: wait until it has ended.
    if (this.#ending?.finish.signal.aborted) await this.#running;
    if (this.#running === undefined && !this.#closing.isAborted) {
      const refused = await this.client.login().then(() => false, isFinal);
      // With the same password the next login would be refused as well.
      if (!refused) this.start();
    }
    return this.#state.state;
  }

  /** Logs out, and stays logged out until `login`. */
  logout(): Promise<AccountState> {
    // A later login must not join one that is before this logout.
    this.#loggingIn = undefined;
    return this.#inTurn(async () => {
      this.#loggingOut = true;
      await this.#stop().finally(() => this.#loggingOut = false);
      this.#setState({ state: "offline", ...LOGGED_OUT });
      return this.#state.state;
    });
  }

  #inTurn(act: () => Promise<AccountState>): Promise<AccountState> {
    const done = this.#session.then(act);
    this.#session = done.catch(() => {});
    return done;
  }

  /** Finishes what is in flight, logs out, and closes. */
  close(): Promise<void> {
    return this.#closeDone ??= this.#close();
  }

  async #close(): Promise<void> {
    const until = this.#clock.now() + this.#stopMs;
    const leftMs = () => Math.max(0, until - this.#clock.now());
    const acting = this.outbox.close();
    await this.#finish(acting);
    this.#closed = true;
    this.#closing.abort();
    await this.client.close({ timeoutMs: leftMs() });
    // A command that was still under way ends with the client.
    await this.#inTime(leftMs(), acting);
    await this.#stateEvents.settled();
  }

  /**
   * Gives the account up to another node: ends the poll and the commands, does
   * not log out, so that friends see no change, and reports no state. Mail that
   * a poll has brought is still journalled.
   */
  release(): Promise<void> {
    return this.#closeDone ??= this.#release();
  }

  async #release(): Promise<void> {
    this.#closed = true;
    await this.#finish(this.outbox.close());
    this.#closing.abort();
    await this.client.close({ timeoutMs: 0 });
    await this.#stateEvents.settled();
  }

  /** Appends events of the account, like {@linkcode AccountJournal.append}. */
  journal(
    ...batch: Parameters<AccountJournal["append"]>
  ): Promise<StoredEvent[]> {
    return this.#journal.append(...batch);
  }

  async #run(
    delayMs: number,
    finish: AbortSignal,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      if (delayMs > 0) await sleep(this.#clock, delayMs, finish);
      const batches = this.client.mailBatches({
        finish,
        signal,
        pollKey: () => this.#journal.nextPollKey(),
        onOvertaken: () => this.#journal.skipPoll(),
        takesBack: this.#takesBack,
        onPoll: (outcome) => this.#onPoll(outcome),
      });
      // The loop sends the next poll only when this batch is durable.
      for await (const batch of batches) await this.#take(batch);
    } catch (error) {
      if (finish.aborted) return;
      // The client has reported this as its status already.
      if (isFinal(error) || isOvertaken(error)) return;
      this.#listener.onError?.(this.uin, "poll", error);
      this.#setState({
        state: "offline",
        reason: error instanceof Error ? error.message : String(error),
        action: LOGIN,
      });
    }
  }

  #onPoll(outcome: PollOutcome): void {
    if (outcome.type === "answered") {
      this.#lastPollAt = this.#clock.now();
      this.#journal.answered(outcome.items);
    }
    this.#listener.onPoll?.(
      this.uin,
      outcome.type === "answered" ? outcome.items : outcome.error.code,
    );
  }

  async #take(batch: MailBatch): Promise<void> {
    const at = this.#clock.now();
    const poll = {
      number: this.#journal.askedPoll,
      repeats: batch.key === "" ? undefined : this.client.honoursKeys === true,
    };
    // The loop holds the batch until the next one comes, which may be hours.
    const taken = batch.items.splice(0);
    for (const { items, part, last } of mailParts(taken)) {
      const events = items.map((item) => eventOfMail(this.uin, at, item));
      const isWhole = part === 0 && last;
      const leave = await this.#gate?.enter(events, this.#closing);
      try {
        await this.#journal.append(events, undefined, {
          ...poll,
          ...(isWhole ? {} : { part, last }),
        });
      } finally {
        leave?.();
      }
      // A turn of the event loop for other work, and so not the bridge's clock.
      if (!last) await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** Ends the poll loop and logs out, within the time for this. */
  async #stop(): Promise<void> {
    const until = this.#clock.now() + this.#stopMs;
    await this.#finish();
    if (!this.client.needsLogout) return;
    const timeoutMs = Math.max(0, until - this.#clock.now());
    await this.#inTime(timeoutMs, this.client.logout().catch(() => {}));
  }

  /**
   * Lets the poll in flight end, and aborts it if it takes too long.
   *
   * @param acting Settles when no command is under way any more.
   */
  async #finish(acting?: Promise<void>): Promise<void> {
    this.#ending?.finish.abort();
    const done = Promise.all([this.#running, acting]);
    await this.#inTime(this.#stopMs * FINISH_FRACTION, done);
    this.#ending?.cut.abort();
  }

  async #inTime(timeoutMs: number, done: Promise<unknown>): Promise<void> {
    const bound = new AbortController();
    const late = sleep(this.#clock, timeoutMs, bound.signal).catch(() => {});
    await Promise.race([done, late]);
    bound.abort();
  }

  #onStatus(status: ClientStatus): void {
    const state = stateOf(this.uin, status);
    const isNews = state.reason !== this.#state.reason;
    if (state.reason === OVERTAKEN && isNews) {
      this.#listener.overtaken?.(this.uin);
    }
    if (state.state === "offline" && this.#loggingOut) {
      const { reason, action } = LOGGED_OUT;
      this.#setState({ ...state, reason, action: state.action ?? action });
    } else this.#setState(state);
    if (status.type === "online" && this.#nickname === "") {
      this.#learnNickname();
    }
  }

  #learnNickname(): void {
    this.client.profile(this.uin, 0).then(
      (profile) => {
        const nickname = toSafeNickname(profile.nickname);
        if (nickname === "" || this.#closed) return;
        this.#nickname = nickname;
        this.#learned(nickname);
      },
      () => {},
    );
  }

  #setState(state: Omit<UpstreamState, "since">): void {
    if (this.#closed) return;
    if (
      state.state === this.#state.state && state.reason === this.#state.reason
    ) return;
    this.#state = { ...state, since: this.#clock.now() };
    this.#sinceText = undefined;
    this.#listener.onStateChange?.(this.uin, this.#state);
    this.#stateEvents.push(this.#state);
  }
}

/** Whether no retry can succeed until the number or the password changes. */
function isFinal(error: unknown): boolean {
  return error instanceof QqError && MAIL_POLICY[error.code] === "stop";
}

function isOvertaken(error: unknown): boolean {
  return error instanceof QqError && error.overtaken === true;
}
