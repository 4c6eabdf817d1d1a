import type { StoredEvent } from "../../bridge/journal/event.ts";
import type {
  Batch,
  ReadOptions,
  ReadResult,
} from "../../bridge/journal/journal.ts";
import {
  MemoryJournal,
  type MemoryJournalOptions,
} from "../../bridge/journal/memory.ts";

/** A journal in memory whose epoch, failures and retention a test decides. */
export class TestJournal extends MemoryJournal {
  override readonly epoch: string;
  /** Why appending fails, while it does. */
  override failure: Error | undefined = undefined;
  override readFailure: Error | undefined = undefined;
  override readonly durable = true;
  /** An event that cannot be read, and what a read that reaches it throws. */
  damage: { seq: number; error: Error } | undefined;

  constructor(epoch = "k3f9", options: MemoryJournalOptions = {}) {
    super(options);
    this.epoch = epoch;
  }

  /** Number of reads. */
  reads = 0;

  override async append(batch: Batch): Promise<StoredEvent[]> {
    if (this.failure !== undefined) throw this.failure;
    return await super.append(batch);
  }

  override probe(): boolean {
    return this.failure === undefined && super.probe();
  }

  override read(after: number, options: ReadOptions): ReadResult {
    this.reads++;
    const result = super.read(after, options);
    const { seq, error } = this.damage ?? { seq: 0 };
    const isReached = seq > after && seq >= this.oldest && seq <= result.upTo;
    this.readFailure = isReached ? error : undefined;
    if (isReached) throw error;
    return result;
  }

  /** Lets retention drop all events before a position. */
  trimTo(oldest: number): void {
    while (this.oldest < oldest) {
      this.trim(0, { days: Infinity, bytes: this.bytes - 1 });
    }
  }

  /** Lets retention drop the events of an account up to a position. */
  trimAccount(account: string, seq: number): void {
    while (this.trimmed.of(account) < seq) {
      this.trim(0, { days: Infinity, bytes: this.bytes - 1 });
    }
  }

  /** The positions of all consumers. */
  kept(): number[] {
    return this.consumersOf("").map((consumer) => this.position(consumer)!);
  }
}
