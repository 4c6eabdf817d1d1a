/** Sizes of what is built, against the budgets of the console. @module */

import { gzipSync } from "node:zlib";
import { assert } from "@std/assert";

const DIST = new URL("../../bridge/console/dist/", import.meta.url);

const KIB = 1024;

/** A style sheet in a script: it counts as style. */
const STYLE = /`([.:@a-z[*-][^`$;()=]*\{[^`]*\})`/g;

interface Built {
  /** Without its style sheets. */
  readonly bytes: number;
  readonly styles: string;
  readonly imports: readonly string[];
}

const files = new Map<string, Built>();
for await (const { name } of Deno.readDir(DIST)) {
  if (!/\.(js|css)$/.test(name)) continue;
  const text = await Deno.readTextFile(new URL(name, DIST));
  const imports = [...text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)]
    .map(([, to]) => to!);
  const styles = name.endsWith(".css")
    ? text
    : [...text.matchAll(STYLE)].map(([, style]) => style).join("");
  const script = name.endsWith(".css") ? "" : text.replace(STYLE, "``");
  files.set(name, { bytes: gzipSync(script).length, styles, imports });
}

/** A script and what it imports at once. */
function reach(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  for (const to of files.get(name)!.imports) reach(to, found);
  return found;
}

function find(stem: string): string {
  return [...files.keys()].find((name) => name.startsWith(`${stem}-`))!;
}

function sizeOf(names: Iterable<string>): number {
  let sum = 0;
  for (const name of names) sum += files.get(name)!.bytes;
  return sum;
}

function stylesOf(names: Iterable<string>): number {
  const all = [...names].map((name) => files.get(name)!.styles);
  return gzipSync(all.join("")).length;
}

const entry = reach(find("main"));
const chats = new Set([...entry, ...reach(find("chats_page"))]);

Deno.test("console: sign-in, shell and chats are at most 65 KB of script and 10 KB of style", () => {
  assert(sizeOf(chats) <= 65 * KIB, `${sizeOf(chats)} bytes`);
  const style = stylesOf([find("app"), ...chats]);
  assert(style <= 10 * KIB, `${style} bytes`);
  assert(style > 5 * KIB, "the style sheets are not found");
});

Deno.test("console: a page that is loaded later is at most 20 KB, the charts 35 KB, and all is at most 190 KB", () => {
  for (const name of files.keys()) {
    if (!/_page-/.test(name)) continue;
    const own = [...reach(name)].filter((one) => !chats.has(one));
    const limit = name.startsWith("figures") ? 35 : 20;
    assert(sizeOf(own) <= limit * KIB, `${name}: ${sizeOf(own)} bytes`);
  }
  const all = sizeOf(files.keys()) + stylesOf(files.keys());
  assert(all <= 190 * KIB, `${all} bytes`);
});
