/** Mailboxes of many MiB that a server hands out at one go: journalled whole, in parts, while others are served. @module */

import { delay } from "@std/async";
import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";

const MIB = 1024 * 1024;
const TOKEN = "the-administrators-token";

/** The text of a row: 4 KiB that tell which one it is. */
function textOf(nth: number): string {
  return `${nth} `.padEnd(4096, "x");
}

/** The longest answer to /healthz while a mailbox is read and journalled, in milliseconds. */
const HEALTHY_MS = 200;

/**
 * How often a mailbox is read at most until one run stays within the bound: what
 * the program does at one go takes its time in each run, a crowded cache does not.
 */
const MOST_RUNS = 3;

/** A server that hands out one large mailbox, then nothing. */
class LargeServer {
  readonly rows: number;
  readonly #body: Uint8Array<ArrayBuffer>[];
  readonly #honoursKeys: boolean;
  readonly #http: Deno.HttpServer<Deno.NetAddr>;
  /** The key under which the mailbox is marked. */
  #marked: string | undefined;
  #isEmpty = false;

  constructor(mib: number, honoursKeys: boolean) {
    this.rows = Math.floor(mib * MIB / (textOf(0).length + 10));
    this.#honoursKeys = honoursKeys;
    const texts = Array.from({ length: this.rows }, (_, nth) => textOf(nth));
    const list = `&RES=0&MN=${this.rows}&MT=${"10,".repeat(this.rows)}&UN=${
      "10002,".repeat(this.rows)
    }&MG=${texts.join(",")},`;
    const bytes = new TextEncoder().encode(list);
    this.#body = [];
    for (let at = 0; at < bytes.length; at += MIB) {
      this.#body.push(bytes.slice(at, at + MIB));
    }
    this.#http = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      (request) => this.#answer(request),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#http.addr.port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const body = await request.text();
    const [, cmd, seq] = /CMD=(\w+)&SEQ=(-?\d+)/.exec(body)!;
    const key = request.headers.get("Idempotency-Key")!;
    const headers: HeadersInit = this.#honoursKeys
      ? { "Idempotency-Key": key }
      : {};
    const head = `VER=1.1&CMD=${cmd!.toUpperCase()}&SEQ=${seq}&UIN=10001`;
    if (cmd === "Login") {
      return new Response(`${head}&RES=0&RS=0&HI=60&LI=300`, { headers });
    }
    if (cmd !== "GetMsgEx") return new Response(`${head}&RES=0&`, { headers });
    if (this.#honoursKeys) {
      this.#marked ??= key;
      this.#isEmpty = this.#marked !== key;
    }
    if (this.#isEmpty) {
      return new Response(`${head}&RES=0&MN=0&MT=&UN=&MG=`, { headers });
    }
    this.#isEmpty = !this.#honoursKeys;
    const pieces = this.#body.values();
    const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(head)),
      pull(controller) {
        const { done, value } = pieces.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
    return new Response(stream, { headers });
  }
}

function bridgeOver(folder: string, url: string): Program {
  return new Program({
    args: serveArgs(folder, `--upstream=${url}`, "--qq-listen=off"),
    env: { TQQ_TOKEN: TOKEN },
  });
}

/** A query over a journal's file, while the program has it open. */
function query<R>(folder: string, sql: string): R[] {
  const database = new DatabaseSync(`${folder}/journal.db`, { readOnly: true });
  try {
    return database.prepare(sql).all() as R[];
  } finally {
    database.close();
  }
}

/** How many messages a journal holds, and whether the rest of a mailbox is its last event. */
function count(folder: string): { mail: number; hasRest: boolean } {
  const [row] = query<{ mail: number }>(
    folder,
    "SELECT count(*) AS mail FROM events WHERE party IS NOT NULL",
  );
  const [last] = query<{ start: string }>(
    folder,
    "SELECT substr(data, 1, 6) AS start FROM events ORDER BY seq DESC LIMIT 1",
  );
  return { mail: row!.mail, hasRest: last?.start === '{"raw"' };
}

/** The messages, or the rests, of a journal in order. */
function journalled(folder: string, what: "text" | "raw") {
  return query<{ data: string }>(
    folder,
    "SELECT data FROM events ORDER BY seq",
  ).map(({ data }) => JSON.parse(data)).filter((data) => what in data);
}

async function until(isSo: () => boolean, ms: number): Promise<void> {
  for (const end = Date.now() + ms; !isSo();) {
    assert(Date.now() < end, `not within ${ms} ms: ${isSo}`);
    await delay(50);
  }
}

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await using added = new Program({
      args: ["account", "add", "10001", "--password-stdin", `--data=${folder}`],
      stdin: "demo\n",
    });
    assertEquals((await added.output()).code, 0);
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * How long the main thread of a process has run, in milliseconds: other
 * programs may keep the processors and the disk busy, which is not its fault.
 * The time of the clock if the system does not say it.
 */
function ranMs(pid: number): number {
  try {
    const stat = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/schedstat`);
    return Number(stat.split(" ")[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/**
 * Asks for /healthz again and again; returns at the end how long the bridge ran
 * at most before it answered one, in milliseconds.
 */
function watchHealth(http: string, pid: number): () => Promise<number> {
  let isOver = false;
  let mostMs = 0;
  const watching = (async () => {
    while (!isOver) {
      const before = ranMs(pid);
      await (await fetch(`${http}/healthz`)).text();
      mostMs = Math.max(mostMs, ranMs(pid) - before);
      await delay(10);
    }
  })();
  return async () => {
    isOver = true;
    await watching;
    return mostMs;
  };
}

for (
  const [mib, keys] of [
    [5, true],
    [5, false],
    [63, true],
    [63, false],
    [70, true],
    [70, false],
  ] as const
) {
  Deno.test(`serve: ${mib} MiB of mail of a server ${keys ? "with" : "without"} keys are journalled while /healthz answers`, async () => {
    const longestMs: number[] = [];
    const run = async (folder: string) => {
      await using server = new LargeServer(mib, keys);
      await using bridge = bridgeOver(folder, server.url);
      const { http } = await bridge.ready();
      const healthMs = watchHealth(http!, bridge.pid);
      const isWhole = mib <= 64;
      await until(
        () => {
          const { mail, hasRest } = count(folder);
          return isWhole ? mail >= server.rows : hasRest;
        },
        30_000,
      );
      const mostMs = await healthMs();
      bridge.kill("SIGTERM");
      assertEquals((await bridge.output()).code, 0);
      const mail = journalled(folder, "text");
      for (const [nth, data] of mail.entries()) {
        assertEquals(data, { from: "10002", text: textOf(nth) });
      }
      const [rest, ...more] = journalled(folder, "raw");
      assertEquals(more, []);
      if (isWhole) assertEquals([mail.length, rest], [server.rows, undefined]);
      else {
        assertEquals(rest.raw.length, 4000);
        const left = server.rows - mail.length;
        assertEquals(rest.bytes, left * (4096 + 10) + "MT=&UN=&MG=".length);
      }
      longestMs.push(mostMs);
    };
    do await inFolder(run); while (
      longestMs.at(-1)! >= HEALTHY_MS && longestMs.length < MOST_RUNS
    );
    assert(
      longestMs.some((ms) => ms < HEALTHY_MS),
      `/healthz took ${longestMs} ms`,
    );
  });
}

Deno.test("serve: a kill between the parts of a large mailbox loses and repeats nothing", async () => {
  await inFolder(async (folder) => {
    await using server = new LargeServer(20, true);
    for (const least of [1, 1500, 3000]) {
      await using bridge = bridgeOver(folder, server.url);
      await bridge.ready();
      await until(() => count(folder).mail >= least, 30_000);
      bridge.kill("SIGKILL");
      await bridge.output();
      const { mail } = count(folder);
      assert(mail < server.rows, `all ${mail} rows were journalled`);
    }
    await using bridge = bridgeOver(folder, server.url);
    await bridge.ready();
    await until(() => count(folder).mail >= server.rows, 30_000);
    bridge.kill("SIGTERM");
    assertEquals((await bridge.output()).code, 0);
    assertEquals(
      journalled(folder, "text").map(({ text }) => text),
      Array.from({ length: server.rows }, (_, nth) => textOf(nth)),
    );
  });
});
