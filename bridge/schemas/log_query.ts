/** The query of the live log. @module */

import * as z from "../deps_zod.ts";
import { CommandError } from "../errors/command_error.ts";
import { formatBrokenRule } from "./parse.ts";
import { account, oneOf, rule, text } from "./values.ts";

const LEVELS = ["debug", "info", "warn", "error"] as const;

export interface LogQuery {
  level?: typeof LEVELS[number];
  account?: string;
  connection?: string;
  /** Number of earlier entries. */
  tail?: number;
}

/**
 * Parses the query of `/logs`; other parameters are left to the caller.
 *
 * @param most Maximum of `tail`.
 * @throws {CommandError} `bad_params`
 */
export function parseLogQuery(
  { level, account: uin, connection, tail }: Record<string, string>,
  most: number,
): LogQuery {
  const { error } = rule(`a whole number from 0 to ${most}`);
  const schema = z.object({
    level: oneOf(LEVELS).exactOptional(),
    account: account.exactOptional(),
    connection: text(64, 1).exactOptional(),
    tail: z.string().regex(/^\d{1,9}$/, { error })
      .transform(Number)
      .refine((count) => count <= most, { error }).exactOptional(),
  });
  const given = Object.fromEntries(
    Object.entries({ level, account: uin, connection, tail })
      .filter(([, value]) => value !== undefined),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new CommandError(
    "bad_params",
    `Cannot read the log: ${formatBrokenRule(parsed.error, given)}`,
  );
}
