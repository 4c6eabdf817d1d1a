import { assert, assertEquals } from "@std/assert";
import {
  type Client,
  type EndpointRow,
  enter,
  expected,
  type Received,
} from "./row.ts";
import { SuiteStage } from "./stage.ts";

/** How long a reader may make no progress, in milliseconds. */
const STALL_MS = 30_000;

/** How events are sent, resumed and held back. */
export function testEvents(rows: readonly EndpointRow[]): void {
  for (const row of rows) {
    if (!row.hasEvents) continue;
    testScope(row);
    testKind(row);
    if (row.resumes === false) continue;
    testResume(row);
    testGaps(row);
    testSlowReader(row);
  }
}

async function seqs(client: Client, count: number): Promise<Received["seq"][]> {
  const got: Received["seq"][] = [];
  while (got.length < count) got.push((await client.next()).seq);
  return got;
}

function testKind(row: EndpointRow): void {
  const { name, countedAs: kind } = row;
  if (kind === undefined) return;
  Deno.test(`${name}: a connection is counted as ${kind} until it ends`, async () => {
    await using stage = await SuiteStage.open();
    const count = (one: string) =>
      stage.metric(`tqq_connections{kind="${one}"}`);
    const before = await count(kind);
    const others = await stage.metric("tqq_connections") - before;
    const client = await enter(row, stage);
    assertEquals(await count(kind), before + 1);
    assertEquals(
      await stage.metric("tqq_connections"),
      others + before + 1,
    );
    await client.leave();
    await stage.until(async () => await count(kind) === before);
  });
}

function from(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

function testScope(row: EndpointRow): void {
  if (row.path === undefined) return;
  const { name } = row;
  Deno.test(`${name}: a reader gets the events of its token's accounts, from now on`, async () => {
    await using stage = await SuiteStage.open();
    await stage.push(2);
    await using client = await enter(row, stage, { token: "one" });
    await stage.bridge.push("10002");
    await stage.push(1);
    assertEquals(await client.next(), { seq: 4 });
  });

  if (expected(row, "unread") !== "open") return;
  Deno.test(`${name}: a token without the scope read opens, and is sent no event`, async () => {
    await using stage = await SuiteStage.open();
    await using client = await enter(row, stage, { token: "none" });
    await stage.push(1);
    await stage.pass(1000);
    await client.socket!.send(row.validFrame);
    await client.answer();
    assertEquals(client.waiting, 0);
  });
}

function testResume(row: EndpointRow): void {
  Deno.test(`${row.name}: a reader that comes back gets what it missed, once and in order, and goes on`, async () => {
    await using stage = await SuiteStage.open();
    const { epoch } = stage.bridge.journal;
    const first = await enter(row, stage);
    await stage.push(2);
    assertEquals(await seqs(first, 2), [1, 2]);
    await first.leave();
    await stage.push(600);
    await using second = await enter(row, stage, { after: { epoch, seq: 2 } });
    const got = await seqs(second, 300);
    await stage.push(1);
    got.push(...await seqs(second, 301));
    assertEquals(got, from(3, 601));
  });
}

function testGaps(row: EndpointRow): void {
  const { name } = row;
  Deno.test(`${name}: a reader whose next events were trimmed is sent the gap, then gets the rest`, async () => {
    await using stage = await SuiteStage.open();
    const { epoch } = stage.bridge.journal;
    const first = await enter(row, stage);
    await stage.push(1);
    assertEquals(await seqs(first, 1), [1]);
    await first.leave();
    await stage.push(4);
    stage.bridge.journal.trimTo(4);
    await using second = await enter(row, stage, { after: { epoch, seq: 1 } });
    const { gap, seq } = await second.next();
    assertEquals(gap, { from: 2, to: 3, reason: "trimmed" });
    assert(seq === undefined || seq === 3);
    assertEquals(await seqs(second, 2), [4, 5]);
  });

  if (expected(row, "ownEpoch") === "sent") {
    Deno.test(`${name}: a reader with a position of another journal is sent a gap, then gets all that is kept`, async () => {
      await using stage = await SuiteStage.open();
      await stage.push(4);
      stage.bridge.journal.trimTo(2);
      await using client = await enter(row, stage, {
        after: { epoch: "other", seq: 9 },
      });
      const { gap, seq } = await client.next();
      assertEquals(gap, { from: 1, to: 1, reason: "epoch" });
      assert(seq === undefined || seq === 1);
      assertEquals(await seqs(client, 3), [2, 3, 4]);
    });
  }

  if (expected(row, "ahead") === "sent") {
    Deno.test(`${name}: a reader that is ahead of the journal is sent a gap, and gets what comes`, async () => {
      await using stage = await SuiteStage.open();
      const { epoch } = stage.bridge.journal;
      await stage.push(4);
      await using client = await enter(row, stage, {
        after: { epoch, seq: 90 },
      });
      const { gap, seq } = await client.next();
      assertEquals(gap, { from: 5, to: 90, reason: "ahead" });
      assert(seq === undefined || seq === 4);
      await stage.push(1);
      assertEquals(await seqs(client, 1), [5]);
    });
  }
}

const SENT = "tqq_sent_frames_total";
const SLOW = "tqq_slow_closes_total";

function testSlowReader(row: EndpointRow): void {
  Deno.test(`${row.name}: a reader that stands still is sent no more, ended after 30 s, and resumes`, async () => {
    await using stage = await SuiteStage.open();
    const { epoch } = stage.bridge.journal;
    const slow = await enter(row, stage);
    const pushed = await fill(stage);
    await stage.pass(STALL_MS - 2000);
    assertEquals(await stage.metric(SLOW), 0);
    await stage.pass(4000);
    await stage.until(async () => await stage.metric(SLOW) === 1);

    const got: number[] = [];
    for (;;) {
      const received = await slow.next().catch(() => undefined);
      if (received === undefined) break;
      got.push(received.seq!);
    }
    assertEquals(got, from(1, got.length));
    assert(got.length < pushed, "it was sent all");
    await slow[Symbol.asyncDispose]();

    await using again = await enter(row, stage, {
      after: { epoch, seq: got.length },
    });
    // A position that the bridge keeps may be one that it has not confirmed.
    const { seq } = await again.next();
    assert(seq! <= got.length + 1, `resumed at ${seq}`);
    assertEquals(
      await seqs(again, pushed - seq!),
      from(seq! + 1, pushed - seq!),
    );
  });
}

/** Journals large events until a reader that stands still is sent no more; gives their number. */
async function fill(stage: SuiteStage): Promise<number> {
  const text = "x".repeat(60_000);
  let pushed = 0;
  for (let sent = -1;;) {
    await stage.push(40, text);
    pushed += 40;
    await stage.pass(0);
    for (let turns = 0; turns < 20; turns++) {
      await stage.drive(Promise.resolve());
    }
    const now = await stage.metric(SENT);
    if (now === sent) return pushed;
    sent = now;
    assert(pushed < 2000, "it is sent all");
  }
}
