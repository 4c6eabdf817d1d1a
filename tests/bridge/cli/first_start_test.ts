/** First starts that are killed. @module */

import { makeDemo } from "../../../bridge/cli/program/embedded.ts";
import { firstToken, tokenShown } from "../../../bridge/cli/program/stores.ts";
import { BridgeDatabase } from "../../../bridge/storage/bridge_database.ts";
import { hashToken } from "../../../bridge/access/token_store.ts";
import {
  createServer,
  MemoryStore,
  type QqServer,
} from "../../../lib/server/mod.ts";
import { md5Hex } from "../../../mod.ts";
import { assert, assertEquals } from "../../deps.ts";
import { inTemporaryFolder } from "../../support/folder_copies.ts";
import { Program, serveArgs } from "../../support/program.ts";
import { randomFrom } from "../../support/random.ts";

class KilledError extends Error {}

/** The same object, whose methods of these names throw behind the last allowed call of all. */
function killing<T extends object>(
  target: T,
  names: readonly string[],
  step: () => void,
): T {
  return new Proxy(target, {
    get(_, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (names.includes(String(name))) step();
        return value.apply(target, args);
      };
    },
  });
}

function whole(
  server: QqServer,
  store: MemoryStore,
  database: BridgeDatabase,
) {
  return {
    served: server.accounts().map(({ uin }) => uin).sort(),
    friends: ["10000", "10001", "10002"].map((uin) =>
      [...store.friends(uin)].sort()
    ),
    kept: database.accounts.list().map(({ uin, wanted }) => `${uin} ${wanted}`),
  };
}

const DEMO = {
  served: ["10000", "10001", "10002"],
  friends: [["10001", "10002"], ["10000", "10002"], ["10000", "10001"]],
  kept: ["10001 in", "10002 in"],
};

Deno.test("first start: a demo that was cut off at any step is finished by the next start, once", async () => {
  let steps = 0;
  for (;; steps++) {
    const store = new MemoryStore();
    using database = new BridgeDatabase(":memory:");
    const killed = createServer({ store });
    let left = steps;
    const step = () => {
      if (left-- === 0) throw new KilledError();
    };
    let wasKilled = false;
    try {
      const accounts = killing(database.accounts, ["put"], step);
      const cut = killing(database, ["set", "transaction"], step);
      await makeDemo(
        killing(killed, ["createAccount", "addRobot"], step),
        new Proxy(cut, {
          get: (target, name) =>
            name === "accounts" ? accounts : Reflect.get(target, name),
        }),
      );
    } catch (error) {
      if (!(error instanceof KilledError)) throw error;
      wasKilled = true;
    }
    await killed.close();
    const server = createServer({ store });
    assertEquals(await makeDemo(server, database), wasKilled, `${steps}`);
    assertEquals(whole(server, store, database), DEMO, `${steps}`);
    assertEquals(await makeDemo(server, database), false);
    await server.close();
    if (!wasKilled) break;
  }
  assert(steps >= 7, `${steps} steps`);
});

Deno.test("first start: accounts of somebody else's are left alone", async () => {
  using database = new BridgeDatabase(":memory:");
  const server = createServer();
  await server.createAccount({ uin: "10001", passwordMd5: md5Hex("mine") });
  assertEquals(await makeDemo(server, database), false);
  assertEquals(server.accounts().length, 1);
  assertEquals(database.accounts.list(), []);
  await server.close();
});

const TEXT = { token: undefined, logFormat: "text" } as const;
const JSON_LINES = { token: undefined, logFormat: "json" } as const;

Deno.test("firstToken() makes another token in place of one that was not shown", () => {
  using database = new BridgeDatabase(":memory:");
  const { tokens } = database;
  const holds = (token: string) => {
    const record = tokens.find(hashToken(token));
    return record !== undefined && record.revokedAt === undefined;
  };
  const first = firstToken(TEXT, database)!;
  // This start does not show it either.
  assertEquals(firstToken(JSON_LINES, database), undefined);
  assert(holds(first));
  const second = firstToken(TEXT, database)!;
  assertEquals([holds(first), holds(second)], [false, true]);
  tokenShown(database);
  assertEquals(firstToken(TEXT, database), undefined);
  assert(holds(second));
});

Deno.test("firstToken() leaves a token alone that a person made in place of the one not shown", () => {
  using database = new BridgeDatabase(":memory:");
  const { tokens } = database;
  assert(firstToken(JSON_LINES, database) !== undefined);
  tokens.revoke([tokens.findByName("admin")!.id], 1);
  tokens.add({
    id: "mine",
    name: "admin",
    hash: hashToken("mine"),
    scopes: ["read"],
    accounts: "all",
    createdAt: 2,
  });
  assertEquals(firstToken(TEXT, database), undefined);
  assertEquals(tokens.find(hashToken("mine"))?.revokedAt, undefined);
});

const SHOWN = /^ {2}token {7}(\S{43}) /m;

Deno.test("first start: after kills at any moment a start shows a token that works, and the demo is whole", () =>
  inTemporaryFolder(async (path) => {
    const random = randomFrom(5);
    const args = (folder: string) =>
      serveArgs(folder).filter((arg) => !arg.startsWith("--log-format"));
    let takesMs = 0;
    const kills = 6;
    for (let kill = 0; kill <= kills; kill++) {
      const folder = `${path}/${kill}`;
      {
        const startAt = performance.now();
        await using program = new Program({ args: args(folder) });
        if (kill === 0) {
          await program.said(/tqq is ready/);
          takesMs = performance.now() - startAt;
          continue;
        }
        const share = 0.6 + 0.45 * (kill - random()) / kills;
        await new Promise((resolve) => setTimeout(resolve, takesMs * share));
        program.kill("SIGKILL");
        const { stdout } = await program.output();
        if (SHOWN.test(stdout)) continue;
      }
      await using program = new Program({ args: args(folder) });
      const said = await program.said(/Try it/);
      const [, token] = SHOWN.exec(said)!;
      const [, http] = /tqq is ready: (\S+)/.exec(said)!;
      const response = await fetch(`${http}/api/accounts`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
        },
        body: "{}",
      });
      const { accounts } = await response.json();
      assertEquals(
        accounts.map(({ uin }: { uin: string }) => uin),
        ["10001", "10002"],
      );
    }
  }));
