/** Accounts, tokens and shared values of the replica, as they are in memory. @module */

import {
  MemoryTokenStore,
  type TokenRecord,
} from "../../access/token_store.ts";
import { TokenTree } from "../../access/token_tree.ts";
import type { ConsumerOwners } from "../../journal/limits.ts";
import { ACCOUNTS } from "../../upstream/account_store.ts";
import type { SharedRows } from "./shared_rows.ts";

/** What the names of shared values begin with: targets, marks of the inbox, sessions of the console. */
export const TARGET_PREFIX = "target/";
export const MARK_PREFIX = "mark/";
export const SESSION_PREFIX = "session/";

/** Maximum number of shared values of each kind; one more is refused. Of marks, those with the lowest positions are dropped. */
const SHARED_VALUES = 100_000;

/** Marks that are dropped at a time, because they must all be looked at. */
const DROPPED_MARKS = 1000;

/** Keeps what the tables hold. Each change is written at once, inside a transaction. */
export class SharedState {
  readonly tokens = new MemoryTokenStore();
  readonly owners: ConsumerOwners;
  readonly accounts: Map<string, string>;
  readonly shared: Map<string, string>;
  readonly #rows: SharedRows;
  /** Number of shared values of each kind. */
  readonly #counts = new Map<string, number>();

  constructor(rows: SharedRows) {
    this.#rows = rows;
    this.owners = new TokenTree(this.tokens);
    this.accounts = new Map(rows.entries("accounts"));
    this.shared = new Map(rows.entries("shared"));
    for (const name of this.shared.keys()) this.#count(name, 1);
    const records = rows.entries("tokens").map(([, value]) =>
      JSON.parse(value) as TokenRecord
    );
    // A revoked token gives its name to a later one, so the order counts.
    records.sort((a, b) => a.createdAt - b.createdAt);
    for (const record of records) this.tokens.add(record);
  }

  putAccount(uin: string, value: string | null): void {
    put(this.accounts, ACCOUNTS, "an account", uin, value);
    this.#rows.put("accounts", uin, value);
  }

  putShared(name: string, value: string | null): void {
    if (value === null) return this.#dropShared(name);
    const known = this.shared.get(name);
    const isMark = name.startsWith(MARK_PREFIX);
    if (known === undefined && !isMark && this.#count(name) >= SHARED_VALUES) {
      throw new RangeError(
        `Cannot add a shared value: at most ${SHARED_VALUES} of a kind are kept, got one more`,
      );
    }
    let stored: string | undefined = value;
    if (isMark) stored = higherMark(known, value);
    if (name.startsWith(SESSION_PREFIX)) stored = mergeSession(known, value);
    if (stored === undefined) return;
    if (known === undefined) this.#count(name, 1);
    this.shared.set(name, stored);
    this.#rows.put("shared", name, stored);
    if (isMark && this.#count(name) > SHARED_VALUES) this.#dropMarks();
  }

  #dropShared(name: string): void {
    if (this.shared.delete(name)) this.#count(name, -1);
    this.#rows.put("shared", name, null);
  }

  /** The order of the map differs between nodes, so it does not matter here. */
  #dropMarks(): void {
    const marks = [...this.shared]
      .filter(([name]) => name.startsWith(MARK_PREFIX))
      .map(([name, seq]) => ({ name, seq: Number(seq) }))
      .sort((a, b) => a.seq - b.seq || (a.name < b.name ? -1 : 1));
    for (const { name } of marks.slice(0, DROPPED_MARKS)) {
      this.#dropShared(name);
    }
  }

  /** Returns how many values there are of a name's kind, after a change. */
  #count(name: string, change = 0): number {
    const kind = name.slice(0, name.indexOf("/"));
    const count = (this.#counts.get(kind) ?? 0) + change;
    if (change !== 0) this.#counts.set(kind, count);
    return count;
  }

  /**
   * Adds a token, or revokes one: a text with nothing but `revokedAt` does.
   *
   * @throws {RangeError | TypeError} If the token cannot be added.
   */
  putToken(id: string, value: string | null): void {
    const change = JSON.parse(value ?? "{}") as
      & Partial<TokenRecord>
      & Pick<TokenRecord, "revokedAt">;
    if (change.hash === undefined) {
      if (this.tokens.get(id) === undefined) return;
      this.tokens.revoke([id], change.revokedAt ?? 0);
    } else {
      const gone = this.tokens.add({ ...change as TokenRecord, id });
      if (gone !== undefined) this.#rows.put("tokens", gone, null);
    }
    this.#rows.put("tokens", id, JSON.stringify(this.tokens.get(id)));
  }
}

function put(
  map: Map<string, string>,
  most: number,
  what: string,
  name: string,
  value: string | null,
): void {
  if (value === null) {
    map.delete(name);
  } else if (!map.has(name) && map.size >= most) {
    throw new RangeError(
      `Cannot add ${what}: at most ${most} are kept, got one more`,
    );
  } else {
    map.set(name, value);
  }
}

/** A mark never moves back, whichever node set it last. */
function higherMark(known: string | undefined, value: string): string {
  const seq = Number(value);
  if (!Number.isSafeInteger(seq) || seq < 0) {
    throw new RangeError(
      `Cannot set a mark: it must be a position, got ${value.slice(0, 40)}`,
    );
  }
  return String(Math.max(Number(known ?? 0), seq));
}

/** A text without a token changes a session; one that has ended does not begin again. */
function mergeSession(
  known: string | undefined,
  value: string,
): string | undefined {
  const change = JSON.parse(value) as { tokenHash?: string };
  if (change.tokenHash !== undefined) return value;
  return known === undefined
    ? undefined
    : JSON.stringify({ ...JSON.parse(known), ...change });
}
