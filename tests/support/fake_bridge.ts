import type { AccountHealth, BridgeApi } from "../../bridge/core/bridge_api.ts";
import type { CommandRequest } from "../../bridge/commands/command_request.ts";
import {
  frameText,
  partyOf,
  type StoredEvent,
} from "../../bridge/journal/event.ts";
import { allows, type Grant, reaches } from "../../bridge/access/grant.ts";
import { CommandError } from "../../bridge/errors/command_error.ts";
import { Consumers } from "../../bridge/hub/consumers.ts";
import { Hub, type HubOptions } from "../../bridge/hub/hub.ts";
import type {
  Batch,
  HistoryQuery,
  IdempotencyRecord,
  Journal,
  JournalBytes,
  ReadOptions,
  ReadResult,
} from "../../bridge/journal/journal.ts";
import type { Clock } from "../../lib/clock.ts";
import {
  type AccountInfo,
  type BridgeCommandName,
  type EventData,
  type EventName,
  type Scope,
  SCOPES,
} from "../../mod.ts";

/** A grant of a token, all scopes and accounts unless said; `revoke()` ends it. */
export function grantOf(
  options: {
    name?: string;
    scopes?: readonly Scope[];
    accounts?: readonly string[];
  } = {},
): Grant & { revoke(): void } {
  let revoked = false;
  return {
    name: options.name ?? "test",
    scopes: new Set(options.scopes ?? SCOPES),
    accounts: options.accounts === undefined
      ? "all"
      : new Set(options.accounts),
    revoked: () => revoked,
    revoke: () => {
      revoked = true;
    },
  };
}

/** A journal in an array: no retention by itself, `trimTo` does it. */
export class ArrayJournal implements Journal {
  readonly epoch: string;
  failure: Error | undefined = undefined;
  readonly durable = true;
  readonly start = 0;
  readonly lost: readonly [] = [];
  readFailure: Error | undefined = undefined;
  /** An event that cannot be read, and what a read that reaches it throws. */
  damage: { seq: number; error: Error } | undefined;
  readonly #events: StoredEvent[] = [];
  readonly #parties: string[] = [];
  #oldest = 1;
  readonly #watchers = new Set<(events: readonly StoredEvent[]) => void>();
  readonly #positions = new Map<string, number>();
  readonly #keyed = new Map<string, IdempotencyRecord>();
  readonly #polls = new Map<string, number>();

  constructor(epoch = "k3f9") {
    this.epoch = epoch;
  }

  get head(): number {
    return this.#events.length;
  }

  get oldest(): number {
    return this.#oldest;
  }

  append(batch: Batch): Promise<StoredEvent[]> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const stored = batch.events.map(({ account, at, event, data }, index) => {
      const seq = this.head + 1 + index;
      const frame = frameText(seq, at, account, event, JSON.stringify(data));
      return { seq, account, event, frame };
    });
    this.#events.push(...stored);
    this.#parties.push(...batch.events.map(({ data }) => partyOf(data)));
    const { poll } = batch;
    if (poll !== undefined) this.#polls.set(poll.account, poll.number);
    if (stored.length > 0) {
      for (const watcher of this.#watchers) watcher(stored);
    }
    return Promise.resolve(stored);
  }

  watch(listener: (events: readonly StoredEvent[]) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  probe(): boolean {
    return this.failure === undefined;
  }

  read(after: number, options: ReadOptions): ReadResult {
    const { limit, accounts, events: names } = options;
    const events: StoredEvent[] = [];
    for (
      let seq = Math.max(after + 1, this.#oldest);
      seq <= this.head;
      seq++
    ) {
      if (seq === this.damage?.seq) {
        throw this.readFailure = this.damage.error;
      }
      const event = this.#events[seq - 1]!;
      if (accounts !== undefined && !accounts.includes(event.account)) continue;
      if (names !== undefined && !names.includes(event.event)) continue;
      events.push(event);
      if (events.length < limit) continue;
      this.readFailure = undefined;
      return { events, upTo: seq };
    }
    this.readFailure = undefined;
    return { events, upTo: this.head };
  }

  history(query: HistoryQuery): { events: StoredEvent[]; more: boolean } {
    const found = this.#events.filter((event) =>
      event.seq >= this.#oldest && event.account === query.account &&
      event.seq < (query.before ?? Infinity) &&
      (query.party === undefined ||
        this.#parties[event.seq - 1] === query.party)
    );
    const events = found.slice(-query.limit);
    return { events, more: found.length > events.length };
  }

  polls(account: string): number {
    return this.#polls.get(account) ?? 0;
  }

  pollEpoch(account: string): string | undefined {
    return this.#polls.has(account) ? this.epoch : undefined;
  }

  repeats(): boolean | undefined {
    return undefined;
  }

  sizes(): JournalBytes {
    return { events: 0, keys: 0, log: 0 };
  }

  forget(account: string): Promise<void> {
    this.#polls.delete(account);
    return Promise.resolve();
  }

  position(consumer: string): number | undefined {
    return this.#positions.get(consumer);
  }

  setPosition(consumer: string, seq: number): Promise<void> {
    const before = this.#positions.get(consumer) ?? -1;
    this.#positions.set(consumer, Math.max(before, seq));
    return Promise.resolve();
  }

  resetPosition(consumer: string, seq: number): Promise<void> {
    this.#positions.set(consumer, seq);
    return Promise.resolve();
  }

  readonly #seen = new Map<string, number>();

  seenAt(consumer: string): number | undefined {
    return this.#positions.has(consumer)
      ? this.#seen.get(consumer) ?? 0
      : undefined;
  }

  setSeen(consumers: readonly string[], at: number): Promise<void> {
    for (const consumer of consumers) this.#seen.set(consumer, at);
    return Promise.resolve();
  }

  consumersOf(prefix: string): string[] {
    return [...this.#positions.keys()].filter((one) => one.startsWith(prefix));
  }

  dropPosition(consumer: string): Promise<void> {
    this.#positions.delete(consumer);
    return Promise.resolve();
  }

  /** The positions of all consumers. */
  kept(): number[] {
    return [...this.#positions.values()];
  }

  findCommand(account: string, key: string): IdempotencyRecord | undefined {
    return this.#keyed.get(`${account} ${key}`);
  }

  recordStart(
    account: string,
    key: string,
    command: IdempotencyRecord,
  ): Promise<void> {
    this.#keyed.set(`${account} ${key}`, command);
    return Promise.resolve();
  }

  /** Forgets all before a place. */
  trimTo(oldest: number): void {
    this.#oldest = oldest;
  }

  trim(): { trimmed: number; more: boolean } {
    return { trimmed: 0, more: false };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** How a command of the fake bridge ends. */
export type Script = (grant: Grant, request: CommandRequest) => unknown;

/** A bridge without upstreams: accounts as told, commands as scripted. */
export class FakeBridge implements BridgeApi {
  readonly journal: ArrayJournal;
  readonly hub: Hub;
  readonly consumers: Consumers;
  /** What `accounts` and `health` tell. */
  readonly all: AccountHealth[];
  /** The commands that were run, in order. */
  readonly ran: { grant: Grant; request: CommandRequest }[] = [];
  readonly #clock: Clock;
  readonly #scripts = new Map<BridgeCommandName, Script>();

  constructor(
    clock: Clock,
    options:
      & { uins?: readonly string[]; epoch?: string }
      & Omit<HubOptions, "clock"> = {},
  ) {
    const { uins = ["10001", "10002"], epoch, ...hub } = options;
    this.#clock = clock;
    this.journal = new ArrayJournal(epoch);
    this.consumers = new Consumers(this.journal, { clock });
    this.hub = new Hub(this.journal, { ...hub, clock });
    this.all = uins.map((uin) => ({
      uin,
      nickname: `n${uin}`,
      state: "online",
      since: new Date(clock.now()).toISOString(),
      lastPollAt: clock.now(),
      wanted: true,
    }));
    this.script("ping", () => ({ at: new Date(clock.now()).toISOString() }));
  }

  /** Says how a command ends: what it gives, or the error that it throws. */
  script(command: BridgeCommandName, script: Script): void {
    this.#scripts.set(command, script);
  }

  /** Journals an event of an account, a message unless said. */
  async push<N extends EventName = "message">(
    account = "10001",
    event: N = "message" as N,
    data: EventData[N] = { from: "10002", text: "hi" } as EventData[N],
  ): Promise<StoredEvent> {
    const at = this.#clock.now();
    const events = [{ account, at, event, data }];
    return (await this.journal.append({ events }))[0]!;
  }

  accounts(grant: Grant): AccountInfo[] {
    return this.all
      .filter(({ uin }) => reaches(grant, uin))
      .map(({ uin, nickname, state, since }) => ({
        uin,
        nickname,
        state,
        since,
      }));
  }

  waiting = 0;

  health(): AccountHealth[] {
    return this.all;
  }

  async run(grant: Grant, request: CommandRequest): Promise<unknown> {
    this.ran.push({ grant, request });
    const { command, account } = request;
    if (grant.revoked() || !allows(grant, command)) {
      throw new CommandError("forbidden", `Cannot do ${command}: not allowed`);
    }
    if (account !== undefined && !this.#has(grant, account)) {
      throw new CommandError(
        "unknown_account",
        `Cannot do ${command}: no account ${account}`,
      );
    }
    const script = this.#scripts.get(command);
    if (script === undefined) {
      throw new CommandError(
        "internal",
        `Cannot do ${command}: nothing is scripted for it`,
      );
    }
    return await script(grant, request);
  }

  #has(grant: Grant, account: string): boolean {
    return reaches(grant, account) &&
      this.all.some(({ uin }) => uin === account);
  }

  /** Ends the hub. */
  close(): void {
    this.hub.close();
  }
}
