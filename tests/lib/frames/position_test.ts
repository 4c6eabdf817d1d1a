import { formatPosition, parsePosition } from "../../../lib/frames/position.ts";
import { isQqNumber } from "../../../lib/protocol/qq_number.ts";
import { assertEquals } from "@std/assert";

const permissions = "none";
const MAX = Number.MAX_SAFE_INTEGER;

const POSITIONS: readonly [text: string, seq: number | undefined][] = [
  ["e:0", 0],
  [`${"-_aZ09".padEnd(64, "x")}:42`, 42],
  [`e:${MAX}`, MAX],
  [`e:${MAX + 1}`, undefined],
  [`${"x".repeat(65)}:1`, undefined],
  ["", undefined],
  ["42", undefined],
  [":42", undefined],
  ["e:", undefined],
  ["e:-1", undefined],
  ["e:1.5", undefined],
  ["e.f:1", undefined],
  ["e:f:1", undefined],
  ["e:1\n", undefined],
];

Deno.test({
  name: "parsePosition() reads what formatPosition() writes, and nothing else",
  permissions,
  fn() {
    for (const [text, seq] of POSITIONS) {
      const position = parsePosition(text);
      assertEquals(position?.seq, seq, text);
      if (position !== undefined) assertEquals(formatPosition(position), text);
    }
  },
});

const QQ_NUMBERS: readonly [value: unknown, isValid: boolean][] = [
  ["0", true],
  ["10001", true],
  ["9".repeat(20), true],
  ["9".repeat(21), false],
  ["", false],
  ["1a", false],
  ["１", false],
  ["-1", false],
  ["1\n", false],
  [10001, false],
  [null, false],
  [undefined, false],
];

Deno.test({
  name: "isQqNumber() accepts strings of 1 to 20 decimal digits",
  permissions,
  fn() {
    for (const [value, isValid] of QQ_NUMBERS) {
      assertEquals(isQqNumber(value), isValid, String(value));
    }
  },
});
