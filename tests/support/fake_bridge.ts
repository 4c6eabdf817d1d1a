import type { AccountHealth, BridgeApi } from "../../bridge/core/bridge_api.ts";
import type { CommandRequest } from "../../bridge/commands/command_request.ts";
import type { StoredEvent } from "../../bridge/journal/event.ts";
import { allows, type Grant, reaches } from "../../bridge/access/grant.ts";
import { CommandError } from "../../bridge/errors/command_error.ts";
import { Consumers } from "../../bridge/hub/consumers.ts";
import { EventReader } from "../../bridge/hub/event_reader.ts";
import { OpenConnections } from "../../bridge/hub/open_connections.ts";
import { Hub, type HubOptions } from "../../bridge/hub/hub.ts";
import type { Clock } from "../../lib/clock.ts";
import {
  type AccountInfo,
  type BridgeCommandName,
  type EventData,
  type EventName,
  type Scope,
  SCOPES,
} from "../../mod.ts";
import { TestJournal } from "./test_journal.ts";

/** A grant of a token, all scopes and accounts unless said; `revoke()` ends it. */
export function grantOf(
  options: {
    id?: string;
    name?: string;
    scopes?: readonly Scope[];
    accounts?: readonly string[];
  } = {},
): Grant & { revoke(): void } {
  let revoked = false;
  return {
    id: options.id ?? options.name ?? "test",
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

/** How a command of the fake bridge ends. */
export type Script = (grant: Grant, request: CommandRequest) => unknown;

/** A bridge without upstreams: with given accounts and scripted commands. */
export class FakeBridge implements BridgeApi {
  readonly journal: TestJournal;
  readonly hub: Hub;
  readerFor(grant: Grant): EventReader {
    return new EventReader(this.hub, grant);
  }
  readonly consumers: Consumers;
  readonly connections = new OpenConnections();
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
    this.journal = new TestJournal(epoch, { clock });
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

  accounts(grant: Grant, named?: readonly string[]): AccountInfo[] {
    return this.all
      .filter(({ uin }) =>
        reaches(grant, uin) && named?.includes(uin) !== false
      )
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
