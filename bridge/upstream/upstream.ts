/**
 * One account at its QQ server, supervised: logs in, polls, journals, and owns
 * the truth about the account's state.
 *
 * @module
 */

import { type Clock, sleep } from "../../lib/clock.ts";
import {
  type AccountState,
  type ClientErrorCode,
  type ClientStatus,
  MAIL_POLICY,
  type MailBatch,
  type PollOutcome,
  QqClient,
  type QqClientOptions,
  QqError,
  type RequestOptions,
  type Status,
  type Transport,
} from "../../mod.ts";
import type { Journal } from "../journal/journal.ts";
import type { RetentionGate } from "../journal/retention_gate.ts";
import { AccountJournal } from "./account_journal.ts";
import type { AccountRecord } from "./account_store.ts";
import {
  eventOfMail,
  type NewEvent,
  type StoredEvent,
} from "../journal/event.ts";
import { mailParts } from "./mail_parts.ts";
import { Outbox, type OutboxOptions } from "./outbox.ts";
import type { PollKeys } from "./poll_key.ts";
import { toSafeNickname } from "./safe_texts.ts";
import {
  assertActs,
  LOGGED_OUT,
  LOGIN,
  OVERTAKEN,
  stateOf,
  type UpstreamState,
} from "./upstream_state.ts";

/** What an upstream tells of itself, for metrics and logs. */
export interface UpstreamListener {
  /** The state changed. */
  onStateChange?(uin: string, state: UpstreamState): void;
  /** A poll ended: with so many items, or with an error. */
  onPoll?(uin: string, outcome: number | ClientErrorCode): void;
  /** Another bridge polls the account: this one stops, and waits or stays out. */
  overtaken?(uin: string): void;
  /** Something failed that is not the account's state. */
  onError?(uin: string, what: string, error: unknown): void;
}

/** How an upstream is made. */
export interface UpstreamOptions {
  /** Whose. */
  account: AccountRecord;
  /** Where its events go. */
  journal: Journal;
  /** How its server is reached. */
  transport: Transport;
  /** See {@linkcode AccountJournalOptions}. */
  pollKeys?: PollKeys | undefined;
  /** Time. */
  clock: Clock;
  /** Holds mail back while the journal is too large; `undefined` never does. */
  gate?: RetentionGate | undefined;
  /** Random numbers in [0, 1). */
  random: () => number;
  /** What the client is made with besides. */
  client?: Partial<QqClientOptions>;
  /** What the outbox is made with besides. */
  outbox?: Omit<OutboxOptions, "clock">;
  /**
   * Whether the account is taken back from another bridge, after waits that
   * grow. Otherwise it stays out until `login`.
   *
   * @default {true}
   */
  takesBack?: boolean;
  /** Is told. */
  listener?: UpstreamListener;
  /**
   * How long a log-out or an end may take, in milliseconds: the poll and the
   * command under way, and the reply to the Logout.
   *
   * @default {4000}
   */
  stopMs?: number;
  /** Is told the nickname, where the account came without one. */
  onNickname?(nickname: string): void;
  /** Keeps a presence that is asked for, before it is; throws CommandError if it cannot. */
  keepStatus?(status: Status): void;
}

/** Most state changes kept while the journal fails; the oldest are dropped then. */
const UNTOLD_STATES = 100;

/** Default of {@linkcode UpstreamOptions.stopMs}. */
const STOP_MS = 4000;

/** The part of that time that the poll and the command under way may take; the log-out has the rest. */
const FINISH_PART = 0.75;

/** A client that keeps the presence that is asked for, so that a restart does not forget it. */
class PresenceKeepingClient extends QqClient {
  readonly #keep: (status: Status) => void;

  constructor(options: QqClientOptions, keep: (status: Status) => void) {
    super(options);
    this.#keep = keep;
  }

  override async setStatus(
    status: Status,
    options?: RequestOptions,
  ): Promise<void> {
    this.#keep(status);
    await super.setStatus(status, options);
  }
}

/** See the module. */
export class Upstream {
  readonly uin: string;
  readonly client: QqClient;
  readonly outbox: Outbox;
  readonly #journal: AccountJournal;
  readonly #gate: RetentionGate | undefined;
  readonly #clock: Clock;
  readonly #listener: UpstreamListener;
  readonly #learned: (nickname: string) => void;
  readonly #closing = new AbortController();
  readonly #stopMs: number;
  readonly #takesBack: boolean;
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
  #untold: UpstreamState[] = [];
  #telling: Promise<void> | undefined;

  constructor(options: UpstreamOptions) {
    const { account, clock, journal, random, transport } = options;
    this.uin = account.uin;
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
      signal: this.#closing.signal,
      onError: (error) => this.#listener.onError?.(this.uin, "journal", error),
    });
    this.#learned = (nickname) => options.onNickname?.(nickname);
    this.#state = {
      state: "offline",
      since: clock.now(),
      ...(account.wanted === "in" ? { reason: "not started" } : LOGGED_OUT),
    };
    this.outbox = new Outbox({ clock, ...options.outbox });
    this.client = new PresenceKeepingClient({
      uin: account.uin,
      passwordMd5: account.passwordMd5,
      transport,
      clock,
      random,
      ...(account.status === undefined ? {} : { presence: account.status }),
      ...options.client,
      onStatus: (status) => this.#onStatus(status),
    }, (status) => {
      options.keepStatus?.(status);
      this.#status = status;
    });
  }

  /** Its state. */
  get state(): UpstreamState {
    return this.#state;
  }

  /** Since when it is in its state, as text: made once, for thousands are told of at a time. */
  get sinceText(): string {
    return this.#sinceText ??= new Date(this.#state.since).toISOString();
  }

  /** The nickname; empty until it is known. */
  get nickname(): string {
    return this.#nickname;
  }

  /** Sets the nickname that accounts lists show. */
  rename(nickname: string): void {
    this.#nickname = nickname;
  }

  /** The presence last asked for; undefined: none was. */
  get status(): Status | undefined {
    return this.#status;
  }

  /** When a poll was last answered, in milliseconds since 1970. */
  get lastPollAt(): number | undefined {
    return this.#lastPollAt;
  }

  /** Aborted when what waits for the account must end. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Throws CommandError where the account cannot act now. */
  assertOnline(): void {
    assertActs(this.uin, this.#state);
  }

  /** Logs in, after a delay, and stays logged in. */
  start(delayMs = 0): void {
    if (this.#running !== undefined || this.#closing.signal.aborted) return;
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

  /** Logs in again after `logout`, a refusal or when replaced; gives the state that it has then. */
  login(): Promise<AccountState> {
    const done = this.#loggingIn ??= this.#inTurn(() => this.#login());
    const forget = () => {
      if (this.#loggingIn === done) this.#loggingIn = undefined;
    };
    done.then(forget, forget);
    return done;
  }

  async #login(): Promise<AccountState> {
    // It waits before it logs in again: this is the user's wish, at once.
    if (this.#state.state === "replaced") this.#ending?.finish.abort();
    // One that is told to end is gone soon, and nobody would begin it again.
    if (this.#ending?.finish.signal.aborted) await this.#running;
    if (this.#running === undefined && !this.#closing.signal.aborted) {
      const refused = await this.client.login().then(() => false, isFinal);
      // Asked again with the same password it would be refused again.
      if (!refused) this.start();
    }
    return this.#state.state;
  }

  /** Logs out and stays out until `login`. */
  logout(): Promise<AccountState> {
    // A login that is asked for from now on comes behind this.
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

  /** Finishes what is in flight, logs out, and ends. */
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
    // The client's end is also the end of a command that was under way.
    await this.#inTime(leftMs(), acting);
    await this.#telling;
  }

  /** Appends events of the account: see {@linkcode AccountJournal}. */
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
      // The next poll is asked for only once this batch is durable.
      for await (const batch of batches) await this.#take(batch);
    } catch (error) {
      if (finish.aborted) return;
      // The client has told that it was refused, or that another has the mailbox.
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
    for (const { items, part, last } of mailParts(batch.items)) {
      const events = items.map((item) => eventOfMail(this.uin, at, item));
      const isWhole = part === 0 && last;
      const leave = await this.#gate?.enter(events, this.closing);
      try {
        await this.#journal.append(events, undefined, {
          ...poll,
          ...(isWhole ? {} : { part, last }),
        });
      } finally {
        leave?.();
      }
      // Not the bridge's clock: nothing is waited for, others have their turn.
      if (!last) await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** Ends the poll loop and logs out, within the time that this may take. */
  async #stop(): Promise<void> {
    const until = this.#clock.now() + this.#stopMs;
    await this.#finish();
    if (!this.client.needsLogout) return;
    const timeoutMs = Math.max(0, until - this.#clock.now());
    await this.#inTime(timeoutMs, this.client.logout().catch(() => {}));
  }

  /**
   * Lets the poll in flight end, and cuts it off if it takes too long.
   *
   * @param acting Settles when no command is under way any more.
   */
  async #finish(acting?: Promise<void>): Promise<void> {
    this.#ending?.finish.abort();
    const done = Promise.all([this.#running, acting]);
    await this.#inTime(this.#stopMs * FINISH_PART, done);
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
      await this.#journal.append([event]).catch(() => {});
    }
  }
}

/** Whether no other try helps until number or password change. */
function isFinal(error: unknown): boolean {
  return error instanceof QqError && MAIL_POLICY[error.code] === "stop";
}

function isOvertaken(error: unknown): boolean {
  return error instanceof QqError && error.overtaken === true;
}
