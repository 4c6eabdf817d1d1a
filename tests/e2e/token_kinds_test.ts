/** What each kind of token opens at each endpoint: the program in a process of its own. @module */

import { delay } from "@std/async";
import { assertEquals } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";
import { RawSocket, upgradeHead } from "../support/raw_socket.ts";
import { runMain } from "../support/run_main.ts";

const ADMINISTRATOR = "administrators-token-of-this-test";

/** The kinds, in the order of the columns below. */
const KINDS = [
  "all",
  "one account",
  "send only",
  "revoked",
  "expired",
  "wrong",
  "none",
  "half a session",
  "session",
] as const;

type Kind = typeof KINDS[number];

/** How a request ends: a status, or the close code of a WebSocket that opened. */
type Row = [request: string, ...endings: (number | "open")[]];

const ROWS: readonly Row[] = [
  ["POST /api/ping", 200, 200, 403, 401, 401, 401, 401, 401, 200],
  ["POST /api/history", 200, 404, 403, 401, 401, 401, 401, 401, 200],
  ["POST /api/removeConsumer", 400, 400, 403, 401, 401, 401, 401, 401, 400],
  ["GET /events", 200, 200, 403, 401, 401, 401, 401, 401, 200],
  ["GET /events?accounts=10001", 200, 404, 403, 401, 401, 401, 401, 401, 200],
  ["GET /metrics", 200, 403, 403, 401, 401, 401, 401, 401, 200],
  ["GET /openapi.json", 200, 200, 200, 401, 401, 401, 401, 401, 200],
  ["GET /healthz", 200, 200, 200, 200, 200, 200, 200, 200, 200],
  ["GET /readyz", 200, 200, 200, 401, 401, 401, 200, 200, 200],
  ["GET /onebot/v11/get_status", 200, 200, 200, 403, 403, 403, 401, 401, 401],
  ["POST /satori/v1/login.get", 200, 200, 403, 403, 403, 403, 401, 401, 401],
  ["WS /ws", "open", "open", "open", 401, 401, 401, 4001, 1008, "open"],
  [
    "WS /ws?accounts=10001",
    "open",
    404,
    "open",
    401,
    401,
    401,
    4001,
    1008,
    "open",
  ],
  ["WS /onebot/v11/event", "open", "open", 403, 403, 403, 403, 401, 401, 401],
  ["WS /onebot/v11/api", "open", "open", "open", 403, 403, 403, 401, 401, 401],
  [
    "WS /satori/v1/events",
    "open",
    "open",
    4004,
    4004,
    4004,
    4004,
    4004,
    4004,
    4004,
  ],
];

interface Credentials {
  token?: string;
  cookie?: string;
  proof?: string;
}

class Scene {
  readonly http: string;
  readonly credentials = new Map<Kind, Credentials>();
  #addresses = 0;

  constructor(http: string) {
    this.http = http;
  }

  /** Headers with an address of their own, so that no wrong token delays another request. */
  headers({ token, cookie, proof }: Credentials): Record<string, string> {
    const address = `192.0.2.${++this.#addresses % 250}`;
    return {
      "x-forwarded-for": address,
      origin: this.http,
      "satori-platform": "qq",
      "satori-user-id": "10002",
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { cookie }),
      ...(proof === undefined ? {} : { "tqq-proof": proof }),
    };
  }

  async post(path: string, body: object, credentials: Credentials) {
    const response = await fetch(`${this.http}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: {
        ...this.headers(credentials),
        "content-type": "application/json",
      },
    });
    return { response, value: await response.json().catch(() => ({})) };
  }

  async prepare(folder: string): Promise<void> {
    const administrator = { token: ADMINISTRATOR };
    const create = async (params: object) =>
      (await this.post("/api/createToken", params, administrator)).value.token;
    const soon = new Date(Date.now() + 1500).toISOString();
    const tokens: [Kind, object][] = [
      ["all", { name: "all" }],
      ["one account", { name: "one", accounts: ["10002"] }],
      ["send only", { name: "sender", scopes: ["send"] }],
      ["revoked", { name: "revoked" }],
      ["expired", { name: "expired", expiresAt: soon }],
    ];
    for (const [kind, params] of tokens) {
      this.credentials.set(kind, { token: await create(params) });
    }
    await runMain(["token", "revoke", "revoked", `--data=${folder}`]);
    const { response, value } = await this.post(
      "/console/session",
      this.credentials.get("all")!,
      {},
    );
    const cookie = response.headers.getSetCookie().at(-1)!.split(";")[0]!;
    this.credentials.set("wrong", { token: "a-token-that-nobody-made" });
    this.credentials.set("none", {});
    this.credentials.set("half a session", { cookie });
    this.credentials.set("session", { cookie, proof: value.proof });
    while (Date.now() <= Date.parse(soon)) {
      await delay(50);
    }
  }

  async ask(
    request: string,
    credentials: Credentials,
  ): Promise<number | "open"> {
    const [method, path] = request.split(" ") as [string, string];
    if (method === "WS") return await this.open(path, credentials);
    if (method === "POST") {
      const params = path.endsWith("removeConsumer") ? { id: "a/b" } : {};
      const account = path.endsWith("history") ? { account: "10001" } : {};
      const body = { ...params, ...account };
      return (await this.post(path, body, credentials)).response.status;
    }
    const response = await fetch(`${this.http}${path}`, {
      headers: this.headers(credentials),
    });
    await response.body?.cancel();
    return response.status;
  }

  async open(path: string, credentials: Credentials): Promise<number | "open"> {
    const { proof, token } = credentials;
    const port = Number(new URL(this.http).port);
    using socket = await RawSocket.connect(port);
    await socket.write(upgradeHead(port, path, this.headers(credentials)));
    const { status } = await socket.head();
    if (status !== 101) return status;
    if (path.startsWith("/satori/")) {
      await socket.send({ op: 3, body: token === undefined ? {} : { token } });
    } else if (token === undefined && "cookie" in credentials) {
      await socket.send({ type: "hello", proof: proof ?? "of-nobody" });
    } else if (path.endsWith("/api")) {
      await socket.send({ action: "get_version_info" });
    }
    const frame = await socket.next();
    return frame === undefined || frame.opcode !== 8
      ? "open"
      : new DataView(frame.payload.buffer, frame.payload.byteOffset).getUint16(
        0,
      );
  }
}

Deno.test("access: each kind of token ends at each endpoint as documented", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using program = new Program({
      args: serveArgs(folder, "--behind-proxy"),
      env: { TQQ_TOKEN: ADMINISTRATOR, TQQ_HELLO_MS: "1000" },
    });
    const scene = new Scene((await program.ready()).http!);
    await scene.prepare(folder);
    const rows = await Promise.all(ROWS.map(async ([request]) => {
      const endings = await Promise.all(
        KINDS.map((kind) => scene.ask(request, scene.credentials.get(kind)!)),
      );
      return [request, ...endings];
    }));
    assertEquals(rows, ROWS as unknown as (number | string)[][]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
