import { digestOf } from "../../../../bridge/cluster/replicated_log.ts";
import { Buffer } from "node:buffer";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { randomFrom } from "../../../support/random.ts";
import { ForgedRecordError } from "../../../../bridge/cluster/replica/codec.ts";
import type { LogMessage } from "../../../../bridge/cluster/replicated_log.ts";
import {
  FoundingError,
  readFounding,
  toFoundingRecord,
} from "../../../../bridge/cluster/sealing/founding.ts";
import { ClusterKeys } from "../../../../bridge/cluster/sealing/keys.ts";
import {
  MAX_PART_BYTES,
  toParts,
} from "../../../../bridge/cluster/sealing/parts.ts";
import { SealedCodec } from "../../../../bridge/cluster/sealing/sealed_codec.ts";

const SALT = new Uint8Array(16).fill(7);
const keys = new ClusterKeys("right", SALT, "tqq");
const codec = new SealedCodec(keys);
const NODE = "a91c22d0";
const founding = { epoch: "e1", head: 17, ttlMs: 12_000, replicas: 3 };

Deno.test("SealedCodec: opens what it sealed, in parts of at most 900 KiB", () => {
  const random = randomFrom(1);
  const letters = ["\ufeff", "a", "é", "语", "😀", "\n", "\t"];
  for (const size of [0, 1, 900, 250_000, 400_000, 900_000]) {
    const text = Array.from(
      { length: size },
      () => letters[Math.floor(random() * letters.length)],
    ).join("");
    const messages = codec.encode(NODE, 5, text);
    assertEquals(codec.encode(NODE, 5, text), messages);
    assertEquals(
      messages.map(({ id }) => id),
      messages.length === 1
        ? [`${NODE}.5`]
        : messages.map((_, part) => `${NODE}.5.${part}`),
    );
    assert(messages.every(({ bytes }) => bytes.length < MAX_PART_BYTES + 100));
    const opened = messages.map((message) => codec.decode(message));
    assertEquals(opened.map(({ text }) => text).join(""), text);
    assertEquals(
      opened.map(({ node, number, part, parts }) => [
        node,
        number,
        part,
        parts,
      ]),
      messages.map((_, part) => [NODE, 5, part, messages.length]),
    );
  }
});

Deno.test("SealedCodec: opens a record that lies within a larger buffer", () => {
  const [{ id, bytes }] = codec.encode(NODE, 5, "text") as [LogMessage];
  const within = Buffer.concat([Buffer.alloc(5), bytes]).subarray(5);
  assertEquals(codec.decode({ id, bytes: within }).text, "text");
});

Deno.test("toParts: refuses a text of more than 64 parts", () => {
  assertThrows(() => toParts("x".repeat(641), 10), RangeError, "64 parts");
  assertEquals(toParts("x".repeat(640), 10).length, 64);
});

Deno.test("SealedCodec: a sealed record shows nothing of its text", () => {
  const [message] = codec.encode(NODE, 1, "password of 10001 and hi");
  const raw = new TextDecoder("latin1").decode(message!.bytes);
  for (const word of ["password", "10001", "hi"]) {
    assert(!raw.includes(word), word);
  }
});

const whole = codec.encode(NODE, 3, "text")[0]!;
const [first, second] = codec.encode(
  NODE,
  4,
  "x".repeat(MAX_PART_BYTES + 1),
) as [LogMessage, LogMessage];

for (
  const [what, message] of [
    ["plain text", { ...whole, bytes: new TextEncoder().encode("[1]") }],
    ["an empty message", { ...whole, bytes: new Uint8Array() }],
    ["a message that is cut off", {
      ...whole,
      bytes: whole.bytes.subarray(0, 20),
    }],
    [
      "another key",
      new SealedCodec(new ClusterKeys("wrong", SALT, "tqq"))
        .encode(NODE, 3, "text")[0]!,
    ],
    [
      "another cluster's name",
      new SealedCodec(
        new ClusterKeys("right", SALT, "other"),
      ).encode(NODE, 3, "text")[0]!,
    ],
    ["the id of another record", { ...whole, id: `${NODE}.4` }],
    ["the id of another node", { ...whole, id: "a91c22d1.3" }],
    ["the id of a part", { ...whole, id: `${NODE}.3.0` }],
    ["the id of another part", { ...first, id: second.id }],
    ["the id of a whole record", { ...first, id: `${NODE}.4` }],
    ["no id", { ...whole, id: "" }],
    ["a number that is written otherwise", { ...whole, id: `${NODE}.03` }],
  ] as [string, LogMessage][]
) {
  Deno.test(`SealedCodec.decode: refuses a record with ${what}`, () => {
    assertThrows(() => codec.decode(message), ForgedRecordError);
  });
}

Deno.test("SealedCodec.decode: refuses a record of which any byte was changed", () => {
  for (let at = 0; at < whole.bytes.length; at++) {
    const bytes = whole.bytes.slice();
    bytes[at]! ^= 1;
    assertThrows(
      () => codec.decode({ ...whole, bytes }),
      ForgedRecordError,
    );
  }
});

Deno.test("readFounding: returns what was fixed, and keys that open the cluster's records", () => {
  const record = toFoundingRecord(founding, "right", "tqq");
  const { keys: a, digest, ...read } = readFounding(record, "right", "tqq");
  const { keys: b } = readFounding(record, "right", "tqq");
  assertEquals(read, { ...founding, formers: [] });
  assertEquals(digest, digestOf(record));
  const [message] = new SealedCodec(a).encode(NODE, 1, "text");
  assertEquals(new SealedCodec(b).decode(message!).text, "text");
  const other = readFounding(
    toFoundingRecord(founding, "right", "tqq"),
    "right",
    "tqq",
  );
  assertThrows(
    () => new SealedCodec(other.keys).decode(message!),
    ForgedRecordError,
  );
});

const record = new TextDecoder().decode(
  toFoundingRecord(founding, "right", "tqq"),
);
for (
  const [what, text, secretKey, name, message] of [
    ["another key", record, "wrong", "tqq", "TQQ_SECRET_KEY is not the key"],
    [
      "a changed record",
      record.replace('ttlMs\\":12000', 'ttlMs\\":99000'),
      "right",
      "tqq",
      "TQQ_SECRET_KEY is not the key",
    ],
    ["no record of ours", "hello", "right", "tqq", "was not written by"],
    [
      "a later version",
      record.replace('version\\":1', 'version\\":2'),
      "right",
      "tqq",
      "Upgrade this node",
    ],
  ] as const
) {
  Deno.test(`readFounding: throws one line with ${what}`, () => {
    const error = assertThrows(
      () => readFounding(new TextEncoder().encode(text), secretKey, name),
      FoundingError,
      message,
    );
    assert(!error.message.includes("\n"));
  });
}
