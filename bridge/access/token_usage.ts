/** When and from where each token was used last. @module */

import type { Clock } from "../../lib/clock.ts";
import type { TokenStore } from "./token_store.ts";

/** The last use of a token. */
export interface TokenUse {
  /** In milliseconds since 1970. */
  readonly at: number;
  /** Address of the client; undefined if it is not known. */
  readonly address: string | undefined;
}

export interface TokenUsageOptions {
  readonly store: Pick<TokenStore, "get" | "setUsed">;
  readonly clock: Pick<Clock, "now">;
  /** Called with errors of the store; the next use is written again. */
  readonly onError: (error: unknown) => void;
}

/** How often the use of a token is written at most, in milliseconds. */
const WRITE_MS = 60_000;

/** Remembers the last use of each token, and writes it at most once a minute. */
export class TokenUsage {
  readonly #options: TokenUsageOptions;
  /** By the token's id. Only stored tokens, whose number is limited. */
  readonly #uses = new Map<string, TokenUse & { writtenAt: number }>();

  constructor(options: TokenUsageOptions) {
    this.#options = options;
  }

  /** Records a use of a token. Tokens of the configuration are not recorded. */
  record(id: string, address: string | undefined): void {
    const { store, clock } = this.#options;
    const now = clock.now();
    const known = this.#uses.get(id);
    const stored = known === undefined ? store.get(id) : undefined;
    if (known === undefined && stored === undefined) return;
    const writtenAt = known?.writtenAt ?? stored?.lastUsedAt ?? -Infinity;
    const isDue = now - writtenAt >= WRITE_MS;
    this.#uses.set(id, {
      at: now,
      address: address ?? known?.address,
      writtenAt: isDue ? now : writtenAt,
    });
    if (isDue) void this.#write(id);
  }

  /** Returns the last use of a token since the start. */
  find(id: string): TokenUse | undefined {
    return this.#uses.get(id);
  }

  /** Writes what was not written yet. */
  async flush(): Promise<void> {
    await Promise.all(
      [...this.#uses].filter(([, { at, writtenAt }]) => at > writtenAt)
        .map(([id]) => this.#write(id)),
    );
  }

  /** Forgets the tokens that are no longer stored. */
  lookAfter(): void {
    for (const id of this.#uses.keys()) {
      if (this.#options.store.get(id) === undefined) this.#uses.delete(id);
    }
  }

  async #write(id: string): Promise<void> {
    const { at, address } = this.#uses.get(id)!;
    try {
      await this.#options.store.setUsed(id, at, address);
    } catch (error) {
      this.#options.onError(error);
    }
  }
}
