/** Cuts large records into parts, because a message of NATS holds at most 1 MiB. @module */

/** Maximum size of a part, in bytes. */
export const MAX_PART_BYTES = 900 * 1024;

/** Maximum number of parts of a record. A poll is at most 3 MiB, and other records are smaller. */
export const MAX_PARTS = 64;

/**
 * Cuts a text into parts of at most `maxBytes` in UTF-8, never within a
 * character.
 *
 * @throws {RangeError} If there would be more than 64 parts.
 */
export function toParts(text: string, maxBytes = MAX_PART_BYTES): Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= maxBytes) return [bytes];
  const parts: Uint8Array[] = [];
  for (let from = 0; from < bytes.length;) {
    let to = Math.min(from + maxBytes, bytes.length);
    while (to < bytes.length && isContinuation(bytes[to]!)) to--;
    parts.push(bytes.subarray(from, to));
    from = to;
  }
  if (parts.length > MAX_PARTS) {
    throw new RangeError(
      `Cannot write a record of the cluster: it must have at most ${MAX_PARTS} parts, got ${parts.length}`,
    );
  }
  return parts;
}

/** Whether a byte of UTF-8 is not the first of its character. */
function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
