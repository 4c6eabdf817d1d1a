import type { UpgradeRequest } from "../../../bridge/endpoint/endpoint.ts";
import { Consumers } from "../../../bridge/hub/consumers.ts";
import type { Endpoint } from "../../../bridge/endpoint/endpoint.ts";
import type { SocketHandler } from "../../../bridge/endpoint/socket.ts";
import { FrameEndpoint } from "../../../bridge/gateway/frame_endpoint.ts";
import { assert, assertEquals } from "@std/assert";
import { type FakeBridge, grantOf } from "../../support/fake_bridge.ts";
import { TestJournal } from "../../support/test_journal.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import {
  FakeGateway,
  FakeSocket,
  idleHolder,
} from "../../support/fake_socket.ts";
import { OWN, Stage } from "../onebot/stage.ts";

const GRANT = grantOf({ name: "all" });

/** A server with each of the two endpoints. */
function setUp(kind: "/ws" | "OneBot") {
  if (kind === "OneBot") {
    const stage = new Stage();
    const { bridge, onebot } = stage;
    const clock = stage.clock as FakeClock;
    return { clock, bridge, endpoint: onebot, path: "/onebot/v11/10001" };
  }
  const gateway = new FakeGateway({ authenticate: () => GRANT });
  const { clock, bridge, context } = gateway;
  return {
    clock,
    bridge,
    endpoint: new FrameEndpoint(context),
    path: "/ws",
  };
}

/** A client library that reconnects after every close. */
class Redialler {
  readonly #clock: FakeClock;
  readonly #endpoint: Endpoint;
  readonly #path: string;
  socket: FakeSocket | undefined;
  peer: SocketHandler | undefined;
  closes = 0;
  events = 0;
  readonly refusals: Response[] = [];
  /** Whether it answers pings and notices its own end. */
  isAlive = true;

  constructor(
    { clock, endpoint, path }: {
      clock: FakeClock;
      bridge: FakeBridge;
      endpoint: Endpoint;
      path: string;
    },
  ) {
    this.#clock = clock;
    this.#endpoint = endpoint;
    this.#path = path;
  }

  async look(): Promise<void> {
    const { socket, peer } = this;
    if (socket !== undefined && peer !== undefined) {
      const pings = socket.pings;
      peer.sweep(this.#clock.now());
      if (this.isAlive) {
        if (pings > 0 || socket.pings > 0) peer.onPong();
        this.events += socket.sent.splice(0)
          .filter((text) => text.includes('"hi"')).length;
      }
      if (socket.closedWith === undefined) return;
      this.closes++;
      peer.onClose();
      this.socket = this.peer = undefined;
    }
    if (this.isAlive) await this.dial();
  }

  async dial(): Promise<void> {
    const upgrade: UpgradeRequest = {
      url: new URL(`${this.#path}?consumer=bot&access_token=all`, OWN),
      headers: new Headers(),
      protocols: [],
      address: "192.0.2.7",
      signal: new AbortController().signal,
    };
    const admission = await this.#endpoint.upgrade(upgrade);
    if (admission instanceof Response) {
      return void this.refusals.push(admission);
    }
    this.socket = new FakeSocket();
    this.peer = admission.open(this.socket);
    await this.#clock.advance(0);
  }
}

for (const kind of ["/ws", "OneBot"] as const) {
  Deno.test(`${kind}: two clients with one name do not replace each other without end`, async () => {
    const stage = setUp(kind);
    const clients = [new Redialler(stage), new Redialler(stage)];
    for (let ms = 0; ms < 20_000; ms += 400) {
      for (const client of clients) await client.look();
      if (ms === 10_000) await stage.bridge.push();
      await stage.clock.advance(400);
    }
    for (const client of clients) await client.look();
    const closes = clients[0]!.closes + clients[1]!.closes;
    assert(closes <= 6, `${closes} closes`);
    assertEquals(clients[0]!.events + clients[1]!.events, 1);
    const { refusals } = clients.find(({ refusals }) => refusals.length > 0)!;
    assertEquals(
      refusals.slice(0, 4).map(({ status, headers }) => [
        status,
        headers.get("retry-after"),
      ]),
      [[429, "10"], [429, "20"], [429, "40"], [429, "60"]],
    );
    // A minute after the last change the name may change hands again.
    await stage.clock.advance(60_000);
    const holder = clients.find(({ peer }) => peer !== undefined)!;
    const other = clients.find((one) => one !== holder)!;
    await other.dial();
    assertEquals(holder.socket?.closedWith?.[0], 4009);
  });

  Deno.test(`${kind}: a holder that has disconnected frees its contested name`, async () => {
    const stage = setUp(kind);
    const clients = [new Redialler(stage), new Redialler(stage)];
    for (let nth = 0; nth < 4; nth++) await clients[nth % 2]!.dial();
    const [newcomer, holder] = clients as [Redialler, Redialler];
    // The holder of the last change is half-open from now on.
    holder.isAlive = false;
    Object.assign(newcomer, { socket: undefined, peer: undefined });
    const from = stage.clock.now();
    for (const isOut = () => newcomer.peer === undefined; isOut();) {
      await newcomer.look();
      await holder.look();
      await stage.clock.advance(400);
    }
    const tookMs = stage.clock.now() - from;
    assert(tookMs > 8000 && tookMs <= 9000, `after ${tookMs} ms`);
    assertEquals(newcomer.socket?.closedWith, undefined);
  });
}

Deno.test("a client that brings its token in hello is refused a contested name with 1013", async () => {
  const gateway = new FakeGateway();
  gateway.grants["t"] = grantOf();
  for (let nth = 0; nth < 4; nth++) gateway.open({ consumer: "c" });
  await gateway.clock.advance(0);
  const late = gateway.open({ consumer: "c" }, { grant: "hello" });
  assertEquals(await late.say({ type: "hello", token: "t" }), []);
  assertEquals(late.closeCode, 1013);
});

Deno.test("Consumers: a contested name is reported once a minute, and taking a free name is no change", () => {
  const clock = new FakeClock();
  const reported: string[] = [];
  const consumers = new Consumers(new TestJournal(), {
    clock,
    onContested: (id) => reported.push(id),
  });
  const holders = Array.from({ length: 4 }, idleHolder);
  for (let times = 0; times < 9; times++) {
    assertEquals(consumers.refuse("a/c"), undefined);
    consumers.acquire("a/c", holders[0]!);
    consumers.release("a/c", holders[0]!);
  }
  for (const holder of holders) consumers.acquire("a/c", holder);
  for (let times = 0; times < 9; times++) consumers.refuse("a/c");
  assertEquals(reported, ["a/c"]);
  assertEquals(consumers.refuse("b/c"), undefined);
});
