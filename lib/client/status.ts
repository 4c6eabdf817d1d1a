/** What is known about a session, as it changes. @module */

import type { ClientErrorCode } from "./errors.ts";

/**
 * Where a client stands with its server.
 *
 * @category QQ client
 */
export type ClientStatus =
  | {
    /** Not logged in, or the server does not answer. */
    type: "offline";
    /** Cause, in words for people. */
    reason: string;
    /** The error, where it was one. */
    code?: ClientErrorCode;
    /** When `mail()` tries again, in milliseconds since 1970. */
    retryAt?: number;
  }
  | {
    /** A login is under way. */
    type: "connecting";
  }
  | {
    /** Logged in, and the last poll, if any, was answered. */
    type: "online";
    /** Since when, in milliseconds since 1970. */
    since: number;
  }
  | {
    /** RES=3: the server wants a pause. */
    type: "penalised";
    /** When `mail()` goes on, in milliseconds since 1970. */
    untilAt: number;
  }
  | {
    /** Password or number are not accepted. Nothing goes on until they change. */
    type: "refused";
    /** Reason of the server, in words for people. */
    reason: string;
  }
  | {
    /**
     * RES=20 though logged in: somebody logged in elsewhere, or the session
     * lapsed. Or another reader has the mailbox.
     */
    type: "replaced";
    /** True if another program that reads mail as this one does has the account. */
    overtaken?: true;
    /**
     * True if the server says that the other session is open. `mail()` then logs
     * in only once it has ended, and asks at `retryAt` whether it has.
     */
    waitsForEnd?: true;
    /** When `mail()` logs in again, in milliseconds since 1970. */
    retryAt?: number;
  };

/** Most changes kept for a reader of the status that is slow; beyond, the oldest go. */
const STATUS_CHANGES = 64;

interface Reader {
  pending: ClientStatus[];
  wake: (() => void) | undefined;
}

/** The current status and its readers. */
export class StatusFeed {
  #current: ClientStatus = { type: "offline", reason: "not logged in" };
  #ended = false;
  readonly #readers = new Set<Reader>();
  readonly #onStatus: ((status: ClientStatus) => void) | undefined;

  constructor(onStatus?: (status: ClientStatus) => void) {
    this.#onStatus = onStatus;
  }

  get current(): ClientStatus {
    return this.#current;
  }

  set(status: ClientStatus): void {
    if (this.#ended || sameStatus(status, this.#current)) return;
    this.#current = status;
    for (const reader of this.#readers) {
      if (reader.pending.length === STATUS_CHANGES) reader.pending.shift();
      reader.pending.push(status);
      reader.wake?.();
    }
    this.#onStatus?.(status);
  }

  end(): void {
    this.#ended = true;
    for (const reader of this.#readers) reader.wake?.();
  }

  async *read(): AsyncGenerator<ClientStatus, void, undefined> {
    const reader: Reader = { pending: [this.#current], wake: undefined };
    this.#readers.add(reader);
    try {
      for (;;) {
        const status = reader.pending.shift();
        if (status !== undefined) yield status;
        else if (this.#ended) return;
        else {
          await new Promise<void>((resolve) => reader.wake = resolve);
          reader.wake = undefined;
        }
      }
    } finally {
      this.#readers.delete(reader);
    }
  }
}

function sameStatus(one: ClientStatus, other: ClientStatus): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
