/** Stores of tokens, which keep only the SHA-256 of each. @module */

import { createHash } from "node:crypto";
import { isQqNumber, NAME_PATTERN, type Scope, SCOPES } from "../../mod.ts";
import { encodeBase64Url } from "../deps.ts";

/** Random bytes of a token; 43 characters of base64url. */
export const TOKEN_BYTES = 32;

/** Maximum number of tokens in a store, including revoked ones. */
export const TOKENS = 10_000;

/** Name of the administrator's token. */
export const ADMINISTRATOR = "admin";

/** A token as a store keeps it. */
export interface TokenRecord {
  /** Name that appears in logs; unique among valid tokens. */
  readonly name: string;
  /** SHA-256 of the token, 64 lower-case hex digits. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  /** QQ numbers of the accounts that the token reaches, or `all`. */
  readonly accounts: "all" | readonly string[];
  /** Time of creation, in milliseconds since 1970. */
  readonly createdAt: number;
  /** Time of revocation; `undefined` while the token is valid. */
  readonly revokedAt?: number;
}

/** A synchronous store of tokens; a change is durable when its method returns. */
export interface TokenStore {
  /** Returns all tokens, in the order of their names. */
  list(): TokenRecord[];
  /** Returns the token with a hash, also if it is revoked. */
  find(hash: string): TokenRecord | undefined;
  /**
   * Adds a token. It replaces a revoked token of the same name; in a full store
   * the token that was revoked first is evicted.
   *
   * @throws {RangeError} If a valid token has this name, or the store is full of valid tokens.
   */
  add(record: TokenRecord): void;
  /** Revokes a token; returns whether a valid one has this name. */
  revoke(name: string, at: number): boolean;
}

/** Returns a new random token. */
export function createToken(
  fill: (bytes: Uint8Array) => void = (bytes) => crypto.getRandomValues(bytes),
): string {
  const bytes = new Uint8Array(TOKEN_BYTES);
  fill(bytes);
  return encodeBase64Url(bytes);
}

/** Returns the SHA-256 of a token, in hex. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Name, scopes and accounts of a new token. */
export interface NewToken {
  /** Name of 1 to 64 letters, digits, dots, `_` and `-`. */
  name: string;
  /**
   * Scopes of the token.
   *
   * @default all
   */
  scopes?: readonly Scope[] | undefined;
  /**
   * QQ numbers of the accounts that the token reaches.
   *
   * @default all
   */
  accounts?: readonly string[] | undefined;
}

/**
 * Creates a token and stores its hash.
 *
 * @returns The token, which cannot be read again.
 * @throws {RangeError | TypeError} If the name is taken, or a value is invalid.
 */
export function addToken(
  tokens: TokenStore,
  { name, scopes = SCOPES, accounts }: NewToken,
  now: number,
): string {
  const token = createToken();
  tokens.add({
    name,
    hash: hashToken(token),
    scopes: [...new Set(scopes)],
    accounts: accounts === undefined ? "all" : [...new Set(accounts)],
    createdAt: now,
  });
  return token;
}

/** A token store in memory. */
export class MemoryTokenStore implements TokenStore {
  readonly #byName = new Map<string, TokenRecord>();
  readonly #byHash = new Map<string, TokenRecord>();

  list(): TokenRecord[] {
    return [...this.#byName.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  find(hash: string): TokenRecord | undefined {
    return this.#byHash.get(hash);
  }

  /** Returns the name of the revoked token that was replaced or evicted, if any. */
  add(record: TokenRecord): string | undefined {
    checkRecord(record);
    const former = this.#byName.get(record.name);
    if (former !== undefined && former.revokedAt === undefined) {
      throw new RangeError(
        `Cannot make a token: the name must be free, got ${record.name}`,
      );
    }
    const gone = former ?? this.#makeRoom();
    if (gone !== undefined) {
      this.#byName.delete(gone.name);
      this.#byHash.delete(gone.hash);
    }
    this.#set(record);
    return gone?.name;
  }

  revoke(name: string, at: number): boolean {
    const record = this.#byName.get(name);
    if (record === undefined || record.revokedAt !== undefined) return false;
    this.#set({ ...record, revokedAt: at });
    return true;
  }

  /** Returns the token that was revoked first if the store is full, else `undefined`. */
  #makeRoom(): TokenRecord | undefined {
    if (this.#byName.size < TOKENS) return undefined;
    let first: TokenRecord | undefined;
    for (const record of this.#byName.values()) {
      if (record.revokedAt === undefined) continue;
      if (first === undefined || record.revokedAt < first.revokedAt!) {
        first = record;
      }
    }
    if (first !== undefined) return first;
    throw new RangeError(
      `Cannot make a token: at most ${TOKENS} hold at a time, got one more`,
    );
  }

  #set(record: TokenRecord): void {
    this.#byName.set(record.name, record);
    this.#byHash.set(record.hash, record);
  }
}

function checkRecord({ name, hash, scopes, accounts }: TokenRecord): void {
  const must = (holds: boolean, rule: string, got: string) => {
    if (!holds) throw new TypeError(`Cannot make a token: ${rule}, got ${got}`);
  };
  must(
    NAME_PATTERN.test(name),
    "the name must have 1 to 64 letters, digits, dots, _ and -",
    JSON.stringify(name.slice(0, 80)),
  );
  must(
    /^[\da-f]{64}$/.test(hash),
    "hash must be SHA-256 in hex",
    "another text",
  );
  const scope = scopes.find((one) => !SCOPES.includes(one));
  must(
    scope === undefined && scopes.length > 0,
    `scopes must be some of ${SCOPES.join(", ")}`,
    scope === undefined ? "none" : JSON.stringify(scope),
  );
  const account = accounts === "all"
    ? undefined
    : accounts.find((one): boolean => !isQqNumber(one));
  must(
    account === undefined && accounts.length > 0,
    "accounts must be QQ numbers, at least one",
    account === undefined ? "none" : JSON.stringify(account.slice(0, 80)),
  );
}
