import { assertEquals } from "@std/assert";

const FOLDER = new URL("./", import.meta.url);

/** Texts of the tests of this folder and of the folders in it. */
async function sourcesOf(folder: URL): Promise<string> {
  let all = "";
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) all += await sourcesOf(new URL(`${name}/`, folder));
    else if (/^browser_.*\.ts$|_test\.ts$/.test(name)) {
      all += await Deno.readTextFile(new URL(name, folder));
    }
  }
  return all;
}

Deno.test("PROMISES.md: each promise of the console names a test that exists", async () => {
  const page = await Deno.readTextFile(new URL("PROMISES.md", FOLDER));
  const rows = [...page.matchAll(/^\| *(\d*) *\|.*\| +(\S.*?) +\|$/gm)]
    .map(([, number, test]) => [number!, test!] as const);
  const sources = await sourcesOf(FOLDER);
  assertEquals(
    rows.map(([, test]) => test).filter((test) =>
      !sources.includes(`Deno.test("${test}`) &&
      !sources.includes(`Deno.test(\`${test}`)
    ),
    [],
  );
  assertEquals(
    rows.map(([number]) => Number(number)).filter((number) => number > 0),
    Array.from({ length: 24 }, (_, at) => at + 1),
  );
});
