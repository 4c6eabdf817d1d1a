/** What the program said in a session with everything in it is what its documents say. @module */

import { hasAccount } from "../../bridge/commands/table.ts";
import {
  COMMAND_EXAMPLES,
  EXAMPLE_NAMES,
} from "../support/command_examples.ts";
import {
  type BridgeCommandData,
  type BridgeCommandName,
  CLOSE_CODES,
  COMMAND_SCOPES,
  ERROR_CODES,
  EVENT_NAMES,
  md5Hex,
} from "../../mod.ts";
import { addDemo, createServer } from "../../lib/server/mod.ts";
import { HTTP_CODES } from "../../bridge/errors/http_status.ts";
import { assertEquals } from "@std/assert";
import { EVENT_ROWS } from "../support/event_examples.ts";
import {
  type ApiDocument,
  DocumentSchemas,
} from "../support/document_schemas.ts";
import { FrameSchema } from "../support/frame_schema.ts";
import { targetId } from "../../bridge/targets/target.ts";
import { Program } from "../support/program.ts";
import { RawSocket } from "../support/raw_socket.ts";

const TOKEN = "the-token-of-this-test";

type Frame = Record<string, unknown> & {
  type: string;
  id?: unknown;
  ok?: boolean;
  data?: unknown;
  event?: string;
  error?: { code: string };
};

/** A QQ server with four accounts, and a say in what 10001 is answered. */
async function startServer() {
  const qq = createServer({ sendGapMs: 0, penaltyMs: 0 });
  await addDemo(qq);
  const account = { passwordMd5: md5Hex("demo"), friends: [] };
  await qq.createAccount({ ...account, uin: "10003", policy: "verify" });
  await qq.createAccount({ ...account, uin: "10004", policy: "anybody" });
  // What no server of ours says; each is the answer to one poll of 10001.
  const mail = EVENT_ROWS.flatMap(([, { mail }]) => mail ?? []);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const body = await request.clone().text();
      const seq = /&SEQ=(\d+)/.exec(body)?.[1];
      const wanted = /CMD=Say&.*WANT=(\w+)/.exec(body)?.[1];
      if (wanted !== undefined) {
        await request.body?.cancel();
        return new Response(
          `VER=1.1&CMD=Say&SEQ=${seq}&UIN=10001&RES=${wanted}`,
        );
      }
      const isPoll = /CMD=GetMsgEx&.*UIN=10001/.test(body);
      const fields = isPoll ? mail.shift() : undefined;
      if (fields === undefined) return await qq.fetch(request);
      await request.body?.cancel();
      const [key, prefer] = ["Idempotency-Key", "Prefer"].map((name) =>
        request.headers.get(name)
      );
      return new Response(
        `VER=1.1&CMD=GetMsgEx&SEQ=${seq}&UIN=10001&RES=0&${fields}`,
        {
          headers: {
            ...key && { "Idempotency-Key": key },
            ...prefer && { "Preference-Applied": prefer },
          },
        },
      );
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    async [Symbol.asyncDispose]() {
      await qq.close();
      await server.shutdown();
    },
  };
}

/** A connection that notes each frame. */
class Recorder {
  readonly frames: Frame[] = [];
  readonly #socket: RawSocket;
  readonly #waiting = new Set<() => void>();

  constructor(socket: RawSocket) {
    this.#socket = socket;
    this.ended = this.#read();
  }

  /** Ends with the connection. */
  readonly ended: Promise<void>;

  /** The first frame that fits, now or later. */
  async first(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const frame = this.frames.find(fits);
      if (frame !== undefined) return frame;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  /** The first event of a name. */
  event(name: string): Promise<Frame> {
    return this.first(({ event }) => event === name);
  }

  /** Sends a frame, and gives the result with its id. */
  async ask(frame: Record<string, unknown>): Promise<Frame> {
    await this.#socket.send(frame);
    return await this.first(({ type, id }) =>
      type === "result" && id === frame.id
    );
  }

  async #read(): Promise<void> {
    for (;;) {
      const frame = await this.#socket.json().catch(() => undefined);
      if (frame === undefined) return;
      this.frames.push(frame);
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const wake of waiting) wake();
    }
  }
}

/** A step of the session: who does what, and the event that it is waited for. */
type Step = [
  command: BridgeCommandName,
  account: string | undefined,
  params: object,
  event?: string,
];

const TARGET = { kind: "hook", url: "http://127.0.0.1:9/" } as const;

const STEPS: Step[] = [
  ["accounts", undefined, {}],
  ["ping", undefined, {}],
  ["send", "10001", { to: "10002", text: "你好 & = , %" }, "message"],
  ["send", "10003", { to: "10001", text: "a stranger" }, "message.stranger"],
  ["setStatus", "10002", { status: "busy" }, "presence"],
  [
    "addFriend",
    "10003",
    { uin: "10001", reason: "it is me" },
    "friend.request",
  ],
  [
    "answerRequest",
    "10001",
    { uin: "10003", answer: "accept" },
    "friend.accepted",
  ],
  ["addFriend", "10002", { uin: "10003", reason: "and me" }],
  ["addFriend", "10001", { uin: "10004" }, "friend.added"],
  ["friends", "10001", {}],
  ["onlineFriends", "10001", {}],
  ["profile", "10001", { uin: "10002" }],
  ["profile", "10001", { uin: "10002", level: 1 }],
  ["profile", "10001", { uin: "10002", level: 3 }],
  ["search", "10001", { sex: "male" }],
  ["history", "10001", {}],
  ["raw", "10001", { cmd: "List", fields: {} }],
  ["removeFriend", "10001", { uin: "10004" }],
  ["logout", "10004", {}],
  ["login", "10004", {}],
  ["consumers", undefined, {}],
  ["setConsumer", undefined, { id: "admin/gone", position: "oldest" }],
  ["removeConsumer", undefined, { id: "admin/gone" }],
  ["setTarget", undefined, { ...TARGET, enabled: false }],
  ["targets", undefined, {}],
  ["removeTarget", undefined, { id: targetId(TARGET.kind, TARGET) }],
  ["createToken", undefined, { name: "made", scopes: ["read"] }],
  ["revokeToken", undefined, { name: "made" }],
  ["addAccount", undefined, { uin: "10009", password: "nobody has it" }],
  ["changeAccount", undefined, { uin: "10009", nickname: "nine" }],
  ["removeAccount", undefined, { uin: "10009" }],
];

/** Commands that the session needs nowhere, once each. */
STEPS.push(
  ...EXAMPLE_NAMES.filter((name) => !STEPS.some(([step]) => step === name))
    .map((name): Step => [
      name,
      hasAccount(name) ? "10001" : undefined,
      COMMAND_EXAMPLES[name].params,
    ]),
);

/** Has the server answer with a RES. */
function say(wanted: string): Record<string, unknown> {
  const params = { cmd: "Say", fields: { WANT: wanted } };
  return { type: "command", command: "raw", account: "10001", params };
}

/** Frames that are answered with an error, and with which. */
const WRONG: [frame: Record<string, unknown>, code: string][] = [
  [{ type: "nothing" }, "bad_frame"],
  [{ type: "command", command: "dance" }, "unknown_command"],
  [{ type: "command", command: "send", params: {} }, "bad_params"],
  [
    { type: "command", command: "friends", account: "77777" },
    "unknown_account",
  ],
  [
    { type: "command", command: "friends", account: "10004" },
    "not_logged_in",
  ],
  [say("5"), "invalid_uin"],
  [say("none"), "outcome_unknown"],
  [say("3"), "penalised"],
];

/** Requests that are answered with a problem, and which. */
const PROBLEMS: [path: string, init: RequestInit, code: string][] = [
  ["/api/dance", { method: "POST" }, "unknown_command"],
  ["/api/send", { method: "POST", body: "{}" }, "unsupported_media_type"],
  ["/api/send", { method: "POST" }, "bad_params"],
  ["/nowhere", {}, "not_found"],
  ["/metrics", { method: "PUT" }, "method_not_allowed"],
  ["/ws", {}, "upgrade_required"],
];

/** The id of the connection that filters events. */
async function otherOf(
  command: (name: string, account: undefined, params: object) => Promise<Frame>,
): Promise<string> {
  const { data } = await command("connections", undefined, {}) as Frame & {
    data: BridgeCommandData<"connections">;
  };
  return data.connections.find(({ events }) => events !== undefined)!.id;
}

Deno.test("recorded frames: match the API documents", async () => {
  const folder = await Deno.makeTempDir();
  await using server = await startServer();
  await using program = new Program({
    args: [
      "serve",
      "--listen=127.0.0.1:0",
      `--upstream=${server.url}`,
      `--data=${folder}`,
      "--log-format=json",
    ],
    env: { TQQ_TOKEN: TOKEN },
  });
  try {
    const http = (await program.ready()).http!;
    const port = Number(new URL(http).port);
    const get = async (path: string) => {
      const response = await fetch(`${http}${path}?access_token=${TOKEN}`);
      return { status: response.status, body: await response.json() };
    };
    const asyncapi: ApiDocument = (await get("/asyncapi.json")).body;
    const openapi: ApiDocument = (await get("/openapi.json")).body;
    using socket = await RawSocket.open(port, `/ws?access_token=${TOKEN}`);
    const recorder = new Recorder(socket);
    for (const name of ["gone", "other"]) {
      using consumer = await RawSocket.open(
        port,
        `/ws?access_token=${TOKEN}&consumer=${name}`,
      );
      await consumer.json();
    }
    let id = 0;
    const command = (
      command: string,
      account: string | undefined,
      params: object,
    ) =>
      recorder.ask({
        type: "command",
        id: id++,
        command,
        params,
        ...account === undefined ? {} : { account },
      });
    for (const uin of ["10001", "10002", "10003", "10004"]) {
      await command("addAccount", undefined, { uin, password: "demo" });
      await recorder.first(({ account, data }) =>
        account === uin && (data as { state?: string })?.state === "online"
      );
    }
    const results: [string, unknown][] = [];
    using other = await RawSocket.open(
      port,
      `/ws?access_token=${TOKEN}&events=unknown`,
    );
    await other.json();
    for (const [name, account, given, event] of STEPS) {
      const params = name === "disconnect"
        ? { connection: await otherOf(command) }
        : given;
      const { ok, data, error } = await command(name, account, params);
      assertEquals([name, ok, error], [name, true, undefined]);
      results.push([name, data]);
      if (event !== undefined) await recorder.event(event);
    }
    await recorder.first(({ event, account }) =>
      event === "friend.request" && account === "10003"
    );
    const refusal = { uin: "10002", answer: "refuse", reason: "no" };
    await command("answerRequest", "10003", refusal);
    await recorder.event("friend.refused");
    await recorder.first(({ event, data }) =>
      event === "unknown" && "raw" in (data as object)
    );
    await command("logout", "10004", {});
    for (const [frame, code] of WRONG) {
      const { error } = await recorder.ask({ id: `wrong-${id++}`, ...frame });
      assertEquals([frame, error?.code], [frame, code]);
    }
    for (
      const after of [{ epoch: "other", seq: 1 }, {
        epoch: (recorder.frames[0] as { epoch?: string }).epoch,
        seq: 1e6,
      }]
    ) {
      const { ok } = await recorder.ask({ type: "subscribe", id: id++, after });
      assertEquals(ok, true);
    }
    await recorder.first(({ type, reason }) =>
      type === "gap" && reason === "ahead"
    );

    // Every event, every command, both answers of a command, both kinds of gap.
    const events = new Set(recorder.frames.map(({ event }) => event));
    assertEquals(EVENT_NAMES.filter((name) => !events.has(name)), []);
    assertEquals(
      Object.keys(COMMAND_SCOPES).filter((name) =>
        !results.some(([command]) => command === name)
      ),
      [],
    );
    const schema = new FrameSchema(asyncapi);
    for (const frame of recorder.frames) schema.assertFrame(frame);
    const documents = [asyncapi, openapi]
      .map((document) => new DocumentSchemas(document));
    const [, overHttp] = documents;
    for (const [name, data] of results) {
      for (const one of documents) one.assertValid(dataName(name), data);
    }

    for (const [name, account, params] of STEPS) {
      if (COMMAND_SCOPES[name] !== "read") continue;
      const response = await fetch(`${http}/api/${name}`, {
        method: "POST",
        body: JSON.stringify({ ...params, ...account && { account } }),
        headers: {
          "authorization": `Bearer ${TOKEN}`,
          "content-type": "application/json",
        },
      });
      const body = await response.json();
      assertEquals([name, response.status], [name, 200]);
      overHttp!.assertValid(dataName(name), body);
    }
    for (
      const [path, name] of [
        ["/healthz", "Health"],
        ["/readyz", "Readiness"],
      ] as const
    ) {
      const answer = await get(path);
      assertEquals([path, answer.status], [path, 200]);
      overHttp!.assertValid(name, answer.body);
    }
    for (const [path, init, code] of PROBLEMS) {
      const url = `${http}${path}?access_token=${TOKEN}`;
      const response = await fetch(url, init);
      const type = response.headers.get("content-type");
      const body = await response.json();
      assertEquals(
        [path, type, body.code],
        [path, "application/problem+json", code],
      );
      assertEquals(
        [body.type, body.status, typeof body.title, typeof body.detail],
        ["about:blank", response.status, "string", "string"],
      );
    }
    await socket.frame(8, new Uint8Array([3, 232]));
    await recorder.ended;
  } finally {
    await program[Symbol.asyncDispose]();
    await Deno.remove(folder, { recursive: true });
  }
});

/** The name of the schema of a command's result. */
function dataName(command: string): string {
  return `${command.charAt(0).toUpperCase()}${command.slice(1)}Data`;
}

/** Where a test may stand that produces a code of ours. */
const WITNESSES = [
  "bridge/",
  "bridge/gateway/",
  "bridge/http_server/",
  "bridge/schemas/",
  "bridge/access/",
  "bridge/commands/",
  "bridge/hub/",
  "bridge/upstream/",
  "bridge/core/",
  "contract/",
  "e2e/",
];

/** What holds tables and documents against each other produces nothing. */
const NO_WITNESS = /(documents|schemas|metrics|health)_test\.ts$/;

async function witnesses(): Promise<string[]> {
  const texts: string[] = [];
  for (const folder of WITNESSES) {
    const url = new URL(`../${folder}`, import.meta.url);
    for await (const { name } of Deno.readDir(url)) {
      if (!/_(test|cases)\.ts$/.test(name) || NO_WITNESS.test(name)) continue;
      texts.push(await Deno.readTextFile(new URL(name, url)));
    }
  }
  return texts;
}

/** How a test says that it expects each code. */
const EXPECTED: [code: string, pattern: RegExp][] = [
  ...[...Object.keys(ERROR_CODES), ...Object.keys(HTTP_CODES)].map((
    code,
  ): [string, RegExp] => [code, new RegExp(`"${code}"`)]),
  // After what reads how a connection was closed, or at the end of a table's row.
  ...Object.keys(CLOSE_CODES).map((code): [string, RegExp] => [
    code,
    new RegExp(
      `assert.*\\bclose(d\\b|Code\\b).*\\b${code}\\b|^ .*, ${code}\\],$`,
      "m",
    ),
  ]),
];

Deno.test("recorded frames: a test produces every error code and close code", async () => {
  const texts = await witnesses();
  assertEquals(
    EXPECTED.filter(([, pattern]) => !texts.some((text) => pattern.test(text)))
      .map(([code]) => code),
    [],
  );
});
