/** Creating, revoking and listing tokens. @module */

import { type Clock, systemClock } from "../../lib/clock.ts";
import { SCOPES } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";
import { assertReaches, type Grant, LOCAL } from "./grant.ts";
import { RateLimits } from "./rate_limit.ts";
import { RESERVED_NAMES } from "./reserved_names.ts";
import {
  addToken,
  ADMINISTRATOR,
  type CreatedToken,
  isValid,
  type NewToken,
  type TokenRecord,
  TOKENS,
  type TokenStore,
  toTokenRecord,
} from "./token_store.ts";
import { TokenTree } from "./token_tree.ts";

/** A token in a list, without its hash. */
export interface ListedToken extends Omit<TokenRecord, "hash"> {
  /** The setting that replaces the token while it is set; absent if none does. */
  readonly replacedBy?: "TQQ_TOKEN";
}

/** Maximum number of valid tokens that a token without all accounts has created, those that they created included. */
export const TOKENS_OF_MAKER = 100;

/** Places of a store that only tokens with all accounts may fill. */
export const RESERVED_TOKENS = 500;

/** Maximum number of tokens that a token creates in a minute. */
export const CREATED_PER_MINUTE = 10;

/** Options of a {@linkcode TokenService}. */
export interface TokenServiceOptions {
  store: TokenStore;
  /** Whether the configuration sets the administrator's token, so that no stored token may have its name. */
  isAdministratorSet?: boolean | undefined;
  /** Consumers of the running bridge; `undefined` if none is running. */
  consumers?: { removeOwner(owner: string): Promise<void> } | undefined;
  /**
   * Source of time; tests pass a fake.
   *
   * @default the system's clock
   */
  clock?: Clock | undefined;
}

/** Names a token, by one of both. */
export interface TokenReference {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

/** Creates and revokes tokens within what the caller's grant allows. */
export class TokenService {
  readonly #options: TokenServiceOptions;
  readonly #clock: Clock;
  readonly #pace: RateLimits;
  readonly #tree: TokenTree;

  constructor(options: TokenServiceOptions) {
    this.#options = options;
    this.#tree = new TokenTree(options.store);
    this.#clock = options.clock ?? systemClock;
    this.#pace = new RateLimits(this.#clock, CREATED_PER_MINUTE);
  }

  /**
   * Creates a token that grants at most what the caller's grant does, and not
   * for longer.
   *
   * @throws {CommandError} If the caller's grant does not allow it, the name is not free, or the caller has created too many.
   * @throws {RangeError | TypeError} If a value is invalid.
   */
  async create(grant: Grant, token: NewToken): Promise<CreatedToken> {
    const { store } = this.#options;
    assertWithin(grant, token);
    this.#assertNameIsFree(grant, token.name);
    const expiresAt = this.#expiryOf(grant, token.expiresAt);
    this.#assertQuota(grant);
    const retryAfterMs = grant.id === LOCAL
      ? undefined
      : this.#pace.take(grant.id);
    if (retryAfterMs !== undefined) {
      throw new CommandError(
        "overloaded",
        `Cannot create the token: a token creates at most ${CREATED_PER_MINUTE} a minute`,
        { retryAfterMs },
      );
    }
    const { record, created } = toTokenRecord(
      { ...token, expiresAt },
      this.#now(),
      grant.id,
    );
    await store.add(record);
    return created;
  }

  /**
   * Revokes a token and all that were created under it, and frees their
   * consumers. A grant of every scope and all accounts revokes any token; any
   * other grant only what was created under it.
   *
   * @returns How many tokens ended with it.
   * @throws {CommandError} If the caller's grant does not allow it.
   * @throws {RangeError} If no valid token has the name or id.
   */
  async revoke(
    grant: Grant,
    reference: TokenReference,
  ): Promise<{ alsoEnded: number }> {
    const { store, consumers, isAdministratorSet } = this.#options;
    const record = this.#find(grant, reference);
    if (record === undefined) {
      if (!mayEndAny(grant)) assertWithin(grant, {});
      // Without the value, because a caller may pass the token in place of its name.
      throw new RangeError(
        "Cannot revoke the token: the name must be that of a valid token. The command token list shows the names.",
      );
    }
    const { id } = record;
    const now = this.#now();
    const under = this.#tree.createdUnder(id)
      .filter((token) => isValid(token, now));
    const ids = [id, ...under.map((token) => token.id)];
    await store.revoke(ids, now);
    // The configuration's administrator may have the same id, and stays valid.
    const owners = ids.filter((one) =>
      !isAdministratorSet || one !== ADMINISTRATOR
    );
    // After a failure, the bridge frees them when it next looks for consumers without a token.
    await Promise.all(
      owners.map((owner) => consumers?.removeOwner(owner)),
    ).catch(() => {});
    return { alsoEnded: under.length };
  }

  /**
   * Returns tokens, in the order of their names.
   *
   * @param grant Without every scope and all accounts it lists only what was created under it.
   */
  list(grant: Grant): ListedToken[] {
    const { store, isAdministratorSet } = this.#options;
    const isReplaced = ({ name, revokedAt }: TokenRecord) =>
      isAdministratorSet && name === ADMINISTRATOR && revokedAt === undefined;
    const listed = mayEndAny(grant)
      ? store.list()
      : this.#tree.createdUnder(grant.id);
    return listed.map((record) => {
      const { hash: _, ...token } = record;
      return isReplaced(record)
        ? { ...token, replacedBy: "TQQ_TOKEN" as const }
        : token;
    });
  }

  /** Returns the ids whose consumers are kept: those of all valid tokens, and the program's own. */
  owners(): ReadonlySet<string> {
    const now = this.#now();
    return new Set([
      // A start with another configuration may use these ids again.
      ADMINISTRATOR,
      LOCAL,
      ...this.#options.store.list().filter((token) => isValid(token, now))
        .map(({ id }) => id),
    ]);
  }

  /** Returns id and name of a stored token, also if it is revoked. */
  identify(
    { id, name }: TokenReference,
  ): Pick<TokenRecord, "id" | "name"> | undefined {
    const { store } = this.#options;
    return id === undefined ? store.findByName(name ?? "") : store.get(id);
  }

  /**
   * Revokes the tokens that have expired since the last call, so that their
   * names and places are free.
   *
   * @returns Those tokens.
   */
  async endExpired(): Promise<ListedToken[]> {
    const { store } = this.#options;
    const now = this.#now();
    const expired = store.list().filter((token) =>
      token.revokedAt === undefined && !isValid(token, now)
    );
    if (expired.length > 0) {
      await store.revoke(expired.map(({ id }) => id), now);
    }
    return expired.map(({ hash: _, ...token }) => token);
  }

  /** Returns the name of the token with an id; the id itself if it is not stored. */
  nameOf(id: string): string {
    return this.#options.store.get(id)?.name ?? id;
  }

  #find(grant: Grant, { id, name }: TokenReference): TokenRecord | undefined {
    const { store } = this.#options;
    if ((id === undefined) === (name === undefined)) {
      throw new RangeError(
        "Cannot revoke the token: either id or name must be given",
      );
    }
    const record = id === undefined ? store.findByName(name!) : store.get(id);
    if (record === undefined || !isValid(record, this.#now())) return undefined;
    return mayEndAny(grant) || this.#isCreatedUnder(record, grant.id)
      ? record
      : undefined;
  }

  #assertNameIsFree(grant: Grant, name: string): void {
    const { store, isAdministratorSet } = this.#options;
    if (isAdministratorSet && name === ADMINISTRATOR) {
      throw new RangeError(
        `Cannot create the token: the name ${ADMINISTRATOR} is taken while TQQ_TOKEN or a token file sets the administrator's token. Choose another name.`,
      );
    }
    const isOperator = grant.id === LOCAL;
    if (
      RESERVED_NAMES.includes(name) && !(isOperator && name === ADMINISTRATOR)
    ) {
      throw new CommandError(
        "bad_params",
        `Cannot create the token: the name must not be one of the program's own (${
          RESERVED_NAMES.join(", ")
        }), got ${name}. Choose another name.`,
      );
    }
    const former = store.findByName(name);
    if (former === undefined) return;
    if (isValid(former, this.#now())) {
      throw new CommandError(
        "already_exists",
        `Cannot create the token: the name must be free, got ${name}. Choose another name, or revoke the token first.`,
      );
    }
    if (grant.accounts !== "all") {
      throw new CommandError(
        "already_exists",
        `Cannot create the token: ${name} was the name of a revoked token, which only a token with all accounts may give again. Choose another name.`,
      );
    }
  }

  /** The expiry of a new token: what is asked for, at most that of the creator. */
  #expiryOf(grant: Grant, asked: string | undefined): string | undefined {
    const own = this.#options.store.get(grant.id)?.expiresAt;
    const most = own === undefined ? undefined : new Date(own).toISOString();
    if (asked === undefined) return most;
    const at = Date.parse(asked);
    if (at <= this.#now()) {
      throw new RangeError(
        `Cannot create the token: expiresAt must be in the future, got ${asked}`,
      );
    }
    if (own !== undefined && at > own) {
      throw new RangeError(
        `Cannot create the token: expiresAt must not be after ${most}, when the token that creates it expires, got ${asked}`,
      );
    }
    return asked;
  }

  #assertQuota(grant: Grant): void {
    if (grant.accounts === "all") return;
    const { store } = this.#options;
    const now = this.#now();
    const valid = store.list().filter((token) => isValid(token, now));
    if (valid.length >= TOKENS - RESERVED_TOKENS) {
      throw new CommandError(
        "overloaded",
        `Cannot create the token: the last ${RESERVED_TOKENS} of ${TOKENS} tokens are reserved for tokens with all accounts`,
      );
    }
    for (const maker of this.#tree.limitedMakersOf(grant.id)) {
      const count = this.#tree.createdUnder(maker, valid).length;
      if (count < TOKENS_OF_MAKER) continue;
      throw new CommandError(
        "overloaded",
        `Cannot create the token: at most ${TOKENS_OF_MAKER} valid tokens may have been created under a token without all accounts. Revoke one first.`,
      );
    }
  }

  #isCreatedUnder(token: TokenRecord, maker: string): boolean {
    return this.#tree.createdUnder(maker).some(({ id }) => id === token.id);
  }

  #now(): number {
    return this.#clock.now();
  }
}

/**
 * Creates the administrator's token at the first start, once in the life of a
 * store.
 *
 * @param wasMade Whether an earlier start created it.
 * @returns The token, or `undefined` if it was created before.
 */
export function createAdministrator(
  store: TokenStore,
  wasMade: boolean,
  now: number,
): string | undefined {
  const exists = store.findByName(ADMINISTRATOR) !== undefined;
  if (wasMade || exists) return undefined;
  return addToken(store, { name: ADMINISTRATOR }, now).token;
}

/** Whether a grant lists and ends tokens that were not created under it. */
function mayEndAny(grant: Grant): boolean {
  return grant.accounts === "all" &&
    SCOPES.every((scope) => grant.scopes.has(scope));
}

/** Throws `forbidden` or `unknown_account` unless the grant has all scopes and accounts of a token. */
function assertWithin(
  grant: Grant,
  { scopes = SCOPES, accounts }: Partial<NewToken>,
): void {
  const scope = scopes.find((one) => !grant.scopes.has(one));
  if (
    scope !== undefined || accounts === undefined && grant.accounts !== "all"
  ) {
    throw new CommandError(
      "forbidden",
      `Cannot create or revoke a token: the token ${grant.name} does not have ${
        scope === undefined ? "all accounts" : `the scope ${scope}`
      } itself`,
    );
  }
  for (const account of accounts ?? []) {
    assertReaches(grant, account, "createToken");
  }
}
