/** MD5, the hash that the QQ HTTP protocol logs in with. @module */

import { toHex } from "./hex.ts";

/** By how many bits each step of a round rotates; the four repeat (RFC 1321, 3.4). */
const SHIFTS: readonly (readonly number[])[] = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
];

/** Which word of a block a step of each round reads: `factor * step + offset`, modulo 16. */
const WORDS: readonly (readonly [factor: number, offset: number])[] = [
  [1, 0],
  [5, 1],
  [3, 5],
  [7, 0],
];

/**
 * The MD5 of a text (as UTF-8) or of bytes, as 32 lower-case hex digits.
 *
 * The protocol's Login carries `md5Hex(password)`. MD5 is broken as a
 * cryptographic hash: use it for nothing else.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { md5Hex } from "@tqq/tqq";
 *
 * assertEquals(md5Hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
 * ```
 *
 * @param input A text or the bytes to hash.
 * @returns 32 lower-case hex digits.
 * @category Codec
 */
export function md5Hex(input: string | Uint8Array): string {
  const bytes = typeof input === "string"
    ? new TextEncoder().encode(input)
    : input;
  // The message, a bit that is 1, zeros, and its length in bits as 64 bits.
  const padded = new Uint8Array(((bytes.length + 72) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const words = new DataView(padded.buffer);
  words.setUint32(padded.length - 8, bytes.length << 3, true);
  words.setUint32(padded.length - 4, bytes.length >>> 29, true);

  const sines = Int32Array.from(
    { length: 64 },
    (_, step) => Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32),
  );
  const [first, second] = [0x67452301, 0xefcdab89 | 0];
  let [a, b, c, d] = [first, second, ~first, ~second];
  for (let at = 0; at < padded.length; at += 64) {
    const before = [a, b, c, d] as const;
    for (let step = 0; step < 64; step++) {
      const round = step >> 4;
      const mixed = round === 0
        ? (b & c) | (~b & d)
        : round === 1
        ? (b & d) | (c & ~d)
        : round === 2
        ? b ^ c ^ d
        : c ^ (b | ~d);
      const [factor, offset] = WORDS[round]!;
      const nth = (factor * step + offset) & 15;
      const word = words.getInt32(at + nth * 4, true);
      const sum = (a + mixed + word + sines[step]!) | 0;
      const shift = SHIFTS[round]![step & 3]!;
      a = d;
      d = c;
      c = b;
      b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
    }
    a = (a + before[0]) | 0;
    b = (b + before[1]) | 0;
    c = (c + before[2]) | 0;
    d = (d + before[3]) | 0;
  }
  const digest = new DataView(new ArrayBuffer(16));
  [a, b, c, d].forEach((word, index) => digest.setInt32(index * 4, word, true));
  return toHex(new Uint8Array(digest.buffer));
}
