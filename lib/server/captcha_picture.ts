/** Pictures with a text that a person can read. @module */

import type { Captcha } from "./rules/captchas.ts";

/** What no letter or digit is mistaken for another in. */
const LETTERS = "ACEFHKLMNPRTUXY347";

/** Each letter in five columns and seven rows, a row of bits each. */
const SHAPES: Readonly<Record<string, readonly number[]>> = {
  A: [14, 17, 17, 31, 17, 17, 17],
  C: [14, 17, 16, 16, 16, 17, 14],
  E: [31, 16, 16, 30, 16, 16, 31],
  F: [31, 16, 16, 30, 16, 16, 16],
  H: [17, 17, 17, 31, 17, 17, 17],
  K: [17, 18, 20, 24, 20, 18, 17],
  L: [16, 16, 16, 16, 16, 16, 31],
  M: [17, 27, 21, 21, 17, 17, 17],
  N: [17, 25, 21, 19, 17, 17, 17],
  P: [30, 17, 17, 30, 16, 16, 16],
  R: [30, 17, 17, 30, 20, 18, 17],
  T: [31, 4, 4, 4, 4, 4, 4],
  U: [17, 17, 17, 17, 17, 17, 14],
  X: [17, 17, 10, 4, 10, 17, 17],
  Y: [17, 17, 10, 4, 4, 4, 4],
  3: [30, 1, 1, 14, 1, 1, 30],
  4: [2, 6, 10, 18, 31, 2, 2],
  7: [31, 1, 2, 4, 8, 8, 8],
};
const COLUMNS = 5;
const ROWS = 7;

/** Pixels of a dot of a letter, and of the margin around the text. */
const DOT = 4;
const MARGIN = 8;
const TEXT_LENGTH = 4;
const WIDTH = 2 * MARGIN + TEXT_LENGTH * (COLUMNS + 2) * DOT;
const HEIGHT = 2 * MARGIN + (ROWS + 2) * DOT;

const WHITE = 1;
const BLACK = 0;

/** One pixel in so many is a speck. */
const SPECKS = 40;

/**
 * Draws a captcha: four letters, each a little displaced, among specks.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { drawCaptcha } from "@tqq/tqq/server";
 *
 * const { png, text } = drawCaptcha();
 * assertEquals(new TextDecoder().decode(png.slice(1, 4)), "PNG");
 * assertEquals(text.length, 4);
 * ```
 * @category Server
 */
export function drawCaptcha(): Captcha {
  const pixels = new Uint8Array(WIDTH * HEIGHT).fill(WHITE);
  for (let at = 0; at < pixels.length; at++) {
    if (below(SPECKS) === 0) pixels[at] = BLACK;
  }
  let text = "";
  for (let nth = 0; nth < TEXT_LENGTH; nth++) {
    const letter = LETTERS[below(LETTERS.length)]!;
    text += letter;
    const x = MARGIN + nth * (COLUMNS + 2) * DOT + below(2 * DOT);
    drawLetter(pixels, letter, x, MARGIN + below(2 * DOT));
  }
  return { png: pngOf(pixels), text };
}

/** A random whole number that nobody can guess. */
function below(most: number): number {
  return crypto.getRandomValues(new Uint32Array(1))[0]! % most;
}

function drawLetter(
  pixels: Uint8Array,
  letter: string,
  left: number,
  top: number,
): void {
  SHAPES[letter]!.forEach((bits, row) => {
    for (let column = 0; column < COLUMNS; column++) {
      if ((bits >> (COLUMNS - 1 - column) & 1) === 0) continue;
      for (let dot = 0; dot < DOT * DOT; dot++) {
        const x = left + column * DOT + dot % DOT;
        const y = top + row * DOT + Math.floor(dot / DOT);
        pixels[y * WIDTH + x] = BLACK;
      }
    }
  });
}

/** A picture of black and white as a PNG, small because clients read but once. */
function pngOf(pixels: Uint8Array): Uint8Array {
  const rowBytes = 1 + Math.ceil(WIDTH / 8);
  const rows = new Uint8Array(rowBytes * HEIGHT);
  pixels.forEach((pixel, at) => {
    const x = at % WIDTH;
    const byte = Math.floor(at / WIDTH) * rowBytes + 1 + (x >> 3);
    rows[byte]! |= pixel << (7 - x % 8);
  });
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, WIDTH);
  view.setUint32(4, HEIGHT);
  // One bit a pixel.
  header[8] = 1;
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunkOf("IHDR", header),
    chunkOf("IDAT", zlibOf(rows)),
    chunkOf("IEND", new Uint8Array(0)),
  ]);
}

function chunkOf(name: string, data: Uint8Array): Uint8Array {
  const typed = joined([new TextEncoder().encode(name), data]);
  const sizes = new DataView(new ArrayBuffer(8));
  sizes.setUint32(0, data.length);
  sizes.setUint32(4, crc32(typed));
  const ends = new Uint8Array(sizes.buffer);
  return joined([ends.subarray(0, 4), typed, ends.subarray(4)]);
}

/** Most bytes of a stored block. */
const BLOCK = 65_535;

/** Zlib's form of bytes, in stored blocks. */
function zlibOf(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    const { length } = block;
    const isLast = at + BLOCK >= bytes.length;
    const rest = ~length & BLOCK;
    parts.push(
      Uint8Array.of(
        isLast ? 1 : 0,
        length & 255,
        length >> 8,
        rest & 255,
        rest >> 8,
      ),
      block,
    );
  }
  const sum = new DataView(new ArrayBuffer(4));
  sum.setUint32(0, adler32(bytes));
  return joined([...parts, new Uint8Array(sum.buffer)]);
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return (b << 16 | a) >>> 0;
}

function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1 ? crc >>> 1 ^ 0xedb88320 : crc >>> 1;
    }
  }
  return ~crc >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
