/**
 * `K=V&K=V` <-> ordered fields, the two-stage escaping of replies, the
 * one-stage escaping of requests, and lists. No I/O.
 *
 * @module
 */

import { MAX_QQ_NUMBER_DIGITS } from "./qq_number.ts";

/** Characters as `charCodeAt` gives them, which is quicker than letters. */
const PERCENT = 37;
const AMPERSAND = 38;
/** The first of the digits. */
export const ZERO = 48;
const EQUALS = 61;
const LAST_ASCII = 127;
/** A list's elements end with it, or stand around it. */
export const COMMA = 44;
/** Stands behind a message's text. */
export const BLANK = 32;

/** Where the pairs of a body stand; the first of a code counts. */
export interface Fields {
  /** What the pairs are in. */
  readonly body: string;
  /** Of each pair, in order: its code's key, where its `=` is, where it ends. */
  readonly marks: readonly number[];
}

/**
 * The key of a code, one more letter on: a code is sooner compared as a number,
 * a byte a letter behind a 1. What is not ASCII has none.
 */
function keyWith(key: number, char: number): number {
  return key < 0 || char > LAST_ASCII ? -1 : key << 8 | char;
}

const NO_LETTERS = 1;
/** No code of the protocol has more; what has, has no key. */
const MOST_LETTERS = 3;

function keyOf(code: string): number {
  if (code.length > MOST_LETTERS) return -1;
  let key = NO_LETTERS;
  for (let at = 0; at < code.length; at++) {
    key = keyWith(key, code.charCodeAt(at));
  }
  return key;
}

/** Splits a body at `&` and each pair at its first `=`; pairs without `=` are skipped. */
export function parseFields(body: string): Fields {
  const marks: number[] = [];
  const length = body.length;
  let from = 0;
  let key = NO_LETTERS;
  for (let at = 0; at < length; at++) {
    const char = body.charCodeAt(at);
    if (char === AMPERSAND) {
      from = at + 1;
      key = NO_LETTERS;
    } else if (char === EQUALS) {
      // Codes are short and values may be long: only those are worth a search.
      const end = body.indexOf("&", at);
      marks.push(
        at - from > MOST_LETTERS ? -1 : key,
        at,
        end < 0 ? length : end,
      );
      if (end < 0) break;
      at = end;
      from = end + 1;
      key = NO_LETTERS;
    } else {
      key = keyWith(key, char);
    }
  }
  return { body, marks };
}

/** The wire value of the first field with this code, one of the protocol's. */
export function fieldOf(
  { body, marks }: Fields,
  code: string,
): string | undefined {
  const key = keyOf(code);
  const length = marks.length;
  for (let pair = 0; pair < length; pair += 3) {
    if (marks[pair] === key) {
      return body.slice(marks[pair + 1]! + 1, marks[pair + 2]);
    }
  }
  return undefined;
}

/** Whether a body's pairs have just these codes, in this order. */
export function hasCodes({ marks }: Fields, codes: KnownCodes): boolean {
  if (marks.length !== 3 * codes.length) return false;
  for (let nth = 0; nth < codes.length; nth++) {
    if (marks[3 * nth] !== codes[nth]) return false;
  }
  return true;
}

/** The wire value of the pair at an index that is there. */
export function valueAt({ body, marks }: Fields, nth: number): string {
  return body.slice(marks[3 * nth + 1]! + 1, marks[3 * nth + 2]);
}

/** Codes that a command or reply has a use for, by their keys, in its order. */
export type KnownCodes = readonly number[];

/** The keys of some codes, which blanks separate. */
export function knownCodes(codes: string): KnownCodes {
  return codes.split(" ").map((code) => keyOf(code));
}

/** The keys that each name has: the codes that all begin with, then those of its row. */
export function knownCodesOf<N extends string>(
  names: readonly N[],
  head: string,
  rows: Readonly<Partial<Record<N, string>>>,
): Readonly<Record<N, KnownCodes>> {
  const known = {} as Record<N, KnownCodes>;
  for (const name of names) {
    known[name] = knownCodes(`${head} ${rows[name] ?? ""}`.trim());
  }
  return known;
}

/** The fields whose codes are not in `known`, decoded; undefined where there are none. */
export function extraOf(
  { body, marks }: Fields,
  known: KnownCodes,
  decode: (wire: string) => string,
): Record<string, string> | undefined {
  let extra: Record<string, string> | undefined;
  for (let pair = 0; pair < marks.length; pair += 3) {
    const key = marks[pair]!;
    // Most stand where they belong.
    if (key === known[pair / 3] || known.includes(key)) continue;
    const equals = marks[pair + 1]!;
    const code = body.slice(body.lastIndexOf("&", equals) + 1, equals);
    extra ??= {};
    if (Object.hasOwn(extra, code)) continue;
    // Not by assignment: a field named __proto__ would vanish.
    Object.defineProperty(extra, code, {
      value: decode(body.slice(equals + 1, marks[pair + 2])),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return extra;
}

/** `&CODE=value` for every extra field; throws where a code would be read as something else. */
export function encodeExtra(
  what: string,
  extra: Readonly<Record<string, string>> | undefined,
  known: KnownCodes,
  encode: (text: string) => string,
): string {
  if (extra === undefined) return "";
  let out = "";
  for (const [code, text] of Object.entries(extra)) {
    if (known.includes(keyOf(code)) || /[&=]/.test(code)) {
      throw new TypeError(
        `Cannot encode ${what}: extra may hold only codes that the command does not use, without & and =, got ${
          JSON.stringify(code)
        }`,
      );
    }
    out += `&${code}=${encode(text)}`;
  }
  return out;
}

/** The value of the hex digit at `at`, or -1 where there is none. */
function hexDigit(text: string, at: number): number {
  const char = text.charCodeAt(at);
  const digit = char - ZERO;
  if (digit >= 0 && digit <= 9) return digit;
  // A to F are a to f without the bit of 32; 87 is 10 before a.
  const letter = (char | 32) - 87;
  return letter > 9 && letter < 16 ? letter : -1;
}

function escapedByte(text: string, at: number): number {
  if (text.charCodeAt(at) !== PERCENT) return -1;
  const high = hexDigit(text, at + 1);
  const low = hexDigit(text, at + 2);
  return (high | low) < 0 ? -1 : high * 16 + low;
}

/** The code point of the escaped UTF-8 sequence at `at`, or -1 where it is malformed. */
function escapedCodePoint(text: string, at: number): number {
  const lead = escapedByte(text, at);
  if (lead < 0x80) return lead;
  const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  let point = lead & (0xff >> (size + 1));
  for (let index = 1; index < size; index++) {
    const byte = escapedByte(text, at + 3 * index);
    if (byte < 0x80 || byte > 0xbf) return -1;
    point = point << 6 | byte & 0x3f;
  }
  // Longer than it need be, half of a surrogate pair, or beyond Unicode.
  const isInvalid = size === 3
    ? point < 0x800 || point >> 11 === 0xd800 >> 11
    : size === 4 && (point < 0x10000 || point > 0x10ffff);
  return isInvalid ? -1 : point;
}

/** From how long a text on the built-in decoder, which costs much at each start, is quicker. */
const LONG = 256;

/** Undoes `%XX` once; what is malformed, or not UTF-8, stays as it is. */
export function percentDecode(text: string): string {
  let at = text.indexOf("%");
  if (at < 0) return text;
  if (text.length > LONG) {
    try {
      return decodeURIComponent(text);
    } catch {
      // Something is malformed, and it does not say where.
    }
  }
  let out = "";
  let from = 0;
  while (at >= 0) {
    const point = escapedCodePoint(text, at);
    if (point < 0) {
      at = text.indexOf("%", at + 1);
      continue;
    }
    if (from < at) out += text.slice(from, at);
    out += point < 0x10000
      ? String.fromCharCode(point)
      : String.fromCodePoint(point);
    from = at +
      (point < 0x80 ? 3 : point < 0x800 ? 6 : point < 0x10000 ? 9 : 12);
    at = text.charCodeAt(from) === PERCENT ? from : text.indexOf("%", from);
  }
  return out + text.slice(from);
}

/** What a request has for a character, by its code: `%&=+,` and controls are escaped. */
const ESCAPES = /* @__PURE__ */ Array.from(
  { length: 128 },
  (_, code) =>
    code < BLANK || code > 126 || "%&=+,".includes(String.fromCharCode(code))
      ? `%${code.toString(16).padStart(2, "0")}`
      : undefined,
);

function hexEscape(char: string): string {
  return ESCAPES[char.charCodeAt(0)]!;
}

// deno-lint-ignore no-control-regex
const REPLY_UNSAFE = /[%,&=\x00-\x1f\x7f]/;
// deno-lint-ignore no-control-regex
const REPLY_ESCAPED = /[%&=\x00-\x1f\x7f]/g;
const LOOKS_ESCAPED = /%(?=2[cC5])/g;

/** A free text of a reply, to the wire: commas first, then what would break the pairs. */
export function encodeText(text: string): string {
  if (!REPLY_UNSAFE.test(text)) return text;
  // A text that itself holds %2c or %25 would read back as another text.
  return text.replace(LOOKS_ESCAPED, "%25").replaceAll(",", "%2c")
    .replace(REPLY_ESCAPED, hexEscape);
}

/** A free text of a reply, from the wire. */
export function decodeText(wire: string): string {
  return wire.includes("%") ? restoreEscaped(percentDecode(wire)) : wire;
}

/** The last step of {@linkcode decodeText}: what the first stage had escaped. */
export function restoreEscaped(text: string): string {
  return text.replace(/%(2c|2C|25)/g, (_, hex) => hex === "25" ? "%" : ",");
}

/** A value of a request, to the wire. */
export function encodeRequestText(text: string): string {
  // A pattern with a function takes twice as long.
  let out = "";
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const escape = ESCAPES[text.charCodeAt(at)];
    if (escape === undefined) continue;
    out += text.slice(from, at) + escape;
    from = at + 1;
  }
  return from === 0 ? text : out + text.slice(from);
}

/** A value of a request, from the wire; `form` reads `+` as a blank. */
export function decodeRequestText(wire: string, form: boolean): string {
  return percentDecode(form ? wire.replaceAll("+", " ") : wire);
}

/** Whether a list's value is in the form that ends each element with a comma. */
export function endsElements(list: string): boolean {
  return list === "" || list.endsWith(",");
}

/**
 * The elements of a list in wire form.
 *
 * @param list The wire value.
 * @param ended Whether a last comma ends the last element; by the list's own
 * look, unless a list of numbers that belongs to it is known.
 */
export function splitList(
  list: string,
  ended: boolean = endsElements(list),
): string[] {
  if (!ended) return list.split(",");
  if (list === "") return [];
  return (list.endsWith(",") ? list.slice(0, -1) : list).split(",");
}

/** A list to the wire, each element ended by a comma; the empty list is the empty value. */
export function joinList(elements: readonly string[]): string {
  return elements.length === 0 ? "" : elements.join(",") + ",";
}

/** The whole number that a text, or a part of it, is, where it fits; or -1. */
export function wholeNumber(text: string, from = 0, end = text.length): number {
  if (end <= from || end - from > MAX_QQ_NUMBER_DIGITS) return -1;
  let number = 0;
  for (let at = from; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    // Not a number where `at` is behind the text's end.
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number <= Number.MAX_SAFE_INTEGER ? number : -1;
}

/** Most characters of a value that an error message shows. */
const SHOWN_CHARACTERS = 40;

/** A value as error messages show it: quoted, and cut. */
export function shown(value: unknown): string {
  const text = typeof value === "string"
    ? JSON.stringify(value)
    : String(value);
  return text.length > SHOWN_CHARACTERS
    ? `${text.slice(0, SHOWN_CHARACTERS)}…`
    : text;
}
