/** Gets a replica from another node, for a node that the log alone cannot bring up to date. @module */

import { DatabaseSync } from "node:sqlite";
import { type Clock, sleep } from "../../../lib/clock.ts";
import type { RecordCodec } from "../replica/codec.ts";
import { parseRecord } from "../replica/record.ts";
import type { LogRecord, ReplicatedLog } from "../replicated_log.ts";
import type { Rpc } from "../rpc.ts";
import type { CopyRequest, CopyState } from "./replica_source.ts";

/** How long beats of live nodes are listened for: each sends several within that time. */
const LISTEN_MS = 5000;

/** How long an answer may take, in milliseconds. */
const ANSWER_MS = 20_000;

/** Wait before asking again whether the other node has made the copy, in milliseconds. */
const MAKING_MS = 500;

/** Wait before all nodes are asked again, in milliseconds. */
const RETRY_MS = 10_000;

/** What {@linkcode copyReplica} needs. */
export interface ReplicaCopyOptions {
  readonly log: ReplicatedLog;
  readonly codec: RecordCodec;
  readonly rpc: Rpc;
  /** Epoch of the cluster. */
  readonly epoch: string;
  /** Where the replica is stored; it is closed, or not there. */
  readonly path: string;
  readonly clock: Clock;
  /** Ends the wait for a node that has a replica. */
  readonly signal: AbortSignal;
  /** Called with the node that gives a copy, and its size. */
  readonly onCopy?: (node: string, bytes: number) => void;
  /** Called when no node could give a copy; asking goes on. */
  readonly onWait?: (errors: readonly unknown[]) => void;
}

/** Copies the replica of a live node. Rejects only if the signal aborts. */
export async function copyReplica(options: ReplicaCopyOptions): Promise<void> {
  const { clock, signal, onWait } = options;
  for (;;) {
    signal.throwIfAborted();
    const errors: unknown[] = [];
    const nodes = await findLiveNodes(options).catch((error) => {
      errors.push(error);
      return [];
    });
    for (const node of nodes) {
      try {
        return await copyFrom(node, options);
      } catch (error) {
        signal.throwIfAborted();
        errors.push(error);
      }
    }
    onWait?.(errors);
    await sleep(clock, RETRY_MS, signal);
  }
}

/** Live nodes, by what they send to the log; those that have applied most first. */
async function findLiveNodes(
  { log, codec, clock, signal }: ReplicaCopyOptions,
): Promise<string[]> {
  const applied = new Map<string, number>();
  const onRecords = (records: readonly LogRecord[]) => {
    for (const record of records) {
      for (const control of controlsOf(record, codec)) {
        if (control.op === "leave") applied.delete(control.node);
        if (control.op !== "beat") continue;
        applied.set(control.node, control.applied);
      }
    }
  };
  const { last } = await log.info();
  const unfollow = await log.follow(last, onRecords, () => {});
  try {
    await sleep(clock, LISTEN_MS, signal);
  } finally {
    await unfollow();
  }
  return [...applied].sort(([, a], [, b]) => b - a).map(([node]) => node);
}

function controlsOf(record: LogRecord, codec: RecordCodec) {
  try {
    const { parts, text } = codec.decode(record);
    if (parts > 1) return [];
    return parseRecord(text).operations.flatMap((operation) =>
      operation.type === "control" ? [operation.control] : []
    );
  } catch {
    // Not of this cluster, or of a later version: it names nobody to ask.
    return [];
  }
}

async function copyFrom(
  node: string,
  options: ReplicaCopyOptions,
): Promise<void> {
  const { rpc, path, epoch, clock, signal, onCopy } = options;
  const id = crypto.randomUUID();
  const ask = (offset?: number) => {
    signal.throwIfAborted();
    const copy: CopyRequest = {
      id,
      ...(offset === undefined ? {} : { offset }),
    };
    const request = new TextEncoder().encode(JSON.stringify({ copy }));
    return rpc.call(node, request, ANSWER_MS);
  };
  let bytes: number | undefined;
  for (;;) {
    const state: CopyState = JSON.parse(new TextDecoder().decode(await ask()));
    if (state.refused !== undefined) {
      throw new Error(`Cannot copy from node ${node}: ${state.refused}`);
    }
    bytes = state.bytes;
    if (bytes !== undefined) break;
    await sleep(clock, MAKING_MS, signal);
  }
  onCopy?.(node, bytes);
  const part = `${path}.part`;
  remove(part);
  {
    using file = Deno.openSync(part, {
      write: true,
      createNew: true,
      mode: 0o600,
    });
    for (let offset = 0; offset < bytes;) {
      const piece = await ask(offset);
      if (piece.length === 0) {
        throw new Error(`Cannot copy from node ${node}: the copy is gone`);
      }
      for (let written = 0; written < piece.length;) {
        written += file.writeSync(piece.subarray(written));
      }
      offset += piece.length;
    }
    file.syncSync();
  }
  assertReplica(part, epoch);
  setAside(path, epoch);
  for (const end of ["", "-wal", "-shm"]) remove(`${path}${end}`);
  Deno.renameSync(part, path);
}

/**
 * Keeps a replica of another epoch beside the new one, the last one of them:
 * it can hold events that the rebuilt cluster lacks.
 */
function setAside(path: string, epoch: string): void {
  let database: DatabaseSync;
  try {
    database = new DatabaseSync(path, { readOnly: true });
  } catch {
    // There was none.
    return;
  }
  let known: unknown;
  try {
    known = database.prepare("SELECT value FROM meta WHERE name = 'epoch'")
      .get()?.["value"];
  } finally {
    database.close();
  }
  if (known === undefined || known === epoch) return;
  const former = `${path}.former`;
  for (const end of ["", "-wal", "-shm"]) remove(`${former}${end}`);
  for (const end of ["", "-wal", "-shm"]) {
    try {
      Deno.renameSync(`${path}${end}`, `${former}${end}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Throws if a file is not a whole replica of the cluster. */
function assertReplica(path: string, epoch: string): void {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const check = database.prepare("PRAGMA quick_check").get();
    const got = database.prepare("SELECT value FROM meta WHERE name = 'epoch'")
      .get()?.["value"];
    const isWhole = Object.values(check ?? {})[0] === "ok";
    if (isWhole && got === epoch) return;
    throw new Error(
      `Cannot use a copied replica: it must be whole and of epoch ${epoch}, got ${
        isWhole ? got : "damaged pages"
      }`,
    );
  } finally {
    database.close();
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
