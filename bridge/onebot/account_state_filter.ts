/** Which changes of an account's state are news to a reader. No I/O. @module */

import type { EventFrame } from "../../mod.ts";

/**
 * See the module. Who is told that an account is online says hello to its
 * friends: a pause that the server wanted is no absence, and its end no return.
 */
export class AccountStateFilter {
  #isOnline: boolean | undefined;

  /** @param isOnline Whether the account is online where the reader begins; undefined where that is not known. */
  constructor(isOnline?: boolean) {
    this.#isOnline = isOnline;
  }

  /** Takes the reader's next event; whether it is news. */
  accepts(frame: EventFrame): boolean {
    if (frame.event !== "account.state") return true;
    const was = this.#isOnline;
    switch (frame.data.state) {
      case "online":
        this.#isOnline = true;
        return was !== true;
      case "penalised":
        this.#isOnline = true;
        return true;
      case "connecting":
        return true;
      case "offline":
      case "refused":
      case "replaced":
        this.#isOnline = false;
        return true;
    }
  }
}
