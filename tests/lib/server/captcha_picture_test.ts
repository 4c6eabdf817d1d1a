import { inflateSync } from "node:zlib";
import { drawCaptcha } from "../../../lib/server/mod.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";

/** The chunks of a PNG by name. */
function chunksOf(png: Uint8Array): Map<string, Uint8Array> {
  const chunks = new Map<string, Uint8Array>();
  const view = new DataView(png.buffer, png.byteOffset);
  for (let at = 8; at < png.length;) {
    const length = view.getUint32(at);
    const name = new TextDecoder().decode(png.subarray(at + 4, at + 8));
    chunks.set(name, png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return chunks;
}

Deno.test("drawCaptcha(): a small PNG of black letters on white, another text each time", () => {
  const texts = new Set<string>();
  for (let nth = 0; nth < 20; nth++) {
    const { png, text } = drawCaptcha();
    texts.add(text);
    assertMatch(text, /^[A-Z347]{4}$/);
    assertEquals(
      [...png.subarray(0, 8)],
      [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
    );
    // As hex it fits into one read of a client.
    assert(png.length < 2000, `${png.length} bytes`);
    const chunks = chunksOf(png);
    assertEquals([...chunks.keys()], ["IHDR", "IDAT", "IEND"]);
    const header = new DataView(chunks.get("IHDR")!.slice().buffer);
    const [width, height] = [header.getUint32(0), header.getUint32(4)];
    const rows = inflateSync(chunks.get("IDAT")!);
    assertEquals(rows.length, (1 + Math.ceil(width / 8)) * height);
    let black = 0;
    for (let at = 0; at < width * height; at++) {
      const [x, y] = [at % width, Math.floor(at / width)];
      const byte = rows[y * (1 + Math.ceil(width / 8)) + 1 + (x >> 3)]!;
      if ((byte >> (7 - x % 8) & 1) === 0) black++;
    }
    const share = black / (width * height);
    assert(share > 0.05 && share < 0.4, `${share} of it is black`);
  }
  assert(texts.size > 15, `${texts.size} texts`);
});
