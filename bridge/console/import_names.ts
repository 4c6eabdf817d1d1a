/** Shorter imports between the scripts that the bundler has split. @module */

const IMPORT = /import\{([^}]*)\}from"\.\/([^"]+)"/g;
/** The bundler writes it at the end, before the licences. */
const EXPORT = /export\{([^}]*)\}(?=;?\s*(?:\/\*[^]*?\*\/\s*)*$)/;

/**
 * Gives what a chunk exports the names under which it is imported most often,
 * so that fewer of them need an `as`. The bundler numbers them instead, which
 * takes a percent of all that the browser loads.
 *
 * @param texts Texts by the names of their files; those of chunks and of what imports them change.
 */
export function shortenImports(texts: Map<string, string>): void {
  const found = new Map<string, string>();
  for (const [file, text] of texts) {
    const list = EXPORT.exec(text)?.[1];
    // Other files are loaded by `import()`, which needs the names of the sources.
    if (!file.startsWith("chunk-") || list === undefined) continue;
    const exported = listOf(list);
    const names = namesFor(exported, usesOf(texts, file));
    for (const [local, alias] of exported) {
      found.set(`${file} ${alias}`, names.get(alias) ?? local);
    }
  }
  for (const [file, text] of texts) {
    const imports = text.replace(IMPORT, (all, list: string, from: string) => {
      const names = listOf(list).map(([alias, local]) =>
        specifier(found.get(`${from} ${alias}`) ?? alias, local)
      );
      return all.replace(`{${list}}`, `{${names.sort().join(",")}}`);
    });
    const whole = !file.startsWith("chunk-") ? imports : imports.replace(
      EXPORT,
      (_, list: string) => {
        const names = listOf(list).map(([local, alias]) =>
          specifier(local, found.get(`${file} ${alias}`)!)
        );
        return `export{${names.sort().join(",")}}`;
      },
    );
    texts.set(file, whole);
  }
}

/** The two names of each specifier, before and after its `as`. */
function listOf(list: string): [name: string, as: string][] {
  return list.split(",").map((one) => {
    const [name, as] = one.split(" as ");
    return [name!, as ?? name!];
  });
}

function specifier(name: string, as: string): string {
  return name === as ? name : `${name} as ${as}`;
}

/** How often each export of a file is imported under each name, by `export name`. */
function usesOf(
  texts: ReadonlyMap<string, string>,
  file: string,
): Map<string, number> {
  const uses = new Map<string, number>();
  for (const text of texts.values()) {
    for (const [, list, from] of text.matchAll(IMPORT)) {
      if (from !== file) continue;
      for (const names of listOf(list!)) {
        const key = names.join(" ");
        uses.set(key, (uses.get(key) ?? 0) + 1);
      }
    }
  }
  return uses;
}

/** A name for each export: that of the most imports which no other has. */
function namesFor(
  exported: readonly (readonly [local: string, alias: string])[],
  uses: ReadonlyMap<string, number>,
): Map<string, string> {
  const wanted = new Map(uses);
  for (const [local, alias] of exported) {
    const key = `${alias} ${local}`;
    wanted.set(key, (wanted.get(key) ?? 0) + 1);
  }
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const take = (alias: string, name: string) => {
    if (names.has(alias) || taken.has(name)) return;
    names.set(alias, name);
    taken.add(name);
  };
  const order = [...wanted].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  for (const [key] of order) {
    const [alias, name] = key.split(" ");
    take(alias!, name!);
  }
  for (const [, alias] of exported) {
    for (let name = alias; !names.has(alias); name += "_") take(alias, name);
  }
  return names;
}
