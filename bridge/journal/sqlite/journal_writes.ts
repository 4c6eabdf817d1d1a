/** What a journal writes: each change as a part of a transaction. @module */

import { type Draft, eventAt } from "../draft.ts";
import type { StoredEvent } from "../event.ts";
import type { IdempotencyRecord, JournalledPoll } from "../journal.ts";
import { MAX_TRIMMED_ROWS } from "../limits.ts";
import type { ConsumerRows } from "./consumer_rows.ts";
import type { EventRows } from "./event_rows.ts";
import type { Prepared, Write } from "./group_commit.ts";
import type { KeyedRows } from "./idempotency_rows.ts";
import type { PollRows } from "./state_rows.ts";
import type { UsageRows } from "./usage_rows.ts";

/** The tables that the writes change, and the counters of their journal. */
export interface WriteTarget {
  readonly events: EventRows;
  readonly polls: PollRows;
  readonly usage: UsageRows;
  readonly keyed: KeyedRows;
  readonly consumers: ConsumerRows;
  /** Called when so many events are durable. */
  advance(count: number): void;
  /** Position of the oldest event. */
  oldest(): number;
}

/** An outcome that is written with its events. */
export interface WrittenOutcome {
  readonly account: string;
  readonly key: string;
  /** Returns it as JSON text. @param seq Position of the batch's first event, if it has one. */
  toText(seq: number | undefined): string;
}

/** Result of a batch that repeats what is stored. */
const DROPPED: Prepared<StoredEvent[]> = {
  events: [],
  store: () => {},
  done: () => [],
};

/** Makes the writes of a journal. `now` is the time in milliseconds since 1970. */
export class JournalWrites {
  readonly #target: WriteTarget;

  constructor(target: WriteTarget) {
    this.#target = target;
  }

  /** Appends events, with their poll and outcome. A batch that repeats what is stored returns no events. */
  append(
    drafts: readonly Draft[],
    poll?: JournalledPoll,
    outcome?: WrittenOutcome,
  ): Write<StoredEvent[]> {
    const { events: rows, polls, usage, keyed } = this.#target;
    const prepare = (head: number): Prepared<StoredEvent[]> => {
      const first = drafts.length === 0 ? undefined : head + 1;
      const ended = outcome?.toText(first);
      const held = poll && polls.prepare(poll);
      if (poll !== undefined && held === undefined) return DROPPED;
      const events = drafts.map((draft, index) =>
        eventAt(head + 1 + index, draft)
      );
      return {
        events,
        store: () => {
          for (const [index, draft] of drafts.entries()) {
            rows.insert(events[index]!.seq, draft);
          }
          if (poll) polls.put(poll.account, held!);
          if (outcome) keyed.finish(outcome.account, outcome.key, ended!);
        },
        done: () => {
          this.#target.advance(events.length);
          for (const { account, bytes } of drafts) usage.add(account, bytes);
          if (poll) polls.stored(poll.account, held!);
          return events;
        },
      };
    };
    const size = drafts.length + Number(poll !== undefined) +
      Number(outcome !== undefined);
    return { rows: size, prepare };
  }

  /** Writes a keyed command that begins. @param outcome As JSON text; null if it is not known. */
  start(
    account: string,
    key: string,
    command: Omit<IdempotencyRecord, "outcome">,
    outcome: string | null,
    now: () => number,
  ): Write<void> {
    const { keyed } = this.#target;
    return {
      rows: 1,
      prepare: () => {
        const at = now();
        keyed.assertRoom(account, key, at);
        return {
          events: [],
          store: () => keyed.put(account, key, command, outcome, at),
          done: () => {},
        };
      },
    };
  }

  /** Moves a position forward. */
  setPosition(
    consumer: string,
    seq: number,
    now: () => number,
  ): Write<void> {
    const { consumers } = this.#target;
    return this.#position(consumer, {
      store: () => consumers.put(consumer, seq, now()),
      done: () => consumers.stored(consumer, seq, now()),
    });
  }

  /** Moves a position, also back. */
  resetPosition(
    consumer: string,
    seq: number,
    now: () => number,
  ): Write<void> {
    const { consumers } = this.#target;
    return this.#position(consumer, {
      store: () => consumers.reset(consumer, seq, now()),
      done: () => consumers.wasReset(consumer, seq, now()),
    });
  }

  /** Stores when clients of consumers were connected. */
  see(names: readonly string[], at: number): Write<void> {
    const { consumers } = this.#target;
    return {
      rows: names.length,
      prepare: () => ({
        events: [],
        store: () => consumers.see(names, at),
        done: () => consumers.seen(names, at),
      }),
    };
  }

  dropPosition(consumer: string): Write<void> {
    const { consumers } = this.#target;
    return {
      rows: 1,
      prepare: () => ({
        events: [],
        store: () => consumers.drop(consumer),
        done: () => consumers.dropped(consumer),
      }),
    };
  }

  /** Deletes the polls of a removed account and some of its keyed commands. Returns whether there may be more. */
  forget(account: string): Write<boolean> {
    const { keyed, polls, usage, oldest } = this.#target;
    let more = true;
    const prepared: Prepared<boolean> = {
      events: [],
      store: () => {
        more = keyed.forget(account, MAX_TRIMMED_ROWS);
        polls.forget(account);
      },
      done: () => {
        polls.forgotten(account);
        usage.forget(account, oldest());
        return more;
      },
    };
    return { rows: 1, prepare: () => prepared };
  }

  /** Writes one position, if the consumer has one or may get one. */
  #position(
    consumer: string,
    change: Pick<Prepared<void>, "store" | "done">,
  ): Write<void> {
    return {
      rows: 1,
      prepare: () => {
        this.#target.consumers.assertRoom(consumer);
        return { events: [], ...change };
      },
    };
  }
}
