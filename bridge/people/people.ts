/** Names, faces and presence of people. @module */

import { type Clock, sleep } from "../../lib/clock.ts";
import { defined } from "../../lib/defined.ts";
import type {
  AccountState,
  BridgeCommandData,
  BridgeCommandParams,
  EventFrame,
  QqClient,
  Status,
} from "../../mod.ts";
import type { StoredEvent } from "../journal/event.ts";
import { type KnownPerson, PEOPLE, type PeopleStore } from "./people_store.ts";

/** What is asked of an account: its client, and whether it may ask now. */
export interface PeopleAccount {
  readonly uin: string;
  /** Nickname of the account itself; empty if it is not known. */
  readonly nickname: string;
  readonly client: Pick<QqClient, "friends" | "onlineFriends" | "profile">;
  readonly state: { readonly state: AccountState; readonly since: number };
  /** Aborts when the account ends. */
  readonly closing: AbortSignal;
}

export interface PeopleOptions {
  readonly store: PeopleStore;
  readonly clock: Clock;
  findAccount(uin: string): PeopleAccount | undefined;
  readonly onError: (error: unknown) => void;
}

/** Time between two lookups of an account, in milliseconds. */
const LOOKUP_MS = 100;

/** Maximum number of waiting lookups of an account; of more, those that were asked for first are dropped. */
const MAX_LOOKUPS = 1000;

/** How long a friend list counts as fresh, in milliseconds. */
const FRIENDS_MS = 60_000;

/** How long a person whose lookup failed is not looked up again, in milliseconds. */
const FAILED_MS = 600_000;

/** Age from which a person that is asked for is looked up again, in milliseconds: a day. */
const REFRESH_MS = 86_400_000;

/** Maximum number of people whose lookup failed; the oldest is forgotten. */
const MAX_FAILED = 10_000;

/** How often what was learnt is stored, in milliseconds. */
const STORE_MS = 5000;

/** What is known of an account's friends. */
interface Friends {
  readonly uins: Set<string>;
  readonly statuses: Map<string, Status>;
  /** When they were read, in milliseconds since 1970. */
  readAt: number;
}

/** Lookups that an account does in the background. */
interface Lookups {
  /** In the order in which they were asked for; the last is done first. */
  readonly waiting: Set<string>;
  /** Whether the friend list is to be read. */
  needsFriends: boolean;
  isRunning: boolean;
}

/**
 * Knows people. It answers at once and never waits for the QQ server. What is
 * missing, or was learnt more than a day ago, is looked up in the background, at most ten requests a second for each
 * account, and none while the account is not online or is penalised.
 */
export class People {
  readonly #options: PeopleOptions;
  /** In the order of their last use. */
  readonly #known = new Map<string, KnownPerson>();
  readonly #friends = new Map<string, Friends>();
  readonly #lookups = new Map<string, Lookups>();
  readonly #failedAt = new Map<string, number>();
  /** When friends of an account changed, in milliseconds since 1970: a list that was read meanwhile may lack that. */
  readonly #changedAt = new Map<string, number>();
  readonly #unstored = new Map<string, KnownPerson>();
  #cancelStore: (() => void) | undefined;
  #isStopped = false;

  constructor(options: PeopleOptions) {
    this.#options = options;
    for (const person of options.store.list()) {
      this.#known.set(person.uin, person);
    }
  }

  /** Returns the nickname of a person; empty if it is not known. */
  nicknameOf(uin: string): string {
    return this.#known.get(uin)?.nickname ??
      this.#options.findAccount(uin)?.nickname ?? "";
  }

  /** Returns the face of a person; undefined if it is not known. */
  faceOf(uin: string): number | undefined {
    return this.#known.get(uin)?.face;
  }

  /** Returns what is known of people, or of all friends of the account. */
  list(
    account: string,
    { uins }: BridgeCommandParams<"people">,
  ): BridgeCommandData<"people"> {
    const friends = this.#friends.get(account);
    const asked = uins ?? [...friends?.uins ?? []];
    const isOnline = this.#isOnline(account);
    const needsFriends = this.#needsFriends(account);
    const missing = asked.filter((uin) => !this.#known.has(uin));
    const unknown = missing.filter((uin) => !this.#hasFailed(uin));
    // Before the unknown ones, because the last that is asked for is done first.
    const outdated = asked.filter((uin) => this.#isOutdated(uin));
    this.#lookUp(account, [...outdated, ...unknown], needsFriends);
    return {
      people: asked.map((uin) => {
        const person = this.#use(uin);
        const isFriend = friends?.uins.has(uin) === true;
        return {
          uin,
          nickname: this.nicknameOf(uin),
          isFriend,
          ...defined({
            face: person?.face,
            status: isFriend && isOnline
              ? friends.statuses.get(uin) ?? "offline"
              : undefined,
            at: person && new Date(person.at).toISOString(),
          }),
        };
      }),
      // Without its friend list nobody can tell how many are missing.
      pending: unknown.length + (friends === undefined && needsFriends ? 1 : 0),
    };
  }

  /** Learns from events: changed presence, and new friends. */
  onEvents(events: readonly StoredEvent[]): void {
    for (const { account, event, frame } of events) {
      const isNew = event === "friend.accepted" || event === "friend.added";
      if (!isNew && event !== "presence") continue;
      const { from, status } = (JSON.parse(frame) as EventFrame & {
        data: { from: string; status: Status };
      }).data;
      if (isNew) {
        this.onFriend(account, from, true);
        continue;
      }
      const friends = this.#friends.get(account);
      if (friends?.uins.has(from)) friends.statuses.set(from, status);
    }
  }

  /** Takes over at once that somebody is a friend now, or is none any more. */
  onFriend(account: string, uin: string, isFriend: boolean): void {
    this.#changedAt.set(account, this.#options.clock.now());
    const friends = this.#friends.get(account);
    if (friends === undefined) return;
    if (isFriend) friends.uins.add(uin);
    else friends.uins.delete(uin);
    friends.statuses.delete(uin);
    // The presence of a new friend is in the next list.
    if (isFriend) friends.readAt = -Infinity;
  }

  /** Stores what was learnt, and ends the lookups. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelStore?.();
    this.#store();
    this.#lookups.clear();
  }

  #isOnline(account: string): boolean {
    const state = this.#options.findAccount(account)?.state.state;
    return state === "online";
  }

  #needsFriends(account: string): boolean {
    const found = this.#options.findAccount(account);
    const friends = this.#friends.get(account);
    if (found === undefined) return false;
    if (friends === undefined) return true;
    const isOld = this.#options.clock.now() - friends.readAt >= FRIENDS_MS;
    return isOld || friends.readAt < found.state.since;
  }

  #hasFailed(uin: string): boolean {
    const at = this.#failedAt.get(uin);
    return at !== undefined && this.#options.clock.now() - at < FAILED_MS;
  }

  #isOutdated(uin: string): boolean {
    const at = this.#known.get(uin)?.at;
    return at !== undefined && !this.#hasFailed(uin) &&
      this.#options.clock.now() - at >= REFRESH_MS;
  }

  /** Returns a person and moves it to the end of those that may be dropped. */
  #use(uin: string): KnownPerson | undefined {
    const person = this.#known.get(uin);
    if (person === undefined) return undefined;
    this.#known.delete(uin);
    this.#known.set(uin, person);
    return person;
  }

  #lookUp(
    account: string,
    uins: readonly string[],
    needsFriends: boolean,
  ): void {
    if (uins.length === 0 && !needsFriends) return;
    let lookups = this.#lookups.get(account);
    if (lookups === undefined) {
      lookups = { waiting: new Set(), needsFriends: false, isRunning: false };
      this.#lookups.set(account, lookups);
    }
    lookups.needsFriends ||= needsFriends;
    const { waiting } = lookups;
    for (const uin of uins) {
      waiting.delete(uin);
      waiting.add(uin);
      if (waiting.size > MAX_LOOKUPS) {
        waiting.delete(waiting.values().next().value!);
      }
    }
    if (lookups.isRunning) return;
    lookups.isRunning = true;
    this.#run(account, lookups).catch(this.#options.onError)
      .finally(() => {
        lookups.isRunning = false;
        if (this.#options.findAccount(account) === undefined) {
          this.#lookups.delete(account);
        }
      });
  }

  /** Does the lookups of an account, one after the other. */
  async #run(account: string, lookups: Lookups): Promise<void> {
    const { clock, findAccount } = this.#options;
    while (this.#lookups.get(account) === lookups) {
      const found = findAccount(account);
      // Asked for again by the next caller.
      if (found === undefined || found.closing.aborted) return;
      if (found.state.state !== "online") return;
      if (lookups.needsFriends) {
        lookups.needsFriends = false;
        await this.#readFriends(found, lookups);
      } else {
        const uin = [...lookups.waiting].at(-1);
        if (uin === undefined) return;
        lookups.waiting.delete(uin);
        await this.#readProfile(found, uin);
      }
      await sleep(clock, LOOKUP_MS, found.closing).catch(() => {});
    }
  }

  async #readFriends(
    { uin, client }: PeopleAccount,
    lookups: Lookups,
  ): Promise<void> {
    const { clock } = this.#options;
    try {
      const readAt = clock.now();
      const online = await client.onlineFriends();
      const uins = new Set(await client.friends());
      this.#dropRemoved();
      if ((this.#changedAt.get(uin) ?? -Infinity) >= readAt) {
        // Whether the list has the change is not certain, so it is read again.
        this.#changedAt.delete(uin);
        lookups.needsFriends = true;
        return;
      }
      this.#friends.set(uin, {
        uins,
        statuses: new Map(online.map(({ uin, status }) => [uin, status])),
        readAt,
      });
      for (const { uin, nickname, face } of online) {
        this.#learn({ uin, nickname, face, at: clock.now() });
      }
    } catch {
      // Read again when somebody asks again.
    }
  }

  /** Forgets the friends of accounts that were removed. */
  #dropRemoved(): void {
    for (const account of this.#friends.keys()) {
      if (this.#options.findAccount(account) === undefined) {
        this.#friends.delete(account);
        this.#changedAt.delete(account);
      }
    }
  }

  async #readProfile({ client }: PeopleAccount, uin: string): Promise<void> {
    const { clock } = this.#options;
    try {
      const { nickname, face } = await client.profile(uin);
      this.#learn({ uin, nickname, face, at: clock.now() });
      this.#failedAt.delete(uin);
    } catch {
      this.#failedAt.delete(uin);
      this.#failedAt.set(uin, clock.now());
      if (this.#failedAt.size > MAX_FAILED) {
        this.#failedAt.delete(this.#failedAt.keys().next().value!);
      }
    }
  }

  #learn(person: KnownPerson): void {
    this.#known.delete(person.uin);
    this.#known.set(person.uin, person);
    this.#unstored.set(person.uin, person);
    if (this.#isStopped) return;
    this.#cancelStore ??= this.#options.clock.after(STORE_MS, () => {
      this.#cancelStore = undefined;
      this.#store();
    });
  }

  #store(): void {
    const { store, onError } = this.#options;
    try {
      store.put([...this.#unstored.values()]);
      this.#unstored.clear();
      const excess = this.#known.size - PEOPLE;
      if (excess <= 0) return;
      const dropped = [...this.#known.keys()].slice(0, excess);
      for (const uin of dropped) this.#known.delete(uin);
      store.remove(dropped);
    } catch (error) {
      // Stored with what is learnt next.
      onError(error);
    }
  }
}
