/** What a value must be before it is encoded. @module */

import { shown } from "./fields.ts";
import { isQqNumber } from "./qq_number.ts";

/** A QQ number: 1 to 20 digits. Throws TypeError. */
export function checkUin(what: string, name: string, value: unknown): string {
  if (!isQqNumber(value)) {
    throw new TypeError(
      `Cannot encode ${what}: ${name} must be a QQ number of 1 to 20 digits as a string, got ${
        shown(value)
      }`,
    );
  }
  return value;
}

/** A whole number of at least 0. Throws RangeError. */
export function checkNumber(
  what: string,
  name: string,
  value: unknown,
): string {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(
      `Cannot encode ${what}: ${name} must be a whole number of at least 0, got ${
        shown(value)
      }`,
    );
  }
  return String(value);
}

/** A string, whatever is in it. Throws TypeError. */
export function checkText(what: string, name: string, value: unknown): string {
  if (typeof value !== "string") {
    throw new TypeError(
      `Cannot encode ${what}: ${name} must be a string, got ${shown(value)}`,
    );
  }
  return value;
}

/** A name of a code table, as its number. Throws RangeError. */
export function checkName<N extends string>(
  what: string,
  name: string,
  table: Readonly<Record<N, number>>,
  value: unknown,
): string {
  if (typeof value !== "string" || !Object.hasOwn(table, value)) {
    throw new RangeError(
      `Cannot encode ${what}: ${name} must be one of ${
        Object.keys(table).join(", ")
      }, got ${shown(value)}`,
    );
  }
  return String(table[value as N]);
}
