/** What workers of all kinds of targets share. @module */

import { doubledMs } from "../../../lib/backoff.ts";
import { type Clock, sleep } from "../../../lib/clock.ts";
import { type Scope, SCOPES } from "../../../mod.ts";
import type { Grant } from "../../access/grant.ts";
import type { JournalState } from "../../journal/journal.ts";
import type { DeliveryError, LineStatus } from "../../targets/line_status.ts";
import { shownUrl } from "../../targets/target.ts";
import type { Target, TargetService } from "../../targets/target_service.ts";

/** A target, and one of the accounts that it serves. */
export interface OutboundLine {
  readonly target: Target;
  readonly account: string;
  /** Name under which the position is stored. */
  readonly consumer: string;
  readonly status: LineStatus;
}

/** Something that happened at a target, for the log. */
export interface DeliveryNotice {
  readonly account: string;
  /** The address, without what may be secret in it. */
  readonly url: string;
  readonly what: string;
  readonly reason?: string;
  /** Whether somebody has to act, or something was lost. */
  readonly isWarning?: boolean;
}

/** What the workers of a kind are made of. */
export interface OutboundOptions {
  readonly targets: TargetService;
  /** Called when the state of a target changes, and on errors of it. */
  onNotice?(notice: DeliveryNotice): void;
}

/** How long a target waits before it reads again after the journal could not be read, in milliseconds. */
export const READ_AGAIN_MS = 60_000;

/** How often the same failure of a target is reported, in milliseconds. */
const REPORT_MS = 3_600_000;

/** Decides when a failure that repeats is reported: at once, then once an hour. */
export class HourlyReport {
  #reportedAt = -Infinity;

  /** Whether it is due now; if so, the next one is due in an hour. */
  take(now: number): boolean {
    if (now - this.#reportedAt < REPORT_MS) return false;
    this.#reportedAt = now;
    return true;
  }
}

/** Reports what happens to a line to the log, and to its status. */
export class LineReporter {
  readonly #line: OutboundLine;
  readonly #what: string;
  readonly #clock: Pick<Clock, "now">;
  readonly #onNotice: OutboundOptions["onNotice"];
  readonly #readErrors = new HourlyReport();
  readonly #storeErrors = new HourlyReport();

  /** @param what What the line is, at the start of each notice; may be empty. */
  constructor(
    line: OutboundLine,
    what: string,
    clock: Pick<Clock, "now">,
    onNotice: OutboundOptions["onNotice"],
  ) {
    this.#line = line;
    this.#what = what;
    this.#clock = clock;
    this.#onNotice = onNotice;
  }

  notice(what: string, reason?: string, isWarning = false): void {
    const { account, target } = this.#line;
    this.#onNotice?.({
      account,
      url: shownUrl(target.url),
      what: `${this.#what} ${what}`.trim(),
      ...(reason === undefined ? {} : { reason }),
      isWarning,
    });
  }

  /** Reports that the journal could not be read; it is read again a minute later. */
  readError(error: unknown): void {
    this.#line.status.onError(
      { code: "journal", message: messageOf(error) },
      READ_AGAIN_MS,
    );
    if (!this.#readErrors.take(this.#clock.now())) return;
    this.notice("cannot read the journal", messageOf(error), true);
  }

  /** Reports that the position could not be stored. */
  storeError(error: unknown): void {
    this.#line.status.report({ code: "journal", message: messageOf(error) });
    if (!this.#storeErrors.take(this.#clock.now())) return;
    this.notice("cannot store its position", messageOf(error), true);
  }
}

/** Delays before a first position is stored again: twice as long each time, up to the maximum. */
const STORE_MS = { first: 1000, most: 30_000 } as const;

/**
 * Stores a target's first position. Tries until it is stored: without it, what
 * happens while the target is away would be lost at a restart. Rejects only when
 * the signal aborts.
 */
export async function storeFirstPosition(
  journal: JournalState,
  consumer: string,
  seq: number,
  options: {
    clock: Clock;
    signal: AbortSignal;
    onError: (error: unknown) => void;
  },
): Promise<void> {
  const { clock, signal, onError } = options;
  for (let failures = 0;; failures++) {
    try {
      return await journal.setPosition(consumer, seq);
    } catch (error) {
      signal.throwIfAborted();
      onError(error);
      await sleep(
        clock,
        doubledMs(STORE_MS.first, STORE_MS.most, failures),
        signal,
      );
    }
  }
}

/** Returns the text of an error, for notices. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Returns a grant with every scope on the line's account.
 *
 * @param name Reserved name of the program, which is also the id of the grant.
 */
export function grantOf(
  { account }: Pick<OutboundLine, "account">,
  hasEnded: () => boolean,
  name = "onebot",
): Grant {
  return {
    id: name,
    name,
    scopes: new Set<Scope>(SCOPES),
    accounts: new Set([account]),
    revoked: hasEnded,
  };
}

export type { DeliveryError };
