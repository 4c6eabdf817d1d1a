/** Commands: whose they are, what they may, and how they are done once. @module */

import type { Clock } from "../../lib/clock.ts";
import type { BridgeCommands, EventFrame, RequestOptions } from "../../mod.ts";
import type { Journal, KeyedCommand, Outcome } from "../journal/journal.ts";
import { type Act, actOf, READS } from "./acts.ts";
import type { CommandRequest } from "./bridge_api.ts";
import { commandError, stopped } from "./command_error.ts";
import type { StoredEvent } from "./event.ts";
import { allows, CommandError, type Grant, reaches } from "./grant.ts";
import { untilAnswered } from "./lost_answers.ts";
import type { Ticket } from "./outbox.ts";
import type { Upstream } from "./upstream.ts";

/** What commands need of the bridge. */
export interface CommandContext {
  /** The journal. */
  readonly journal: Journal;
  /** Time. */
  readonly clock: Clock;
  /** The account's upstream, or undefined. */
  upstream(account: string): Upstream | undefined;
  /** Keeps whether the bridge is to be logged in to an account. */
  setWanted(account: string, wanted: "in" | "out"): void;
  /** Commands that are the bridge's own, by name. */
  readonly own: Readonly<
    Record<string, (grant: Grant, params: never) => Promise<unknown>>
  >;
}

/** How long commands take at most. */
export interface CommandLimits {
  /**
   * When the caller is answered at the latest, in milliseconds: what has begun
   * is then `outcome_unknown` and ends as an event; what has not is withdrawn.
   *
   * @default {10000}
   */
  deadlineMs?: number;
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

/** How long the server remembers a key. */
const UPSTREAM_KEY_MS = 10 * 60_000;

/** Most events that one `history` gives. */
const HISTORY_EVENTS = 100;

/** See the module. */
export class Commands {
  readonly #context: CommandContext;
  readonly #limits: Required<CommandLimits>;
  readonly #underWay = new Map<
    string,
    { request: string; done: Promise<unknown> }
  >();
  readonly #reads = new Map<string, number>();

  constructor(context: CommandContext, limits: CommandLimits = {}) {
    this.#context = context;
    this.#limits = {
      deadlineMs: 10_000,
      repeatMs: 60_000,
      reads: 8,
      ...limits,
    };
  }

  /** Does a command. Rejects with CommandError and nothing else. */
  async run(grant: Grant, request: CommandRequest): Promise<unknown> {
    try {
      return await this.#run(grant, request);
    } catch (error) {
      throw commandError(error);
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
    const own = this.#context.own[command];
    if (own !== undefined) return own(grant, params as never);
    const upstream = this.#upstream(grant, request);
    switch (command) {
      case "history":
        return Promise.resolve(this.#history(upstream.uin, params));
      case "login":
      case "logout":
        return this.#session(upstream, command);
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
    return request.key === undefined
      ? this.#act(upstream, act, {
        key: crypto.randomUUID(),
        seq: newSeq(),
      })
      : this.#once(upstream, act, request, request.key);
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

  /** What the user wants is kept first: a restart in between must not undo it. */
  async #session(
    upstream: Upstream,
    command: "login" | "logout",
  ): Promise<BridgeCommands["login"]["data"]> {
    this.#context.setWanted(upstream.uin, command === "login" ? "in" : "out");
    const state = await this.#within(upstream[command](), (late) => late);
    return { state };
  }

  #history(
    account: string,
    params: BridgeCommands["history"]["params"],
  ): BridgeCommands["history"]["data"] {
    const { events, more } = this.#context.journal.history({
      account,
      limit: Math.min(params.limit ?? HISTORY_EVENTS, HISTORY_EVENTS),
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
      return await this.#within(read().catch(stopped), (timeout) => timeout);
    } finally {
      const left = this.#reads.get(uin)! - 1;
      if (left === 0) this.#reads.delete(uin);
      else this.#reads.set(uin, left);
    }
  }

  /** Waits until the deadline; `late` makes the error of what has not ended by then. */
  async #within<T>(
    done: Promise<T>,
    late: (timeout: CommandError) => CommandError,
  ): Promise<T> {
    const { deadlineMs } = this.#limits;
    const { promise, reject } = Promise.withResolvers<never>();
    const cancel = this.#context.clock.after(deadlineMs, () =>
      reject(
        late(new CommandError("timeout", `No answer within ${deadlineMs} ms`)),
      ));
    // Whoever waits may be gone when it fails.
    done.catch(() => {});
    try {
      return await Promise.race([done, promise]);
    } finally {
      cancel();
    }
  }

  #act(
    upstream: Upstream,
    act: Act,
    options: RequestOptions,
  ): Promise<unknown> {
    upstream.assertOnline();
    return this.#answer(
      upstream,
      upstream.outbox.submit(
        act.kind,
        () => this.#do(upstream, act, options),
      ),
    );
  }

  #answer(upstream: Upstream, ticket: Ticket<unknown>): Promise<unknown> {
    return this.#within(ticket.done, () => {
      const { deadlineMs } = this.#limits;
      const pausedMs = upstream.outbox.pausedMs;
      const waiting = new CommandError(
        pausedMs > 0 ? "penalised" : "overloaded",
        `Command was not sent: others went first for ${deadlineMs} ms`,
        { retryAfterMs: pausedMs > 0 ? pausedMs : deadlineMs },
      );
      return ticket.withdraw(waiting) ? waiting : this.#unanswered();
    });
  }

  #unanswered(): CommandError {
    const { deadlineMs } = this.#limits;
    return new CommandError(
      "outcome_unknown",
      `No answer within ${deadlineMs} ms: the command was sent and may still be done; a message sent shows as message.sent`,
    );
  }

  /**
   * Sends the request, and repeats it where its answer was lost and that is
   * safe; journals what it sent.
   *
   * @param lost An earlier try of the same key, whose end nobody knows.
   */
  async #do(
    upstream: Upstream,
    act: Act,
    options: RequestOptions,
    key?: string,
    lost?: CommandError,
  ): Promise<unknown> {
    const { clock } = this.#context;
    const startAt = clock.now();
    let data: object;
    try {
      data = await untilAnswered(() => act.run(upstream.client, options), {
        clock,
        repeatMs: this.#limits.repeatMs,
        honoursKeys: () => upstream.client.honoursKeys === true,
        lost,
      });
    } catch (error) {
      const failed = commandError(error, clock.now() - startAt);
      // An unknown outcome is no outcome: the key may be used to ask again.
      if (key !== undefined && failed.code !== "outcome_unknown") {
        await this.#remember(upstream.uin, key, failed);
      }
      throw failed;
    }
    try {
      return await this.#journal(upstream, act, data, key);
    } catch (cause) {
      throw new CommandError(
        "outcome_unknown",
        "The command was done, and could not be journalled",
        { cause },
      );
    }
  }

  /** It was done, so this waits for a journal that fails. */
  async #journal(
    upstream: Upstream,
    { sent }: Act,
    data: object,
    key: string | undefined,
  ): Promise<unknown> {
    const { uin } = upstream;
    const at = this.#context.clock.now();
    const all = ([event]: readonly StoredEvent[]) =>
      event === undefined ? data : { ...data, seq: event.seq };
    if (sent === undefined && key === undefined) return data;
    const events = await upstream.journal(
      sent === undefined
        ? []
        : [{ account: uin, at, event: "message.sent", data: sent }],
      key === undefined ? undefined : {
        key,
        outcome: (events) => ({ ok: true, data: all(events) }),
      },
    );
    return all(events);
  }

  /** Where the journal fails, the key is taken for one whose outcome is unknown. */
  async #remember(
    account: string,
    key: string,
    failed: CommandError,
  ): Promise<void> {
    const outcome: Outcome = { ok: false, error: failed.toFrame() };
    await this.#context.journal.append({
      events: [],
      outcome: { account, key, outcome: () => outcome },
    }).catch(() => {});
  }

  async #once(
    upstream: Upstream,
    act: Act,
    { command, params }: CommandRequest,
    key: string,
  ): Promise<unknown> {
    const { journal, clock } = this.#context;
    const request = JSON.stringify([command, params]);
    const id = `${upstream.uin}\n${key}`;
    const known = this.#underWay.get(id) ?? journal.keyed(upstream.uin, key);
    if (known !== undefined && known.request !== request) {
      throw new CommandError(
        "bad_params",
        `Cannot do ${command}: its key was used for another command`,
      );
    }
    if (known !== undefined && "done" in known) {
      // Had it not begun, the one who asked first would have withdrawn it.
      return this.#within(known.done, () => this.#unanswered());
    }
    // A repeat may have to wait, and is itself repeated: the server must know the key to the last.
    const { deadlineMs, repeatMs } = this.#limits;
    const knownMs = UPSTREAM_KEY_MS - 2 * (deadlineMs + repeatMs);
    const begun = again(known, clock.now() - knownMs);
    if (begun === "done") return resultOf(known!.outcome!);
    const unfinished = new CommandError(
      "outcome_unknown",
      `Cannot tell how ${command} ended: the bridge was stopped while it was under way, or its answer was lost`,
    );
    if (
      begun === "lost" && upstream.client.honoursKeys !== true ||
      begun === "expired"
    ) throw unfinished;
    upstream.assertOnline();
    const keyed: KeyedCommand = begun === "lost" ? known! : {
      request,
      upstreamKey: crypto.randomUUID(),
      upstreamSeq: newSeq(),
      at: clock.now(),
    };
    const options = { key: keyed.upstreamKey, seq: keyed.upstreamSeq };
    const lost = begun === "lost" ? unfinished : undefined;
    let waits = false;
    const unclaim = upstream.outbox.claim();
    const begin = journal.begin(upstream.uin, key, keyed).then(() => {
      unclaim();
      waits = true;
      return upstream.outbox.submit(act.kind, () => {
        waits = false;
        return this.#do(upstream, act, options, key, lost);
      });
    }, (error) => {
      unclaim();
      throw error;
    });
    const done = begin.then((ticket) => ticket.done).catch(async (error) => {
      // It was not sent: its key is as good as new, unless it was sent before.
      if (waits && lost === undefined) {
        await this.#remember(upstream.uin, key, commandError(error));
      }
      throw error;
    }).finally(() => this.#underWay.delete(id));
    done.catch(() => {});
    this.#underWay.set(id, { request, done });
    const { withdraw } = await begin;
    return this.#answer(upstream, { done, withdraw });
  }
}

/**
 * What is known of a key that was used before.
 *
 * @param expired What began before this may be forgotten at the server.
 */
function again(
  known: KeyedCommand | undefined,
  expired: number,
): "new" | "done" | "lost" | "expired" {
  if (known === undefined) return "new";
  if (known.outcome === undefined) {
    return known.at > expired ? "lost" : "expired";
  }
  // What was not done and may be tried again is tried again.
  return known.outcome.ok || !known.outcome.error.retriable ? "done" : "new";
}

function resultOf(outcome: Outcome): unknown {
  if (outcome.ok) return outcome.data;
  const { code, message, retryAfterMs } = outcome.error;
  throw new CommandError(
    code,
    message,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

function newSeq(): string {
  return String(10_000 + Math.floor(Math.random() * 90_000));
}
