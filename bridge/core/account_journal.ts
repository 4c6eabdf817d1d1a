/** One account's part of the journal: what is appended there is tried until it holds. @module */

import { type Clock, sleep } from "../../lib/clock.ts";
import type { Batch, Journal, JournalledPoll } from "../journal/journal.ts";
import type { NewEvent, StoredEvent } from "./event.ts";
import { isOfBatch, rawOf, salvage } from "./salvage.ts";

/** How an account's journal is made. */
export interface AccountJournalOptions {
  /** Whose. */
  readonly uin: string;
  /** The journal of all. */
  readonly journal: Journal;
  /** Time. */
  readonly clock: Clock;
  /** Random numbers in [0, 1). */
  readonly random: () => number;
  /** Ends the wait for a journal that fails. */
  readonly signal: AbortSignal;
  /** Is told why the journal fails. */
  failed(error: unknown): void;
}

/** Between two tries of an append that failed, at first and at most: with jitter, for all accounts wait at once. */
const APPEND_RETRY_MS = 1000;
const APPEND_RETRY_MAX_MS = 5000;

/** See the module. */
export class AccountJournal {
  readonly #options: AccountJournalOptions;
  #asked: number | undefined;

  constructor(options: AccountJournalOptions) {
    this.#options = options;
  }

  /**
   * The key of the poll that follows those that the journal holds: after a crash
   * the one that was in flight is asked with the same key again.
   */
  nextPollKey(): string {
    const { journal, uin } = this.#options;
    const number = journal.polls(uin) + 1;
    this.#asked = number;
    return `${journal.epoch}.${uin}.${number}`;
  }

  /**
   * The number of the poll whose key was asked for last. It may be another than
   * that of the next poll by now, because another holder of the account may have
   * journalled one meanwhile.
   */
  get askedPoll(): number {
    return this.#asked ?? this.#options.journal.polls(this.#options.uin) + 1;
  }

  /** Uses up the number of the poll that was asked, durably: its key counts no more at the server. */
  async skipPoll(): Promise<void> {
    const poll = { number: this.askedPoll, repeats: true };
    await this.append([], undefined, poll);
  }

  /**
   * Appends events of the account, again and again while the journal fails.
   * What cannot be journalled as it is becomes `unknown`; rejects only where
   * that does not hold either, and when the account is closed.
   */
  async append(
    events: NewEvent[],
    outcome?: Omit<NonNullable<Batch["outcome"]>, "account">,
    poll?: Omit<JournalledPoll, "account">,
  ): Promise<StoredEvent[]> {
    const { uin, journal, clock, random, signal } = this.#options;
    const rest: Omit<Batch, "events"> = {
      ...(outcome === undefined
        ? {}
        : { outcome: { account: uin, ...outcome } }),
      ...(poll === undefined ? {} : { poll: { account: uin, ...poll } }),
    };
    let told: string | undefined;
    let delayMs = APPEND_RETRY_MS;
    for (let batch = events, repairs = 0;;) {
      try {
        return await journal.append({ events: batch, ...rest });
      } catch (error) {
        // Once, not with each try: thousands of accounts may wait for one disk.
        if (told !== String(error)) {
          told = String(error);
          this.#options.failed(error);
        }
        if (!isOfBatch(error)) {
          await sleep(clock, delayMs * (0.5 + random() / 2), signal);
          delayMs = Math.min(2 * delayMs, APPEND_RETRY_MAX_MS);
        } else if (repairs === 2) {
          throw error;
        } else {
          batch = this.#repaired(events, repairs++);
        }
      }
    }
  }

  /** What does not hold by itself as `unknown`; where that does not help, all of it. */
  #repaired(events: NewEvent[], repairs: number): NewEvent[] {
    const { uin, clock } = this.#options;
    const at = clock.now();
    return repairs === 0
      ? salvage(events, uin, at)
      : events.map((event) => rawOf(event, uin, at));
  }
}
