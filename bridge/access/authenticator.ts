/** Who holds a token, and what it opens. @module */

import { timingSafeEqual } from "node:crypto";
import { SCOPES } from "../../mod.ts";
import { type Grant, LOCAL } from "./grant.ts";
import {
  ADMINISTRATOR,
  hashToken,
  type TokenRecord,
  type TokenStore,
} from "./token_store.ts";

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

/** Compares two digests in constant time. */
function areSame(a: string, b: string): boolean {
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
