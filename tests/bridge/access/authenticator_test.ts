import {
  Authenticator,
  CACHED_GRANTS,
  FAILURE_LIMITS,
  FailureDelay,
  LOCAL,
  TOKEN_CHARS,
} from "../../../bridge/access/authenticator.ts";
import { networkOf } from "../../../lib/network.ts";
import {
  addToken,
  ADMINISTRATOR,
  MemoryTokenStore,
  type TokenRecord,
} from "../../../bridge/access/token_store.ts";
import { SCOPES } from "../../../mod.ts";
import { assert, assertEquals, assertThrows } from "../../deps.ts";
import { FakeClock } from "../../support/fake_clock.ts";

Deno.test("auth: a token opens what it was made for", () => {
  const tokens = new MemoryTokenStore();
  const authenticator = new Authenticator({ tokens });
  const bot = addToken(tokens, {
    name: "bot",
    scopes: ["read", "send", "read"],
    accounts: ["10001"],
  }, 5);
  const grant = authenticator.verify(bot)!;
  assertEquals(grant.name, "bot");
  assertEquals([...grant.scopes], ["read", "send"]);
  assertEquals([...grant.accounts], ["10001"]);
  assertEquals(grant.revoked(), false);
  assertEquals(authenticator.verify(bot), grant);
  const all = authenticator.verify(addToken(tokens, { name: "all" }, 5))!;
  assertEquals([...all.scopes], [...SCOPES]);
  assertEquals(all.accounts, "all");
});

Deno.test("auth: what is no token opens nothing", () => {
  const tokens = new MemoryTokenStore();
  const administrator = "the-administrators-token";
  const authenticator = new Authenticator({ tokens, administrator });
  const bot = addToken(tokens, { name: "bot" }, 5);
  const hash = tokens.list()[0]!.hash;
  const wrong = [
    "",
    "bot",
    hash,
    bot.slice(1),
    `${bot}A`,
    bot.toLowerCase() === bot ? bot.toUpperCase() : bot.toLowerCase(),
    administrator.slice(1),
    "x".repeat(TOKEN_CHARS + 1),
  ];
  for (const token of wrong) {
    assertEquals(authenticator.verify(token), undefined, token);
  }
});

Deno.test("auth: a revocation is seen at once by who is in", () => {
  const tokens = new MemoryTokenStore();
  const authenticator = new Authenticator({ tokens });
  const first = addToken(tokens, { name: "bot" }, 5);
  const grant = authenticator.verify(first)!;
  tokens.revoke("bot", 6);
  assertEquals(grant.revoked(), true);
  assertEquals(authenticator.verify(first), undefined);
  const second = addToken(tokens, { name: "bot" }, 7);
  assertEquals(grant.revoked(), true, "a new token of the name is another");
  assertEquals(authenticator.verify(second)?.revoked(), false);
  assertEquals(authenticator.verify(first), undefined);
});

Deno.test("auth: the configured administrator takes the place of the first start's", () => {
  const tokens = new MemoryTokenStore();
  const made = addToken(tokens, { name: ADMINISTRATOR }, 5);
  assertEquals(new Authenticator({ tokens }).verify(made)?.name, "admin");
  const administrator = "the-administrators-token";
  const authenticator = new Authenticator({ tokens, administrator });
  assertEquals(authenticator.verify(made), undefined);
  const grant = authenticator.verify(administrator)!;
  assertEquals([...grant.scopes], [...SCOPES]);
  assertEquals(grant.accounts, "all");
  tokens.revoke(ADMINISTRATOR, 6);
  assertEquals(grant.revoked(), false);
});

Deno.test("auth: the token of the data folder's program opens all, beside the others", () => {
  const tokens = new MemoryTokenStore();
  const made = addToken(tokens, { name: ADMINISTRATOR }, 5);
  const local = "the-token-of-the-running-program";
  const authenticator = new Authenticator({ tokens, local });
  const grant = authenticator.verify(local)!;
  assertEquals(grant.name, LOCAL);
  assertEquals([...grant.scopes], [...SCOPES]);
  assertEquals(authenticator.verify(made)?.name, ADMINISTRATOR);
  assertEquals(new Authenticator({ tokens }).verify(local), undefined);
});

Deno.test("auth: a token's name is given once", () => {
  const tokens = new MemoryTokenStore();
  addToken(tokens, { name: "bot" }, 5);
  assertThrows(() => addToken(tokens, { name: "bot" }, 5), RangeError);
  assertThrows(() => addToken(tokens, { name: "no name" }, 5), TypeError);
});

Deno.test("auth: grants that are kept are bounded, and work when made again", () => {
  // A store that knows every digest.
  const tokens = {
    list: () => [],
    add: () => {},
    revoke: () => false,
    find: (hash: string): TokenRecord => ({
      name: "any",
      hash,
      scopes: ["read"],
      accounts: "all",
      createdAt: 1,
    }),
  };
  const authenticator = new Authenticator({ tokens });
  const first = authenticator.verify("t")!;
  for (let index = 0; index < CACHED_GRANTS; index++) {
    authenticator.verify(`t${index}`);
  }
  const again = authenticator.verify("t")!;
  assert(again !== first);
  assertEquals(again.name, first.name);
  assertEquals(first.revoked(), false);
});

/** How late each failure of an address is answered. */
async function delays(
  delay: FailureDelay,
  clock: FakeClock,
  address: string,
  times: number,
): Promise<number[]> {
  const late: number[] = [];
  for (let time = 0; time < times; time++) {
    const at = clock.now();
    const done = delay.delay(address).then(() => late.push(clock.now() - at));
    while (clock.pending > 0) await clock.advance(clock.next!);
    await done;
  }
  return late;
}

Deno.test("auth: failures of an address are answered later and later", async () => {
  const clock = new FakeClock();
  const delay = new FailureDelay(clock);
  assertEquals(await delays(delay, clock, "192.0.2.1", 7), [
    250,
    500,
    1000,
    2000,
    4000,
    5000,
    5000,
  ]);
  assertEquals(await delays(delay, clock, "192.0.2.2", 1), [250]);
  assertEquals(await delays(delay, clock, "192.0.2.1", 1), [5000]);
  await clock.advance(FAILURE_LIMITS.forgetMs);
  assertEquals(await delays(delay, clock, "192.0.2.1", 2), [250, 500]);
});

Deno.test("auth: those who wait are bounded, and who goes away is let go", async () => {
  const clock = new FakeClock();
  const delay = new FailureDelay(clock);
  const gone = new AbortController();
  const waiting = Array.from(
    { length: FAILURE_LIMITS.waitingOfAddress },
    () => delay.delay("192.0.2.1", gone.signal),
  );
  assertEquals(await delay.delay("192.0.2.1"), false);
  gone.abort();
  assertEquals(new Set(await Promise.all(waiting)), new Set([true]));
  assertEquals(clock.pending, 0);
  const again = delay.delay("192.0.2.1");
  await clock.advance(FAILURE_LIMITS.mostMs);
  assertEquals(await again, true);

  const many = Array.from(
    { length: FAILURE_LIMITS.waiting },
    (_, index) => delay.delay(`10.0.${index >> 8}.${index & 255}`),
  );
  assertEquals(await delay.delay("192.0.2.9"), false);
  await clock.advance(FAILURE_LIMITS.mostMs);
  await Promise.all(many);
});

Deno.test("auth: addresses that are remembered are bounded", async () => {
  const clock = new FakeClock();
  const delay = new FailureDelay(clock);
  const gone = AbortSignal.abort();
  for (let index = 0; index < FAILURE_LIMITS.addresses + 50; index++) {
    await delay.delay(
      `10.${index >> 16}.${index >> 8 & 255}.${index & 255}`,
      gone,
    );
  }
  assertEquals(delay.addresses, FAILURE_LIMITS.addresses);
});

Deno.test("auth: an IPv6 customer is one address", () => {
  const cases: [address: string, network: string][] = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::1", "0:0:0:0::/64"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ];
  for (const [address, network] of cases) {
    assertEquals(networkOf(address), network);
  }
});
