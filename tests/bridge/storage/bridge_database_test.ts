import { ConfigError } from "../../../bridge/config/config.ts";
import {
  BridgeDatabase,
  checkBridgeDatabase,
} from "../../../bridge/storage/bridge_database.ts";
import { REMOVED_ACCOUNTS } from "../../../bridge/storage/poll_key_store.ts";
import { createToken, hashToken } from "../../../bridge/access/token_store.ts";
import { DatabaseSync } from "node:sqlite";
import type { TargetRecord } from "../../../bridge/targets/target.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

const MD5 = "5ebe2294ecd0e0f08eab7690d2a6ee69";
const OTHER_MD5 = "fe01ce2a7fbac8fafaed7c982a04e229";

function account(uin: string, passwordMd5 = MD5) {
  return { uin, passwordMd5, nickname: "小\0明", wanted: "in" as const };
}

function inTemporary(name: string, test: (folder: string) => void): void {
  Deno.test(`bridge database: ${name}`, () => {
    const folder = Deno.makeTempDirSync();
    try {
      test(folder);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

/** The files of a folder that hold a text. */
function filesWith(folder: string, text: string): string[] {
  const decoder = new TextDecoder("latin1");
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
    decoder.decode(Deno.readFileSync(`${folder}/${name}`)).includes(text)
  );
}

inTemporary("a later start finds what was stored", (folder) => {
  const path = `${folder}/bridge.db`;
  const token = createToken();
  {
    using database = new BridgeDatabase(path);
    database.accounts.put(account("10001"));
    database.tokens.add({
      id: "b0t",
      createdBy: "admin",
      expiresAt: 9,
      name: "bot",
      hash: hashToken(token),
      scopes: ["read"],
      accounts: ["10001"],
      createdAt: 5,
    });
    database.set("upstream", "embedded");
  }
  using database = new BridgeDatabase(path);
  assertEquals(database.accounts.list(), [account("10001")]);
  const { id, name, createdBy, expiresAt } = database.tokens.get("b0t")!;
  assertEquals([id, name, createdBy, expiresAt], ["b0t", "bot", "admin", 9]);
  assertEquals(database.get("upstream"), "embedded");
  assertEquals(database.get("salt"), undefined);
  assertEquals(filesWith(folder, token), []);
});

inTemporary(
  "keys of polls are kept for all accounts, and for the last 1,000 that were removed",
  (folder) => {
    const path = `${folder}/bridge.db`;
    {
      using database = new BridgeDatabase(path);
      database.accounts.put(account("1"));
      database.pollKeys.put("1", "e.1.1");
      for (let uin = 10_000; uin < 10_000 + REMOVED_ACCOUNTS + 2; uin++) {
        database.pollKeys.put(String(uin), `e.${uin}.1`);
      }
      database.pollKeys.put("1", "e.1.2");
      database.pollKeys.putAll([["11001", "e.11001.2"]]);
    }
    using database = new BridgeDatabase(path);
    assertEquals(database.pollKeys.get("1"), "e.1.2");
    assertEquals(database.pollKeys.get("11001"), "e.11001.2");
    const kept = Array.from(
      { length: REMOVED_ACCOUNTS + 2 },
      (_, index) => database.pollKeys.get(String(10_000 + index)),
    ).filter((key) => key !== undefined);
    assertEquals(kept.length, REMOVED_ACCOUNTS);
  },
);

inTemporary("a later start finds the presence that was set", (folder) => {
  const path = `${folder}/bridge.db`;
  const kept = { ...account("10001"), status: "invisible" as const };
  {
    using database = new BridgeDatabase(path);
    database.accounts.put(kept);
    assertThrows(
      () => database.accounts.put({ ...kept, status: "away" as "busy" }),
      TypeError,
      "status must be one of online, offline, busy, invisible, got away",
    );
  }
  using database = new BridgeDatabase(path);
  assertEquals(database.accounts.list(), [kept]);
});

inTemporary("a file of 0.1.0 is migrated", (folder) => {
  const path = `${folder}/bridge.db`;
  const old = new DatabaseSync(path);
  old.exec(`
    CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE accounts (
      uin TEXT PRIMARY KEY, password TEXT NOT NULL, sealed INTEGER NOT NULL,
      nickname TEXT NOT NULL, wanted TEXT NOT NULL, added_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE tokens (
      name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
      accounts TEXT NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER
    ) WITHOUT ROWID;
    PRAGMA user_version = 1`);
  old.prepare("INSERT INTO accounts VALUES (?, ?, 0, ?, 'in', 5)")
    .run("10001", MD5, JSON.stringify("小\0明"));
  for (const [name, revokedAt] of [["admin", 2], ["bot", null]] as const) {
    old.prepare(
      "INSERT INTO tokens VALUES (?, ?, '[\"read\"]', '\"all\"', 1, ?)",
    )
      .run(name, hashToken(name), revokedAt);
  }
  old.close();
  using database = new BridgeDatabase(path);
  assertEquals(database.accounts.list(), [account("10001")]);
  const kept = { scopes: ["read"] as const, accounts: "all", createdAt: 1 };
  assertEquals<unknown>(database.tokens.list(), [
    {
      ...kept,
      id: "admin",
      name: "admin",
      hash: hashToken("admin"),
      revokedAt: 2,
    },
    {
      ...kept,
      id: "bot",
      name: "bot",
      hash: hashToken("bot"),
      createdBy: "admin",
    },
  ]);
});

inTemporary(
  "with a key from the first start on no file ever holds a hash",
  (folder) => {
    const path = `${folder}/bridge.db`;
    using database = new BridgeDatabase(path, { secretKey: "key" });
    database.accounts.put(account("10001"));
    assertEquals(filesWith(folder, MD5), []);
    database.accounts.put(account("10001", OTHER_MD5));
    database.accounts.put({ ...account("10001", OTHER_MD5), wanted: "out" });
    database.accounts.put(account("10002"));
    database.accounts.remove("10002");
    for (const md5 of [MD5, OTHER_MD5]) {
      assertEquals(
        filesWith(folder, md5),
        [],
      );
    }
    assert(
      [...Deno.readDirSync(folder)].length > 1,
      "the log is looked at too",
    );
    database.close();
    using again = new BridgeDatabase(path, { secretKey: "key" });
    assertEquals(again.accounts.list()[0]?.passwordMd5, OTHER_MD5);
    const place = { file: "qq.db", table: "accounts", row: "10001" };
    assertEquals(
      again.cipher!.open(again.cipher!.seal("x", place), place),
      "x",
    );
  },
);

const TARGET: TargetRecord = {
  id: "a",
  key: "b",
  kind: "hook",
  url: "http://127.0.0.1/?key=s3cret",
  accessToken: "token-s3cret",
  secret: "sign-s3cret",
  isEnabled: true,
};

inTemporary("a key that is set later encrypts what is stored", (folder) => {
  const path = `${folder}/bridge.db`;
  {
    using database = new BridgeDatabase(path);
    for (let uin = 10_001; uin < 10_101; uin++) {
      database.accounts.put(account(`${uin}`));
    }
    database.targets.put(TARGET);
    assert(filesWith(folder, MD5).length > 0);
  }
  assert(filesWith(folder, MD5).length > 0);
  assert(filesWith(folder, "s3cret").length > 0);
  using database = new BridgeDatabase(path, { secretKey: "key" });
  assertEquals(filesWith(folder, MD5), []);
  assertEquals(filesWith(folder, "s3cret"), []);
  assertEquals(database.targets.list(), [TARGET]);
  assertEquals(database.accounts.list().length, 100);
  assertEquals(database.accounts.list()[99], account("10100"));
});

inTemporary("refuses a wrong key, or none, and changes nothing", (folder) => {
  const path = `${folder}/bridge.db`;
  {
    using database = new BridgeDatabase(path, { secretKey: "key" });
    database.accounts.put(account("10001"));
  }
  checkBridgeDatabase(path, "key");
  for (const secretKey of ["Key", undefined]) {
    for (
      const open of [
        () => new BridgeDatabase(path, { secretKey }),
        () => checkBridgeDatabase(path, secretKey),
      ]
    ) {
      const error = assertThrows(open, ConfigError) as Error;
      assert(error.message.includes("TQQ_SECRET_KEY must be"));
      assert(!error.message.includes('"Key"'));
    }
  }
  using database = new BridgeDatabase(path, { secretKey: "key" });
  assertEquals(database.accounts.list(), [account("10001")]);
});

inTemporary(
  "refuses a file of a later program, and leaves it alone",
  (folder) => {
    const path = `${folder}/bridge.db`;
    const database = new DatabaseSync(path);
    database.exec("PRAGMA user_version = 99");
    database.close();
    assertThrows(() => new BridgeDatabase(path), RangeError, "got 99");
  },
);
