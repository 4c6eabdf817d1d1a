/** Which token created which. @module */

import type { TokenRecord, TokenStore } from "./token_store.ts";

/** The tokens of a store by their creators. */
export class TokenTree {
  readonly #store: Pick<TokenStore, "list" | "get">;

  constructor(store: Pick<TokenStore, "list" | "get">) {
    this.#store = store;
  }

  /** Returns the tokens that a token created, that these created, and so on; in the order of their names. */
  createdUnder(
    maker: string,
    tokens: readonly TokenRecord[] = this.#store.list(),
  ): TokenRecord[] {
    const byMaker = Map.groupBy(tokens, ({ createdBy }) => createdBy);
    const found = new Set<TokenRecord>();
    const waiting = [maker];
    for (const one of waiting) {
      for (const token of byMaker.get(one) ?? []) {
        if (found.has(token)) continue;
        found.add(token);
        waiting.push(token.id);
      }
    }
    return tokens.filter((token) => found.has(token));
  }

  /** Returns the token and its creators, up to the first one with all accounts, which is left out. */
  limitedMakersOf(id: string): string[] {
    const makers = [id];
    let maker = this.#store.get(id)?.createdBy;
    while (maker !== undefined && !makers.includes(maker)) {
      const record = this.#store.get(maker);
      if (record === undefined || record.accounts === "all") break;
      makers.push(maker);
      maker = record.createdBy;
    }
    return makers;
  }

  /** Returns the token that shares its names of consumers with this one: the first of its creators without all accounts, else itself. */
  shareOf(id: string): string {
    return this.hasAllAccounts(id) ? id : this.limitedMakersOf(id).at(-1)!;
  }

  /** Whether a token reaches all accounts, as the program's own do, which are in no store. */
  hasAllAccounts(id: string): boolean {
    const record = this.#store.get(id);
    return record === undefined || record.accounts === "all";
  }
}
