/** Reading events as a grant allows. @module */

import type { Subscription } from "../../mod.ts";
import type { Grant } from "../access/grant.ts";
import { CommandError } from "../errors/command_error.ts";
import type {
  Journal,
  JournalRange,
  ReadOptions,
  ReadResult,
} from "../journal/journal.ts";
import type { Cursor, Filter, Sink } from "./cursor.ts";
import type { Hub } from "./hub.ts";
import { assertReads, filterOf } from "./subscription.ts";

/**
 * Reads the journal and the hub for one grant. Endpoints have no other way to
 * events, so that none of them can forget a check.
 */
export class EventReader {
  readonly #hub: Hub;
  readonly #journal: Pick<Journal, "read">;
  readonly #grant: Grant;
  readonly #onRefusal: (error: CommandError) => void;

  /**
   * @param onRefusal Called for each scope or account that the grant does not allow.
   * @throws {CommandError} `forbidden` if the grant does not have the scope read.
   */
  constructor(
    hub: Hub,
    grant: Grant,
    onRefusal: (error: CommandError) => void = () => {},
  ) {
    this.#onRefusal = onRefusal;
    this.#reporting(() => assertReads(grant));
    this.#hub = hub;
    this.#journal = hub.journal;
    this.#grant = grant;
  }

  /** Epoch and positions of what has been published. */
  get range(): JournalRange {
    return this.#hub.range;
  }

  /**
   * Returns the filter of a subscription.
   *
   * @throws {CommandError} `unknown_account` if the grant does not reach an account.
   */
  filter(subscription: Subscription): Filter {
    return this.#reporting(() =>
      filterOf(this.#hub, this.#grant, subscription)
    );
  }

  /**
   * Opens a cursor, which sends at once what follows a position.
   *
   * @throws {RangeError} If the filter lets events of other accounts pass.
   */
  open(sink: Sink, filter: Filter, after: number): Cursor {
    this.#assertWithin(filter.accounts);
    return this.#hub.open(sink, filter, after);
  }

  /**
   * Returns matching events after a position.
   *
   * @throws {RangeError} If it would return events of other accounts.
   */
  read(after: number, options: ReadOptions): ReadResult {
    this.#assertWithin(options.accounts ?? "all");
    return this.#journal.read(after, options);
  }

  #reporting<T>(check: () => T): T {
    try {
      return check();
    } catch (error) {
      if (error instanceof CommandError) this.#onRefusal(error);
      throw error;
    }
  }

  #assertWithin(accounts: "all" | Iterable<string>): void {
    const reached = this.#grant.accounts;
    if (reached === "all") return;
    const outside = accounts === "all"
      ? "all"
      : [...accounts].find((account) => !reached.has(account));
    if (outside === undefined) return;
    throw new RangeError(
      `Cannot read events: the accounts must be within the grant, got ${outside}`,
    );
  }
}
