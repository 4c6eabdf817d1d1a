/** QQ numbers: 1 to 20 decimal digits, as a string. @module */

const ZERO = 48;
const NINE = 57;

/** Maximum number of digits of a QQ number. */
export const MAX_QQ_NUMBER_DIGITS = 20;

/**
 * Matches a QQ number: 1 to 20 decimal digits. Use it where a pattern is
 * needed, such as in a schema; {@linkcode isQqNumber} checks a value of any type.
 *
 * @category Codec
 */
export const QQ_NUMBER_PATTERN: RegExp = /^\d{1,20}$/;

/**
 * Whether a value is a QQ number: a string of 1 to 20 decimal digits. A number
 * is not, because numbers above 2^53 lose digits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { isQqNumber } from "@tqq/tqq";
 *
 * assertEquals(isQqNumber("10001"), true);
 * assertEquals(isQqNumber(10001), false);
 * assertEquals(isQqNumber("x"), false);
 * ```
 * @category Codec
 */
export function isQqNumber(value: unknown): value is string {
  return typeof value === "string" && isDigits(value);
}

/** Whether the part of a text from `from` to `end` consists of 1 to 20 decimal digits. */
export function isDigits(text: string, from = 0, end = text.length): boolean {
  return end > from && end - from <= MAX_QQ_NUMBER_DIGITS &&
    digitsEnd(text, from) >= end;
}

/** The index after the last of the decimal digits that start at `from`. */
export function digitsEnd(text: string, from: number): number {
  let at = from;
  for (; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char < ZERO || char > NINE) break;
  }
  return at;
}
