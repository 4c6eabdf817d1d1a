/** Targets that all nodes of a cluster share: the node that drives an account serves its targets. @module */

import type { Cipher } from "../storage/cipher.ts";
import type { TargetRecord } from "../targets/target.ts";
import { TARGETS, type TargetStore } from "../targets/target_store.ts";
import { TARGET_PREFIX as PREFIX } from "./replica/shared_state.ts";
import type { ReplicatedSource } from "./replicated_stores.ts";

/** A target as records and replicas hold it. */
interface StoredTarget
  extends Omit<TargetRecord, "url" | "accessToken" | "secret"> {
  /** What may be secret, encrypted: also the URL, whose query may be one. */
  readonly sealed: string;
}

/** Targets in the log. Changes resolve once this node has applied them. */
export class ReplicatedTargets implements TargetStore {
  readonly #journal: ReplicatedSource;
  readonly #cipher: Cipher;
  /** What was decrypted, by the text of it: a target that did not change stays the same object. */
  readonly #opened = new Map<string, { text: string; record: TargetRecord }>();

  /** @param cipher Encrypts secrets, the same on all nodes. */
  constructor(journal: ReplicatedSource, cipher: Cipher) {
    this.#journal = journal;
    this.#cipher = cipher;
  }

  list(): TargetRecord[] {
    const ids = [...this.#journal.replica.shared.keys()]
      .filter((name) => name.startsWith(PREFIX))
      .map((name) => name.slice(PREFIX.length));
    for (const id of this.#opened.keys()) {
      if (!ids.includes(id)) this.#opened.delete(id);
    }
    return ids.sort().map((id) => this.get(id)!);
  }

  get(id: string): TargetRecord | undefined {
    const text = this.#journal.replica.shared.get(PREFIX + id);
    if (text === undefined) return undefined;
    const known = this.#opened.get(id);
    if (known?.text === text) return known.record;
    const { sealed, ...rest } = JSON.parse(text) as StoredTarget;
    const secrets = JSON.parse(this.#cipher.open(sealed, placeOf(id)));
    const record: TargetRecord = { ...rest, ...secrets };
    this.#opened.set(id, { text, record });
    return record;
  }

  async put(record: TargetRecord): Promise<void> {
    const { url, accessToken, secret, ...rest } = record;
    const { id } = record;
    if (this.get(id) === undefined && this.list().length >= TARGETS) {
      throw new RangeError(
        `Cannot add the target: at most ${TARGETS} targets are stored. Remove another one first.`,
      );
    }
    const secrets = JSON.stringify({ url, accessToken, secret });
    const stored: StoredTarget = {
      ...rest,
      sealed: this.#cipher.seal(secrets, placeOf(id)),
    };
    await this.#write(id, JSON.stringify(stored));
  }

  async remove(id: string): Promise<boolean> {
    if (this.get(id) === undefined) return false;
    await this.#write(id, null);
    return true;
  }

  watch(listener: () => void): () => void {
    return this.#journal.onApplied(({ shared }) => {
      if (shared.some((name) => name.startsWith(PREFIX))) listener();
    });
  }

  async #write(id: string, value: string | null): Promise<void> {
    const name = PREFIX + id;
    await this.#journal.write([{ type: "value", name, value }]);
  }
}

function placeOf(id: string) {
  return { file: "journal.db", table: "shared", row: PREFIX + id };
}
