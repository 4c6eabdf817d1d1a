/** Commands: whose they are, what they may, and who does them. @module */

import type { Clock } from "../../lib/clock.ts";
import {
  type AccountState,
  type BridgeCommands,
  COMMAND_SCOPES,
  type EventFrame,
  MAX_HISTORY_EVENTS,
} from "../../mod.ts";
import type { Journal } from "../journal/journal.ts";
import { CommandExecutor } from "./act_runner.ts";
import { actOf, READS } from "./acts.ts";
import type { CommandRequest } from "./command_request.ts";
import { stopped, toCommandError } from "./failure.ts";
import { withDeadline } from "./deadline.ts";
import { allows, type Grant, reaches } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import { KeyedCommands } from "./keyed_commands.ts";
import { assertWellFormed } from "./well_formed.ts";
import type { Upstream } from "../upstream/upstream.ts";

/** What commands need of the bridge. */
export interface CommandContext {
  /** The journal. */
  readonly journal: Journal;
  /** Time. */
  readonly clock: Clock;
  /** The account's upstream, or undefined. */
  upstream(account: string): Upstream | undefined;
  /** Logs an account in or out, durably; gives the state that it has then. */
  session(account: string, command: "login" | "logout"): Promise<AccountState>;
  /** Commands that are the bridge's own, by name. */
  readonly own: Readonly<
    Record<string, (grant: Grant, params: never) => Promise<unknown>>
  >;
}

/** How long commands take at most. */
export interface CommandLimits {
  /**
   * How long a command that reads may take, and how long one that acts may wait
   * until it is sent, in milliseconds; then it is withdrawn.
   *
   * @default {10000}
   */
  deadlineMs?: number;
  /**
   * How long a caller waits for the outcome of a command that was sent, in
   * milliseconds: longer than the server delays a RES=3. Then it is
   * `outcome_unknown`, and its end shows as an event.
   *
   * @default {35000}
   */
  answerMs?: number;
  /**
   * For how long a request whose answer was lost is repeated, in milliseconds,
   * where the server knows its key. It remembers keys for ten minutes.
   *
   * @default {60000}
   */
  repeatMs?: number;
  /**
   * Most reading commands under way for an account; one more is `overloaded`.
   *
   * @default {8}
   */
  reads?: number;
}

/** See the module. */
export class Commands {
  readonly #context: CommandContext;
  readonly #limits: Required<CommandLimits>;
  readonly #acts: CommandExecutor;
  readonly #keyed: KeyedCommands;
  readonly #reads = new Map<string, number>();

  constructor(context: CommandContext, limits: CommandLimits = {}) {
    this.#context = context;
    this.#limits = {
      deadlineMs: 10_000,
      answerMs: 35_000,
      repeatMs: 60_000,
      reads: 8,
      ...limits,
    };
    this.#acts = new CommandExecutor(context, this.#limits);
    this.#keyed = new KeyedCommands(context);
  }

  /** Does a command. Rejects with CommandError and nothing else. */
  async run(grant: Grant, request: CommandRequest): Promise<unknown> {
    try {
      return await this.#run(grant, request);
    } catch (error) {
      throw toCommandError(error);
    }
  }

  #run(grant: Grant, request: CommandRequest): Promise<unknown> {
    const { command, params } = request;
    if (grant.revoked() || !allows(grant, command)) {
      throw new CommandError(
        "forbidden",
        `Cannot do ${command}: the token ${grant.name} does not allow it`,
      );
    }
    assertWellFormed(request);
    const own = this.#context.own[command];
    if (own !== undefined) {
      return this.#once(grant, request, () => own(grant, params as never));
    }
    const upstream = this.#upstream(grant, request);
    switch (command) {
      case "history":
        return Promise.resolve(this.#history(upstream.uin, params));
      case "login":
      case "logout":
        return this.#once(
          grant,
          request,
          () => this.#session(upstream, command),
        );
    }
    const read = READS[command];
    if (read !== undefined) {
      return this.#read(upstream, () => read(upstream.client, params as never));
    }
    const act = actOf(command, params);
    if (act === undefined) {
      throw new CommandError(
        "unknown_command",
        `Cannot do ${command}: no such command`,
      );
    }
    return this.#acts.run(upstream, act, request);
  }

  /** Does a command of the bridge itself; once for its key, if it changes something. */
  #once(
    grant: Grant,
    request: CommandRequest,
    act: () => Promise<unknown>,
  ): Promise<unknown> {
    const { command, key } = request;
    return key === undefined || COMMAND_SCOPES[command] === "read"
      ? act()
      : this.#keyed.run(grant, request, key, act);
  }

  #upstream(grant: Grant, { command, account }: CommandRequest): Upstream {
    if (account === undefined) {
      throw new CommandError(
        "bad_params",
        `Cannot do ${command}: account is missing`,
      );
    }
    const upstream = reaches(grant, account)
      ? this.#context.upstream(account)
      : undefined;
    if (upstream === undefined) {
      throw new CommandError(
        "unknown_account",
        `Cannot do ${command}: the token ${grant.name} reaches no account ${account}`,
      );
    }
    return upstream;
  }

  async #session(
    { uin }: Upstream,
    command: "login" | "logout",
  ): Promise<BridgeCommands["login"]["data"]> {
    return {
      state: await this.#within(this.#context.session(uin, command)),
    };
  }

  #history(
    account: string,
    params: BridgeCommands["history"]["params"],
  ): BridgeCommands["history"]["data"] {
    const { events, more } = this.#context.journal.history({
      account,
      limit: Math.min(params.limit ?? MAX_HISTORY_EVENTS, MAX_HISTORY_EVENTS),
      ...(params.with === undefined ? {} : { party: params.with }),
      ...(params.before === undefined ? {} : { before: params.before }),
    });
    return {
      events: events.map(({ frame }) => JSON.parse(frame) as EventFrame),
      more,
    };
  }

  async #read(
    upstream: Upstream,
    read: () => Promise<unknown>,
  ): Promise<unknown> {
    upstream.assertOnline();
    const { uin } = upstream;
    const count = this.#reads.get(uin) ?? 0;
    if (count >= this.#limits.reads) {
      throw new CommandError(
        "overloaded",
        `Cannot take a command: at most ${this.#limits.reads} may read at once for an account`,
        { retryAfterMs: 1000 },
      );
    }
    this.#reads.set(uin, count + 1);
    try {
      return await this.#within(read().catch(stopped));
    } finally {
      const left = this.#reads.get(uin)! - 1;
      if (left === 0) this.#reads.delete(uin);
      else this.#reads.set(uin, left);
    }
  }

  #within<T>(done: Promise<T>): Promise<T> {
    const { deadlineMs } = this.#limits;
    return withDeadline(
      this.#context.clock,
      deadlineMs,
      done,
      (timeout) => timeout,
    );
  }
}
