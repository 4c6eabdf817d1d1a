import { Authenticator } from "../../../bridge/access/authenticator.ts";
import { type Grant, OPERATOR } from "../../../bridge/access/grant.ts";
import { RESERVED_NAMES } from "../../../bridge/access/reserved_names.ts";
import {
  CREATED_PER_MINUTE,
  RESERVED_TOKENS,
  TOKENS_OF_MAKER,
  TokenService,
} from "../../../bridge/access/token_service.ts";
import {
  hashToken,
  MemoryTokenStore,
  type NewToken,
  TOKENS,
} from "../../../bridge/access/token_store.ts";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import { SCOPES } from "../../../mod.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";

const LIMITED = ["10001"];

class Stage {
  readonly clock = new FakeClock();
  readonly store = new MemoryTokenStore();
  readonly freed: string[] = [];
  readonly service = new TokenService({
    store: this.store,
    clock: this.clock,
    consumers: {
      removeOwner: (owner) => Promise.resolve(void this.freed.push(owner)),
    },
  });
  readonly #authenticator = new Authenticator({
    tokens: this.store,
    now: () => this.clock.now(),
  });

  async create(maker: Grant, token: NewToken): Promise<Grant> {
    const { token: text } = await this.service.create(maker, token);
    return this.#authenticator.verify(text)!;
  }

  /** A manager of one account. */
  manager(name = "manager", maker: Grant = OPERATOR): Promise<Grant> {
    return this.create(maker, { name, accounts: LIMITED });
  }

  /** Creates tokens a minute apart, so that only the quotas limit it. */
  async createMany(maker: Grant, prefix: string, count: number) {
    for (let n = 0; n < count; n++) {
      if (n % CREATED_PER_MINUTE === 0) await this.clock.advance(60_000);
      await this.create(maker, { name: `${prefix}${n}`, accounts: LIMITED });
    }
    await this.clock.advance(60_000);
  }

  names(by: Grant): string[] {
    return this.service.list(by).filter((token) =>
      token.revokedAt === undefined
    ).map(({ name }) => name);
  }
}

async function codeOf(
  run: () => Promise<unknown>,
): Promise<[string, number | undefined]> {
  const { code, retryAfterMs } = await assertRejects(run, CommandError);
  return [code, retryAfterMs];
}

Deno.test("TokenService.create() refuses reserved names, except admin to the operator", async () => {
  const stage = new Stage();
  const manager = await stage.create(OPERATOR, { name: "all-accounts" });
  for (const by of [manager, OPERATOR]) {
    for (const name of RESERVED_NAMES) {
      if (by === OPERATOR && name === "admin") continue;
      assertEquals(
        (await codeOf(() => stage.create(by, { name })))[0],
        "bad_params",
      );
    }
  }
  const first = await stage.create(OPERATOR, { name: "admin" });
  const again = () => stage.create(OPERATOR, { name: "admin" });
  assertEquals((await codeOf(again))[0], "already_exists");
  stage.store.revoke([first.id], 1);
  assertEquals((await again()).id === first.id, false);
});

Deno.test("TokenService.create() gives a revoked name again only for a grant with all accounts", async () => {
  const stage = new Stage();
  const manager = await stage.manager();
  const bot = await stage.create(OPERATOR, { name: "bot" });
  const again = { name: "bot", accounts: LIMITED };
  for (const by of [manager, OPERATOR]) {
    assertEquals(
      (await codeOf(() => stage.create(by, again)))[0],
      "already_exists",
    );
  }
  stage.store.revoke([bot.id], 1);
  assertEquals(
    (await codeOf(() => stage.create(manager, again)))[0],
    "already_exists",
  );
  assertEquals((await stage.create(OPERATOR, again)).id === bot.id, false);
});

Deno.test("TokenService.revoke() ends everything that was created under a token", async () => {
  const stage = new Stage();
  const { service } = stage;
  const parent = await stage.manager("parent");
  const child = await stage.manager("child", parent);
  const grandchild = await stage.manager("grandchild", child);
  const other = await stage.manager("other");
  assertEquals(stage.names(parent), ["child", "grandchild"]);
  assertEquals(stage.names(other), []);
  for (const name of ["parent", "child", "other"]) {
    const by = name === "child" ? other : parent;
    await assertRejects(() => service.revoke(by, { name }), CommandError);
  }
  await service.revoke(parent, { id: grandchild.id });
  assertEquals([child, grandchild].map((one) => one.revoked()), [false, true]);
  await stage.manager("second", child);
  assertEquals(await service.revoke(OPERATOR, { name: "parent" }), {
    alsoEnded: 2,
  });
  assertEquals(
    [parent, child, other].map((one) => one.revoked()),
    [true, true, false],
  );
  assertEquals(stage.names(OPERATOR), ["other"]);
  assertEquals(stage.freed[0], grandchild.id);
  assertEquals(new Set(stage.freed.slice(1, 4)).has(child.id), true);
});

Deno.test("TokenService: a token expires with its creator at the latest", async () => {
  const stage = new Stage();
  const { clock, service } = stage;
  const at = (ms: number) => new Date(clock.now() + ms).toISOString();
  const parent = await stage.create(OPERATOR, {
    name: "parent",
    accounts: LIMITED,
    expiresAt: at(10_000),
  });
  const late = { name: "late", accounts: LIMITED, expiresAt: at(10_001) };
  await assertRejects(
    () => stage.create(parent, late),
    RangeError,
    "after 2005-",
  );
  const past = { name: "past", expiresAt: at(0) };
  await assertRejects(
    () => stage.create(OPERATOR, past),
    RangeError,
    "in the future",
  );
  const child = await stage.manager("child", parent);
  const early = await stage.create(parent, { ...late, expiresAt: at(5000) });
  const ends = () => [parent, child, early].map((one) => one.revoked());
  assertEquals(ends(), [false, false, false]);
  await clock.advance(5000);
  assertEquals(ends(), [false, false, true]);
  assertEquals(service.owners().has(early.id), false);
  await clock.advance(5000);
  assertEquals(ends(), [true, true, true]);
  assertEquals(service.owners().has(child.id), false);
});

Deno.test("TokenService.create() limits the pace and number of a manager's tokens", async () => {
  const stage = new Stage();
  const { clock } = stage;
  const manager = await stage.manager();
  const create = (name: string) =>
    stage.create(manager, { name, accounts: LIMITED });
  for (let n = 0; n < CREATED_PER_MINUTE; n++) await create(`t${n}`);
  await clock.advance(20_000);
  assertEquals(await codeOf(() => create("more")), ["overloaded", 40_000]);
  await stage.create(OPERATOR, { name: "of-the-operator" });
  await clock.advance(40_000);
  const child = await stage.manager("child", manager);
  await stage.createMany(child, "c", TOKENS_OF_MAKER - CREATED_PER_MINUTE - 1);
  // What a child creates counts for its creator too.
  for (const by of [manager, child]) {
    const more = () => stage.create(by, { name: "more", accounts: LIMITED });
    assertEquals(await codeOf(more), ["overloaded", undefined]);
  }
  await stage.create(OPERATOR, { name: "still" });
});

Deno.test("TokenService.create() reserves places for grants with all accounts", async () => {
  const stage = new Stage();
  const manager = await stage.manager();
  for (let n = 1; n < TOKENS - RESERVED_TOKENS; n++) {
    stage.store.add({
      id: `t${n}`,
      name: `t${n}`,
      hash: hashToken(`t${n}`),
      scopes: SCOPES,
      accounts: LIMITED,
      createdAt: 0,
      createdBy: "admin",
    });
  }
  const more = { name: "more", accounts: LIMITED };
  assertEquals(
    (await codeOf(() => stage.create(manager, more)))[0],
    "overloaded",
  );
  await stage.create(OPERATOR, more);
});
