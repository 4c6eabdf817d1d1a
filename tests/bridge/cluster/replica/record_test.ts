import type { Draft } from "../../../../bridge/journal/draft.ts";
import type {
  ClusterRecord,
  Operation,
} from "../../../../bridge/cluster/replica/operations.ts";
import {
  formatRecord,
  parseRecord,
  RecordFormatError,
  RecordVersionError,
} from "../../../../bridge/cluster/replica/record.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { property } from "../../../property/seeded.ts";
import type { Chance } from "../../../property/seeded.ts";
import { textOf } from "../../../property/texts.ts";

/** A random draft. */
function draftOf(chance: Chance): Draft {
  return {
    account: String(10_000 + chance.below(9)),
    at: chance.below(2 ** 31),
    event: chance.oneOf(["message", "presence", "account.state"]),
    party: chance.oneIn(3) ? "" : textOf(chance),
    data: JSON.stringify({ text: textOf(chance) }),
    bytes: chance.below(1000),
  };
}

const MAKE: Record<Operation["type"], (chance: Chance) => Operation> = {
  batch: (chance) => ({
    type: "batch",
    drafts: chance.some(5, () => draftOf(chance)),
    ...(chance.oneIn(2) ? {} : {
      poll: {
        account: "10001",
        number: chance.below(100),
        repeats: chance.oneOf([true, false, undefined]),
        ...(chance.oneIn(2)
          ? {}
          : { part: chance.below(9), last: chance.oneIn(2) }),
      },
    }),
    ...(chance.oneIn(2) ? {} : {
      outcome: {
        account: "10001",
        key: textOf(chance),
        text: JSON.stringify({ ok: true, data: { text: textOf(chance) } }),
        ...(chance.oneIn(2) ? {} : { seqField: "seq" as const }),
      },
    }),
  }),
  position: (chance) => ({
    type: "position",
    consumer: textOf(chance),
    seq: chance.below(2 ** 40),
    ...(chance.oneIn(2) ? {} : { connection: textOf(chance) }),
  }),
  hold: (chance) => ({
    type: "hold",
    consumer: textOf(chance),
    connection: chance.oneIn(2) ? null : textOf(chance),
    ...(chance.oneIn(2) ? {} : { seq: chance.below(99) }),
  }),
  drop: (chance) => ({ type: "drop", consumer: textOf(chance) }),
  seen: (chance) => ({
    type: "seen",
    consumers: chance.some(4, () => textOf(chance)),
    at: chance.below(99),
  }),
  start: (chance) => ({
    type: "start",
    account: "10001",
    key: textOf(chance),
    command: {
      request: textOf(chance),
      upstreamSeq: "7",
      upstreamKey: textOf(chance),
      at: chance.below(99),
    },
    outcome: chance.oneIn(2) ? null : JSON.stringify({ ok: true, data: {} }),
  }),
  forget: () => ({ type: "forget", account: "10001" }),
  account: (chance) => ({
    type: "account",
    name: "10001",
    value: chance.oneIn(2) ? null : JSON.stringify(textOf(chance)),
  }),
  token: (chance) => ({ type: "token", name: textOf(chance), value: "{}" }),
  value: (chance) => ({ type: "value", name: textOf(chance), value: null }),
  control: (chance) => ({
    type: "control",
    control: { op: "take", node: "a91c22d0", shards: [chance.below(256)] },
  }),
  barrier: () => ({ type: "barrier" }),
};

property("parseRecord(formatRecord(x)) is x", 300, (chance) => {
  const record: ClusterRecord = {
    node: "a91c22d0",
    number: 1 + chance.below(99),
    at: chance.below(2 ** 41),
    seen: { index: chance.below(99), seq: chance.below(99), chain: "9f2c" },
    operations: chance.some(
      9,
      () => chance.oneOf(Object.values(MAKE))(chance),
    ),
  };
  assertEquals(parseRecord(formatRecord(record)), record);
});

const HEAD = '[1,"a91c22d0",1,0,{"seen":[0,0,""]}]';

const UNREADABLE: [name: string, text: string, error: unknown][] = [
  ["is of a later version", HEAD.replace("[1", "[2"), RecordVersionError],
  ["has an unknown operation", `${HEAD}\n["x"]`, RecordFormatError],
  [
    "lacks an event of a batch",
    `${HEAD}\n["b",2,{}]\n1\t0\tmessage\t""\t1\t{}`,
    RecordFormatError,
  ],
  [
    "has an event without data",
    `${HEAD}\n["b",1,{}]\n1\t0\tmessage`,
    RecordFormatError,
  ],
  ["has a line that is no array", `${HEAD}\n{}`, RecordFormatError],
];

for (const [name, text, error] of UNREADABLE) {
  Deno.test(`parseRecord() throws when a record ${name}`, () => {
    assertThrows(() => parseRecord(text), error as typeof RecordFormatError);
  });
}
