import { request } from "node:http";
import {
  createAdministrator,
  TokenService,
  type TokenServiceOptions,
} from "../../../bridge/access/token_service.ts";
import {
  type ControlApi,
  type ControlServices,
  createControlApi,
} from "../../../bridge/ops/control_api.ts";
import {
  AccountService,
  type AccountServiceOptions,
} from "../../../bridge/upstream/account_service.ts";
import {
  connectControl,
  CONTROL_BYTES,
  ControlError,
  ControlUnreachableError,
  startControl,
} from "../../../bridge/ops/control.ts";
import { TargetService } from "../../../bridge/targets/target_service.ts";
import { MemoryTargetStore } from "../../../bridge/targets/target_store.ts";
import type { Upstream } from "../../../bridge/upstream/upstream.ts";
import { MemoryAccountStore } from "../../../bridge/upstream/account_store.ts";
import {
  hashToken,
  MemoryTokenStore,
} from "../../../bridge/access/token_store.ts";
import {
  createServer,
  MemoryStore,
  type QqServer,
} from "../../../lib/server/mod.ts";
import { md5Hex } from "../../../mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";
import { stopwatch } from "../../support/process_figures.ts";

interface Scene {
  api: ControlApi;
  accounts: MemoryAccountStore;
  tokens: MemoryTokenStore;
  store: MemoryStore;
  qq: QqServer;
}

type SceneOptions =
  & Partial<AccountServiceOptions>
  & Partial<TokenServiceOptions>
  & { external?: boolean };

type Case = (scene: Scene) => Promise<void>;

const MD5 = md5Hex("secret");

async function assertExists(adding: Promise<unknown>): Promise<void> {
  await assertRejects(
    () => adding,
    Error,
    "the number must be new, and 10003 exists",
  );
}

const CASES: [
  name: string,
  options: SceneOptions,
  run: Case,
][] = [
  ["makes an account at bridge and server", {}, async (scene) => {
    const { api, accounts, store } = scene;
    await api.addAccount({
      uin: "10003",
      passwordMd5: MD5,
      nickname: "小红",
      policy: "nobody",
      bridge: true,
    });
    assertEquals(accounts.list(), [{
      uin: "10003",
      passwordMd5: MD5,
      nickname: "小红",
      wanted: "in",
    }]);
    const { nickname, policy } = store.account("10003")!;
    assertEquals([nickname, policy], ["小红", "nobody"]);
    assertEquals(store.passwordMd5("10003"), MD5);
  }],
  [
    "refuses to add a number that exists, and changes its password when asked",
    {},
    async (scene) => {
      const { api, accounts, store } = scene;
      const account = { uin: "10003", passwordMd5: MD5, bridge: true };
      await api.addAccount({
        ...account,
        nickname: "小红",
        policy: "anybody",
      });
      const passwordMd5 = md5Hex("other");
      await assertExists(api.addAccount({ ...account, passwordMd5 }));
      assertEquals(accounts.list()[0]?.passwordMd5, MD5);
      assertEquals(store.passwordMd5("10003"), MD5);
      await api.changeAccount({ uin: "10003", passwordMd5 });
      assertEquals(accounts.list()[0]?.nickname, "小红");
      assertEquals(accounts.list()[0]?.passwordMd5, passwordMd5);
      const { nickname, policy } = store.account("10003")!;
      assertEquals([nickname, policy], ["小红", "anybody"]);
      assertEquals(store.passwordMd5("10003"), passwordMd5);
    },
  ],
  [
    "adds what only the server has if the password is right",
    {},
    async (scene) => {
      const { api, accounts, store } = scene;
      const account = { uin: "10003", passwordMd5: MD5, bridge: false };
      await api.addAccount(account);
      await assertExists(api.addAccount(account));
      const wrong = { ...account, passwordMd5: md5Hex("wrong"), bridge: true };
      await assertExists(api.addAccount(wrong));
      assertEquals([accounts.list(), store.passwordMd5("10003")], [[], MD5]);
      await api.addAccount({ ...account, bridge: true });
      assertEquals(accounts.list()[0]?.passwordMd5, MD5);
    },
  ],
  ["changes only what is given", {}, async (scene) => {
    const { api, accounts, store } = scene;
    const uin = "10003";
    await api.addAccount({ uin, passwordMd5: MD5, bridge: true });
    accounts.put({ ...accounts.get(uin)!, wanted: "out" });
    for (
      const change of [
        { nickname: "小红" },
        { policy: "nobody" as const },
        { passwordMd5: md5Hex("other") },
      ]
    ) {
      await api.changeAccount({ uin, ...change });
    }
    assertEquals(accounts.list(), [{
      uin,
      passwordMd5: md5Hex("other"),
      nickname: "小红",
      wanted: "out",
    }]);
    const { nickname, policy } = store.account(uin)!;
    assertEquals(
      [nickname, policy, store.passwordMd5(uin)],
      ["小红", "nobody", md5Hex("other")],
    );
    await assertRejects(() => api.changeAccount({ uin }), Error, "got none");
  }],
  ["adds a number once, if two add it at the same time", {}, async (scene) => {
    const { api } = scene;
    const add = () =>
      api.addAccount({ uin: "10003", passwordMd5: MD5, bridge: true })
        .then(() => "added", (error) => error.code ?? error.message);
    const ends = await Promise.all([add(), add()]);
    assertEquals(ends[0], "added");
    assert(ends[1] !== "added");
  }],
  ["makes an account at the server only", {}, async (scene) => {
    const { api, accounts, qq } = scene;
    const account = { uin: "10003", passwordMd5: MD5, bridge: false };
    await api.addAccount(account);
    assertEquals(accounts.list(), []);
    assertEquals(qq.accounts().map(({ uin }) => uin), ["10003"]);
  }],
  [
    "keeps an account of another's server",
    { external: true },
    async (scene) => {
      const { api, accounts } = scene;
      const account = { uin: "10003", passwordMd5: MD5, bridge: true };
      await api.addAccount(account);
      await assertExists(api.addAccount(account));
      assertEquals(accounts.list().length, 1);
      await api.changeAccount({ uin: "10003", nickname: "n" });
      assertEquals(accounts.list()[0]?.nickname, "n");
      for (const more of [{ bridge: false }, { policy: "verify" as const }]) {
        await assertRejects(
          () => api.addAccount({ ...account, uin: "10004", ...more }),
          Error,
          "while the accounts are at another QQ server",
        );
      }
      await api.removeAccount({ uin: "10003" });
      assertEquals(accounts.list(), []);
    },
  ],
  ["refuses invalid values", {}, async (scene) => {
    const { api, accounts, qq } = scene;
    const bad = [
      { uin: "1", passwordMd5: MD5 },
      { uin: "10003", passwordMd5: "secret" },
      { uin: "10003", passwordMd5: MD5, nickname: "\n" },
      { uin: "10003", passwordMd5: MD5, nickname: "\ud800" },
      { uin: "10003", passwordMd5: MD5, nickname: "" },
      { uin: "10003", passwordMd5: MD5, nickname: "x".repeat(257) },
    ];
    for (const account of bad) {
      const error = await assertRejects(
        () => api.addAccount({ bridge: true, ...account }),
        Error,
      ) as Error;
      assert(!error.message.includes("secret"));
    }
    assertEquals([accounts.list(), qq.accounts()], [[], []]);
  }],
  ["refuses the demo password while a listener is reachable from other hosts", {
    refusedPasswordMd5: md5Hex("demo"),
  }, async (
    { api, qq },
  ) => {
    const account = {
      uin: "10003",
      passwordMd5: md5Hex("demo"),
      bridge: false,
    };
    await assertRejects(
      () => api.addAccount(account),
      Error,
      "the demo password is not allowed",
    );
    assertEquals(qq.accounts(), []);
  }],
  ["removes from bridge and server", {}, async (scene) => {
    const { api, accounts, qq } = scene;
    const account = { uin: "10003", passwordMd5: MD5, bridge: true };
    await api.addAccount(account);
    await api.removeAccount({ uin: "10003" });
    assertEquals([accounts.list(), qq.accounts()], [[], []]);
    await assertRejects(
      () => api.removeAccount({ uin: "10003" }),
      Error,
      'must be that of an account, got "10003"',
    );
  }],
  ["lists all, by number", {}, async (scene) => {
    const { api, accounts } = scene;
    for (const uin of ["100000", "10003"]) {
      await api.addAccount({ uin, passwordMd5: MD5, bridge: false });
    }
    for (const uin of ["99999", "10003"]) {
      accounts.put({ uin, passwordMd5: MD5, nickname: "kept", wanted: "out" });
    }
    assertEquals((await api.listAccounts({})).accounts, [
      { uin: "10003", nickname: "10003", bridge: "out", embedded: true },
      { uin: "99999", nickname: "kept", bridge: "out", embedded: false },
      { uin: "100000", nickname: "100000", bridge: "no", embedded: true },
    ]);
  }],
  [
    "makes, lists and revokes tokens",
    { clock: new FakeClock(5) },
    async (scene) => {
      const { api, tokens } = scene;
      const { token, id } = await api.createToken({
        name: "bot",
        scopes: ["read"],
        accounts: ["10001"],
      });
      assertEquals(tokens.find(hashToken(token))?.name, "bot");
      await assertRejects(
        () => api.createToken({ name: "bot" }),
        Error,
        "must be free",
      );
      await api.revokeToken({ name: "bot" });
      const listed = await api.listTokens({});
      assertEquals(listed.tokens, [{
        id,
        createdBy: "local",
        name: "bot",
        scopes: ["read"],
        accounts: ["10001"],
        createdAt: 5,
        revokedAt: 5,
      }]);
      await assertRejects(
        () => api.revokeToken({ name: "bot" }),
        Error,
        "the name must be that of a valid token",
      );
    },
  ],
  ["keeps the administrator's name", { isAdministratorSet: true }, async (
    { api },
  ) => {
    await assertRejects(
      () => api.createToken({ name: "admin" }),
      Error,
      "the name admin is taken",
    );
  }],
];

function sceneOf(
  options: SceneOptions,
): Scene {
  const { external, ...more } = options;
  const accounts = new MemoryAccountStore();
  const tokens = new MemoryTokenStore();
  const store = new MemoryStore();
  const qq = createServer({ store });
  const server = external ? undefined : qq;
  const api = createControlApi({
    accounts: new AccountService({ ...more, store: accounts, server }),
    tokens: new TokenService({ ...more, store: tokens }),
    targets: new TargetService({ store: new MemoryTargetStore() }),
  });
  return { api, accounts, tokens, store, qq };
}

/** The endpoint on a socket in a folder of its own. */
async function startOn(api: ControlApi) {
  const folder = await Deno.makeTempDir();
  const path = Deno.build.os === "windows"
    ? `\\\\.\\pipe\\${crypto.randomUUID()}`
    : `${folder}/control.sock`;
  const failures: unknown[] = [];
  const control = await startControl({
    api,
    path,
    failed: (error) => failures.push(error),
  });
  return {
    path,
    failures,
    async [Symbol.asyncDispose]() {
      await control.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

for (const [name, options, run] of CASES) {
  Deno.test(`control API: ${name}`, async () => {
    const scene = sceneOf(options);
    await run(scene);
    await scene.qq.close();
  });
  Deno.test(`control API through its socket: ${name}`, async () => {
    const scene = sceneOf(options);
    await using control = await startOn(scene.api);
    await run({ ...scene, api: connectControl(control.path) });
    await scene.qq.close();
  });
}

Deno.test("createAdministrator(): the administrator's token is made once", () => {
  const tokens = new MemoryTokenStore();
  assertEquals(createAdministrator(tokens, true, 5), undefined);
  const token = createAdministrator(tokens, false, 5)!;
  const { name, scopes, accounts } = tokens.find(hashToken(token))!;
  assertEquals([name, scopes.length, accounts], ["admin", 3, "all"]);
  assertEquals(createAdministrator(tokens, false, 5), undefined);
  tokens.revoke([tokens.findByName("admin")!.id], 6);
  assertEquals(createAdministrator(tokens, false, 7), undefined);
});

Deno.test("AccountService.list() reports the state of an account while the bridge runs", () => {
  const accounts = new MemoryAccountStore();
  accounts.put({
    uin: "10001",
    passwordMd5: MD5,
    nickname: "",
    wanted: "in",
  });
  const listed = new AccountService({
    store: accounts,
    upstreams: {
      open: () => Promise.resolve(),
      change: () => Promise.resolve(),
      remove: () => Promise.resolve(false),
      find: () => ({ state: { state: "online" } }) as Upstream,
    },
  }).list();
  assertEquals(listed[0]?.state, "online");
});

/** Sends an order as it is; gives the status and the body. */
function post(
  socketPath: string,
  path: string,
  body: string | Uint8Array,
  method = "POST",
): Promise<[status: number, body: string]> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      socketPath,
      path: `/control/${path}`,
      method,
      agent: false,
    }, async (incoming) => {
      let text = "";
      for await (const chunk of incoming) text += chunk;
      resolve([incoming.statusCode!, text]);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

Deno.test("control: an order that is not valid is refused", async () => {
  const { api, qq } = sceneOf({});
  await using control = await startOn(api);
  const cases: [status: number, ...order: Parameters<typeof post>][] = [
    [200, control.path, "listTokens", "{}"],
    [404, control.path, "constructor", "{}"],
    [400, control.path, "listTokens", "{"],
    [400, control.path, "listTokens", "null"],
    [400, control.path, "createToken", "{}"],
    [400, control.path, "addAccount", "{}"],
    [405, control.path, "listTokens", "", "GET"],
    [413, control.path, "listTokens", new Uint8Array(CONTROL_BYTES + 1)],
  ];
  for (const [status, ...order] of cases) {
    const [got, body] = await post(...order);
    assertEquals(got, status, `${order[1]} ${body}`);
  }
  await qq.close();
});

Deno.test({
  name:
    "control: only the owner can open the socket, and it is gone at the end",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/control.sock`;
    // What a killed program leaves behind.
    await Deno.writeTextFile(path, "");
    const { api, qq } = sceneOf({});
    const control = await startControl({ api, path });
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
    assertEquals((await connectControl(path).listTokens({})).tokens, []);
    await control.close();
    await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
    await assertRejects(
      () => connectControl(path).listTokens({}),
      ControlUnreachableError,
    );
    await qq.close();
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name:
    "control: half-sent heads end after 2 s, half-sent bodies after 5 s, the 33rd connection at once",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { api, qq } = sceneOf({});
    await using control = await startOn(api);
    const open = () =>
      Deno.connect({ path: control.path, transport: "unix" as const });
    const from = performance.now();
    const elapsed = stopwatch();
    /** How long a connection lived at most; at least, without what others did on the machine. */
    const endedMs = async (socket: Deno.Conn) => {
      const buffer = new Uint8Array(512);
      try {
        while (await socket.read(buffer) !== null);
      } catch {
        // Cut.
      }
      socket.close();
      return { most: performance.now() - from, least: elapsed() };
    };
    const sockets = await Promise.all(Array.from({ length: 32 }, open));
    const write = (socket: Deno.Conn, text: string) =>
      socket.write(new TextEncoder().encode(text));
    await write(sockets[0]!, "POST /control/list");
    await write(
      sockets[1]!,
      "POST /control/listTokens HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
    );
    const tooMany = await open();
    assert((await endedMs(tooMany)).least < 1000);
    const [head, body, ...silent] = await Promise.all(sockets.map(endedMs));
    for (const { most, least } of [head!, ...silent]) {
      assert(most > 1000 && least < 3500, `${most} ${least}`);
    }
    assert(body!.most > 4000 && body!.least < 6500, `${body!.most}`);
    assertEquals(
      (await connectControl(control.path).listTokens({})).tokens,
      [],
    );
    await qq.close();
  },
});

Deno.test({
  name: "control: an answer that is not JSON is reported",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    const path = `${folder}/control.sock`;
    const server = Deno.serve(
      { path, onListen: () => {} },
      () => new Response("hello"),
    );
    try {
      await assertRejects(
        () => connectControl(path).listTokens({}),
        ControlError,
        "its answer must be JSON",
      );
    } finally {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("createControlApi().backup() rejects a folder that is not an absolute path", async () => {
  const api = createControlApi({} as ControlServices);
  for (const target of ["relative", "", "../up", 5, undefined]) {
    await assertRejects(
      () => api.backup({ target: target as string }),
      RangeError,
      "must be an absolute path",
    );
  }
});
