/** Texts of other people, as the bridge passes them on. @module */

import type { Profile, ProfileAnswer } from "../../mod.ts";
import { NICKNAME } from "./account_store.ts";

/** Most characters of a profile's text; the rest is cut. */
const MAX_TEXT_CHARACTERS = 4000;

/** Most further fields of a profile; the rest is left out. */
const MAX_EXTRA_FIELDS = 64;

/** Most characters of the code of such a field; those with longer ones are left out. */
const MAX_CODE_CHARACTERS = 64;

/** The nickname that a QQ server sent; empty if it is too long or has control or direction characters. */
export function toSafeNickname(nickname: string): string {
  return NICKNAME.test(nickname) ? nickname : "";
}

/** An entry of a list, with its nickname made safe. */
export function withSafeNickname<T extends { nickname: string }>(entry: T): T {
  return { ...entry, nickname: toSafeNickname(entry.nickname) };
}

/** A profile, with its texts bounded. */
export function toSafeProfile(
  { extra, ...profile }: ProfileAnswer,
): { profile: Profile; extra?: Record<string, string> } {
  const safe = withSafeNickname(withCutTexts(profile));
  if (extra === undefined) return { profile: safe };
  const some = Object.entries(extra)
    .filter(([code]) => code.length <= MAX_CODE_CHARACTERS)
    .slice(0, MAX_EXTRA_FIELDS);
  return { profile: safe, extra: withCutTexts(Object.fromEntries(some)) };
}

function withCutTexts<T extends object>(texts: T): T {
  return Object.fromEntries(
    Object.entries(texts).map(([name, value]) => [
      name,
      typeof value === "string" && name !== "nickname" ? cut(value) : value,
    ]),
  ) as T;
}

/** Not within a character that takes two units. */
function cut(text: string): string {
  if (text.length <= MAX_TEXT_CHARACTERS) return text;
  const last = text.charCodeAt(MAX_TEXT_CHARACTERS - 1);
  const isHalf = last >= 0xd800 && last < 0xdc00;
  return text.slice(0, MAX_TEXT_CHARACTERS - (isHalf ? 1 : 0));
}
