/** The bridge: accounts, each with its upstream, one journal, one hub. @module */

import { type Clock, systemClock } from "../../lib/clock.ts";
import type {
  AccountInfo,
  AccountState,
  BridgeCommands,
  QqClientOptions,
  Status,
  Transport,
} from "../../mod.ts";
import type { Journal, Retention } from "../journal/journal.ts";
import {
  type AccountRecord,
  type AccountStore,
  withStatus,
} from "../upstream/account_store.ts";
import type { AccountHealth, BridgeApi } from "./bridge_api.ts";
import type { CommandRequest } from "../commands/command_request.ts";
import { type CommandLimits, Commands } from "../commands/commands.ts";
import { consumerCommands } from "../commands/consumer_commands.ts";
import { Consumers } from "../hub/consumers.ts";
import { RETRY_WRITE_MS } from "../commands/failure.ts";
import { type Grant, reaches } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import { Hub, type HubOptions } from "../hub/hub.ts";
import type { OutboxOptions } from "../upstream/outbox.ts";
import {
  MemoryPollKeys,
  nextPollKeyOf,
  type PollKeys,
} from "../upstream/poll_key.ts";
import { Upstream, type UpstreamListener } from "../upstream/upstream.ts";

/**
 * Does the bridge's own commands where more than the bridge is concerned:
 * accounts at the embedded server, tokens. Each rejects with an error whose
 * message tells the caller why not.
 */
export interface Management {
  /** Adds an account, at the bridge too. */
  addAccount(params: BridgeCommands["addAccount"]["params"]): Promise<unknown>;
  /** Removes one, from the bridge too. */
  removeAccount(params: { uin: string }): Promise<unknown>;
  /** Makes a token. */
  createToken(
    params: BridgeCommands["createToken"]["params"],
  ): Promise<{ token: string }>;
  /** Ends a token. */
  revokeToken(params: { name: string }): Promise<unknown>;
}

/** What a bridge reports, for metrics and logs. */
export interface BridgeListener extends UpstreamListener {
  /** Clients take the name of a consumer from each other; at most once a minute for a name. */
  contested?(consumer: string): void;
}

/** How a bridge is made. */
export interface BridgeOptions {
  /** Where events are kept. */
  journal: Journal;
  /** Whom it logs in. */
  accounts: AccountStore;
  /**
   * Where the keys of polls are kept that outlast the journal.
   *
   * @default {new MemoryPollKeys()}
   */
  pollKeys?: PollKeys;
  /** How an account's server is reached. */
  transport: (uin: string) => Transport;
  /** The MD5 of a password. */
  passwordMd5: (password: string) => string;
  /** Time. */
  clock?: Clock;
  /** Random numbers in [0, 1). */
  random?: () => number;
  /** What the clients are made with besides. */
  client?: Partial<QqClientOptions>;
  /** What the outboxes are made with besides. */
  outbox?: Omit<OutboxOptions, "clock">;
  /** See {@linkcode CommandLimits}. */
  commands?: CommandLimits;
  /** What the hub is made with besides. */
  hub?: Omit<HubOptions, "clock">;
  /** Is told of accounts' states and polls. */
  listener?: BridgeListener;
  /** See {@linkcode Management}. */
  management?: Management;
  /**
   * How many accounts log in a second at the start.
   *
   * @default {200}
   */
  loginsPerSecond?: number;
  /**
   * How long an account's end may take, in milliseconds: the poll and the
   * command under way, and the log-out.
   *
   * @default {4000}
   */
  stopMs?: number;
  /**
   * Whether accounts are taken back from another bridge that polls them, after
   * waits that grow. Otherwise they stay out until `login`.
   *
   * @default {true}
   */
  takesBack?: boolean;
  /** How long events are kept, and consumers that no client uses; for ever where absent. */
  retention?: Retention;
  /** Names of the tokens that hold: the consumers of others are freed. All are kept where absent. */
  owners?: () => ReadonlySet<string>;
}

/** How often retention is looked after, and a failing journal tried. */
const UPKEEP_MS = 5000;

const DAY_MS = 24 * 60 * 60_000;

/** Between two pieces of a long trim, so that it never holds up what arrives. */
const TRIM_PAUSE_MS = 20;

/** See the module. */
export class Bridge implements BridgeApi {
  readonly journal: Journal;
  readonly hub: Hub;
  readonly consumers: Consumers;
  readonly #options: BridgeOptions;
  readonly #clock: Clock;
  readonly #pollKeys: PollKeys;
  readonly #commands: Commands;
  readonly #upstreams = new Map<string, Upstream>();
  /** The last change of each account's that is under way: one after the other. */
  readonly #changes = new Map<string, Promise<unknown>>();
  #cancelUpkeep: (() => void) | undefined;
  #started = false;

  constructor(options: BridgeOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#pollKeys = options.pollKeys ?? new MemoryPollKeys();
    this.journal = options.journal;
    this.hub = new Hub(options.journal, { clock: this.#clock, ...options.hub });
    this.consumers = new Consumers(options.journal, {
      clock: this.#clock,
      onContested: (id) => options.listener?.contested?.(id),
      onError: (error) =>
        options.listener?.onError?.("", "look after the consumers", error),
    });
    this.#commands = new Commands({
      journal: this.journal,
      clock: this.#clock,
      upstream: (account) => this.#upstreams.get(account),
      session: (account, command) => this.#session(account, command),
      own: this.#ownCommands(),
    }, options.commands);
  }

  /** Logs the accounts in, spread over time. */
  start(): void {
    this.#started = true;
    const perSecond = this.#options.loginsPerSecond ?? 200;
    for (const [index, account] of this.#options.accounts.list().entries()) {
      this.#open(account, index * 1000 / perSecond);
    }
    this.#upkeep();
  }

  /** Finishes what is in flight, logs the accounts out, and ends; the journal stays open. */
  async stop(): Promise<void> {
    this.#started = false;
    this.#cancelUpkeep?.();
    await Promise.all([
      ...[...this.#upstreams.values()].map((upstream) => upstream.close()),
      ...this.#changes.values(),
    ]);
    this.#upstreams.clear();
    // Commands that ended with their account are answered before connections are closed.
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.hub.close();
  }

  /** See {@linkcode BridgeApi}. */
  accounts(grant: Grant): AccountInfo[] {
    return this.#reached(grant).map(infoOf);
  }

  /** See {@linkcode BridgeApi}. */
  get waiting(): number {
    let sum = 0;
    for (const { outbox } of this.#upstreams.values()) sum += outbox.length;
    return sum;
  }

  /** See {@linkcode BridgeApi}. */
  health(): AccountHealth[] {
    const { accounts } = this.#options;
    return [...this.#upstreams.values()].sort(byNumber).map((upstream) => {
      const { reason, action } = upstream.state;
      const { lastPollAt } = upstream;
      return {
        ...infoOf(upstream),
        ...(reason === undefined ? {} : { reason }),
        ...(action === undefined ? {} : { action }),
        wanted: accounts.get(upstream.uin)?.wanted === "in",
        ...(lastPollAt === undefined ? {} : { lastPollAt }),
      };
    });
  }

  /** The upstreams that a grant reaches, ascending by number. */
  #reached({ accounts }: Grant): Upstream[] {
    if (accounts === "all") return [...this.#upstreams.values()].sort(byNumber);
    return [...accounts].flatMap((uin) => this.#upstreams.get(uin) ?? [])
      .sort(byNumber);
  }

  /**
   * Logs an account in or out. An account that is being added or removed is
   * waited for, so that the last wish wins.
   */
  async #session(
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
    // What the user wants is kept first: a restart in between must not undo it.
    this.#setWanted(uin, command === "login" ? "in" : "out");
    return await upstream[command]();
  }

  #setWanted(uin: string, wanted: AccountRecord["wanted"]): void {
    const record = this.#options.accounts.get(uin);
    if (record === undefined || record.wanted === wanted) return;
    this.#options.accounts.put({ ...record, wanted });
  }

  /** So that a login after a restart sets it again. */
  #keepStatus(uin: string, status: Status): void {
    const { accounts } = this.#options;
    const record = accounts.get(uin);
    if (record === undefined || record.status === status) return;
    try {
      accounts.put({ ...record, status });
    } catch (cause) {
      throw new CommandError(
        "overloaded",
        `Cannot keep the status: ${(cause as Error).message}`,
        { cause, retryAfterMs: RETRY_WRITE_MS },
      );
    }
  }

  /** So that it is known while the account is out, too. One that was given stays. */
  #keepNickname(uin: string, nickname: string): void {
    const { accounts, listener } = this.#options;
    try {
      const record = accounts.get(uin);
      if (record === undefined || record.nickname !== "") return;
      accounts.put({ ...record, nickname });
    } catch (error) {
      listener?.onError?.(uin, "keep the nickname", error);
    }
  }

  /** See {@linkcode BridgeApi}. */
  run(grant: Grant, request: CommandRequest): Promise<unknown> {
    return this.#commands.run(grant, request);
  }

  /** Adds an account, or changes its password, and logs it in. */
  addAccount(record: AccountRecord): Promise<void> {
    return this.#change(record.uin, async () => {
      const { accounts } = this.#options;
      accounts.put(withStatus(record, accounts.get(record.uin)));
      await this.#close(record.uin);
      // As it is now: it may have been logged out meanwhile.
      const current = accounts.get(record.uin);
      if (current !== undefined) this.#open(current, 0);
    });
  }

  /** Logs an account out and forgets it; tells whether it was there. */
  removeAccount(uin: string): Promise<boolean> {
    return this.#change(uin, async () => {
      await this.#close(uin);
      const isRemoved = this.#options.accounts.remove(uin);
      if (isRemoved) await this.#forget(uin);
      return isRemoved;
    });
  }

  /** Keeps nothing of a removed account but the key of its next poll, in case it comes back. */
  async #forget(uin: string): Promise<void> {
    try {
      const key = nextPollKeyOf(this.journal, uin);
      if (key !== undefined) this.#pollKeys.put(uin, key);
      await this.journal.forget(uin);
    } catch (error) {
      this.#options.listener?.onError?.(uin, "forget the account", error);
    }
  }

  /** Two upstreams of one account would read its mailbox side by side. */
  #change<T>(uin: string, act: () => Promise<T>): Promise<T> {
    const before = this.#changes.get(uin);
    const done = before === undefined ? act() : before.then(act);
    const last = done.catch(() => {}).then(() => {
      if (this.#changes.get(uin) === last) this.#changes.delete(uin);
    });
    this.#changes.set(uin, last);
    return done;
  }

  #open(account: AccountRecord, delayMs: number): void {
    if (!this.#started) return;
    const { client, outbox, listener, random, stopMs, takesBack } =
      this.#options;
    const upstream = new Upstream({
      account,
      journal: this.journal,
      pollKeys: this.#pollKeys,
      transport: this.#options.transport(account.uin),
      clock: this.#clock,
      random: random ?? Math.random,
      ...(client === undefined ? {} : { client }),
      ...(outbox === undefined ? {} : { outbox }),
      ...(listener === undefined ? {} : { listener }),
      ...(stopMs === undefined ? {} : { stopMs }),
      ...(takesBack === undefined ? {} : { takesBack }),
      onNickname: (nickname) => this.#keepNickname(account.uin, nickname),
      keepStatus: (status) => this.#keepStatus(account.uin, status),
    });
    this.#upstreams.set(account.uin, upstream);
    if (account.wanted === "in") upstream.start(delayMs);
  }

  async #close(uin: string): Promise<void> {
    const upstream = this.#upstreams.get(uin);
    // It is there until it has ended: commands are told to come again.
    await upstream?.close();
    this.#upstreams.delete(uin);
  }

  #upkeep(delayMs = UPKEEP_MS): void {
    this.#cancelUpkeep = this.#clock.after(delayMs, () => {
      // On a full disk it is retention that makes room.
      const more = this.#trim();
      if (this.journal.failure !== undefined) this.journal.probe();
      else void this.#lookAfterConsumers();
      this.#upkeep(more ? TRIM_PAUSE_MS : UPKEEP_MS);
    });
  }

  /** Never rejects. */
  async #lookAfterConsumers(): Promise<void> {
    const { retention, owners, listener } = this.#options;
    try {
      await this.consumers.lookAfter({
        keepMs: retention && retention.days * DAY_MS,
        owners: owners?.(),
      });
    } catch (error) {
      listener?.onError?.("", "look after the consumers", error);
    }
  }

  /** Drops a piece of what retention no longer keeps; tells whether there is more. */
  #trim(): boolean {
    const { retention } = this.#options;
    if (retention === undefined) return false;
    try {
      return this.journal.trim(this.#clock.now(), retention).more;
    } catch (error) {
      this.#options.listener?.onError?.("", "trim", error);
      return false;
    }
  }

  #ownCommands(): Record<
    string,
    (grant: Grant, params: never) => Promise<unknown>
  > {
    const management = this.#options.management ?? this.#storeOnly();
    return {
      ...consumerCommands(this, this.#clock),
      accounts: (grant) => Promise.resolve({ accounts: this.accounts(grant) }),
      ping: () =>
        Promise.resolve({ at: new Date(this.#clock.now()).toISOString() }),
      addAccount: async (
        grant,
        params: BridgeCommands["addAccount"]["params"],
      ) => {
        assertReaches(grant, "addAccount", [params.uin]);
        await told(management.addAccount(params));
        return {};
      },
      removeAccount: async (
        grant,
        params: BridgeCommands["removeAccount"]["params"],
      ) => {
        assertReaches(grant, "removeAccount", [params.uin]);
        await told(management.removeAccount(params));
        return {};
      },
      createToken: async (
        grant,
        params: BridgeCommands["createToken"]["params"],
      ) => {
        assertNoMore(grant, params);
        const { token } = await told(management.createToken(params));
        return { token };
      },
      revokeToken: async (
        grant,
        params: BridgeCommands["revokeToken"]["params"],
      ) => {
        assertNoMore(grant, {});
        await told(management.revokeToken(params));
        return {};
      },
    };
  }

  /** Where nobody else is concerned: a bridge without server and tokens of its own. */
  #storeOnly(): Management {
    const none = (command: string) =>
      Promise.reject(
        new RangeError(`Cannot do ${command}: this bridge keeps no tokens`),
      );
    return {
      addAccount: ({ uin, password, nickname = "" }) =>
        this.addAccount({
          uin,
          passwordMd5: this.#options.passwordMd5(password),
          nickname,
          wanted: "in",
        }),
      removeAccount: async ({ uin }) => {
        if (await this.removeAccount(uin)) return;
        throw new RangeError(`Cannot remove account ${uin}: no such account`);
      },
      createToken: () => none("createToken"),
      revokeToken: () => none("revokeToken"),
    };
  }
}

function byNumber(a: Upstream, b: Upstream): number {
  return a.uin.length - b.uin.length || (a.uin < b.uin ? -1 : 1);
}

function infoOf(
  { uin, nickname, state, sinceText, status }: Upstream,
): AccountInfo {
  return {
    uin,
    nickname,
    state: state.state,
    since: sinceText,
    ...(status === undefined ? {} : { status }),
  };
}

/** What a manager says no to is the caller's to know. */
async function told<T>(done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    if (error instanceof CommandError) throw error;
    if (!(error instanceof RangeError || error instanceof TypeError)) {
      throw error;
    }
    throw new CommandError("bad_params", error.message, { cause: error });
  }
}

function assertReaches(
  grant: Grant,
  command: string,
  accounts: readonly string[],
): void {
  const outside = accounts.find((account) => !reaches(grant, account));
  if (outside === undefined) return;
  throw new CommandError(
    "unknown_account",
    `Cannot do ${command}: the token ${grant.name} reaches no account ${outside}`,
  );
}

/** A token may make others only with what it may do itself, and end others only where it may do all. */
function assertNoMore(
  grant: Grant,
  params: Partial<BridgeCommands["createToken"]["params"]>,
): void {
  const scopes = params.scopes ?? ["read", "send", "manage"];
  const scope = scopes.find((one) => !grant.scopes.has(one));
  if (
    scope !== undefined ||
    params.accounts === undefined && grant.accounts !== "all"
  ) {
    throw new CommandError(
      "forbidden",
      `Cannot make or end a token: the token ${grant.name} does not have ${
        scope === undefined ? "all accounts" : `the scope ${scope}`
      } itself`,
    );
  }
  assertReaches(grant, "createToken", params.accounts ?? []);
}
