/** What every store of targets must do, run over each of them. @module */

import { ReplicatedTargets } from "../../bridge/cluster/replicated_targets.ts";
import { SecretCipher } from "../../bridge/storage/cipher.ts";
import { openMemoryLog, openNode } from "../support/cluster_nodes.ts";
import { BridgeDatabase } from "../../bridge/storage/bridge_database.ts";
import type { TargetRecord } from "../../bridge/targets/target.ts";
import {
  MemoryTargetStore,
  TARGETS,
  type TargetStore,
} from "../../bridge/targets/target_store.ts";
import { assertEquals, assertRejects } from "@std/assert";

const salt = new Uint8Array(16);

interface Opened {
  store: TargetStore;
  close(): void | Promise<void>;
}

function inDatabase(secretKey?: string): Opened {
  const database = new BridgeDatabase(":memory:", { secretKey });
  return { store: database.targets, close: () => database.close() };
}

const STORES: [name: string, open: () => Opened | Promise<Opened>][] = [
  ["MemoryTargetStore", () => ({
    store: new MemoryTargetStore(),
    close: () => {},
  })],
  ["SqliteTargetStore", () => inDatabase()],
  ["SqliteTargetStore with a key", () => inDatabase("key")],
  ["ReplicatedTargets", async () => {
    const log = openMemoryLog();
    const journal = await openNode(log);
    return {
      store: new ReplicatedTargets(journal, new SecretCipher("key", salt)),
      close: async () => {
        await journal.close();
        await log.close();
      },
    };
  }],
];

function record(
  id: string,
  changes: Partial<TargetRecord> = {},
): TargetRecord {
  return {
    id,
    key: `key of ${id}`,
    kind: "hook",
    url: "http://127.0.0.1/?a=\u{1f427}",
    events: ["account"],
    accessToken: "t",
    isEnabled: true,
    ...changes,
  };
}

const CASES: Record<string, (store: TargetStore) => Promise<void>> = {
  async "lists by id"(store) {
    for (const id of ["b", "c", "a"]) await store.put(record(id));
    assertEquals(store.list(), [record("a"), record("b"), record("c")]);
    assertEquals(store.get("b"), record("b"));
  },
  async "replaces the target with the id"(store) {
    await store.put(record("a"));
    const changed = record("a", { isEnabled: false, secret: "s" });
    await store.put(changed);
    assertEquals(store.list(), [changed]);
  },
  async "removes once"(store) {
    await store.put(record("a"));
    assertEquals([await store.remove("a"), await store.remove("a")], [
      true,
      false,
    ]);
    assertEquals([store.list(), store.get("a")], [[], undefined]);
  },
  async "keeps a bounded number, and changes those that are there when it is full"(
    store,
  ) {
    for (let n = 0; n < TARGETS; n++) await store.put(record(`${n}`));
    await assertRejects(
      async () => await store.put(record("more")),
      RangeError,
      "at most 100",
    );
    await store.put(record("7", { isEnabled: false }));
    assertEquals(store.get("7")?.isEnabled, false);
    assertEquals(store.list().length, TARGETS);
  },
};

for (const [name, open] of STORES) {
  for (const [what, check] of Object.entries(CASES)) {
    Deno.test(`${name}: ${what}`, async () => {
      const { store, close } = await open();
      try {
        await check(store);
      } finally {
        await close();
      }
    });
  }
}
