import { createHash } from "node:crypto";
import { md5Hex } from "../../lib/md5.ts";
import { assertEquals } from "../deps.ts";
import { randomFrom } from "../support/random.ts";

/** RFC 1321, A.5. */
const VECTORS: Readonly<Record<string, string>> = {
  "": "d41d8cd98f00b204e9800998ecf8427e",
  "a": "0cc175b9c0f1b6a831c399e269772661",
  "abc": "900150983cd24fb0d6963f7d28e17f72",
  "message digest": "f96b697d7cb7938d525a2f31aaf161d0",
  "abcdefghijklmnopqrstuvwxyz": "c3fcd3d76192e4007dfb496cca67e13b",
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789":
    "d174ab98d277d9f5a5611c2c9f419d9f",
  "12345678901234567890123456789012345678901234567890123456789012345678901234567890":
    "57edf4a22be3c955ac49da2e2107b67a",
};

Deno.test("`md5Hex()` hashes the vectors of RFC 1321", () => {
  for (const [text, digest] of Object.entries(VECTORS)) {
    assertEquals(md5Hex(text), digest);
  }
});

Deno.test("`md5Hex()` agrees with another implementation at every length to 130, at 1 MiB and at 1,000 random ones", () => {
  const random = randomFrom(1321);
  const lengths = [
    ...Array(131).keys(),
    1024 * 1024,
    ...Array.from({ length: 1000 }, () => Math.floor(random() * 10_001)),
  ];
  for (const length of lengths) {
    const bytes = Uint8Array.from({ length }, () => Math.floor(random() * 256));
    assertEquals(
      md5Hex(bytes),
      createHash("md5").update(bytes).digest("hex"),
      `${length} bytes`,
    );
  }
});
