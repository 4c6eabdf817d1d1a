/** The first record of a cluster: what all nodes must agree on. @module */

import { randomBytes } from "node:crypto";
import { SHARDS } from "../members/shards.ts";
import { ClusterKeys } from "./keys.ts";

const VERSION = 1;
const SALT_BYTES = 16;

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
}

/** Writes a founding record with a new salt. Everything but the salt's effect is readable: it holds no secret. */
export function toFoundingRecord(
  founding: Founding,
  secretKey: string,
  name: string,
): Uint8Array {
  const salt = new Uint8Array(randomBytes(SALT_BYTES));
  const { epoch, head, ttlMs, replicas } = founding;
  const text: FoundingText = {
    version: VERSION,
    epoch,
    head,
    shards: SHARDS,
    ttlMs,
    replicas,
    salt: salt.toHex(),
  };
  const keys = new ClusterKeys(secretKey, salt, name);
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
  const { found, proof } = parse<{ found: string; proof: string }>(
    new TextDecoder().decode(record),
    name,
  );
  const text = parse<FoundingText>(found, name);
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
  const { epoch, head, ttlMs, replicas } = text;
  return { epoch, head, ttlMs, replicas, keys };
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
