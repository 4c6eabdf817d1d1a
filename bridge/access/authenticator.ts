/** Verification of tokens, which yields grants. @module */

import { timingSafeEqual } from "node:crypto";
import { SCOPES } from "../../mod.ts";
import { type Grant, LOCAL } from "./grant.ts";
import {
  ADMINISTRATOR,
  hashToken,
  isValid,
  type TokenRecord,
  type TokenStore,
} from "./token_store.ts";

const encoder = new TextEncoder();

/** Maximum length of a token, in characters; longer texts are rejected without hashing them. */
export const TOKEN_CHARS = 512;

/** Maximum number of cached grants; the oldest are evicted and built again on demand. */
export const CACHED_GRANTS = 10_000;

export interface AuthenticatorOptions {
  tokens: Pick<TokenStore, "find">;
  /**
   * The administrator's token of the configuration; `undefined` if it sets none.
   * While it is set, the token that the first start created is invalid.
   */
  administrator?: string | undefined;
  /**
   * A token of this process alone, with every scope, for processes that can
   * read its data folder; `undefined` if there is no folder.
   */
  local?: string | undefined;
  /**
   * Returns the time in milliseconds since 1970.
   *
   * @default {Date.now}
   */
  now?: (() => number) | undefined;
}

/** A token that is not in the store. */
interface FixedToken {
  hash: string;
  grant: Grant;
}

/** Turns tokens into grants. */
export class Authenticator {
  readonly #tokens: Pick<TokenStore, "find">;
  readonly #fixed: readonly FixedToken[];
  readonly #administratorIsSet: boolean;
  readonly #grants = new Map<string, Grant>();
  readonly #now: () => number;

  constructor(
    { tokens, administrator, local, now = Date.now }: AuthenticatorOptions,
  ) {
    this.#tokens = tokens;
    this.#now = now;
    this.#administratorIsSet = administrator !== undefined;
    this.#fixed = [
      ...fixed(ADMINISTRATOR, administrator),
      ...fixed(LOCAL, local),
    ];
  }

  /** Returns the grant of a token, the same one each time, or `undefined` if the token is invalid. */
  verify(token: string): Grant | undefined {
    if (token === "" || token.length > TOKEN_CHARS) return undefined;
    return this.findByHash(hashToken(token));
  }

  /** Returns the grant of a token by its SHA-256, or `undefined` if the token is invalid. */
  findByHash(hash: string): Grant | undefined {
    const known = this.#fixed.find((one) => areSame(hash, one.hash));
    if (known !== undefined) return known.grant;
    // Looked up by digest, because its duration then says nothing about the token.
    const record = this.#tokens.find(hash);
    if (record === undefined || !areSame(hash, record.hash)) return undefined;
    if (!this.#holds(record)) return undefined;
    return this.#grants.get(hash) ?? this.#grant(record);
  }

  #grant(
    { id, name, hash, scopes, accounts, consumer }: TokenRecord,
  ): Grant {
    const grant: Grant = {
      id,
      name,
      scopes: new Set(scopes),
      accounts: accounts === "all" ? "all" : new Set(accounts),
      consumer,
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

  #holds(record: TokenRecord): boolean {
    const { name } = record;
    if (!isValid(record, this.#now())) return false;
    return name !== ADMINISTRATOR || !this.#administratorIsSet;
  }
}

function fixed(name: string, token: string | undefined): FixedToken[] {
  if (token === undefined) return [];
  const grant: Grant = {
    id: name,
    name,
    scopes: new Set(SCOPES),
    accounts: "all",
    revoked: () => false,
  };
  return [{ hash: hashToken(token), grant }];
}

/** Compares two digests in a time that does not depend on their content. */
function areSame(a: string, b: string): boolean {
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
