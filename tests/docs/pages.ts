/** The pages of the project. A page that is missing here fails a test. */

export const root: URL = new URL("../../", import.meta.url);

/** Folders that have their page in English and in Chinese. */
export const PAIRED_FOLDERS: readonly string[] = [
  "",
  "bridge/",
  "bridge/gateway/",
  "bridge/onebot/",
  "bridge/satori/",
];

/** The page of each folder, in English and in Chinese. */
export const PAIRS: readonly (readonly [english: string, chinese: string])[] =
  PAIRED_FOLDERS.map((
    folder,
  ) => [`${folder}README.md`, `${folder}README.zh-CN.md`]);

/** Every page, by its path from the project's folder. */
export const PAGES: readonly string[] = [
  ...PAIRS.flat(),
  "lib/README.md",
  "bridge/edge/README.md",
  "bridge/ARCHITECTURE.md",
  "tests/README.md",
  "CHANGELOG.md",
];

/** A language that pages are written in. */
export type Language = "en" | "zh";

/** The language of a page. */
export function languageOf(page: string): Language {
  return page.endsWith(".zh-CN.md") ? "zh" : "en";
}

/** The text of a page. */
export function readPage(page: string): Promise<string> {
  return Deno.readTextFile(new URL(page, root));
}
