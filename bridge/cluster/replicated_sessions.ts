/** Sessions of the console that all nodes of a cluster share. @module */

import type { SessionRecord, SessionStore } from "../access/session_store.ts";
import { SESSION_PREFIX } from "./replica/shared_state.ts";
import type { ReplicatedSource } from "./replicated_stores.ts";

/** A session that was opened on one node is open on all, and ends on all. Changes are known to others within milliseconds. */
export class ReplicatedSessions implements SessionStore {
  readonly #journal: ReplicatedSource;

  constructor(journal: ReplicatedSource) {
    this.#journal = journal;
  }

  list(): SessionRecord[] {
    return [...this.#journal.replica.shared.keys()]
      .filter((name) => name.startsWith(SESSION_PREFIX))
      .map((name) => this.get(name.slice(SESSION_PREFIX.length))!)
      .sort((a, b) => a.seenAt - b.seenAt);
  }

  get(hash: string): SessionRecord | undefined {
    const text = this.#journal.replica.shared.get(SESSION_PREFIX + hash);
    return text === undefined ? undefined : { hash, ...JSON.parse(text) };
  }

  add({ hash, ...rest }: SessionRecord): Promise<void> {
    return this.#write([hash], rest);
  }

  setExpiry(hash: string, expiresAt: number): Promise<void> {
    return this.#write([hash], { expiresAt });
  }

  setSeen(hashes: readonly string[], at: number): Promise<void> {
    return this.#write(hashes, { seenAt: at });
  }

  remove(hashes: readonly string[]): Promise<void> {
    return this.#write(hashes, null);
  }

  watch(listener: (hashes: readonly string[]) => void): () => void {
    return this.#journal.onApplied(({ shared }) => {
      const hashes = shared.filter((name) => name.startsWith(SESSION_PREFIX))
        .map((name) => name.slice(SESSION_PREFIX.length));
      if (hashes.length > 0) listener(hashes);
    });
  }

  async #write(
    hashes: readonly string[],
    change: Partial<SessionRecord> | null,
  ): Promise<void> {
    if (hashes.length === 0) return;
    const value = change === null ? null : JSON.stringify(change);
    await this.#journal.write(hashes.map((hash) => ({
      type: "value" as const,
      name: SESSION_PREFIX + hash,
      value,
    })));
  }
}
