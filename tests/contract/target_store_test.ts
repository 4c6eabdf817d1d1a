/** What every store of targets must do, run over each of them. @module */

import { BridgeDatabase } from "../../bridge/storage/bridge_database.ts";
import type { TargetRecord } from "../../bridge/targets/target.ts";
import {
  MemoryTargetStore,
  TARGETS,
  type TargetStore,
} from "../../bridge/targets/target_store.ts";
import { assertEquals, assertThrows } from "@std/assert";

interface Opened {
  store: TargetStore;
  close(): void;
}

function inDatabase(secretKey?: string): Opened {
  const database = new BridgeDatabase(":memory:", { secretKey });
  return { store: database.targets, close: () => database.close() };
}

const STORES: [name: string, open: () => Opened][] = [
  ["MemoryTargetStore", () => ({
    store: new MemoryTargetStore(),
    close: () => {},
  })],
  ["SqliteTargetStore", () => inDatabase()],
  ["SqliteTargetStore with a key", () => inDatabase("key")],
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

const CASES: Record<string, (store: TargetStore) => void> = {
  "lists by id"(store) {
    for (const id of ["b", "c", "a"]) store.put(record(id));
    assertEquals(store.list(), [record("a"), record("b"), record("c")]);
    assertEquals(store.get("b"), record("b"));
  },
  "replaces the target with the id"(store) {
    store.put(record("a"));
    const changed = record("a", { isEnabled: false, secret: "s" });
    store.put(changed);
    assertEquals(store.list(), [changed]);
  },
  "removes once"(store) {
    store.put(record("a"));
    assertEquals([store.remove("a"), store.remove("a")], [true, false]);
    assertEquals([store.list(), store.get("a")], [[], undefined]);
  },
  "keeps a bounded number, and changes those that are there when it is full"(
    store,
  ) {
    for (let n = 0; n < TARGETS; n++) store.put(record(`${n}`));
    assertThrows(() => store.put(record("more")), RangeError, "at most 100");
    store.put(record("7", { isEnabled: false }));
    assertEquals(store.get("7")?.isEnabled, false);
    assertEquals(store.list().length, TARGETS);
  },
};

for (const [name, open] of STORES) {
  for (const [what, check] of Object.entries(CASES)) {
    Deno.test(`${name}: ${what}`, () => {
      const { store, close } = open();
      try {
        check(store);
      } finally {
        close();
      }
    });
  }
}
