/** Creating, revoking and listing tokens. @module */

import { SCOPES } from "../../mod.ts";
import { CommandError } from "../errors/command_error.ts";
import { assertReaches, type Grant, LOCAL } from "./grant.ts";
import {
  addToken,
  ADMINISTRATOR,
  type NewToken,
  type TokenRecord,
  type TokenStore,
} from "./token_store.ts";

/** A token in a list, without its hash. */
export type ListedToken = Omit<TokenRecord, "hash">;

/** Options of a {@linkcode TokenService}. */
export interface TokenServiceOptions {
  store: TokenStore;
  /** Whether the configuration sets the administrator's token, so that no stored token may have its name. */
  isAdministratorSet?: boolean | undefined;
  /** Consumers of the running bridge; `undefined` if none is running. */
  consumers?: { removeOwner(owner: string): Promise<void> } | undefined;
  /**
   * Returns the time in milliseconds since 1970.
   *
   * @default {Date.now}
   */
  now?: (() => number) | undefined;
}

/** Creates and revokes tokens within what the caller's grant allows. */
export class TokenService {
  readonly #options: TokenServiceOptions;

  constructor(options: TokenServiceOptions) {
    this.#options = options;
  }

  /**
   * Creates a token that grants at most what the caller's grant does.
   *
   * @returns The token, which is not stored and cannot be read again.
   * @throws {CommandError} If the caller's grant does not allow it.
   * @throws {RangeError | TypeError} If the name is taken or a value is invalid.
   */
  create(grant: Grant, token: NewToken): { token: string } {
    const { store, isAdministratorSet } = this.#options;
    assertWithin(grant, token);
    if (isAdministratorSet && token.name === ADMINISTRATOR) {
      throw new RangeError(
        `Cannot create the token: the name ${ADMINISTRATOR} is taken while TQQ_TOKEN or a token file sets the administrator's token. Choose another name.`,
      );
    }
    return { token: addToken(store, token, this.#now()) };
  }

  /**
   * Revokes a token and frees its consumers. Only a grant of every scope and
   * all accounts can revoke.
   *
   * @throws {CommandError} If the caller's grant does not allow it.
   * @throws {RangeError} If no valid token has the name.
   */
  async revoke(
    grant: Grant,
    { name }: { name: string },
  ): Promise<Record<string, never>> {
    const { store, consumers, isAdministratorSet } = this.#options;
    assertWithin(grant, {});
    if (!store.revoke(name, this.#now())) {
      // Without the value, because a caller may pass the token in place of its name.
      throw new RangeError(
        "Cannot revoke the token: the name must be that of a valid token. The command token list shows the names.",
      );
    }
    // The configuration's administrator has the same name and stays valid.
    if (isAdministratorSet && name === ADMINISTRATOR) return {};
    // After a failure, the bridge frees them when it next looks for consumers without a token.
    await consumers?.removeOwner(name).catch(() => {});
    return {};
  }

  /** Returns all tokens, in the order of their names. */
  list(): ListedToken[] {
    return this.#options.store.list().map(({ hash: _, ...listed }) => listed);
  }

  /** Returns the names whose consumers are kept: those of all valid tokens, and the program's own. */
  owners(): ReadonlySet<string> {
    return new Set([
      // A start with another configuration may use these names again.
      ADMINISTRATOR,
      LOCAL,
      ...this.#options.store.list()
        .filter(({ revokedAt }) => revokedAt === undefined)
        .map(({ name }) => name),
    ]);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
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
  const exists = store.list().some(({ name }) => name === ADMINISTRATOR);
  if (wasMade || exists) return undefined;
  return addToken(store, { name: ADMINISTRATOR }, now);
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
