/** Commands that act: sent in turn, repeated where that is safe, journalled, and done once a key. @module */

import type { Clock } from "../../lib/clock.ts";
import { ERROR_CODES, type RequestOptions } from "../../mod.ts";
import type {
  IdempotencyRecord,
  Journal,
  Outcome,
} from "../journal/journal.ts";
import type { Act } from "./acts.ts";
import type { CommandRequest } from "./command_request.ts";
import { toCommandError } from "./failure.ts";
import { withDeadline } from "./deadline.ts";
import type { StoredEvent } from "../journal/event.ts";
import { CommandError } from "../errors/command_error.ts";
import { hasResult, retryUntilAnswered } from "./retry.ts";
import type { QueuedCommand } from "../upstream/outbox.ts";
import type { Upstream } from "../upstream/upstream.ts";

/** What acting needs of the bridge. */
export interface ActContext {
  /** The journal. */
  readonly journal: Journal;
  /** Time. */
  readonly clock: Clock;
}

/** How long acting takes at most. */
export interface ActLimits {
  /** For how long a command may wait until it is sent, in milliseconds. */
  readonly deadlineMs: number;
  /** How long a caller waits for the outcome of a command that was sent, in milliseconds. */
  readonly answerMs: number;
  /** For how long a request whose answer was lost is repeated, in milliseconds. */
  readonly repeatMs: number;
}

/** How long the server remembers a key. */
const UPSTREAM_KEY_MS = 10 * 60_000;

/** An act under a key: what is kept of it, and what an earlier try of it left open. */
interface KeyedAct {
  act: Act;
  key: string;
  keyed: IdempotencyRecord;
  lost: CommandError | undefined;
}

/** See the module. */
export class CommandExecutor {
  readonly #context: ActContext;
  readonly #limits: ActLimits;
  readonly #underWay = new Map<
    string,
    { request: string } & Omit<QueuedCommand<unknown>, "withdraw">
  >();

  constructor(context: ActContext, limits: ActLimits) {
    this.#context = context;
    this.#limits = limits;
  }

  /** Does an act that was asked for. */
  run(
    upstream: Upstream,
    act: Act,
    request: CommandRequest,
  ): Promise<unknown> {
    return request.key === undefined
      ? this.#act(upstream, act, {
        key: crypto.randomUUID(),
        seq: newSeq(),
      })
      : this.#once(upstream, act, request, request.key);
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

  async #answer(
    upstream: Upstream,
    ticket: QueuedCommand<unknown>,
  ): Promise<unknown> {
    await this.#begins(upstream, ticket);
    const { answerMs } = this.#limits;
    return await withDeadline(
      this.#context.clock,
      answerMs,
      ticket.result,
      () =>
        new CommandError(
          "outcome_unknown",
          `No answer within ${answerMs} ms: the command was sent and may still be done; a message sent shows as message.sent`,
        ),
    );
  }

  /** Resolves when a command was sent or has ended; rejects if it waited for too long and was withdrawn. */
  #begins(
    upstream: Upstream,
    { begun, result: done, withdraw }: QueuedCommand<unknown>,
  ): Promise<void> {
    const { deadlineMs } = this.#limits;
    return new Promise((resolve, reject) => {
      const cancel = this.#context.clock.after(deadlineMs, () => {
        const pausedMs = upstream.outbox.pausedMs;
        const waiting = new CommandError(
          pausedMs > 0 ? "penalised" : "overloaded",
          `Command was not sent: others went first for ${deadlineMs} ms`,
          { retryAfterMs: pausedMs > 0 ? pausedMs : deadlineMs },
        );
        if (withdraw(waiting)) reject(waiting);
        else resolve();
      });
      const end = () => {
        cancel();
        resolve();
      };
      begun.then(end, end);
      done.then(end, end);
    });
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
    let sentAt = clock.now();
    let data: object;
    try {
      data = await retryUntilAnswered(() => {
        sentAt = clock.now();
        return act.run(upstream.client, options);
      }, {
        clock,
        repeatMs: this.#limits.repeatMs,
        honoursKeys: () => upstream.client.honoursKeys === true,
        signal: upstream.closing,
        lost,
      });
    } catch (error) {
      const failed = toCommandError(error, clock.now() - sentAt);
      // Without the server's RES the outcome is not final: the key asks again.
      const isFinal = hasResult(error) || ERROR_CODES[failed.code];
      if (key !== undefined && isFinal) {
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
    const known = this.#underWay.get(id) ??
      journal.findCommand(upstream.uin, key);
    if (known !== undefined && known.request !== request) {
      throw new CommandError(
        "bad_params",
        `Cannot do ${command}: its key was used for another command`,
      );
    }
    if (known !== undefined && "result" in known) {
      // It is the first caller who withdraws what was not sent.
      return this.#answer(upstream, { ...known, withdraw: () => false });
    }
    const earlier = this.#begun(known);
    if (earlier === "done") return resultOf(known!.outcome!);
    const unfinished = new CommandError(
      "outcome_unknown",
      `Cannot tell how ${command} ended: the bridge was stopped while it was under way, or its answer was lost`,
    );
    if (earlier === "expired") throw unfinished;
    // Until the server's first reply, the journal may know whether it honours keys.
    const isSafe = upstream.client.honoursKeys ?? journal.repeats(upstream.uin);
    if (earlier === "lost" && isSafe === false) throw unfinished;
    upstream.assertOnline();
    if (earlier === "lost" && upstream.client.honoursKeys !== true) {
      throw unfinished;
    }
    const keyed: IdempotencyRecord = earlier === "lost" ? known! : {
      request,
      upstreamKey: crypto.randomUUID(),
      upstreamSeq: newSeq(),
      at: clock.now(),
    };
    const lost = earlier === "lost" ? unfinished : undefined;
    const { ticket, ended } = this.#begin(upstream, { act, key, keyed, lost });
    const done = ended.finally(() => this.#underWay.delete(id));
    done.catch(() => {});
    const begun = ticket.then((ticket) => ticket.begun);
    begun.catch(() => {});
    this.#underWay.set(id, { request, begun, result: done });
    const { withdraw } = await ticket;
    return this.#answer(upstream, { begun, result: done, withdraw });
  }

  #begin(
    upstream: Upstream,
    { act, key, keyed, lost }: KeyedAct,
  ): { ticket: Promise<QueuedCommand<unknown>>; ended: Promise<unknown> } {
    const options = { key: keyed.upstreamKey, seq: keyed.upstreamSeq };
    let waits = false;
    const unclaim = upstream.outbox.reserve();
    const ticket = this.#context.journal.recordStart(upstream.uin, key, keyed)
      .then(
        () => {
          unclaim();
          waits = true;
          return upstream.outbox.submit(act.kind, () => {
            waits = false;
            return this.#do(upstream, act, options, key, lost);
          });
        },
        (error) => {
          unclaim();
          throw error;
        },
      );
    const ended = ticket.then(({ result: done }) => done).catch(
      async (error) => {
        // It was not sent: its key is as good as new, unless it was sent before.
        if (waits && lost === undefined) {
          await this.#remember(upstream.uin, key, toCommandError(error));
        }
        throw error;
      },
    );
    return { ticket, ended };
  }

  /** What an earlier command of the key left. */
  #begun(known: IdempotencyRecord | undefined): ReturnType<typeof again> {
    // A repeat may have to wait, and is itself repeated: the server must know the key to the last.
    const { deadlineMs, repeatMs } = this.#limits;
    const knownMs = UPSTREAM_KEY_MS - 2 * (deadlineMs + repeatMs);
    return again(known, this.#context.clock.now() - knownMs);
  }
}

/**
 * What is known of a key that was used before.
 *
 * @param expired What began before this may be forgotten at the server.
 */
function again(
  known: IdempotencyRecord | undefined,
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
