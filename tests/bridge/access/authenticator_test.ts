import {
  Authenticator,
  CACHED_GRANTS,
  TOKEN_CHARS,
} from "../../../bridge/access/authenticator.ts";
import { LOCAL } from "../../../bridge/access/grant.ts";
import {
  addToken,
  ADMINISTRATOR,
  MemoryTokenStore,
  type TokenRecord,
} from "../../../bridge/access/token_store.ts";
import { SCOPES } from "../../../mod.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

Deno.test("auth: a token opens what it was made for", () => {
  const tokens = new MemoryTokenStore();
  const authenticator = new Authenticator({ tokens });
  const bot = addToken(tokens, {
    name: "bot",
    scopes: ["read", "send", "read"],
    accounts: ["10001"],
  }, 5).token;
  const grant = authenticator.verify(bot)!;
  assertEquals(grant.name, "bot");
  assertEquals([...grant.scopes], ["read", "send"]);
  assertEquals([...grant.accounts], ["10001"]);
  assertEquals(grant.revoked(), false);
  assertEquals(authenticator.verify(bot), grant);
  const all = authenticator.verify(addToken(tokens, { name: "all" }, 5).token)!;
  assertEquals([...all.scopes], [...SCOPES]);
  assertEquals(all.accounts, "all");
});

Deno.test("auth: what is no token opens nothing", () => {
  const tokens = new MemoryTokenStore();
  const administrator = "the-administrators-token";
  const authenticator = new Authenticator({ tokens, administrator });
  const bot = addToken(tokens, { name: "bot" }, 5).token;
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
  const first = addToken(tokens, { name: "bot" }, 5).token;
  const grant = authenticator.verify(first)!;
  tokens.revoke([grant.id], 6);
  assertEquals(grant.revoked(), true);
  assertEquals(authenticator.verify(first), undefined);
  const second = addToken(tokens, { name: "bot" }, 7).token;
  assertEquals(grant.revoked(), true, "a new token of the name is another");
  assertEquals(authenticator.verify(second)?.revoked(), false);
  assertEquals(authenticator.verify(first), undefined);
});

Deno.test("auth: the configured administrator takes the place of the first start's", () => {
  const tokens = new MemoryTokenStore();
  const made = addToken(tokens, { name: ADMINISTRATOR }, 5).token;
  assertEquals(new Authenticator({ tokens }).verify(made)?.name, "admin");
  const administrator = "the-administrators-token";
  const authenticator = new Authenticator({ tokens, administrator });
  assertEquals(authenticator.verify(made), undefined);
  const grant = authenticator.verify(administrator)!;
  assertEquals([...grant.scopes], [...SCOPES]);
  assertEquals(grant.accounts, "all");
  tokens.revoke([tokens.findByName(ADMINISTRATOR)!.id], 6);
  assertEquals(grant.revoked(), false);
});

Deno.test("auth: the token of the data folder's program opens all, beside the others", () => {
  const tokens = new MemoryTokenStore();
  const made = addToken(tokens, { name: ADMINISTRATOR }, 5).token;
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
    find: (hash: string): TokenRecord => ({
      id: hash,
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
