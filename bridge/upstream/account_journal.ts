/** One account's appends to the journal, repeated while it fails. @module */

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
import { isTransient, salvage, toUnknownEvents } from "./salvage.ts";

/** Options of an {@linkcode AccountJournal}. */
export interface AccountJournalOptions {
  readonly uin: string;
  /** Journal of all accounts. */
  readonly journal: Journal;
  readonly clock: Clock;
  /** Returns random numbers in [0, 1). */
  readonly random: () => number;
  /** Its signal ends the waits while the journal fails. */
  readonly closing: { readonly signal: AbortSignal };
  /** Stores the key of the next poll, in case the journal is lost; absent: it is not stored. */
  readonly pollKeys?: PollKeys | undefined;
  /** Called when the journal fails for a new reason. */
  onError(error: unknown): void;
}

/** First and longest wait before a failed append is repeated. With jitter, because all accounts wait at once. */
const APPEND_RETRY_MS = 1000;
const APPEND_RETRY_MAX_MS = 5000;

/** Appends events of one account, and chooses the keys of its polls. */
export class AccountJournal {
  readonly #options: AccountJournalOptions;
  #asked: { key?: string; number: number } | undefined;
  /** The key that was stored last. */
  #keptKey: string | undefined;
  /** `due` if the first poll of this journal must carry no key; `answered` once such a poll was. */
  #unkeyed: "due" | "answered" | undefined;

  constructor(options: AccountJournalOptions) {
    this.#options = options;
  }

  /**
   * The key of the next poll. It follows the last poll in the journal, so that
   * after a crash the poll that was in flight is repeated. If the journal is new
   * or restored, it is the key that the former journal would have used.
   * Undefined if that is unknown or was refused: a poll without a key also gets
   * the mail that the server has marked under any key.
   */
  nextPollKey(): string | undefined {
    const { journal, uin } = this.#options;
    const { epoch } = journal;
    const number = journal.polls(uin) + 1;
    const isFirst = journal.pollEpoch(uin) !== epoch;
    const former = isFirst ? this.#formerKey(number) : undefined;
    // The first journal of a data folder follows none that received mail.
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

  /** The key of the first poll of a journal, if the account was polled before. */
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

  /** Must be called when a poll was answered, with its number of items. */
  answered(items: number): void {
    const isUnkeyed = this.#asked !== undefined &&
      this.#asked.key === undefined;
    if (!isUnkeyed || this.#unkeyed === "answered") return;
    this.#unkeyed = "answered";
    // A later start then has a key, because no mail is marked under another one now.
    if (items > 0) return;
    this.append([], undefined, { number: 0, repeats: undefined }).catch(
      () => {},
    );
  }

  /**
   * Number of the last poll that was sent. The next poll's number can differ,
   * because another holder of the account may have journalled a poll meanwhile.
   */
  get askedPoll(): number {
    const { journal, uin } = this.#options;
    return this.#asked?.number ?? journal.polls(uin) + 1;
  }

  /**
   * Must be called when the server reports that the poll's key was followed by
   * another one. The number is used up, durably; the first poll of a journal is
   * repeated without a key.
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
   * Appends events of the account, and repeats that while the journal fails. An
   * event that the journal rejects is replaced by an `unknown` one. Rejects if
   * that is rejected too, and when the account is closed.
   */
  async append(
    events: NewEvent[],
    outcome?: Omit<NonNullable<Batch["outcome"]>, "account">,
    poll?: Omit<JournalledPoll, "account">,
  ): Promise<StoredEvent[]> {
    const { uin, journal, clock, random, closing } = this.#options;
    const rest: Omit<Batch, "events"> = {
      ...(outcome === undefined
        ? {}
        : { outcome: { account: uin, ...outcome } }),
      ...(poll === undefined ? {} : { poll: { account: uin, ...poll } }),
    };
    let reported: string | undefined;
    for (let batch = events, repairs = 0, failures = 0;;) {
      try {
        return await journal.append({ events: batch, ...rest });
      } catch (error) {
        // Once and not for each try, because thousands of accounts may wait for one disk.
        if (reported !== String(error)) {
          reported = String(error);
          this.#options.onError(error);
        }
        if (!isTransient(error)) {
          if (poll !== undefined) this.#keepKey();
          const delayMs = doubledMs(
            APPEND_RETRY_MS,
            APPEND_RETRY_MAX_MS,
            failures++,
          );
          await sleep(
            clock,
            jitteredMs(delayMs, random()),
            closing.signal,
          );
        } else if (repairs === 2) {
          throw error;
        } else {
          batch = this.#repaired(events, repairs++);
        }
      }
    }
  }

  /**
   * Stores the key of a poll whose mail cannot be journalled. If the journal is
   * lost, the next one polls with that key and gets the mail again.
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

  /** Replaces the rejected events by `unknown` ones; at the second try, all of them. */
  #repaired(events: NewEvent[], repairs: number): NewEvent[] {
    const { uin, clock, journal: { maxEventBytes } } = this.#options;
    const at = clock.now();
    return repairs === 0
      ? salvage(events, uin, at, maxEventBytes)
      : events.flatMap((event) =>
        toUnknownEvents(event, uin, at, maxEventBytes)
      );
  }
}
