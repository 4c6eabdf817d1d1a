import { JournalLimitError } from "../../../bridge/journal/limits.ts";
import type { IdempotencyRecord } from "../../../bridge/journal/journal.ts";
import { KEY_LIFE_MS, withDefaults } from "../../../bridge/journal/limits.ts";
import { MemoryKeys } from "../../../bridge/journal/memory_keys.ts";
import { assertEquals, assertThrows } from "@std/assert";

const commandAt = (at: number): IdempotencyRecord => ({
  request: "[]",
  upstreamSeq: "7",
  upstreamKey: "u7",
  at,
});

Deno.test("MemoryKeys: limits keyed commands of all accounts, and expired ones make room", () => {
  const keys = new MemoryKeys(withDefaults({ keysPerAccount: 10 }), 3);
  for (const account of ["1", "2", "3"]) {
    keys.put(account, "k", commandAt(5), null, 5);
  }
  keys.put("3", "k", commandAt(6), null, 6);
  const error = assertThrows(
    () => keys.put("4", "k", commandAt(6), null, 6),
    JournalLimitError,
  ) as JournalLimitError;
  assertEquals([error.limit, error.message], [
    "keys",
    "Cannot begin a keyed command: at most 3 are remembered in memory, got one more",
  ]);
  const later = 5 + KEY_LIFE_MS;
  keys.put("4", "k", commandAt(later), null, later);
  assertEquals(["1", "2", "3", "4"].map((uin) => keys.get(uin, "k", later)), [
    undefined,
    undefined,
    commandAt(6),
    commandAt(later),
  ]);
});

Deno.test("MemoryKeys.expire(): drops at most the given number, and returns how many", () => {
  const keys = new MemoryKeys(withDefaults({ keysPerAccount: 10 }));
  for (const account of ["1", "2"]) {
    for (const key of ["a", "b", "c"]) {
      keys.put(account, key, commandAt(0), null, 0);
    }
  }
  assertEquals(keys.expire(KEY_LIFE_MS - 1, 10), 0);
  assertEquals(keys.expire(KEY_LIFE_MS, 4), 4);
  assertEquals(keys.expire(KEY_LIFE_MS, 4), 2);
  assertEquals(keys.expire(KEY_LIFE_MS, 4), 0);
});
