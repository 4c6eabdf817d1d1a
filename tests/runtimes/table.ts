/** The runtimes with which the library passes, as `lib/README.md` lists them. @module */

import { formatRows, type Table, tablesOf } from "../docs/markdown.ts";
import type { Runtime } from "./runtimes.ts";

/** The table of runtimes that passed. */
export function runtimeTable(
  runtimes: readonly Pick<Runtime, "name" | "artefact" | "isForeignPage">[],
): Table {
  const artefacts = new Map<string, string[]>();
  for (const { name, artefact, isForeignPage = false } of runtimes) {
    const text = isForeignPage ? `${artefact}, without \`QqClient\`` : artefact;
    artefacts.set(name, [...artefacts.get(name) ?? [], text]);
  }
  return [
    ["runtime", "passes with"],
    ...[...artefacts].map(([name, all]) => [name, all.join("; ")]),
  ];
}

/** Whether a page holds this table, however its columns are filled. */
export function hasTable(page: string, table: Table): boolean {
  const text = formatRows(table);
  return tablesOf(page).some((one) => formatRows(one) === text);
}
