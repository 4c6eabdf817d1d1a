/** Accounts and tokens that all nodes of a cluster share. @module */

import {
  type TokenRecord,
  TOKENS,
  type TokenStore,
} from "../access/token_store.ts";
import type { Cipher } from "../storage/cipher.ts";
import {
  type AccountRecord,
  type AccountStore,
  checkRecord,
  compareNumbers,
} from "../upstream/account_store.ts";
import type { ClusterJournal } from "./cluster_journal.ts";

/** What the stores read, and how they write. */
export type ReplicatedSource = Pick<
  ClusterJournal,
  "replica" | "write" | "onApplied"
>;

/** An account as records and replicas hold it. */
interface StoredAccount extends Omit<AccountRecord, "passwordMd5"> {
  /** The password's MD5, encrypted for the account. */
  readonly sealed: string;
}

/** Accounts in the log. Changes resolve once this node has applied them. */
export class ReplicatedAccounts implements AccountStore {
  readonly #journal: ReplicatedSource;
  readonly #cipher: Cipher;
  /** What was decrypted, by the text of it. */
  readonly #opened = new Map<string, { text: string; record: AccountRecord }>();

  /** @param cipher Encrypts passwords, the same on all nodes. */
  constructor(journal: ReplicatedSource, cipher: Cipher) {
    this.#journal = journal;
    this.#cipher = cipher;
  }

  list(): AccountRecord[] {
    return [...this.#journal.replica.accounts.keys()].sort(compareNumbers)
      .map((uin) => this.get(uin)!);
  }

  get(uin: string): AccountRecord | undefined {
    const text = this.#journal.replica.accounts.get(uin);
    if (text === undefined) {
      this.#opened.delete(uin);
      return undefined;
    }
    const known = this.#opened.get(uin);
    if (known?.text === text) return known.record;
    const { sealed, ...rest } = JSON.parse(text) as StoredAccount;
    const passwordMd5 = this.#cipher.open(sealed, placeOf(uin));
    const record = { ...rest, passwordMd5 };
    this.#opened.set(uin, { text, record });
    return record;
  }

  async put(record: AccountRecord): Promise<void> {
    checkRecord(record);
    const { uin, nickname, wanted, status, passwordMd5 } = record;
    const stored: StoredAccount = {
      uin,
      nickname,
      wanted,
      ...(status === undefined ? {} : { status }),
      sealed: this.#cipher.seal(passwordMd5, placeOf(uin)),
    };
    await this.#journal.write([
      { type: "account", name: uin, value: JSON.stringify(stored) },
    ]);
  }

  async remove(uin: string): Promise<boolean> {
    if (!this.#journal.replica.accounts.has(uin)) return false;
    await this.#journal.write([{ type: "account", name: uin, value: null }]);
    return true;
  }
}

/** When a token was last used at this node. */
type LastUse = Pick<TokenRecord, "lastUsedAt" | "lastAddress">;

/** Tokens in the log. Changes resolve once this node has applied them. */
export class ReplicatedTokens implements TokenStore {
  readonly #journal: ReplicatedSource;
  /** Not in the log, because it changes all the time. At most one more than tokens. */
  readonly #lastUses = new Map<string, LastUse>();

  /** @param journal The journal whose replica holds the tokens. */
  constructor(journal: ReplicatedSource) {
    this.#journal = journal;
  }

  list(): TokenRecord[] {
    return this.#journal.replica.tokens().map((record) =>
      this.#withUse(record)!
    );
  }

  find(hash: string): TokenRecord | undefined {
    return this.#withUse(this.#journal.replica.tokenByHash(hash));
  }

  get(id: string): TokenRecord | undefined {
    return this.#withUse(this.#journal.replica.token(id));
  }

  findByName(name: string): TokenRecord | undefined {
    return this.#withUse(this.#journal.replica.tokenByName(name));
  }

  async add(record: TokenRecord): Promise<void> {
    const { id } = record;
    await this.#journal.write([
      { type: "token", name: id, value: JSON.stringify(record) },
    ]);
  }

  setUsed(id: string, at: number, address: string | undefined): void {
    if (this.get(id) === undefined) return;
    this.#lastUses.set(id, {
      ...this.#lastUses.get(id),
      lastUsedAt: at,
      ...(address === undefined ? {} : { lastAddress: address }),
    });
    if (this.#lastUses.size <= TOKENS) return;
    // Of tokens that made place for others.
    const { replica } = this.#journal;
    for (const known of this.#lastUses.keys()) {
      if (replica.token(known) === undefined) this.#lastUses.delete(known);
    }
  }

  #withUse(record: TokenRecord | undefined): TokenRecord | undefined {
    const use = record && this.#lastUses.get(record.id);
    return use === undefined ? record : { ...record!, ...use };
  }

  async revoke(ids: readonly string[], at: number): Promise<void> {
    const open = ids.filter((id) => this.get(id)?.revokedAt === undefined);
    if (open.length === 0) return;
    const value = JSON.stringify({ revokedAt: at });
    await this.#journal.write(
      open.map((id) => ({ type: "token" as const, name: id, value })),
    );
  }
}

function placeOf(uin: string) {
  return { file: "journal.db", table: "accounts", row: uin };
}
