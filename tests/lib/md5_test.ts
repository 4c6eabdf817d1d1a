import { createHash } from "node:crypto";
import { md5Hex } from "../../lib/md5.ts";
import { assertEquals } from "@std/assert";
import { randomFrom } from "../support/random.ts";

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
