/** Two bridges that poll one account: the one that was overtaken says so, and no message is lost or doubled. @module */

import { delay } from "@std/async";
import { openJournal } from "../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../bridge/journal/sqlite/sqlite_journal.ts";
import { addDemo, createServer } from "../../lib/server/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { Program, serveArgs } from "../support/program.ts";

const TOKEN = "the-administrators-token";
const REASON = "another bridge polls this account";

/** Waits until something is so, on a busy machine for long. */
async function until(isSo: () => boolean | Promise<boolean>) {
  for (const end = Date.now() + 120_000; !await isSo();) {
    assert(Date.now() < end, `not within two minutes: ${isSo}`);
    await delay(250);
  }
}

/** A bridge that logs in 10001, in a process and a folder of its own. */
class BridgeProcess {
  readonly folder: string;
  readonly program: Program;
  #http = "";

  private constructor(folder: string, server: string) {
    this.folder = folder;
    this.program = new Program({
      args: serveArgs(folder, `--upstream=${server}`, "--qq-listen=off"),
      env: { TQQ_TOKEN: TOKEN },
    });
  }

  static async start(folder: string, server: string): Promise<BridgeProcess> {
    await using added = new Program({
      args: ["account", "add", "10001", "--password-stdin", `--data=${folder}`],
      stdin: "demo\n",
    });
    assertEquals((await added.output()).code, 0);
    const bridge = new BridgeProcess(folder, server);
    bridge.#http = (await bridge.program.ready()).http!;
    return bridge;
  }

  // deno-lint-ignore no-explicit-any
  async command(name: string, params: unknown): Promise<any> {
    const response = await fetch(`${this.#http}/api/${name}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(params),
    });
    return await response.json();
  }

  async state(): Promise<string> {
    const { accounts } = await this.command("accounts", {});
    return accounts[0].state;
  }

  /** Ends it, and reads what its journal holds and what it logged. */
  async end() {
    this.program.kill("SIGTERM");
    const { code, stderr } = await this.program.output();
    assertEquals(code, 0, stderr);
    const journal = new SqliteJournal(openJournal(`${this.folder}/journal.db`));
    const frames = journal.read(0, { limit: 1000 }).events
      .map(({ frame }) => JSON.parse(frame));
    await journal.close();
    return {
      texts: frames.filter(({ event }) => event.startsWith("message"))
        .map(({ data }) => data.text as string),
      reasons: frames.filter(({ data }) => data.state === "replaced")
        .map(({ data }) => data.reason as string),
      warnings: stderr.split("\n").filter((line) =>
        line.includes('"warn"') && line.includes(REASON)
      ),
    };
  }
}

/**
 * How many messages arrive while the first bridge is paused, and which bridge
 * is overtaken when it goes on: with a message in its socket it has the next
 * key to ask with, so that it is the other one whose key counts no more.
 */
const SCENES: [messages: number, overtaken: "first" | "second"][] = [
  [0, "first"],
  [5, "second"],
];

for (const [messages, which] of SCENES) {
  Deno.test({
    name:
      `a paused bridge beside another, ${messages} messages meanwhile: the ${which} says that it was overtaken, never repeats its key, and every message is in one journal`,
    ignore: Deno.build.os === "windows",
    fn: () => pause(messages, which),
  });
}

async function pause(messages: number, which: "first" | "second") {
  const root = await Deno.makeTempDir();
  const server = createServer({ sendGapMs: 0 });
  await addDemo(server);
  /** The keys of all polls that were answered, in order. */
  const polls: { key: string; res: string }[] = [];
  /** The texts that the replies held. */
  const served = new Set<string>();
  const http = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (given, info) => {
      // A server that knows keys only: the one with sessions never looks at the key.
      const request = new Request(given);
      request.headers.delete("Tqq-Session");
      const isPoll = (await request.clone().text()).includes("CMD=GetMsgEx");
      const response = await server.fetch(request, info);
      const key = request.headers.get("Idempotency-Key");
      if (isPoll && key !== null) {
        const body = await response.clone().text();
        polls.push({ key, res: /&RES=(\d+)/.exec(body)?.[1] ?? "" });
        for (const [text] of body.matchAll(/text \d+/g)) served.add(text);
      }
      return response;
    },
  );
  const url = `http://127.0.0.1:${http.addr.port}/`;
  const texts: string[] = [];
  const say = async (count: number) => {
    for (let nth = 0; nth < count; nth++) {
      const text = `text ${texts.length}`;
      texts.push(text);
      await server.deliver("10001", {
        type: "message",
        from: "10002",
        text,
      });
      await delay(10);
    }
  };
  const first = await BridgeProcess.start(`${root}/first`, url);
  await using _first = first.program;
  await until(async () => await first.state() === "online");
  await say(5);
  first.program.kill("SIGSTOP");
  await say(messages);

  const second = await BridgeProcess.start(`${root}/second`, url);
  await using _second = second.program;
  await until(async () => await second.state() === "online");
  await say(5);
  first.program.kill("SIGCONT");
  const [overtaken, other] = which === "first"
    ? [first, second]
    : [second, first];
  await until(async () => await overtaken.state() === "replaced");
  assertEquals(await overtaken.command("login", { account: "10001" }), {
    state: "online",
  });
  await say(5);
  await until(async () => await other.state() === "replaced");
  await say(5);
  // What is not asked for before the end stays in the mailbox.
  await until(() => texts.every((text) => served.has(text)));
  const ended = await Promise.all([overtaken.end(), other.end()]);
  for (const { reasons, warnings } of ended) {
    assertEquals(new Set(reasons), new Set([REASON]));
    assertEquals(warnings.length, reasons.length);
  }
  assertEquals(
    ended.flatMap((each) => each.texts).sort(),
    [...texts].sort(),
  );
  const refused = polls.filter(({ res }) => res === "3");
  assert(refused.length >= 2, `${refused.length} refused`);
  for (const { key } of refused) {
    assertEquals(
      polls.findLast((poll) => poll.key === key),
      refused.find((poll) => poll.key === key),
    );
  }
  await server.close();
  await http.shutdown();
  await Deno.remove(root, { recursive: true });
}
