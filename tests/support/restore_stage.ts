import { delay } from "@std/async";
import { createServer } from "../../lib/server/mod.ts";
import {
  BridgeClient,
  type EventFrame,
  type GapFrame,
  md5Hex,
  type Position,
} from "../../mod.ts";
import { assertEquals } from "@std/assert";
import { EventReader } from "./event_reader.ts";
import { listenAs2005 } from "./old_server.ts";
import { Program, serveArgs } from "./program.ts";

export const TOKEN = "a-token-of-this-test-and-no-other";
export const PASSWORD = "of-this-test";
export const UIN = "10001";

// deno-lint-ignore no-explicit-any
export type Json = any;

/** A gap as text, or the text of a message: what every kind of reader is given. */
export type Given = string;

export const GAP = "gap: epoch";

/** Collects what a reader is given, and waits for it. */
export class GivenList {
  readonly all: Given[] = [];
  #changed = () => {};

  push(given: Given | undefined): void {
    if (given === undefined) return;
    this.all.push(given);
    this.#changed();
  }

  async until(last: Given): Promise<Given[]> {
    while (this.all.at(-1) !== last) {
      await new Promise<void>((resolve) => this.#changed = resolve);
    }
    return this.all;
  }
}

/** A QQ server, a data folder, and the program on both: stopped and started as a test wants. */
export class Life implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly server = createServer({ sendGapMs: 0, penaltyMs: 0 });
  readonly #listener: { readonly port: number; close(): Promise<void> };
  readonly #port: number;
  #program: Program | undefined;
  #sent = 0;
  stderr = "";

  /** @param hasKeys Whether the QQ server knows Idempotency-Key. */
  constructor(hasKeys = true) {
    this.#listener = hasKeys
      ? this.server.listen({ hostname: "127.0.0.1", port: 0 })
      : listenAs2005(this.server);
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#port = listener.addr.port;
  }

  get data(): string {
    return `${this.folder}/data`;
  }

  get http(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get ws(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  async create(): Promise<void> {
    await this.createAtServer();
    await using program = new Program({
      args: ["account", "add", UIN, "--password-stdin", `--data=${this.data}`],
      stdin: `${PASSWORD}\n`,
    });
    assertEquals((await program.output()).code, 0);
  }

  async createAtServer(): Promise<void> {
    await this.server.createAccount({
      uin: UIN,
      passwordMd5: md5Hex(PASSWORD),
    });
  }

  /** Calls the bridge over HTTP. */
  async call(path: string, body: object): Promise<Json> {
    const response = await fetch(`${this.http}${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    return await response.json();
  }

  async start(...more: string[]): Promise<void> {
    const isInMemory = more.includes("--memory");
    this.#program = new Program({
      args: [
        ...serveArgs(this.data).filter((arg) =>
          !/listen=/.test(arg) && !(isInMemory && arg.startsWith("--data="))
        ),
        `--listen=127.0.0.1:${this.#port}`,
        `--upstream=http://127.0.0.1:${this.#listener.port}/`,
        ...more,
      ],
      env: { TQQ_TOKEN: TOKEN },
    });
    await this.#program.ready();
    if (!isInMemory) return;
    await this.call("/api/addAccount", { uin: UIN, password: PASSWORD });
  }

  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    this.#program!.kill(signal);
    const { code, stderr } = await this.#program!.output();
    if (signal === "SIGTERM") assertEquals(code, 0);
    this.stderr = stderr;
  }

  /** Lets messages arrive; gives their texts. */
  async send(count: number): Promise<Given[]> {
    const texts: Given[] = [];
    for (let index = 0; index < count; index++) {
      const text = `m${++this.#sent}`;
      await this.server.deliver(UIN, { type: "message", from: "99999", text });
      texts.push(text);
    }
    return texts;
  }

  copy(): void {
    copyFolder(this.data, `${this.folder}/copy`);
  }

  /** Puts the copy in place of the folder. */
  restore(): void {
    Deno.removeSync(this.data, { recursive: true });
    copyFolder(`${this.folder}/copy`, this.data);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program?.[Symbol.asyncDispose]();
    await this.server.close();
    await this.#listener.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { mode: 0o700 });
  for (const { name, isFile } of Deno.readDirSync(from)) {
    if (isFile) Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

/** What a frame of `/ws` gives; undefined for one that is neither a gap nor a message. */
export function textOf(frame: Json): Given | undefined {
  return /event|gap/.test(frame.type) ? ofFrame(frame) : undefined;
}

/** What an event of OneBot gives. */
export function toOneBotText(event: Json): Given | undefined {
  if (event.meta_event_type === "gap") return `gap: ${event.reason}`;
  return event.post_type === "message" ? event.raw_message : undefined;
}

function ofFrame(frame: EventFrame | GapFrame): Given | undefined {
  if (frame.type === "gap") return `gap: ${frame.reason}`;
  return "text" in frame.data && frame.event.startsWith("message")
    ? String(frame.data.text)
    : undefined;
}

/** A `BridgeClient` that reads on over all starts. */
export function follow(
  life: Life,
  options: { consumer?: string; after?: Position },
) {
  const given = new GivenList();
  const client = new BridgeClient({
    url: `${life.ws}/ws`,
    token: TOKEN,
    backoff: { minMs: 20, maxMs: 100 },
    ...options,
  });
  const loop = (async () => {
    for await (const frame of client) given.push(ofFrame(frame));
  })();
  loop.catch(() => {});
  return { client, given, loop };
}

/** A reader over a WebSocket. */
export function socketReader(
  url: string,
  first: object | undefined,
  toGiven: (frame: Json) => Given | undefined,
): { given: GivenList; close(): Promise<void> } {
  const given = new GivenList();
  const socket = new WebSocket(url);
  socket.onopen = () => first && socket.send(JSON.stringify(first));
  socket.onmessage = ({ data }) => given.push(toGiven(JSON.parse(data)));
  const closed = new Promise((resolve) => socket.onclose = resolve);
  return {
    given,
    close: async () => {
      socket.close();
      await closed;
    },
  };
}

export function oneBot(life: Life, since: string) {
  const url =
    `${life.ws}/onebot/v11/${UIN}/event?access_token=${TOKEN}&since=${since}`;
  let last: [id: number, seq: number] | undefined;
  const reader = socketReader(url, undefined, (event) => {
    if (event.post_type === "message") last = [event.message_id, event.seq];
    return toOneBotText(event);
  });
  return {
    ...reader,
    /** Id and position of the last message. */
    get last() {
      return last;
    },
  };
}

export function satori(life: Life, sn: number) {
  const first = { op: 3, body: { token: TOKEN, sn } };
  return socketReader(`${life.ws}/satori/v1/events`, first, ({ op, body }) => {
    if (op !== 0) return undefined;
    if (body._type === "qq/gap") return `gap: ${body._data.reason}`;
    return body.type === "message-created" ? body.message.content : undefined;
  });
}

export function frames(life: Life, after: Position) {
  const url =
    `${life.ws}/ws?access_token=${TOKEN}&after=${after.epoch}:${after.seq}`;
  return socketReader(url, undefined, textOf);
}

export async function events(
  life: Life,
  after: Position,
  last: Given,
): Promise<Given[]> {
  const response = await fetch(`${life.http}/events`, {
    headers: {
      authorization: `Bearer ${TOKEN}`,
      "last-event-id": `${after.epoch}:${after.seq}`,
    },
  });
  const reader = new EventReader(response);
  const given: Given[] = [];
  while (given.at(-1) !== last) {
    const { data } = (await reader.next())!;
    const one = data === undefined ? undefined : ofFrame(JSON.parse(data));
    if (one !== undefined) given.push(one);
  }
  await reader.cancel();
  return given;
}

/** Waits. */
export function tick(ms = 10): Promise<void> {
  return delay(ms);
}
