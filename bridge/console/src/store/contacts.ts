/** Friends and strangers of each account: nickname, face, presence. @module */

import type { Status } from "../../../../lib/protocol/codes.ts";
import type {
  AccountState,
  EventFrame,
} from "../../../../lib/frames/events.ts";
import { type Signal, signal } from "../deps.ts";
import { command } from "../link/link.ts";

/** A friend or stranger that an account has met. */
export interface Contact {
  uin: string;
  nickname: string;
  face?: number;
  status: Status;
  isFriend: boolean;
}

/** Maximum number of contacts per account; further ones are ignored. The old server allowed 500 friends. */
export const MAX_CONTACTS = 1000;

/** Maximum number of profiles that are loaded per account without a user's request. */
const MAX_PROFILES = 40;

type People = ReadonlyMap<string, Contact>;

/** Contacts by account, then by QQ number. */
export const contacts: Signal<ReadonlyMap<string, People>> = signal(new Map());

/** QQ numbers whose profile was requested, by account. */
const asked = new Map<string, Set<string>>();

export function clearContacts(): void {
  contacts.value = new Map();
  asked.clear();
}

/** Finds a contact; one that is unknown has only its number. */
export function contactOf(account: string, uin: string): Contact {
  return contacts.value.get(account)?.get(uin) ??
    { uin, nickname: "", status: "offline", isFriend: false };
}

export function nameOf(contact: { uin: string; nickname: string }): string {
  return contact.nickname || contact.uin;
}

/** Loads the friends of an account and their presence. */
export async function loadFriends(account: string): Promise<void> {
  const [{ friends }, online] = await Promise.all([
    command("friends", {}, { account }),
    command("onlineFriends", {}, { account }),
  ]);
  const present = new Map(online.friends.map((one) => [one.uin, one]));
  const before = contacts.value.get(account) ?? new Map<string, Contact>();
  const now = new Map<string, Contact>();
  for (const uin of friends.slice(0, MAX_CONTACTS)) {
    const known = before.get(uin);
    now.set(uin, {
      uin,
      nickname: "",
      ...known,
      status: "offline",
      isFriend: true,
      ...present.get(uin),
    });
  }
  for (const [uin, known] of before) {
    if (now.has(uin) || now.size >= MAX_CONTACTS) continue;
    now.set(uin, { ...known, isFriend: false, status: "offline" });
  }
  setPeople(account, now);
  await learn(account, [...now.keys()]);
}

/** Applies an event that changes presence or friends. */
export function takeContact(frame: EventFrame): void {
  const { account } = frame;
  switch (frame.event) {
    case "presence": {
      const { from, status } = frame.data;
      setContact(account, from, { status });
      return;
    }
    case "account.state":
      return leave(account, frame.data.state);
    case "friend.added":
    case "friend.accepted":
      void loadFriends(account).catch(() => {});
      return;
    case "friend.request":
    case "message.stranger":
      return meet(account, frame.data.from);
    default:
  }
}

/** An account that is not logged in learns no presence, so its contacts are shown as offline. */
function leave(account: string, state: AccountState): void {
  if (state === "online" || state === "penalised") return;
  const people = contacts.value.get(account);
  if (people === undefined) return;
  const away = [...people].map(([uin, one]): [string, Contact] => [
    uin,
    { ...one, status: "offline" },
  ]);
  setPeople(account, new Map(away));
}

/** Adds a contact who may not be a friend, and loads the profile. */
export function meet(account: string, uin: string): void {
  setContact(account, uin, {});
  void learn(account, [uin]);
}

async function learn(account: string, uins: readonly string[]): Promise<void> {
  const tried = asked.get(account) ?? new Set();
  asked.set(account, tried);
  for (const uin of uins) {
    const known = contacts.value.get(account)?.get(uin);
    if (known === undefined || tried.has(uin)) continue;
    if (known.nickname !== "" && known.face !== undefined) continue;
    if (tried.size >= MAX_PROFILES) return;
    tried.add(uin);
    try {
      const { profile } = await command("profile", { uin }, { account });
      setContact(account, uin, {
        nickname: profile.nickname,
        ...(profile.face === undefined ? {} : { face: profile.face }),
      });
    } catch {
      // The number is shown instead of the nickname.
    }
  }
}

function setContact(
  account: string,
  uin: string,
  change: Partial<Contact>,
): void {
  const people = contacts.value.get(account);
  if (people?.has(uin) !== true && (people?.size ?? 0) >= MAX_CONTACTS) return;
  const next = new Map(people);
  next.set(uin, { ...contactOf(account, uin), ...change });
  setPeople(account, next);
}

function setPeople(account: string, people: People): void {
  contacts.value = new Map(contacts.value).set(account, people);
}
