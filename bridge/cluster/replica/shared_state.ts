/** Accounts, tokens and shared values of the replica, as they are in memory. @module */

import {
  MemoryTokenStore,
  type TokenRecord,
} from "../../access/token_store.ts";
import { TokenTree } from "../../access/token_tree.ts";
import type { ConsumerOwners } from "../../journal/limits.ts";
import { ACCOUNTS } from "../../upstream/account_store.ts";
import type { SharedRows } from "./shared_rows.ts";

/** Maximum number of shared values; one more is refused. */
export const SHARED_VALUES = 100_000;

/** Keeps what the tables hold. Each change is written at once, inside a transaction. */
export class SharedState {
  readonly tokens = new MemoryTokenStore();
  readonly owners: ConsumerOwners;
  readonly accounts: Map<string, string>;
  readonly shared: Map<string, string>;
  readonly #rows: SharedRows;

  constructor(rows: SharedRows) {
    this.#rows = rows;
    this.owners = new TokenTree(this.tokens);
    this.accounts = new Map(rows.entries("accounts"));
    this.shared = new Map(rows.entries("shared"));
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
    put(this.shared, SHARED_VALUES, "a shared value", name, value);
    this.#rows.put("shared", name, value);
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
