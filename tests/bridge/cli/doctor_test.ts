import { DatabaseSync } from "node:sqlite";
import {
  checkClock,
  checkCopies,
  checkFreeSpace,
  MIN_FREE_BYTES,
} from "../../../bridge/cli/folder_findings.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fillFolder, inTemporaryFolder } from "../../support/folder_copies.ts";
import { runMain } from "../../support/run_main.ts";

const KEY = "the secret key of it";
const FREE = ["--listen=127.0.0.1:0", "--qq-listen=127.0.0.1:0"];

function sql(path: string, text: string): void {
  const database = new DatabaseSync(path);
  database.exec(text);
  database.close();
}

function isRoot(): boolean {
  const path = Deno.makeTempFileSync();
  try {
    return Deno.statSync(path).uid === 0;
  } finally {
    Deno.removeSync(path);
  }
}

/** What is wrong with a folder that was encrypted with KEY, and the one line that says so. */
const CAUSES: [
  what: string,
  make: (folder: string) => void,
  key: string | undefined,
  line: RegExp,
][] = [
  ["nothing", () => {}, KEY, /^ok {7}journal\.db: whole$/m],
  [
    "a missing key",
    () => {},
    undefined,
    /^wrong {4}bridge\.db: .*must be set.*\. Set TQQ_SECRET_KEY or TQQ_SECRET_KEY_FILE to the key of this folder$/m,
  ],
  [
    "a wrong key",
    () => {},
    "another secret key",
    /^wrong {4}bridge\.db: .*must be the key.*\. Set the key that this folder was encrypted with; tqq rekey changes it$/m,
  ],
  [
    "a key that is being changed",
    (folder) =>
      sql(
        `${folder}/bridge.db`,
        "INSERT INTO settings VALUES ('old_salt', '')",
      ),
    KEY,
    /^wrong {4}bridge\.db: .*Run "tqq rekey" again.*$/m,
  ],
  [
    "a damaged file",
    (folder) => Deno.writeTextFileSync(`${folder}/journal.db`, "no database"),
    KEY,
    /^wrong {4}journal\.db: .*not a database.*The file is damaged: put the folder back from a backup, or move \S+journal\.db away$/m,
  ],
  [
    "a file of a later version",
    (folder) => sql(`${folder}/qq.db`, "PRAGMA user_version = 99"),
    KEY,
    /^wrong {4}qq\.db: a later program made it \(version 99 .*Run that version of tqq, or restore a backup of this one$/m,
  ],
  [
    "a hash that was moved to another row",
    (folder) =>
      sql(
        `${folder}/bridge.db`,
        "UPDATE accounts SET uin = '10002' WHERE uin = '10001'",
      ),
    KEY,
    /^wrong {4}bridge\.db: Cannot decrypt row 10002 of accounts in bridge\.db: /m,
  ],
  [
    "an open folder",
    (folder) => Deno.chmodSync(folder, 0o755),
    KEY,
    /^wrong {4}data folder \S+: .*mode 755.*Close it: chmod 700 \S+$/m,
  ],
  [
    "an open file",
    (folder) => Deno.chmodSync(`${folder}/qq.db`, 0o644),
    KEY,
    /^wrong {4}qq\.db: .*mode 644.*Close it: chmod 600 \S+$/m,
  ],
  [
    "a link",
    (folder) => {
      Deno.renameSync(`${folder}/qq.db`, `${folder}/elsewhere.db`);
      Deno.symlinkSync("elsewhere.db", `${folder}/qq.db`);
    },
    KEY,
    /^wrong {4}\S+qq\.db: must be .*no link, got a link\. Move it away$/m,
  ],
  [
    "a restored backup",
    (folder) =>
      Deno.writeTextFileSync(`${folder}/backup`, "{}", { mode: 0o600 }),
    KEY,
    /^ok {7}restored folder: the next start begins a new epoch\. Nothing to do: /m,
  ],
];

// Only root can give files to others.
if (isRoot()) {
  CAUSES.push([
    "a file of another user",
    (folder) => Deno.chownSync(`${folder}/qq.db`, 12345, 12345),
    KEY,
    /^wrong {4}\S+qq\.db: must be .*got one of user 12345\. Find out who made it, then give it back: chown 0 \S+$/m,
  ]);
}

for (const [what, make, key, line] of CAUSES) {
  Deno.test(`doctor: has one advice for ${what}`, () =>
    inTemporaryFolder(async (path) => {
      const folder = `${path}/data`;
      await fillFolder(folder, { secretKey: KEY });
      make(folder);
      const env = key === undefined ? {} : { TQQ_SECRET_KEY: key };
      const { code, out } = await runMain(
        ["doctor", `--data=${folder}`, ...FREE],
        { env: env as Record<string, string> },
      );
      const text = out.join("\n");
      assertMatch(text, line);
      const isWrong = line.source.startsWith("^wrong");
      assertEquals(code, isWrong ? 1 : 0, text);
      const count = out.filter((one) => one.startsWith("wrong")).length;
      assertEquals(count, isWrong ? 1 : 0, text);
    }));
}

Deno.test("doctor --json: writes each finding as a line of JSON", () =>
  inTemporaryFolder(async (path) => {
    const folder = `${path}/data`;
    await fillFolder(folder);
    Deno.chmodSync(`${folder}/qq.db`, 0o644);
    const { code, out } = await runMain([
      "doctor",
      "--json",
      `--data=${folder}`,
      ...FREE,
    ]);
    assertEquals(code, 1);
    const findings = out.map((line) => JSON.parse(line));
    assert(
      findings.every(({ outcome, about, found }) =>
        ["ok", "wrong", "skipped"].includes(outcome) && about !== "" &&
        found !== ""
      ),
    );
    assertEquals(findings.filter(({ outcome }) => outcome === "wrong"), [{
      outcome: "wrong",
      about: "qq.db",
      found: "others may read it (mode 644)",
      action: `Close it: chmod 600 ${folder}/qq.db`,
    }]);
  }));

Deno.test("checkFreeSpace() wants 128 MiB, and finds nothing if it may not ask", () => {
  const outcome = (bytes: number) =>
    checkFreeSpace("x", () => bytes)[0]?.outcome;
  assertEquals(
    [outcome(MIN_FREE_BYTES - 1), outcome(MIN_FREE_BYTES)],
    ["wrong", "ok"],
  );
  const refuse = () => {
    throw new Deno.errors.NotCapable("sys");
  };
  assertEquals(checkFreeSpace("x", refuse), []);
});

Deno.test("checkClock() compares the clock with this year and with the newest event", () =>
  inTemporaryFolder(async (path) => {
    const folder = `${path}/data`;
    await fillFolder(folder);
    const at = Date.UTC(2026, 5, 1);
    sql(`${folder}/journal.db`, `UPDATE events SET at = ${at}`);
    const outcome = (now: number, where?: string) =>
      checkClock(where, now).outcome;
    assertEquals(outcome(Date.UTC(1970, 0, 2)), "wrong");
    assertEquals(outcome(at), "ok");
    assertEquals(outcome(at - 60_000, folder), "ok");
    assertEquals(outcome(at - 60_001, folder), "wrong");
    assertEquals(
      checkClock(folder, at - 90_000).found,
      "is 90 s behind the newest event",
    );
  }));

Deno.test("checkCopies() names a file system that gives no birth times", () => {
  assertEquals(checkCopies("journal.db", () => "1 2"), []);
  const [finding] = checkCopies("journal.db", () => undefined);
  assertEquals([finding!.outcome, finding!.about], [
    "skipped",
    "restored copies",
  ]);
});
