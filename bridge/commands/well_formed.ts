/** Rejecting texts with lone surrogates, which UTF-8 would replace by another character. @module */

import { CommandError } from "../errors/command_error.ts";
import type { CommandRequest } from "./command_request.ts";

/**
 * Checks the key and all texts of a command.
 *
 * @throws {CommandError} `bad_params`, which names the field with a lone surrogate.
 */
export function assertWellFormed(
  { command, params, key }: CommandRequest,
): void {
  const field = key?.isWellFormed() === false ? "key" : findIllFormed(params);
  if (field === undefined) return;
  throw new CommandError(
    "bad_params",
    `Cannot do ${command}: ${field} must be well-formed Unicode, got a lone surrogate`,
  );
}

/** Finds the path of the first text that is not well-formed. */
function findIllFormed(value: object): string | undefined {
  for (const [name, one] of Object.entries(value)) {
    if (typeof one === "string") {
      if (!one.isWellFormed()) return name;
    } else if (typeof one === "object" && one !== null) {
      const inner = findIllFormed(one);
      if (inner !== undefined) return `${name}.${inner}`;
    }
  }
  return undefined;
}
