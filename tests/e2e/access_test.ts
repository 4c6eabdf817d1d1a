/** Nobody reads or sends without a token that allows it: the program in a process of its own. @module */

import { COMMAND_NAMES, hasAccount } from "../../bridge/commands/table.ts";
import { COMMAND_EXAMPLES } from "../support/command_examples.ts";
import {
  type BridgeCommandName,
  COMMAND_SCOPES,
  type Scope,
  SCOPES,
} from "../../mod.ts";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket, upgradeHead } from "../support/raw_socket.ts";
import { runMain } from "../support/run_main.ts";

const ADMINISTRATOR = "administrators-token-of-this-test";
const WRONG = "no-token-of-this-test";

/** Parameters that each command takes. */
/** Commands that name no account. */
const OWN: ReadonlySet<BridgeCommandName> = new Set(
  COMMAND_NAMES.filter((name) => !hasAccount(name)),
);

/** What these may do depends on the other scopes of the token. */
const HANDS_OUT: readonly BridgeCommandName[] = ["createToken", "revokeToken"];

const COMMANDS = COMMAND_NAMES;

/** A program with its administrator's token, and the ways to it. */
class Scene implements AsyncDisposable {
  readonly #program: Program;
  readonly folder: string;
  readonly http: string;
  readonly port: number;

  private constructor(program: Program, folder: string, http: string) {
    this.#program = program;
    this.folder = folder;
    this.http = http;
    this.port = Number(new URL(http).port);
  }

  static async open(): Promise<Scene> {
    const folder = await Deno.makeTempDir();
    const program = new Program({
      args: serveArgs(folder, "--qq-send-gap-ms=0", "--qq-penalty-ms=0"),
      env: { TQQ_TOKEN: ADMINISTRATOR },
    });
    return new Scene(program, folder, (await program.ready()).http!);
  }

  get pid(): number {
    return this.#program.pid;
  }

  /** POST /api/{command}. */
  async post(
    command: string,
    body: object,
    token?: string,
  ): Promise<{ status: number; code?: string; body: Record<string, unknown> }> {
    const response = await fetch(`${this.http}/api/${command}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...bearer(token) },
    });
    const answer = await response.json();
    return { status: response.status, code: answer.code, body: answer };
  }

  /** A token that the running bridge makes. */
  async token(
    name: string,
    scopes: readonly Scope[],
    accounts?: string[],
  ): Promise<string> {
    const params = { name, scopes, ...accounts && { accounts } };
    const { body } = await this.post("createToken", params, ADMINISTRATOR);
    return body.token as string;
  }

  /** Opens a WebSocket and reads its welcome. */
  async socket(token: string, query = ""): Promise<RawSocket> {
    const socket = await RawSocket.open(
      this.port,
      `/ws?access_token=${token}${query}`,
    );
    assertEquals((await socket.json()).type, "welcome");
    return socket;
  }

  /** The answer to a request for a WebSocket. */
  async handshake(
    path: string,
    headers: Record<string, string> = {},
  ): Promise<[status: number, code: string | undefined]> {
    using socket = await RawSocket.connect(this.port);
    await socket.write(upgradeHead(this.port, path, headers));
    const { status } = await socket.head();
    if (status === 101) return [status, undefined];
    return [status, JSON.parse(await socket.rest()).code];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** How each command ends over a socket, by its name: `ok`, or an error's code. */
async function overSocket(
  scene: Scene,
  token: string,
  commands: readonly BridgeCommandName[],
  account: string,
): Promise<Map<string, string>> {
  using socket = await scene.socket(token, "&events=unknown");
  for (const command of commands) {
    await socket.send({
      type: "command",
      id: command,
      command,
      ...OWN.has(command) ? {} : { account },
      params: COMMAND_EXAMPLES[command].params,
    });
  }
  const codes = new Map<string, string>();
  while (codes.size < commands.length) {
    const { id, ok, error } = await socket.json();
    codes.set(id, ok ? "ok" : error.code);
  }
  return codes;
}

/** The same over HTTP. */
async function overHttp(
  scene: Scene,
  token: string,
  commands: readonly BridgeCommandName[],
  account: string,
): Promise<Map<string, string>> {
  return new Map(
    await Promise.all(commands.map(async (command) => {
      const { status, code } = await scene.post(command, {
        ...OWN.has(command) ? {} : { account },
        ...COMMAND_EXAMPLES[command].params,
      }, token);
      if (code === "forbidden") assertEquals(status, 403);
      return [command, status === 200 ? "ok" : code!] as const;
    })),
  );
}

Deno.test("access: a running program requires a token with the scope", async (t) => {
  await using scene = await Scene.open();
  const { http } = scene;
  // Looked at in the end: a hello may take its time.
  using early = await RawSocket.open(scene.port, "/ws");
  await early.send({
    type: "command",
    id: 1,
    command: "createToken",
    params: { name: "before-the-hello" },
  });

  await t.step("no token and a wrong one open nothing", async () => {
    const paths = [
      "/events",
      "/metrics",
      "/asyncapi.json",
      "/openapi.json",
    ];
    using socket = await RawSocket.open(scene.port, "/ws");
    // At once: wrong tokens of one address are answered later and later.
    await Promise.all([
      ...[undefined, WRONG].flatMap((token) => [
        ...paths.map(async (path) => {
          const response = await fetch(http + path, { headers: bearer(token) });
          const { code } = await response.json();
          const got = [path, response.status, code];
          assertEquals(got, [path, 401, "unauthorized"]);
        }),
        scene.post("ping", {}, token).then(({ status, code }) =>
          assertEquals([status, code], [401, "unauthorized"])
        ),
      ]),
      scene.handshake(`/ws?access_token=${WRONG}`).then((answer) =>
        assertEquals(answer, [401, "unauthorized"])
      ),
      socket.send({ type: "hello", token: WRONG }).then(async () =>
        assertEquals(await socket.closeCode(), 1008)
      ),
    ]);
  });

  await t.step("a foreign Origin and a foreign Host are refused", async () => {
    const path = `/ws?access_token=${ADMINISTRATOR}`;
    for (
      const headers of [
        { Origin: "https://evil.example" },
        { Origin: "null" },
        { Host: "evil.example" },
        { Host: `evil.example:${scene.port}` },
      ]
    ) {
      assertEquals(await scene.handshake(path, headers), [403, "forbidden"]);
      using socket = await RawSocket.connect(scene.port);
      const all = { Host: `127.0.0.1:${scene.port}`, ...headers };
      await socket.write(
        `POST /api/ping HTTP/1.1\r\nAuthorization: Bearer ${ADMINISTRATOR}\r\n` +
          Object.entries(all).map((pair) => `${pair.join(": ")}\r\n`).join("") +
          "Content-Length: 0\r\nConnection: close\r\n\r\n",
      );
      assertEquals((await socket.head()).status, 403);
    }
  });

  await t.step(
    "a token that may not read gets no event and no account",
    async () => {
      const token = await scene.token("blind", ["send", "manage"]);
      for (const path of ["/events", "/metrics"]) {
        const response = await fetch(http + path, { headers: bearer(token) });
        const { code } = await response.json();
        assertEquals([response.status, code], [403, "forbidden"]);
      }
      const ready = await fetch(`${http}/readyz`, { headers: bearer(token) });
      assertEquals((await ready.text()).includes("10001"), false);
      using socket = await RawSocket.open(
        scene.port,
        `/ws?access_token=${token}`,
      );
      const welcome = await socket.json();
      assertEquals([welcome.type, welcome.accounts], ["welcome", []]);
      for (let id = 0; id < 2; id++) {
        const params = { to: "10002", text: "unseen" };
        await socket.send({
          type: "command",
          id,
          account: "10001",
          command: "send",
          params,
        });
        // Its event is journalled before its result: it would come first.
        const { type, ok } = await socket.json();
        assertEquals([type, ok], ["result", true]);
      }
    },
  );

  await t.step("each scope does its commands and no others", async () => {
    for (const scope of SCOPES) {
      const token = await scene.token(`only-${scope}`, [scope]);
      const others = COMMANDS.filter((one) => COMMAND_SCOPES[one] !== scope);
      const refused = new Map(others.map((one) => [one, "forbidden"]));
      assertEquals(await overHttp(scene, token, others, "10001"), refused);
      assertEquals(await overSocket(scene, token, others, "10001"), refused);
    }
    const { body: { events } } = await scene.post(
      "history",
      { account: "10001", with: "10000" },
      ADMINISTRATOR,
    );
    assertEquals(events, []);
    await Promise.all(SCOPES.map(async (scope) => {
      const token = await scene.token(`all-of-${scope}`, [scope]);
      const own = COMMANDS.filter((one) =>
        COMMAND_SCOPES[one] === scope && !HANDS_OUT.includes(one)
      );
      const ended = await Promise.all([
        overHttp(scene, token, own, "10001"),
        overSocket(scene, token, own, "10002"),
      ]);
      for (const codes of ended) {
        assertEquals(codes.size, own.length);
        // Another of them may have removed the account, or logged it out.
        const refused = [...codes].filter(([command, code]) =>
          /^(forbidden|un(?!known_account)\w+|bad_\w+|internal)$/.test(code) &&
          !(OWN.has(command as BridgeCommandName) && code === "bad_params")
        );
        assertEquals(refused, []);
      }
    }));
  });

  await t.step("a token hands out no more than it has", async () => {
    const manager = await scene.token("manager", ["manage"]);
    const few = await scene.token("few", SCOPES, ["10001"]);
    const cases: [string, object, number][] = [
      [manager, { name: "more", scopes: ["manage", "read"] }, 403],
      [manager, { name: "more" }, 403],
      [few, { name: "more" }, 403],
      [few, { name: "more", accounts: ["10002"] }, 404],
      [manager, { name: "same", scopes: ["manage"] }, 200],
      [few, { name: "as-few", accounts: ["10001"] }, 200],
    ];
    for (const [token, params, status] of cases) {
      const answer = await scene.post("createToken", params, token);
      assertEquals([params, answer.status], [params, status]);
    }
    const revocations: [string, string, number][] = [
      [manager, "as-few", 403],
      [few, "same", 403],
      [few, "few", 403],
      [few, "as-few", 200],
      [ADMINISTRATOR, "same", 200],
    ];
    for (const [token, name, status] of revocations) {
      const answer = await scene.post("revokeToken", { name }, token);
      assertEquals([name, answer.status], [name, status]);
    }
  });

  await t.step("an account outside the token is not known", async () => {
    const token = await scene.token("of-10001", SCOPES, ["10001"]);
    const others = COMMANDS.filter((one) => !OWN.has(one));
    const unknown = new Map(others.map((one) => [one, "unknown_account"]));
    assertEquals(await overHttp(scene, token, others, "10002"), unknown);
    assertEquals(await overSocket(scene, token, others, "10002"), unknown);
    assertEquals(
      await scene.handshake(`/ws?access_token=${token}&accounts=10002`),
      [404, "unknown_account"],
    );
    const stream = await fetch(`${http}/events?accounts=10001,10002`, {
      headers: bearer(token),
    });
    assertEquals(
      [stream.status, (await stream.json()).code],
      [404, "unknown_account"],
    );
    using socket = await scene.socket(token, "&events=unknown");
    await socket.send({ type: "subscribe", id: 1, accounts: ["10002"] });
    const { ok, error } = await socket.json();
    assertEquals([ok, error.code], [false, "unknown_account"]);
    const { body } = await scene.post("accounts", {}, token);
    const uins = (body.accounts as { uin: string }[]).map(({ uin }) => uin);
    assertEquals(uins, ["10001"]);
  });

  await t.step("a token is added and revoked from outside", async () => {
    const data = `--data=${scene.folder}`;
    const added = await runMain([
      "token",
      "add",
      "late",
      "--scopes=read",
      data,
    ]);
    assertEquals([added.code, added.out.length], [0, 1]);
    const token = added.out[0]!;
    assertEquals((await scene.post("ping", {}, token)).status, 200);
    const list = await runMain(["token", "list", data]);
    assertMatch(list.out.join("\n"), /^late +read .* holds +all$/m);

    using socket = await scene.socket(token);
    using silent = await scene.socket(token, "&accounts=10001&events=unknown");
    const revoked = await runMain(["token", "revoke", "late", data]);
    assertEquals(revoked.code, 0);
    const answers = await Promise.all([
      scene.post("ping", {}, token).then(({ code }) => code),
      scene.handshake(`/ws?access_token=${token}`).then(([, code]) => code),
    ]);
    assertEquals(answers, ["unauthorized", "unauthorized"]);
    for (const one of [socket, silent]) {
      assertEquals(await one.closeCode(), 4003);
    }
  });

  await t.step("a command before the hello is not done", async () => {
    assertEquals(await early.closeCode(), 4001);
    const { body } = await scene.post(
      "revokeToken",
      { name: "before-the-hello" },
      ADMINISTRATOR,
    );
    assertEquals(body.code, "bad_params");
  });

  await t.step(
    "a second program on its folder prints which one has it",
    async () => {
      await using second = new Program({
        args: serveArgs(scene.folder),
        env: { TQQ_TOKEN: ADMINISTRATOR },
      });
      const { code, stdout, stderr } = await second.output();
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, /^tqq: Cannot use the data folder .*\n$/);
      assertStringIncludes(stderr, `"serve" (process ${scene.pid}, since `);
    },
  );
});

const PUBLIC = ["--behind-proxy", "--listen=0.0.0.0:0", "--qq-listen=off"];

/** What is refused at the start; `--data=FOLDER` is added. */
const REFUSED: [args: string[], message: RegExp][] = [
  [
    ["--listen=0.0.0.0:0"],
    /^Cannot use --listen: must be on loopback without --tls-cert and --tls-key, or --behind-proxy, got 0\.0\.0\.0:0$/,
  ],
  [
    ["--listen=[::]:0"],
    /^Cannot use --listen: must be on loopback without .*, got \[::\]:0$/,
  ],
  [
    PUBLIC,
    /^Cannot use --listen: must be on loopback while accounts have the password demo, got 0\.0\.0\.0:0 and 10000, 10001, 10002, 10010, 10020 \(start with --no-demo; .*\)$/,
  ],
  [
    ["--listen=127.0.0.1:0", "--qq-listen=0.0.0.0:0"],
    /^Cannot use --qq-listen: must be on loopback while accounts have the password demo, got 0\.0\.0\.0:0 and 10000, /,
  ],
  [
    [...PUBLIC, "--no-demo", "--data=/dev/null"],
    /^Cannot use the data folder "\/dev\/null": /,
  ],
];

for (const [args, message] of REFUSED) {
  Deno.test(`access: ${args.join(" ")} is refused with exit code 2`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      await using program = new Program({
        args: [`serve`, `--data=${folder}`, ...args],
      });
      const { code, stdout, stderr } = await program.output();
      const [line, ...more] = stderr.split("\n");
      assertEquals([code, stdout, more], [2, "", [""]]);
      assertMatch(line!.replace(/^tqq: /, ""), message);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
