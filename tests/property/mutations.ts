/** Input that no client sends on purpose, the same for the same seed. @module */

import badReplies from "../vectors/bad_replies.json" with { type: "json" };
import commands from "../vectors/commands.json" with { type: "json" };
import replies from "../vectors/replies.json" with { type: "json" };
import { Chance } from "./seeded.ts";
import { textOf } from "./texts.ts";

const WIRES = [...commands, ...replies, ...badReplies].map(({ wire }) => wire);

/** What makes the most difference to a body of pairs and lists. */
const PIECES = [
  "&",
  "=",
  ",",
  "%",
  "%2",
  "%25",
  "%252c",
  "%f0%9f",
  " ",
  "+",
  "-",
  "0",
  "9",
  "9".repeat(21),
  "\0",
  "\r\n\r\n",
  "\ud800",
  "&RES=0",
  "&RES=20",
  "&FN=1",
  "&SN=0",
  "&UN=",
  "&LV=3",
  "&MT=9,",
  "&CMD=GetMsgEx",
  "VER=1.1&",
  "__proto__=",
  "constructor",
];

type Mutation = (wire: string, chance: Chance) => string;

const MUTATIONS: readonly Mutation[] = [
  function insert(wire, chance) {
    const at = chance.below(wire.length + 1);
    const piece = chance.oneIn(4) ? textOf(chance) : chance.oneOf(PIECES);
    return wire.slice(0, at) + piece + wire.slice(at);
  },
  function overwrite(wire, chance) {
    const at = chance.below(wire.length + 1);
    const char = String.fromCharCode(
      chance.below(chance.oneOf([128, 128, 0x10000])),
    );
    return wire.slice(0, at) + char + wire.slice(at + 1);
  },
  function cutOut(wire, chance) {
    const at = chance.below(wire.length + 1);
    return wire.slice(0, at) + wire.slice(at + 1 + chance.below(12));
  },
  function cutOff(wire, chance) {
    return wire.slice(0, chance.below(wire.length + 1));
  },
  function repeat(wire, chance) {
    const at = chance.below(wire.length + 1);
    const part = wire.slice(at, at + chance.below(20));
    return wire.slice(0, at) + part.repeat(1 + chance.below(5)) +
      wire.slice(at);
  },
  function swapPairs(wire, chance) {
    const pairs = wire.split("&");
    const one = chance.below(pairs.length);
    const other = chance.below(pairs.length);
    [pairs[one], pairs[other]] = [pairs[other]!, pairs[one]!];
    return pairs.join("&");
  },
  function dropPair(wire, chance) {
    const pairs = wire.split("&");
    pairs.splice(chance.below(pairs.length), 1);
    return pairs.join("&");
  },
  function crossOver(wire, chance) {
    const other = chance.oneOf(WIRES);
    return wire.slice(0, chance.below(wire.length + 1)) +
      other.slice(chance.below(other.length + 1));
  },
  function otherCommand(wire, chance) {
    const name = /&CMD=([^&]*)/.exec(chance.oneOf(WIRES))?.[1] ?? "";
    return wire.replace(/&CMD=[^&]*/, () => `&CMD=${name}`);
  },
];

/** A vector's wire text after one to four mutations. */
export function mutantOf(chance: Chance): string {
  let wire = chance.oneOf(WIRES);
  for (let left = 1 + chance.below(4); left > 0; left--) {
    wire = chance.oneOf(MUTATIONS)(wire, chance);
  }
  return wire;
}

/** Values that have broken parsers before. */
const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  -1,
  1e308,
  9007199254740993,
  0.1,
  "",
  "\u0000",
  "\ud800",
  "a\udc00b",
  "\u202e\ufeff",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "NaN",
  "1e999",
  "0x10",
  "10001",
  "010001",
  "10001\n",
  "99999999999999999999",
  "x".repeat(70_000),
  "号".repeat(4000),
  "%00",
  "' OR 1=1 --",
  "&CMD=Logout&RES=0",
  "%26CMD%3DLogout",
  [],
  [[]],
  ["10001"],
  Array(300).fill("10001"),
  {},
  { __proto__: null, length: 5 },
  { toString: 1, valueOf: 2 },
  { constructor: { prototype: { x: 1 } } },
];

/** JSON texts that `JSON.stringify` would never write. */
const TEXTS: readonly string[] = [
  "",
  " ",
  "NaN",
  "Infinity",
  "-",
  "1e999",
  "[1e999]",
  "{",
  "}",
  '"',
  "\ufeff{}",
  "{}{}",
  '{"type":"command","type":"ack"}',
  '{"__proto__":{"type":"command"}}',
  '{"type":"__proto__"}',
  '{"type":"constructor"}',
  '{"type":"command","id":1,"command":"__proto__"}',
  '{"type":"command","id":1,"command":"toString","params":{}}',
  '{"type":"command","id":1,"command":"ping","params":{"__proto__":1}}',
  '{"type":"command","id":1e400,"command":"ping"}',
  '{"type":"command","id":"\\ud800","command":"ping","key":"\\ud800"}',
  '{"type":"ack","seq":-0}',
  '{"type":"ack","seq":1e400}',
  '{"type":"ack","seq":9007199254740993}',
  '{"a":'.repeat(40) + "1" + "}".repeat(40),
  "[".repeat(60_000),
  '{"":'.repeat(10_000),
  `"${"\\".repeat(999)}`,
];

/** Values, JSON texts and bytes that no client sends on purpose. */
export class Mutations extends Chance {
  /** True so often of a hundred times. */
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** A value that breaks parsers. */
  value(): unknown {
    return this.oneOf(VALUES);
  }

  /** JSON text, or nearly. */
  json(base: Record<string, unknown>): string {
    if (this.chance(10)) return this.oneOf(TEXTS);
    const text = JSON.stringify(this.chance(80) ? this.changed(base) : base);
    return this.chance(10) ? this.damaged(text) : text;
  }

  /** An object with some of its fields changed, at any depth. */
  changed(base: Record<string, unknown>): Record<string, unknown> {
    const copy: Record<string, unknown> = { ...base };
    const names = Object.keys(copy);
    const name = names.length === 0 ? "extra" : this.oneOf(names);
    const old = copy[name];
    switch (this.below(5)) {
      case 0:
        delete copy[name];
        break;
      case 1:
        copy[`${this.oneOf(["x", "constructor", "id", "account"])}`] = this
          .value();
        break;
      default:
        copy[name] = typeof old === "object" && old !== null && this.chance(70)
          ? this.changed(old as Record<string, unknown>)
          : this.value();
    }
    return copy;
  }

  /** A text with some of its characters changed, doubled or left out. */
  damaged(text: string): string {
    let damaged = text;
    for (let left = 1 + this.below(4); left > 0; left--) {
      const at = this.below(damaged.length + 1);
      const to = at + this.below(4);
      const put = this.oneOf([
        "",
        "\0",
        "\r\n",
        " ",
        '"',
        "%",
        "\u0080",
        "\ud800",
        String.fromCharCode(this.below(256)),
        damaged.slice(0, this.below(20)),
      ]);
      damaged = damaged.slice(0, at) + put + damaged.slice(to);
    }
    return damaged;
  }

  /** Random bytes. */
  bytes(most: number): Uint8Array {
    return Uint8Array.from(
      { length: this.below(most) },
      () => this.below(256),
    );
  }
}
