/** Sending one write command: outbox, retries, journal. @module */

import type { Clock } from "../../lib/clock.ts";
import { ERROR_CODES, type RequestOptions } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";
import type { Journal, Outcome } from "../journal/journal.ts";
import type { QueuedCommand } from "../upstream/outbox.ts";
import type { Upstream } from "../upstream/upstream.ts";
import type { WriteRow } from "./command_row.ts";
import { withDeadline } from "./retry.ts";
import { toCommandError } from "./failure.ts";
import { hasResult, retryUntilAnswered } from "./retry.ts";

/** What sending needs of the bridge. */
export interface ExecutorContext {
  readonly journal: Journal;
  readonly clock: Clock;
}

/** How long sending takes at most. */
export interface ExecutorLimits {
  /** How long a command may wait in the outbox, in milliseconds. */
  readonly deadlineMs: number;
  /** How long a caller waits for the outcome of a command that was sent, in milliseconds. */
  readonly answerMs: number;
  /** How long a request whose reply was lost is repeated, in milliseconds. */
  readonly repeatMs: number;
}

/** One write command that is to be sent. */
export interface Execution {
  readonly upstream: Upstream;
  readonly row: WriteRow<object, object>;
  readonly params: object;
  /** The key and the sequence number that the QQ server receives. */
  readonly options: RequestOptions;
  /** The caller's key, under which the outcome is recorded; absent: it is not. */
  readonly key?: string;
  /** The error of an earlier try with the same key, whose outcome is unknown. */
  readonly lost?: CommandError | undefined;
}

/** Sends write commands, in turn, with retries, and journals what they sent. */
export class CommandExecutor {
  readonly #context: ExecutorContext;
  readonly #limits: ExecutorLimits;

  constructor(context: ExecutorContext, limits: ExecutorLimits) {
    this.#context = context;
    this.#limits = limits;
  }

  /**
   * Puts a command into the account's outbox.
   *
   * @param onBegin Called when the command leaves the outbox.
   */
  submit(execution: Execution, onBegin?: () => void): QueuedCommand<unknown> {
    const { upstream, row, params } = execution;
    return upstream.outbox.submit(row.paceGroup(params), () => {
      onBegin?.();
      return this.#send(execution);
    });
  }

  /** Waits for the outcome of a queued command, and withdraws one that is not sent in time. */
  async wait(
    upstream: Upstream,
    queued: QueuedCommand<unknown>,
  ): Promise<unknown> {
    await this.#waitUntilBegun(upstream, queued);
    const { answerMs } = this.#limits;
    return await withDeadline(
      this.#context.clock,
      answerMs,
      queued.result,
      () =>
        new CommandError(
          "outcome_unknown",
          `No answer within ${answerMs} ms: the command was sent and may still be done; a message sent shows as message.sent`,
        ),
    );
  }

  /**
   * Records that a command failed. If the journal fails, the key is later taken
   * for one whose outcome is unknown.
   */
  async recordFailure(
    account: string,
    key: string,
    failed: CommandError,
  ): Promise<void> {
    const outcome: Outcome = { ok: false, error: failed.toFrame() };
    await this.#context.journal.append({
      events: [],
      outcome: { account, key, outcome },
    }).catch(() => {});
  }

  /** Resolves when a command was sent or has ended; rejects if it waited too long and was withdrawn. */
  #waitUntilBegun(
    upstream: Upstream,
    { begun, result, withdraw }: QueuedCommand<unknown>,
  ): Promise<void> {
    const { deadlineMs } = this.#limits;
    return new Promise((resolve, reject) => {
      const cancel = this.#context.clock.after(deadlineMs, () => {
        const { pausedMs } = upstream.outbox;
        const waiting = new CommandError(
          pausedMs > 0 ? "penalised" : "overloaded",
          `Cannot send the command: it was not sent within ${deadlineMs} ms, because others were queued before it. Retry after the delay in retryAfterMs.`,
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
      result.then(end, end);
    });
  }

  async #send(execution: Execution): Promise<unknown> {
    const { upstream, row, params, options, key, lost } = execution;
    const { clock } = this.#context;
    let sentAt = clock.now();
    let data: object;
    try {
      data = await retryUntilAnswered(() => {
        sentAt = clock.now();
        return row.run(upstream.client, params, options);
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
        await this.recordFailure(upstream.uin, key, failed);
      }
      throw failed;
    }
    try {
      return await this.#record(execution, data);
    } catch (cause) {
      throw new CommandError(
        "outcome_unknown",
        "The command was done, and could not be journalled",
        { cause },
      );
    }
  }

  /** Waits for a journal that fails, because the command was done. */
  async #record(
    { upstream, row, params, key }: Execution,
    data: object,
  ): Promise<unknown> {
    const { uin } = upstream;
    const sent = row.sent?.(params);
    if (sent === undefined && key === undefined) return data;
    const at = this.#context.clock.now();
    const [event] = await upstream.journal(
      sent === undefined
        ? []
        : [{ account: uin, at, event: "message.sent", data: sent }],
      key === undefined ? undefined : {
        key,
        outcome: { ok: true, data },
        seqField: "seq",
      },
    );
    return event === undefined ? data : { ...data, seq: event.seq };
  }
}
