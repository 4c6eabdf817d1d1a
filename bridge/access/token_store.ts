/** The tokens that open the bridge: never their text, only its SHA-256. @module */

import { createHash } from "node:crypto";
import { isQqNumber, NAME_PATTERN, type Scope, SCOPES } from "../../mod.ts";
import { encodeBase64Url } from "../deps.ts";

/** Bytes of a token: 256 random bits, 43 characters of base64url. */
export const TOKEN_BYTES = 32;

/** Most tokens that a store keeps, revoked ones too. */
export const TOKENS = 10_000;

/** The name of the administrator's token. */
export const ADMINISTRATOR = "admin";

/** A token as it is kept. */
export interface TokenRecord {
  /** Appears in logs; no two tokens that hold have the same. */
  readonly name: string;
  /** SHA-256 of the token, 64 lower-case hex digits. */
  readonly hash: string;
  /** What may be done with it. */
  readonly scopes: readonly Scope[];
  /** On which accounts. */
  readonly accounts: "all" | readonly string[];
  /** When it was made, in milliseconds since 1970. */
  readonly createdAt: number;
  /** When it was revoked; absent while it holds. */
  readonly revokedAt?: number;
}

/** Where tokens are kept. Synchronous; what is done is durable when a method returns. */
export interface TokenStore {
  /** All, in the order of their names. */
  list(): TokenRecord[];
  /** The token with a hash, revoked or not. */
  find(hash: string): TokenRecord | undefined;
  /**
   * Adds one; a revoked one of the same name makes room, or the one that was
   * revoked first.
   *
   * @throws {RangeError} Where a token of this name holds, or too many do.
   */
  add(record: TokenRecord): void;
  /** Revokes a token; tells whether one of this name held. */
  revoke(name: string, at: number): boolean;
}

/** A random token. */
export function createToken(
  fill: (bytes: Uint8Array) => void = (bytes) => crypto.getRandomValues(bytes),
): string {
  const bytes = new Uint8Array(TOKEN_BYTES);
  fill(bytes);
  return encodeBase64Url(bytes);
}

/** SHA-256 of a token, in hex. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** What a new token is to be. */
export interface NewToken {
  /** Its name. */
  name: string;
  /**
   * What may be done with it.
   *
   * @default all
   */
  scopes?: readonly Scope[] | undefined;
  /**
   * On which accounts.
   *
   * @default all
   */
  accounts?: readonly string[] | undefined;
}

/**
 * Makes a token and keeps its hash.
 *
 * @returns The token: it is told this once.
 * @throws {RangeError | TypeError} Where the name is taken, or something does not hold.
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

/** A {@linkcode TokenStore} in memory. */
export class MemoryTokenStore implements TokenStore {
  readonly #byName = new Map<string, TokenRecord>();
  readonly #byHash = new Map<string, TokenRecord>();

  /** All, in the order of their names. */
  list(): TokenRecord[] {
    return [...this.#byName.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** The token with a hash, revoked or not. */
  find(hash: string): TokenRecord | undefined {
    return this.#byHash.get(hash);
  }

  /** Adds one; gives the name of the revoked one that made room, if any. */
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

  /** Revokes a token; tells whether one of this name held. */
  revoke(name: string, at: number): boolean {
    const record = this.#byName.get(name);
    if (record === undefined || record.revokedAt !== undefined) return false;
    this.#set({ ...record, revokedAt: at });
    return true;
  }

  /** The token that was revoked first, where there is no room for another. */
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
