/** Who writes: names for events that carry only a number. @module */

import { type Clock, sleep } from "../../lib/clock.ts";
import type { BridgeCommands, Sex } from "../../mod.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type { Grant } from "../access/grant.ts";

/** What dialects tell of a person. */
export interface CachedProfile {
  /** The nickname; empty where it is not known. */
  readonly nickname: string;
  /** The sex. */
  readonly sex: Sex | "unknown";
  /** Years; 0 where they are not known. */
  readonly age: number;
}

/** Of whom nothing is known. */
export const UNKNOWN_PROFILE: CachedProfile = {
  nickname: "",
  sex: "unknown",
  age: 0,
};

/** How the people are looked up. */
export const PROFILE_CACHE_LIMITS = {
  /** Most that are remembered; the one longest not asked for is forgotten. */
  remembered: 10_000,
  /** For how long. */
  freshMs: 10 * 60_000,
  /** For how long nobody asks again who could not be told. */
  unknownMs: 30_000,
  /** How long an event waits for its sender's name. */
  waitMs: 1500,
  /** How long a list of friends waits for their names. */
  listMs: 3000,
  /** Most look-ups at a time for a list. */
  parallel: 4,
} as const;

/** Who asks, and for which account. */
export interface RequestContext {
  /** The bridge. */
  readonly bridge: BridgeApi;
  /** What the asker may do. */
  readonly grant: Grant;
  /** The account that asks. */
  readonly account: string;
}

/** See the module. A memory, not a state: it may be empty at any time. */
export class ProfileCache {
  readonly #clock: Clock;
  readonly #known = new Map<string, { person: CachedProfile; until: number }>();
  readonly #asked = new Map<string, Promise<CachedProfile>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Somebody who is known. */
  get(uin: string): CachedProfile | undefined {
    const known = this.#known.get(uin);
    if (known === undefined || known.until <= this.#clock.now()) {
      return undefined;
    }
    this.#known.delete(uin);
    this.#known.set(uin, known);
    return known.person;
  }

  /** Looks somebody up, and waits so long at most. Never rejects. */
  async find(
    asker: RequestContext,
    uin: string,
    waitMs: number = PROFILE_CACHE_LIMITS.waitMs,
  ): Promise<CachedProfile> {
    const known = this.get(uin);
    if (known !== undefined) return known;
    const ended = new AbortController();
    const late = sleep(this.#clock, waitMs, ended.signal)
      .then(() => UNKNOWN_PROFILE, () => UNKNOWN_PROFILE);
    const person = await Promise.race([this.#ask(asker, uin), late]);
    ended.abort();
    return person;
  }

  /** The nicknames of many, as far as they can be told in time; empty for the others. */
  async nicknames(
    asker: RequestContext,
    uins: readonly string[],
  ): Promise<Map<string, string>> {
    const until = this.#clock.now() + PROFILE_CACHE_LIMITS.listMs;
    const names = new Map<string, string>();
    const left = uins.values();
    const look = async () => {
      for (const uin of left) {
        const waitMs = until - this.#clock.now();
        const person = waitMs > 0
          ? await this.find(asker, uin, waitMs)
          : this.get(uin) ?? UNKNOWN_PROFILE;
        names.set(uin, person.nickname);
      }
    };
    await Promise.all(
      Array.from({ length: PROFILE_CACHE_LIMITS.parallel }, look),
    );
    return names;
  }

  #ask(asker: RequestContext, uin: string): Promise<CachedProfile> {
    const asked = this.#asked.get(uin) ?? this.#look(asker, uin)
      .finally(() => this.#asked.delete(uin));
    this.#asked.set(uin, asked);
    return asked;
  }

  async #look(
    { bridge, grant, account }: RequestContext,
    uin: string,
  ): Promise<CachedProfile> {
    const { freshMs, unknownMs } = PROFILE_CACHE_LIMITS;
    try {
      const { profile } = await bridge.run(grant, {
        command: "profile",
        account,
        params: { uin },
      }) as BridgeCommands["profile"]["data"];
      const { nickname, sex, age } = profile;
      return this.#keep(
        uin,
        { nickname, sex: sex ?? "unknown", age: age ?? 0 },
        freshMs,
      );
    } catch {
      // Why it cannot be told is of no use to who waits for an event.
      return this.#keep(uin, UNKNOWN_PROFILE, unknownMs);
    }
  }

  #keep(uin: string, person: CachedProfile, forMs: number): CachedProfile {
    this.#known.delete(uin);
    this.#known.set(uin, { person, until: this.#clock.now() + forMs });
    if (this.#known.size > PROFILE_CACHE_LIMITS.remembered) {
      this.#known.delete(this.#known.keys().next().value!);
    }
    return person;
  }
}
