import { Commands } from "../../../bridge/commands/commands.ts";
import type { Grant } from "../../../bridge/access/grant.ts";
import type { CreatedToken } from "../../../bridge/access/token_store.ts";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import { OpenConnections } from "../../../bridge/hub/open_connections.ts";
import { Inbox } from "../../../bridge/inbox/inbox.ts";
import { MemoryInboxStore } from "../../../bridge/inbox/inbox_store.ts";
import { People } from "../../../bridge/people/people.ts";
import { NO_PEOPLE_STORE } from "../../../bridge/people/people_store.ts";
import { Consumers } from "../../../bridge/hub/consumers.ts";
import type { Journal } from "../../../bridge/journal/journal.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import type { BridgeCommandName } from "../../../mod.ts";
import { assertEquals } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const ADMIN = grantOf();

/** Commands, one after the other, over one journal; what was done is counted. */
class Stage {
  readonly clock = new FakeClock();
  readonly journal: Journal = new MemoryJournal({ clock: this.clock });
  readonly done: string[] = [];
  /** Tokens that exist, by name. */
  readonly tokens = new Map<string, string>();
  readonly accounts = new Set<string>();
  fails: Error | undefined;
  /** Waits here, so that something else can happen meanwhile. */
  holds: Promise<void> | undefined;
  #commands = this.#start();

  #start(): Commands {
    return new Commands({
      journal: this.journal,
      clock: this.clock,
      upstream: () => undefined,
      session: () => Promise.reject(new Error("no account logs in here")),
      services: {
        journal: this.journal,
        consumers: new Consumers(this.journal, { clock: this.clock }),
        clock: this.clock,
        accounts: {
          add: (_, params) => this.addAccount(params),
          change: () => Promise.reject(new Error("no account changes here")),
          remove: (_, params) => this.removeAccount(params),
        },
        inbox: new Inbox({
          journal: this.journal,
          store: new MemoryInboxStore(),
          clock: this.clock,
          onError: () => {},
        }),
        people: new People({
          store: NO_PEOPLE_STORE,
          clock: this.clock,
          findAccount: () => undefined,
          onError: () => {},
        }),
        targets: undefined,
        settings: undefined,
        figures: undefined,
        tokens: {
          create: (_, params) => this.createToken(params),
          list: () => [],
          identify: () => undefined,
          revoke: async (_, params) => {
            await this.revokeToken(params);
            return { alsoEnded: 0 };
          },
        },
        tokenName: (id) => id,
        listAccounts: () => [],
        describeAccounts: () => [],
        connections: new OpenConnections(),
        tokenUse: () => undefined,
      },
    });
  }

  restart(): void {
    this.#commands = this.#start();
  }

  async #act(what: string): Promise<void> {
    this.done.push(what);
    await this.holds;
    if (this.fails !== undefined) throw this.fails;
  }

  async addAccount(
    { uin }: { uin: string },
  ): Promise<Record<string, never>> {
    await this.#act(`addAccount ${uin}`);
    this.accounts.add(uin);
    return {};
  }

  async removeAccount(
    { uin }: { uin: string },
  ): Promise<Record<string, never>> {
    await this.#act(`removeAccount ${uin}`);
    if (!this.accounts.delete(uin)) throw new RangeError("no such account");
    return {};
  }

  async createToken({ name }: { name: string }): Promise<CreatedToken> {
    await this.#act(`createToken ${name}`);
    if (this.tokens.has(name)) {
      throw new CommandError("already_exists", "the name must be free");
    }
    const token = `secret of ${name}, number ${this.done.length}`;
    this.tokens.set(name, token);
    return { token, id: name };
  }

  async revokeToken(
    { name = "" }: { name?: string | undefined },
  ): Promise<Record<string, never>> {
    await this.#act(`revokeToken ${name}`);
    if (!this.tokens.delete(name)) throw new RangeError("no such token");
    return {};
  }

  run(
    command: BridgeCommandName,
    params: object,
    key?: string,
    grant: Grant = ADMIN,
  ): Promise<unknown> {
    return this.#commands.run(grant, {
      command,
      params,
      ...(key === undefined ? {} : { key }),
    }).catch((error: CommandError) => error.code);
  }
}

const COMMANDS: [BridgeCommandName, object, object][] = [
  ["addAccount", { uin: "10009", password: "one" }, {
    uin: "10009",
    password: "two",
  }],
  ["removeAccount", { uin: "10009" }, { uin: "10010" }],
  ["createToken", { name: "a" }, { name: "a", scopes: ["read"] }],
  ["revokeToken", { name: "a" }, { name: "b" }],
];

for (const [command, params, others] of COMMANDS) {
  Deno.test(`${command}: is done once for its key, and another command under it is bad_params`, async () => {
    const stage = new Stage();
    stage.accounts.add("10009");
    stage.tokens.set("b", "text");
    if (command === "revokeToken") stage.tokens.set("a", "text");
    const first = await stage.run(command, params, "k");
    const expected = command === "createToken"
      ? { token: stage.tokens.get("a"), id: "a" }
      : {};
    assertEquals(first, expected);
    assertEquals(await stage.run(command, params, "k"), expected);
    assertEquals(await stage.run(command, others, "k"), "bad_params");
    assertEquals(
      await stage.run("revokeToken", { name: "x" }, "k"),
      "bad_params",
    );
    assertEquals(stage.done.length, 1);
    // Another token's key is another key.
    const other = grantOf({ name: "other" });
    await stage.run(command, params, "k", other);
    assertEquals(stage.done.length, 2);

    stage.restart();
    const kept = command === "createToken" ? "already_exists" : {};
    assertEquals(await stage.run(command, params, "k"), kept);
    assertEquals(stage.done.length, 2);
    await stage.clock.advance(24 * 60 * 60_000);
    await stage.run(command, params, "k");
    assertEquals(stage.done.length, 3);
  });

  Deno.test(`${command}: ends as done if the bridge was stopped while it was under way`, async () => {
    for (const wasDone of [true, false]) {
      const stage = new Stage();
      const { promise, resolve } = Promise.withResolvers<void>();
      stage.accounts.add("10009");
      if (command === "revokeToken") stage.tokens.set("a", "text");
      stage.holds = promise;
      void stage.run(command, params, "k");
      await stage.clock.advance(0);
      assertEquals(stage.done.length, 1);
      stage.restart();
      stage.holds = undefined;
      // The first one never returns: its effect is there, or it is not.
      if (wasDone) await stage.run(command, params);
      const again = await stage.run(command, params, "k");
      const isToken = command === "createToken";
      const expected = !isToken
        ? {}
        : wasDone
        ? "already_exists"
        : { token: stage.tokens.get("a"), id: "a" };
      assertEquals(again, expected);
      assertEquals(await stage.run(command, params, "k"), expected);
      resolve();
    }
  });
}

Deno.test("createToken: its text is repeated for ten minutes, that of the last thousand, and is in no record", async () => {
  const stage = new Stage();
  const create = (nth: number) =>
    stage.run("createToken", { name: `t${nth}` }, `k${nth}`);
  const tokens: unknown[] = [];
  for (let nth = 0; nth <= 1000; nth++) tokens.push(await create(nth));
  assertEquals(await create(0), "already_exists");
  assertEquals(await create(1), tokens[1]);
  await stage.clock.advance(10 * 60_000 - 1);
  assertEquals(await create(1000), tokens[1000]);
  await stage.clock.advance(1);
  assertEquals(await create(1000), "already_exists");
  const kept = JSON.stringify(stage.journal.findCommand("token:test", "k1000"));
  assertEquals(kept.includes("secret"), false);
  assertEquals(stage.done.length, 1001);
});

Deno.test("keys: a command of the bridge that is under way is not started again", async () => {
  const stage = new Stage();
  const { promise, resolve } = Promise.withResolvers<void>();
  stage.holds = promise;
  const runs = [1, 2, 3].map(() =>
    stage.run("createToken", { name: "a" }, "k")
  );
  await stage.clock.advance(0);
  resolve();
  const [first, ...others] = await Promise.all(runs);
  assertEquals(others, [first, first]);
  assertEquals(stage.done.length, 1);
});

Deno.test("keys: a failed command of the bridge keeps its error, unless it is retriable", async () => {
  for (
    const [error, code, times] of [
      [new RangeError("no"), "bad_params", 1],
      [new CommandError("overloaded", "later"), "overloaded", 2],
      [new Error("broken"), "internal", 2],
    ] as const
  ) {
    const stage = new Stage();
    stage.fails = error;
    assertEquals(await stage.run("addAccount", COMMANDS[0]![1], "k"), code);
    stage.fails = undefined;
    const again = await stage.run("addAccount", COMMANDS[0]![1], "k");
    assertEquals([again, stage.done.length], [times === 1 ? code : {}, times]);
  }
});

Deno.test("keys: a query ignores its key", async () => {
  const stage = new Stage();
  assertEquals(await stage.run("ping", {}, "k"), {
    at: new Date(stage.clock.now()).toISOString(),
  });
  await stage.clock.advance(1000);
  assertEquals(await stage.run("ping", {}, "k"), {
    at: new Date(stage.clock.now()).toISOString(),
  });
});
