/** What every store of accounts must do, run over each of them. @module */

import type {
  AccountRecord,
  AccountStore,
} from "../../bridge/upstream/account_store.ts";
import { MemoryAccountStore } from "../../bridge/upstream/account_store.ts";
import { ReplicatedAccounts } from "../../bridge/cluster/replicated_stores.ts";
import { SecretCipher } from "../../bridge/storage/cipher.ts";
import { openMemoryLog, openNode } from "../support/cluster_nodes.ts";
import { BridgeDatabase } from "../../bridge/storage/bridge_database.ts";
import { assertEquals, assertRejects } from "@std/assert";

interface Opened {
  store: AccountStore;
  close(): void | Promise<void>;
}

function inDatabase(secretKey?: string): Opened {
  const database = new BridgeDatabase(":memory:", { secretKey });
  return { store: database.accounts, close: () => database.close() };
}

const STORES: [name: string, open: () => Opened | Promise<Opened>][] = [
  ["MemoryAccountStore", () => ({
    store: new MemoryAccountStore(),
    close: () => {},
  })],
  ["SqliteAccountStore", () => inDatabase()],
  ["SqliteAccountStore with a key", () => inDatabase("key")],
  ["ReplicatedAccounts", async () => {
    const log = openMemoryLog();
    const journal = await openNode(log);
    return {
      store: new ReplicatedAccounts(
        journal,
        new SecretCipher("key", new Uint8Array(16)),
      ),
      close: async () => {
        await journal.close();
        await log.close();
      },
    };
  }],
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

const CASES: Record<string, (store: AccountStore) => Promise<void>> = {
  async "lists by number"(store) {
    for (const uin of ["99999", "100000", "10001"]) {
      await store.put(record(uin));
    }
    assertEquals(store.list(), [
      record("10001"),
      record("99999"),
      record("100000"),
    ]);
  },
  async "changes what is there"(store) {
    await store.put(record("10001"));
    const changed = record("10001", {
      wanted: "out",
      nickname: "",
      passwordMd5: "fe01ce2a7fbac8fafaed7c982a04e229",
    });
    await store.put(changed);
    assertEquals(store.list(), [changed]);
  },
  async "removes once"(store) {
    await store.put(record("10001"));
    await store.put(record("10002"));
    assertEquals(await store.remove("10001"), true);
    assertEquals(await store.remove("10001"), false);
    assertEquals(store.list(), [record("10002")]);
  },
  async "gives lists that stay as they are"(store) {
    await store.put(record("10001"));
    const before = store.list();
    await store.put(record("10002"));
    assertEquals(before.length, 1);
    before.pop();
    assertEquals(store.list().length, 2);
  },
  async "refuses an invalid record, without the password in the error"(store) {
    const bad: Partial<AccountRecord>[] = [
      { uin: "" },
      { uin: "1e4" },
      { passwordMd5: "secret" },
      { passwordMd5: "5EBE2294ECD0E0F08EAB7690D2A6EE69" },
      { wanted: "maybe" as "in" },
    ];
    for (const changes of bad) {
      const error = await assertRejects(
        async () => await store.put(record("10001", changes)),
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
    Deno.test(`${storeName}: ${name}`, async () => {
      const { store, close } = await open();
      try {
        await run(store);
      } finally {
        await close();
      }
    });
  }
}
