import {
  ConsoleSessions,
  SESSION_LIMITS,
} from "../../../bridge/access/console_sessions.ts";
import type { ClusterJournal } from "../../../bridge/cluster/cluster_journal.ts";
import { MemoryLog, MemoryStream } from "../../../bridge/cluster/memory_log.ts";
import { ReplicatedMarks } from "../../../bridge/cluster/replicated_marks.ts";
import { ReplicatedSessions } from "../../../bridge/cluster/replicated_sessions.ts";
import type { SharedRows } from "../../../bridge/cluster/replica/shared_rows.ts";
import { SharedState } from "../../../bridge/cluster/replica/shared_state.ts";
import { Inbox } from "../../../bridge/inbox/inbox.ts";
import { MemoryInboxStore } from "../../../bridge/inbox/inbox_store.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { openNode, turnClock } from "../../support/cluster_nodes.ts";
import { grantOf } from "../../support/fake_bridge.ts";

/** Two nodes of one log, each with what `make` adds. */
async function pair<T>(make: (journal: ClusterJournal) => T) {
  const stream = new MemoryStream({ clock: turnClock });
  const nodes = await Promise.all([0, 1].map(async () => {
    const log = new MemoryLog(stream);
    const journal = await openNode(log);
    return { log, journal, made: make(journal) };
  }));
  const [a, b] = nodes as [typeof nodes[0], typeof nodes[0]];
  return {
    a: a.made,
    b: b.made,
    journal: a.journal,
    async settle() {
      for (const { journal } of nodes) await journal.settle();
    },
    async end() {
      for (const { journal, log } of nodes) {
        await journal.close();
        await log.close();
      }
    },
  };
}

Deno.test("ReplicatedMarks: what is read on one node is read on all, and a mark never moves back", async () => {
  const on = await pair((journal) => {
    const store = new ReplicatedMarks(journal, new MemoryInboxStore());
    const inbox = new Inbox({
      journal,
      store,
      clock: turnClock,
      onError: (error) => {
        throw error;
      },
    });
    inbox.start();
    return { inbox, store };
  });
  const unread = async ({ inbox }: typeof on.a) =>
    (await inbox.conversations(["10001"], {}, () => "")).conversations
      .map((one) => one.unread);
  await on.journal.append({
    events: ["1", "2", "3"].map((text) => ({
      account: "10001",
      at: 0,
      event: "message",
      data: { from: "10002", text },
    })),
  });
  await on.settle();
  assertEquals([await unread(on.a), await unread(on.b)], [[3], [3]]);
  await on.a.inbox.markRead("10001", { with: "10002", upTo: 2 });
  await on.settle();
  assertEquals([await unread(on.a), await unread(on.b)], [[1], [1]]);
  await on.b.inbox.markRead("10001", { upTo: 3 });
  const late = { kind: "read", account: "10001", party: "" } as const;
  await on.a.store.putMark({ ...late, seq: 1 });
  await on.settle();
  assertEquals([await unread(on.a), await unread(on.b)], [[0], [0]]);
  const marks = [
    { ...late, seq: 3 },
    { ...late, party: "10002", seq: 2 },
  ];
  for (const { store } of [on.a, on.b]) {
    const bySeq = store.marks().sort((a, b) => b.seq - a.seq);
    assertEquals(bySeq, marks);
  }
  on.a.inbox.stop();
  on.b.inbox.stop();
  await on.end();
});

Deno.test("ReplicatedSessions: a session opens, is used and ends on all nodes, and does not begin again", async () => {
  const errors: unknown[] = [];
  let now = 0;
  const on = await pair((journal) => {
    const store = new ReplicatedSessions(journal);
    const sessions = new ConsoleSessions({
      clock: { now: () => now },
      store,
      findGrant: () => grantOf(),
      onError: (error) => errors.push(error),
    });
    return { sessions, store };
  });
  const { a, b } = on;
  const opened = a.sessions.open(grantOf(), "token", false);
  const late = a.sessions.open(grantOf(), "token", false);
  await on.settle();
  assertEquals(b.store.list().length, 2);
  const found = b.sessions.find(opened);
  assertEquals(found?.grant.revoked(), false);
  now = 60_000;
  b.sessions.extend(opened);
  b.sessions.find(opened);
  await on.settle();
  const expiresAt = now + SESSION_LIMITS.idleMs;
  assertEquals(a.sessions.find(opened)?.expiresAt, expiresAt);
  // Another process, from what the replica has.
  const next = new ConsoleSessions({
    clock: { now: () => now },
    store: a.store,
    findGrant: () => grantOf(),
  });
  assert(next.find(late) !== undefined);

  b.sessions.end(opened);
  await on.settle();
  assertEquals(a.sessions.find(opened), undefined);
  assertEquals(found?.grant.revoked(), true);
  const hashes = a.store.list().map(({ hash }) => hash);
  await b.store.remove(hashes);
  await a.store.setSeen(hashes, now);
  await a.store.setExpiry(hashes[0]!, now);
  await on.settle();
  assertEquals([a.store.list(), b.store.list()], [[], []]);
  assertEquals(errors, []);
  await on.end();
});

Deno.test("SharedState: drops the lowest marks beyond its bound, and refuses what is no position", () => {
  const rows = {
    entries: () => [],
    put: () => {},
  } as unknown as SharedRows;
  const states = [false, true].map((isReversed) => {
    const state = new SharedState(rows);
    const numbers = Array.from({ length: 100_000 }, (_, nth) => nth);
    if (isReversed) numbers.reverse();
    for (const nth of numbers) {
      state.putShared(`mark/read/10001/${nth}`, String(nth));
    }
    state.putShared("mark/read/10002/", "200000");
    return state;
  });
  const [first, second] = states.map(({ shared }) => new Set(shared.keys()));
  assertEquals(first!.size, 99_001);
  assertEquals(first!.symmetricDifference(second!).size, 0);
  assertEquals(first!.has("mark/read/10001/1000"), true);
  assertEquals(first!.has("mark/read/10001/999"), false);
  // Marks take no place of other kinds.
  states[0]!.putShared("target/1", "{}");
  assertThrows(() => states[0]!.putShared("mark/read/1/2", "x"), RangeError);
});
