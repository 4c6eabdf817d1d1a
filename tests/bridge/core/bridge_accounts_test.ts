import type { AccountRecord } from "../../../bridge/upstream/account_store.ts";
import { assertEquals } from "@std/assert";
import {
  demoAccount,
  ListedAccounts,
  startBridge,
  startOnline,
} from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";

const everything = grantOf();

Deno.test("Bridge: an account that logged out stays out until login", async () => {
  await using fixture = await startOnline();
  const { bridge, server } = fixture;
  assertEquals(
    await bridge.run(everything, {
      command: "logout",
      account: "10001",
      params: {},
    }),
    { state: "offline" },
  );
  assertEquals(server.isOnline("10001"), false);
  assertEquals(
    await bridge.run(everything, {
      command: "login",
      account: "10001",
      params: {},
    }),
    { state: "online" },
  );
  assertEquals(server.isOnline("10001"), true);
});

/** Counts how often something is kept. */
class WatchedAccounts extends ListedAccounts {
  readonly kept: AccountRecord[] = [];
  readonly #first = Promise.withResolvers<void>();
  readonly first = this.#first.promise;
  override put(record: AccountRecord): void {
    super.put(record);
    this.kept.push(record);
    this.#first.resolve();
  }
}

Deno.test("AccountService: stores a learned nickname once, and knows it while the account is out", async () => {
  const accounts = new WatchedAccounts(demoAccount("10001"));
  {
    await using bridge = await startBridge({ bridge: { accounts } });
    await accounts.first;
    assertEquals(bridge.bridge.accounts(everything)[0]?.nickname, "小明");
  }
  {
    await using again = await startBridge({ bridge: { accounts } });
    await again.frames.state("10001", "online");
    const logout = { command: "logout", account: "10001", params: {} } as const;
    await again.bridge.run(everything, logout);
  }
  await using later = await startBridge({ bridge: { accounts } });
  const [account] = later.bridge.accounts(everything);
  assertEquals([account?.nickname, account?.state], ["小明", "offline"]);
  assertEquals(accounts.kept, [
    { ...demoAccount("10001"), nickname: "小明" },
    { ...demoAccount("10001"), nickname: "小明", wanted: "out" },
  ]);
});

Deno.test("AccountService: a given nickname stays, and one that cannot be stored is kept and reported", async () => {
  const given = { ...demoAccount("10001"), nickname: "given" };
  const errors: unknown[] = [];
  const failed = Promise.withResolvers<void>();
  const accounts = new class extends ListedAccounts {
    override put(): void {
      throw new Error("disk full");
    }
  }(given, demoAccount("10002"));
  await using fixture = await startOnline({
    bridge: {
      accounts,
      listener: {
        onError(uin, what, error) {
          errors.push([uin, what, String(error)]);
          failed.resolve();
        },
      },
    },
  });
  await failed.promise;
  assertEquals(errors, [["10002", "keep the nickname", "Error: disk full"]]);
  assertEquals(
    fixture.bridge.accounts(everything).map(({ nickname }) => nickname),
    ["given", "Alice"],
  );
});

Deno.test("Bridge.accounts(): sorts by number, the lowest first", async () => {
  await using fixture = await startBridge({
    accounts: ["10002", "9999", "10001", "100000000"].map((uin) => ({
      ...demoAccount(uin),
      wanted: "out",
    })),
  });
  assertEquals(
    fixture.bridge.accounts(everything).map(({ uin }) => uin),
    ["9999", "10001", "10002", "100000000"],
  );
});

Deno.test("Bridge: a logout lasts through a restart, until login", async () => {
  const accounts = new ListedAccounts({
    ...demoAccount("10001"),
    nickname: "given",
  });
  await using first = await startBridge({ bridge: { accounts } });
  await first.frames.state("10001", "online");
  const logout = { command: "logout", account: "10001", params: {} } as const;
  await first.bridge.run(everything, logout);
  await first.bridge.stop();
  await using later = await startBridge({ bridge: { accounts } });
  const [health] = later.bridge.health();
  assertEquals(
    { ...health, since: "" },
    {
      uin: "10001",
      nickname: "given",
      state: "offline",
      since: "",
      reason: "logged out",
      action: "Log in with the command login",
      wanted: false,
    },
  );
  const login = { ...logout, command: "login" } as const;
  const states = await Promise.all([
    later.bridge.run(everything, login),
    later.bridge.run(everything, login),
  ]);
  assertEquals(states, [{ state: "online" }, { state: "online" }]);
  assertEquals(later.bridge.health()[0]?.wanted, true);
});
