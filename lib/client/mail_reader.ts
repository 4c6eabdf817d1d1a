/** Who reads a mailbox: one at a time, and what was left unread. @module */

import type { MailItem } from "../protocol/mailbox.ts";
import type { RequestOptions } from "./exchange.ts";
import {
  type MailBatch,
  type MailOptions,
  type MailPort,
  type PollAnswer,
  readMail,
} from "./mail.ts";
import { linkSignals } from "../signals.ts";

/** How one poll is made. */
export interface FetchMailOptions extends RequestOptions {
  /**
   * How long the server may hold its answer while there is no mail, in
   * seconds.
   *
   * @default {0}
   */
  waitSeconds?: number;
}

/** The part of a client that reading mail needs. */
export interface MailSource extends MailPort {
  readonly uin: string;
  poll(
    request: RequestOptions & { waitSeconds: number; isUnkeyed?: boolean },
  ): Promise<PollAnswer>;
}

/** Reads the mailbox of a client, one caller at a time. */
export class MailReader {
  readonly #source: MailSource;
  /** Ends the reading; undefined while nobody reads. */
  #reading: AbortController | undefined;
  /** What a loop over items was left with. */
  #unread: MailBatch | undefined;
  #closed = false;

  constructor(source: MailSource) {
    this.#source = source;
  }

  /** Reads once, without going on after an error. */
  async once(options: FetchMailOptions): Promise<MailItem[]> {
    const reading = this.#begin();
    const linked = linkSignals(options.signal, reading.signal);
    try {
      const left = this.#takeUnread();
      if (left !== undefined) return left.items;
      const { items } = await this.#source.poll({
        waitSeconds: 0,
        ...options,
        signal: linked.signal,
      });
      return items;
    } finally {
      linked.unlink();
      this.#reading = undefined;
    }
  }

  /** The mail, item by item; what is not taken of a batch is kept for the next reading. */
  async *items(
    options: MailOptions,
  ): AsyncGenerator<MailItem, void, undefined> {
    for await (const { items, key } of this.batches(options)) {
      let given = 0;
      try {
        while (given < items.length && !options.signal?.aborted) {
          yield items[given++]!;
        }
      } finally {
        if (given < items.length) {
          this.#unread = { key, items: items.slice(given) };
        }
      }
    }
  }

  /** The mail, poll by poll. */
  async *batches(
    options: MailOptions,
  ): AsyncGenerator<MailBatch, void, undefined> {
    const reading = this.#begin();
    try {
      const left = this.#takeUnread();
      if (left !== undefined) yield left;
      yield* readMail(this.#source, options, reading.signal);
    } finally {
      this.#reading = undefined;
    }
  }

  /** Ends the reading that is under way. */
  stop(): void {
    this.#reading?.abort();
  }

  /** Ends it, and refuses another. */
  close(): void {
    this.#closed = true;
    this.stop();
  }

  #begin(): AbortController {
    const { uin } = this.#source;
    if (this.#closed) {
      throw new DOMException(
        `Cannot read the mail of ${uin}: the client was disposed`,
        "InvalidStateError",
      );
    }
    if (this.#reading !== undefined) {
      throw new DOMException(
        `Cannot read the mail of ${uin}: another mail(), mailBatches() or fetchMail() reads it`,
        "InvalidStateError",
      );
    }
    this.#reading = new AbortController();
    return this.#reading;
  }

  #takeUnread(): MailBatch | undefined {
    const left = this.#unread;
    this.#unread = undefined;
    return left;
  }
}
