/** GetMsgEx requests that wait for mail. @module */

import { withResolvers } from "../../with_resolvers.ts";
import type { Clock } from "../../clock.ts";
import type { MailItem } from "../../protocol/mailbox.ts";

/** How a wait ended. */
export type PollEnd =
  | { type: "mail"; items: MailItem[] }
  /** Nothing came, or another poll took its place. */
  | { type: "empty" }
  /** The key was followed by another. */
  | { type: "followed" }
  /** The session of the client ended. */
  | { type: "not_logged_in" }
  /** The client went away. */
  | { type: "gone" };

/** Whose mail is read, and what the reply has room for. */
export interface MailReader {
  /** QQ number of the mailbox. */
  readonly uin: string;
  /** Idempotency-Key header; null if absent. */
  readonly key: string | null;
  /** Size of the reply's body without its items and without their number, in bytes. */
  readonly headBytes: number;
}

/** A poll that waits. */
export interface Poll extends MailReader {
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
  /** Settles when the wait ends. */
  readonly ended: Promise<PollEnd>;
  /** Ends the wait; harmless afterwards. */
  end(how: PollEnd): void;
}

/** The place of the poll of one number. */
interface Place {
  poll: Poll | undefined;
}

/** The polls that wait, at most one a number. */
export class Polls {
  /**
   * A place stays when its poll ends: a map that gains and loses an entry with
   * each message makes V8 keep what it held until a full collection.
   */
  readonly #places = new Map<string, Place>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts a wait; one that was there ends, empty. */
  wait(reader: MailReader, waitMs: number, signal: AbortSignal): Poll {
    const { uin } = reader;
    this.end(uin, { type: "empty" });
    const place = this.#placeOf(uin);
    const { promise: ended, resolve } = withResolvers<PollEnd>();
    const gone = () => poll.end({ type: "gone" });
    const poll: Poll = {
      ...reader,
      signal,
      ended,
      end: (how) => {
        cancel();
        signal.removeEventListener("abort", gone);
        if (place.poll === poll) place.poll = undefined;
        resolve(how);
      },
    };
    const cancel = this.#clock.after(
      waitMs,
      () => poll.end({ type: "empty" }),
    );
    place.poll = poll;
    signal.addEventListener("abort", gone, { once: true });
    return poll;
  }

  /** The poll of a number whose client is still there. */
  get(uin: string): Poll | undefined {
    const poll = this.#places.get(uin)?.poll;
    return poll?.signal.aborted ? undefined : poll;
  }

  /** Ends the wait of a number. */
  end(uin: string, how: PollEnd): void {
    this.#places.get(uin)?.poll?.end(how);
  }

  /** Forgets a number, whose poll ends. */
  delete(uin: string): void {
    this.end(uin, { type: "not_logged_in" });
    this.#places.delete(uin);
  }

  /**
   * Ends all polls that wait, without an answer: so a client sees that the
   * server stops, and asks the next one again.
   */
  close(): void {
    for (const { poll } of this.#places.values()) poll?.end({ type: "gone" });
    this.#places.clear();
  }

  #placeOf(uin: string): Place {
    const known = this.#places.get(uin);
    if (known !== undefined) return known;
    const place = { poll: undefined };
    this.#places.set(uin, place);
    return place;
  }
}
