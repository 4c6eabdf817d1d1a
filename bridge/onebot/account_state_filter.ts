/** Drops changes of an account's state that bots must not see. No I/O. @module */

import type { EventFrame } from "../../mod.ts";

/**
 * Drops state changes that bots must not see. Bots greet their friends on
 * `bot_online`, so a rate penalty must not be reported as offline and its end as
 * online.
 */
export class AccountStateFilter {
  #isOnline: boolean | undefined;

  /** @param isOnline Whether the account is online at the start position; `undefined` if unknown. */
  constructor(isOnline?: boolean) {
    this.#isOnline = isOnline;
  }

  /** Handles the reader's next event, and returns whether the reader gets it. */
  accepts(frame: EventFrame): boolean {
    if (frame.event === "account.removed") this.#isOnline = false;
    if (frame.event !== "account.state") return true;
    const wasOnline = this.#isOnline;
    switch (frame.data.state) {
      case "online":
        this.#isOnline = true;
        return wasOnline !== true;
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
