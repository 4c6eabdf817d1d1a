/** What parsers, linters and generators of the npm registry make of the API documents. Run by `deno task test:dialects`. */

import { COMMAND_NAMES } from "../../bridge/commands/table.ts";
import { Documents } from "../../bridge/gateway/documents/documents.ts";
import { DEFAULT_LIMITS } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { installed } from "./support/installed.ts";

/** Runs a program of the installed packages; returns what it writes. */
async function run(folder: string, ...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("node", {
    args,
    cwd: folder,
    signal: AbortSignal.timeout(300_000),
  }).output();
  const [text, errors] = [stdout, stderr]
    .map((bytes) => new TextDecoder().decode(bytes));
  assert(success, `${args[0]}: ${text}${errors}`);
  return text!;
}

const documents = new Documents("0.0.0", DEFAULT_LIMITS);

Deno.test("documents: parser and governance rules find nothing in /asyncapi.json, and generators make named, strict types", async () => {
  const folder = await installed("generators");
  await Deno.writeTextFile(
    `${folder}/asyncapi.json`,
    JSON.stringify(documents.asyncApi()),
  );
  const { found, models } = JSON.parse(await run(folder, "models.cjs"));
  // The label is the lowest version that has all that the document uses.
  assertEquals(found, ["asyncapi-latest-version"]);
  assertEquals(
    models.filter((name: string) => /anonymous|reserved/i.test(name)),
    [],
  );
  for (const name of COMMAND_NAMES) {
    const typeName = name.charAt(0).toUpperCase() + name.slice(1);
    assert(models.includes(`${typeName}Command`), typeName);
    assert(models.includes(`${typeName}Result`), typeName);
  }
  await run(
    folder,
    "node_modules/typescript/bin/tsc",
    "--noEmit",
    "--strict",
    "--module",
    "esnext",
    "--moduleResolution",
    "bundler",
    "--target",
    "es2022",
    ...models.map((name: string) => `models/${name}.ts`),
  );
});

Deno.test("documents: a linter finds nothing in /openapi.json", async () => {
  const folder = await installed("generators");
  await Deno.writeTextFile(
    `${folder}/openapi.json`,
    JSON.stringify(documents.openApi()),
  );
  const text = await run(
    folder,
    "node_modules/@redocly/cli/bin/cli.js",
    "lint",
    "--format=json",
    "openapi.json",
  );
  assertEquals(JSON.parse(text).problems, []);
});
