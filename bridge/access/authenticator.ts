/** Who holds a token, and what it opens. @module */

import { timingSafeEqual } from "node:crypto";
import { type Clock, sleep, systemClock } from "../../lib/clock.ts";
import { networkOf } from "../../lib/network.ts";
import { SCOPES } from "../../mod.ts";
import type { Grant } from "./grant.ts";
import {
  ADMINISTRATOR,
  hashToken,
  type TokenRecord,
  type TokenStore,
} from "./token_store.ts";

export { tokenOf } from "./host_policy.ts";

const encoder = new TextEncoder();

/** Longer texts are no tokens, and are not looked at. */
export const TOKEN_CHARS = 512;

/** Grants that are kept made; the oldest are made again when asked for. */
export const CACHED_GRANTS = 10_000;

/** How an {@linkcode Authenticator} is made. */
export interface AuthenticatorOptions {
  /** The tokens. */
  tokens: TokenStore;
  /**
   * The administrator's token as the configuration sets it. The one that the
   * first start made opens nothing meanwhile.
   */
  administrator?: string | undefined;
  /**
   * A token of this process alone, for who can read its data folder: such a one
   * may do everything to the folder's program in any case.
   */
  local?: string | undefined;
}

/** The name of the grant of {@linkcode AuthenticatorOptions.local}. */
export const LOCAL = "local";

/** A token that no store holds. */
interface FixedToken {
  hash: string;
  grant: Grant;
}

/** Turns tokens into grants. */
export class Authenticator {
  readonly #tokens: TokenStore;
  readonly #fixed: readonly FixedToken[];
  readonly #administratorIsSet: boolean;
  readonly #grants = new Map<string, Grant>();

  constructor({ tokens, administrator, local }: AuthenticatorOptions) {
    this.#tokens = tokens;
    this.#administratorIsSet = administrator !== undefined;
    this.#fixed = [
      ...fixed(ADMINISTRATOR, administrator),
      ...fixed(LOCAL, local),
    ];
  }

  /** What a token opens; undefined where nothing. The same grant each time. */
  verify(token: string): Grant | undefined {
    if (token === "" || token.length > TOKEN_CHARS) return undefined;
    const hash = hashToken(token);
    const known = this.#fixed.find((one) => areSame(hash, one.hash));
    if (known !== undefined) return known.grant;
    // A look-up by digest tells nothing about the token in its time.
    const record = this.#tokens.find(hash);
    if (record === undefined || !areSame(hash, record.hash)) return undefined;
    if (!this.#holds(record)) return undefined;
    return this.#grants.get(hash) ?? this.#grant(record);
  }

  #grant({ name, hash, scopes, accounts }: TokenRecord): Grant {
    const grant: Grant = {
      name,
      scopes: new Set(scopes),
      accounts: accounts === "all" ? "all" : new Set(accounts),
      revoked: () => {
        const record = this.#tokens.find(hash);
        return record === undefined || !this.#holds(record);
      },
    };
    if (this.#grants.size >= CACHED_GRANTS) {
      this.#grants.delete(this.#grants.keys().next().value!);
    }
    this.#grants.set(hash, grant);
    return grant;
  }

  #holds({ name, revokedAt }: TokenRecord): boolean {
    if (revokedAt !== undefined) return false;
    return name !== ADMINISTRATOR || !this.#administratorIsSet;
  }
}

function fixed(name: string, token: string | undefined): FixedToken[] {
  if (token === undefined) return [];
  const grant: Grant = {
    name,
    scopes: new Set(SCOPES),
    accounts: "all",
    revoked: () => false,
  };
  return [{ hash: hashToken(token), grant }];
}

/** How failed tries are slowed down. */
export const FAILURE_LIMITS = {
  /** How late the first is answered. */
  firstMs: 250,
  /** How late at most; each is answered twice as late as the one before. */
  mostMs: 5000,
  /** After so long without a failure an address begins anew. */
  forgetMs: 10 * 60_000,
  /** Addresses that are remembered; the one that failed longest ago is forgotten. */
  addresses: 10_000,
  /** Answers of one address that wait at a time; further ones are to be refused at once. */
  waitingOfAddress: 16,
  /** Answers that wait at a time in all. */
  waiting: 1000,
} as const;

interface Failures {
  count: number;
  lastAt: number;
  waiting: number;
}

/**
 * Slows failed authentication down, by address. What succeeds is never slowed
 * down: behind a proxy or a shared address others pay for nobody's mistakes.
 */
export class FailureDelay {
  readonly #clock: Clock;
  readonly #byNetwork = new Map<string, Failures>();
  #waiting = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * Notes a failure and waits before it may be answered.
   *
   * @param address The client's, without a port.
   * @param signal Ends the wait early, without an error.
   * @returns False, at once, where too many wait: to be answered 429.
   */
  async delay(address: string, signal?: AbortSignal): Promise<boolean> {
    const failures = this.#note(networkOf(address));
    if (
      this.#waiting >= FAILURE_LIMITS.waiting ||
      failures.waiting >= FAILURE_LIMITS.waitingOfAddress
    ) return false;
    this.#waiting++;
    failures.waiting++;
    try {
      const { firstMs, mostMs } = FAILURE_LIMITS;
      const delayMs = Math.min(mostMs, firstMs * 2 ** (failures.count - 1));
      await sleep(this.#clock, delayMs, signal);
    } catch (error) {
      if (!signal?.aborted) throw error;
    } finally {
      this.#waiting--;
      failures.waiting--;
    }
    return true;
  }

  /** How many addresses are remembered. */
  get addresses(): number {
    return this.#byNetwork.size;
  }

  #note(network: string): Failures {
    const now = this.#clock.now();
    let failures = this.#byNetwork.get(network);
    if (failures === undefined) {
      failures = { count: 0, lastAt: now, waiting: 0 };
    } else if (now - failures.lastAt >= FAILURE_LIMITS.forgetMs) {
      failures.count = 0;
    }
    failures.count = Math.min(failures.count + 1, 30);
    failures.lastAt = now;
    // Put behind the others: the first of the map failed longest ago.
    this.#byNetwork.delete(network);
    this.#byNetwork.set(network, failures);
    if (this.#byNetwork.size > FAILURE_LIMITS.addresses) {
      this.#byNetwork.delete(this.#byNetwork.keys().next().value!);
    }
    return failures;
  }
}

/** Compares two digests in constant time. */
function areSame(a: string, b: string): boolean {
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
