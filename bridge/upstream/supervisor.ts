/** The upstreams of a bridge, one per account. @module */

import type { Clock } from "../../lib/clock.ts";
import type {
  AccountState,
  QqClientOptions,
  Status,
  Transport,
} from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";
import type { Journal } from "../journal/journal.ts";
import type { RetentionGate } from "../journal/retention_gate.ts";
import { RETRY_WRITE_MS } from "../sqlite/errors.ts";
import {
  type AccountRecord,
  type AccountStore,
  compareNumbers,
  withStatus,
} from "./account_store.ts";
import type { OutboxOptions } from "./outbox.ts";
import { MemoryPollKeys, nextPollKeyOf, type PollKeys } from "./poll_key.ts";
import { Upstream, type UpstreamListener } from "./upstream.ts";

/** Options of an {@linkcode UpstreamSupervisor}. */
export interface UpstreamSupervisorOptions {
  /** Journal to which all upstreams append. */
  journal: Journal;
  /** Accounts that the bridge logs in. */
  accounts: AccountStore;
  /**
   * Keys of polls that outlast the journal.
   *
   * @default {new MemoryPollKeys()}
   */
  pollKeys?: PollKeys | undefined;
  /** Returns the transport to the QQ server of an account. */
  transport: (uin: string) => Transport;
  clock: Clock;
  /** Holds mail back while the journal is too large; `undefined` never does. */
  gate?: RetentionGate | undefined;
  /**
   * Returns random numbers in [0, 1).
   *
   * @default {Math.random}
   */
  random?: (() => number) | undefined;
  /** Further options of each `QqClient`. */
  client?: Partial<QqClientOptions> | undefined;
  /** Further options of each outbox. */
  outbox?: Omit<OutboxOptions, "clock"> | undefined;
  /** Called when the state of an account changes, after each poll, and on errors. */
  listener?: UpstreamListener | undefined;
  /**
   * Number of accounts that log in per second at the start, and when this node
   * takes those of others.
   *
   * @default {200}
   */
  loginsPerSecond?: number | undefined;
  /**
   * Longest time that closing an account takes, in milliseconds: the poll and
   * the command under way, and the logout.
   *
   * @default {4000}
   */
  stopMs?: number | undefined;
  /**
   * Whether the bridge takes accounts back from another bridge that polls them,
   * after growing waits. Otherwise they stay logged out until `login`.
   *
   * @default {true}
   */
  takesBack?: boolean | undefined;
  /**
   * Returns whether this bridge drives an account at the moment. Another node
   * drives the others, and `acquire` and `release` say when that changes.
   *
   * @default {() => true}
   */
  drives?: ((uin: string) => boolean) | undefined;
}

/** Number of accounts that log in per second by default. */
const LOGINS_PER_SECOND = 200;

/** Opens and closes upstreams; changes of one account run one after the other. */
export class UpstreamSupervisor {
  readonly #options: UpstreamSupervisorOptions;
  readonly #pollKeys: PollKeys;
  readonly #upstreams = new Map<string, Upstream>();
  /** The last pending change of each account. */
  readonly #changes = new Map<string, Promise<unknown>>();
  /** When the next of many accounts may log in. */
  #nextLoginAt = 0;
  #isStarted = false;

  constructor(options: UpstreamSupervisorOptions) {
    this.#options = options;
    this.#pollKeys = options.pollKeys ?? new MemoryPollKeys();
  }

  /** Logs the stored accounts in, spread over time. */
  start(): void {
    this.#isStarted = true;
    for (const account of this.#options.accounts.list()) {
      this.#open(account, true);
    }
  }

  /** Opens the stored ones of these accounts, spread over time: this node drives them now. */
  acquire(uins: readonly string[]): void {
    const { accounts } = this.#options;
    for (const uin of uins) {
      this.#changed(uin, () => {
        const account = accounts.get(uin);
        if (account !== undefined && !this.#upstreams.has(uin)) {
          this.#open(account, true);
        }
        return Promise.resolve();
      });
    }
  }

  /** Ends what these accounts do, without logging them out: another node drives them next. */
  async release(uins: readonly string[]): Promise<void> {
    await Promise.all(uins.map((uin) => {
      const upstream = this.#upstreams.get(uin);
      // At once, and not only after a change that may wait for the server.
      const released = upstream?.release();
      return this.#change(uin, async () => {
        await released;
        if (this.#upstreams.get(uin) === upstream) this.#upstreams.delete(uin);
      });
    }));
  }

  /** Opens, reopens or closes an account as its record says, after another node changed that. */
  refresh(uin: string): void {
    this.#changed(uin, async () => {
      const account = this.#options.accounts.get(uin);
      const upstream = this.#upstreams.get(uin);
      if (account === undefined) return await this.#close(uin);
      if (upstream === undefined) return this.#open(account);
      upstream.rename(account.nickname);
      if (!upstream.hasPassword(account.passwordMd5)) await this.#reopen(uin);
    });
  }

  /** Finishes what is in flight and logs all accounts out. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    await Promise.all([
      ...[...this.#upstreams.values()].map((upstream) => upstream.close()),
      ...this.#changes.values(),
    ]);
    this.#upstreams.clear();
  }

  /** Returns the upstream of an account, or `undefined` if the account has none. */
  find(uin: string): Upstream | undefined {
    return this.#upstreams.get(uin);
  }

  /** Returns all upstreams, ascending by number. */
  list(): Upstream[] {
    return [...this.#upstreams.values()].sort((a, b) =>
      compareNumbers(a.uin, b.uin)
    );
  }

  /** Number of commands that wait in the outboxes. */
  get waiting(): number {
    let sum = 0;
    for (const { waiting } of this.#upstreams.values()) sum += waiting;
    return sum;
  }

  /** Stores an account or its new password, and logs it in. */
  open(record: AccountRecord): Promise<void> {
    return this.#change(record.uin, async () => {
      const { accounts } = this.#options;
      await accounts.put(withStatus(record, accounts.get(record.uin)));
      await this.#reopen(record.uin);
    });
  }

  /** Changes a stored account. A new password also logs it in with that, unless it is meant to be logged out. */
  change(
    uin: string,
    changes: Partial<Pick<AccountRecord, "passwordMd5" | "nickname">>,
  ): Promise<void> {
    return this.#change(uin, async () => {
      const { accounts } = this.#options;
      const record = accounts.get(uin);
      if (record === undefined) return;
      await accounts.put({ ...record, ...changes });
      const { passwordMd5, nickname } = changes;
      if (nickname !== undefined) this.#upstreams.get(uin)?.rename(nickname);
      if (passwordMd5 !== undefined) await this.#reopen(uin);
    });
  }

  /**
   * Logs an account out and deletes it.
   *
   * @returns Whether the account was stored.
   */
  remove(uin: string): Promise<boolean> {
    return this.#change(uin, async () => {
      await this.#close(uin);
      const isRemoved = await this.#options.accounts.remove(uin);
      if (!isRemoved) return false;
      await this.#forget(uin);
      await this.#journalRemoval(uin);
      return true;
    });
  }

  /**
   * Logs an account in or out. Waits while the account is being added or
   * removed, so that the last request wins.
   *
   * @throws {CommandError} If the account was removed.
   */
  async setSession(
    uin: string,
    command: "login" | "logout",
  ): Promise<AccountState> {
    await this.#changes.get(uin);
    const upstream = this.#upstreams.get(uin);
    if (upstream === undefined) {
      throw new CommandError(
        "unknown_account",
        `Cannot do ${command}: the account ${uin} was removed`,
      );
    }
    // Stored first, because a restart in between must not undo the request.
    await this.#setWanted(uin, command === "login" ? "in" : "out");
    return await upstream[command]();
  }

  async #setWanted(
    uin: string,
    wanted: AccountRecord["wanted"],
  ): Promise<void> {
    const record = this.#options.accounts.get(uin);
    if (record === undefined || record.wanted === wanted) return;
    await this.#options.accounts.put({ ...record, wanted });
  }

  /** Stored, so that a login after a restart sets the presence again. */
  async #keepStatus(uin: string, status: Status): Promise<void> {
    const { accounts } = this.#options;
    const record = accounts.get(uin);
    if (record === undefined || record.status === status) return;
    try {
      await accounts.put({ ...record, status });
    } catch (cause) {
      throw new CommandError(
        "overloaded",
        `Cannot keep the status: ${(cause as Error).message}`,
        { cause, retryAfterMs: RETRY_WRITE_MS },
      );
    }
  }

  /** Stored, so that the nickname is known while the account is logged out. A nickname that a user set stays. */
  async #keepNickname(uin: string, nickname: string): Promise<void> {
    const { accounts, listener } = this.#options;
    try {
      const record = accounts.get(uin);
      if (record === undefined || record.nickname !== "") return;
      await accounts.put({ ...record, nickname });
    } catch (error) {
      listener?.onError?.(uin, "keep the nickname", error);
    }
  }

  /** Clients see the removal in its order with the account's other events. */
  async #journalRemoval(uin: string): Promise<void> {
    const { journal, clock, listener } = this.#options;
    try {
      await journal.append({
        events: [{
          account: uin,
          at: clock.now(),
          event: "account.removed",
          data: {},
        }],
      });
    } catch (error) {
      listener?.onError?.(uin, "journal the removal", error);
    }
  }

  /** Only the key of the next poll stays, because the account may be added again. */
  async #forget(uin: string): Promise<void> {
    const { journal, listener } = this.#options;
    try {
      const key = nextPollKeyOf(journal, uin);
      if (key !== undefined) this.#pollKeys.put(uin, key);
      await journal.forget(uin);
    } catch (error) {
      listener?.onError?.(uin, "forget the account", error);
    }
  }

  /** Serialises changes to an account, because two upstreams would both drain its mailbox. */
  #change<T>(uin: string, change: () => Promise<T>): Promise<T> {
    const before = this.#changes.get(uin);
    const done = before === undefined ? change() : before.then(change);
    const last = done.catch(() => {}).then(() => {
      if (this.#changes.get(uin) === last) this.#changes.delete(uin);
    });
    this.#changes.set(uin, last);
    return done;
  }

  /** Like `#change`, for a change that nobody waits for. */
  #changed(uin: string, change: () => Promise<void>): void {
    this.#change(uin, change).catch((error) =>
      this.#options.listener?.onError?.(uin, "change the account", error)
    );
  }

  #open(account: AccountRecord, isOneOfMany = false): void {
    if (!this.#isStarted) return;
    const { drives = () => true } = this.#options;
    if (!drives(account.uin)) return;
    const { client, outbox, listener, random, stopMs, takesBack } =
      this.#options;
    const upstream = new Upstream({
      account,
      journal: this.#options.journal,
      pollKeys: this.#pollKeys,
      transport: this.#options.transport(account.uin),
      clock: this.#options.clock,
      gate: this.#options.gate,
      random: random ?? Math.random,
      ...(client === undefined ? {} : { client }),
      ...(outbox === undefined ? {} : { outbox }),
      ...(listener === undefined ? {} : { listener }),
      ...(stopMs === undefined ? {} : { stopMs }),
      ...(takesBack === undefined ? {} : { takesBack }),
      onNickname: (nickname) => void this.#keepNickname(account.uin, nickname),
      keepStatus: (status) => this.#keepStatus(account.uin, status),
    });
    this.#upstreams.set(account.uin, upstream);
    if (account.wanted !== "in") return;
    upstream.start(isOneOfMany ? this.#nextLoginMs() : 0);
  }

  /** Time until the next of many accounts may log in: several calls share the rate. */
  #nextLoginMs(): number {
    const { clock, loginsPerSecond = LOGINS_PER_SECOND } = this.#options;
    const now = clock.now();
    const at = Math.max(now, this.#nextLoginAt);
    this.#nextLoginAt = at + 1000 / loginsPerSecond;
    return at - now;
  }

  async #reopen(uin: string): Promise<void> {
    await this.#close(uin);
    // Read only now, because it may have been logged out meanwhile.
    const account = this.#options.accounts.get(uin);
    if (account !== undefined) this.#open(account);
  }

  async #close(uin: string): Promise<void> {
    const upstream = this.#upstreams.get(uin);
    // Deleted only after it has closed, so that commands meanwhile are answered with a retriable error.
    await upstream?.close();
    this.#upstreams.delete(uin);
  }
}
