/** What a log that is founded anew goes by: what the last members have. @module */

import { DatabaseSync } from "node:sqlite";
import { openJournal } from "../../journal/sqlite/journal_file.ts";
import type { MembershipView } from "../members/membership.ts";
import type { Seen } from "../replica/operations.ts";
import { restartReplica } from "../replica/shared_rows.ts";
import type { Rpc } from "../rpc.ts";

/** How long a member's answer may take, in milliseconds. */
const ANSWER_MS = 5000;

/** What a node has, as it answers another one. */
export interface ReplicaState extends Seen {
  readonly epoch: string;
}

/** How the replica of a member stands to the one that the log is founded from. */
export type MemberVerdict =
  | "same"
  | "behind"
  | "ahead"
  | "differs"
  | "unknown"
  | "silent";

/** A member of the lost log, and what it answered. */
export interface AskedMember {
  readonly node: string;
  /** Undefined if it did not answer. */
  readonly state: ReplicaState | undefined;
  readonly verdict: MemberVerdict;
}

/** The replica that the log is founded from. */
export interface RebuildSource {
  readonly epoch: string;
  readonly seen: Seen;
  readonly membership: MembershipView;
  chainAt(index: number): string | undefined;
}

/**
 * Asks all members that the lost log had last what they have, those aside that
 * used the same data folder.
 */
export async function askMembers(
  source: RebuildSource,
  rpc: Rpc,
  folder: string,
): Promise<AskedMember[]> {
  const request = new TextEncoder().encode(JSON.stringify({ state: {} }));
  const others = source.membership.members()
    .filter(([, member]) => member.folder !== folder);
  return await Promise.all(others.map(async ([node]) => {
    const state = await rpc.call(node, request, ANSWER_MS).then(
      (bytes) => JSON.parse(new TextDecoder().decode(bytes)) as ReplicaState,
      () => undefined,
    );
    return { node, state, verdict: compareReplicas(source, state) };
  }));
}

/** Compares what a member has with the replica that the log is founded from. */
export function compareReplicas(
  { epoch, seen, chainAt }: RebuildSource,
  state: ReplicaState | undefined,
): MemberVerdict {
  if (state === undefined) return "silent";
  if (state.epoch !== epoch) return "differs";
  if (state.index > seen.index) return "ahead";
  const own = state.index === seen.index ? seen.chain : chainAt(state.index);
  if (own === undefined) return "unknown";
  if (own !== state.chain) return "differs";
  return state.index === seen.index ? "same" : "behind";
}

/**
 * Whether positions stay valid: nobody has seen an event that the replica
 * lacks, or another one at its position.
 */
export function keepsEpoch(members: readonly AskedMember[]): boolean {
  return members.every(({ verdict }) =>
    verdict === "same" || verdict === "behind"
  );
}

/** Makes a file the replica of a log that is founded anew. Does nothing the second time. */
export function restartReplicaFile(path: string, founding: string): void {
  const database = openJournal(path);
  try {
    database.transaction(() => {
      if (foundingIn(database) === founding) return;
      restartReplica(database, founding);
    });
  } finally {
    database.close();
  }
}

/** Hash of the founding record that a replica's file follows; undefined if it follows none, or there is no file. */
export function readReplicaFounding(path: string): string | undefined {
  try {
    if (!Deno.statSync(path).isFile) return undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const isJournal = database.prepare(
      "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'",
    ).get() !== undefined;
    return isJournal ? foundingIn(database) : undefined;
  } finally {
    database.close();
  }
}

function foundingIn(
  database: Pick<DatabaseSync, "prepare"> | ReturnType<typeof openJournal>,
): string | undefined {
  return database.prepare("SELECT value FROM meta WHERE name = 'founding'")
    .get()?.["value"] as string | undefined;
}
