/** A token's name gives no right to what another token of that name owns: the program in a process. @module */

import { DatabaseSync } from "node:sqlite";
import { RESERVED_NAMES } from "../../bridge/access/reserved_names.ts";
import { hashToken } from "../../bridge/access/token_store.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { stopwatch } from "../support/process_figures.ts";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { runMain } from "../support/run_main.ts";

const ADMINISTRATOR = "administrators-token-of-this-test";

async function withProgram(
  folder: string,
  use: (http: string, program: Program) => Promise<void>,
): Promise<void> {
  await using program = new Program({
    args: serveArgs(folder, "--qq-send-gap-ms=0", "--qq-penalty-ms=0"),
    env: { TQQ_TOKEN: ADMINISTRATOR },
  });
  await use((await program.ready()).http!, program);
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function post(
  http: string,
  command: string,
  params: object,
  token = ADMINISTRATOR,
  // deno-lint-ignore no-explicit-any
): Promise<any> {
  const response = await fetch(`${http}/api/${command}`, {
    method: "POST",
    body: JSON.stringify(params),
    headers: {
      "content-type": "application/json",
      authorization: `Bearer ${token}`,
    },
  });
  return await response.json();
}

/** Opens a connection with a consumer; returns the position after which it reads. */
async function startOf(
  http: string,
  token: string,
  consumer: string,
): Promise<number> {
  using socket = await RawSocket.open(
    Number(new URL(http).port),
    `/ws?access_token=${token}&consumer=${consumer}`,
  );
  const { type, after } = await socket.json();
  assertEquals(type, "welcome");
  return after.seq;
}

/** Makes the bridge journal two events. */
async function makeEvents(http: string): Promise<void> {
  for (const text of ["one", "two"]) {
    const params = { account: "10001", to: "10002", text };
    await post(http, "send", params);
  }
}

Deno.test("token identity: reserved names are refused over HTTP, frame and CLI", () =>
  inFolder(async (folder) =>
    await withProgram(folder, async (http) => {
      const { token } = await post(http, "createToken", {
        name: "manager",
        accounts: ["10001"],
      });
      using socket = await RawSocket.open(
        Number(new URL(http).port),
        `/ws?access_token=${token}&events=unknown`,
      );
      assertEquals((await socket.json()).type, "welcome");
      for (const name of RESERVED_NAMES) {
        const params = { name, accounts: ["10001"] };
        const overHttp = await post(http, "createToken", params, token);
        await socket.send({
          type: "command",
          id: name,
          command: "createToken",
          params,
        });
        const { error } = await socket.json();
        assertEquals(
          [name, overHttp.code, error?.code],
          [name, "bad_params", "bad_params"],
        );
        const cli = await runMain(["token", "add", name, `--data=${folder}`]);
        assertEquals([name, cli.code, cli.out], [name, 1, []]);
      }
      const inUse = await post(http, "createToken", { name: "manager" });
      assertEquals([inUse.code, inUse.status], ["already_exists", 409]);
    })
  ));

Deno.test("token identity: a name that is given again inherits no position", () =>
  inFolder(async (folder) =>
    await withProgram(folder, async (http) => {
      const { token } = await post(http, "createToken", { name: "bot" });
      const { token: manager } = await post(http, "createToken", {
        name: "manager",
        accounts: ["10001"],
      });
      const before = await startOf(http, token, "c");
      await makeEvents(http);
      assertEquals(await startOf(http, token, "c"), before);
      assertEquals(await post(http, "revokeToken", { name: "bot" }), {});
      const taken = await post(
        http,
        "createToken",
        { name: "bot", accounts: ["10001"] },
        manager,
      );
      assertEquals(taken.code, "already_exists");
      const again = await post(http, "createToken", { name: "bot" });
      assertEquals(await startOf(http, again.token, "c") > before, true);
    })
  ));

Deno.test("token identity: a folder of 0.1.0 keeps tokens and positions", () =>
  inFolder(async (folder) => {
    // An unused folder of this version, with the tokens of 0.1.0 in their table.
    await Deno.chmod(folder, 0o700);
    const texts = { bot: "token-of-a-bot-1", local: "token-named-local" };
    const database = new DatabaseSync(`${folder}/bridge.db`);
    database.exec(`
      CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      CREATE TABLE accounts (
        uin TEXT PRIMARY KEY, password TEXT NOT NULL, sealed INTEGER NOT NULL,
        nickname TEXT NOT NULL, wanted TEXT NOT NULL, added_at INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE tokens (
        name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
        accounts TEXT NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER
      ) WITHOUT ROWID;
      PRAGMA user_version = 1`);
    for (const [name, text] of Object.entries(texts)) {
      database.prepare(
        `INSERT INTO tokens VALUES (?, ?, '["read"]', '"all"', 1, NULL)`,
      ).run(name, hashToken(text));
    }
    database.close();
    let before = -1;
    await withProgram(folder, async (http) => {
      before = await startOf(http, texts.bot, "c");
      await makeEvents(http);
    });
    await withProgram(folder, async (http) => {
      assertEquals(await startOf(http, texts.bot, "c"), before);
      await startOf(http, texts.local, "c");
      const { consumers } = await post(http, "consumers", {});
      const ids = consumers.map(({ id, token }: Record<string, string>) => [
        id,
        token,
      ]);
      assertEquals(ids.find(([id]: string[]) => id === "bot/c")?.[1], "bot");
      // The name `local` belongs to the program, so its token has a different id.
      const local = ids.find(([, token]: string[]) => token === "local");
      assertEquals(local?.[0].startsWith("local/"), false);
    });
    const listed = await runMain([
      "token",
      "list",
      "--json",
      `--data=${folder}`,
    ]);
    assertStringIncludes(listed.out[0]!, '"id":"bot"');
  }));

Deno.test("token identity: a revocation ends two generations, with their connections", () =>
  inFolder(async (folder) =>
    await withProgram(folder, async (http, program) => {
      const accounts = ["10001"];
      const parent = await post(http, "createToken", {
        name: "parent",
        accounts,
      });
      const child = await post(
        http,
        "createToken",
        { name: "child", accounts },
        parent.token,
      );
      const grandchild = await post(
        http,
        "createToken",
        { name: "grandchild", accounts },
        child.token,
      );
      const { tokens } = await post(http, "tokens", {}, parent.token);
      assertEquals(
        tokens.map((one: Record<string, string>) => [one.name, one.createdBy]),
        [["child", parent.id], ["grandchild", child.id]],
      );
      const port = Number(new URL(http).port);
      const sockets = await Promise.all([parent, child, grandchild].map(
        async ({ token }) => {
          const path = `/ws?access_token=${token}&events=unknown`;
          const socket = await RawSocket.open(port, path);
          assertEquals((await socket.json()).type, "welcome");
          return socket;
        },
      ));
      const revoked = await runMain([
        "token",
        "revoke",
        "parent",
        `--data=${folder}`,
      ]);
      const elapsed = stopwatch(program.pid);
      assertEquals(revoked.err.at(-1)?.endsWith("created under it: 2."), true);
      for (const socket of sockets) {
        assertEquals(await socket.closeCode(), 4003);
        socket[Symbol.dispose]();
      }
      const endedMs = elapsed();
      assert(endedMs < 5000, `all have ended after ${endedMs} ms`);
      for (const { token } of [parent, child, grandchild]) {
        const { code } = await post(http, "ping", {}, token);
        assertEquals(code, "unauthorized");
      }
    })
  ));
