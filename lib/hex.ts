/** Bytes as hexadecimal text. @module */

/** Formats bytes as lower-case hex digits, two for each byte. */
export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
