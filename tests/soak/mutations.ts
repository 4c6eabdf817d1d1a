/** Input that no client means: values, frames and heads, the same for the same seed. @module */

import { randomFrom } from "../support/random.ts";

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

/** Makes input. */
export class Mutations {
  readonly #random: () => number;

  /** @param seed The same gives the same. */
  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  /** A whole number below another. */
  below(most: number): number {
    return Math.floor(this.#random() * most);
  }

  /** Whether something happens that does so often of a hundred times. */
  chance(percent: number): boolean {
    return this.#random() * 100 < percent;
  }

  /** One of several. */
  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** A value that breaks parsers. */
  value(): unknown {
    return this.pick(VALUES);
  }

  /** JSON text, or nearly. */
  json(base: Record<string, unknown>): string {
    if (this.chance(10)) return this.pick(TEXTS);
    const text = JSON.stringify(this.chance(80) ? this.changed(base) : base);
    return this.chance(10) ? this.damaged(text) : text;
  }

  /** An object with some of its fields changed, at any depth. */
  changed(base: Record<string, unknown>): Record<string, unknown> {
    const copy: Record<string, unknown> = { ...base };
    const names = Object.keys(copy);
    const name = names.length === 0 ? "extra" : this.pick(names);
    const old = copy[name];
    switch (this.below(5)) {
      case 0:
        delete copy[name];
        break;
      case 1:
        copy[`${this.pick(["x", "constructor", "id", "account"])}`] = this
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
      const put = this.pick([
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
