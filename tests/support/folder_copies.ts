import { DatabaseSync } from "node:sqlite";
import { openJournal } from "../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../bridge/journal/sqlite/sqlite_journal.ts";
import { BridgeDatabase } from "../../bridge/storage/bridge_database.ts";
import { DataFolder } from "../../bridge/storage/data_folder.ts";
import { openBridge, openStore } from "../../bridge/storage/opening.ts";

/** Fills a data folder: an account of a password, and events in the journal. */
export async function fillFolder(
  path: string,
  { name = "first", events = 3, secretKey }: {
    name?: string;
    events?: number;
    secretKey?: string | undefined;
  } = {},
): Promise<void> {
  using folder = DataFolder.open(path, "test");
  using database = openBridge(
    folder,
    (file) => new BridgeDatabase(file, { secretKey }),
  );
  database.set("demo_made_at", name);
  database.accounts.put({
    uin: "10001",
    passwordMd5: "0123456789abcdef0123456789abcdef",
    nickname: name,
    wanted: "in",
  });
  const journal = openStore(
    folder,
    "journal",
    database,
    (file) => new SqliteJournal(openJournal(file)),
  );
  await journal.append({
    events: Array.from({ length: events }, (_, index) => ({
      account: "10001",
      at: index,
      event: "message" as const,
      data: { from: "10002", text: `${name} ${index}` },
    })),
  });
  await journal.close();
  openStore(
    folder,
    "qq",
    database,
    (file) => database.openQqStore(file),
  ).close();
}

/** Which of the folders that {@linkcode fillFolder} made this is; undefined if it is none that is whole. */
export function nameOf(path: string): string | undefined {
  try {
    Deno.statSync(`${path}/qq.db`);
    using bridge = new DatabaseSync(`${path}/bridge.db`);
    using journal = new DatabaseSync(`${path}/journal.db`);
    const { name } = bridge.prepare(
      "SELECT value AS name FROM settings WHERE name = 'demo_made_at'",
    ).get() as { name: string };
    const { data } = journal.prepare("SELECT data FROM events LIMIT 1")
      .get() as { data: string };
    return JSON.parse(data).text === `${name} 0` ? name : undefined;
  } catch {
    return undefined;
  }
}

/** The names in a folder, without the files that SQLite makes while it reads. */
export function namesIn(path: string): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name)
    .filter((name) => !/-(wal|shm)$/.test(name)).sort();
}

/** Runs with a folder that is removed afterwards. */
export async function inTemporaryFolder(
  act: (path: string) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    await act(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}
