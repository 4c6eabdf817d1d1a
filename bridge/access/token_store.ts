/** Stores of tokens, which keep only the SHA-256 of each. @module */

import { createHash } from "node:crypto";
import { isQqNumber, NAME_PATTERN, type Scope, SCOPES } from "../../mod.ts";
import { toHex } from "../../lib/hex.ts";
import { encodeBase64Url } from "../base64url.ts";

/** Random bytes of a token; 43 characters of base64url. */
export const TOKEN_BYTES = 32;

/** Random bytes of a token's id, which is hex, so that no id looks like a flag of the command line. */
const ID_BYTES = 12;

/** Maximum number of tokens in a store, including revoked ones. */
export const TOKENS = 10_000;

/** Name of the administrator's token. */
export const ADMINISTRATOR = "admin";

/** A token as a store keeps it. */
export interface TokenRecord {
  /** Random id, never given again. What belongs to a token belongs to its id. */
  readonly id: string;
  /** Label that appears in logs; unique among valid tokens. */
  readonly name: string;
  /** SHA-256 of the token, 64 lower-case hex digits. */
  readonly hash: string;
  readonly scopes: readonly Scope[];
  /** QQ numbers of the accounts that the token reaches, or `all`. */
  readonly accounts: "all" | readonly string[];
  /** Time of creation, in milliseconds since 1970. */
  readonly createdAt: number;
  /** Consumer of the token's connections that receive events and name none; `undefined` if it has none. */
  readonly consumer?: string;
  /** Id of the token that created this one; `undefined` for the token of the first start. */
  readonly createdBy?: string;
  /** Time from which the token is invalid, in milliseconds since 1970; `undefined` for never. */
  readonly expiresAt?: number;
  /** Time of revocation; `undefined` if the token was not revoked. */
  readonly revokedAt?: number;
  /** When the token was used last, to a minute; `undefined` if it never was. */
  readonly lastUsedAt?: number;
  /** Address of the client that used it last; `undefined` if it is not known. */
  readonly lastAddress?: string;
}

/** Whether a token is neither revoked nor expired. */
export function isValid(
  { revokedAt, expiresAt }: Pick<TokenRecord, "revokedAt" | "expiresAt">,
  now: number,
): boolean {
  return revokedAt === undefined &&
    (expiresAt === undefined || now < expiresAt);
}

/**
 * A store of tokens. Reading is synchronous; a change is durable when its method
 * returns, or when the promise that it returned resolves.
 */
export interface TokenStore {
  /** Returns all tokens, in the order of their names. */
  list(): TokenRecord[];
  /** Returns the token with a hash, also if it is revoked. */
  find(hash: string): TokenRecord | undefined;
  /** Returns the token with an id, also if it is revoked. */
  get(id: string): TokenRecord | undefined;
  /** Returns the token with a name, also if it is revoked. */
  findByName(name: string): TokenRecord | undefined;
  /**
   * Adds a token. It replaces an invalid token of the same name; in a full store
   * the token that became invalid first is evicted.
   *
   * @throws {RangeError} If a valid token has this name or id, or the store is full of valid tokens.
   */
  add(record: TokenRecord): unknown;
  /** Revokes the tokens with these ids, all of them or none. Ignores those that are revoked. */
  revoke(ids: readonly string[], at: number): unknown;
  /** Records the last use of the token with an id. Ignores unknown ids. */
  setUsed(id: string, at: number, address: string | undefined): unknown;
}

/** Returns a new random token. */
export function createToken(
  fill: (bytes: Uint8Array) => void = (bytes) => crypto.getRandomValues(bytes),
): string {
  const bytes = new Uint8Array(TOKEN_BYTES);
  fill(bytes);
  return encodeBase64Url(bytes);
}

/** Returns a new random id of a token. */
export function createTokenId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
}

/** Returns the SHA-256 of a token, in hex. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** What a caller asks for a new token. */
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
  /**
   * Name of the consumer of its connections that receive events and name none.
   *
   * @default none
   */
  consumer?: string | undefined;
  /**
   * Time from which the token is invalid, ISO 8601.
   *
   * @default never
   */
  expiresAt?: string | undefined;
}

/** A token that was created. */
export interface CreatedToken {
  /** The text, which is not stored and cannot be read again. */
  readonly token: string;
  readonly id: string;
}

/**
 * Creates a token and stores its hash in a store whose changes are durable at
 * once.
 *
 * @throws {RangeError | TypeError} If the name is taken, or a value is invalid.
 */
export function addToken(
  tokens: TokenStore,
  token: NewToken,
  now: number,
): CreatedToken {
  const { record, created } = toTokenRecord(token, now);
  tokens.add(record);
  return created;
}

/**
 * Creates a token without storing it.
 *
 * @param createdBy Id of the token that creates it.
 */
export function toTokenRecord(
  { name, scopes = SCOPES, accounts, consumer, expiresAt }: NewToken,
  now: number,
  createdBy?: string,
): { record: TokenRecord; created: CreatedToken } {
  const token = createToken();
  const id = createTokenId();
  const record: TokenRecord = {
    id,
    name,
    hash: hashToken(token),
    scopes: [...new Set(scopes)],
    accounts: accounts === undefined ? "all" : [...new Set(accounts)],
    createdAt: now,
    ...(consumer === undefined ? {} : { consumer }),
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(expiresAt === undefined ? {} : { expiresAt: Date.parse(expiresAt) }),
  };
  return { record, created: { token, id } };
}

/** A token store in memory. */
export class MemoryTokenStore implements TokenStore {
  readonly #byName = new Map<string, TokenRecord>();
  readonly #byHash = new Map<string, TokenRecord>();
  readonly #byId = new Map<string, TokenRecord>();

  list(): TokenRecord[] {
    return [...this.#byName.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  find(hash: string): TokenRecord | undefined {
    return this.#byHash.get(hash);
  }

  get(id: string): TokenRecord | undefined {
    return this.#byId.get(id);
  }

  findByName(name: string): TokenRecord | undefined {
    return this.#byName.get(name);
  }

  /** Returns the id of the invalid token that was replaced or evicted, if any. */
  add(record: TokenRecord): string | undefined {
    checkRecord(record);
    const former = this.#byName.get(record.name);
    const isTaken = former !== undefined && isValid(former, record.createdAt);
    if (isTaken || this.#byId.has(record.id)) {
      throw new RangeError(
        `Cannot make a token: the name must be free, got ${record.name}`,
      );
    }
    const gone = former ?? this.#makeRoom(record.createdAt);
    if (gone !== undefined) {
      this.#byName.delete(gone.name);
      this.#byHash.delete(gone.hash);
      this.#byId.delete(gone.id);
    }
    this.#set(record);
    return gone?.id;
  }

  revoke(ids: readonly string[], at: number): void {
    for (const id of ids) {
      const record = this.#byId.get(id);
      if (record === undefined || record.revokedAt !== undefined) continue;
      this.#set({ ...record, revokedAt: at });
    }
  }

  setUsed(id: string, at: number, address: string | undefined): void {
    const record = this.#byId.get(id);
    if (record === undefined) return;
    this.#set({
      ...record,
      lastUsedAt: at,
      ...(address === undefined ? {} : { lastAddress: address }),
    });
  }

  /** Returns the token that became invalid first if the store is full, else `undefined`. */
  #makeRoom(now: number): TokenRecord | undefined {
    if (this.#byName.size < TOKENS) return undefined;
    let first: TokenRecord | undefined;
    for (const record of this.#byName.values()) {
      if (isValid(record, now)) continue;
      if (first === undefined || endOf(record) < endOf(first)) first = record;
    }
    if (first !== undefined) return first;
    throw new RangeError(
      `Cannot make a token: at most ${TOKENS} hold at a time, got one more`,
    );
  }

  #set(record: TokenRecord): void {
    this.#byName.set(record.name, record);
    this.#byHash.set(record.hash, record);
    this.#byId.set(record.id, record);
  }
}

/** When an invalid token ended. */
function endOf({ revokedAt, expiresAt }: TokenRecord): number {
  return Math.min(revokedAt ?? Infinity, expiresAt ?? Infinity);
}

function checkRecord(
  { id, name, hash, scopes, accounts, consumer = "-", expiresAt = 0 }:
    TokenRecord,
): void {
  const must = (holds: boolean, rule: string, got: string) => {
    if (!holds) throw new TypeError(`Cannot make a token: ${rule}, got ${got}`);
  };
  must(
    NAME_PATTERN.test(name),
    "the name must have 1 to 64 letters, digits, dots, _ and -",
    JSON.stringify(name.slice(0, 80)),
  );
  must(
    NAME_PATTERN.test(id),
    "the id must have 1 to 64 letters, digits, dots, _ and -",
    JSON.stringify(id.slice(0, 80)),
  );
  must(
    NAME_PATTERN.test(consumer),
    "the consumer must have 1 to 64 letters, digits, dots, _ and -",
    JSON.stringify(consumer.slice(0, 80)),
  );
  must(
    Number.isFinite(expiresAt),
    "expiresAt must be a time of ISO 8601",
    "another text",
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
