/** What every store of accounts must do, run over each of them. @module */

import type {
  AccountRecord,
  AccountStore,
} from "../../bridge/upstream/account_store.ts";
import { MemoryAccountStore } from "../../bridge/upstream/account_store.ts";
import { BridgeDatabase } from "../../bridge/storage/bridge_database.ts";
import { assertEquals, assertThrows } from "@std/assert";

interface Opened {
  store: AccountStore;
  close(): void;
}

function inDatabase(secretKey?: string): Opened {
  const database = new BridgeDatabase(":memory:", { secretKey });
  return { store: database.accounts, close: () => database.close() };
}

const STORES: [name: string, open: () => Opened][] = [
  ["MemoryAccountStore", () => ({
    store: new MemoryAccountStore(),
    close: () => {},
  })],
  ["SqliteAccountStore", () => inDatabase()],
  ["SqliteAccountStore with a key", () => inDatabase("key")],
];

function record(uin: string, changes: Partial<AccountRecord> = {}) {
  return {
    uin,
    passwordMd5: "5ebe2294ecd0e0f08eab7690d2a6ee69",
    nickname: "a,\0\u{1f427}'",
    wanted: "in" as const,
    ...changes,
  };
}

const CASES: Record<string, (store: AccountStore) => void> = {
  "lists by number"(store) {
    for (const uin of ["99999", "100000", "10001"]) store.put(record(uin));
    assertEquals(store.list(), [
      record("10001"),
      record("99999"),
      record("100000"),
    ]);
  },
  "changes what is there"(store) {
    store.put(record("10001"));
    const changed = record("10001", {
      wanted: "out",
      nickname: "",
      passwordMd5: "fe01ce2a7fbac8fafaed7c982a04e229",
    });
    store.put(changed);
    assertEquals(store.list(), [changed]);
  },
  "removes once"(store) {
    store.put(record("10001"));
    store.put(record("10002"));
    assertEquals(store.remove("10001"), true);
    assertEquals(store.remove("10001"), false);
    assertEquals(store.list(), [record("10002")]);
  },
  "gives lists that stay as they are"(store) {
    store.put(record("10001"));
    const before = store.list();
    store.put(record("10002"));
    assertEquals(before.length, 1);
    before.pop();
    assertEquals(store.list().length, 2);
  },
  "refuses an invalid record, without the password in the error"(store) {
    const bad: Partial<AccountRecord>[] = [
      { uin: "" },
      { uin: "1e4" },
      { passwordMd5: "secret" },
      { passwordMd5: "5EBE2294ECD0E0F08EAB7690D2A6EE69" },
      { wanted: "maybe" as "in" },
    ];
    for (const changes of bad) {
      const error = assertThrows(
        () => store.put(record("10001", changes)),
        TypeError,
        "Cannot keep an account",
      ) as Error;
      assertEquals(/secret|5ebe/i.test(error.message), false);
    }
    assertEquals(store.list(), []);
  },
};

for (const [storeName, open] of STORES) {
  for (const [name, run] of Object.entries(CASES)) {
    Deno.test(`${storeName}: ${name}`, () => {
      const { store, close } = open();
      try {
        run(store);
      } finally {
        close();
      }
    });
  }
}
