/** A session with known secrets, which then are looked for wherever the program writes or answers. @module */

import { md5Hex } from "../../mod.ts";
import { assert, assertEquals, assertStringIncludes } from "../deps.ts";
import { OldClient } from "../support/old_client.ts";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket } from "../support/raw_socket.ts";

const PASSWORD = "correct horse battery 10005";
const OTHER_PASSWORD = "staple of another 10006";
const ADMINISTRATOR = "aDm1nistrat0rs-token-of-the-session";
const SECRET_KEY = "the key that encrypts what is at rest";
const WRONG_TOKEN = "a-token-that-was-mistyped-by-one";

/** All that was written or answered, by where. */
class Haul {
  readonly #texts: [where: string, text: string][] = [];

  add(where: string, text: string): void {
    this.#texts.push([where, text]);
  }

  /** Every file of a folder, byte by byte. */
  async addFiles(folder: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(folder)) {
      names.push(name);
      const bytes = await Deno.readFile(`${folder}/${name}`);
      this.add(`file ${name}`, new TextDecoder("latin1").decode(bytes));
    }
    return names;
  }

  /** Where a text is found, in either case. */
  find(secret: string): string[] {
    const wanted = secret.toLowerCase();
    return this.#texts.filter(([, text]) => text.toLowerCase().includes(wanted))
      .map(([where]) => where);
  }
}

/** The program, and what it answers. */
class Session {
  readonly haul = new Haul();
  constructor(readonly http: string) {}

  async ask(path: string, init: RequestInit = {}): Promise<string> {
    const response = await fetch(`${this.http}${path}`, init);
    const text = await response.text();
    const headers = [...response.headers].flat().join("\n");
    this.haul.add(`answer to ${path.split("?")[0]}`, `${headers}\n${text}`);
    return text;
  }

  command(name: string, body: object, token = ADMINISTRATOR): Promise<string> {
    return this.ask(`/api/${name}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
      },
    });
  }

  /** Says some frames over a WebSocket, and keeps what is answered. */
  async say(query: string, ...frames: unknown[]): Promise<void> {
    using socket = await RawSocket.open(
      Number(new URL(this.http).port),
      `/ws${query}`,
    );
    for (const frame of frames) await socket.send(frame);
    await socket.send({ type: "command", id: "last", command: "ping" });
    for (;;) {
      const frame = await socket.next();
      if (frame === undefined || frame.opcode === 8) return;
      const text = new TextDecoder().decode(frame.payload);
      this.haul.add("frame", text);
      if (text.includes('"id":"last"')) return;
    }
  }
}

async function run(session: Session, qq: string): Promise<string> {
  const account = { account: "10005" };
  await session.command("addAccount", { uin: "10005", password: PASSWORD });
  await session.command("addAccount", { uin: "10005", password: { PASSWORD } });
  const made = await fetch(`${session.http}/api/createToken`, {
    method: "POST",
    body: JSON.stringify({ name: "made", scopes: ["read", "send"] }),
    headers: {
      authorization: `Bearer ${ADMINISTRATOR}`,
      "content-type": "application/json",
    },
  });
  // Told this once, to who asked for it.
  const { token } = await made.json();
  const paths = ["/metrics", "/readyz", "/events?after=none", "/nowhere", "/"];
  for (const known of [ADMINISTRATOR, token, WRONG_TOKEN]) {
    // At once: wrong ones are answered late.
    await Promise.all([
      ...paths.map((path) =>
        session.ask(
          `${path}${path.includes("?") ? "&" : "?"}access_token=${known}`,
        )
      ),
      session.command("friends", account, known),
      session.command("nonsense", { ...account, [known]: known }, known),
      session.say("", { type: "hello", token: known }),
      session.say("", { type: "hello", token: [known] }),
    ]);
  }
  const command = { type: "command", ...account };
  await session.say(
    `?access_token=${token}`,
    "{",
    { type: "hello", token },
    {
      ...command,
      id: 1,
      command: "profile",
      params: { uin: "10005", level: 9 },
    },
    { ...command, id: 2, command: "profile", params: { uin: "10005" } },
  );
  await session.say(
    `?access_token=${ADMINISTRATOR}`,
    {
      ...command,
      id: 1,
      command: "raw",
      params: { cmd: "Login", fields: { PS: md5Hex(PASSWORD) } },
    },
    {
      ...command,
      id: 2,
      command: "raw",
      params: { cmd: "Login", fields: { PS: md5Hex("wrong") } },
    },
    {
      type: "command",
      id: 3,
      command: "addAccount",
      params: { uin: "x", password: OTHER_PASSWORD },
    },
    {
      type: "command",
      id: 4,
      command: "addAccount",
      params: { uin: "10006", password: OTHER_PASSWORD },
    },
    { type: "command", id: 5, command: "accounts" },
    { ...command, id: 6, command: "history" },
    {
      type: "command",
      id: 7,
      command: "revokeToken",
      params: { name: "made" },
    },
  );
  const old = new OldClient(qq, "10006");
  for (const password of [OTHER_PASSWORD, PASSWORD]) {
    session.haul.add("the QQ server", await old.login(password));
  }
  await session.ask("/metrics", {
    headers: { authorization: `Bearer ${ADMINISTRATOR}` },
  });
  return token;
}

Deno.test("no secret is in a log, a metric, an error, a frame or a file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, "--log-level=debug", "--qq-send-gap-ms=0"),
      env: { TQQ_TOKEN: ADMINISTRATOR, TQQ_SECRET_KEY: SECRET_KEY },
    });
    const { http, qq } = await program.ready();
    const session = new Session(http!);
    const { haul } = session;
    const token = await run(session, qq!);
    const names = await haul.addFiles(folder);
    for (const name of ["bridge.db", "journal.db", "qq.db", "running.json"]) {
      assert(names.includes(name), `${name} was looked at`);
    }
    program.kill("SIGTERM");
    const { code, stdout, stderr } = await program.output();
    assertEquals(code, 0);
    haul.add("standard output", stdout);
    haul.add("log", stderr);
    await haul.addFiles(folder);

    // The session was one: what is looked for could have been there.
    assertStringIncludes(stderr, '"account":"10005","state":"online"');
    assertStringIncludes(stderr, "A token was wrong");
    assert(
      haul.find("unauthorized").length > 0 &&
        haul.find("bad_params").length > 0,
    );
    const secrets = {
      password: PASSWORD,
      "its MD5": md5Hex(PASSWORD),
      "another password": OTHER_PASSWORD,
      "its MD5 too": md5Hex(OTHER_PASSWORD),
      "the administrator's token": ADMINISTRATOR,
      "a token that was made": token,
      "a wrong token": WRONG_TOKEN,
      "the secret key": SECRET_KEY,
    };
    for (const [what, secret] of Object.entries(secrets)) {
      assertEquals([what, haul.find(secret)], [what, []]);
      const packed = secret.length === 32 && /^[\da-f]+$/.test(secret)
        ? String.fromCharCode(
          ...secret.match(/../g)!.map((pair) => parseInt(pair, 16)),
        )
        : btoa(secret);
      assertEquals([what, haul.find(packed)], [what, []]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
