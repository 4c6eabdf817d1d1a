import { deadline, delay } from "@std/async";
import type { ClusterJournal } from "../../../bridge/cluster/cluster_journal.ts";
import { MemoryLog, MemoryStream } from "../../../bridge/cluster/memory_log.ts";
import { shardOf } from "../../../bridge/cluster/members/shards.ts";
import { NotOwnerError } from "../../../bridge/cluster/replica/not_owner_error.ts";
import { Replica } from "../../../bridge/cluster/replica/replica.ts";
import { LogTimeoutError } from "../../../bridge/cluster/replicated_log.ts";
import type { NewEvent } from "../../../bridge/journal/event.ts";
import {
  JournalLimitError,
  JournalWriteError,
} from "../../../bridge/journal/limits.ts";
import { openJournal } from "../../../bridge/journal/sqlite/journal_file.ts";
import { assertEquals, assertRejects } from "@std/assert";
import {
  type NodeOptions,
  openNode,
  openOwner,
  turnClock,
} from "../../support/cluster_nodes.ts";
import { PlainCodec } from "../../support/plain_codec.ts";

const ACCOUNT = "10001";
/** Wait for what would otherwise never come, in milliseconds. */
const WAIT_MS = 20_000;

const message = (text = "hi"): NewEvent => ({
  account: ACCOUNT,
  at: 0,
  event: "message",
  data: { from: "10002", text },
});
const state = (state: "online" | "offline"): NewEvent => ({
  account: ACCOUNT,
  at: 5,
  event: "account.state",
  data: { state, since: "2005-11-24T00:00:00.000Z" },
});
const command = {
  request: "[]",
  upstreamSeq: "7",
  upstreamKey: "u7",
  at: Date.now(),
};

/** Two nodes on one log; A owns every account. */
interface Stage {
  stream: MemoryStream;
  a: ClusterJournal;
  b: ClusterJournal;
  logOf(journal: ClusterJournal): MemoryLog;
  /** What stopped the nodes. */
  stopped: Error[];
}

function test(
  name: string,
  run: (stage: Stage) => Promise<void>,
  options: NodeOptions = {},
): void {
  Deno.test(`ClusterJournal: ${name}`, async () => {
    const stream = new MemoryStream({ clock: turnClock });
    const stopped: Error[] = [];
    const all: NodeOptions = {
      onStopped: (error) => stopped.push(error),
      onError: () => {},
      ...options,
    };
    const logs = [new MemoryLog(stream), new MemoryLog(stream)];
    const a = await openOwner(logs[0]!, { node: "aaaaaaaa", ...all });
    const b = await openNode(logs[1]!, { node: "bbbbbbbb", ...all });
    const logOf = (one: ClusterJournal) => logs[one === a ? 0 : 1]!;
    try {
      await run({ stream, a, b, logOf, stopped });
    } finally {
      await Promise.all([a.close(), b.close()]);
      await Promise.all(logs.map((log) => log.close()));
    }
  });
}

test("what one node appends, all read at the same positions after settle()", async ({ a, b }) => {
  const [first] = await a.append({ events: [message("a"), message("b")] });
  const [third] = await b.append({ events: [message("c")] });
  assertEquals([first!.seq, third!.seq], [1, 3]);
  await a.settle();
  const expected = { events: a.read(0, { limit: 9 }).events, upTo: 3 };
  assertEquals(expected.events.length, 3);
  assertEquals(b.read(0, { limit: 9 }), expected);
});

test("settle() resolves after what another node was acknowledged, 100 times", async ({ a, b }) => {
  for (let seq = 1; seq <= 100; seq++) {
    await a.setPosition("t1/bot", seq);
    await b.settle();
    assertEquals(b.position("t1/bot"), seq);
  }
});

test("a lost acknowledgement delays nothing, and doubles nothing", async ({ stream, b }) => {
  const log = new MemoryLog(stream, { isAckLost: () => true });
  const c = await openNode(log, { node: "cccccccc" });
  assertEquals((await c.append({ events: [message()] }))[0]!.seq, 1);
  await b.settle();
  assertEquals(b.head, 1);
  await c.close();
  await log.close();
});

test("a record that comes twice is applied once", async ({ stream, a, b }) => {
  await a.append({ events: [message()] });
  const { id, bytes } = stream.records.at(-1)!;
  // The log drops a second one of the same id only for a while.
  stream.store(bytes, `${id} again`);
  await Promise.all([a.settle(), b.settle()]);
  assertEquals([a.head, b.head], [1, 1]);
});

test("the same reply that two nodes take is stored once", async ({ a, b }) => {
  const poll = { account: ACCOUNT, number: 1, repeats: true };
  const taken = await Promise.all(
    [a, b].map((node) => node.append({ events: [message()], poll })),
  );
  assertEquals(taken.map(({ length }) => length).sort(), [0, 1]);
  await b.settle();
  assertEquals([b.head, b.polls(ACCOUNT), b.repeats(ACCOUNT)], [1, 1, true]);
});

test("a node that does not own the account begins no command and sets no state", async ({ a, b }) => {
  await assertRejects(
    () => b.recordStart(ACCOUNT, "k", command),
    NotOwnerError,
    "must own the account, got 10001",
  );
  await b.recordStart("token:t1", "k", command);
  assertEquals(await b.append({ events: [state("offline")] }), []);
  assertEquals((await a.append({ events: [state("online")] })).length, 1);
  await a.recordStart(ACCOUNT, "k", command);
  await b.settle();
  assertEquals(b.findCommand(ACCOUNT, "k"), command);
  assertEquals(b.replica.state(ACCOUNT), {
    at: 5,
    data: JSON.stringify(state("online").data),
  });
});

test("an outcome is stored with the position of its event", async ({ a, b }) => {
  await a.recordStart(ACCOUNT, "k", command);
  await a.append({
    events: [message()],
    outcome: {
      account: ACCOUNT,
      key: "k",
      outcome: { ok: true, data: {} },
      seqField: "seq",
    },
  });
  await b.settle();
  assertEquals(b.findCommand(ACCOUNT, "k")?.outcome, {
    ok: true,
    data: { seq: 1 },
  });
});

test("what a former owner reports late of a command that was done is dropped", async ({ a, b }) => {
  await a.recordStart(ACCOUNT, "k", command);
  const report = (node: ClusterJournal, ok: boolean) =>
    node.append({
      events: ok ? [message()] : [],
      outcome: {
        account: ACCOUNT,
        key: "k",
        outcome: ok ? { ok, data: {} } : {
          ok,
          error: { code: "rejected", message: "no", retriable: false },
        },
        seqField: "seq",
      },
    });
  await report(b, false);
  assertEquals((await report(a, true)).length, 1);
  assertEquals(await report(b, true), []);
  assertEquals(await report(b, false), []);
  await a.settle();
  assertEquals([a.head, a.findCommand(ACCOUNT, "k")?.outcome], [1, {
    ok: true,
    data: { seq: 1 },
  }]);
});

test("a refusal rejects only the write that it concerns", async ({ a }) => {
  const results = await Promise.allSettled([
    a.setPosition("t1/a", 1),
    a.setPosition("t1/b", 1),
    a.setPosition("t2/a", 1),
  ]);
  assertEquals(
    results.map((result) =>
      result.status === "rejected" && result.reason instanceof JournalLimitError
    ),
    [false, true, false],
  );
}, { limits: { consumersOfOwner: 1 } });

test("a connection that was replaced on another node moves no position", async ({ a, b }) => {
  await a.setPosition("t1/bot", 5);
  const first = await a.holds.take("t1/bot");
  await a.setPosition("t1/bot", 6, first);
  const taken: string[] = [];
  a.holds.watch((...held) => taken.push(...held));
  const second = await b.holds.take("t1/bot");
  await a.setPosition("t1/bot", 9, first);
  await b.setPosition("t1/bot", 7, second);
  await a.settle();
  assertEquals([a.position("t1/bot"), b.position("t1/bot")], [7, 7]);
  assertEquals(taken, ["t1/bot", second]);
  assertEquals([a.holds.isOwn(second), b.holds.isOwn(second)], [false, true]);
});

test(
  "a large batch goes in parts, also when a node ends in between",
  async ({ stream, a }) => {
    const database = openJournal(":memory:");
    const codec = new PlainCodec(100);
    const { epoch } = a;
    await a.append({ events: [message("x".repeat(300))] });
    const parts = stream.records.filter(({ id }) => /\.\d+\.\d+$/.test(id));
    assertEquals(parts.length > 4, true);
    const before = new Replica(database, { epoch, codec });
    before.apply(stream.records.slice(0, -2));
    assertEquals(before.journal.head, 0);
    const log = new MemoryLog(stream);
    const after = await openNode(log, { database, codec });
    await after.settle();
    assertEquals(after.read(0, { limit: 9 }), a.read(0, { limit: 9 }));
    await after.close();
    await log.close();
  },
  { codec: new PlainCodec(100) },
);

test("a message that no node wrote changes nothing", async ({ stream, a, b }) => {
  stream.store(new TextEncoder().encode("forged"), "forged");
  await a.append({ events: [message()] });
  await b.settle();
  assertEquals([a.head, b.head], [1, 1]);
});

test("a log that lost records stops the node, which still reads", async ({ stream, a, stopped }) => {
  await a.append({ events: [message()] });
  stream.rollBack(1);
  const error = await assertRejects(
    () => a.append({ events: [message()] }),
    JournalWriteError,
    "Cannot follow the log",
  );
  assertEquals(a.failure, (error as Error).cause);
  assertEquals(stopped[0], a.stopped);
  assertEquals(a.read(0, { limit: 9 }).events.length, 1);
});

for (
  const [what, answer] of [
    // Another record is there by now.
    [
      "acknowledges but does not store",
      (next: number) => Promise.resolve(next),
    ],
    [
      "holds for one that is being stored",
      () => Promise.reject(new LogTimeoutError("under way")),
    ],
  ] as [string, (next: number) => Promise<number>][]
) {
  test(`a record that the log ${what} is written again, once`, async ({ stream, a, b, logOf }) => {
    const log = logOf(a);
    const append = log.append.bind(log);
    let swallowed = "";
    log.append = (bytes, id, attempt) => {
      if (attempt !== 0) return append(bytes, id, attempt);
      swallowed = id;
      return answer(stream.info.last + 1);
    };
    const appended = a.append({ events: [message("a")] });
    while (swallowed === "") await delay(1);
    await b.append({ events: [message("b")] });
    assertEquals((await deadline(appended, WAIT_MS))[0]!.seq, 2);
    assertEquals(
      stream.records.filter(({ id }) => id === swallowed).length,
      1,
    );
    // Servers can have stored both attempts.
    const twice = stream.records.find(({ id }) => id === swallowed)!;
    stream.store(twice.bytes, swallowed, 9);
    await b.settle();
    assertEquals([a.failure, b.head], [undefined, 2]);
  });
}

test("a heartbeat waits for no other record", async ({ stream, a, logOf }) => {
  const log = logOf(a);
  const append = log.append.bind(log);
  const held: (() => void)[] = [];
  log.append = (...record) =>
    new Promise((resolve) => held.push(() => resolve(append(...record))));
  const writes: Promise<unknown>[] = [];
  while (held.length < 4) {
    writes.push(a.append({ events: [message()] }));
    await delay(1);
  }
  log.append = append;
  const beat = a.control({ op: "beat", node: "aaaaaaaa", applied: 1 });
  await deadline(beat, WAIT_MS).catch(() => {});
  const indexes = [a.membership.member("aaaaaaaa")!.beat, stream.info.last];
  for (const go of held) go();
  await Promise.all(writes);
  assertEquals(indexes[0], indexes[1]);
});

test("a record of a later version stops the node, which says so", async ({ stream, a, stopped }) => {
  const text = '[2,"dddddddd",1,0,{"seen":[0,0,""]}]';
  const [later] = new PlainCodec().encode("dddddddd", 1, text);
  stream.store(later!.bytes, later!.id);
  await assertRejects(() => a.settle(), JournalWriteError, "Upgrade this node");
  assertEquals(stopped[0]?.name, "RecordVersionError");
});

test("of two replicas that differ, the one that joined later stops", async ({ a, b, stopped }) => {
  await b.control({
    op: "join",
    node: "bbbbbbbb",
    folder: "b",
    version: 1,
    edge: false,
  });
  await a.append({ events: [message()] });
  await b.settle();
  // Something else than the log changed it.
  b.replica.journal.applyAll((apply) =>
    apply(b.replica.journal.writes.append([{
      account: ACCOUNT,
      at: 0,
      event: "message",
      party: "",
      data: "{}",
      bytes: 64,
    }]))
  );
  await a.append({ events: [message()] });
  await Promise.all([a, b].map((node) => node.settle().catch(() => {})));
  await a.append({ events: [message()] });
  await a.settle();
  await b.settle().catch(() => {});
  assertEquals(stopped.map(({ name }) => name), ["DivergenceError"]);
  assertEquals([a.stopped, b.stopped?.name], [undefined, "DivergenceError"]);
});

test("a full disk delays records, and loses none", async ({ stream, a }) => {
  const database = openJournal(":memory:");
  const log = new MemoryLog(stream);
  const errors: unknown[] = [];
  const c = await openNode(log, {
    node: "cccccccc",
    database,
    onError: (error) => errors.push(error),
  });
  await c.settle();
  const pages = Object.values(database.prepare("PRAGMA page_count").get()!)[0];
  database.exec(`PRAGMA max_page_count = ${pages}`);
  await a.append({ events: [message("x".repeat(10_000))] });
  const written = c.append({ events: [message()] });
  while (errors.length === 0) await delay(5);
  assertEquals([c.head, c.failure?.name], [0, "JournalWriteError"]);
  database.exec("PRAGMA max_page_count = 1000000");
  assertEquals((await written)[0]!.seq, 2);
  assertEquals(c.failure, undefined);
  await c.close();
  await log.close();
});

test("an id of a process that has written before is refused", async ({ stream, a }) => {
  const database = openJournal(":memory:");
  const log = new MemoryLog(stream);
  const c = await openNode(log, { database });
  await a.settle();
  await c.settle();
  await assertRejects(
    () => openNode(log, { database, node: "aaaaaaaa" }),
    RangeError,
    "the id of the process must be new, got aaaaaaaa",
  );
  assertEquals(c.membership.owner(shardOf(ACCOUNT)), "aaaaaaaa");
  await c.close();
  await log.close();
});

Deno.test("ClusterJournal: writes the version that all members read, and stops with one line at a record of a later one", async () => {
  const stream = new MemoryStream({ clock: turnClock });
  const logs = [1, 2, 3].map(() => new MemoryLog(stream));
  const versions = () =>
    stream.records.map(({ bytes }) => {
      const { text } = JSON.parse(new TextDecoder().decode(bytes));
      return JSON.parse(text.split("\n")[0])[0] as number;
    });
  const old = await openOwner(logs[0]!, { node: "aaaaaaaa" });
  const next = await openNode(logs[1]!, { node: "bbbbbbbb", version: 2 });
  const join = { node: "bbbbbbbb", folder: "b", version: 2, edge: false };
  await next.control({ op: "join", ...join });
  await next.append({ events: [message()] });
  await old.append({ events: [message()] });
  assertEquals(new Set(versions()), new Set([1]));
  await next.settle();
  assertEquals([old.stopped, next.head], [undefined, 2]);

  await next.control({ op: "dead", node: "aaaaaaaa", beat: 1 });
  await next.append({ events: [message()] });
  assertEquals(versions().at(-1), 2);
  const line =
    "Cannot apply a record of the cluster: its version must be at most 1, got 2. Upgrade this node.";
  while (old.stopped === undefined) await delay(1);
  assertEquals(old.stopped.message, line);
  await assertRejects(() => old.append({ events: [message()] }), Error, line);
  const late = await openNode(logs[2]!, { node: "cccccccc" });
  await assertRejects(() => late.settle(), Error, line);
  for (const journal of [old, next, late]) await journal.close();
  for (const log of logs) await log.close();
});
