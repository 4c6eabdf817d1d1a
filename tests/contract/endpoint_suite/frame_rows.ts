import { COMMAND_NAMES, hasAccount } from "../../../bridge/commands/table.ts";
import {
  COMMAND_EXAMPLES,
  EXAMPLE_NAMES,
} from "../../support/command_examples.ts";
import { COMMAND_SCOPES, type ErrorCode } from "../../../mod.ts";
import { assertServerFrame } from "../../support/frame_schema.ts";
import { EventReader, type ReadMessage } from "../../support/event_reader.ts";
import {
  type CallRow,
  type Calls,
  carried,
  type Client,
  type EndpointRow,
  type OpenOptions,
  type Outcome,
  type Received,
  type Refusal,
} from "./row.ts";
import type { SuiteStage } from "./stage.ts";
import {
  type Dialect,
  type Frame,
  type HttpAnswer,
  HttpClient,
  probe,
  SocketClient,
  upgrade,
} from "./client.ts";

/** Commands that name no account. */
const GLOBAL: readonly string[] = COMMAND_NAMES.filter((name) =>
  !hasAccount(name)
);

const CALLS: Calls = {
  ping: "ping",
  profile: ["profile", { uin: "10002" }],
  names: Object.keys(COMMAND_SCOPES),
  table: Object.fromEntries(
    EXAMPLE_NAMES.map((name): [string, CallRow] => [
      name,
      [COMMAND_EXAMPLES[name].params, COMMAND_SCOPES[name]],
    ]),
  ),
};

const FRAMES: Dialect = {
  frameOf: (id, command, params) => ({
    type: "command",
    id,
    command,
    params,
    ...(GLOBAL.includes(command) ? {} : { account: "10001" }),
  }),
  answerOf(frame): Outcome | undefined {
    if (frame.type !== "result") return undefined;
    const text = JSON.stringify(frame);
    if (frame.ok) return { code: "ok", text };
    const { code, retryAfterMs } = frame.error;
    return { code, retryAfterMs, text };
  },
  eventOf(frame): Received | undefined {
    if (frame.type === "event") return { seq: frame.seq };
    if (frame.type !== "gap") return undefined;
    const { from, to, reason } = frame;
    return {
      seq: reason === "ahead" ? from - 1 : to,
      gap: { from, to, reason },
    };
  },
};

const BAD_FRAMES = [
  "",
  "{",
  "[]",
  "null",
  '"hello"',
  "{}",
  '{"type":"shout"}',
  '{"type":"__proto__"}',
  '{"type":"command","id":{},"command":"ping"}',
  '{"type":"hello","token":"all"}',
  `{"type":"command","id":1,"command":"ping","params":${"[".repeat(40)}${
    "]".repeat(40)
  }}`,
  "[".repeat(60_000),
  '{"a":'.repeat(10_000),
];

/** The query of a subscription. */
function queryOf({ after, account }: OpenOptions, token: string): string {
  return [
    token,
    ...(after === undefined ? [] : [`after=${after.epoch}:${after.seq}`]),
    ...(account === undefined ? [] : [`accounts=${account}`]),
  ].filter((part) => part !== "").join("&");
}

/** The frame protocol, with the token in the handshake. */
export const WS: EndpointRow = {
  name: "/ws",
  countedAs: "ws",
  path: "/ws",
  kind: "socket",
  hasEvents: true,
  calls: CALLS,
  validFrame: '{"type":"command","id":1,"command":"ping"}',
  badFrames: BAD_FRAMES,
  differs: {
    missing: { is: "open", because: "the first frame may bring the token" },
    unread: { is: "open", because: "a token that only sends has commands" },
  },
  async open(stage, options = {}) {
    const { headers, query } = carried(options);
    const path = `/ws?${queryOf(options, query)}`;
    const socket = await upgrade(stage, path, headers);
    if ("refused" in socket) return socket;
    return new SocketClient(stage, socket, FRAMES);
  },
};

/** The frame protocol, with the token in `hello`. */
export const HELLO: EndpointRow = {
  ...WS,
  name: "/ws with hello",
  greets: true,
  resumes: false,
  differs: {
    missing: { is: 4001, because: "it is asked for until the time is over" },
    wrong: { is: 1008, because: "a WebSocket that is open has no status" },
    tooManyWrong: {
      is: 1013,
      because: "a WebSocket that is open has no status",
    },
    unread: { is: "open", because: "a token that only sends has commands" },
    otherAccount: {
      is: 1008,
      because: "a WebSocket that is open has no status",
    },
    tooManyConnections: {
      is: 1013,
      because: "a WebSocket that is open has no status",
    },
  },
  async open(stage, options = {}) {
    const { token = "all" } = options;
    const socket = await upgrade(stage, `/ws?${queryOf(options, "")}`);
    if ("refused" in socket) return socket;
    if (token !== null) {
      await socket.send({ type: "hello", token });
    }
    return await greeted(
      stage,
      socket,
      FRAMES,
      ({ type }) => type === "welcome",
    );
  },
};

/** The client on a WebSocket whose first frame answers the token's; else the close code. */
export async function greeted(
  stage: SuiteStage,
  socket: Exclude<Awaited<ReturnType<typeof upgrade>>, Refusal>,
  dialect: Dialect,
  isGreeting: (frame: Frame) => boolean,
): Promise<Client | Refusal> {
  for (;;) {
    const raw = await stage.drive(socket.next());
    if (raw === undefined || raw.opcode === 8) {
      socket[Symbol.dispose]();
      const [high = 0, low = 0] = raw?.payload ?? [];
      return { refused: raw === undefined ? 1006 : high << 8 | low };
    }
    const frame = JSON.parse(new TextDecoder().decode(raw.payload));
    if (isGreeting(frame)) return new SocketClient(stage, socket, dialect);
  }
}

/** The event stream. */
export const EVENTS: EndpointRow = {
  name: "/events",
  countedAs: "sse",
  path: "/events",
  kind: "stream",
  hasEvents: true,
  differs: {
    revoked: { is: 0, because: "a stream has no close code" },
  },
  async open(stage, options = {}) {
    const { headers, query } = carried(options);
    const { after, account } = options;
    const response = await stage.drive(fetch(
      `http://127.0.0.1:${stage.port}/events?${
        queryOf(account === undefined ? {} : { account }, query)
      }`,
      {
        headers: {
          ...headers,
          ...(after === undefined
            ? {}
            : { "Last-Event-ID": `${after.epoch}:${after.seq}` }),
        },
      },
    ));
    if (response.status !== 200) {
      await response.body?.cancel();
      return {
        refused: response.status,
        retryAfter: response.headers.get("retry-after") ?? undefined,
      };
    }
    return new StreamClient(stage, response);
  },
};

class StreamClient implements Client {
  readonly waiting = 0;
  readonly #stage: SuiteStage;
  readonly #reader: EventReader;

  constructor(stage: SuiteStage, response: Response) {
    this.#stage = stage;
    this.#reader = new EventReader(response);
  }

  call(): Promise<Outcome> {
    throw new Error("A stream takes no calls");
  }

  answer(): Promise<Outcome> {
    throw new Error("A stream takes no calls");
  }

  async next(): Promise<Received> {
    for (;;) {
      const message = await this.#message();
      if (message === undefined) throw new Error("The stream has ended");
      const { id, event, data } = message;
      if (event === undefined || data === undefined) continue;
      const seq = Number(id?.split(":")[1]);
      if (event !== "gap") return { seq };
      assertServerFrame(data);
      const { from, to, reason } = JSON.parse(data);
      return { seq, gap: { from, to, reason } };
    }
  }

  async end(): Promise<number> {
    while (await this.#message().catch(() => undefined) !== undefined);
    return 0;
  }

  stay(ms: number): Promise<void> {
    return this.#stage.pass(ms);
  }

  leave(): Promise<void> {
    return this[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }

  #message(): Promise<ReadMessage | undefined> {
    return this.#stage.drive(this.#reader.next());
  }
}

/** Commands over HTTP. */
export const API: EndpointRow = {
  name: "/api",
  path: "/api/ping",
  kind: "http",
  hasEvents: false,
  calls: CALLS,
  body: { path: "/api/ping", text: "{}" },
  differs: {},
  async open(stage, options = {}) {
    const { headers, query } = carried(options);
    const requestOf = (name: string, params: object) => ({
      method: "POST",
      path: `/api/${name}?${query}`,
      headers,
      body: JSON.stringify({
        ...params,
        ...(GLOBAL.includes(name)
          ? {}
          : { account: options.account ?? "10001" }),
      }),
    });
    const name = options.account === undefined ? "ping" : "friends";
    const client = new HttpClient(stage, requestOf, outcomeOf);
    return options.opensCalls
      ? client
      : await probe(stage, requestOf(name, {}), client);
  },
};

function outcomeOf({ status, body }: HttpAnswer): Outcome {
  const text = JSON.stringify(body);
  if (status === 200) return { code: "ok", status, text };
  const { code, retryAfterMs } = body as {
    code: ErrorCode;
    retryAfterMs?: number;
  };
  return { code, status, retryAfterMs, text };
}
