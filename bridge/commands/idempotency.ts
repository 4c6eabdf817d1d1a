/** Whether a write command with a key is executed, by the state of its key. @module */

import { createHash } from "node:crypto";
import type { Grant } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import type { IdempotencyRecord, Outcome } from "../journal/journal.ts";
import type { QueuedCommand } from "../upstream/outbox.ts";
import type { Upstream } from "../upstream/upstream.ts";
import type { CommandRequest } from "./command_request.ts";
import type { WriteRow } from "./command_row.ts";
import type {
  CommandExecutor,
  Execution,
  ExecutorContext,
  ExecutorLimits,
} from "./executor.ts";
import { toCommandError } from "./failure.ts";

/** How long the QQ server remembers a key. */
const UPSTREAM_KEY_MS = 10 * 60_000;

/**
 * The state of a key, and what a command with it gets:
 *
 * | state | what is kept | a command with the key |
 * |---|---|---|
 * | new | nothing, or a failure that may be retried | records the start, is executed |
 * | begun | a start, and the command is under way in this process | waits for the same result |
 * | done | an outcome | returns it |
 * | lost | a start without outcome, younger than the server's memory of keys | is executed with the same upstream key if the server honours keys, else fails with `outcome_unknown` |
 * | expired | the same, older | fails with `outcome_unknown` |
 */
export type KeyState = "new" | "begun" | "done" | "lost" | "expired";

/**
 * @param expiredBefore The QQ server may have forgotten the keys of commands that began before this time, in milliseconds since 1970.
 */
export function keyState(
  record: Pick<IdempotencyRecord, "at" | "outcome"> | undefined,
  isUnderWay: boolean,
  expiredBefore: number,
): KeyState {
  if (isUnderWay) return "begun";
  if (record === undefined) return "new";
  const { at, outcome } = record;
  if (outcome === undefined) return at > expiredBefore ? "lost" : "expired";
  // A retriable failure does not use up the key: the command is executed again.
  return outcome.ok || !outcome.error.retriable ? "done" : "new";
}

/** A command under way: its callers wait for the same result. */
interface Begun extends Omit<QueuedCommand<unknown>, "withdraw"> {
  readonly request: string;
}

/**
 * Returns the key under which the journal keeps a command: keys belong to
 * tokens. Those of version 0.1.0 belong to no token, whose id is empty here.
 */
export function keyOfToken(tokenId: string, key: string): string {
  return `${tokenId}\n${key}`;
}

/** Returns the SHA-256 of a request, which distinguishes a repetition from another request. */
export function requestDigest(command: string, params: object): string {
  return createHash("sha256").update(JSON.stringify([command, params]))
    .digest("hex");
}

/** Runs each write command once per account, token and key. */
export class Idempotency {
  readonly #context: ExecutorContext;
  readonly #limits: ExecutorLimits;
  readonly #executor: CommandExecutor;
  /** By account, token and key. Bounded by the outboxes. */
  readonly #begun = new Map<string, Begun>();

  constructor(
    context: ExecutorContext,
    limits: ExecutorLimits,
    executor: CommandExecutor,
  ) {
    this.#context = context;
    this.#limits = limits;
    this.#executor = executor;
  }

  async run(
    grant: Grant,
    upstream: Upstream,
    row: WriteRow<object, object>,
    request: CommandRequest,
  ): Promise<unknown> {
    const { params, key } = request;
    row.check?.(params);
    if (key !== undefined) {
      return await this.#once(grant, upstream, row, request, key);
    }
    upstream.assertOnline();
    const options = { key: crypto.randomUUID(), seq: newSeq() };
    const execution = { upstream, row, params, options };
    return await this.#executor.wait(
      upstream,
      this.#executor.submit(execution),
    );
  }

  async #once(
    { id: tokenId }: Grant,
    upstream: Upstream,
    row: WriteRow<object, object>,
    { command, params }: CommandRequest,
    callerKey: string,
  ): Promise<unknown> {
    const { journal } = this.#context;
    const { uin, client } = upstream;
    const key = keyOfToken(tokenId, callerKey);
    const request = requestDigest(command, params);
    const id = `${uin}\n${key}`;
    const begun = this.#begun.get(id);
    const record = begun === undefined
      ? journal.findCommand(uin, key) ??
        journal.findCommand(uin, keyOfToken("", callerKey))
      : undefined;
    const usedFor = (begun ?? record)?.request;
    if (usedFor !== undefined && usedFor !== request) {
      throw new CommandError(
        "bad_params",
        `Cannot do ${command}: its key was used for another command`,
      );
    }
    const unknown = new CommandError(
      "outcome_unknown",
      `Cannot tell how ${command} ended: the bridge was stopped while it was under way, or its answer was lost`,
    );
    const state = keyState(record, begun !== undefined, this.#expiredBefore());
    switch (state) {
      case "begun":
        // Only the first caller withdraws a command that was not sent.
        return await this.#executor.wait(upstream, {
          ...begun!,
          withdraw: () => false,
        });
      case "done":
        return dataOf(record!.outcome!);
      case "expired":
        throw unknown;
      case "lost": {
        // Until the server's first reply, the journal may know whether it honours keys.
        const isSafe = client.honoursKeys ?? journal.repeats(uin);
        if (isSafe === false) throw unknown;
        upstream.assertOnline();
        if (client.honoursKeys !== true) throw unknown;
        break;
      }
      case "new":
        upstream.assertOnline();
    }
    const start: IdempotencyRecord = state === "lost" ? record! : {
      request,
      upstreamKey: crypto.randomUUID(),
      upstreamSeq: newSeq(),
      at: this.#context.clock.now(),
    };
    const { queued, ended } = this.#begin({
      upstream,
      row,
      params,
      options: { key: start.upstreamKey, seq: start.upstreamSeq },
      key,
      lost: state === "lost" ? unknown : undefined,
    }, start);
    const result = ended.finally(() => this.#begun.delete(id));
    // The callers may have stopped waiting when these reject.
    result.catch(() => {});
    const sent = queued.then(({ begun }) => begun);
    sent.catch(() => {});
    this.#begun.set(id, { request, begun: sent, result });
    const { withdraw } = await queued;
    return await this.#executor.wait(upstream, {
      begun: sent,
      result,
      withdraw,
    });
  }

  /** Records the start, then queues the command. */
  #begin(
    execution: Execution & { key: string },
    start: IdempotencyRecord,
  ): { queued: Promise<QueuedCommand<unknown>>; ended: Promise<unknown> } {
    const { upstream, key, lost } = execution;
    let isWaiting = false;
    const release = upstream.outbox.reserve();
    const queued = this.#context.journal.recordStart(upstream.uin, key, start)
      .then(
        () => {
          release();
          isWaiting = true;
          return this.#executor.submit(execution, () => {
            isWaiting = false;
          });
        },
        (error) => {
          release();
          throw error;
        },
      );
    const ended = queued.then(({ result }) => result).catch(async (error) => {
      // A command that was never sent leaves its key as good as new.
      if (isWaiting && lost === undefined) {
        const failed = toCommandError(error);
        await this.#executor.recordFailure(upstream.uin, key, failed);
      }
      throw error;
    });
    return { queued, ended };
  }

  /** A repetition may have to wait, and is itself repeated: the server must remember the key until the last. */
  #expiredBefore(): number {
    const { deadlineMs, repeatMs } = this.#limits;
    const knownMs = UPSTREAM_KEY_MS - 2 * (deadlineMs + repeatMs);
    return this.#context.clock.now() - knownMs;
  }
}

function dataOf(outcome: Outcome): unknown {
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
