/** Names, faces and presence of people, for the rows that are visible. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";
import type { KnownPersonInfo } from "../../../../lib/frames/inbox.ts";
import { type Signal, signal } from "../deps.ts";
import { command } from "../link/link.ts";
import { SignalMap } from "./signal_map.ts";

export type Person = KnownPersonInfo;

/** Friends of one account. */
export interface Friends {
  readonly uins: readonly string[];
  /** How many of their names are not known yet. */
  readonly pending: number;
}

/** Maximum number of people in one question. */
const BATCH = 50;

/** How long visible rows are collected before they are asked for. */
const COLLECT_MS = 100;

/** Waits before names that the bridge is still looking up are asked for again. */
const REPEAT_MS = [2000, 4000, 8000, 15_000] as const;

/** Maximum number of people kept; when there are more, all are dropped and visible ones are asked for again. */
const MAX_PEOPLE = 50_000;

/** What is known of people, by `account/uin`. */
const people: SignalMap<Person> = new SignalMap();

/** The friend list of each account that was opened. */
export const friends: SignalMap<Friends> = new SignalMap();

/** Changes with the name of any person, for lists that are sorted or filtered by name. */
export const namesVersion: Signal<number> = signal(0);

function keyOf(account: string, uin: string): string {
  return `${account}/${uin}`;
}

/** A person as this account knows it, and subscribes to it. */
export function personOf(account: string, uin: string): Person | undefined {
  return people.get(keyOf(account, uin));
}

export function peekPerson(account: string, uin: string): Person | undefined {
  return people.peek(keyOf(account, uin));
}

/** Whether somebody is a friend; `undefined` until the friends of the account are known. */
export function isFriendOf(account: string, uin: string): boolean | undefined {
  const list = friends.get(account);
  if (list === undefined || list.uins.length === 0 && list.pending > 0) {
    return undefined;
  }
  return list.uins.includes(uin);
}

/** The nickname, or the number while there is none. */
export function nameOf(
  person: { uin: string; nickname: string } | undefined,
  uin = person?.uin ?? "",
): string {
  return person?.nickname || uin;
}

export function clearPeople(): void {
  people.clear();
  friends.clear();
  for (const wanted of wants.values()) wanted.stop();
  wants.clear();
}

/** Takes the nickname that another answer of the bridge brought. */
export function noteName(account: string, uin: string, nickname: string): void {
  if (nickname === "") return;
  const known = peekPerson(account, uin);
  if (known?.nickname === nickname) return;
  put(account, { isFriend: false, ...known, uin, nickname });
}

/** What an answer says of a person, without forgetting the name that another one brought. */
function merge(account: string, person: Person): Person {
  const { status: _, ...before } = peekPerson(account, person.uin) ?? person;
  const nickname = person.nickname || before.nickname;
  return { ...before, ...person, nickname };
}

function put(account: string, person: Person): void {
  if (people.size >= MAX_PEOPLE) people.clear();
  people.set(keyOf(account, person.uin), person);
  namesVersion.value++;
}

/** Notes that this page has made somebody a friend, or has removed one. */
export function noteFriend(
  account: string,
  uin: string,
  isFriend: boolean,
): void {
  const known = peekPerson(account, uin) ?? { uin, nickname: "" };
  put(account, { ...known, isFriend });
  const list = friends.peek(account);
  if (list === undefined) return;
  const rest = list.uins.filter((one) => one !== uin);
  friends.set(account, { ...list, uins: isFriend ? [...rest, uin] : rest });
}

/** Loads the friends of an account with what the bridge knows of them. */
export async function loadFriends(
  account: string,
  lane: "user" | "background" = "user",
): Promise<void> {
  const { people: all, pending } = await command("people", {}, {
    account,
    lane,
  });
  const uins = all.map(({ uin }) => uin);
  const known = friends.peek(account);
  const now = new Set(uins);
  for (const uin of known?.uins ?? []) {
    const person = peekPerson(account, uin);
    if (now.has(uin) || person === undefined) continue;
    const { status: _, ...rest } = person;
    people.set(keyOf(account, uin), { ...rest, isFriend: false });
  }
  for (const person of all) {
    people.set(keyOf(account, person.uin), merge(account, person));
  }
  namesVersion.value++;
  friends.set(account, { uins, pending });
}

/** Applies the presence of a friend. */
export function takePresence(frame: EventFrame): void {
  if (frame.event !== "presence") return;
  const { from, status } = frame.data;
  const known = peekPerson(frame.account, from);
  if (known !== undefined) put(frame.account, { ...known, status });
}

/** An account that is not logged in learns no presence, so that of its friends is unknown. */
export function forgetPresence(account: string): void {
  for (const uin of friends.peek(account)?.uins ?? []) {
    const person = peekPerson(account, uin);
    if (person?.status === undefined) continue;
    const { status: _, ...rest } = person;
    people.set(keyOf(account, uin), rest);
  }
  namesVersion.value++;
}

/** What the visible rows of an account need, and the question that is under way for them. */
class Wanted {
  readonly #account: string;
  #rows = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | undefined;
  #repeats = 0;

  constructor(account: string) {
    this.#account = account;
  }

  /** Replaces the rows. A question for rows that have left is withdrawn. */
  show(uins: readonly string[]): void {
    const rows = new Set(uins);
    const isSame = rows.size === this.#rows.size &&
      uins.every((uin) => this.#rows.has(uin));
    if (isSame) return;
    this.#rows = rows;
    this.#repeats = 0;
    this.#asking?.abort();
    this.#ask(COLLECT_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  #ask(afterMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#answer(), afterMs);
  }

  async #answer(): Promise<void> {
    const uins = [...this.#rows].filter((uin) => {
      const person = peekPerson(this.#account, uin);
      return person?.nickname === undefined || person.nickname === "" ||
        person.at === undefined;
    }).slice(0, BATCH);
    if (uins.length === 0 || document.hidden) return;
    const own = this.#asking = new AbortController();
    try {
      const { people: found } = await command("people", { uins }, {
        account: this.#account,
        lane: "background",
        signal: own.signal,
      });
      for (const person of found) {
        put(this.#account, merge(this.#account, person));
      }
      const isLeft = found.some(({ nickname }) => nickname === "");
      const waitMs = REPEAT_MS[this.#repeats++];
      if (isLeft && waitMs !== undefined) this.#ask(waitMs);
    } catch {
      // The rows show numbers, and ask again when they are seen again.
    }
  }
}

/** Rows by the list that shows them and the account. */
const wants = new Map<string, Wanted>();

/** Asks for the people of visible rows; replaces what the same list asked for before. */
export function showPeople(
  list: string,
  account: string,
  uins: readonly string[],
): void {
  const key = `${list} ${account}`;
  const wanted = wants.get(key) ?? new Wanted(account);
  wants.set(key, wanted);
  wanted.show(uins);
}
