import { assert, assertEquals } from "@std/assert";
import {
  bundleOf,
  bundleOfNothing,
  gzipBytes,
  mostBytes,
  SIZE_BOUNDS,
} from "./sizes.ts";

for (const [subject, bound] of Object.entries(SIZE_BOUNDS)) {
  const most = mostBytes(bound);
  Deno.test(`sizes: a bundle of ${subject} has at most ${most} bytes, and no node:`, async () => {
    const bytes = await bundleOf(bound.names);
    const size = gzipBytes(bytes);
    assert(size <= most, `${size} bytes`);
    assert(!new TextDecoder().decode(bytes).includes("node:"));
  });
}

Deno.test("sizes: an import of mod.ts that uses nothing leaves at most 100 bytes", async () => {
  const text = new TextDecoder().decode(await bundleOfNothing());
  assertEquals(text.slice(100), "");
});
