/** The lists of LIST, QUERY_STAT and FINGER replies <-> pages, and their counts. No I/O. @module */

import { checkName, checkNumber, checkText, checkUin } from "./checks.ts";
import { nameOf, type Status, STATUSES } from "./codes.ts";
import type { FieldReader } from "./field_reader.ts";
import {
  decodeText,
  encodeText,
  endsElements,
  joinList,
  splitList,
  wholeNumber,
} from "./fields.ts";
import { isDigits } from "./qq_number.ts";

/**
 * A friend that is online.
 *
 * @category Codec
 */
export interface OnlineFriend {
  /** QQ number of the person. */
  uin: string;
  /** Nickname of the person. */
  nickname: string;
  /** Presence of the friend. */
  status: Status;
  /** Number of the avatar picture. */
  face: number;
}

/**
 * Somebody that a search found.
 *
 * @category Codec
 */
export interface Person {
  /** QQ number of the person. */
  uin: string;
  /** Nickname of the person. */
  nickname: string;
}

/** A page of a list. */
export interface Page<T> {
  /** Whether it is the last. */
  complete: boolean;
  /** The entries, ascending by number. */
  entries: T[];
}

/**
 * A friend, without presence.
 *
 * @category Codec
 */
export interface NamedFriend extends Person {
  /** Number of the avatar picture. */
  face: number;
}

/**
 * A friend that is online, without the nickname.
 *
 * @category Codec
 */
export interface SeenFriend {
  /** QQ number of the friend. */
  uin: string;
  /** Presence of the friend. */
  status: Status;
}

/** `FN` of the last page of SimpleInfo2. */
const NO_NEXT = 65_535;

/** Most entries of a page; a longer one is malformed. */
export const MAX_PAGE_ENTRIES = 1000;

/** The field of a reply that counts only, with `&` before it. Throws RangeError. */
export function encodeCount(cmd: string, count: number): string {
  return `&FN=${checkNumber(cmd, "count", count)}`;
}

/** The count of a reply that counts only; undefined where it holds a page. */
export function decodeCount(fields: FieldReader): number | undefined {
  return fields.has("UN") || fields.has("SN") ? undefined : fields.whole("FN");
}

/** The fields of a page of numbers, each with `&` before it. Throws TypeError. */
export function encodeUins(complete: boolean, uins: readonly string[]): string {
  return encodeSize(complete, uins.length) +
    `&UN=${joinList(uins.map((uin) => checkUin("List", "uins", uin)))}`;
}

/** A page of numbers. Throws MalformedError, as all that follow. */
export function decodeUins(fields: FieldReader): Page<string> {
  const entries = numbers(fields, "UN");
  return { complete: isComplete(fields, entries.length), entries };
}

/** The fields of a page of friends, each with `&` before it. Throws TypeError or RangeError. */
export function encodeFriends(
  complete: boolean,
  friends: readonly OnlineFriend[],
): string {
  const cmd = "Query_Stat";
  return encodeFaces(cmd, friends) + encodeSize(complete, friends.length) +
    encodeStatuses(cmd, friends) + encodeNumbers(cmd, friends) +
    encodeNicknames(cmd, friends);
}

function encodeFaces(cmd: string, friends: readonly { face: number }[]) {
  return `&FC=${
    joinList(friends.map(({ face }) => checkNumber(cmd, "face", face)))
  }`;
}

function encodeStatuses(cmd: string, friends: readonly { status: Status }[]) {
  return `&ST=${
    joinList(
      friends.map(({ status }) => checkName(cmd, "status", STATUSES, status)),
    )
  }`;
}

function encodeNumbers(cmd: string, people: readonly { uin: string }[]) {
  return `&UN=${joinList(people.map(({ uin }) => checkUin(cmd, "uin", uin)))}`;
}

function encodeNicknames(cmd: string, people: readonly Person[]) {
  return `&NK=${
    joinList(people.map(({ nickname }) =>
      encodeText(checkText(cmd, "nickname", nickname))
    ))
  }`;
}

/** A page of friends. */
export function decodeFriends(fields: FieldReader): Page<OnlineFriend> {
  const uins = numbers(fields, "UN");
  const complete = isComplete(fields, uins.length);
  const faces = facesOf(fields, uins.length);
  const statuses = statusesOf(fields, uins.length);
  const nicknames = texts(fields, "NK", uins.length);
  const entries = uins.map((uin, index) => ({
    uin,
    nickname: nicknames[index]!,
    status: statuses[index]!,
    face: faces[index]!,
  }));
  return { complete, entries };
}

function facesOf(fields: FieldReader, length: number): number[] {
  return numbers(fields, "FC", length).map((face) => {
    const number = wholeNumber(face);
    if (number >= 0) return number;
    throw fields.malformed("FC", "must hold whole numbers", face);
  });
}

function statusesOf(fields: FieldReader, length: number): Status[] {
  return numbers(fields, "ST", length).map((wire) => {
    const status = nameOf(STATUSES, Number(wire));
    if (status !== undefined) return status;
    throw fields.malformed("ST", "must hold 10, 20, 30 or 40", wire);
  });
}

/** The fields of a page of SimpleInfo2. @param next The offset of the next page, if there is one. */
export function encodeNamedFriends(
  next: number | undefined = NO_NEXT,
  friends: readonly NamedFriend[],
): string {
  const cmd = "SimpleInfo2";
  return `&FN=${checkNumber(cmd, "next", next)}` +
    `&SN=${friends.length}` + encodeNumbers(cmd, friends) +
    encodeFaces(cmd, friends) + encodeNicknames(cmd, friends);
}

/** A page of SimpleInfo2, and the offset of the next. */
export function decodeNamedFriends(
  fields: FieldReader,
): Page<NamedFriend> & { next?: number } {
  const uins = numbers(fields, "UN");
  const faces = facesOf(fields, uins.length);
  const nicknames = texts(fields, "NK", uins.length);
  const entries = uins.map((uin, index) => ({
    uin,
    nickname: nicknames[index]!,
    face: faces[index]!,
  }));
  const next = fields.whole("FN");
  return next === NO_NEXT
    ? { complete: true, entries }
    : { complete: false, next, entries };
}

/** The fields of a page of Query_Stat2. */
export function encodeSeenFriends(
  complete: boolean,
  friends: readonly SeenFriend[],
): string {
  const cmd = "Query_Stat2";
  return encodeSize(complete, friends.length) + encodeStatuses(cmd, friends) +
    encodeNumbers(cmd, friends);
}

/** A page of Query_Stat2. */
export function decodeSeenFriends(fields: FieldReader): Page<SeenFriend> {
  const uins = numbers(fields, "UN");
  const complete = isComplete(fields, uins.length);
  const statuses = statusesOf(fields, uins.length);
  const entries = uins.map((uin, index) => ({
    uin,
    status: statuses[index]!,
  }));
  return { complete, entries };
}

/** The fields of a page of people, each with `&` before it. Throws TypeError. */
export function encodePeople(
  complete: boolean,
  people: readonly Person[],
): string {
  const cmd = "Finger";
  return encodeSize(complete, people.length) + encodeNumbers(cmd, people) +
    encodeNicknames(cmd, people);
}

/** A page of people. */
export function decodePeople(fields: FieldReader): Page<Person> {
  const uins = numbers(fields, "UN");
  const complete = isComplete(fields, uins.length);
  const nicknames = texts(fields, "NK", uins.length);
  const entries = uins.map((uin, index) => ({
    uin,
    nickname: nicknames[index]!,
  }));
  return { complete, entries };
}

function encodeSize(complete: boolean, length: number): string {
  return `&FN=${complete ? 1 : 0}&SN=${length}`;
}

function isComplete(fields: FieldReader, length: number): boolean {
  const count = fields.whole("SN");
  if (count !== length) {
    throw fields.malformed(
      "SN",
      `must be the length of UN, ${length}`,
      String(count),
    );
  }
  return fields.whole("FN") === 1;
}

function checkLength(
  fields: FieldReader,
  code: string,
  length: number,
  expected: number | undefined,
): void {
  if (expected === undefined || length === expected) return;
  throw fields.malformed(
    code,
    `must have as many elements as UN, ${expected}`,
    String(length),
  );
}

function numbers(
  fields: FieldReader,
  code: string,
  expected?: number,
): string[] {
  const elements = splitList(fields.required(code));
  if (elements.length > MAX_PAGE_ENTRIES) {
    throw fields.malformed(
      code,
      `must have at most ${MAX_PAGE_ENTRIES} elements`,
      String(elements.length),
    );
  }
  for (const element of elements) {
    if (!isDigits(element)) {
      throw fields.malformed(code, "must hold numbers", element);
    }
  }
  checkLength(fields, code, elements.length, expected);
  return elements;
}

function texts(fields: FieldReader, code: string, expected: number): string[] {
  // An empty nickname at the end looks like a last comma: the numbers tell which it is.
  const ended = endsElements(fields.required("UN"));
  const elements = splitList(fields.text(code) ?? "", ended);
  checkLength(fields, code, elements.length, expected);
  return elements.map(decodeText);
}
