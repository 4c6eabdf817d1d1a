import { assert, assertEquals } from "@std/assert";
import type { RawSocket } from "../../support/raw_socket.ts";
import { DEFAULT_LIMITS } from "../../../mod.ts";
import { type EndpointRow, enter, expected } from "./row.ts";
import { SuiteStage } from "./stage.ts";

const { frameBytes, fragments } = DEFAULT_LIMITS;

const MINUTE_MS = 60_000;

type Send = (socket: RawSocket, valid: string) => Promise<void>;

/** Sends a frame in so many fragments. */
function inPieces(count: number): Send {
  return async (socket, valid) => {
    const text = valid.padEnd(count);
    const size = Math.ceil(text.length / count);
    for (let n = 0; n < count; n++) {
      await socket.frame(
        n === 0 ? 1 : 0,
        text.slice(n * size, (n + 1) * size),
        { fin: n === count - 1 },
      );
    }
  };
}

/** What a client may send, and the close code; 0 for a frame that is answered. */
const FRAMES: readonly (readonly [
  what: string,
  send: Send,
  closes: number,
])[] = [
  [
    "a frame of 64 KiB",
    (socket, valid) => socket.send(valid.padEnd(frameBytes)),
    0,
  ],
  [
    "a frame of one byte more",
    (socket, valid) => socket.send(valid.padEnd(frameBytes + 1)),
    1009,
  ],
  [
    "a field __proto__",
    (socket, valid) =>
      socket.send(`${valid.slice(0, -1)},"__proto__":{"polluted":1}}`),
    0,
  ],
  ["16 fragments", inPieces(fragments), 0],
  ["17 fragments", inPieces(fragments + 1), 1009],
  ["empty fragments without end", async (socket) => {
    await socket.frame(1, "", { fin: false });
    for (let n = 0; n < 100; n++) await socket.frame(0, "", { fin: false });
  }, 1009],
  ["fragments that are too big together", async (socket) => {
    await socket.frame(1, "x".repeat(40_000), { fin: false });
    await socket.frame(0, "x".repeat(40_000), { fin: false });
  }, 1009],
  [
    "a length of many gigabytes",
    (socket) =>
      socket.write(
        new Uint8Array([
          0x81,
          socket.masks ? 0xff : 0x7f,
          ...[0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ]),
      ),
    1009,
  ],
  [
    "a frame masked as the other end must",
    (socket, valid) => socket.frame(1, valid, { masked: !socket.masks }),
    1002,
  ],
  [
    "a reserved bit",
    (socket, valid) => socket.frame(1, valid, { reserved: 4 }),
    1002,
  ],
  ["an unknown opcode", (socket, valid) => socket.frame(3, valid), 1002],
  [
    "a continuation of nothing",
    (socket, valid) => socket.frame(0, valid),
    1002,
  ],
  [
    "a ping that is too long",
    (socket) => socket.frame(9, "x".repeat(126)),
    1002,
  ],
  ["a fragmented ping", (socket) => socket.frame(9, "", { fin: false }), 1002],
  [
    "text that is not UTF-8",
    (socket) => socket.frame(1, new Uint8Array([0x22, 0xc3, 0x28, 0x22])),
    1007,
  ],
  [
    "a close whose reason is not UTF-8",
    (socket) => socket.frame(8, new Uint8Array([3, 232, 0xc3, 0x28])),
    1007,
  ],
  [
    "a close code that nobody may send",
    (socket) => socket.frame(8, new Uint8Array([3, 237])),
    1002,
  ],
  ["a binary frame", (socket, valid) => socket.frame(2, valid), 1003],
  ["a close", (socket) => socket.frame(8, new Uint8Array([3, 232])), 1000],
];

/** What WebSockets do with frames that are not as they should be. */
export function testFrames(rows: readonly EndpointRow[]): void {
  for (const row of rows) {
    if (row.badFrames === undefined || row.validFrame === undefined) continue;
    testBadFrames(row, row.badFrames);
    for (const [what, send, closes] of FRAMES) {
      testFrame(row, row.validFrame, what, send, closes);
    }
  }
}

function testFrame(
  row: EndpointRow,
  valid: string,
  what: string,
  send: Send,
  code: number,
): void {
  Deno.test(`${row.name}: ${what} ${code === 0 ? "is answered" : `closes ${code}`}`, async () => {
    await using stage = await SuiteStage.open();
    const client = await enter(row, stage);
    // What the other end closes in the middle cannot be sent to its end.
    await send(client.socket!, valid).catch(() => {});
    if (code === 0) {
      assertEquals((await client.answer()).code, "ok");
      await client.leave();
    } else {
      assertEquals(await client.end(), code);
      await client[Symbol.asyncDispose]();
    }
    assert(!("polluted" in Object.prototype));
    // Others are served as before.
    await using other = await enter(row, stage);
    await other.socket!.send(valid);
    assertEquals((await other.answer()).code, "ok");
  });
}

function testBadFrames(row: EndpointRow, badFrames: readonly string[]): void {
  const { name } = row;
  const most = expected(row, "badFrames");
  if (most === 1) {
    Deno.test(`${name}: every malformed frame closes 4000`, async () => {
      await using stage = await SuiteStage.open();
      for (const frame of badFrames) {
        await using client = await enter(row, stage);
        await client.socket!.send(frame);
        assertEquals(await client.end(), 4000, frame.slice(0, 60));
      }
    });
    return;
  }

  Deno.test(`${name}: every malformed frame is answered bad_frame, and the connection goes on`, async () => {
    await using stage = await SuiteStage.open();
    await using client = await enter(row, stage);
    for (const frame of badFrames) {
      await client.socket!.send(frame);
      const { code } = await client.answer();
      assertEquals(code, "bad_frame", frame.slice(0, 60));
    }
    assertEquals((await client.call(row.calls!.ping)).code, "ok");
  });

  Deno.test(`${name}: a flood of malformed frames closes 4000`, async () => {
    await using stage = await SuiteStage.open();
    await using client = await enter(row, stage);
    for (let n = 0; n < 1000; n++) {
      await client.socket!.send("{").catch(() => {});
    }
    assertEquals(await client.end(), 4000);
  });

  Deno.test(`${name}: ${most} malformed frames in a minute close 4000, fewer do not`, async () => {
    await using stage = await SuiteStage.open();
    await using client = await enter(row, stage);
    const send = async (count: number) => {
      for (let n = 0; n < count; n++) {
        await client.socket!.send("{");
        assertEquals((await client.answer()).code, "bad_frame");
      }
    };
    await send(most - 1);
    await client.stay(MINUTE_MS);
    await send(most);
    assertEquals(await client.end(), 4000);
  });
}
