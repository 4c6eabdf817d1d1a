/** A session with known secrets, and where they are not found again: logs, metrics, answers, frames, files. @module */

import { targetId } from "../../bridge/targets/target.ts";
import { md5Hex } from "../../mod.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { OldClient } from "../support/old_client.ts";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { runMain } from "../support/run_main.ts";

const UIN = "10007";
const PASSWORD = "correct-horse-battery";
const CHANGED = "staple-of-another-horse";
const WRONG_PASSWORD = "not-the-password-at-all";
const ADMINISTRATOR = "administrator-0123456789-abcdefghijk";
const WRONG_TOKEN = "wrong-0123456789-abcdefghijklmnopqrs";
const KEY = "a key that nobody guesses";
const ENV = { TQQ_SECRET_KEY: KEY, TQQ_TOKEN: ADMINISTRATOR };

/** All texts that leave the program, each with its source, and the secrets that must not be in them. */
class Texts {
  readonly #secrets = new Map<string, string>();
  readonly #texts: [where: string, text: string][] = [];

  /** Something that must be found nowhere. */
  secret(name: string, text: string): void {
    this.#secrets.set(name, text.toLowerCase());
  }

  /** Something that somebody can read. */
  add(where: string, text: string): void {
    this.#texts.push([where, text.toLowerCase()]);
  }

  /** All files of a folder, byte by byte. */
  async files(what: string, folder: string): Promise<void> {
    const decoder = new TextDecoder("latin1");
    for await (const { name, isFile } of Deno.readDir(folder)) {
      // The control socket keeps nothing.
      if (!isFile) continue;
      const bytes = await Deno.readFile(`${folder}/${name}`);
      this.add(`${what}: ${name}`, decoder.decode(bytes));
    }
  }

  /** Fails where a secret is found, and names only where. */
  assertNone(): void {
    const found = this.#texts.flatMap(([where, text]) =>
      [...this.#secrets].filter(([, secret]) => text.includes(secret))
        .map(([name]) => `${name} in ${where}`)
    );
    assertEquals([...new Set(found)], []);
  }

  /** How much was looked through. */
  get characters(): number {
    return this.#texts.reduce((sum, [, { length }]) => sum + length, 0);
  }
}

function textsWithSecrets(): Texts {
  const texts = new Texts();
  const secrets = { PASSWORD, CHANGED, WRONG_PASSWORD };
  for (const [name, password] of Object.entries(secrets)) {
    texts.secret(name, password);
    texts.secret(`the MD5 of ${name}`, md5Hex(password));
  }
  texts.secret("the MD5 of the demo's password", md5Hex("demo"));
  texts.secret("KEY", KEY);
  texts.secret("ADMINISTRATOR", ADMINISTRATOR);
  texts.secret("WRONG_TOKEN", WRONG_TOKEN);
  return texts;
}

/** Runs a sub-command; gives what it wrote to standard output. */
async function run(
  texts: Texts,
  args: string[],
  given: { stdin?: string; env?: Record<string, string>; hands?: boolean } = {},
): Promise<string> {
  const { out, err } = await runMain(args, given);
  const where = args.slice(0, 2).join(" ");
  texts.add(`errors of ${where}`, err.join("\n"));
  if (!given.hands) texts.add(`output of ${where}`, out.join("\n"));
  return out.join("\n");
}

/** Asks over HTTP, and notes head and body of the answer. */
async function ask(
  texts: Texts,
  url: string,
  init: RequestInit & { token?: string } = {},
): Promise<{ status: number; text: string }> {
  const { token, ...rest } = init;
  const response = await fetch(url, {
    ...rest,
    headers: {
      "content-type": "application/json",
      ...token === undefined ? {} : { authorization: `Bearer ${token}` },
    },
  });
  const text = await response.text();
  const head = [...response.headers].map((pair) => pair.join(": "));
  const where = `answer of ${new URL(url).pathname} (${response.status})`;
  texts.add(where.replace(ADMINISTRATOR, "X"), [...head, text].join("\n"));
  return { status: response.status, text };
}

const TARGET = {
  kind: "hook",
  url: `http://127.0.0.1:9/?key=${PASSWORD}`,
  enabled: false,
} as const;

/** What is asked, and how it must end: whatever fails must not tell why in the secret's own words. */
const COMMANDS: [command: string, params: unknown, code: string][] = [
  ["changeAccount", { uin: UIN, password: CHANGED }, "ok"],
  ["addAccount", { uin: UIN, password: PASSWORD }, "already_exists"],
  ["addAccount", { uin: "1", password: PASSWORD }, "bad_params"],
  ["addAccount", { uin: UIN, password: PASSWORD.repeat(60) }, "bad_params"],
  ["addAccount", { uin: UIN, password: [PASSWORD] }, "bad_params"],
  ["addAccount", { uin: UIN, passwort: PASSWORD }, "bad_params"],
  ["addAccount", PASSWORD, "bad_frame"],
  ["revokeToken", { name: ADMINISTRATOR }, "bad_params"],
  ["login", { password: PASSWORD }, "bad_params"],
  ["setTarget", { ...TARGET, accessToken: PASSWORD, secret: PASSWORD }, "ok"],
  ["setTarget", { ...TARGET, secret: PASSWORD }, "already_exists"],
  ["setTarget", { ...TARGET, url: PASSWORD }, "bad_params"],
  ["targets", {}, "ok"],
  ["removeTarget", { id: targetId("hook", TARGET) }, "ok"],
  ["accounts", {}, "ok"],
];

const STATUSES: Record<string, number> = { ok: 200, already_exists: 409 };

/** Over a WebSocket: commands, `raw` with a password, frames that are none. */
async function overSocket(texts: Texts, port: number, token: string) {
  using socket = await RawSocket.open(port, "/ws");
  const next = async () => {
    const frame = await socket.json();
    texts.add(`frame ${frame.type}`, JSON.stringify(frame));
    return frame;
  };
  const result = async (id: unknown) => {
    for (;;) {
      const frame = await next();
      if (frame.type === "result" && frame.id === id) {
        return frame.ok ? "ok" : frame.error.code;
      }
    }
  };
  /** What an error frame says; events may come before it. */
  const error = async () => {
    for (;;) {
      const frame = await next();
      if (frame.error !== undefined) return frame.error.code;
    }
  };
  await socket.send({ type: "hello", token });
  assertEquals((await next()).type, "welcome");
  for (const [command, params, code] of COMMANDS) {
    const account = command === "login" ? { account: UIN } : {};
    await socket.send({ type: "command", id: 1, command, ...account, params });
    assertEquals([command, await result(1)], [command, code]);
  }
  const login = { PS: md5Hex(PASSWORD), M5: "1", LC: "9326B87B234E7235" };
  for (const fields of [login, { PS: WRONG_PASSWORD, M5: "0" }]) {
    await socket.send({
      type: "command",
      id: "raw",
      account: "10001",
      command: "raw",
      params: { cmd: "Login", fields },
      key: `key-${fields.PS.length}`,
    });
    await result("raw");
  }
  await socket.send(`{"type":"hello","token":"${ADMINISTRATOR}`);
  assertEquals(await error(), "bad_frame");
  await socket.send(JSON.stringify(ADMINISTRATOR));
  assertEquals(await error(), "bad_frame");
}

/** Over HTTP: every path, right and wrong tokens in the ways that there are. */
async function overHttp(texts: Texts, http: string, token: string) {
  for (
    const path of [
      "/healthz",
      "/readyz",
      "/metrics",
      "/asyncapi.json",
      "/openapi.json",
      "/",
      "/app.js",
      "/mod.ts",
      `/nothing/${ADMINISTRATOR}`,
    ]
  ) {
    await ask(texts, http + path, { token });
    await ask(texts, `${http}${path}?access_token=${ADMINISTRATOR}`);
  }
  // At once: wrong tokens are answered later and later.
  await Promise.all([
    ask(texts, `${http}/readyz`, { token: WRONG_TOKEN }),
    ask(texts, `${http}/metrics?access_token=${WRONG_TOKEN}`),
    ask(texts, `${http}/api/ping?access_token=${PASSWORD}`, { method: "POST" }),
  ]);
  const post = (command: string, body: string) =>
    ask(texts, `${http}/api/${command}`, { method: "POST", token, body });
  for (const [command, params, code] of COMMANDS) {
    const body = typeof params === "object"
      ? { ...params, ...command === "login" ? { account: UIN } : {} }
      : params;
    const { status } = await post(command, JSON.stringify(body));
    assertEquals([command, status], [command, STATUSES[code] ?? 400]);
  }
  await post("addAccount", `{"password":"${PASSWORD}",`);
}

/** Where a program serves that logs as text. */
async function httpOf(program: Program): Promise<string> {
  const ready = /^tqq is ready: (\S+)$/m;
  return ready.exec(await program.said(ready))![1]!;
}

Deno.test("secrets: no log, metric, response, frame or file contains one", async () => {
  const texts = textsWithSecrets();
  const folder = await Deno.makeTempDir();
  const data = `--data=${folder}`;
  const start = (...more: string[]) =>
    new Program({
      args: serveArgs(
        folder,
        "--log-level=debug",
        "--qq-send-gap-ms=0",
        "--qq-penalty-ms=0",
        ...more,
      ),
      env: ENV,
    });
  try {
    // The folder's first passwords lie there in the clear, until there is a key.
    await run(texts, ["account", "add", UIN, data], { stdin: PASSWORD });
    {
      await using program = start();
      const { http, qq } = await program.ready();
      const second = await run(texts, ["token", "add", "second", data], {
        hands: true,
      });
      texts.secret("the second token", second);
      const created = await fetch(`${http}/api/createToken`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${ADMINISTRATOR}`,
          "content-type": "application/json",
        },
        body: '{"name":"third"}',
      });
      const { token: third } = await created.json();
      texts.secret("the third token", third);

      await overSocket(texts, Number(new URL(http!).port), second);
      await overHttp(texts, http!, third);
      const client = new OldClient(qq!, UIN);
      texts.add("a wrong login", await client.login(WRONG_PASSWORD));
      texts.add("a login", await client.login(CHANGED));
      for (
        const args of [
          ["account", "list", "--json"],
          ["account", "add", "1"],
          ["token", "list", "--json"],
          ["token", "revoke", ADMINISTRATOR],
          ["token", "revoke", "third"],
          ["doctor", "--listen=127.0.0.1:0", "--qq-listen=127.0.0.1:0"],
        ]
      ) await run(texts, [...args, data], { env: ENV, stdin: PASSWORD });
      program.kill("SIGKILL");
      const { stdout, stderr } = await program.output();
      texts.add("standard output", stdout);
      texts.add("the log as JSON", stderr);
      assert(stderr.includes('"connection":'), "connections have ids");
      assert(stderr.includes(`"account":"${UIN}"`), "accounts are named");
      await texts.files("after kill -9", folder);
    }
    {
      await using program = start("--log-format=text");
      const http = await httpOf(program);
      await overHttp(texts, http, ADMINISTRATOR);
      program.kill("SIGTERM");
      const { code, stdout, stderr } = await program.output();
      assertEquals(code, 0);
      texts.add("standard output", stdout);
      texts.add("the log as text", stderr);
      await texts.files("after SIGTERM", folder);
    }
    texts.assertNone();
    assert(texts.characters > 100_000, "too little was looked through");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** What a server may answer that has the password's hash in it. */
const ECHOES: [what: string, answer: (body: string) => Response][] = [
  ["the request", (body) => new Response(body)],
  ["the request as a reply", (body) => new Response(`${body}&RES=0&RS=0`)],
  ["a refusal that contains it", (body) => loginReply(body, "RS=1&RA=no ")],
  ["a number that is it", (body) => loginReply(body, "RS=0&LI=300&HI=")],
  ["another status", (body) => new Response(body, { status: 500 })],
  [
    "another place",
    (body) =>
      new Response(null, { status: 302, headers: { location: `/?${body}` } }),
  ],
];

/** A reply to a login that ends with the hash that it was sent. */
function loginReply(body: string, fields: string): Response {
  const request = new URLSearchParams(body);
  const [seq, hash] = [request.get("SEQ"), request.get("PS")];
  return new Response(
    `VER=1.1&CMD=Login&SEQ=${seq}&UIN=${UIN}&RES=0&${fields}${hash}`,
  );
}

Deno.test("secrets: nothing contains one that a QQ server sends back", async () => {
  await Promise.all(ECHOES.map(async ([what, answer]) => {
    const texts = textsWithSecrets();
    const folder = await Deno.makeTempDir();
    const asked = Promise.withResolvers<string>();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        const body = await request.text();
        asked.resolve(body);
        return answer(body);
      },
    );
    try {
      const env = ENV;
      await run(texts, ["account", "add", UIN, `--data=${folder}`], {
        stdin: PASSWORD,
        env,
      });
      await using program = new Program({
        args: [
          "serve",
          "--listen=127.0.0.1:0",
          `--upstream=http://127.0.0.1:${server.addr.port}/`,
          `--data=${folder}`,
          "--log-level=debug",
        ],
        env,
      });
      const http = await httpOf(program);
      assertStringIncludes(await asked.promise, md5Hex(PASSWORD));
      const { port } = new URL(http);
      using socket = await RawSocket.open(
        Number(port),
        `/ws?access_token=${ADMINISTRATOR}`,
      );
      assertEquals((await socket.json()).type, "welcome");
      await socket.send({
        type: "command",
        id: 1,
        account: UIN,
        command: "login",
        params: {},
      });
      for (;;) {
        const frame = await socket.json();
        texts.add(`frame ${frame.type}`, JSON.stringify(frame));
        if (frame.type === "result") break;
      }
      for (const command of ["history", "accounts"]) {
        const body = command === "history" ? { account: UIN } : {};
        await ask(texts, `${http}/api/${command}`, {
          method: "POST",
          token: ADMINISTRATOR,
          body: JSON.stringify(body),
        });
      }
      for (const path of ["/readyz", "/metrics"]) {
        await ask(texts, http + path, { token: ADMINISTRATOR });
      }
      program.kill("SIGTERM");
      const { stdout, stderr } = await program.output();
      texts.add(`standard output (${what})`, stdout);
      texts.add(`the log (${what})`, stderr);
      await texts.files(what, folder);
      texts.assertNone();
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }));
});
