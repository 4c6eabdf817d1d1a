/** The bridge of one node of a cluster: runs commands here, or at the node that drives the account. @module */

import { type Clock, sleep } from "../../lib/clock.ts";
import type { AccountInfo, FrameError, Scope } from "../../mod.ts";
import { allows, type Grant, reaches } from "../access/grant.ts";
import { commandRow, isCommandName, isWrite } from "../commands/table.ts";
import type { CommandRequest } from "../commands/command_request.ts";
import type {
  AccountHealth,
  BridgeApi,
  ClusterProblem,
} from "../core/bridge_api.ts";
import { CommandError } from "../errors/command_error.ts";
import type { Consumers } from "../hub/consumers.ts";
import type { OpenConnections } from "../hub/open_connections.ts";
import type { EventReader } from "../hub/event_reader.ts";
import type { TargetService } from "../targets/target_service.ts";
import type { ClusterJournal } from "./cluster_journal.ts";
import { shardOf } from "./members/shards.ts";
import { NotOwnerError } from "./replica/not_owner_error.ts";
import { NoResponderError, type Rpc, RpcTimeoutError } from "./rpc.ts";
import type { ReplicaState } from "./upkeep/rebuild.ts";
import type { CopyRequest } from "./upkeep/replica_source.ts";

/** How long a command may wait for a node that drives the account, in milliseconds. */
const BEGIN_MS = 10_000;

/** How long a caller waits for another node's answer: the owner's own deadlines are shorter. */
const ANSWER_MS = 48_000;

/** Time without an answer after which a call that may be repeated is sent once more: a server of NATS that dies takes requests and answers along. */
const RESEND_MS = 6000;

/** Wait before another try at the owner of that moment, in milliseconds. */
const RETRY_MS = 100;

/** How long a result waits until this node has its event, in milliseconds. */
const CATCH_UP_MS = 1000;

/** A command on its way to another node. */
interface Call {
  readonly grant: {
    readonly id: string;
    readonly name: string;
    readonly scopes: readonly Scope[];
    readonly accounts: "all" | readonly string[];
  };
  readonly request: CommandRequest;
}

/** What another node answers. `moved`: nothing was done, because it does not drive the account. */
type CallResult =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: FrameError }
  | { readonly moved: true };

const MOVED: CallResult = { moved: true };

/** What a {@linkcode ClusterBridge} needs. */
export interface ClusterBridgeOptions {
  /** Runs what concerns this node's accounts, and what concerns none. */
  readonly bridge: BridgeApi;
  readonly journal: ClusterJournal;
  readonly rpc: Rpc;
  readonly clock: Clock;
  /** Whether this node drives an account at this moment. */
  readonly drives: (account: string) => boolean;
  /** Whether the cluster has an account. */
  readonly has: (account: string) => boolean;
  /** Why this node is not ready; undefined if it is. */
  readonly problem: () => ClusterProblem | undefined;
  /** Answers a node that lacks a replica. */
  readonly copy: (request: CopyRequest) => Promise<Uint8Array>;
  /** Called once for each command that another node ran or should have run. */
  readonly onCall?: (outcome: string) => void;
}

/** Answers every command at every node. */
export class ClusterBridge implements BridgeApi {
  readonly journal: ClusterJournal;
  readonly #options: ClusterBridgeOptions;
  readonly #bridge: BridgeApi;
  readonly #stopServing: () => void;

  constructor(options: ClusterBridgeOptions) {
    this.#options = options;
    this.#bridge = options.bridge;
    this.journal = options.journal;
    this.#stopServing = options.rpc.serve(
      this.journal.node,
      (request) => this.#answer(request),
    );
  }

  /** Answers no more calls of other nodes. */
  stop(): void {
    this.#stopServing();
  }

  readerFor(grant: Grant, address?: string): EventReader {
    return this.#bridge.readerFor(grant, address);
  }

  get consumers(): Consumers {
    return this.#bridge.consumers;
  }

  get connections(): OpenConnections {
    return this.#bridge.connections;
  }

  accounts(grant: Grant, named?: readonly string[]): AccountInfo[] {
    return this.#bridge.accounts(grant, named);
  }

  health(): AccountHealth[] {
    return this.#bridge.health();
  }

  get targetService(): TargetService | undefined {
    return this.#bridge.targetService;
  }

  get clusterProblem(): ClusterProblem | undefined {
    return this.#options.problem();
  }

  get waiting(): number {
    return this.#bridge.waiting;
  }

  async run(grant: Grant, request: CommandRequest): Promise<unknown> {
    const { account } = request;
    if (account === undefined || !this.#isForOwner(grant, request)) {
      return await this.#bridge.run(grant, request);
    }
    const data = await this.#runAtOwner(grant, request, account);
    const { seq } = (data ?? {}) as { seq?: unknown };
    if (typeof seq === "number") await this.#catchUp(seq);
    return data;
  }

  /** What the token does not allow, and what needs no QQ server, this node answers. */
  #isForOwner(grant: Grant, { command, account }: CommandRequest): boolean {
    return isCommandName(command) && commandRow(command).kind !== "local" &&
      allows(grant, command) && !grant.revoked() &&
      reaches(grant, account!) && this.#options.has(account!);
  }

  async #runAtOwner(
    grant: Grant,
    request: CommandRequest,
    account: string,
  ): Promise<unknown> {
    const { clock } = this.#options;
    const onCall = (outcome: string) => {
      const owner = this.journal.membership.owner(shardOf(account));
      if (owner !== this.journal.node) this.#options.onCall?.(outcome);
    };
    const startedAt = clock.now();
    const isRepeatable = !isWrite(request.command) ||
      request.key !== undefined || commandRow(request.command).kind !== "write";
    let isUnanswered = false;
    for (;;) {
      const waitedMs = clock.now() - startedAt;
      if (waitedMs >= (isUnanswered ? ANSWER_MS : BEGIN_MS)) {
        onCall("overloaded");
        throw isUnanswered ? unknownOutcome() : new CommandError(
          "overloaded",
          `Cannot send the command: no node of the cluster drove account ${account} within ${BEGIN_MS} ms`,
          { retryAfterMs: RETRY_MS },
        );
      }
      try {
        const result = await this.#tryAtOwner(
          grant,
          request,
          account,
          isRepeatable,
        );
        if (!("moved" in result)) {
          onCall(result.ok ? "ok" : result.error.code);
          return dataOf(result);
        }
      } catch (error) {
        if (error instanceof RpcTimeoutError) {
          if (!isRepeatable) {
            onCall("outcome_unknown");
            throw unknownOutcome(error);
          }
          isUnanswered = true;
        } else if (!(error instanceof NoResponderError)) throw error;
      }
      await sleep(clock, RETRY_MS);
    }
  }

  #tryAtOwner(
    grant: Grant,
    request: CommandRequest,
    account: string,
    isRepeatable: boolean,
  ): Promise<CallResult> {
    const owner = this.journal.membership.owner(shardOf(account));
    if (owner === null) return Promise.resolve(MOVED);
    if (owner === this.journal.node) {
      return this.#runHere(grant, request, account);
    }
    const { id, name, scopes, accounts } = grant;
    const { from: _, ...rest } = request;
    const call: Call = {
      grant: {
        id,
        name,
        scopes: [...scopes],
        accounts: accounts === "all" ? "all" : [account],
      },
      request: rest,
    };
    return this.#call(owner, call, isRepeatable);
  }

  /** Calls a node, again if it may and no answer comes; ends early if the node leaves the cluster. */
  async #call(
    owner: string,
    call: Call,
    isRepeatable: boolean,
  ): Promise<CallResult> {
    const { rpc, clock } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const fail = (cause?: unknown) =>
      reject(
        new RpcTimeoutError(`Cannot call node ${owner}: it is gone`, { cause }),
      );
    const unwatch = this.journal.onControls(() => {
      if (this.journal.membership.member(owner) === undefined) fail();
    });
    const request = new TextEncoder().encode(JSON.stringify(call));
    let cancel = () => {};
    const resendLater = () => {
      cancel = clock.after(RESEND_MS, () => {
        // The first one may have arrived, whatever becomes of this one.
        rpc.call(owner, request, ANSWER_MS).then(resolve, fail);
        resendLater();
      });
    };
    try {
      rpc.call(owner, request, ANSWER_MS).then(resolve, reject);
      if (isRepeatable) resendLater();
      const bytes = await promise;
      return JSON.parse(new TextDecoder().decode(bytes)) as CallResult;
    } finally {
      cancel();
      unwatch();
    }
  }

  /** Runs a command of this node's own client or of another node. */
  async #runHere(
    grant: Grant,
    request: CommandRequest,
    account: string,
  ): Promise<CallResult> {
    const { drives, has } = this.#options;
    if (!drives(account)) return MOVED;
    try {
      return { ok: true, data: await this.#bridge.run(grant, request) };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      // Nothing was sent: the account is not open yet, or another node drives it by now.
      const isMoved = isNotOwner(error) ||
        error.code === "unknown_account" && has(account) ||
        error.code === "overloaded" && !drives(account);
      return isMoved ? MOVED : { ok: false, error: error.toFrame() };
    }
  }

  async #answer(bytes: Uint8Array): Promise<Uint8Array> {
    const call = JSON.parse(new TextDecoder().decode(bytes)) as
      | Call
      | { copy: CopyRequest }
      | { state: Record<never, never> };
    if ("copy" in call) return await this.#options.copy(call.copy);
    if ("state" in call) {
      const { epoch, replica } = this.journal;
      const state: ReplicaState = { epoch, ...replica.seen };
      return new TextEncoder().encode(JSON.stringify(state));
    }
    const { grant, request } = call;
    const { account } = request;
    const { id, name, scopes, accounts } = grant;
    const result = account === undefined ? MOVED : await this.#runHere(
      {
        id,
        name,
        scopes: new Set(scopes),
        accounts: accounts === "all" ? "all" : new Set(accounts),
        // The node of the client has checked it.
        revoked: () => false,
      },
      request,
      account,
    );
    return new TextEncoder().encode(JSON.stringify(result));
  }

  /** Waits until this node has an event, so that `history` contains what was just sent. */
  async #catchUp(seq: number): Promise<void> {
    if (this.journal.head >= seq) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const unwatch = this.journal.watch(() => {
      if (this.journal.head >= seq) resolve();
    });
    const cancel = this.#options.clock.after(CATCH_UP_MS, resolve);
    await promise;
    cancel();
    unwatch();
  }
}

function dataOf(
  result: Exclude<CallResult, { moved: true }>,
): unknown {
  if (result.ok) return result.data;
  const { code, message, retryAfterMs } = result.error;
  throw new CommandError(
    code,
    message,
    retryAfterMs === undefined ? {} : { retryAfterMs },
  );
}

function isNotOwner(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one instanceof NotOwnerError) return true;
  }
  return false;
}

function unknownOutcome(cause?: unknown): CommandError {
  return new CommandError(
    "outcome_unknown",
    "Cannot tell how the command ended: the node that drives the account did not answer. A message that was sent shows as message.sent.",
    { cause },
  );
}
