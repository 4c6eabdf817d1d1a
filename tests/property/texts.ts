import type { Chance } from "./seeded.ts";

/** What an escaping may stumble over, and what it must leave alone. */
const PIECES = [
  ",",
  "%",
  "&",
  "=",
  "+",
  " ",
  "  ",
  "\r\n",
  "\n",
  "\r",
  "\t",
  "\0",
  "\x01",
  "\x1f",
  "\x7f",
  "\x80",
  "%2c",
  "%2C",
  "%25",
  "%252c",
  "%25252C",
  "%2",
  "%%",
  "%zz",
  "%e4%bd%a0",
  "%E4%BD",
  "%c0%80",
  "%ed%a0%80",
  "%f4%90%80%80",
  "%00",
  "%0d%0a",
  "&MG=",
  "&RES=20",
  "=,&",
  "你好",
  "微程",
  "，",
  "😀",
  "👨‍👩‍👧",
  "\ud83d",
  "\ufeff",
  "\ufffd",
  "\u2028",
  "e\u0301",
  "a",
  "hi",
  "2c",
  "25",
  "0",
  "10",
  "30",
  "__proto__",
  "http://msger.org/(a)*.b-c:d",
];

/** A text of awkward pieces: often short, now and then empty, a lone blank, or long. */
export function textOf(chance: Chance): string {
  if (chance.oneIn(12)) return chance.oneOf(["", "", " ", ",", "%"]);
  const most = chance.oneIn(50) ? 200 : 8;
  return chance.some(most, () => pieceOf(chance)).join("");
}

function pieceOf(chance: Chance): string {
  if (!chance.oneIn(8)) return chance.oneOf(PIECES);
  return String.fromCharCode(chance.below(chance.oneOf([128, 0x10000])));
}

/** A QQ number of 1 to 20 digits, leading zeros among them. */
export function uinOf(chance: Chance): string {
  if (!chance.oneIn(4)) return String(10_000 + chance.below(999_990_000));
  const length = 1 + chance.below(20);
  return Array.from({ length }, () => chance.below(10)).join("");
}

/** A whole number of at least 0, the ends of its range among them. */
export function numberOf(chance: Chance): number {
  return chance.oneIn(10)
    ? chance.oneOf([0, 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER])
    : chance.below(1000);
}

/** Extra fields, at the end of a spread: mostly none. */
export function extraOf(
  chance: Chance,
): { extra?: Record<string, string> } {
  if (!chance.oneIn(4)) return {};
  const codes = ["COMP", "XX", "Z9", "cmd", "", "a,b", "%41", "好", "7"];
  const entries = chance.some(
    4,
    () => [chance.oneOf(codes), textOf(chance)] as const,
  );
  if (chance.oneIn(10)) entries.push(["__proto__", textOf(chance)]);
  return entries.length === 0 ? {} : { extra: Object.fromEntries(entries) };
}
