/** First starts that are killed. @module */

import { delay } from "@std/async";
import { makeDemo } from "../../../bridge/cli/program/embedded.ts";
import {
  firstToken,
  tokenShown,
} from "../../../bridge/cli/program/first_token.ts";
import { BridgeDatabase } from "../../../bridge/storage/bridge_database.ts";
import { hashToken } from "../../../bridge/access/token_store.ts";
import {
  createServer,
  MemoryStore,
  type QqServer,
} from "../../../lib/server/mod.ts";
import { md5Hex } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { inTemporaryFolder } from "../../support/folder_copies.ts";
import { Program, serveArgs } from "../../support/program.ts";
import { runMain } from "../../support/run_main.ts";
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
  served: ["10000", "10001", "10002", "10010", "10020"],
  friends: [
    ["10001", "10002", "10010", "10020"],
    ["10000", "10002"],
    ["10000", "10001"],
  ],
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

const SHOWING = { isTokenSet: false, canShow: true };
const HIDING = { isTokenSet: false, canShow: false };

Deno.test("firstToken() makes another token in place of one that was not shown", () => {
  using database = new BridgeDatabase(":memory:");
  const { tokens } = database;
  const holds = (token: string) => {
    const record = tokens.find(hashToken(token));
    return record !== undefined && record.revokedAt === undefined;
  };
  const first = firstToken(database, SHOWING)!;
  // This start does not show it either.
  assertEquals(firstToken(database, HIDING), undefined);
  assert(holds(first));
  const second = firstToken(database, SHOWING)!;
  assertEquals([holds(first), holds(second)], [false, true]);
  tokenShown(database);
  assertEquals(firstToken(database, SHOWING), undefined);
  assert(holds(second));
});

Deno.test("firstToken() leaves a token alone that a person made in place of the one not shown", () => {
  using database = new BridgeDatabase(":memory:");
  const { tokens } = database;
  assert(firstToken(database, HIDING) !== undefined);
  tokens.revoke([tokens.findByName("admin")!.id], 1);
  tokens.add({
    id: "mine",
    name: "admin",
    hash: hashToken("mine"),
    scopes: ["read"],
    accounts: "all",
    createdAt: 2,
  });
  assertEquals(firstToken(database, SHOWING), undefined);
  assertEquals(tokens.find(hashToken("mine"))?.revokedAt, undefined);
});

const SHOWN = /^ {2}token {7}(\S{43}) /m;

/** In which output of a first start the token is, with these arguments and this environment. */
const OUTPUTS: [
  what: string,
  args: string[],
  env: Record<string, string>,
  isShown: boolean,
][] = [
  ["plain", [], {}, true],
  ["under a service manager", [], { JOURNAL_STREAM: "8:12345" }, false],
  ["JSON", ["--log-format=json"], {}, false],
  ["JSON under a service manager", ["--log-format=json"], {
    JOURNAL_STREAM: "8:12345",
  }, false],
];

for (const [what, args, env, isShown] of OUTPUTS) {
  Deno.test(`first start: ${what}: the token is ${isShown ? "printed once" : "in a file alone, until admin is revoked"}`, () =>
    inTemporaryFolder(async (path) => {
      const folder = `${path}/data`;
      const file = `${folder}/first-token`;
      const flags = serveArgs(folder, ...args).filter((arg) =>
        isShown || what === "under a service manager"
          ? !arg.startsWith("--log-format")
          : true
      );
      const post = (http: string, token: string) =>
        fetch(`${http}/api/accounts`, {
          method: "POST",
          headers: {
            authorization: `Bearer ${token}`,
            "content-type": "application/json",
          },
          body: "{}",
        }).then(async (response) => {
          await response.body?.cancel();
          return response.status;
        });
      await using program = new Program({ args: flags, env });
      const [, http] = /(http:[^\s"]+)/.exec(
        await program.line((line) => /ready/.test(line)),
      )!;
      if (isShown) {
        const said = await program.said(/send 10000 hello .*/);
        assertEquals(await post(http!, SHOWN.exec(said)![1]!), 200);
        assertEquals(exists(file), false);
        return;
      }
      await program.line((line) => line.includes("first token written"), "err");
      const token = Deno.readTextFileSync(file);
      assert(/^\S{43}\n$/.test(token));
      assertEquals(Deno.statSync(file).mode! & 0o777, 0o600);
      assertEquals(await post(http!, token.trim()), 200);
      program.kill("SIGTERM");
      const { stdout, stderr } = await program.output();
      assert(!`${stdout}${stderr}`.includes(token.trim()));
      assert(stderr.includes(file));

      await using again = new Program({ args: flags, env });
      await again.line((line) => /ready/.test(line));
      assertEquals(Deno.readTextFileSync(file), token);
      const { code } = await runMain([
        "token",
        "revoke",
        "admin",
        `--data=${folder}`,
      ]);
      assertEquals([code, exists(file)], [0, false]);
    }));
}

Deno.test("first start: the printed commands hold no token, and work", () =>
  inTemporaryFolder(async (path) => {
    const folder = `${path}/data`;
    const args = serveArgs(folder).filter((arg) =>
      !arg.startsWith("--log-format")
    );
    await using program = new Program({ args });
    const said = await program.said(/send 10000 hello .*/);
    const [, token] = SHOWN.exec(said)!;
    const commands = said.split("\n").filter((line) =>
      line.startsWith("  deno task start ")
    );
    assertEquals(commands.length, 2);
    assert(!commands.join("\n").includes(token!));
    const [tail, send] = commands.map((line) =>
      new Program({ args: line.trim().split(" ").slice(3) })
    );
    await using _tail = tail!;
    await using _send = send!;
    assertEquals(await send!.end(), 0);
    // The robot's echo, or what was sent, whichever came after tail was there.
    while (tail!.out.length === 0) {
      await using more = new Program({
        args: commands[1]!.trim().split(" ").slice(3),
      });
      await more.end();
    }
  }));

Deno.test("serve: a flag of a target with a query gives one warning", () =>
  inTemporaryFolder(async (path) => {
    const target = (query: string) =>
      `--onebot-post=http://127.0.0.1:9/${query}`;
    for (const [query, warnings] of [["", 0], ["?key=s3cret", 1]] as const) {
      await using program = new Program({
        args: serveArgs(`${path}/${warnings}`, target(query)),
      });
      await program.ready();
      program.kill("SIGTERM");
      const { stderr } = await program.output();
      const lines = stderr.split("\n").filter((line) =>
        line.includes("target of a flag has a query")
      );
      assertEquals(lines.length, warnings);
      assert(!lines.join().includes("s3cret"));
      assert(lines.every((line) => line.includes("tqq target add")));
    }
  }));

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

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
        await delay(takesMs * share);
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
