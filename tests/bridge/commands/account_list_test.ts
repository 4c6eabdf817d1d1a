import { listAccounts } from "../../../bridge/commands/local/account_list.ts";
import type { AccountDetails, AccountState } from "../../../mod.ts";
import { assertEquals } from "@std/assert";
import { startOnline } from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";

const details = (
  uin: string,
  nickname: string,
  state: AccountState,
): AccountDetails => ({
  uin,
  nickname,
  state,
  since: "2026-11-28T00:00:00.000Z",
  wanted: true,
  waiting: 0,
});
const ACCOUNTS = [
  details("9", "Ann", "online"),
  details("10", "Ben", "refused"),
  details("10001", "anna", "online"),
  details("20001", "", "replaced"),
];

const LISTS: [Parameters<typeof listAccounts>[1], string[], next?: string][] = [
  [{}, ["9", "10", "10001", "20001"]],
  [{ states: ["online"] }, ["9", "10001"]],
  [{ states: ["refused", "replaced"] }, ["10", "20001"]],
  [{ text: "ANN" }, ["9", "10001"]],
  [{ text: "0001", states: ["replaced"] }, ["20001"]],
  [{ limit: 2 }, ["9", "10"], "10"],
  [{ limit: 2, after: "10" }, ["10001", "20001"]],
  [{ text: "nobody" }, []],
];

for (const [params, uins, next] of LISTS) {
  Deno.test(`listAccounts() ${JSON.stringify(params)}: returns the accounts that match, page by page`, () => {
    const listed = listAccounts(ACCOUNTS, params);
    assertEquals(listed.accounts.map(({ uin }) => uin), uins);
    assertEquals(listed.next, next);
    assertEquals(listed.counts, {
      offline: 0,
      connecting: 0,
      online: 2,
      penalised: 0,
      refused: 1,
      replaced: 1,
    });
  });
}

Deno.test("accounts: says what the bridge knows of each, and a removal is an event behind all others", async () => {
  await using fixture = await startOnline();
  const { bridge, frames } = fixture;
  const run = (command: "accounts" | "logout" | "removeAccount") =>
    bridge.run(grantOf(), {
      command,
      ...(command === "logout" ? { account: "10001" } : {}),
      params: command === "removeAccount" ? { uin: "10001" } : {},
    }) as Promise<{ accounts: AccountDetails[] }>;
  // The robot answers at once, and a poll brings it.
  await bridge.run(grantOf(), {
    command: "send",
    account: "10001",
    params: { to: "10000", text: "hi" },
  });
  await frames.first("message");
  const online = (await run("accounts")).accounts[0]!;
  assertEquals([online.state, online.wanted, online.waiting], [
    "online",
    true,
    0,
  ]);
  assertEquals(typeof online.lastPollAt, "string");
  await run("logout");
  const out = (await run("accounts")).accounts[0]!;
  assertEquals([out.state, out.wanted, out.reason, out.action], [
    "offline",
    false,
    "logged out",
    "Log in with the command login",
  ]);
  await run("removeAccount");
  assertEquals((await run("accounts")).accounts, []);
  const last = await frames.first("account.removed");
  const [same] = frames.all("account.removed", "10001");
  assertEquals(same, last);
  assertEquals([last.data, last.seq], [{}, bridge.journal.head]);
});
