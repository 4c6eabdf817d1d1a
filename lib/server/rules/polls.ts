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

/** The polls that wait, at most one a number. */
export class Polls {
  #byUin = new Map<string, Poll>();
  #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts a wait; one that was there ends, empty. */
  wait(reader: MailReader, waitMs: number, signal: AbortSignal): Poll {
    const { uin } = reader;
    this.end(uin, { type: "empty" });
    const { promise: ended, resolve } = withResolvers<PollEnd>();
    const gone = () => poll.end({ type: "gone" });
    const poll: Poll = {
      ...reader,
      signal,
      ended,
      end: (how) => {
        cancel();
        signal.removeEventListener("abort", gone);
        if (this.#byUin.get(uin) === poll) this.#byUin.delete(uin);
        resolve(how);
      },
    };
    const cancel = this.#clock.after(
      waitMs,
      () => poll.end({ type: "empty" }),
    );
    this.#byUin.set(uin, poll);
    signal.addEventListener("abort", gone, { once: true });
    return poll;
  }

  /** The poll of a number whose client is still there. */
  get(uin: string): Poll | undefined {
    const poll = this.#byUin.get(uin);
    return poll?.signal.aborted ? undefined : poll;
  }

  /** Ends the wait of a number. */
  end(uin: string, how: PollEnd): void {
    this.#byUin.get(uin)?.end(how);
  }

  /**
   * Ends all polls that wait, without an answer: so a client sees that the
   * server stops, and asks the next one again.
   */
  close(): void {
    for (const poll of [...this.#byUin.values()]) poll.end({ type: "gone" });
  }
}
