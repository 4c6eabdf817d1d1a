/** Running commands: authorization, and how each kind of command is run. @module */

import type { Clock } from "../../lib/clock.ts";
import type { BridgeCommandName, ErrorCode } from "../../mod.ts";
import type { AuditSink } from "../access/audit.ts";
import { allows, type Grant, reaches } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import type { Journal } from "../journal/journal.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { describeEvent } from "./audited.ts";
import type { CommandRequest } from "./command_request.ts";
import type {
  LocalRow,
  LocalServices,
  QueryRow,
  Sessions,
  WriteRow,
} from "./command_row.ts";
import { withDeadline } from "./retry.ts";
import { CommandExecutor } from "./executor.ts";
import { rejectAsStopped, toCommandError } from "./failure.ts";
import { Idempotency } from "./idempotency.ts";
import { KeyedCommands } from "./keyed_commands.ts";
import { commandRow, isCommandName, isWrite } from "./table.ts";
import { assertWellFormed } from "./well_formed.ts";

/** What commands need of the bridge. */
export interface CommandContext extends Sessions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly services: LocalServices;
  /** The account's upstream, or `undefined` if the bridge does not have the account. */
  upstream(account: string): Upstream | undefined;
  /** Whether there is an account that another node drives. @default there is none */
  readonly hasElsewhere?: ((account: string) => boolean) | undefined;
  /** Called once for each command that ended, with `ok` or the code of its error. */
  readonly onCommand?: (
    command: BridgeCommandName,
    code: ErrorCode | "ok",
  ) => void;
  /** Receives each security event. @default they are not reported */
  readonly audit?: AuditSink | undefined;
  /**
   * Called with each error that should not happen. The client receives only its
   * id.
   */
  readonly onInternalError?: ((failure: InternalFailure) => void) | undefined;
}

/** An error that should not happen, and in which command it did. */
export interface InternalFailure {
  readonly error: unknown;
  /** Random id, which the client receives. */
  readonly errorId: string;
  readonly command: BridgeCommandName;
  readonly connection: string | undefined;
}

/** How long commands take at most. */
export interface CommandLimits {
  /**
   * How long a query may take, and how long a write command may wait in the
   * outbox, in milliseconds; then it is withdrawn.
   *
   * @default {10000}
   */
  deadlineMs?: number;
  /**
   * How long a caller waits for the outcome of a command that was sent, in
   * milliseconds: longer than the server delays a RES=3. After that the command
   * fails with `outcome_unknown`, and its end shows as an event.
   *
   * @default {35000}
   */
  answerMs?: number;
  /**
   * How long a request whose reply was lost is repeated, in milliseconds, if the
   * server honours keys. It remembers a key for ten minutes.
   *
   * @default {60000}
   */
  repeatMs?: number;
  /**
   * Maximum number of queries under way for an account; one more is
   * `overloaded`.
   *
   * @default {8}
   */
  reads?: number;
}

/** Runs the commands of all endpoints. */
export class Commands {
  readonly #context: CommandContext;
  readonly #limits: Required<CommandLimits>;
  readonly #writes: Idempotency;
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
    this.#writes = new Idempotency(
      context,
      this.#limits,
      new CommandExecutor(context, this.#limits),
    );
    this.#keyed = new KeyedCommands(context);
  }

  /**
   * Runs a command.
   *
   * @throws {CommandError} Always this class, whatever went wrong.
   */
  async run(grant: Grant, request: CommandRequest): Promise<unknown> {
    const { onCommand } = this.#context;
    try {
      const data = await this.#run(grant, request);
      onCommand?.(request.command, "ok");
      return data;
    } catch (error) {
      const failed = toCommandError(error);
      onCommand?.(request.command, failed.code);
      this.#auditRefusal(grant, request, failed);
      throw failed.code === "internal"
        ? this.#hideInternal(request, failed)
        : failed;
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
    if (!isCommandName(command)) {
      throw new CommandError(
        "unknown_command",
        `Cannot do ${command}: no such command`,
      );
    }
    assertWellFormed(request);
    const row = commandRow(command);
    switch (row.kind) {
      case "local":
        return this.#local(grant, request, row);
      case "session": {
        const { uin } = this.#upstream(grant, request);
        return this.#once(
          grant,
          request,
          () =>
            this.#audited(
              grant,
              request,
              uin,
              () => this.#withDeadline(row.run(this.#context, uin)),
            ),
        );
      }
      case "query":
        return this.#query(this.#upstream(grant, request), row, params);
      case "write":
        return this.#write(grant, request, row);
    }
  }

  /** A mistyped number is no refusal where the token reaches all accounts. */
  #auditRefusal(
    grant: Grant,
    { command, account, from }: CommandRequest,
    { code }: CommandError,
  ): void {
    const isRefusal = code === "forbidden" ||
      code === "unknown_account" && grant.accounts !== "all";
    if (!isRefusal) return;
    this.#context.audit?.addRefusal({
      message: "command refused",
      actor: { id: grant.id, name: grant.name, address: from?.address },
      subject: account,
      subjectName: command,
      reason: code,
    });
  }

  /** Reports an error that should not happen, and returns what the client may know of it. */
  #hideInternal(
    { command, from }: CommandRequest,
    failed: CommandError,
  ): CommandError {
    const errorId = crypto.randomUUID().slice(0, 8);
    this.#context.onInternalError?.({
      error: failed.cause ?? failed,
      errorId,
      command,
      connection: from?.connection,
    });
    return new CommandError(
      "internal",
      `Internal error: see the bridge's log (${errorId})`,
      { cause: failed },
    );
  }

  /** Runs a command, and reports it if it is a security event. */
  async #audited(
    grant: Grant,
    { command, params, from }: CommandRequest,
    account: string,
    run: () => unknown,
  ): Promise<unknown> {
    const { audit, services } = this.#context;
    const complete = audit &&
      describeEvent(command, { services, account, params: params as never });
    const data = await run();
    if (complete !== undefined) {
      const { id, name } = grant;
      const actor = { id, name, address: from?.address };
      audit!.add({ ...complete(data), actor });
    }
    return data;
  }

  async #write(
    grant: Grant,
    request: CommandRequest,
    row: WriteRow<object, object>,
  ): Promise<unknown> {
    const upstream = this.#upstream(grant, request);
    const { params } = request;
    const { services } = this.#context;
    const { uin } = upstream;
    const done = row.runLocally?.(services, uin, params);
    if (done !== undefined) return await done;
    const data = await this.#writes.run(grant, upstream, row, request);
    row.onDone?.(services, uin, params, data as object);
    return data;
  }

  #local(
    grant: Grant,
    request: CommandRequest,
    row: LocalRow<object, object>,
  ): Promise<unknown> {
    const isNamed = row.hasAccount === true ||
      row.hasAccount === "optional" && request.account !== undefined;
    const account = isNamed ? this.#account(grant, request) : "";
    return this.#once(
      grant,
      request,
      () =>
        this.#audited(
          grant,
          request,
          account,
          () =>
            row.run(this.#context.services, { grant, account }, request.params),
        ),
    );
  }

  /** Runs a command once for its key, if it changes something. */
  #once(
    grant: Grant,
    request: CommandRequest,
    run: () => Promise<unknown>,
  ): Promise<unknown> {
    const { command, key } = request;
    return key === undefined || !isWrite(command)
      ? run()
      : this.#keyed.run(grant, request, key, run);
  }

  /** The account of a command that needs no QQ server. */
  #account(grant: Grant, request: CommandRequest): string {
    const { account } = request;
    const isElsewhere = account !== undefined && reaches(grant, account) &&
      this.#context.hasElsewhere?.(account) === true;
    return isElsewhere ? account : this.#upstream(grant, request).uin;
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

  async #query(
    upstream: Upstream,
    row: QueryRow<object, object>,
    params: object,
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
    const late = new AbortController();
    const { signal } = late;
    try {
      return await this.#withDeadline(
        row.run(upstream.client, params, { signal }).catch(rejectAsStopped),
      );
    } finally {
      // A list of many pages is not read on for nobody.
      late.abort();
      const left = this.#reads.get(uin)! - 1;
      if (left === 0) this.#reads.delete(uin);
      else this.#reads.set(uin, left);
    }
  }

  #withDeadline<T>(done: Promise<T>): Promise<T> {
    return withDeadline(
      this.#context.clock,
      this.#limits.deadlineMs,
      done,
      (timeout) => timeout,
    );
  }
}
