/** Nickname, sex and age by QQ number, for events that carry only a number. @module */

import { type Clock, sleep } from "../../lib/clock.ts";
import { COMMAND_SCOPES, type Sex } from "../../mod.ts";
import { callCommand } from "./call_command.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import { allows, type Grant } from "../access/grant.ts";

/** What dialects show of a person. */
export interface CachedProfile {
  /** The nickname; empty if it is unknown. */
  readonly nickname: string;
  readonly sex: Sex | "unknown";
  /** In years; 0 if it is unknown. */
  readonly age: number;
}

/** Stands for a profile that is not known. */
export const UNKNOWN_PROFILE: CachedProfile = {
  nickname: "",
  sex: "unknown",
  age: 0,
};

/** Bounds of a {@linkcode ProfileCache}. */
export const PROFILE_CACHE_LIMITS = {
  /** Maximum number of cached profiles; the one that was not used for longest is evicted. */
  remembered: 10_000,
  /** How long a profile is cached. */
  freshMs: 10 * 60_000,
  /** How long a failed look-up is cached. */
  unknownMs: 30_000,
  /** How long an event waits for its sender's name. */
  waitMs: 1500,
  /** How long a list of friends waits for their names. */
  listMs: 3000,
  /** Maximum number of look-ups at a time for a list. */
  parallel: 4,
} as const;

/** Bridge, grant and account of one call. */
export interface RequestContext {
  readonly bridge: BridgeApi;
  /** What the caller may do. */
  readonly grant: Grant;
  /** QQ number of the account that the call is for. */
  readonly account: string;
}

/** Looks profiles up with the bridge's own right and caches them. A caller without the right to see profiles gets {@linkcode UNKNOWN_PROFILE}. */
export class ProfileCache {
  readonly #clock: Clock;
  readonly #known = new Map<string, { person: CachedProfile; until: number }>();
  readonly #asked = new Map<string, Promise<CachedProfile>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns a cached profile. */
  get(uin: string): CachedProfile | undefined {
    const known = this.#known.get(uin);
    if (known === undefined || known.until <= this.#clock.now()) {
      return undefined;
    }
    this.#known.delete(uin);
    this.#known.set(uin, known);
    return known.person;
  }

  /** Returns a profile, looking it up if it is not cached and waiting for `waitMs` at most. Never rejects. */
  async find(
    context: RequestContext,
    uin: string,
    waitMs: number = PROFILE_CACHE_LIMITS.waitMs,
  ): Promise<CachedProfile> {
    if (!allows(context.grant, "profile")) return UNKNOWN_PROFILE;
    const known = this.get(uin);
    if (known !== undefined) return known;
    const ended = new AbortController();
    const late = sleep(this.#clock, waitMs, ended.signal)
      .then(() => UNKNOWN_PROFILE, () => UNKNOWN_PROFILE);
    const person = await Promise.race([this.#ask(context, uin), late]);
    ended.abort();
    return person;
  }

  /** Returns the nicknames of many; empty for those that are not known in time. */
  async nicknames(
    context: RequestContext,
    uins: readonly string[],
  ): Promise<Map<string, string>> {
    const until = this.#clock.now() + PROFILE_CACHE_LIMITS.listMs;
    const names = new Map<string, string>();
    const left = uins.values();
    const look = async () => {
      for (const uin of left) {
        const waitMs = until - this.#clock.now();
        const person = waitMs > 0
          ? await this.find(context, uin, waitMs)
          : allows(context.grant, "profile")
          ? this.get(uin) ?? UNKNOWN_PROFILE
          : UNKNOWN_PROFILE;
        names.set(uin, person.nickname);
      }
    };
    await Promise.all(
      Array.from({ length: PROFILE_CACHE_LIMITS.parallel }, look),
    );
    return names;
  }

  #ask(context: RequestContext, uin: string): Promise<CachedProfile> {
    const asked = this.#asked.get(uin) ?? this.#look(context, uin)
      .finally(() => this.#asked.delete(uin));
    this.#asked.set(uin, asked);
    return asked;
  }

  async #look(
    { bridge, account }: RequestContext,
    uin: string,
  ): Promise<CachedProfile> {
    const { freshMs, unknownMs } = PROFILE_CACHE_LIMITS;
    try {
      const { profile } = await callCommand(
        { bridge, grant: ownGrant(account), account },
        "profile",
        { uin },
      );
      const { nickname, sex, age } = profile;
      return this.#keep(
        uin,
        { nickname, sex: sex ?? "unknown", age: age ?? 0 },
        freshMs,
      );
    } catch {
      // The reason does not matter to an event that waits for a name.
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

/**
 * The bridge's own right to look up profiles. A caller's would fill the cache,
 * which all callers share, with what that caller must not see.
 */
function ownGrant(account: string): Grant {
  return {
    id: "bridge",
    name: "bridge",
    scopes: new Set([COMMAND_SCOPES.profile]),
    accounts: new Set([account]),
    revoked: () => false,
  };
}
