/**
 * Writes the tables of facts of all pages, between `<!-- generated: NAME -->`
 * and `<!-- end: NAME -->`: `deno task docs`.
 *
 * @module
 */

import { formatRows, replaceGenerated, type Table } from "./markdown.ts";
import { generatedNames } from "./markdown.ts";
import { type Language, languageOf, PAGES, readPage, root } from "./pages.ts";
import * as dialects from "./tables/dialect_tables.ts";
import * as frames from "./tables/frame_tables.ts";
import { packages } from "./tables/packages.ts";
import * as program from "./tables/program_tables.ts";
import * as project from "./tables/project_tables.ts";

/** The tables by the names of their marks. */
export const TABLES: Readonly<
  Record<string, (language: Language) => Table | Promise<Table>>
> = {
  "events": frames.events,
  "commands": frames.commands,
  "errors": frames.errors,
  "http-errors": frames.httpErrors,
  "close-codes": frames.closeCodes,
  "sub-commands": program.subCommands,
  "flags": program.flags,
  "variables": program.variables,
  "limits": program.limits,
  "metrics": program.metrics,
  "exit-codes": program.exitCodes,
  "onebot-actions": dialects.onebotActions,
  "onebot-retcodes": dialects.onebotRetcodes,
  "satori-methods": dialects.satoriMethods,
  "qq-commands": dialects.qqCommands,
  "packages": packages,
  "layers": project.layers,
  "tasks": project.tasks,
  "runtimes": project.runtimes,
};

/**
 * A page with its tables as the code has them now, formatted.
 *
 * @throws {Error} If a mark names no table.
 */
export async function withTables(page: string): Promise<string> {
  const language = languageOf(page);
  const text = await readPage(page);
  const tables = new Map<string, string>();
  for (const name of generatedNames(text)) {
    const table = TABLES[name];
    if (table === undefined) {
      throw new Error(`Cannot write ${page}: there is no table ${name}`);
    }
    tables.set(name, formatRows(await table(language)));
  }
  return await format(replaceGenerated(text, (name) => tables.get(name)!));
}

async function format(markdown: string): Promise<string> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--no-config", "--ext=md", "-"],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = process.stdin.getWriter();
  const written = writer.write(new TextEncoder().encode(markdown))
    .then(() => writer.close());
  const [{ success, stdout }] = await Promise.all([process.output(), written]);
  if (!success) throw new Error("Cannot format a page");
  return new TextDecoder().decode(stdout);
}

if (import.meta.main) {
  for (const page of PAGES) {
    const before = await readPage(page);
    const after = await withTables(page);
    if (before === after) continue;
    await Deno.writeTextFile(new URL(page, root), after);
    console.log(`${page}: written anew`);
  }
}
