/** Single fields of a reply, read by their codes. No I/O. @module */

import { MalformedError } from "./errors.ts";
import {
  fieldOf,
  type Fields,
  isDigits,
  shown,
  wholeNumber,
} from "./fields.ts";

/** The error for a field that does not hold. */
export function malformedField(
  code: string,
  rule: string,
  value: string,
): MalformedError {
  return new MalformedError(
    "malformed_reply",
    `Cannot decode a reply: ${code} ${rule}, got ${shown(value)}`,
    code,
  );
}

/** The wire value of a field. Throws MalformedError where it is missing, as all that follow. */
export function requiredField(fields: Fields, code: string): string {
  const value = fieldOf(fields, code);
  if (value !== undefined) return value;
  throw new MalformedError(
    "malformed_reply",
    `Cannot decode a reply: ${code} is missing`,
    code,
  );
}

/** The QQ number that a field is. */
export function uinField(fields: Fields, code: string): string {
  const value = requiredField(fields, code);
  if (!isDigits(value)) {
    throw malformedField(code, "must be 1 to 20 digits", value);
  }
  return value;
}

/** The whole number that a field is. */
export function wholeField(fields: Fields, code: string): number {
  const value = requiredField(fields, code);
  const number = wholeNumber(value);
  if (number < 0) throw malformedField(code, "must be a whole number", value);
  return number;
}
