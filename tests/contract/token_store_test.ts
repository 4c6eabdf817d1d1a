/** What every store of tokens must do, run over each of them. @module */

import { ReplicatedTokens } from "../../bridge/cluster/replicated_stores.ts";
import { openMemoryLog, openNode } from "../support/cluster_nodes.ts";
import { BridgeDatabase } from "../../bridge/storage/bridge_database.ts";
import {
  createToken,
  hashToken,
  MemoryTokenStore,
  type TokenRecord,
  TOKENS,
  type TokenStore,
} from "../../bridge/access/token_store.ts";
import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";

interface Opened {
  store: TokenStore;
  close(): void | Promise<void>;
}

const STORES: [name: string, open: () => Opened | Promise<Opened>][] = [
  ["MemoryTokenStore", () => ({
    store: new MemoryTokenStore(),
    close: () => {},
  })],
  ["SqliteTokenStore", () => {
    const database = new BridgeDatabase(":memory:");
    return { store: database.tokens, close: () => database.close() };
  }],
  ["ReplicatedTokens", async () => {
    const log = openMemoryLog();
    const journal = await openNode(log);
    return {
      store: new ReplicatedTokens(journal),
      close: async () => {
        await journal.close();
        await log.close();
      },
    };
  }],
];

function record(name: string, changes: Partial<TokenRecord> = {}): TokenRecord {
  return {
    id: `id-of-${name}`,
    name,
    hash: hashToken(name),
    scopes: ["read"],
    accounts: "all",
    createdAt: 1,
    ...changes,
  };
}

const CASES: Record<string, (store: TokenStore) => Promise<void>> = {
  async "keeps the last use, and an address until another is known"(store) {
    await store.add(record("a"));
    await store.setUsed("id-of-a", 5, "192.0.2.1");
    assertEquals(
      store.get("id-of-a"),
      record("a", { lastUsedAt: 5, lastAddress: "192.0.2.1" }),
    );
    await store.setUsed("id-of-a", 9, undefined);
    await store.setUsed("nobody", 9, undefined);
    assertEquals(
      store.find(hashToken("a")),
      record("a", { lastUsedAt: 9, lastAddress: "192.0.2.1" }),
    );
  },
  async "finds by hash, lists by name"(store) {
    await store.add(record("b"));
    await store.add(
      record("a", { accounts: ["10001"], scopes: ["send", "manage"] }),
    );
    assertEquals(store.find(hashToken("b")), record("b"));
    assertEquals(store.find(hashToken("c")), undefined);
    assertEquals(store.list().map(({ name }) => name), ["a", "b"]);
  },
  async "a name is free only when its token is revoked"(store) {
    await store.add(record("a"));
    const second = record("a", { id: "second", hash: hashToken("second") });
    await assertRejects(
      async () => await store.add(second),
      RangeError,
      "must be free, got a",
    );
    assertEquals(store.find(second.hash), undefined);
    await store.revoke(["id-of-a"], 7);
    assertEquals(store.find(hashToken("a"))?.revokedAt, 7);
    await store.add(second);
    assertEquals(store.find(hashToken("a")), undefined);
    assertEquals(store.get("id-of-a"), undefined);
    assertEquals([store.get("second"), store.findByName("a")], [
      second,
      second,
    ]);
    assertEquals(store.list(), [second]);
  },
  async "revokes once"(store) {
    await store.add(record("a"));
    await store.add(record("b"));
    await store.revoke(["none", "id-of-a"], 7);
    await store.revoke(["id-of-a", "id-of-b"], 8);
    assertEquals(store.list(), [
      record("a", { revokedAt: 7 }),
      record("b", { revokedAt: 8 }),
    ]);
  },
  async "the name of an expired token is free"(store) {
    await store.add(record("a", { expiresAt: 5 }));
    const early = record("a", { id: "e", hash: hashToken("e"), createdAt: 4 });
    await assertRejects(
      async () => await store.add(early),
      RangeError,
      "must be free, got a",
    );
    await store.add({ ...early, createdAt: 5 });
    assertEquals(store.list().map(({ id }) => id), ["e"]);
  },
  async "refuses an invalid record"(store) {
    const bad: Partial<TokenRecord>[] = [
      { name: "" },
      { name: "a b" },
      { name: "x".repeat(65) },
      { id: "a/b" },
      { expiresAt: NaN },
      { hash: "abc" },
      { scopes: [] },
      { scopes: ["all" as "read"] },
      { accounts: [] },
      { accounts: ["me"] },
    ];
    for (const changes of bad) {
      await assertRejects(
        async () => await store.add(record("a", changes)),
        TypeError,
        "Cannot make a token",
      );
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

Deno.test("tokens: drop the earliest revoked at the quota, never a valid one", () => {
  const store = new MemoryTokenStore();
  for (let index = 0; index < TOKENS; index++) store.add(record(`t${index}`));
  assertThrows(() => store.add(record("more")), RangeError, "got one more");
  store.revoke(["id-of-t5"], 9);
  store.revoke(["id-of-t7"], 8);
  store.add(record("more"));
  assertEquals(store.find(hashToken("t7")), undefined);
  assertEquals(store.find(hashToken("t5"))?.revokedAt, 9);
  assertEquals(store.list().length, TOKENS);
});

Deno.test("createToken() returns 256 random bits, URL-safe", () => {
  const tokens = new Set(Array.from({ length: 100 }, () => createToken()));
  assertEquals(tokens.size, 100);
  for (const token of tokens) assertMatch(token, /^[\w-]{43}$/);
  assertEquals(createToken((bytes) => bytes.fill(255)), "_".repeat(42) + "8");
});
