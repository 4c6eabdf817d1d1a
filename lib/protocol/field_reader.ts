/** The fields of a body, each checked as it is read. No I/O. @module */

import { type CommandName, commandNamed, COMMANDS } from "./codes.ts";
import { MalformedError } from "./errors.ts";
import { fieldOf, type Fields, shown, wholeNumber } from "./fields.ts";
import { isDigits } from "./qq_number.ts";

/** What is read; errors say it. */
type Form = "command" | "reply";

/** Reads fields; throws MalformedError if one is missing or invalid. */
export class FieldReader {
  readonly #form: Form;
  readonly #fields: Fields;
  readonly #decode: ((wire: string) => string) | undefined;

  /** Reads `fields`; `decode` converts each value, which stays as on the wire if it is absent. */
  constructor(form: Form, fields: Fields, decode?: (wire: string) => string) {
    this.#form = form;
    this.#fields = fields;
    this.#decode = decode;
  }

  /** Whether a field is there. */
  has(code: string): boolean {
    return fieldOf(this.#fields, code) !== undefined;
  }

  /** The value of a field, or undefined. */
  text(code: string): string | undefined {
    const wire = fieldOf(this.#fields, code);
    return wire === undefined || this.#decode === undefined
      ? wire
      : this.#decode(wire);
  }

  /** The value of a field that must be there. */
  required(code: string): string {
    const value = this.text(code);
    if (value === undefined) throw this.malformed(code, "is missing");
    return value;
  }

  /** The QQ number that a field is. */
  uin(code: string): string {
    const value = this.required(code);
    if (isDigits(value)) return value;
    throw this.malformed(code, "must be 1 to 20 digits", value);
  }

  /** The whole number that a field is. */
  whole(code: string): number {
    const value = this.required(code);
    const number = wholeNumber(value);
    if (number >= 0) return number;
    throw this.malformed(code, "must be a whole number", value);
  }

  /** The command that `CMD` names. */
  command(): CommandName {
    const name = this.required("CMD");
    const cmd = commandNamed(name);
    if (cmd === undefined) throw this.unknownCommand();
    return cmd;
  }

  /** The error for a `CMD` that is missing or names no command. */
  unknownCommand(): MalformedError {
    const rule = `must be one of ${COMMANDS.join(", ")}`;
    return this.malformed("CMD", rule, this.required("CMD"));
  }

  /** The error for a field. */
  malformed(code: string, rule: string, value?: string): MalformedError {
    const got = value === undefined ? "" : `, got ${shown(value)}`;
    return new MalformedError(
      `malformed_${this.#form}`,
      `Cannot decode a ${this.#form}: ${code} ${rule}${got}`,
      code,
    );
  }
}
