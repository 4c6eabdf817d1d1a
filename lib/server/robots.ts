/** Accounts that code inside the server answers for. @module */

import { encodedBytes, type MailItem } from "../protocol/mailbox.ts";
import type { Batch } from "./store/batches.ts";
import type { Store } from "./store/store.ts";

/**
 * Returns the answer to a message.
 *
 * @param from Whose message.
 * @param text What it says.
 * @returns What to answer, if anything.
 * @category Server
 */
export type Robot = (from: string, text: string) => string | undefined;

/** The robots by number. */
export class Robots {
  #byUin: Map<string, Robot>;
  #onError: (error: unknown) => void;

  constructor(
    robots: Readonly<Record<string, Robot>>,
    onError: (error: unknown) => void,
  ) {
    this.#byUin = new Map(Object.entries(robots));
    this.#onError = onError;
  }

  /** Whether a number is a robot's. */
  has(uin: string): boolean {
    return this.#byUin.has(uin);
  }

  /** Gives a number to a robot. */
  set(uin: string, robot: Robot): void {
    this.#byUin.set(uin, robot);
  }

  /** Takes a number from its robot. */
  delete(uin: string): void {
    this.#byUin.delete(uin);
  }

  /**
   * Hands a message to a robot and its answer to the sender, inside the
   * transaction of the message. A robot that throws says nothing, nor does one
   * whose answer no mailbox takes.
   */
  tell(
    store: Store,
    batch: Batch,
    robot: string,
    from: string,
    text: string,
    mostBytes: number,
  ): void {
    let answer: string | undefined;
    try {
      answer = this.#byUin.get(robot)?.(from, text);
    } catch (error) {
      this.#onError(error);
    }
    if (answer === undefined) return;
    const item: MailItem = {
      type: store.hasFriend(from, robot) ? "message" : "stranger_message",
      from: robot,
      text: answer,
    };
    const bytes = encodedBytes(item);
    if (bytes <= mostBytes) return batch.deliver(from, item);
    this.#onError(
      new RangeError(
        `Cannot deliver a robot's answer: it must have at most ${mostBytes} bytes in a reply, got ${bytes}`,
      ),
    );
  }
}
