import type { Socket, SocketHandler } from "../../bridge/endpoint/socket.ts";
import { attach, PlatformSocket } from "../../bridge/edge/platform_socket.ts";
import {
  MAX_ALL_SENT_BYTES,
  MAX_SENT_BYTES,
  SentBytes,
} from "../../bridge/edge/sent_bytes.ts";
import { assertEquals } from "@std/assert";
import { FakeClock, settle } from "../support/fake_clock.ts";

/** A platform's WebSocket whose reader the test controls. */
class StillSocket extends EventTarget {
  readyState: number = WebSocket.CONNECTING;
  bufferedAmount = 0;
  readonly closes: [number | undefined, string | undefined][] = [];

  open(): void {
    this.readyState = WebSocket.OPEN;
    this.dispatchEvent(new Event("open"));
  }

  send(text: string): void {
    this.bufferedAmount += text.length;
  }

  close(code?: number, reason?: string): void {
    this.readyState = WebSocket.CLOSING;
    this.closes.push([code, reason]);
  }
}

Deno.test("PlatformSocket.send(): calls back once the platform has no more of a frame, whatever follows it", async () => {
  const clock = new FakeClock();
  const platform = new StillSocket();
  platform.open();
  const socket = new PlatformSocket(platform, clock);
  const gone: string[] = [];
  socket.send("x".repeat(10));
  socket.send("y".repeat(10), () => gone.push("y"));
  socket.send("z".repeat(10), () => gone.push("z"));
  assertEquals(socket.bufferedAmount, 30);
  await clock.advance(1000);
  assertEquals(gone, []);
  platform.bufferedAmount = 10;
  await clock.advance(20);
  assertEquals(gone, ["y"]);
  socket.send("w".repeat(50));
  await clock.advance(1000);
  assertEquals(gone, ["y"]);
  platform.bufferedAmount = 50;
  await clock.advance(20);
  assertEquals(gone, ["y", "z"]);
  assertEquals(clock.pending, 0);
});

for (
  const [how, end] of [
    ["is closed", (socket) => socket.close(1013, "too slow")],
    ["has ended", (_, platform) => platform.dispatchEvent(new Event("close"))],
  ] as [
    string,
    (socket: PlatformSocket, platform: StillSocket) => void,
  ][]
) {
  Deno.test(`PlatformSocket: calls back for what waits and leaves no timer when it ${how}`, async () => {
    const clock = new FakeClock();
    const platform = new StillSocket();
    const opened: PlatformSocket[] = [];
    attach(platform, {
      clock,
      sentBytes: new SentBytes(),
      frameBytes: 100,
      open: (socket) => {
        opened.push(socket as PlatformSocket);
        return { onClose: () => {} } as SocketHandler;
      },
      onEnd: () => {},
    });
    platform.open();
    const [socket] = opened;
    let gone = 0;
    socket!.send("x", () => gone++);
    assertEquals(clock.pending, 1);
    end(socket!, platform);
    assertEquals([gone, clock.pending], [1, 0]);
    socket!.close(1012, "restarting");
    socket!.send("y", () => gone++);
    await settle();
    assertEquals([gone, clock.pending], [2, 0]);
    assertEquals([platform.closes.length, platform.bufferedAmount], [1, 1]);
  });
}

/** A socket that is open from the start, and does not know what waits, as in workerd. */
class BlindSocket extends EventTarget {
  readonly readyState = WebSocket.OPEN;
  send(): void {}
  close(): void {}
}

/** Attaches one; `closes` receives the codes with which the bridge closes it. */
function attachBlind(sentBytes: SentBytes): {
  platform: BlindSocket;
  socket: Socket;
  closes: number[];
} {
  const platform = new BlindSocket();
  const closes: number[] = [];
  const opened: Socket[] = [];
  attach(platform, {
    clock: new FakeClock(),
    frameBytes: 100,
    sentBytes,
    open: (socket) => {
      opened.push(socket);
      return {
        closed: false,
        close: (code: number) => closes.push(code),
        onText: () => {},
        onClose: () => {},
      } as unknown as SocketHandler;
    },
    onEnd: () => {},
  });
  return { platform, socket: opened[0]!, closes };
}

Deno.test("attach() closes a client with 1013 that sends no frame while 1 MiB is sent, if the platform does not know what waits", () => {
  const { platform, socket, closes } = attachBlind(new SentBytes());
  const text = "é".repeat(MAX_SENT_BYTES / 4);
  for (let turn = 0; turn < 5; turn++) {
    socket.send(text);
    socket.send(text);
    platform.dispatchEvent(new MessageEvent("message", { data: "{}" }));
  }
  socket.send(text);
  socket.send(text);
  assertEquals([socket.bufferedAmount, closes], [0, []]);
  socket.send("x");
  assertEquals(closes, [1013]);
});

Deno.test("attach() closes the client that was sent most when all together exceed 32 MiB", () => {
  const sentBytes = new SentBytes();
  const count = MAX_ALL_SENT_BYTES / MAX_SENT_BYTES;
  const clients = Array.from(
    { length: count + 2 },
    () => attachBlind(sentBytes),
  );
  const text = "x".repeat(MAX_SENT_BYTES - 1000);
  for (const { socket } of clients.slice(0, count)) socket.send(text);
  const [gone, largest, spare, last] = [
    clients[0]!,
    clients[7]!,
    clients[count]!,
    clients[count + 1]!,
  ];
  largest.socket.send("x".repeat(900));
  spare.socket.send("x".repeat(31_000));
  assertEquals(clients.flatMap(({ closes }) => closes), []);
  spare.socket.send("x".repeat(1000));
  assertEquals(largest.closes, [1013]);
  // What a client that is gone was sent does not count.
  gone.platform.dispatchEvent(new Event("close"));
  last.socket.send(text);
  assertEquals(clients.flatMap(({ closes }) => closes), [1013]);
});
