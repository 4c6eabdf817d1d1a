import { assertEquals } from "@std/assert";
import { ClusterJournal } from "../../../bridge/cluster/cluster_journal.ts";
import { RecordWriter } from "../../../bridge/cluster/record_writer.ts";
import { formatRecord } from "../../../bridge/cluster/replica/record.ts";
import { Replica } from "../../../bridge/cluster/replica/replica.ts";
import type {
  LogRecord,
  ReplicatedLog,
} from "../../../bridge/cluster/replicated_log.ts";
import { openJournal } from "../../../bridge/journal/sqlite/journal_file.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { PlainCodec } from "../../support/plain_codec.ts";

const BARRIER = { type: "barrier" } as const;
const SEEN = { index: 0, seq: 0, chain: "" };

Deno.test("RecordWriter: few rows wait for the gap after the last record, many are sent at once, and so are all when the clock is set back", async () => {
  const clock = new FakeClock();
  let setBackMs = 0;
  const sent: number[] = [];
  const writer = new RecordWriter({
    node: "aaaaaaaa",
    clock: {
      now: () => clock.now() - setBackMs,
      after: (ms, run) => clock.after(ms, run),
    },
    gapMs: () => 4,
    defer(act) {
      queueMicrotask(act);
      return () => {};
    },
    encode: (number, text) => {
      sent.push(text.split("\n").length - 1);
      return [{ id: `aaaaaaaa.${number}`, bytes: new Uint8Array() }];
    },
    append: () => Promise.resolve(1),
    seen: () => SEEN,
    version: () => 1,
    onError: () => {},
  });
  const write = (rows: number) =>
    void writer.write(Array.from({ length: rows }, () => BARRIER))
      .catch(() => {});
  write(1);
  await clock.advance(1);
  write(1);
  await clock.advance(2);
  write(1);
  assertEquals(sent, [1]);
  await clock.advance(1);
  assertEquals(sent, [1, 2]);
  write(32);
  await clock.advance(0);
  assertEquals(sent, [1, 2, 32]);
  setBackMs = 60_000;
  write(1);
  await clock.advance(0);
  assertEquals(sent, [1, 2, 32, 1]);
  writer.stop(new Error("the test has ended"));
  assertEquals(clock.pending, 0);
});

Deno.test("ClusterJournal: what arrives within the gap is applied together, many records without a gap, and more of them while it is behind", async () => {
  const clock = new FakeClock();
  const codec = new PlainCodec();
  const replica = new Replica(openJournal(":memory:"), {
    epoch: "k3f9k3f9k3f9",
    codec,
    clock,
  });
  let lag = 1;
  let deliver!: (records: readonly LogRecord[]) => void | Promise<void>;
  const log = {
    lag: () => lag,
    info: () => Promise.resolve({ created: "", first: 1, last: 0, bytes: 0 }),
    follow(_after, onRecords) {
      deliver = onRecords;
      return Promise.resolve(() => Promise.resolve());
    },
  } satisfies Partial<ReplicatedLog>;
  const journal = await ClusterJournal.open({
    log: log as unknown as ReplicatedLog,
    replica,
    node: "aaaaaaaa",
    clock,
    gapMs: 2,
  });
  let index = 0;
  const records = (count: number): LogRecord[] =>
    Array.from({ length: count }, () => {
      const number = ++index;
      const record = { node: "bbbbbbbb", number, at: 1, seen: SEEN };
      const text = formatRecord({ ...record, operations: [BARRIER] });
      return { ...codec.encode("bbbbbbbb", number, text)[0]!, index };
    });
  let isOver = false;
  (deliver(records(1)) as Promise<void>).then(() => isOver = true);
  await clock.advance(1);
  assertEquals([journal.applied, isOver], [1, false]);
  await clock.advance(1);
  assertEquals(isOver, true);
  assertEquals(deliver(records(32)), undefined);
  assertEquals(journal.applied, 33);
  lag = 232;
  let isBehindOver = false;
  (deliver(records(32)) as Promise<void>).then(() => isBehindOver = true);
  await clock.advance(19);
  assertEquals([journal.applied, isBehindOver], [65, false]);
  await clock.advance(1);
  assertEquals(isBehindOver, true);
  // The end does not wait.
  const last = deliver(records(1));
  await journal.close();
  await last;
  assertEquals([replica.applied, clock.pending], [66, 0]);
});
