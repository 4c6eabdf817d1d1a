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

const LONG_PAGES: readonly string[] = [
  ...PAIRS.flat(),
  "lib/README.md",
  "lib/server/README.md",
  "bridge/console/src/README.md",
  "bridge/console/src/ui/README.md",
  "bridge/cluster/README.md",
  "bridge/edge/README.md",
  "bridge/cloudflare/README.md",
  "bridge/ARCHITECTURE.md",
  "tests/README.md",
  "tests/bench/README.md",
  "tests/console/PROMISES.md",
  "tests/soak/README.md",
  "tests/packaging/npm/PACKAGE.md",
  "CHANGELOG.md",
];

/** Folders that hold files of code, except the project's own. */
export const CODE_FOLDERS: readonly string[] = [
  ...await codeFoldersBelow("lib/"),
  ...await codeFoldersBelow("bridge/"),
  ...await codeFoldersBelow("tests/"),
];

/** The short pages of the folders that have no long one. */
export const FOLDER_PAGES: readonly string[] = CODE_FOLDERS
  .map((folder) => `${folder}README.md`)
  .filter((page) => !LONG_PAGES.includes(page));

/** Every page, by its path from the project's folder. */
export const PAGES: readonly string[] = [...LONG_PAGES, ...FOLDER_PAGES];

async function codeFoldersBelow(folder: string): Promise<string[]> {
  const below: string[] = [];
  let hasCode = false;
  for await (const entry of Deno.readDir(new URL(folder, root))) {
    const { name, isDirectory } = entry;
    if (/^(\..*|dist|node_modules|tqq-data)$/.test(name)) continue;
    if (isDirectory) below.push(...await codeFoldersBelow(`${folder}${name}/`));
    else hasCode ||= /\.(tsx?|json|html|sh)$/.test(name);
  }
  return hasCode ? [folder, ...below.sort()] : below.sort();
}

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
