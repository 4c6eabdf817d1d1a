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
import { LinkedSignal } from "../signals.ts";

/**
 * How one poll is made.
 *
 * @category QQ client
 */
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
    request: RequestOptions & {
      waitSeconds: number;
      isUnkeyed?: boolean;
      until: LinkedSignal;
    },
  ): Promise<PollAnswer>;
}

/** Reads the mailbox of a client, one caller at a time. */
export class MailReader {
  readonly #source: MailSource;
  /** Ends the reading; undefined while nobody reads. */
  #reading: LinkedSignal | undefined;
  /** What a loop over items was left with. */
  #unread: MailBatch | undefined;
  #closed = false;

  constructor(source: MailSource) {
    this.#source = source;
  }

  /** Reads once, without going on after an error. */
  async once(
    { signal, ...options }: FetchMailOptions,
  ): Promise<MailItem[]> {
    const reading = this.#begin(signal);
    try {
      const left = this.#takeUnread();
      if (left !== undefined) return left.items;
      const { items } = await this.#source.poll({
        waitSeconds: 0,
        ...options,
        until: reading,
      });
      return items;
    } finally {
      this.#end(reading);
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
  batches(
    options: MailOptions,
  ): AsyncGenerator<MailBatch, void, undefined> {
    return readMail(this.#source, options, {
      begin: () => this.#begin(options.signal),
      takeUnread: () => this.#takeUnread(),
      end: (reading) => this.#end(reading),
    });
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

  #begin(signal: AbortSignal | undefined): LinkedSignal {
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
    this.#reading = new LinkedSignal(signal);
    return this.#reading;
  }

  #end(reading: LinkedSignal): void {
    reading.unlink();
    this.#reading = undefined;
  }

  #takeUnread(): MailBatch | undefined {
    const left = this.#unread;
    this.#unread = undefined;
    return left;
  }
}
