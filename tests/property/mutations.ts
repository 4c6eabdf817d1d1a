import badReplies from "../vectors/bad_replies.json" with { type: "json" };
import commands from "../vectors/commands.json" with { type: "json" };
import replies from "../vectors/replies.json" with { type: "json" };
import type { Chance } from "./seeded.ts";
import { textOf } from "./texts.ts";

const WIRES = [...commands, ...replies, ...badReplies].map(({ wire }) => wire);

/** What makes most difference to a body of pairs and lists. */
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
