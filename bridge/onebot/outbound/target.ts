/** Where the bridge itself dials, or posts events to, and for which accounts. @module */

import { doubledMs } from "../../../lib/backoff.ts";
import { createHash } from "node:crypto";
import { type Scope, SCOPES } from "../../../mod.ts";
import { type Clock, sleep } from "../../../lib/clock.ts";
import type { BridgeApi } from "../../core/bridge_api.ts";
import type { Grant } from "../../access/grant.ts";
import type { EventChoice } from "../events.ts";
import type { SegmentMode } from "../../endpoint/replaced_segments.ts";
import type { Journal } from "../../journal/journal.ts";

/** A configured address. */
export interface OutboundUrl extends EventChoice {
  /** Where. */
  readonly url: string;
  /** For which account; for every one where absent. */
  readonly account?: string | undefined;
  /** What is done with segments of quick replies and calls that QQ HTTP cannot carry. @default {"text"} */
  readonly segments?: SegmentMode | undefined;
}

/** A target and one of its accounts. */
export interface OutboundTarget extends OutboundUrl {
  /** What tells it apart. */
  readonly key: string;
  /** The account. */
  readonly account: string;
}

/** What is told of a line. */
export interface DeliveryNotice {
  /** The account. */
  readonly account: string;
  /** Where, without what may be secret in it. */
  readonly url: string;
  /** What happened. */
  readonly what: string;
  /** Why. */
  readonly reason?: string;
  /** Whether somebody has to act, or something was lost. */
  readonly isWarning?: boolean;
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

/** Before a first position is stored again that could not be: twice as long each time, up to the most. */
const STORE_MS = { first: 1000, most: 30_000 } as const;

/**
 * Stores a target's first position. Tries until it is stored: without it, what
 * happens while the target is away would be lost at a restart. Rejects only when
 * the signal aborts.
 */
export async function storeFirstPosition(
  journal: Journal,
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

/** What an error says, for `LineNews`. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The lines of some targets, each once. */
export function toTargets(
  bridge: BridgeApi,
  targets: readonly OutboundUrl[],
): Map<string, OutboundTarget> {
  const lines = new Map<string, OutboundTarget>();
  if (targets.length === 0) return lines;
  const accounts = bridge.health().map(({ uin }) => uin);
  for (const target of targets) {
    const { url, account } = target;
    for (const one of accounts) {
      if (account !== undefined && account !== one) continue;
      const key = `${one}/${digestOf(url)}`;
      if (!lines.has(key)) lines.set(key, { ...target, key, account: one });
    }
  }
  return lines;
}

/** What the other end of a line may do: all, with its account. */
export function grantOf(
  { account }: OutboundTarget,
  ended: () => boolean,
): Grant {
  return {
    id: "onebot",
    name: "onebot",
    scopes: new Set<Scope>(SCOPES),
    accounts: new Set([account]),
    revoked: ended,
  };
}

/** An address without what may be secret in it. */
export function shownUrl(url: string): string {
  const { origin, protocol, host, pathname } = new URL(url);
  return origin === "null" ? `${protocol}//${host}${pathname}` : origin +
    pathname;
}

/** A query may hold a token that changes; the rest tells the address apart. */
function digestOf(url: string): string {
  return createHash("sha256").update(shownUrl(url)).digest("hex").slice(0, 16);
}
