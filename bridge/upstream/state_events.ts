/** Journals the state changes of an account. @module */

import type { NewEvent } from "../journal/event.ts";
import type { AccountJournal } from "./account_journal.ts";
import type { UpstreamState } from "./upstream_state.ts";

/** Maximum number of state changes that wait while the journal fails; the oldest are dropped. */
const MAX_WAITING_STATES = 100;

/** Appends one event for each state change, in order. */
export class StateEvents {
  readonly #uin: string;
  readonly #journal: AccountJournal;
  readonly #waiting: UpstreamState[] = [];
  #appending: Promise<void> | undefined;

  constructor(uin: string, journal: AccountJournal) {
    this.#uin = uin;
    this.#journal = journal;
  }

  push(state: UpstreamState): void {
    if (this.#waiting.length === MAX_WAITING_STATES) this.#waiting.shift();
    this.#waiting.push(state);
    this.#appending ??= this.#append().finally(() =>
      this.#appending = undefined
    );
  }

  /** Resolves when no change waits any more. */
  async settled(): Promise<void> {
    await this.#appending;
  }

  async #append(): Promise<void> {
    for (let next; (next = this.#waiting.shift()) !== undefined;) {
      const { since, ...state } = next;
      const event: NewEvent = {
        account: this.#uin,
        at: since,
        event: "account.state",
        data: { ...state, since: new Date(since).toISOString() },
      };
      await this.#journal.append([event]).catch(() => {});
    }
  }
}
