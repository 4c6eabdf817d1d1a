/** Groups of accounts, and which member each belongs to. @module */

/** Number of groups into which all accounts are divided. */
export const SHARDS = 256;

/** A hash of 32 bits: FNV-1a over the UTF-16 code units, mixed like murmur3. The same on every node and in every version. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
  hash = Math.imul(hash ^ hash >>> 13, 0xc2b2ae35);
  return (hash ^ hash >>> 16) >>> 0;
}

/** The shard of an account. */
export function shardOf(account: string): number {
  return hashOf(account) % SHARDS;
}

/**
 * The node to which each shard belongs: the one with the highest hash of node
 * and shard, so that a node that joins or leaves moves only its own shards. Null
 * if there is no node.
 */
export function wantedOwners(nodes: readonly string[]): (string | null)[] {
  const ascending = [...nodes].sort();
  return Array.from({ length: SHARDS }, (_, shard) => {
    let best: string | null = null;
    let highest = -1;
    for (const node of ascending) {
      const hash = hashOf(`${node} ${shard}`);
      // On a tie the lower id stays.
      if (hash > highest) [best, highest] = [node, hash];
    }
    return best;
  });
}
