/** The first record of a cluster: what all nodes must agree on. @module */

import { randomBytes } from "node:crypto";
import { SHARDS } from "../members/shards.ts";
import { digestOf } from "../replicated_log.ts";
import { ClusterKeys } from "./keys.ts";

const VERSION = 1;
const SALT_BYTES = 16;

/** How many rebuilds a node can have missed, and still copies the replica of the cluster that it belonged to. */
const MAX_FORMERS = 16;

/** What is fixed when a cluster is founded. */
export interface Founding {
  /** Epoch of the journal. */
  readonly epoch: string;
  /** Position of the last event when the cluster was founded; 0 with an empty journal. */
  readonly head: number;
  /** Time without a beat after which a node's shards are taken, in milliseconds. */
  readonly ttlMs: number;
  /** Number of servers that keep each record. */
  readonly replicas: number;
}

/** A cluster's founding record was read, and the secret key fits. */
export interface FoundCluster extends Founding {
  readonly keys: ClusterKeys;
  /** Hash of the record, by which a replica knows which log it follows. */
  readonly digest: string;
  /** Hashes of the records of the logs that this one follows, each founded from the one before; empty unless the log was rebuilt. */
  readonly formers: readonly string[];
}

/** A node cannot take part in the cluster as it is configured. */
export class FoundingError extends Error {
  override name = "FoundingError";
}

/** The error of a name under which there is no cluster. */
export function notFounded(name: string): FoundingError {
  return new FoundingError(
    `Cannot join cluster ${name}: it was not founded yet. Run \`tqq cluster init\` once.`,
  );
}

interface FoundingText extends Founding {
  readonly version: number;
  readonly shards: number;
  readonly salt: string;
  readonly formers?: readonly string[];
}

/** Writes a founding record with a new salt. Everything but the salt's effect is readable: it holds no secret. */
export function toFoundingRecord(
  founding: Founding,
  secretKey: string,
  name: string,
): Uint8Array {
  return seal(founding, randomBytes(SALT_BYTES).toString("hex"), [], {
    secretKey,
    name,
  });
}

/**
 * Writes the founding record of a log that takes the place of a lost one. Its
 * salt stays, so that nodes read what a former process kept for the log.
 *
 * @param record Founding record of the lost log.
 */
export function toSuccessor(
  record: Uint8Array,
  { epoch, head }: Pick<Founding, "epoch" | "head">,
  secretKey: string,
  name: string,
): Uint8Array {
  const found = readFounding(record, secretKey, name);
  const formers = [...found.formers, found.digest].slice(-MAX_FORMERS);
  const { salt } = readText(record, name).text;
  return seal({ ...found, epoch, head }, salt, formers, { secretKey, name });
}

function seal(
  { epoch, head, ttlMs, replicas }: Founding,
  salt: string,
  formers: readonly string[],
  { secretKey, name }: { secretKey: string; name: string },
): Uint8Array {
  const text: FoundingText = {
    version: VERSION,
    epoch,
    head,
    shards: SHARDS,
    ttlMs,
    replicas,
    salt,
    ...(formers.length === 0 ? {} : { formers }),
  };
  const keys = new ClusterKeys(secretKey, Uint8Array.fromHex(salt), name);
  const signed = JSON.stringify(text);
  return new TextEncoder().encode(
    JSON.stringify({ found: signed, proof: keys.sign(signed) }),
  );
}

/**
 * Reads a founding record and derives the keys.
 *
 * @throws {FoundingError} If the secret key is not the cluster's, or this
 * version of the program cannot read the record.
 */
export function readFounding(
  record: Uint8Array,
  secretKey: string,
  name: string,
): FoundCluster {
  const { found, proof, text } = readText(record, name);
  if (text.version !== VERSION || text.shards !== SHARDS) {
    throw new FoundingError(
      `Cannot join cluster ${name}: its version must be ${VERSION} with ${SHARDS} shards, got ${text.version} with ${text.shards}. Upgrade this node.`,
    );
  }
  const keys = new ClusterKeys(
    secretKey,
    Uint8Array.fromHex(text.salt),
    name,
  );
  if (keys.sign(found) !== proof) {
    throw new FoundingError(
      `Cannot join cluster ${name}: TQQ_SECRET_KEY is not the key that the cluster was founded with. Set the same key on every node.`,
    );
  }
  const { epoch, head, ttlMs, replicas, formers = [] } = text;
  const digest = digestOf(record);
  return { epoch, head, ttlMs, replicas, keys, digest, formers };
}

function readText(
  record: Uint8Array,
  name: string,
): { found: string; proof: string; text: FoundingText } {
  const { found, proof } = parse<{ found: string; proof: string }>(
    new TextDecoder().decode(record),
    name,
  );
  return { found, proof, text: parse<FoundingText>(found, name) };
}

function parse<T>(text: string, name: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new FoundingError(
      `Cannot join cluster ${name}: its first record was not written by \`tqq cluster init\``,
      { cause },
    );
  }
}
