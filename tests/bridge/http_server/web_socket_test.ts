import {
  encodeTextFrame,
  TextFrames,
} from "../../../bridge/http_server/web_socket.ts";
import { assert, assertEquals } from "../../deps.ts";

const CASES: readonly [what: string, text: string, head: number[]][] = [
  ["empty", "", [0x81, 0]],
  ["one byte", "a", [0x81, 1]],
  ["the longest of a short head", "x".repeat(125), [0x81, 125]],
  ["one more", "x".repeat(126), [0x81, 126, 0, 126]],
  ["three bytes a character", "好".repeat(42), [0x81, 126, 0, 126]],
  ["four bytes a character", "😀", [0x81, 4]],
  ["the longest of a middle head", "x".repeat(65_535), [
    0x81,
    126,
    0xff,
    0xff,
  ]],
  ["one more than that", "x".repeat(65_536), [
    0x81,
    127,
    0,
    0,
    0,
    0,
    0,
    1,
    0,
    0,
  ]],
];

for (const [what, text, head] of CASES) {
  Deno.test(`encodeTextFrame(): ${what}`, () => {
    const frame = encodeTextFrame(text);
    assertEquals([...frame.subarray(0, head.length)], head);
    assertEquals(new TextDecoder().decode(frame.subarray(head.length)), text);
  });
}

Deno.test("TextFrames.encode(): encodes once for all sockets that send the same text", () => {
  const frames = new TextFrames();
  const first = frames.encode("a");
  assert(frames.encode("a") === first);
  const other = frames.encode("b");
  assertEquals([...other], [0x81, 1, 0x62]);
  assertEquals([...first], [0x81, 1, 0x61]);
});
