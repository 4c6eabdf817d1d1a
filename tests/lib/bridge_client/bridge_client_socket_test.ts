import { BridgeClient } from "../../../lib/bridge_client/bridge_client.ts";
import { assert, assertEquals } from "@std/assert";
import { event } from "./scripted_socket.ts";

const EVENTS = 2_000;
const CUTS = 50;

/** Mulberry32. */
function seeded(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let word = Math.imul(seed ^ seed >>> 15, 1 | seed);
    word = word + Math.imul(word ^ word >>> 7, 61 | word) ^ word;
    return ((word ^ word >>> 14) >>> 0) / 2 ** 32;
  };
}

/** A bridge of 2,000 events that breaks off, repeats itself, and at last holds. */
class FlakyBridge {
  readonly random: () => number;
  readonly asked: number[] = [];
  cuts = 0;
  hellos = 0;
  acked = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(seed: number) {
    this.random = seeded(seed);
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#upgrade(request),
    );
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#server.addr.port}/ws`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.shutdown();
  }

  #upgrade(request: Request): Response {
    const { socket, response } = Deno.upgradeWebSocket(request, {
      protocol: "tqq.v1",
      idleTimeout: 0,
    });
    const after = new URL(request.url).searchParams.get("after");
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.type === "hello") this.#serve(socket, after);
      if (frame.type === "ack") this.acked = Math.max(this.acked, frame.seq);
      if (frame.type === "command") {
        socket.send(
          JSON.stringify({ type: "result", id: frame.id, ok: true, data: {} }),
        );
      }
    };
    return response;
  }

  #serve(socket: WebSocket, after: string | null): void {
    this.hellos++;
    const place = after === null ? this.acked : Number(after.split(":")[1]);
    this.asked.push(place);
    const willCut = this.cuts < CUTS;
    // Now and then before the welcome, or before a single event.
    const most = willCut ? Math.floor(this.random() * 80) - 5 : EVENTS;
    if (most >= -2) {
      this.#say(socket, {
        type: "welcome",
        protocol: 1,
        epoch: "e",
        seq: EVENTS,
      });
    }
    // Some are sent again, as after an acknowledgement that was lost.
    const from = Math.max(1, place + 1 - Math.floor(this.random() * 4));
    for (let seq = from; seq <= Math.min(EVENTS, place + most); seq++) {
      this.#say(socket, event(seq));
    }
    if (!willCut) return;
    this.cuts++;
    socket.close(this.random() < 0.5 ? 1012 : 1013);
  }

  #say(socket: WebSocket, frame: unknown): void {
    socket.send(JSON.stringify(frame));
  }
}

for (const consumer of [undefined, "me"]) {
  Deno.test(`${EVENTS} events over a socket cut ${CUTS} times arrive once, in order (${consumer ?? "by position"})`, async () => {
    const seed = 20_051_124;
    await using bridge = new FlakyBridge(seed);
    await using client = new BridgeClient({
      url: bridge.url,
      token: "t",
      maxQueued: 64,
      backoff: { minMs: 1, maxMs: 2 },
      random: bridge.random,
      ...(consumer === undefined
        ? { after: { epoch: "e", seq: 0 } }
        : { consumer }),
    });
    const taken: number[] = [];
    for await (const frame of client) {
      assert(frame.type === "event");
      taken.push(frame.seq);
      if (taken.length === EVENTS) break;
    }
    assertEquals(
      taken,
      Array.from({ length: EVENTS }, (_, index) => index + 1),
    );
    assertEquals(client.position, { epoch: "e", seq: EVENTS });
    assertEquals(bridge.cuts, CUTS);
    assert(bridge.hellos > CUTS);
    assertEquals(await client.ping(), {} as never);
  });
}

Deno.test("a bridge that is not there is retried until it is", async () => {
  const port = await freePort();
  const { promise, resolve } = Promise.withResolvers<void>();
  await using client = new BridgeClient({
    url: `ws://127.0.0.1:${port}/ws`,
    token: "t",
    backoff: { minMs: 1, maxMs: 5 },
    onStatus: (status) => {
      if (status.state === "waiting" && status.failures === 3) resolve();
    },
  });
  const ping = client.ping();
  await promise;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port, onListen() {} },
    (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }) => {
        const { type, id } = JSON.parse(data);
        socket.send(JSON.stringify(
          type === "hello"
            ? { type: "welcome", protocol: 1, epoch: "e", seq: 0 }
            : { type: "result", id, ok: true, data: { at: "now" } },
        ));
      };
      return response;
    },
  );
  assertEquals(await ping, { at: "now" });
  await client.close();
  await server.shutdown();
});

async function freePort(): Promise<number> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await Promise.resolve();
  return port;
}
