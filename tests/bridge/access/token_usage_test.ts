import {
  hashToken,
  MemoryTokenStore,
} from "../../../bridge/access/token_store.ts";
import { TokenUsage } from "../../../bridge/access/token_usage.ts";
import { assertEquals } from "@std/assert";
import { FakeClock, settle } from "../../support/fake_clock.ts";

Deno.test("TokenUsage: writes the use of a token at most once a minute, and the rest at the end", async () => {
  const clock = new FakeClock(1_000_000);
  const written: [string, number, string | undefined][] = [];
  const store = new class extends MemoryTokenStore {
    override setUsed(id: string, at: number, address: string | undefined) {
      written.push([id, at - 1_000_000, address]);
      super.setUsed(id, at, address);
    }
  }();
  const add = (id: string) =>
    store.add({
      id,
      name: id,
      hash: hashToken(id),
      scopes: ["read"],
      accounts: "all",
      createdAt: 0,
    });
  add("a");
  add("b");
  const errors: unknown[] = [];
  const usage = new TokenUsage({
    store,
    clock,
    onError: (error) => errors.push(error),
  });
  usage.record("a", "192.0.2.1");
  await clock.advance(59_999);
  usage.record("a", "192.0.2.2");
  usage.record("a", undefined);
  assertEquals(written, [["a", 0, "192.0.2.1"]]);
  assertEquals([usage.find("a")?.at, usage.find("a")?.address], [
    1_059_999,
    "192.0.2.2",
  ]);
  await clock.advance(1);
  usage.record("a", undefined);
  usage.record("b", undefined);
  // A token of the configuration is in no store.
  usage.record("local", "192.0.2.3");
  assertEquals(written.slice(1), [
    ["a", 60_000, "192.0.2.2"],
    ["b", 60_000, undefined],
  ]);
  assertEquals(usage.find("local"), undefined);
  await clock.advance(10);
  usage.record("b", "192.0.2.4");
  await usage.flush();
  assertEquals(written.slice(3), [["b", 60_010, "192.0.2.4"]]);
  assertEquals(store.get("a")?.lastUsedAt, 1_060_000);
  // A new process does not write again within the minute either.
  const next = new TokenUsage({ store, clock, onError: () => {} });
  next.record("a", "192.0.2.5");
  assertEquals(written.length, 4);
  store.setUsed = () => {
    throw new Error("disk full");
  };
  await clock.advance(60_000);
  next.record("a", "192.0.2.6");
  usage.record("b", "192.0.2.7");
  await settle();
  assertEquals(errors.length, 1);
  assertEquals(next.find("a")?.address, "192.0.2.6");
});
