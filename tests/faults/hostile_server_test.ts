/** A QQ server without measure, against the program: lists, profiles and mail without end. @module */

import { delay } from "@std/async";
import { assert, assertEquals } from "@std/assert";
import { stopwatch } from "../support/process_figures.ts";
import { Program, serveArgs } from "../support/program.ts";

const TOKEN = "the-administrators-token";
const RETAIN_BYTES = 2_000_000;

/** Mail of one poll: 2,000 messages. */
const FLOOD = 2000;

/** A server whose lists never end and whose mailbox is never empty. */
class HostileServer {
  readonly polls: number[] = [];
  pages = 0;
  readonly #http: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    this.#http = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen() {} },
      async (request) => {
        const [, cmd, seq] = /CMD=(\w+)&SEQ=(-?\d+)/.exec(
          await request.text(),
        )!;
        const headers = {
          "Idempotency-Key": request.headers.get("Idempotency-Key")!,
          "Preference-Applied": "wait=25",
        };
        const head = `VER=1.1&CMD=${cmd!.toUpperCase()}&SEQ=${seq}&UIN=10001`;
        return new Response(`${head}&RES=0${this.#answer(cmd!)}`, { headers });
      },
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#http.addr.port}/`;
  }

  #answer(cmd: string): string {
    switch (cmd) {
      case "Login":
        return "&RS=0&HI=60&LI=300";
      case "GetMsgEx": {
        this.polls.push(performance.now());
        const texts = Array.from(
          { length: FLOOD },
          (_, nth) => `${this.polls.length} ${nth}`,
        );
        return `&MN=${FLOOD}&MT=${"10,".repeat(FLOOD)}&UN=${
          "10002,".repeat(FLOOD)
        }&MG=${texts.join(",")},`;
      }
      case "List": {
        // So many that a busy machine gets them all in the time of a command.
        const from = 20_000 + 1000 * this.pages++;
        const uins = Array.from({ length: 1000 }, (_, nth) => from + nth);
        return `&FN=0&SN=1000&UN=${uins.join(",")},`;
      }
      case "GetInfo":
        return `&LV=0&UN=10001&NK=${"x".repeat(3_000_000)}`;
      default:
        return "&";
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http.shutdown();
  }
}

Deno.test("a server that sends without end: lists and names are bounded, mail is slowed and trimmed, and the bridge answers", async () => {
  await using server = new HostileServer();
  const folder = await Deno.makeTempDir();
  try {
    await using adding = new Program({
      args: ["account", "add", "10001", "--password-stdin", `--data=${folder}`],
      stdin: "secret",
    });
    assertEquals(await adding.end(), 0);
    await using bridge = new Program({
      args: serveArgs(
        folder,
        `--upstream=${server.url}`,
        "--qq-listen=off",
        `--retain-bytes=${RETAIN_BYTES}`,
      ),
      env: { TQQ_TOKEN: TOKEN },
    });
    const { http } = await bridge.ready();
    const get = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${http}${path}`, {
        headers: {
          Authorization: `Bearer ${TOKEN}`,
          "Content-Type": "application/json",
        },
        ...init,
      });
      return { status: response.status, text: await response.text() };
    };
    const sizes: number[] = [];
    const answeredMs: number[] = [];
    const floodedAt = performance.now();
    const seconds = () => (performance.now() - floodedAt) / 1000;
    // On a busy machine, until the flood has arrived.
    while (seconds() < 8 || Math.max(...sizes) <= RETAIN_BYTES / 2) {
      assert(seconds() < 120, "the flood arrived");
      const elapsed = stopwatch(bridge.pid);
      await get("/healthz");
      answeredMs.push(elapsed());
      const { text } = await get("/metrics");
      sizes.push(Number(
        /^tqq_journal_bytes\{[^}]*events[^}]*\} (\S+)$/m
          .exec(text)![1],
      ));
      await delay(20);
    }
    assert(
      Math.max(...sizes) <= 1.1 * RETAIN_BYTES,
      String(Math.max(...sizes)),
    );
    // 5,000 items at once, then a poll a second.
    assert(
      server.polls.length <= 4 + seconds(),
      `${server.polls.length} polls`,
    );
    answeredMs.sort((a, b) => a - b);
    const median = answeredMs[answeredMs.length >> 1]!;
    assert(median < 200, `/healthz took ${median} ms`);

    const friends = await get("/api/friends", {
      method: "POST",
      body: JSON.stringify({ account: "10001" }),
    });
    assertEquals(friends.status, 502, friends.text);
    assert(friends.text.includes("20000 entries"), friends.text);
    const { pages } = server;
    assert(pages < 30, String(pages));
    const accounts = await get("/api/accounts", { method: "POST", body: "{}" });
    assert(accounts.text.length < 1000, `${accounts.text.length} characters`);
    await delay(300);
    assertEquals(server.pages, pages);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
