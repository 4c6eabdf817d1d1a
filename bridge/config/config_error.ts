/** The error of invalid settings, and how its messages show values. @module */

import { closestString, levenshteinDistance } from "../deps.ts";

/** A setting is invalid: one line names the setting, the rule and the value. The program exits with code 2. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** Formats a value for a message: at most 80 characters, quoted, control characters escaped. */
export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

/**
 * Suggests a known word for an unknown one: the nearest word, or the help page
 * if no word is near.
 *
 * @param given The unknown word.
 * @param words The known words.
 * @param before Text to put before the suggested word, such as `--`.
 */
export function suggest(
  given: string,
  words: readonly string[],
  before = "",
): string {
  const nearest = closestString(given, words);
  const length = Math.max(given.length, nearest.length);
  return levenshteinDistance(given, nearest) <= length / 2
    ? `the nearest is ${before}${nearest}`
    : "--help lists them";
}
