/** The parameters that a dialect is called with, read by its own rules. @module */

import { CommandError } from "../errors/command_error.ts";

/** What reads parameters: a schema, as far as it matters here. */
export interface ParamsSchema<T> {
  /** Reads a value, or tells what does not hold. */
  safeParse(value: unknown): { success: true; data: T } | {
    success: false;
    error: {
      issues: readonly { path: readonly PropertyKey[]; message: string }[];
    };
  };
}

/**
 * Reads parameters; null stands for what is left out. Throws CommandError.
 *
 * @param name What is called.
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
