/** What was meant by a word that is none of those that are known. @module */

import { closestString, levenshteinDistance } from "../deps.ts";

/**
 * Names the word that was meant: the nearest, where one is near, else where all
 * are listed.
 *
 * @param given What was written.
 * @param words What could have been meant.
 * @param before What stands before each word.
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
