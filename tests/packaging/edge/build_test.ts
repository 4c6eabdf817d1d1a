import { gzipSync } from "node:zlib";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { buildEdge } from "./build.ts";

/** Most bytes after gzip, without the licences: what version 0.1.0 can do, and what was added since. */
const MOST_BYTES = {
  base: 105_000,
  "commands, limits, inbox, people, targets, sessions": 45_000,
  "connections, settings, figures, history": 6_000,
};

/** The files that the console's page loads. */
function consoleLinks(folder: string): string[] {
  const page = Deno.readTextFileSync(`${folder}/assets/index.html`);
  const links = [...page.matchAll(/(?:href|src)="(console\/[^"]+)"/g)];
  assert(links.length > 1);
  return links.map(([, link]) => link!);
}

Deno.test("buildEdge() makes one small module that imports two built-ins, looks for no files while it loads, and has all licences", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/cloudflare.js`;
    await buildEdge(folder);
    const text = await Deno.readTextFile(path);
    const end = text.indexOf("*/") + 2;
    const [notices, script] = [text.slice(0, end), text.slice(end)];
    const bytes = gzipSync(script, { level: 9 }).length;
    const most = Object.values(MOST_BYTES).reduce((sum, one) => sum + one);
    assert(bytes <= most, `${bytes} bytes, at most ${most} are planned`);
    const imported = [...script.matchAll(/\b(?:from|import) ?"([\w:@./-]+)"/g)]
      .map(([, specifier]) => specifier!);
    assertEquals([...new Set(imported)].sort(), ["node:buffer", "node:crypto"]);
    assert(!script.includes("createRequire"));
    for (const name of ["tqq", "deno-std 1.", "hono 4.", "zod 4."]) {
      assert(notices.includes(` * ${name}`), name);
    }
    assertEquals(notices.match(/Permission is hereby granted/g)?.length, 4);
    const headers = await Deno.readTextFile(`${folder}/assets/_headers`);
    assertMatch(
      headers,
      /^\/\*\n( {2}.*\n)* {2}content-security-policy: .*'self'/,
    );
    for (const name of ["mod.js", ...consoleLinks(folder)]) {
      await Deno.stat(`${folder}/assets/${name}`);
    }
    // A platform that gives a bundle no URL.
    await Deno.writeTextFile(
      path,
      script.replaceAll("import.meta", "globalThis.missing.meta"),
    );
    const loaded = await import(`file://${path}`);
    assertEquals(Object.keys(loaded).sort(), ["BridgeObject", "bridgeWorker"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
