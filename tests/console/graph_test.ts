/** What the folders of the console import of each other. @module */

import { assert, assertEquals } from "@std/assert";

const SOURCES = new URL("../../bridge/console/src/", import.meta.url);

/** What each folder may import beside itself, `lib/` and the deps files. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ui: [],
  // The texts of the shared parts take their names from there.
  texts: ["ui"],
  link: ["texts"],
  store: ["link", "texts"],
  app: ["ui", "texts", "link", "store"],
  pages: ["ui", "texts", "link", "store", "app"],
};

/** The only file of `app/` that names pages: it loads them when they are opened. */
const REGISTRY = "app/registry.ts";

/** The largest number of files in a folder. */
const MAX_FILES = 16;

async function sourceFiles(folder = ""): Promise<string[]> {
  const found: string[] = [];
  for await (
    const { name, isDirectory } of Deno.readDir(new URL(folder, SOURCES))
  ) {
    if (isDirectory) found.push(...await sourceFiles(`${folder}${name}/`));
    else if (/\.tsx?$/.test(name)) found.push(`${folder}${name}`);
  }
  return found;
}

/** Imports of a file, those inside the sources relative to them. */
async function importsOf(file: string): Promise<string[]> {
  const url = new URL(file, SOURCES);
  const text = await Deno.readTextFile(url);
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)]
    .map(([, specifier]) => {
      if (!specifier!.startsWith(".")) return specifier!;
      const { href } = new URL(specifier!, url);
      return href.startsWith(SOURCES.href)
        ? href.slice(SOURCES.href.length)
        : specifier!;
    });
}

const files = (await sourceFiles()).sort();
const imports = new Map(
  await Promise.all(
    files.map(async (file) => [file, await importsOf(file)] as const),
  ),
);

Deno.test("console: folders import only what the table of the sources allows", () => {
  assert(files.length > 30, "no sources");
  const wrong: string[] = [];
  for (const [file, targets] of imports) {
    const [folder, page] = file.split("/");
    if (!file.includes("/")) continue;
    for (const target of targets) {
      const isDeps = /^deps(_\w+)?\.ts$/.test(target);
      const isLib = /^(\.\.\/)+lib\//.test(target);
      const [to, toPage] = target.split("/");
      const isOwn = to === folder &&
        (folder !== "pages" || toPage === page);
      const isAllowed = (ALLOWED[folder!] ?? []).includes(to!);
      const isLoader = file === REGISTRY && to === "pages";
      if (!isDeps && !isLib && !isOwn && !isAllowed && !isLoader) {
        wrong.push(`${file} -> ${target}`);
      }
    }
  }
  assertEquals(wrong, []);
});

Deno.test("console: pages are loaded when they are opened, and not with the entry", async () => {
  const text = await Deno.readTextFile(new URL(REGISTRY, SOURCES));
  assertEquals(text.match(/from "\.\.\/pages/g), null);
  const loaders = text.match(/import\(\s*"\.\.\/pages/g) ?? [];
  assertEquals(loaders.length, text.match(/^ {4}name: "/gm)?.length);
});

Deno.test("console: at most 16 files in a folder", () => {
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = file.slice(0, file.lastIndexOf("/") + 1);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  assertEquals([...counts].filter(([, count]) => count > MAX_FILES), []);
});

Deno.test("console: third parties come only through the deps files", () => {
  const wrong = [...imports].flatMap(([file, targets]) =>
    targets.filter((target) => /^(npm|jsr|https?):/.test(target))
      .filter(() => !/^deps(_\w+)?\.ts$/.test(file))
      .map((target) => `${file} -> ${target}`)
  );
  assertEquals(wrong, []);
});

Deno.test("console: each page has its own name, route and letter", async () => {
  const text = await Deno.readTextFile(new URL(REGISTRY, SOURCES));
  const valuesOf = (key: string) =>
    [...text.matchAll(new RegExp(`^ {4}${key}: "(.*)"`, "gm"))]
      .map(([, value]) => value!);
  for (const key of ["name", "path", "letter"]) {
    const all = valuesOf(key);
    assertEquals(all, [...new Set(all)]);
  }
  assertEquals(
    valuesOf("path").map((path) => path.split("/")[1]),
    valuesOf("name"),
  );
});
