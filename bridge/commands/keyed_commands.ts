/** Local and session commands with a key: each is run once per token and key. @module */

import { createHash } from "node:crypto";
import type { Clock } from "../../lib/clock.ts";
import { type BridgeCommandName, ERROR_CODES } from "../../mod.ts";
import type {
  IdempotencyRecord,
  Journal,
  Outcome,
} from "../journal/journal.ts";
import type { CommandRequest } from "./command_request.ts";
import { toCommandError } from "./failure.ts";
import type { Grant } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import { commandRow } from "./table.ts";

/** What commands with a key need of the bridge. */
export interface KeyedCommandContext {
  readonly journal: Journal;
  readonly clock: Clock;
}

/** How long a result is kept in memory, including the text of a new token, in milliseconds. */
const RESULT_MS = 10 * 60_000;

/** Maximum number of results in memory; the oldest is evicted. */
const RESULTS = 1000;

/** Maximum number of commands under way; one more is `overloaded`. */
const UNDER_WAY = 1000;

/** The result of a command, kept in memory. */
interface Result {
  /** Digest of the whole request. */
  digest: string;
  data: unknown;
  at: number;
}

/** How a command with a key is identified. */
interface Keyed {
  owner: string;
  key: string;
  /** Written to the journal to distinguish a repetition from another request; contains no secret. */
  request: string;
  /** Digest of the whole request. */
  digest: string;
}

/** Runs each local or session command once per token and key. */
export class KeyedCommands {
  readonly #context: KeyedCommandContext;
  readonly #underWay = new Map<
    string,
    { digest: string; done: Promise<unknown> }
  >();
  readonly #results = new Map<string, Result>();

  constructor(context: KeyedCommandContext) {
    this.#context = context;
  }

  /**
   * Runs a command. If its token and key ran a command within 24 hours, returns
   * that outcome instead. The text of a new token is not written to disk: once
   * it is no longer in memory, the key fails with `already_exists`.
   */
  async run(
    grant: Grant,
    request: CommandRequest,
    key: string,
    act: () => Promise<unknown>,
  ): Promise<unknown> {
    const { command } = request;
    const keyed: Keyed = {
      owner: `token:${grant.id}`,
      key,
      request: requestOf(request),
      digest: digestOf(request),
    };
    const id = `${keyed.owner}\n${key}`;
    const recent = this.#underWay.get(id) ?? this.#result(id);
    if (recent !== undefined) {
      if (recent.digest !== keyed.digest) throw otherCommand(command);
      return "done" in recent ? await recent.done : recent.data;
    }
    const known = this.#context.journal.findCommand(keyed.owner, key);
    if (known !== undefined && known.request !== keyed.request) {
      throw otherCommand(command);
    }
    const isDone = known?.outcome !== undefined && isFinal(known.outcome);
    if (isDone) return dataOf(request, known.outcome!);
    if (this.#underWay.size >= UNDER_WAY) {
      throw new CommandError(
        "overloaded",
        `Cannot do ${command}: at most ${UNDER_WAY} commands with a key may be under way`,
        { retryAfterMs: 1000 },
      );
    }
    const wasBegun = known !== undefined && known.outcome === undefined;
    const done = this.#do(keyed, request, act, wasBegun).then((data) => {
      this.#keep(id, { digest: keyed.digest, data });
      return data;
    }).finally(() => this.#underWay.delete(id));
    this.#underWay.set(id, { digest: keyed.digest, done });
    return await done;
  }

  /** @param wasBegun Whether the bridge was stopped while the key's command was under way. */
  async #do(
    { owner, key, request }: Keyed,
    { command, params }: CommandRequest,
    act: () => Promise<unknown>,
    wasBegun: boolean,
  ): Promise<unknown> {
    const { clock, journal } = this.#context;
    const begun: IdempotencyRecord = {
      request,
      upstreamKey: "",
      upstreamSeq: "",
      at: clock.now(),
    };
    await journal.recordStart(owner, key, begun);
    // If the journal fails, the key runs the command again, and `doneCode` recognises the first run.
    const remember = (outcome: Outcome) =>
      journal.append({
        events: [],
        outcome: { account: owner, key, outcome },
      }).catch(() => {});
    try {
      const data = await act().catch((error) => {
        const failed = toCommandError(error);
        if (!wasBegun) throw failed;
        return endOf(command, params, failed);
      });
      await remember({ ok: true, data: isSecret(command) ? {} : data });
      return data;
    } catch (error) {
      const failed = toCommandError(error);
      // These codes do not say whether the command was done.
      if (failed.code !== "internal" && failed.code !== "outcome_unknown") {
        await remember({ ok: false, error: failed.toFrame() });
      }
      throw failed;
    }
  }

  #result(id: string): Result | undefined {
    const since = this.#context.clock.now() - RESULT_MS;
    for (const [oldest, { at }] of this.#results) {
      if (at > since) break;
      this.#results.delete(oldest);
    }
    return this.#results.get(id);
  }

  #keep(id: string, result: Omit<Result, "at">): void {
    this.#results.delete(id);
    this.#results.set(id, { ...result, at: this.#context.clock.now() });
    if (this.#results.size <= RESULTS) return;
    this.#results.delete(this.#results.keys().next().value!);
  }
}

const SECRET_PARAMS: ReadonlySet<string> = new Set([
  "password",
  "accessToken",
  "secret",
]);

/** The digest of a request for the journal. It leaves secrets out, because a digest would let an attacker guess them. */
function requestOf({ command, account, params }: CommandRequest): string {
  const rest = Object.fromEntries(
    Object.entries(params).filter(([name]) => !SECRET_PARAMS.has(name)),
  );
  return JSON.stringify([command, sha256([account, rest])]);
}

function digestOf({ command, account, params }: CommandRequest): string {
  return sha256([command, account, params]);
}

function sha256(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}

function isFinal(outcome: Outcome): boolean {
  return outcome.ok || !ERROR_CODES[outcome.error.code];
}

function dataOf({ command, params }: CommandRequest, outcome: Outcome) {
  if (outcome.ok) {
    if (isSecret(command)) throw tokenExists(params);
    return outcome.data;
  }
  throw new CommandError(outcome.error.code, outcome.error.message);
}

/**
 * The outcome of a command that was under way when the bridge stopped, if its
 * repetition fails. The row's `doneCode` shows that the first try was done.
 */
function endOf(
  command: BridgeCommandName,
  params: object,
  failed: CommandError,
): object {
  const row = commandRow(command);
  const isDone = row.kind === "local" && row.doneCode === failed.code;
  if (!isDone) throw failed;
  if (isSecret(command)) throw tokenExists(params);
  return {};
}

function isSecret(command: BridgeCommandName): boolean {
  const row = commandRow(command);
  return row.kind === "local" && row.isSecret === true;
}

function tokenExists(params: object): CommandError {
  const { name } = params as { name: string };
  return new CommandError(
    "already_exists",
    `Cannot do createToken: the token ${name} was created under this key, and its text is kept nowhere. Revoke it, and create another under a new key.`,
  );
}

function otherCommand(command: string): CommandError {
  return new CommandError(
    "bad_params",
    `Cannot do ${command}: its key was used for another command`,
  );
}
