/** A replica that is read without its log, for a folder that leaves the cluster or founds it anew. @module */

import type { Clock } from "../../lib/clock.ts";
import type { Mark } from "../inbox/inbox_store.ts";
import { openJournal } from "../journal/sqlite/journal_file.ts";
import type { MembershipView } from "./members/membership.ts";
import type { Seen } from "./replica/operations.ts";
import { clearReplica } from "./replica/shared_rows.ts";
import { Replica } from "./replica/replica.ts";
import { ReplicatedAccounts, ReplicatedTokens } from "./replicated_stores.ts";
import { marksOf } from "./replicated_marks.ts";
import { ReplicatedTargets } from "./replicated_targets.ts";
import type { LogMark } from "./replicated_log.ts";
import { readFounding } from "./sealing/founding.ts";
import { SealedCodec } from "./sealing/sealed_codec.ts";

/** Where a replica is, and what opens it. */
export interface OfflineReplicaOptions {
  /** The cluster's founding record. */
  readonly record: Uint8Array;
  /** Name of the cluster. */
  readonly name: string;
  readonly secretKey: string;
  /** Path of the replica. */
  readonly path: string;
  readonly clock: Clock;
}

/** What a replica holds, for reading only. */
export class OfflineReplica {
  readonly accounts: ReplicatedAccounts;
  readonly tokens: ReplicatedTokens;
  readonly targets: ReplicatedTargets;
  readonly #replica: Replica;
  readonly #path: string;

  /** @throws {FoundingError} If the secret key is not the cluster's. */
  constructor(options: OfflineReplicaOptions) {
    const { record, name, secretKey, path, clock } = options;
    const { epoch, head, keys } = readFounding(record, secretKey, name);
    this.#path = path;
    this.#replica = new Replica(openJournal(path), {
      epoch,
      after: head,
      codec: new SealedCodec(keys),
      clock,
    });
    const source = {
      replica: this.#replica,
      write: () =>
        Promise.reject(new Error("Cannot write: the replica has no log")),
      onApplied: () => () => {},
    };
    const cipher = keys.accountCipher();
    this.accounts = new ReplicatedAccounts(source, cipher);
    this.tokens = new ReplicatedTokens(source);
    this.targets = new ReplicatedTargets(source, cipher);
  }

  /** Marks of the inbox. */
  get marks(): Mark[] {
    return marksOf(this.#replica.shared);
  }

  get epoch(): string {
    return this.#replica.journal.epoch;
  }

  /** Position of the last event. */
  get head(): number {
    return this.#replica.journal.head;
  }

  /** Number of nodes that did not leave the cluster, as far as this one knows. */
  get members(): number {
    return this.membership.members().length;
  }

  get membership(): MembershipView {
    return this.#replica.membership;
  }

  /** What was applied last. */
  get seen(): Seen {
    return this.#replica.seen;
  }

  /** What the log must still hold. */
  get mark(): LogMark {
    return this.#replica.mark;
  }

  /** The chain after a record; undefined if it is not remembered. */
  chainAt(index: number): string | undefined {
    return this.#replica.chainAt(index);
  }

  /** Closes the replica and makes it the journal of a single bridge. Its events and positions stay. */
  async clear(): Promise<void> {
    await this.#replica.journal.close();
    const database = openJournal(this.#path);
    // Otherwise the folder's next cluster would take it for a replica of the former log.
    database.transaction(() => clearReplica(database));
    database.close();
  }

  async close(): Promise<void> {
    await this.#replica.journal.close();
  }
}
