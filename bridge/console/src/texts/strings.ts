/** Texts of the console in the shown language. @module */

import { EN, type TextName } from "./en/common.ts";
import { type Language, language } from "./preferences.ts";

export type { TextName } from "./en/common.ts";

type Table<N extends string> = Readonly<Record<N, string>>;

/** The build leaves the names of the Chinese texts out: they stand in the order of the English ones. */
type Loaded<N extends string> = Table<N> | readonly string[];

/** Finds a text by its name, and puts the values in place of `{value}`. */
export type Translate<N extends string> = (
  name: N,
  values?: Readonly<Record<string, string | number>>,
) => string;

/** Loads a language for each table of texts that a page has brought. */
const loaders = new Set<(to: Language) => Promise<void>>();

/**
 * Makes the function that finds texts of one table. English comes with the
 * page; Chinese is loaded when it is shown.
 */
export function defineTexts<N extends string>(
  en: Table<N>,
  loadZh: () => Promise<Loaded<NoInfer<N>>>,
): Translate<N> {
  let zh: Table<N> | undefined;
  loaders.add(async (to) => {
    if (to === "zh") zh ??= withNames(en, await loadZh());
  });
  return (name, values = {}) => {
    const table = language.value === "zh" ? zh ?? en : en;
    return table[name].replace(
      /\{(\w+)\}/g,
      (all, key: string) => String(values[key] ?? all),
    );
  };
}

function withNames<N extends string>(en: Table<N>, texts: Loaded<N>): Table<N> {
  if (!isList(texts)) return texts;
  const named = Object.keys(en).map((name, at) => [name, texts[at]]);
  return Object.fromEntries(named);
}

function isList(texts: object): texts is readonly string[] {
  return Array.isArray(texts);
}

/** Loads what the pages that are open need in a language. Rejects if a file cannot be loaded. */
export async function loadTexts(to: Language): Promise<void> {
  await Promise.all([...loaders].map((load) => load(to)));
}

/** Shows another language once its texts are here. Rejects if they cannot be loaded. */
export async function chooseLanguage(to: Language): Promise<void> {
  await loadTexts(to);
  language.value = to;
}

/** Text that every page may use. */
export const t: Translate<TextName> = defineTexts(
  EN,
  async () => (await import("./zh/groups/talk.ts")).COMMON,
);
