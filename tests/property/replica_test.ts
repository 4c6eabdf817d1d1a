import type { Control } from "../../bridge/cluster/members/membership.ts";
import {
  FOUND_ID,
  type LogRecord,
} from "../../bridge/cluster/replicated_log.ts";
import type { Operation } from "../../bridge/cluster/replica/operations.ts";
import { formatRecord } from "../../bridge/cluster/replica/record.ts";
import { Replica } from "../../bridge/cluster/replica/replica.ts";
import { openJournal } from "../../bridge/journal/sqlite/journal_file.ts";
import type { SqlDatabase, SqlRow } from "../../bridge/sqlite/sql_database.ts";
import { assertEquals } from "@std/assert";
import { ALL_SHARDS } from "../support/cluster_nodes.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { PlainCodec } from "../support/plain_codec.ts";
import { schedules } from "./schedules.ts";
import type { Chance } from "./seeded.ts";

const NODES = ["node0", "node1", "node2"];
const ACCOUNTS = ["10001", "10002", "10003"];
const CONSUMERS = ["t1/bot", "t1/log", "t2/bot", "/target"];
const KEYS = ["k1", "k2", "k3", "k4"];
const DAY_MS = 24 * 60 * 60_000;
const codec = new PlainCodec(200);
const encoder = new TextEncoder();

function operationOf(chance: Chance, nth: number): Operation {
  const account = chance.oneOf(ACCOUNTS);
  const consumer = chance.oneOf(CONSUMERS);
  const key = chance.oneOf(KEYS);
  const outcome = JSON.stringify({ ok: true, data: { nth } });
  const connection = `${chance.oneOf(NODES)}/${chance.below(3)}`;
  switch (chance.below(12)) {
    case 0:
    case 1:
    case 2:
      return {
        type: "batch",
        drafts: chance.some(4, () => ({
          account,
          at: nth,
          event: chance.oneOf(["message", "presence", "account.state"]),
          party: "10009",
          data: JSON.stringify({ from: "10009", text: `${nth}` }),
          bytes: 64 + chance.below(50),
        })),
        ...(chance.oneIn(3) ? {} : {
          poll: {
            account,
            number: chance.below(8),
            repeats: chance.oneOf([true, false, undefined]),
            ...(chance.oneIn(4)
              ? { part: chance.below(3), last: chance.oneIn(2) }
              : {}),
          },
        }),
        ...(chance.oneIn(2)
          ? {}
          : { outcome: { account, key, text: outcome, seqField: "seq" } }),
      };
    case 3:
      return {
        type: "position",
        consumer,
        seq: chance.below(50),
        ...(chance.oneIn(2) ? {} : { connection }),
      };
    case 4:
      return {
        type: "hold",
        consumer,
        connection: chance.oneIn(3) ? null : connection,
        ...(chance.oneIn(2) ? {} : { seq: chance.below(50) }),
      };
    case 5:
      return chance.oneIn(2)
        ? { type: "drop", consumer }
        : { type: "seen", consumers: [consumer], at: nth };
    case 6:
    case 7:
      return {
        type: "start",
        account: chance.oneIn(4) ? "token:t1" : account,
        key,
        command: {
          request: "[]",
          upstreamSeq: "7",
          upstreamKey: "u7",
          at: nth * DAY_MS / 20,
        },
        outcome: chance.oneIn(4) ? outcome : null,
      };
    case 8:
      return { type: "forget", account };
    case 9:
      return {
        type: chance.oneOf(["account", "value"]),
        name: account,
        value: chance.oneIn(3) ? null : `${nth}`,
      };
    case 10: {
      const id = chance.oneOf(["t1", "t2", "t3"]);
      return {
        type: "token",
        name: id,
        value: JSON.stringify(
          chance.oneIn(3) ? { revokedAt: nth } : {
            name: chance.oneOf(["a", "b"]),
            hash: id.slice(1).repeat(64),
            scopes: ["events"],
            accounts: chance.oneIn(2) ? "all" : ["10001"],
            createdAt: nth,
          },
        ),
      };
    }
    default:
      return { type: "control", control: controlOf(chance, nth) };
  }
}

function controlOf(chance: Chance, nth: number): Control {
  const node = chance.oneOf(NODES);
  switch (chance.below(5)) {
    case 0:
      return { op: "join", node, folder: node, version: 1, edge: false };
    case 1:
      return { op: "beat", node, applied: nth };
    case 2:
      return { op: "leave", node };
    case 3:
      return { op: "release", node, shards: ALL_SHARDS };
    default:
      return { op: "take", node, shards: ALL_SHARDS };
  }
}

/** A log with records out of order, twice, forged and in parts. */
function logOf(chance: Chance): LogRecord[] {
  const messages: Omit<LogRecord, "index">[] = [
    { id: FOUND_ID, bytes: encoder.encode("{}") },
  ];
  const numbers = new Map<string, number>();
  for (let nth = 1; nth <= 60; nth++) {
    const node = chance.oneOf(NODES);
    const number = (numbers.get(node) ?? 0) + 1;
    numbers.set(node, number);
    const text = formatRecord({
      node,
      number,
      at: nth * DAY_MS / 20,
      seen: { index: nth, seq: 0, chain: "" },
      operations: chance.some(4, () => operationOf(chance, nth)),
    });
    for (const message of codec.encode(node, number, text)) {
      messages.push(message);
      if (chance.oneIn(8)) messages.push(message);
    }
    if (chance.oneIn(20)) {
      messages.push({ id: "forged", bytes: encoder.encode("x") });
    }
  }
  for (let swaps = chance.below(20); swaps > 0; swaps--) {
    const place = 1 + chance.below(messages.length - 2);
    messages.splice(place, 2, messages[place + 1]!, messages[place]!);
  }
  let index = 0;
  return messages.map((message) => {
    index += 1 + chance.below(3);
    return { ...message, index };
  });
}

const LIMITS = { consumers: 3, consumersOfOwner: 1, keysPerAccount: 3 };

function open(database: SqlDatabase, clock: FakeClock): Replica {
  return new Replica(database, {
    epoch: "k3f9k3f9k3f9",
    codec,
    clock,
    limits: LIMITS,
  });
}

/** Applies a log in random runs, with trims and new starts in between. */
async function replay(chance: Chance, log: readonly LogRecord[]) {
  const database = openJournal(":memory:");
  // Each replica has a clock of its own, which must not matter.
  const clock = new FakeClock(chance.below(100 * DAY_MS));
  let replica = open(database, clock);
  for (let from = 0; from < log.length;) {
    const to = from + 1 + chance.below(20);
    replica.apply(log.slice(from, to));
    from = to;
    if (chance.oneIn(4)) replica.journal.trim(clock.now(), trimOf(chance));
    if (chance.oneIn(4)) replica = open(database, clock);
    if (chance.oneIn(4)) await clock.advance(chance.below(2 * DAY_MS));
  }
  return { database, replica, close: () => replica.journal.close() };
}

const trimOf = (chance: Chance) => ({
  days: 1000,
  bytes: chance.below(5000),
});

function rowsOf(database: SqlDatabase, oldest: number): SqlRow[][] {
  return [
    `events WHERE seq >= ${oldest}`,
    "polls",
    "consumers",
    "keyed",
    "writers",
    "parts",
    "states",
    "holders",
    "accounts",
    "tokens",
    "shared",
    "meta WHERE name IN ('applied', 'record_digest', 'chain', 'membership', 'log_times', 'epoch', 'start')",
  ].map((table) =>
    database.prepare(`SELECT * FROM ${table}`).all().map((row) => ({ ...row }))
  );
}

schedules(
  "two replicas that apply the same log in other runs are equal",
  30,
  async (chance) => {
    const log = logOf(chance);
    const one = await replay(chance, log);
    const two = await replay(chance, log);
    const kept = 1 +
      Math.max(
        one.replica.journal.trimmed.last,
        two.replica.journal.trimmed.last,
      );
    assertEquals(rowsOf(one.database, kept), rowsOf(two.database, kept));
    assertEquals(one.replica.seen, two.replica.seen);
    assertEquals(one.replica.tokens(), two.replica.tokens());
    await one.close();
    await two.close();
  },
);
