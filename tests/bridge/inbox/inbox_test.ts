import { Inbox } from "../../../bridge/inbox/inbox.ts";
import {
  type InboxStore,
  MemoryInboxStore,
} from "../../../bridge/inbox/inbox_store.ts";
import { BridgeDatabase } from "../../../bridge/storage/bridge_database.ts";
import type {
  BridgeCommandParams,
  EventData,
  EventName,
} from "../../../mod.ts";
import { assertEquals } from "@std/assert";
import { FakeClock } from "../../support/fake_clock.ts";
import { TestJournal } from "../../support/test_journal.ts";

const ACCOUNTS = ["10001", "10002"];

/** An inbox over a journal, which a test starts again as a program would. */
class Stage {
  readonly clock = new FakeClock();
  readonly journal = new TestJournal("k3f9", { clock: this.clock });
  readonly failures: unknown[] = [];
  inbox!: Inbox;

  constructor(readonly store: InboxStore) {
    this.restart();
  }

  restart(): void {
    this.inbox = new Inbox({
      journal: this.journal,
      store: this.store,
      clock: this.clock,
      onError: (error) => this.failures.push(error),
    });
  }

  /** Appends events of the same kind. */
  async push<N extends EventName>(
    event: N,
    data: EventData[N],
    { count = 1, account = "10001" } = {},
  ): Promise<void> {
    const one = { account, at: this.clock.now(), event, data };
    await this.journal.append({ events: Array(count).fill(one) });
  }

  message(from: string, count = 1, account = "10001"): Promise<void> {
    return this.push("message", { from, text: "hi" }, { count, account });
  }

  request(from: string, text = "please"): Promise<void> {
    return this.push("friend.request", { from, text });
  }

  conversations(params: BridgeCommandParams<"conversations"> = {}) {
    return this.inbox.conversations(ACCOUNTS, params, (uin) => `n${uin}`);
  }

  /** Each conversation as other side, number of unread messages and first of them. */
  async unread(): Promise<[string, number, number | undefined][]> {
    const { conversations } = await this.conversations({ limit: 500 });
    return conversations.map((one) => [one.with, one.unread, one.firstUnread]);
  }

  async requests(): Promise<[from: string, text: string][]> {
    const { requests } = await this.inbox.requests(ACCOUNTS, {}, () => "");
    return requests.map(({ from, text }) => [from, text]);
  }
}

const CASES: Record<string, (stage: Stage) => Promise<void>> = {
  async "counts 7 messages behind 320 changes of presence"(stage) {
    await stage.message("20001", 7);
    await stage.request("20002");
    await stage.push("presence", { from: "20001", status: "busy" }, {
      count: 320,
    });
    const { conversations, unreadByAccount } = await stage.conversations();
    assertEquals(
      conversations.map((one) => [one.with, one.unread, one.last.event]),
      [["20002", 0, "friend.request"], ["20001", 7, "message"]],
    );
    assertEquals(conversations[1], {
      account: "10001",
      with: "20001",
      nickname: "n20001",
      last: conversations[1]!.last,
      unread: 7,
      firstUnread: 1,
      readUpTo: 0,
    });
    assertEquals(conversations[1]!.last.seq, 7);
    assertEquals(unreadByAccount, { "10001": 7 });
    assertEquals(await stage.requests(), [["20002", "please"]]);
  },
  async "counts 158 unread messages of each of 20 friends, and lists an old stranger"(
    stage,
  ) {
    await stage.push("message.stranger", { from: "30000", text: "old" });
    for (let n = 0; n < 158; n++) {
      for (let friend = 0; friend < 20; friend++) {
        await stage.message(`${20000 + friend}`);
      }
    }
    const unread = await stage.unread();
    assertEquals(unread.length, 21);
    assertEquals(
      unread.slice(0, 20).map(([, count]) => count),
      Array(20).fill(158),
    );
    assertEquals(unread.at(-1), ["30000", 1, 1]);
  },
  async "says 1000 for 1000 or more"(stage) {
    await stage.message("20001", 1200);
    assertEquals(await stage.unread(), [["20001", 1000, 1]]);
  },
  async "counts from the account's own last message on"(stage) {
    await stage.message("20001", 3);
    await stage.push("message.sent", { to: "20001", text: "yes" });
    assertEquals(await stage.unread(), [["20001", 0, undefined]]);
    await stage.message("20001", 2);
    assertEquals(await stage.unread(), [["20001", 2, 5]]);
  },
  async "marks as read up to a position, for one conversation or for all, and never back"(
    stage,
  ) {
    await stage.message("20001", 5);
    await stage.message("20002", 2);
    await stage.message("20001", 3, "10002");
    const mark = (params: BridgeCommandParams<"markRead">) =>
      stage.inbox.markRead("10001", params);
    assertEquals(await mark({ with: "20001", upTo: 3 }), { unread: 2 });
    assertEquals(await mark({ with: "20001", upTo: 1 }), { unread: 2 });
    assertEquals(
      (await stage.conversations()).unreadByAccount,
      { "10001": 4, "10002": 3 },
    );
    const { conversations } = await stage.conversations({ unread: true });
    assertEquals(
      conversations.map((one) => [one.account, one.firstUnread, one.readUpTo]),
      [["10002", 8, 0], ["10001", 6, 0], ["10001", 4, 3]],
    );
    assertEquals(await mark({ upTo: 6 }), { unread: 1 });
    assertEquals(await mark({ upTo: 1e9 }), { unread: 0 });
    await stage.message("20001");
    assertEquals((await stage.conversations()).unreadByAccount["10001"], 1);
  },
  async "gives pages, the newest first"(stage) {
    for (const from of ["20001", "20002", "20003"]) await stage.message(from);
    await stage.message("20001");
    const first = await stage.conversations({ limit: 2 });
    const second = await stage.conversations({ limit: 2, after: first.next! });
    assertEquals(
      [first, second].map(({ conversations }) =>
        conversations.map((one) => one.with)
      ),
      [["20001", "20003"], ["20002"]],
    );
    assertEquals(second.next, undefined);
  },
  async "lists each person's last request until it is answered, dismissed, or the person is a friend"(
    stage,
  ) {
    await stage.request("20001", "first");
    await stage.request("20001", "last");
    for (const from of ["20002", "20003", "20004"]) await stage.request(from);
    assertEquals(await stage.requests(), [
      ["20004", "please"],
      ["20003", "please"],
      ["20002", "please"],
      ["20001", "last"],
    ]);
    assertEquals(await stage.inbox.answer("10001", "20002"), true);
    assertEquals(await stage.inbox.answer("10001", "20002"), false);
    await stage.push("friend.added", { from: "20003", text: "" });
    await stage.push("friend.refused", { from: "20004", text: "" });
    assertEquals(await stage.requests(), [
      ["20004", "please"],
      ["20001", "last"],
    ]);
    await stage.request("20002", "again");
    assertEquals((await stage.requests())[0], ["20002", "again"]);
    const { total } = await stage.inbox.requests(["10002"], {}, () => "");
    assertEquals(total, 0);
  },
  async "leaves out what retention has dropped"(stage) {
    await stage.message("20001", 3);
    await stage.request("20003");
    await stage.message("20002", 3);
    assertEquals((await stage.unread()).length, 3);
    stage.journal.trimTo(6);
    assertEquals(await stage.unread(), [["20002", 3, 5]]);
    assertEquals(await stage.requests(), []);
  },
  async "catches up in idle time"(stage) {
    await stage.message("20001", 1200);
    const idle = countReads(stage.journal);
    stage.inbox.start();
    await stage.clock.advance(1000);
    // A hundred events would hold up everything else for some milliseconds.
    assertEquals(idle, { count: 38, most: 32 });
    await stage.message("20001");
    await stage.clock.advance(1000);
    // What was just journalled is not read again.
    assertEquals(idle.count, 38);
    // Without a step in between, so nothing is left to read.
    const reads = countReads(stage.journal);
    await stage.conversations({ limit: 1 });
    assertEquals(reads.count, 1);
    stage.inbox.stop();
  },
};

Deno.test("Inbox: events that follow each other closely do not postpone the reading and storing", async () => {
  using database = new BridgeDatabase(":memory:");
  const stage = new Stage(database.inbox);
  stage.inbox.start();
  for (let n = 0; n < 1600; n++) {
    await stage.message("20001");
    await stage.clock.advance(20);
  }
  const stored = database.inbox.load()!;
  assertEquals(stored.position.seq > 1400, true);
  stage.inbox.stop();
  assertEquals(database.inbox.load()!.conversations[0]?.unread, 1000);
});

Deno.test("Inbox: events as they are journalled count like events that are read", async () => {
  const stages = [true, false].map((isStarted) => {
    const stage = new Stage(new MemoryInboxStore());
    if (isStarted) stage.inbox.start();
    return stage;
  });
  const results = [];
  for (const stage of stages) {
    await stage.message("20001", 2);
    await stage.push("presence", { from: "20001", status: "online" });
    await stage.clock.advance(60);
    await stage.request("20002");
    // More than are kept until they are taken.
    await stage.message("20003", 1100);
    await stage.message("20001");
    results.push([await stage.unread(), await stage.requests()]);
    await stage.message("20004", 40, "10002");
    await stage.clock.advance(1000);
    results.push([await stage.unread(), await stage.requests()]);
    assertEquals(stage.failures, []);
    stage.inbox.stop();
  }
  assertEquals(results.slice(0, 2), results.slice(2));
  assertEquals(results[1]![0]!.length, 4);
});

/** Counts the reads of a journal from now on. */
function countReads(journal: TestJournal): { count: number; most: number } {
  const reads = { count: 0, most: 0 };
  const read = journal.read.bind(journal);
  journal.read = (after, options) => {
    reads.count++;
    reads.most = Math.max(reads.most, options.limit);
    return read(after, options);
  };
  return reads;
}

for (const [what, check] of Object.entries(CASES)) {
  Deno.test(`Inbox: ${what}`, async () => {
    const stage = new Stage(new MemoryInboxStore());
    await check(stage);
    assertEquals(stage.failures, []);
  });
}

for (const isOrderly of [true, false]) {
  Deno.test(`Inbox: a start after ${isOrderly ? "an orderly end" : "a kill"} has the same marks, requests and numbers`, async () => {
    using database = new BridgeDatabase(":memory:");
    const stage = new Stage(database.inbox);
    await stage.message("20001", 3);
    stage.inbox.start();
    await stage.clock.advance(31_000);
    for (const from of ["20002", "20003"]) await stage.request(from);
    await stage.message("20001", 2);
    await stage.inbox.markRead("10001", { with: "20001", upTo: 2 });
    await stage.inbox.answer("10001", "20002");
    const before = [await stage.unread(), await stage.requests()];
    if (isOrderly) stage.inbox.stop();
    stage.restart();
    assertEquals([await stage.unread(), await stage.requests()], before);
    assertEquals(before, [
      [["20001", 3, 3], ["20003", 0, undefined], ["20002", 0, undefined]],
      [["20003", "please"]],
    ]);
    // One that is not stored is made anew from the journal.
    const anew = new Stage(new MemoryInboxStore());
    await anew.message("20001", 3);
    assertEquals(await anew.unread(), [["20001", 3, 1]]);
    assertEquals(stage.failures, []);
  });
}
