import { createServer } from "../../lib/server/mod.ts";
import {
  BridgeClient,
  type EventFrame,
  type GapFrame,
  md5Hex,
  type Position,
} from "../../mod.ts";
import { assert, assertEquals, assertMatch } from "../deps.ts";
import { EventReader } from "../support/event_reader.ts";
import { Program, serveArgs } from "../support/program.ts";

const TOKEN = "a-token-of-this-test-and-no-other";
const PASSWORD = "of-this-test";
const UIN = "10001";

// deno-lint-ignore no-explicit-any
type Json = any;

/** A gap as text, or the text of a message: what every kind of reader is given. */
type Given = string;

const GAP = "gap: epoch";

/** Collects what a reader is given, and waits for it. */
class GivenList {
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
class Life implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly server = createServer({ sendGapMs: 0, penaltyMs: 0 });
  readonly #listener = this.server.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #port: number;
  #program: Program | undefined;
  #sent = 0;
  stderr = "";

  constructor() {
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

  async stop(): Promise<void> {
    this.#program!.kill("SIGTERM");
    const { code, stderr } = await this.#program!.output();
    assertEquals(code, 0);
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

function ofFrame(frame: EventFrame | GapFrame): Given | undefined {
  if (frame.type === "gap") return `gap: ${frame.reason}`;
  return "text" in frame.data && frame.event.startsWith("message")
    ? String(frame.data.text)
    : undefined;
}

/** A `BridgeClient` that reads on over all starts. */
function follow(life: Life, options: { consumer?: string; after?: Position }) {
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
function socketReader(
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

function oneBot(life: Life, since: string) {
  const url =
    `${life.ws}/onebot/v11/${UIN}/event?access_token=${TOKEN}&since=${since}`;
  let last: [id: number, seq: number] | undefined;
  const reader = socketReader(url, undefined, (event) => {
    if (event.meta_event_type === "gap") return `gap: ${event.reason}`;
    if (event.post_type !== "message") return undefined;
    last = [event.message_id, event.seq];
    return event.raw_message;
  });
  return {
    ...reader,
    /** Id and position of the last message. */
    get last() {
      return last;
    },
  };
}

function satori(life: Life, sn: number) {
  const first = { op: 3, body: { token: TOKEN, sn } };
  return socketReader(`${life.ws}/satori/v1/events`, first, ({ op, body }) => {
    if (op !== 0) return undefined;
    if (body._type === "qq/gap") return `gap: ${body._data.reason}`;
    return body.type === "message-created" ? body.message.content : undefined;
  });
}

function frames(life: Life, after: Position) {
  const url =
    `${life.ws}/ws?access_token=${TOKEN}&after=${after.epoch}:${after.seq}`;
  return socketReader(
    url,
    undefined,
    (frame) => /event|gap/.test(frame.type) ? ofFrame(frame) : undefined,
  );
}

async function events(
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

Deno.test("program: after a folder was restored from a copy every client gets one gap, then all new events", async () => {
  await using life = new Life();
  await life.create();
  await life.start();
  const named = follow(life, { consumer: "bot" });
  const plain = follow(life, {});
  // Both have seen the journal before anything arrives.
  while (plain.client.position === undefined) await tick();
  const shared = await life.send(5);
  await named.given.until("m5");
  await plain.given.until("m5");
  const before = plain.client.position!;
  await tick(1500);
  await life.stop();
  life.copy();

  await life.start();
  const lost = await life.send(20);
  await named.given.until("m25");
  await plain.given.until("m25");
  const position = plain.client.position!;
  assertEquals(position.epoch, before.epoch);
  await tick(1500);
  await life.stop();
  life.restore();

  await life.start();
  const fresh = await life.send(10);
  // Live clients: one gap, then the new events, in order.
  const all = [...shared, ...lost, GAP, ...fresh];
  assertEquals(await named.given.until("m35"), all);
  assertEquals(await plain.given.until("m35"), all);
  const { epoch } = plain.client.position!;
  assert(epoch !== before.epoch);

  // Those who come once the journal has grown past their position.
  const more = await life.send(15);
  await plain.given.until("m50");
  const expected = [GAP, ...fresh, ...more];
  const former = `${position.epoch}:${position.seq}`;
  const readers = {
    frames: frames(life, position),
    oneBotOfEpoch: oneBot(life, former),
    oneBot: oneBot(life, String(position.seq)),
    satori: satori(life, position.seq),
  };
  for (const [name, reader] of Object.entries(readers)) {
    assertEquals(await reader.given.until("m50"), expected, name);
    await reader.close();
  }
  assertEquals(await events(life, position, "m50"), expected);
  // A position that both journals share: what followed it there comes first.
  const early = { ...before, seq: before.seq - 2 };
  const whole = ["m4", "m5", ...expected];
  assertEquals(await events(life, early, "m50"), whole);
  const kept = frames(life, early);
  assertEquals(await kept.given.until("m50"), whole);
  await kept.close();

  await life.stop();
  const warnings = life.stderr.split("\n").filter((line) =>
    line.includes('"level":"warn"')
  );
  assertEquals(warnings.length, 1);
  assertMatch(warnings[0]!, /data folder was restored from a copy/);
  assertMatch(warnings[0]!, new RegExp(`"formerEpoch":"${before.epoch}"`));

  // A plain start, and one in a renamed folder, change nothing.
  const from = life.data;
  Deno.renameSync(from, `${life.folder}/elsewhere`);
  Deno.renameSync(`${life.folder}/elsewhere`, from);
  await life.start();
  const last = await life.send(1);
  assertEquals((await plain.given.until("m51")).slice(-1), last);
  assertEquals(plain.client.position!.epoch, epoch);
  assertEquals(plain.given.all.filter((one) => one === GAP).length, 1);
  await named.client.close();
  await plain.client.close();
  await Promise.all([named.loop, plain.loop]);
  await life.stop();
});

const NEW_JOURNALS: [string, (life: Life) => Promise<void>, string[]][] = [
  ["made anew", async (life) => {
    await life.create();
  }, []],
  ["in memory", (life) => life.createAtServer(), ["--memory"]],
];

for (const [name, create, args] of NEW_JOURNALS) {
  Deno.test(`program: positions and ids of a lost journal are not taken for those of one ${name}`, async () => {
    await using life = new Life();
    await create(life);
    await life.start(...args);
    const former = oneBot(life, "0");
    await life.send(5);
    await former.given.until("m5");
    const [id, seq] = former.last!;
    await former.close();
    await tick(1500);
    await life.stop();
    if (args.length === 0) Deno.removeSync(`${life.data}/journal.db`);

    await life.start(...args);
    const plain = follow(life, { after: { epoch: "lost", seq: 0 } });
    const fresh = await life.send(8);
    await plain.given.until("m13");
    const expected = ["gap: trimmed", ...fresh];
    for (const reader of [oneBot(life, String(seq)), satori(life, seq)]) {
      assertEquals(await reader.given.until("m13"), expected);
      await reader.close();
    }
    const { epoch } = plain.client.position!;
    const known = oneBot(life, `${epoch}:${plain.client.position!.seq - 1}`);
    assertEquals(await known.given.until("m13"), ["m13"]);
    const [newId, newSeq] = known.last!;
    await known.close();
    assert(newId > 0 && newId === (newId | 0));
    assert(newSeq > 1e12 && Number.isSafeInteger(newSeq));
    const find = (message_id: number) =>
      life.call(`/onebot/v11/${UIN}/get_msg?access_token=${TOKEN}`, {
        message_id,
      });
    assertEquals((await find(newId)).data.real_id, newId);
    assertEquals((await find(id)).status, "failed");
    await plain.client.close();
    await plain.loop;
    await life.stop();
  });
}

function tick(ms = 10): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
