import { RawSocket, upgradeHead } from "../../support/raw_socket.ts";
import { assertMatch } from "@std/assert";
import type { Client, Outcome, Received, Refusal } from "./row.ts";
import type { SuiteStage } from "./stage.ts";

/** Any frame. */
// deno-lint-ignore no-explicit-any
export type Frame = any;

/** How the frames of a dialect are read. */
export interface Dialect {
  /** The frame of a call. */
  frameOf?(id: number, name: string, params: object): object;
  /** An answer to a call. */
  answerOf?(frame: Frame): Outcome | undefined;
  /** An event or a gap. */
  eventOf(frame: Frame): Received | undefined;
}

/** Asks for a WebSocket. */
export async function upgrade(
  stage: SuiteStage,
  path: string,
  headers: Record<string, string | undefined> = {},
): Promise<RawSocket | Refusal> {
  const socket = await RawSocket.connect(stage.port);
  await socket.write(upgradeHead(stage.port, path, headers));
  const { status, head } = await stage.drive(socket.head());
  if (status === 101) return socket;
  await socket.rest();
  socket[Symbol.dispose]();
  assertAsksForToken(status, head);
  return { refused: status, retryAfter: headerOf(head, "retry-after") };
}

/** An open WebSocket of a dialect. */
export class SocketClient implements Client {
  readonly socket: RawSocket;
  readonly #stage: SuiteStage;
  readonly #dialect: Dialect;
  readonly #answers: Outcome[] = [];
  readonly #received: Received[] = [];
  #closeCode: number | undefined;
  #taking: Promise<void> | undefined;
  #id = 0;
  #seq = 0;
  readonly #keepsPosition: boolean;

  constructor(
    stage: SuiteStage,
    socket: RawSocket,
    dialect: Dialect,
    keepsPosition = false,
  ) {
    this.#stage = stage;
    this.socket = socket;
    this.#dialect = dialect;
    this.#keepsPosition = keepsPosition;
  }

  get waiting(): number {
    return this.#received.length;
  }

  async call(name: string, params: object = {}): Promise<Outcome> {
    await this.socket.send(this.#dialect.frameOf!(++this.#id, name, params));
    return await this.answer();
  }

  async answer(): Promise<Outcome> {
    while (this.#answers.length === 0) await this.#read();
    return this.#answers.shift()!;
  }

  async next(): Promise<Received> {
    while (this.#received.length === 0) await this.#read();
    const received = this.#received.shift()!;
    this.#seq = received.seq ?? this.#seq;
    return received;
  }

  async end(): Promise<number> {
    while (this.#closeCode === undefined) {
      await this.#take().catch(() => this.#closeCode ??= 1006);
    }
    return this.#closeCode;
  }

  async stay(ms: number): Promise<void> {
    let isOver = false;
    // Reading answers pings.
    const reading = (async () => {
      while (!isOver) await this.#take();
    })();
    reading.catch(() => {});
    await this.#stage.pass(ms);
    isOver = true;
  }

  async leave(): Promise<void> {
    if (this.#keepsPosition) {
      // Reading answers the ping that asks whether the events were received.
      const reading = this.#read().catch(() => {});
      await this.#stage.until(() =>
        this.#stage.bridge.journal.kept().includes(this.#seq)
      );
      this.socket[Symbol.dispose]();
      await reading;
    }
    await this[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.socket[Symbol.dispose]();
    return Promise.resolve();
  }

  async #read(): Promise<void> {
    await this.#take();
    if (this.#closeCode !== undefined) {
      throw new Error(`Closed with ${this.#closeCode}`);
    }
  }

  /** One reads for all that wait. */
  #take(): Promise<void> {
    return this.#taking ??= this.#takeFrame()
      .finally(() => this.#taking = undefined);
  }

  async #takeFrame(): Promise<void> {
    const raw = await this.#stage.drive(this.socket.next());
    if (raw === undefined) throw new Error("The connection has ended");
    const { opcode, payload } = raw;
    if (opcode === 8) {
      this.#closeCode = payload.length < 2
        ? 1005
        : payload[0]! << 8 | payload[1]!;
      return;
    }
    const frame = JSON.parse(new TextDecoder().decode(payload));
    const answer = this.#dialect.answerOf?.(frame);
    if (answer !== undefined) this.#answers.push(answer);
    const received = this.#dialect.eventOf(frame);
    if (received !== undefined) this.#received.push(received);
  }
}

/** A request over HTTP. */
export interface Asked {
  method?: string;
  path: string;
  headers?: Record<string, string | undefined>;
  body?: string | Uint8Array;
}

/** A response over HTTP. */
export interface HttpAnswer {
  status: number;
  head: string;
  /** The JSON of its body; undefined if it has none. */
  body: Frame;
}

/** Sends a request, and reads its response. */
export async function ask(
  stage: SuiteStage,
  request: Asked,
): Promise<HttpAnswer> {
  using socket = await RawSocket.connect(stage.port);
  await socket.write(headOf(stage.port, request));
  await socket.write(request.body ?? "");
  return await answerFrom(stage, socket);
}

/** The head of a request. */
export function headOf(port: number, request: Asked): string {
  const { method = "GET", path, body } = request;
  const headers: Record<string, string | undefined> = {
    Host: `127.0.0.1:${port}`,
    Connection: "close",
    ...(body === undefined ? {} : {
      "Content-Type": "application/json",
      "Content-Length": `${
        typeof body === "string"
          ? new TextEncoder().encode(body).length
          : body.length
      }`,
    }),
    ...request.headers,
  };
  const lines = Object.entries(headers)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** Reads a response to its end. */
export async function answerFrom(
  stage: SuiteStage,
  socket: RawSocket,
): Promise<HttpAnswer> {
  const { status, head } = await stage.drive(socket.head());
  const text = await stage.drive(socket.rest());
  // A body in chunks has their lengths around its JSON.
  const [from, to] = [text.indexOf("{"), text.lastIndexOf("}")];
  const body = from < 0 ? undefined : JSON.parse(text.slice(from, to + 1));
  return { status, head, body };
}

/** A header of a head. */
export function headerOf(head: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1];
}

/** An endpoint that is called over HTTP, one request a call. */
export class HttpClient implements Client {
  readonly waiting = 0;
  readonly #stage: SuiteStage;
  readonly #requestOf: (name: string, params: object) => Asked;
  readonly #outcomeOf: (answer: HttpAnswer) => Outcome;

  constructor(
    stage: SuiteStage,
    requestOf: (name: string, params: object) => Asked,
    outcomeOf: (answer: HttpAnswer) => Outcome,
  ) {
    this.#stage = stage;
    this.#requestOf = requestOf;
    this.#outcomeOf = outcomeOf;
  }

  async call(name: string, params: object = {}): Promise<Outcome> {
    const answer = await ask(this.#stage, this.#requestOf(name, params));
    return this.#outcomeOf(answer);
  }

  answer(): Promise<Outcome> {
    throw new Error("HTTP has an answer for each call only");
  }

  next(): Promise<Received> {
    throw new Error("HTTP has no events");
  }

  end(): Promise<number> {
    throw new Error("A call over HTTP ends with its answer");
  }

  stay(ms: number): Promise<void> {
    return this.#stage.pass(ms);
  }

  leave(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** The client, or the refusal, of an endpoint that checks the token with each request. */
export async function probe(
  stage: SuiteStage,
  request: Asked,
  client: Client,
): Promise<Client | Refusal> {
  const { status, head } = await ask(stage, request);
  if (status === 200) return client;
  assertAsksForToken(status, head);
  return { refused: status, retryAfter: headerOf(head, "retry-after") };
}

/** RFC 9110 demands it of every 401. */
function assertAsksForToken(status: number, head: string): void {
  if (status === 401) assertMatch(head, /^www-authenticate: Bearer/im);
}
