/** A test that has a folder of its own, and a path for a journal in it. */
export function inFolder(
  name: string,
  run: (path: string) => Promise<void> | void,
): void {
  Deno.test(`SqliteJournal: ${name}`, async () => {
    const folder = Deno.makeTempDirSync();
    try {
      await run(`${folder}/journal.db`);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}
