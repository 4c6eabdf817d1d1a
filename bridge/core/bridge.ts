/** The bridge, which joins journal, hub, upstreams and commands. @module */

import { defined } from "../../lib/defined.ts";
import { type Clock, systemClock } from "../../lib/clock.ts";
import type { QqServer } from "../../lib/server/mod.ts";
import type {
  AccountDetails,
  AccountInfo,
  BridgeCommandName,
  ErrorCode,
} from "../../mod.ts";
import type { AuditSink } from "../access/audit.ts";
import { type Grant, LOCAL } from "../access/grant.ts";
import { TokenUsage } from "../access/token_usage.ts";
import { TokenService } from "../access/token_service.ts";
import type { TokenStore } from "../access/token_store.ts";
import type { CommandRequest } from "../commands/command_request.ts";
import {
  type CommandLimits,
  Commands,
  type InternalFailure,
} from "../commands/commands.ts";
import type {
  FigureService,
  SettingsService,
} from "../commands/command_row.ts";
import { Consumers } from "../hub/consumers.ts";
import { EventReader } from "../hub/event_reader.ts";
import { OpenConnections } from "../hub/open_connections.ts";
import { Hub, type HubOptions } from "../hub/hub.ts";
import { Inbox } from "../inbox/inbox.ts";
import { type InboxStore, MemoryInboxStore } from "../inbox/inbox_store.ts";
import type { Journal, Retention } from "../journal/journal.ts";
import { RetentionGate } from "../journal/retention_gate.ts";
import { Upkeep } from "../journal/upkeep.ts";
import { compareNumbers } from "../upstream/account_store.ts";
import { AccountService } from "../upstream/account_service.ts";
import { People } from "../people/people.ts";
import { NO_PEOPLE_STORE, type PeopleStore } from "../people/people_store.ts";
import {
  TargetService,
  type TargetServiceOptions,
} from "../targets/target_service.ts";
import {
  UpstreamSupervisor,
  type UpstreamSupervisorOptions,
} from "../upstream/supervisor.ts";
import type { Upstream, UpstreamListener } from "../upstream/upstream.ts";
import type { AccountHealth, BridgeApi } from "./bridge_api.ts";

/** Callbacks of a bridge, for metrics and logs. */
export interface BridgeListener extends UpstreamListener {
  /** Called when clients take a consumer's name from each other, at most once a minute per name. */
  contested?(consumer: string): void;
}

/** Tokens that commands may change. */
export interface BridgeTokens {
  store: TokenStore;
  /** Whether the configuration sets the administrator's token. */
  isAdministratorSet?: boolean;
}

/** Accounts that other nodes of a cluster drive. */
export interface AccountsElsewhere {
  /** QQ numbers of all of them. */
  list(): string[];
  /** An account; undefined if there is none, or this bridge drives it. */
  find(uin: string): AccountDetails | undefined;
}

export interface BridgeOptions
  extends Omit<UpstreamSupervisorOptions, "clock" | "gate" | "listener"> {
  /**
   * Source of time; tests pass a fake.
   *
   * @default {systemClock}
   */
  clock?: Clock;
  /** Embedded QQ server to which accounts are also added; `undefined` if there is none. */
  server?: QqServer | undefined;
  /** MD5 of a password that no account may have; `undefined` allows all. */
  refusedPasswordMd5?: string | undefined;
  /** Receives each security event. @default they are not reported */
  audit?: AuditSink | undefined;
  /** Called with each error of a command that should not happen. */
  onInternalError?: ((failure: InternalFailure) => void) | undefined;
  /** Tokens; `undefined` if they cannot be changed while the bridge runs. */
  tokens?: BridgeTokens | undefined;
  /**
   * What of the inbox outlasts a restart.
   *
   * @default {new MemoryInboxStore()}
   */
  inbox?: InboxStore | undefined;
  /**
   * Names and faces that outlast a restart.
   *
   * @default {NO_PEOPLE_STORE}
   */
  people?: PeopleStore | undefined;
  /** Targets to which the bridge connects by itself; `undefined` if it serves none. */
  targets?: Omit<TargetServiceOptions, "journal" | "now"> | undefined;
  /** Settings of the program; `undefined` if commands cannot show them. */
  settings?: SettingsService | undefined;
  /** What was measured over time; `undefined` if nothing is. */
  figures?: FigureService & { start(): void; stop(): void } | undefined;
  /** Deadlines and limits of commands. */
  commands?: CommandLimits;
  /**
   * Accounts that other nodes drive.
   *
   * @default there are none
   */
  elsewhere?: AccountsElsewhere | undefined;
  /** Further options of the hub. */
  hub?: Omit<HubOptions, "clock">;
  listener?: BridgeListener;
  /** Called once for each command that ended, with `ok` or the code of its error. */
  onCommand?: (command: BridgeCommandName, code: ErrorCode | "ok") => void;
  /** How long events and unused consumers are kept; `undefined` keeps them for ever. */
  retention?: Retention;
}

const DAY_MS = 24 * 60 * 60_000;

/** One upstream per account, one journal, one hub, and the commands of all clients. */
export class Bridge implements BridgeApi {
  readonly journal: Journal;
  readonly hub: Hub;
  readonly consumers: Consumers;
  readonly connections = new OpenConnections();
  readonly upstreams: UpstreamSupervisor;
  readonly accountService: AccountService;
  /** Undefined if tokens cannot be changed while the bridge runs. */
  readonly tokenService: TokenService | undefined;
  readonly tokenUsage: TokenUsage | undefined;
  readonly inbox: Inbox;
  readonly people: People;
  /** Undefined if the bridge serves no targets. */
  readonly targetService: TargetService | undefined;
  readonly #options: BridgeOptions;
  readonly #commands: Commands;
  #unwatch: (() => void) | undefined;
  readonly #upkeep: Upkeep;

  constructor(options: BridgeOptions) {
    const { journal, accounts, listener, tokens, server } = options;
    const clock = options.clock ?? systemClock;
    this.#options = options;
    this.journal = journal;
    this.hub = new Hub(journal, { clock, ...options.hub });
    this.consumers = new Consumers(journal, {
      clock,
      onContested: (id) => listener?.contested?.(id),
      onError: (error) =>
        listener?.onError?.("", "look after the consumers", error),
    });
    const { retention } = options;
    const onTrimError = (error: unknown) =>
      listener?.onError?.("", "trim", error);
    this.upstreams = new UpstreamSupervisor({
      ...options,
      clock,
      gate: retention &&
        new RetentionGate({ journal, clock, retention, onError: onTrimError }),
    });
    this.accountService = new AccountService({
      store: accounts,
      upstreams: this.upstreams,
      server,
      refusedPasswordMd5: options.refusedPasswordMd5,
    });
    this.tokenService = tokens && new TokenService({
      ...tokens,
      consumers: this.consumers,
      clock,
    });
    this.tokenUsage = tokens && new TokenUsage({
      store: tokens.store,
      clock,
      onError: (error) =>
        listener?.onError?.("", "store the use of a token", error),
    });
    this.targetService = options.targets && new TargetService({
      ...options.targets,
      journal,
      now: () => clock.now(),
    });
    this.inbox = new Inbox({
      journal,
      store: options.inbox ?? new MemoryInboxStore(),
      clock,
      onError: (error) =>
        listener?.onError?.("", "keep the inbox up to date", error),
    });
    this.people = new People({
      store: options.people ?? NO_PEOPLE_STORE,
      clock,
      findAccount: (uin) => this.upstreams.find(uin),
      onError: (error) => listener?.onError?.("", "store people", error),
    });
    this.#commands = new Commands({
      journal,
      clock,
      upstream: (account) => this.upstreams.find(account),
      hasElsewhere: (account) => options.elsewhere?.find(account) !== undefined,
      session: (account, command) =>
        this.upstreams.setSession(account, command),
      services: {
        journal,
        consumers: this.consumers,
        connections: this.connections,
        clock,
        accounts: this.accountService,
        inbox: this.inbox,
        people: this.people,
        targets: this.targetService,
        settings: options.settings,
        figures: options.figures,
        tokens: this.tokenService,
        tokenUse: (id) => this.tokenUsage?.find(id),
        tokenName: (id) => this.tokenService?.nameOf(id) ?? id,
        listAccounts: (grant, named) => this.accounts(grant, named),
        describeAccounts: (grant) => this.#describeAccounts(grant),
      },
      audit: options.audit,
      onInternalError: options.onInternalError,
      ...(options.onCommand === undefined
        ? {}
        : { onCommand: options.onCommand }),
    }, options.commands);
    this.#upkeep = new Upkeep({
      journal,
      clock,
      retention,
      onWritable: () => this.#lookAfterConsumers(),
      onError: onTrimError,
    });
  }

  /** Logs the accounts in, spread over time. */
  start(): void {
    this.upstreams.start();
    this.inbox.start();
    this.#unwatch = this.journal.watch((events) =>
      this.people.onEvents(events)
    );
    this.#upkeep.start();
    this.#options.figures?.start();
  }

  /** Finishes what is in flight, logs the accounts out and closes the hub; the journal stays open. */
  async stop(): Promise<void> {
    this.#upkeep.stop();
    this.#options.figures?.stop();
    this.inbox.stop();
    this.#unwatch?.();
    this.people.stop();
    await this.tokenUsage?.flush();
    await this.upstreams.stop();
    // Commands that ended with their account are answered before connections are closed.
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.hub.close();
  }

  accounts(grant: Grant, named?: readonly string[]): AccountInfo[] {
    const here = this.#upstreamsOf(grant, named).map(toAccountInfo);
    const elsewhere = this.#elsewhere(grant, named).map((
      { wanted: _, reason: __, action: ___, waiting: ____, ...info },
    ) => info);
    return elsewhere.length === 0 ? here : byNumber([...here, ...elsewhere]);
  }

  #elsewhere(grant: Grant, named?: readonly string[]): AccountDetails[] {
    const { elsewhere } = this.#options;
    if (elsewhere === undefined) return [];
    const uins = named ??
      (grant.accounts === "all" ? elsewhere.list() : [...grant.accounts]);
    return [...new Set(uins)].flatMap((uin) => elsewhere.find(uin) ?? []);
  }

  #upstreamsOf(grant: Grant, named?: readonly string[]): Upstream[] {
    if (named === undefined && grant.accounts === "all") {
      return this.upstreams.list();
    }
    const found = [...named ?? grant.accounts]
      .flatMap((uin) => this.upstreams.find(uin) ?? []);
    return [...new Set(found)].sort((a, b) => compareNumbers(a.uin, b.uin));
  }

  #describeAccounts(grant: Grant): AccountDetails[] {
    const { accounts } = this.#options;
    const here = this.#upstreamsOf(grant).map((upstream) => {
      const { uin, state: { reason, action }, lastPollAt, waiting } = upstream;
      return {
        ...toAccountInfo(upstream),
        wanted: accounts.get(uin)?.wanted === "in",
        waiting,
        ...defined({
          reason,
          action,
          face: this.people.faceOf(uin),
          lastPollAt: lastPollAt === undefined
            ? undefined
            : new Date(lastPollAt).toISOString(),
        }),
      };
    });
    const elsewhere = this.#elsewhere(grant);
    return elsewhere.length === 0 ? here : byNumber([...here, ...elsewhere]);
  }

  readerFor(grant: Grant, address?: string): EventReader {
    const { id, name } = grant;
    return new EventReader(
      this.hub,
      grant,
      ({ code }) =>
        this.#options.audit?.addRefusal({
          message: "subscription refused",
          actor: { id, name, address },
          reason: code,
        }),
    );
  }

  get waiting(): number {
    return this.upstreams.waiting;
  }

  health(): AccountHealth[] {
    const { accounts } = this.#options;
    return this.upstreams.list().map((upstream) => {
      const { reason, action } = upstream.state;
      const { lastPollAt } = upstream;
      return {
        ...toAccountInfo(upstream),
        ...(reason === undefined ? {} : { reason }),
        ...(action === undefined ? {} : { action }),
        wanted: accounts.get(upstream.uin)?.wanted === "in",
        ...(lastPollAt === undefined ? {} : { lastPollAt }),
      };
    });
  }

  run(grant: Grant, request: CommandRequest): Promise<unknown> {
    this.tokenUsage?.record(grant.id, request.from?.address);
    return this.#commands.run(grant, request);
  }

  async #endExpiredTokens(): Promise<void> {
    for (const { id, name } of await this.tokenService?.endExpired() ?? []) {
      this.#options.audit?.add({
        message: "token expired",
        actor: { id: LOCAL, name: LOCAL },
        subject: id,
        subjectName: name,
      });
    }
  }

  async #lookAfterConsumers(): Promise<void> {
    const { retention, listener } = this.#options;
    try {
      await this.#endExpiredTokens();
      this.tokenUsage?.lookAfter();
      await this.consumers.lookAfter({
        keepMs: retention && retention.days * DAY_MS,
        owners: this.tokenService?.owners(),
      });
    } catch (error) {
      listener?.onError?.("", "look after the consumers", error);
    }
  }
}

function toAccountInfo(
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

function byNumber<T extends { uin: string }>(accounts: T[]): T[] {
  return accounts.sort((a, b) => compareNumbers(a.uin, b.uin));
}
