import { deadline, delay } from "@std/async";
import { Stage } from "../../support/front_fixture.ts";
import { RawSocket } from "../../support/raw_socket.ts";
import {
  encodeTextFrame,
  TextFrames,
} from "../../../bridge/http_server/web_socket.ts";
import { dial } from "../../../bridge/endpoint/outbound/dialled_socket.ts";
import { AddressPolicy } from "../../../bridge/targets/address_policy.ts";
import type { DeliveryError } from "../../../bridge/targets/line_status.ts";
import { thisProcess } from "../../../bridge/cli/program/memory_release.ts";
import { systemClock } from "../../../lib/clock.ts";
import { Writable } from "node:stream";
import { assert, assertEquals } from "@std/assert";

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

/** A client's text frame with a payload of `bytes` bytes; the mask is zero. */
function maskedFrame(bytes: number): Uint8Array {
  const head = [0x81, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const frame = new Uint8Array(head.length + bytes).fill(0x78);
  frame.set(head);
  new DataView(frame.buffer).setBigUint64(2, BigInt(bytes));
  return frame;
}

Deno.test("WebSocket: a frame that arrives in more than 256 pieces is closed with 1009", async () => {
  await using stage = await Stage.open();
  using socket = await RawSocket.open(stage.port, "/ws?access_token=all");
  await socket.json();
  const frame = maskedFrame(4096);
  let code: number | undefined;
  const closed = socket.closeCode().then((got) => code = got);
  for (const byte of frame) {
    if (code !== undefined) break;
    await socket.write(Uint8Array.of(byte)).catch(() => {});
    // The server reads each byte on its own.
    await delay(0);
  }
  assertEquals(await deadline(closed, 5000), 1009);
});

/** Opens WebSockets, which read no events. */
async function openAll(stage: Stage, count: number): Promise<RawSocket[]> {
  const sockets: RawSocket[] = [];
  for (let n = 0; n < count; n++) {
    const path = "/ws?access_token=all&events=unknown";
    const socket = await RawSocket.open(stage.port, path);
    await socket.json();
    sockets.push(socket);
  }
  return sockets;
}

/** Memory of this process that is no garbage. */
function heldBytes(): number {
  thisProcess.collect();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

Deno.test("WebSocket: a frame that waits in 250 pieces takes at most 16 KiB, and is read when it is complete", async () => {
  await using stage = await Stage.open();
  const count = 40;
  const command = JSON.stringify({ type: "command", id: 1, command: "ping" });
  const text = new TextEncoder().encode(command.padEnd(4096));
  const frame = maskedFrame(text.length);
  frame.set(text, frame.length - text.length);
  const sockets = await openAll(stage, count);
  const heldBefore = heldBytes();
  for (let n = 0; n < 250; n++) {
    for (const socket of sockets) await socket.write(frame.subarray(n, n + 1));
    // The server reads each byte on its own.
    await delay(0);
  }
  const grown = (heldBytes() - heldBefore) / count;
  for (const socket of sockets) {
    await socket.write(frame.subarray(250));
    assertEquals((await socket.json()).id, 1);
    socket[Symbol.dispose]();
  }
  assert(grown <= 16 * 1024, `${grown} bytes for each connection`);
});

Deno.test("WebSocket: a message in 16 fragments is accepted", async () => {
  await using stage = await Stage.open();
  using socket = await RawSocket.open(stage.port, "/ws?access_token=all");
  await socket.json();
  const text = JSON.stringify({ type: "command", id: 1, command: "ping" })
    .padEnd(160);
  for (let part = 0; part < 16; part++) {
    await socket.frame(
      part === 0 ? 1 : 0,
      text.slice(10 * part, 10 * part + 10),
      {
        fin: part === 15,
      },
    );
  }
  assertEquals((await socket.json()).id, 1);
});

Deno.test("dial(): a frame that arrives in more than 256 pieces ends the connection with 1009", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const closed = Promise.withResolvers<DeliveryError>();
  const texts: string[] = [];
  dial({
    url: `ws://127.0.0.1:${listener.addr.port}/`,
    addresses: new AddressPolicy(),
    headers: {},
    frameBytes: 65_536,
    fragments: 16,
    clock: systemClock,
    onOpen: () => ({
      closed: false,
      onText: (text) => void texts.push(text),
      onBinary: () => {},
      onPong: () => {},
      onClose: () => {},
      sweep: () => {},
      close: () => {},
    }),
    onClose: closed.resolve,
  });
  using socket = await RawSocket.accept(listener);
  const text = "x".repeat(4096);
  // In one piece it is taken.
  await socket.frame(1, text);
  const frame = Uint8Array.of(
    0x81,
    126,
    4096 >> 8,
    0,
    ...new TextEncoder().encode(text),
  );
  let code: number | undefined;
  const ended = socket.closeCode().then((got) => code = got);
  for (const byte of frame) {
    if (code !== undefined) break;
    await socket.write(Uint8Array.of(byte)).catch(() => {});
    // The client reads each byte on its own.
    await delay(0);
  }
  assertEquals(await deadline(ended, 5000), 1009);
  socket[Symbol.dispose]();
  assertEquals(
    (await deadline(closed.promise, 5000)).code,
    "connection_closed",
  );
  assertEquals(texts, [text]);
});

const LAST_BYTES: Record<string, number[]> = {
  "a close": [0x88, 0x80, 0, 0, 0, 0],
  "an invalid frame": [0xff, 0xff, 0, 0, 0, 0],
};

for (const [what, bytes] of Object.entries(LAST_BYTES)) {
  Deno.test(`WebSocket: after ${what}, none of its streams is ended once it is over`, async () => {
    const { end } = Writable.prototype;
    let again = 0;
    Writable.prototype.end = function (...args: unknown[]) {
      if (args.length === 0 && (this.writableEnded || this.destroyed)) again++;
      return Reflect.apply(end, this, args);
    };
    try {
      await using stage = await Stage.open();
      using socket = await RawSocket.open(stage.port, "/ws?access_token=all");
      await socket.json();
      await socket.write(Uint8Array.from(bytes));
      await socket.rest();
    } finally {
      Writable.prototype.end = end;
    }
    assertEquals(again, 0);
  });
}
