/** One account's part of the journal: what is appended there is tried until it holds. @module */

import { doubledMs, jitteredMs } from "../../lib/backoff.ts";
import { type Clock, sleep } from "../../lib/clock.ts";
import type { Batch, Journal, JournalledPoll } from "../journal/journal.ts";
import type { NewEvent, StoredEvent } from "../journal/event.ts";
import {
  formatPollKey,
  parsePollKey,
  type PollKey,
  type PollKeys,
} from "./poll_key.ts";
import { isTransient, salvage, toUnknownEvent } from "./salvage.ts";

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
  /** Where the next key is kept for the time when the journal is lost; nowhere if absent. */
  readonly pollKeys?: PollKeys | undefined;
  /** Is told why the journal fails. */
  onError(error: unknown): void;
}

/** Between two tries of an append that failed, at first and at most: with jitter, for all accounts wait at once. */
const APPEND_RETRY_MS = 1000;
const APPEND_RETRY_MAX_MS = 5000;

/** See the module. */
export class AccountJournal {
  readonly #options: AccountJournalOptions;
  #asked: { key?: string; number: number } | undefined;
  /** The key that was kept last. */
  #keptKey: string | undefined;
  /** Whether the first poll of this journal is to carry no key, or such a one was answered. */
  #unkeyed: "due" | "answered" | undefined;

  constructor(options: AccountJournalOptions) {
    this.#options = options;
  }

  /**
   * The key of the next poll: of the one that follows those that the journal
   * holds, so that after a crash the one that was in flight is asked again. Of a
   * journal that was made anew or restored, it is the key that the former one
   * would have used. Undefined if that is not known, or was refused: a poll
   * without a key is also given what the server has marked under any key.
   */
  nextPollKey(): string | undefined {
    const { journal, uin } = this.#options;
    const { epoch } = journal;
    const number = journal.polls(uin) + 1;
    const isFirst = journal.pollEpoch(uin) !== epoch;
    const former = isFirst ? this.#formerKey(number) : undefined;
    // The first journal of all follows none that may have been handed mail.
    const isUnknown = former === undefined &&
      (journal.start > 0 || journal.lost.length > 0);
    const isUnkeyed = isFirst && this.#unkeyed !== "answered" &&
      (isUnknown || this.#unkeyed === "due");
    if (isUnkeyed) {
      this.#unkeyed = "due";
      this.#asked = { number };
      return undefined;
    }
    const isFormer = former !== undefined && this.#unkeyed === undefined;
    const next = isFormer ? former : { epoch, number };
    const key = formatPollKey(uin, next);
    this.#asked = { key, number: Math.max(number, next.number) };
    return key;
  }

  /** What the first poll of a journal asks with, if it is not the account's first at all. */
  #formerKey(number: number): PollKey | undefined {
    const { journal, uin, pollKeys } = this.#options;
    const own = journal.pollEpoch(uin);
    const text = pollKeys?.get(uin);
    const kept = text === undefined ? undefined : parsePollKey(uin, text);
    if (own === undefined) return kept;
    const next = { epoch: own, number };
    if (kept === undefined) return next;
    if (kept.epoch === own) return kept.number > number ? kept : next;
    // An epoch that this journal knows is older than its own last poll.
    const isOlder = kept.epoch === journal.epoch ||
      journal.lost.some(({ epoch }) => epoch === kept.epoch);
    return isOlder ? next : kept;
  }

  /** A poll was answered, with so many items. */
  answered(items: number): void {
    const isUnkeyed = this.#asked !== undefined &&
      this.#asked.key === undefined;
    if (!isUnkeyed || this.#unkeyed === "answered") return;
    this.#unkeyed = "answered";
    // So that a later start has a key: nothing is marked under another one now.
    if (items > 0) return;
    this.append([], undefined, { number: 0, repeats: undefined }).catch(
      () => {},
    );
  }

  /**
   * The number of the poll that was asked last. It may be another than that of
   * the next poll by now, because another holder of the account may have
   * journalled one meanwhile.
   */
  get askedPoll(): number {
    const { journal, uin } = this.#options;
    return this.#asked?.number ?? journal.polls(uin) + 1;
  }

  /**
   * The server says that the key of the poll was followed by another. The number
   * is used up, durably; the first poll of a journal goes on without a key.
   */
  async skipPoll(): Promise<void> {
    const { journal, uin } = this.#options;
    if (
      journal.pollEpoch(uin) !== journal.epoch && this.#unkeyed === undefined
    ) {
      this.#unkeyed = "due";
      return;
    }
    await this.append([], undefined, {
      number: this.askedPoll,
      repeats: true,
    });
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
    for (let batch = events, repairs = 0, failures = 0;;) {
      try {
        return await journal.append({ events: batch, ...rest });
      } catch (error) {
        // Once, not with each try: thousands of accounts may wait for one disk.
        if (told !== String(error)) {
          told = String(error);
          this.#options.onError(error);
        }
        if (!isTransient(error)) {
          if (poll !== undefined) this.#keepKey();
          const delayMs = doubledMs(
            APPEND_RETRY_MS,
            APPEND_RETRY_MAX_MS,
            failures++,
          );
          await sleep(clock, jitteredMs(delayMs, random()), signal);
        } else if (repairs === 2) {
          throw error;
        } else {
          batch = this.#repaired(events, repairs++);
        }
      }
    }
  }

  /**
   * Keeps the key of a poll whose mail cannot be journalled: if the journal is
   * lost, the next one asks with it, and is given that mail again.
   */
  #keepKey(): void {
    const { uin, pollKeys, onError: failed } = this.#options;
    const key = this.#asked?.key;
    if (pollKeys === undefined || key === undefined || this.#keptKey === key) {
      return;
    }
    this.#keptKey = key;
    try {
      pollKeys.put(uin, key);
    } catch (error) {
      failed(error);
    }
  }

  /** What does not hold by itself as `unknown`; where that does not help, all of it. */
  #repaired(events: NewEvent[], repairs: number): NewEvent[] {
    const { uin, clock } = this.#options;
    const at = clock.now();
    return repairs === 0
      ? salvage(events, uin, at)
      : events.map((event) => toUnknownEvent(event, uin, at));
  }
}
