import {
  assertSqlite,
  OLDEST_SQLITE,
  openConnection,
} from "../../../bridge/sqlite/database.ts";
import { assertEquals, assertThrows } from "@std/assert";

const ONE = "CREATE TABLE names (name TEXT); INSERT INTO names VALUES ('one')";
const TWO = "ALTER TABLE names ADD COLUMN age INTEGER NOT NULL DEFAULT 2";

function inFolder(name: string, run: (path: string) => void): void {
  Deno.test(`openConnection(): ${name}`, () => {
    const folder = Deno.makeTempDirSync();
    try {
      run(`${folder}/a.db`);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

/** Opens, looks, and closes. */
function look(path: string, migrations: string[], sql: string): unknown[] {
  const database = openConnection(path, { what: "the names", migrations });
  try {
    return database.prepare(sql).all().map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

inFolder("a file of an earlier number is brought up, once", (path) => {
  look(path, [ONE], "SELECT * FROM names");
  for (let start = 0; start < 2; start++) {
    assertEquals(look(path, [ONE, TWO], "SELECT * FROM names"), [
      { name: "one", age: 2 },
    ]);
    assertEquals(look(path, [ONE, TWO], "PRAGMA user_version"), [
      { user_version: 2 },
    ]);
  }
});

inFolder("a file of a later number is refused", (path) => {
  look(path, [ONE, TWO], "SELECT * FROM names");
  const error = assertThrows(
    () => look(path, [ONE], "SELECT * FROM names"),
    RangeError,
  );
  assertEquals(
    error.message,
    "Cannot open the names: its version must be at most 1, got 2: a later program made it",
  );
});

inFolder("a migration that fails leaves the file as it was", (path) => {
  look(path, [ONE], "SELECT * FROM names");
  const error = assertThrows(
    () => look(path, [ONE, `${TWO}; SELECT * FROM missing`], "SELECT 1"),
    Error,
  );
  assertEquals(
    error.message,
    `Cannot open the names: no such table: missing, got ${path}`,
  );
  assertEquals(look(path, [ONE], "SELECT * FROM names"), [{ name: "one" }]);
});

const versions: [string, boolean][] = [
  ["3.51.2", false],
  ["3.50.9", false],
  ["2.99.99", false],
  ["3.9.0", false],
  ["3.51", false],
  ["3.51.3", true],
  ["3.52.0", true],
  ["4.0.0", true],
];
for (const [version, isGood] of versions) {
  Deno.test(`assertSqlite(): ${isGood ? "accepts" : "rejects"} ${version}`, () => {
    if (isGood) return assertSqlite(version);
    const error = assertThrows(() => assertSqlite(version), RangeError);
    assertEquals(
      error.message,
      `Cannot open a database: SQLite must be at least ${OLDEST_SQLITE}, got ${version}`,
    );
  });
}
