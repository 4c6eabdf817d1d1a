/** Applies one operation: a pure step, the same on every node. @module */

import { outcomeText } from "../../journal/draft.ts";
import type { Outcome } from "../../journal/journal.ts";
import type { Write } from "../../journal/sqlite/group_commit.ts";
import type { JournalWrites } from "../../journal/sqlite/journal_writes.ts";
import type { Membership } from "../members/membership.ts";
import { shardOf } from "../members/shards.ts";
import { NotOwnerError } from "./not_owner_error.ts";
import type { BatchOperation, Operation, OutcomeText } from "./operations.ts";
import type { SharedRows } from "./shared_rows.ts";
import type { SharedState } from "./shared_state.ts";

/** Owners of keys that are tokens begin with it; all nodes may begin their commands. */
const TOKEN_OWNER = "token:";

/** What an operation is applied to. */
export interface OperationContext {
  /** Id of the process that wrote it. */
  readonly node: string;
  /** Time of its record, in milliseconds since 1970. */
  readonly at: number;
  /** Index of its record. */
  readonly index: number;
  /** Index of the last record that its writer had applied. */
  readonly seen: number;
  readonly write: <T>(write: Write<T>) => T;
  readonly writes: JournalWrites;
  /** Position of a consumer; undefined for a new one. */
  readonly position: (consumer: string) => number | undefined;
  readonly rows: SharedRows;
  readonly state: SharedState;
  readonly membership: Membership;
}

/** How an operation ended, for the writer, and what all nodes compare. */
export interface OperationResult {
  readonly value?: unknown;
  /** Why nothing was stored. */
  readonly error?: Error;
  /** What was stored, or why not. */
  readonly digest: string;
}

/** Applies an operation. Throws only what concerns the whole transaction. */
export function applyOperation(
  operation: Operation,
  context: OperationContext,
): OperationResult {
  try {
    return apply(operation, context);
  } catch (error) {
    const isRefused = error instanceof RangeError ||
      error instanceof TypeError || error instanceof NotOwnerError;
    if (!isRefused) throw error;
    return { error, digest: error.name };
  }
}

function apply(
  operation: Operation,
  context: OperationContext,
): OperationResult {
  const { write, writes, rows, state, membership, at, index } = context;
  const now = () => at;
  switch (operation.type) {
    case "batch":
      return appendBatch(operation, context);
    case "position": {
      const { consumer, seq, connection } = operation;
      const holder = rows.holder(consumer);
      const isReplaced = connection !== undefined && holder !== undefined &&
        holder !== connection;
      // Late, from a connection that another one has replaced.
      if (isReplaced) return { digest: "replaced" };
      write(writes.setPosition(consumer, seq, now));
      return { digest: "position" };
    }
    case "hold": {
      const { consumer, connection, seq } = operation;
      if (seq !== undefined) write(writes.resetPosition(consumer, seq, now));
      const position = context.position(consumer);
      // Names without a position would add up.
      if (connection !== null && position !== undefined) {
        rows.putHolder(consumer, connection);
      }
      return { value: position, digest: `hold ${position}` };
    }
    case "drop":
      write(writes.dropPosition(operation.consumer));
      rows.dropHolder(operation.consumer);
      return { digest: "drop" };
    case "seen":
      write(writes.see(operation.consumers, operation.at));
      return { digest: "seen" };
    case "start": {
      const { account, key, command, outcome } = operation;
      // A node that is an owner no longer must not send.
      if (!account.startsWith(TOKEN_OWNER) && !isOwner(account, context)) {
        throw new NotOwnerError(account);
      }
      write(writes.start(account, key, command, outcome, now));
      return { digest: "start" };
    }
    case "forget": {
      const more = write(writes.forget(operation.account));
      return { value: more, digest: `forget ${more}` };
    }
    case "account":
      state.putAccount(operation.name, operation.value);
      return { digest: "account" };
    case "token":
      state.putToken(operation.name, operation.value);
      return { digest: "token" };
    case "value":
      state.putShared(operation.name, operation.value);
      return { digest: "value" };
    case "control": {
      const change = membership.apply(
        operation.control,
        index,
        context.seen,
      );
      return { digest: JSON.stringify(change) };
    }
    case "barrier":
      return { digest: "barrier" };
  }
}

function appendBatch(
  { drafts, poll, outcome }: BatchOperation,
  context: OperationContext,
): OperationResult {
  const { write, writes, rows } = context;
  // The former owner sent it, and the next one had the server repeat its answer.
  if (outcome !== undefined && isDone(rows, outcome)) {
    return { value: [], digest: "done" };
  }
  // The state that a former owner sees is not the account's state.
  const kept = drafts.filter(({ event, account }) =>
    event !== "account.state" || isOwner(account, context)
  );
  const events = write(writes.append(
    kept,
    poll,
    outcome && {
      account: outcome.account,
      key: outcome.key,
      toText: (seq) =>
        outcome.seqField === undefined ? outcome.text : outcomeText({
          outcome: JSON.parse(outcome.text) as Outcome,
          seqField: outcome.seqField,
        }, seq),
    },
  ));
  if (events.length > 0) {
    for (const { account, event, at, data } of kept) {
      if (event === "account.state") rows.putState(account, at, data);
    }
  }
  const bytes = events.length === 0
    ? 0
    : kept.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    value: events,
    digest: `${events[0]?.seq ?? "none"} ${events.length} ${bytes}`,
  };
}

/** Whether a keyed command was done already. A failure can still be followed by that. */
function isDone(rows: SharedRows, { account, key }: OutcomeText): boolean {
  const known = rows.outcome(account, key);
  return known !== undefined && (JSON.parse(known) as Outcome).ok;
}

function isOwner(
  account: string,
  { node, membership }: OperationContext,
): boolean {
  return membership.owner(shardOf(account)) === node;
}
