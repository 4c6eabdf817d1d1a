import { delay } from "@std/async";
import { openJournal } from "../../../bridge/journal/sqlite/journal_file.ts";
import { SqliteJournal } from "../../../bridge/journal/sqlite/sqlite_journal.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { EventReader } from "../../support/event_reader.ts";
import { Program, serveArgs } from "../../support/program.ts";
import type { Frame } from "./stage.ts";

const TOKEN = "a-token-of-this-test";
const PAGE_BYTES = 4096;
const DAMAGED_PAGES = 12;
const MESSAGES = 400;

/** Appends long messages to a stopped program's journal, and overwrites pages in the middle of its file. */
async function damage(file: string): Promise<string> {
  const journal = new SqliteJournal(openJournal(file));
  for (let count = 0; count < MESSAGES; count++) {
    await journal.append({
      events: [{
        account: "10001",
        at: Date.now(),
        event: "message",
        data: { from: "10000", text: "x".repeat(3000) },
      }],
    });
  }
  const { epoch } = journal;
  await journal.close();
  using handle = await Deno.open(file, { write: true });
  const { size } = await Deno.stat(file);
  const page = Math.floor(size / PAGE_BYTES / 2);
  await handle.seek(page * PAGE_BYTES, Deno.SeekMode.Start);
  await handle.write(
    new Uint8Array(DAMAGED_PAGES * PAGE_BYTES).fill(0xff),
  );
  return epoch;
}

Deno.test("program: a damaged page of the journal ends no target and no process, and is reported", async () => {
  const folder = await Deno.makeTempDir();
  const posted: Frame[] = [];
  await using receiver = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      posted.push(await request.json());
      return new Response(null, { status: 204 });
    },
  );
  const args = serveArgs(
    `${folder}/d`,
    `--onebot-post=10001=http://127.0.0.1:${receiver.addr.port}/`,
  );
  const env = { TQQ_TOKEN: TOKEN };
  try {
    {
      await using first = new Program({ args, env });
      await first.ready();
      while (posted.length === 0) await tick();
      first.kill("SIGTERM");
      assertEquals((await first.output()).code, 0);
    }
    const before = posted.length;
    const epoch = await damage(`${folder}/d/journal.db`);
    await using program = new Program({ args, env });
    const { http } = await program.ready();
    const headers = { authorization: `Bearer ${TOKEN}` };
    const events = (query: string) =>
      fetch(`${http}/events${query}`, { headers });
    const live = new EventReader(await events(""));
    await live.next();
    // A reader that starts before the damage is sent what precedes it, then cut.
    const behind = new EventReader(await events(`?after=${epoch}:0`));
    let last = 0;
    try {
      for (let next; (next = await behind.next()) !== undefined;) {
        last = Number(next.id?.split(":")[1]);
      }
    } catch {
      // The connection was cut.
    }
    assert(last > 100 && last < MESSAGES, `read up to ${last}`);
    assertEquals(
      await closeCodeOf(
        `${http!.replace("http", "ws")}/ws?access_token=${TOKEN}`,
        { type: "subscribe", id: 1, after: { epoch, seq: 0 } },
      ),
      1011,
    );
    // Reads of what precedes the damage succeed: the target's failed one follows them.
    let ready: Response;
    do {
      ready = await fetch(`${http}/readyz`, { headers });
      if (ready.status !== 503) await ready.body?.cancel();
    } while (ready.status !== 503);
    const { reasons } = await ready.json();
    assert(
      reasons.some(({ reason }: Frame) => reason === "journal_damaged"),
      JSON.stringify(reasons),
    );
    // Events after the damage reach the others.
    const sent = await fetch(`${http}/api/send`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ account: "10001", to: "10000", text: "later" }),
    });
    await sent.body?.cancel();
    for (let found = false; !found;) {
      found = (await live.next())?.data?.includes("later") === true;
    }
    await live.cancel();
    // All that precedes the damage is posted; the failed read follows it.
    while (!posted.some(({ seq }) => seq === last)) await tick();
    let target: Frame;
    do {
      const listed = await fetch(`${http}/api/targets`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: "{}",
      });
      [target] = (await listed.json()).targets;
    } while (target.lastError === undefined);
    const texts = posted.slice(before)
      .filter(({ raw_message }) => raw_message?.length === 3000);
    assert(texts.length > 100, `${texts.length} were posted`);
    assertEquals(
      texts.map(({ seq }) => seq),
      texts.map((_, index) => texts[0].seq + index),
    );
    assertEquals([target.lastError.code, target.states], ["journal", {
      retrying: 1,
    }]);
    program.kill("SIGTERM");
    const { code, stderr } = await program.output();
    assertEquals(code, 0, stderr);
    const lines = stderr.trim().split("\n").map((line) => JSON.parse(line));
    const warnings = lines.filter(({ message, level }) =>
      level === "warn" &&
      message === "OneBot: HTTP POST: cannot read the journal"
    );
    assertEquals(warnings.length, 1);
    assertMatch(warnings[0].reason, /malformed/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Sends one frame once the bridge has welcomed the client; gives the code with which it closes. */
function closeCodeOf(url: string, frame: unknown): Promise<number> {
  const socket = new WebSocket(url);
  socket.onmessage = () => {
    socket.onmessage = null;
    socket.send(JSON.stringify(frame));
  };
  return new Promise((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
}

function tick(): Promise<void> {
  return delay(20);
}
