import { assertEquals, assertRejects } from "@std/assert";
import { noticesOf } from "./build.ts";

/** A cache with a package at each path, and a licence where there is one. */
async function cacheOf(
  packages: Readonly<Record<string, [file: string, text: string] | null>>,
): Promise<string> {
  const cache = await Deno.makeTempDir();
  for (const [path, licence] of Object.entries(packages)) {
    await Deno.mkdir(`${cache}/${path}`, { recursive: true });
    await Deno.writeTextFile(`${cache}/${path}/package.json`, "{}");
    if (licence === null) continue;
    const [file, text] = licence;
    await Deno.writeTextFile(`${cache}/${path}/${file}`, text);
  }
  return cache;
}

const OWN = "MIT License\n\nCopyright (c) 2026 us\n\nPermission";

Deno.test("`noticesOf()` finds each package whatever its registry is, and fails where a licence is missing", async () => {
  const cache = await cacheOf({
    "registry.npmjs.org/hono/4.0.0": ["LICENSE", "Hono's licence"],
    "mirror.example/npm/path/zod/4.1.0": ["licence.md", "Zod's licence"],
    "mirror.example_8080/@scope/name/1.0.0": ["LICENSE", "Scoped"],
    "mirror.example/deno-std/1.4.0": null,
    "mirror.example/bare/1.0.0": null,
  });
  const notices = (...packages: [string, string][]) =>
    noticesOf(OWN, cache, packages);
  try {
    assertEquals(
      await notices(
        ["@scope/name", "1.0.0"],
        ["deno-std", "1.4.0"],
        ["hono", "4.0.0"],
        ["zod", "4.1.0"],
      ),
      [
        "/*!",
        " * tqq",
        " *",
        ...OWN.split("\n").map((line) => ` * ${line}`.trimEnd()),
        " *",
        " * ---",
        " *",
        " * @scope/name 1.0.0",
        " *",
        " * Scoped",
        " *",
        " * ---",
        " *",
        " * deno-std 1.4.0",
        " *",
        " * MIT License",
        " *",
        " * Copyright (c) 2018-2026 the Deno authors",
        " *",
        " * Permission",
        " *",
        " * ---",
        " *",
        " * hono 4.0.0",
        " *",
        " * Hono's licence",
        " *",
        " * ---",
        " *",
        " * zod 4.1.0",
        " *",
        " * Zod's licence",
        " */",
        "",
      ].join("\n"),
    );
    await assertRejects(
      () => notices(["bare", "1.0.0"]),
      Error,
      "Cannot write the notices: bare 1.0.0 must have a file of its licence",
    );
    await assertRejects(
      () => notices(["hono", "4.0.1"]),
      Error,
      "Deno's cache must hold the package",
    );
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});
