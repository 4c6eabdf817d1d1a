/** Parameters of a dialect's calls, read with its own schemas. @module */

import { CommandError } from "../errors/command_error.ts";

/** A schema, as far as parameters need one. */
export interface ParamsSchema<T> {
  /** Reads a value, or returns what is invalid. */
  safeParse(value: unknown): { success: true; data: T } | {
    success: false;
    error: {
      issues: readonly { path: readonly PropertyKey[]; message: string }[];
    };
  };
}

/**
 * Reads parameters; `null` means that a parameter is left out. Throws CommandError.
 *
 * @param name Name of the method or action.
 * @param whole What the dialect calls the parameters together.
 */
export function readParams<T>(
  name: string,
  whole: string,
  schema: ParamsSchema<T>,
  params: unknown,
): T {
  const read = schema.safeParse(withoutNulls(params));
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const path = issue?.path.join(".") ?? "";
  throw new CommandError(
    "bad_params",
    `Cannot do ${name}: ${path === "" ? whole : path} ${
      issue?.message ?? "must be something else"
    }`,
  );
}

function withoutNulls(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== null),
  );
}
