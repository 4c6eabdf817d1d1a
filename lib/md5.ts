/** MD5, the hash that the QQ HTTP protocol logs in with. @module */

import { createHash } from "node:crypto";

/**
 * The MD5 of a text (as UTF-8) or of bytes, as 32 lower-case hex digits.
 *
 * The protocol's Login carries `md5Hex(password)`. MD5 is broken as a
 * cryptographic hash: use it for nothing else.
 *
 * @example
 * ```ts
 * import { assertEquals } from "npm:deno-std@1.4.0/assert/equals.js";
 * import { md5Hex } from "@tqq/tqq";
 *
 * assertEquals(md5Hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
 * ```
 *
 * @param input A text or the bytes to hash.
 * @returns 32 lower-case hex digits.
 */
export function md5Hex(input: string | Uint8Array): string {
  return createHash("md5").update(input).digest("hex");
}
