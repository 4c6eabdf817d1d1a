/** Everything that the program listens to, with tens of thousands of inputs that no client means. @module */

import { Program, serveArgs } from "../support/program.ts";
import { RawSocket, upgradeHead } from "../support/raw_socket.ts";
import {
  ACTIONS,
  COMMANDS,
  FRAMES,
  METHODS,
  QQ_BODIES,
  SIGNALS,
} from "./grammar.ts";
import { Mutations } from "../property/mutations.ts";

/** How much of it. */
export interface FuzzOptions {
  /** The same gives the same inputs. */
  seed: number;
  /** Requests of HTTP, and as many frames and requests of QQ. */
  each: number;
}

/** What came of it. */
export interface FuzzOutcome {
  inputs: number;
  /** Answers by their status or code. */
  answers: Record<string, number>;
  /** What must not happen. */
  wrong: string[];
}

const ADMINISTRATOR = "fuzz-0123456789abcdef0123456789abcdef0123456";

/** Under way at a time. */
const AT_ONCE = 24;

/** How long an answer may take: the bridge's own deadline, and more. */
const PATIENCE_MS = 60_000;

/** Lines of the log that tell of what should not happen. */
const FAILED = /"level":"error"|Uncaught|panicked/;

/** Runs it against a program of its own. */
export async function fuzz({ seed, each }: FuzzOptions): Promise<FuzzOutcome> {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, "--log-level=error"),
      env: { TQQ_TOKEN: ADMINISTRATOR },
    });
    const { http, qq } = await program.ready();
    const stage = new Fuzz(
      Number(new URL(http!).port),
      Number(qq!.split(":")[1]),
      seed,
    );
    await stage.makeTokens(Math.ceil(each / 100));
    await stage.run(each);
    await stage.checkAlive();
    program.kill("SIGTERM");
    const { code, stderr } = await program.output();
    if (code !== 0) stage.wrong.push(`exit ${code}`);
    for (const line of stderr.split("\n")) {
      if (FAILED.test(line)) stage.wrong.push(line.slice(0, 500));
    }
    if (stage.hasToken(stderr)) stage.wrong.push("a token is in the log");
    const { inputs, answers, wrong } = stage;
    return { inputs, answers, wrong };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

type Try = () => Promise<void>;

class Fuzz {
  readonly answers: Record<string, number> = {};
  readonly wrong: string[] = [];
  inputs = 0;
  readonly #make: Mutations;
  readonly #tokens = [ADMINISTRATOR];

  constructor(
    readonly port: number,
    readonly qqPort: number,
    seed: number,
  ) {
    this.#make = new Mutations(seed);
  }

  /** A token has so many commands a minute: more of them go deeper. */
  async makeTokens(count: number): Promise<void> {
    for (let made = 0; made < count;) {
      using socket = await RawSocket.open(
        this.port,
        `/ws?access_token=${ADMINISTRATOR}&events=unknown`,
      );
      await socket.json();
      for (let left = 100; left > 0 && made < count; left--) {
        const scopes = this.#make.oneOf([
          ["read", "send"],
          ["read", "send"],
          ["read"],
          ["send"],
          ["read", "send", "manage"],
        ]);
        await socket.send({
          type: "command",
          id: made,
          command: "createToken",
          params: { name: `t${made++}`, scopes },
        });
        const { data, error } = await socket.json();
        if (data?.token === undefined) throw new Error(JSON.stringify(error));
        this.#tokens.push(data.token);
      }
    }
  }

  /** Whether a text repeats a token that the inputs carried. */
  hasToken(text: string): boolean {
    return this.#tokens.some((token) => text.includes(token));
  }

  async run(each: number): Promise<void> {
    const left: [count: number, one: Try][] = [
      [each, () => this.#request()],
      [each / 20, () => this.#socket()],
      [each, () => this.#qq()],
    ];
    const lanes = left.flatMap(([count, one]) => {
      let rest = Math.ceil(count);
      return Array.from({ length: AT_ONCE / left.length }, async () => {
        while (rest-- > 0) await this.#within(one);
      });
    });
    await Promise.all(lanes);
  }

  /** After all that it still does what it is for. */
  async checkAlive(): Promise<void> {
    const { status } = await fetch(`http://127.0.0.1:${this.port}/healthz`)
      .then((response) => response.json());
    if (status !== "ok") this.wrong.push(`healthz ${status}`);
    using socket = await RawSocket.open(
      this.port,
      `/ws?access_token=${ADMINISTRATOR}`,
    );
    const { type } = await socket.json();
    if (type !== "welcome") this.wrong.push(`no welcome: ${type}`);
  }

  async #within(one: Try): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((_, reject) => {
      timer = setTimeout(() => reject(new Error("no answer")), PATIENCE_MS);
    });
    try {
      await Promise.race([one(), late]);
    } catch (error) {
      this.wrong.push(String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  #count(answer: string): void {
    this.answers[answer] = (this.answers[answer] ?? 0) + 1;
  }

  async #request(): Promise<void> {
    this.inputs++;
    const head = this.#head();
    using socket = await RawSocket.connect(this.port);
    await socket.write(head).catch(() => {});
    const { status, head: answer } = await socket.head();
    this.#count(`http ${status}`);
    if (status === 500 || status > 504) {
      this.wrong.push(`${answer.slice(0, 200)} <- ${shown(head)}`);
    }
  }

  #head(): string {
    const make = this.#make;
    const [method, path, body] = this.#target();
    const token = make.oneOf(this.#tokens);
    const headers: [string, string][] = [
      ["Host", `127.0.0.1:${this.port}`],
      ["Connection", "close"],
    ];
    let target = path;
    switch (make.below(8)) {
      case 0:
        target += `${path.includes("?") ? "&" : "?"}access_token=${token}`;
        break;
      case 1:
        headers.push(["Cookie", `tqq_token_${this.port}=${token}; a=%; b=%FF`]);
        headers.push(["Origin", `http://127.0.0.1:${this.port}`]);
        break;
      default:
        headers.push(["Authorization", `Bearer ${token}`]);
    }
    if (body !== undefined) {
      headers.push(["Content-Type", make.oneOf(TYPES)]);
      headers.push([
        "Content-Length",
        `${new TextEncoder().encode(body).length}`,
      ]);
    }
    if (make.chance(30)) headers.push(make.oneOf(HEADERS));
    let head = [
      `${method} ${target} HTTP/1.1\r\n`,
      ...headers.map(([name, value]) => `${name}: ${value}\r\n`),
      "\r\n",
    ].join("");
    if (make.chance(15)) head = make.damaged(head);
    else if (make.chance(5)) head = head.repeat(3);
    // Whoever waits for the rest of a body would wait for its time-out.
    return `${head}${body ?? ""}`;
  }

  #target(): [method: string, target: string, body?: string] {
    const make = this.#make;
    switch (make.below(6)) {
      case 0: {
        const [name, params] = make.oneOf(Object.entries(COMMANDS));
        return [
          "POST",
          `/api/${name}`,
          make.json({ account: "10001", ...params }),
        ];
      }
      case 1: {
        const [name, body] = make.oneOf(Object.entries(METHODS));
        return ["POST", `/satori/v1/${name}`, make.json(body)];
      }
      case 2: {
        const [name, params] = make.oneOf(Object.entries(ACTIONS));
        const account = make.oneOf(["", "/10001"]);
        if (make.chance(30)) {
          const query = new URLSearchParams(
            Object.entries(make.changed(params)).map((
              [key, value],
            ) => [key, String(JSON.stringify(value)).slice(0, 4000)]),
          );
          return ["GET", `/onebot/v11${account}/${name}?${query}`];
        }
        return ["POST", `/onebot/v11${account}/${name}`, make.json(params)];
      }
      case 3:
        return ["POST", "/console/session", make.json({ token: "x" })];
      case 4:
        return [make.oneOf(METHODS_OF_HTTP), make.oneOf(PATHS)];
      default: {
        const query = ["accounts", "events", "after", "consumer", "before"]
          .map((name) =>
            `${name}=${encodeURIComponent(String(make.oneOf(QUERY_VALUES)))}`
          );
        return [
          "HEAD",
          `/events?${make.oneOf(query)}&${make.oneOf(query)}`,
        ];
      }
    }
  }

  async #socket(): Promise<void> {
    const make = this.#make;
    const [path, base] = make.oneOf(SOCKETS);
    const token = make.oneOf(this.#tokens);
    const query = make.chance(80) ? `?access_token=${token}` : `?${
      make.oneOf([
        "after=abc:1",
        "consumer=c",
        "events=message",
        "accounts=10001",
      ])
    }&access_token=${token}`;
    using socket = await RawSocket.connect(this.port);
    await socket.write(upgradeHead(this.port, path + query));
    const { status } = await socket.head();
    this.#count(`upgrade ${status}`);
    this.inputs++;
    if (status === 500) this.wrong.push(`upgrade 500 <- ${path}`);
    if (status !== 101) return;
    const reading = this.#read(socket, path);
    for (let left = 20; left > 0; left--) {
      this.inputs++;
      const text = make.json(make.oneOf(base));
      const sent = make.chance(96)
        ? socket.send(text)
        : socket.frame(make.below(16), make.bytes(200), {
          fin: make.chance(80),
          masked: make.chance(90),
          reserved: make.chance(90) ? 0 : make.below(8),
        });
      await sent.catch(() => {});
    }
    await socket.frame(8).catch(() => {});
    await reading;
  }

  async #read(socket: RawSocket, path: string): Promise<void> {
    for (;;) {
      const frame = await socket.next();
      if (frame === undefined) return;
      const { opcode, payload } = frame;
      if (opcode === 8) {
        const code = payload.length < 2 ? 1005 : payload[0]! << 8 | payload[1]!;
        this.#count(`close ${code}`);
        if (code === 1011) this.wrong.push(`closed 1011 at ${path}`);
        return;
      }
      if (opcode !== 1) continue;
      const text = new TextDecoder("utf-8", { fatal: true }).decode(payload);
      const told = JSON.parse(text);
      const code = told.error?.code ?? told.code ?? told.type ?? told.op ??
        told.status;
      this.#count(`frame ${code}`);
      if (code === "internal") this.wrong.push(`${text} at ${path}`);
    }
  }

  async #qq(): Promise<void> {
    const make = this.#make;
    this.inputs++;
    let body = make.oneOf(QQ_BODIES);
    if (make.chance(70)) body = make.damaged(body);
    const bytes = new TextEncoder().encode(body).length;
    const length = make.chance(95) ? bytes : make.oneOf(LENGTHS);
    let head = `POST / HTTP/1.${
      make.below(2)
    }\r\nHost: x\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n${body}`;
    if (make.chance(10)) head = make.damaged(head);
    using socket = await RawSocket.connect(this.qqPort);
    await socket.write(make.chance(3) ? make.bytes(5000) : head)
      .catch(() => {});
    // Who waits for more than came waits for its time-out: leave instead.
    if (length !== bytes || make.chance(40)) return this.#count("qq left");
    const answer = await Promise.race([
      socket.head(),
      new Promise<undefined>((resolve) =>
        setTimeout(() => resolve(undefined), 300)
      ),
    ]);
    this.#count(`qq ${answer?.status ?? "left"}`);
    if (answer !== undefined && answer.status >= 500) {
      this.wrong.push(`qq ${answer.status} <- ${shown(head)}`);
    }
  }
}

const SOCKETS: readonly (readonly [
  path: string,
  frames: readonly Record<string, unknown>[],
])[] = [
  ["/ws", FRAMES],
  ["/ws", FRAMES],
  ["/satori/v1/events", SIGNALS],
  [
    "/onebot/v11",
    Object.entries(ACTIONS).map(([action, params]) => ({
      action,
      params,
      echo: "e",
    })),
  ],
  ["/onebot/v11/10001/api", [{ action: "get_status", echo: {} }]],
];

const TYPES: readonly string[] = [
  "application/json",
  "application/json",
  "application/json; charset=utf-8",
  "application/x-www-form-urlencoded",
  "text/plain",
  "multipart/form-data; boundary=x",
  "",
  "application/json;;;",
];

const METHODS_OF_HTTP: readonly string[] = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "OPTIONS",
  "PATCH",
  "TRACE",
  "CONNECT",
  "PRI",
  "BREW",
  "get",
];

/** Headers that fronts and backs have understood differently. */
const HEADERS: readonly [string, string][] = [
  ["Content-Length", "5"],
  ["Content-Length", "-1"],
  ["Content-Length", "99999999999999999999"],
  ["Transfer-Encoding", "chunked"],
  ["Transfer-Encoding", "chunked, identity"],
  ["Transfer-Encoding", "\tchunked"],
  ["Host", "evil.example"],
  ["Host", ""],
  ["Upgrade", "h2c"],
  ["Upgrade", "websocket"],
  ["Connection", "Upgrade, HTTP2-Settings"],
  ["Expect", "100-continue"],
  ["Expect", "x"],
  ["X-Fold", "a\r\n b"],
  ["X: y\r\nZ", "\x00"],
  ["Cookie", "=;=;%;%FF=%FF;__proto__=1"],
  ["Authorization", "Bearer a b"],
  ["Authorization", "é"],
  ["Last-Event-ID", "abc:1"],
  ["Last-Event-ID", "\u00ff"],
  ["If-None-Match", '"'],
  ["If-None-Match", "W/x,*,"],
  ["Idempotency-Key", "k"],
  ["Idempotency-Key", "x".repeat(5000)],
  ["Accept-Encoding", "gzip;q=NaN"],
  ["Range", "bytes=0-,5-1"],
  ["X-Forwarded-For", "::1%é,"],
  ["Satori-User-ID", "__proto__"],
  ["X-Self-ID", "NaN"],
  ["Origin", "null"],
  ["Sec-WebSocket-Protocol", ",,,"],
  ["Sec-Fetch-Site", "cross-site"],
];

const QUERY_VALUES: readonly unknown[] = [
  "",
  "10001",
  "10001,10001",
  "message,presence",
  "abc:1",
  ":1",
  "abc:1e3",
  "abc:99999999999999999999",
  "\0",
  "\ud83d\ude00",
  "a".repeat(65),
  Array(6000).fill(1).join(),
  "__proto__",
];

const LENGTHS: readonly unknown[] = [-1, "0x10", 1e9, "1,1", "", "5 5"];

const PATHS: readonly string[] = [
  "/",
  "//",
  "/*",
  "*",
  "/..",
  "/%",
  "/%00",
  "/%ff",
  "/%2e%2e/%2e%2e/etc/passwd",
  "/lib/../bridge/main.ts",
  "/lib/%2e%2e/bridge/main.ts",
  "/lib/..%2fbridge/main.ts",
  "/lib/....//....//etc/passwd",
  "/lib/protocol/fields.ts",
  "/lib/protocol/fields.js",
  "/lib/constructor.ts",
  "/lib/__proto__.js",
  `/lib/${"a/".repeat(100)}b.ts`,
  "/mod.ts",
  "/mod.js",
  "/app.js",
  "/api/",
  "/api/%2f",
  "/api/%E0%A4%A",
  "/api/__proto__",
  "/api/constructor",
  "/console/session",
  "/metrics",
  "/openapi.json",
  "/asyncapi.json",
  "/readyz",
  "/healthz",
  "/ws",
  "/ws/",
  "/satori/v1",
  "/satori/v1/",
  "/satori/v1/events",
  "/satori/v1/%00.%00",
  "/satori/v1/internal/__proto__",
  "/satori/v1/internal/qq/1/_api/constructor",
  "/onebot/v11",
  "/onebot/v11/__proto__",
  "/onebot/v11/constructor",
  "/onebot/v11/10001/api",
  "/onebot/v11/99999999999999999999/get_status",
  "http://evil.example/healthz",
  "http://127.0.0.1:1/healthz",
  "evil.example:443",
  "/events?after=%",
  "/healthz?a[]=1&a[__proto__]=1&%=%",
  `/healthz?${"a&".repeat(7000)}`,
];

function shown(head: string): string {
  return JSON.stringify(head.replace(/Bearer \S+/, "Bearer …").slice(0, 600));
}

/** Runs it at full size; tells whether it held. */
export async function manyInputs(seed: number): Promise<boolean> {
  const { inputs, answers, wrong } = await fuzz({ seed, each: 20_000 });
  const held = wrong.length === 0;
  console.log(JSON.stringify({
    name: "fuzz",
    held,
    inputs,
    answers,
    wrong: wrong.slice(0, 20),
  }));
  return held;
}

if (import.meta.main) {
  const seed = Number(Deno.args[0] ?? Date.now() % 100_000);
  console.log(`seed ${seed}`);
  Deno.exit(await manyInputs(seed) ? 0 : 1);
}
