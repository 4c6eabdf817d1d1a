/** Positions in a journal, and their text form `EPOCH:SEQ`. @module */

/**
 * Matches the epoch of a journal: 1 to 64 letters, digits, `_` and `-`.
 *
 * @category Frames
 */
export const EPOCH_PATTERN: RegExp = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Matches `EPOCH:SEQ`, the text form of a {@linkcode Position}.
 *
 * @category Frames
 */
export const POSITION_PATTERN: RegExp = /^[A-Za-z0-9_-]{1,64}:\d+$/;

/**
 * A position in a journal: everything up to and including `seq` was received.
 *
 * @category Frames
 */
export interface Position {
  /** Identifies the journal; changes when the journal is lost, reset or restored. */
  epoch: string;
  /** `seq` of the last event received. */
  seq: number;
}

/**
 * Reads the text form of a position, `EPOCH:SEQ`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatPosition, parsePosition } from "@tqq/tqq";
 *
 * const position = { epoch: "9f2kd81mz0aq", seq: 42 };
 * assertEquals(formatPosition(position), "9f2kd81mz0aq:42");
 * assertEquals(parsePosition("9f2kd81mz0aq:42"), position);
 * assertEquals(parsePosition("42"), undefined);
 * ```
 *
 * @returns The position, or undefined if the text is not a position, or its
 * `seq` is not a safe integer.
 * @category Frames
 */
export function parsePosition(text: string): Position | undefined {
  if (!POSITION_PATTERN.test(text)) return undefined;
  const colon = text.indexOf(":");
  const seq = Number(text.slice(colon + 1));
  return Number.isSafeInteger(seq)
    ? { epoch: text.slice(0, colon), seq }
    : undefined;
}

/**
 * Writes a position as `EPOCH:SEQ`. {@linkcode parsePosition} reads it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatPosition, parsePosition } from "@tqq/tqq";
 *
 * const position = { epoch: "k3f9", seq: 4183 };
 * assertEquals(formatPosition(position), "k3f9:4183");
 * assertEquals(parsePosition("k3f9:4183"), position);
 * ```
 *
 * @param position The position to write.
 * @returns Its text form.
 * @category Frames
 */
export function formatPosition({ epoch, seq }: Position): string {
  return `${epoch}:${seq}`;
}
