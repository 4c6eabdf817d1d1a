import { assert, assertEquals } from "@std/assert";

const root = new URL("../../", import.meta.url);

/** Text of each TypeScript file in version control, by path. */
async function sources(): Promise<Map<string, string>> {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: root,
  }).output();
  const paths = new TextDecoder().decode(stdout).split("\0")
    .filter((path) => /\.tsx?$/.test(path));
  const texts = new Map<string, string>();
  for (const path of paths) {
    const text = await Deno.readTextFile(new URL(path, root))
      .catch(() => undefined);
    if (text !== undefined) texts.set(path, text);
  }
  return texts;
}

const SOURCES = await sources();

/** Where a third party may be named. */
const IS_DEPS = /^tests\/std\/\w+\.ts$|(?:^|\/)deps(?:_\w+)?\.ts$/;

/** Modules that a bare specifier stands for in tests and examples. */
const IMPORT_MAP: Readonly<Record<string, string>> = JSON.parse(
  await Deno.readTextFile(new URL("deno.json", root)),
).imports;

Deno.test("third parties: only deps files and tests/std name a package with its version", () => {
  const found = [...SOURCES].filter(([path, text]) =>
    !IS_DEPS.test(path) &&
    /["'](?:npm|jsr):(?:@[\w.-]+\/)?[\w.-]+@\d/.test(text)
  );
  assertEquals(found.map(([path]) => path), []);
});

Deno.test("third parties: each export of a deps file is imported somewhere", () => {
  const imported = new Set<string>();
  for (const [path, text] of SOURCES) {
    for (
      const [, names, from] of text.matchAll(
        /\bimport(?: type)? \{([^}]*)\}\s*from "([^"]+)"/g,
      )
    ) {
      const mapped = IMPORT_MAP[from!];
      if (mapped === undefined && !from!.startsWith(".")) continue;
      const url = mapped === undefined
        ? new URL(from!, new URL(path, root))
        : new URL(mapped, root);
      for (const name of namesOf(names!)) {
        imported.add(`${url.href.slice(root.href.length)} ${name}`);
      }
    }
  }
  const exported = [...SOURCES].filter(([path]) => IS_DEPS.test(path))
    .flatMap(([path, text]) =>
      [...text.matchAll(/\bexport(?: type)? \{([^}]*)\}/g)]
        .flatMap(([, names]) => namesOf(names!, true))
        .map((name) => `${path} ${name}`)
    );
  assert(exported.length > 0);
  assertEquals(exported.filter((one) => !imported.has(one)), []);
});

/** The names in the braces of an import, or of an export, where a new name counts. */
function namesOf(braces: string, isExport = false): string[] {
  return braces.split(",").map((one) => one.trim().replace(/^type /, ""))
    .filter((one) => one !== "")
    .map((one) => one.split(" as ")[isExport ? 1 : 0] ?? one);
}
