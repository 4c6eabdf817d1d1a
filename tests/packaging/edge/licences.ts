/** Licences of npm packages in Deno's cache. @module */

/** How many folders of a registry's address may stand above a package: its host, and a path. */
const MAX_DEPTH = 6;

/** What a package calls the file of its licence. */
const IS_LICENCE = /^licen[cs]e(\.(md|txt))?$/i;

/**
 * The text of a package's licence, whatever registry it was fetched from;
 * `undefined` if the package has no file of it. Throws if the package is not in
 * the cache.
 */
export async function readLicence(
  npmCache: string,
  name: string,
  version: string,
): Promise<string | undefined> {
  const folder = await findPackage(npmCache, `${name}/${version}`, MAX_DEPTH);
  if (folder === undefined) {
    throw new Error(
      `Cannot read the licence of ${name} ${version}: Deno's cache must hold the package, got none in ${npmCache}. Run the bundle first.`,
    );
  }
  for await (const { name: file } of Deno.readDir(folder)) {
    if (IS_LICENCE.test(file)) {
      return await Deno.readTextFile(`${folder}/${file}`);
    }
  }
  return undefined;
}

async function findPackage(
  folder: string,
  path: string,
  depth: number,
): Promise<string | undefined> {
  const found = `${folder}/${path}`;
  if (await isFile(`${found}/package.json`)) return found;
  if (depth === 0) return undefined;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    // A package's own folder holds no registry.
    if (!isDirectory || await isFile(`${folder}/${name}/package.json`)) {
      continue;
    }
    const below = await findPackage(`${folder}/${name}`, path, depth - 1);
    if (below !== undefined) return below;
  }
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
