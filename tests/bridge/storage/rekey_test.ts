import { DatabaseSync } from "node:sqlite";
import { decodeBase64Url } from "../../../bridge/base64url.ts";
import { ConfigError } from "../../../bridge/config/config_error.ts";
import { BridgeDatabase } from "../../../bridge/storage/bridge_database.ts";
import { DataFolder } from "../../../bridge/storage/data_folder.ts";
import { openBridge, openStore } from "../../../bridge/storage/opening.ts";
import type { SqliteQqStore } from "../../../bridge/storage/qq_store.ts";
import { rekeyFolder, type RekeyKeys } from "../../../bridge/storage/rekey.ts";
import type { TargetRecord } from "../../../bridge/targets/target.ts";
import { md5Hex } from "../../../mod.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { sealUnbound } from "../../support/unbound_seal.ts";

const OLD = "the old secret key";
const NEW = "the new secret key";
const UINS = ["10001", "10002"];

function inTemporary(name: string, run: (path: string) => void): void {
  Deno.test(name, () => {
    const path = Deno.makeTempDirSync();
    try {
      run(path);
    } finally {
      Deno.removeSync(path, { recursive: true });
    }
  });
}

/** Opens both files of a folder as a start does; returns what every account's password is in both. */
function start(path: string, secretKey?: string, isFirst = false): string[] {
  using folder = DataFolder.open(path, "test");
  using database = openBridge(
    folder,
    (file) => new BridgeDatabase(file, { secretKey }),
  );
  using store = openStore(
    folder,
    "qq",
    database,
    (file) => database.openQqStore(file),
  );
  for (const uin of isFirst ? UINS : []) {
    const passwordMd5 = md5Hex(uin);
    database.accounts.put({ uin, passwordMd5, nickname: "", wanted: "in" });
    store.putAccount({ uin, nickname: "n", policy: "verify", profile: {} });
    store.setPassword(uin, passwordMd5);
  }
  if (isFirst) database.targets.put(TARGET);
  return [
    database.targets.get(TARGET.id)!.secret!,
    ...database.accounts.list().map(({ passwordMd5 }) => passwordMd5),
    ...UINS.map((uin) => store.passwordMd5(uin)!),
  ];
}

const TARGET: TargetRecord = {
  id: "t1",
  key: "k1",
  kind: "hook",
  isEnabled: true,
  url: "http://127.0.0.1:9/",
  secret: md5Hex("of the target"),
};

const EVERYTHING = [
  TARGET.secret!,
  ...[...UINS, ...UINS].map((uin) => md5Hex(uin)),
];

function rekey(path: string, keys: RekeyKeys) {
  using folder = DataFolder.open(path, "rekey");
  return rekeyFolder(folder, keys);
}

/** Names of the files that hold a password hash in clear text. */
function filesWithHashes(path: string): string[] {
  const decoder = new TextDecoder("latin1");
  return [...Deno.readDirSync(path)].filter(({ isFile }) => isFile)
    .map(({ name }) => name)
    .filter((name) => {
      const text = decoder.decode(Deno.readFileSync(`${path}/${name}`));
      return EVERYTHING.some((secret) => text.includes(secret));
    });
}

function change<T>(path: string, run: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(path);
  try {
    return run(database);
  } finally {
    database.close();
  }
}

const CHANGES: [what: string, keys: RekeyKeys, encrypted: boolean][] = [
  ["another key", { oldKey: OLD, newKey: NEW }, true],
  ["the first key", { oldKey: undefined, newKey: NEW }, true],
  ["no key", { oldKey: OLD, newKey: undefined }, false],
];

for (const [what, keys, encrypted] of CHANGES) {
  inTemporary(
    `rekeyFolder() gives a folder ${what}, and again changes nothing`,
    (path) => {
      const { oldKey, newKey } = keys;
      assertEquals(start(path, oldKey, true), EVERYTHING);
      assertEquals(rekey(path, keys), { secrets: 5, encrypted });
      if (encrypted) assertEquals(filesWithHashes(path), []);
      rekey(path, keys);
      if (oldKey !== undefined && encrypted) {
        assertThrows(() => start(path, oldKey), ConfigError, "TQQ_SECRET_KEY");
      }
      assertEquals(start(path, newKey), EVERYTHING);
      if (encrypted) assertEquals(filesWithHashes(path), []);
    },
  );

  // What a kill leaves: bridge.db is written, qq.db not yet, or just so.
  for (const isQqWritten of [false, true]) {
    inTemporary(
      `rekeyFolder() finishes what a kill ${
        isQqWritten ? "after" : "before"
      } the second file left: ${what}`,
      (path) => {
        const { oldKey, newKey } = keys;
        start(path, oldKey, true);
        const qq = Deno.readFileSync(`${path}/qq.db`);
        const get = (database: DatabaseSync, name: string) =>
          String(
            database.prepare("SELECT value FROM settings WHERE name = ?")
              .get(name)?.["value"] ?? "",
          );
        const before = change(
          `${path}/bridge.db`,
          (database) => [get(database, "salt"), get(database, "key_check")],
        );
        rekey(path, keys);
        if (!isQqWritten) Deno.writeFileSync(`${path}/qq.db`, qq);
        change(`${path}/bridge.db`, (database) => {
          const put = database.prepare("INSERT INTO settings VALUES (?, ?)");
          put.run("old_salt", before[0]!);
          put.run("old_key_check", before[1]!);
          database.exec("DELETE FROM settings WHERE name = 'qq_sealed'");
        });
        assertThrows(() => start(path, newKey), ConfigError, "tqq rekey");
        rekey(path, keys);
        if (encrypted) assertEquals(filesWithHashes(path), []);
        assertEquals(start(path, newKey), EVERYTHING);
      },
    );
  }
}

for (
  const [what, keys] of [
    ["a wrong old key", { oldKey: "not the old secret key", newKey: NEW }],
    ["no old key", { oldKey: undefined, newKey: NEW }],
  ] as const
) {
  inTemporary(`rekeyFolder() refuses ${what}, and changes nothing`, (path) => {
    start(path, OLD, true);
    assertThrows(() => rekey(path, keys), ConfigError, "TQQ_SECRET_KEY_OLD");
    assertEquals(start(path, OLD), EVERYTHING);
  });
}

for (const file of ["bridge.db", "qq.db"]) {
  inTemporary(
    `a start refuses swapped rows of ${file}, and names the row`,
    (path) => {
      start(path, OLD, true);
      change(`${path}/${file}`, (database) =>
        database.exec(`
        UPDATE accounts SET password = (
          SELECT password FROM accounts WHERE uin = '10001'
        ) WHERE uin = '10002'`));
      assertThrows(
        () => start(path, OLD),
        ConfigError,
        `Cannot decrypt row 10002 of accounts in ${file}`,
      );
    },
  );

  inTemporary(
    `a start seals what version 0.1.0 sealed in ${file} anew, and refuses it afterwards`,
    (path) => {
      start(path, OLD, true);
      const old = (database: DatabaseSync, salt: string) => {
        const put = database.prepare(
          "UPDATE accounts SET password = ? WHERE uin = ?",
        );
        for (const uin of UINS) {
          put.run(sealUnbound(OLD, decodeBase64Url(salt), md5Hex(uin)), uin);
        }
      };
      const salt = change(`${path}/bridge.db`, (database) => {
        const { value } = database.prepare(
          "SELECT value FROM settings WHERE name = 'salt'",
        ).get() as { value: string };
        database.prepare(
          "UPDATE settings SET value = ? WHERE name = 'key_check'",
        )
          .run(sealUnbound(OLD, decodeBase64Url(value), "tqq"));
        database.exec("DELETE FROM settings WHERE name = 'qq_sealed'");
        return value;
      });
      change(`${path}/${file}`, (database) => old(database, salt));
      assertEquals(start(path, OLD), EVERYTHING);
      const versions = change(
        `${path}/${file}`,
        (database) =>
          database.prepare("SELECT substr(password, 1, 3) AS v FROM accounts")
            .all().map(({ v }) => v),
      );
      assertEquals(versions, ["v2.", "v2."]);
      change(`${path}/${file}`, (database) => old(database, salt));
      assertThrows(() => start(path, OLD), ConfigError, `accounts in ${file}`);
    },
  );
}

inTemporary(
  "a start copies the log of qq.db into the file, also if a kill came before",
  (path) => {
    start(path, undefined, true);
    // Sealed, and killed before the log was copied: it is kept open, as a kill leaves it.
    const killed = new DatabaseSync(`${path}/qq.db`);
    killed.exec("PRAGMA wal_autocheckpoint = 0");
    killed.prepare("UPDATE accounts SET nickname = nickname || ?").run("x");
    for (const name of ["bridge.db", "qq.db", "qq.db-wal"]) {
      Deno.mkdirSync(`${path}/killed`, { recursive: true, mode: 0o700 });
      Deno.copyFileSync(`${path}/${name}`, `${path}/killed/${name}`);
    }
    killed.close();
    const cipher = (() => {
      using database = new BridgeDatabase(`${path}/killed/bridge.db`, {
        secretKey: OLD,
      });
      return database.cipher!;
    })();
    change(`${path}/killed/qq.db`, (database) => {
      database.exec("PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = ON");
      const put = database.prepare(
        "UPDATE accounts SET password = ?, sealed = 1 WHERE uin = ?",
      );
      for (const uin of UINS) {
        const place = { file: "qq.db", table: "accounts", row: uin };
        put.run(cipher.seal(md5Hex(uin), place), uin);
      }
      for (const suffix of ["", "-wal"]) {
        Deno.copyFileSync(
          `${path}/killed/qq.db${suffix}`,
          `${path}/cut.db${suffix}`,
        );
      }
    });
    for (const suffix of ["", "-wal"]) {
      Deno.renameSync(
        `${path}/cut.db${suffix}`,
        `${path}/killed/qq.db${suffix}`,
      );
    }
    Deno.writeTextFileSync(`${path}/killed/lock`, "");
    const folder = DataFolder.open(`${path}/killed`, "test");
    const database = new BridgeDatabase(`${path}/killed/bridge.db`, {
      secretKey: OLD,
    });
    const store: SqliteQqStore = database.openQqStore(`${path}/killed/qq.db`);
    assertEquals(filesWithHashes(`${path}/killed`), []);
    store.close();
    database.close();
    folder.close();
  },
);
