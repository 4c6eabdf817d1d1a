/** Bridges of the edge that wait while another client holds their account, on a clock of the test. @module */

import { EdgeBridge } from "../../bridge/edge/edge_bridge.ts";
import { addDemo, createServer, type QqServer } from "../../lib/server/mod.ts";
import { FetchTransport, QqClient } from "../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeClock } from "../support/fake_clock.ts";

const TOKEN = "a-token-of-the-tests";

class Stage implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly server: QqServer;
  readonly errors: string[] = [];
  readonly #bridges: EdgeBridge[] = [];
  #addresses = 0;

  private constructor() {
    this.server = createServer({ clock: this.clock, sendGapMs: 0 });
  }

  static async start(): Promise<Stage> {
    const stage = new Stage();
    await addDemo(stage.server);
    return stage;
  }

  /** A transport whose every request comes from another address, until it is killed. */
  transport(killed = new AbortController().signal): FetchTransport {
    return new FetchTransport("http://qq.example/", {
      fetch: (input, init) => {
        if (killed.aborted) return Promise.reject(new TypeError("killed"));
        const signal = AbortSignal.any([killed, init!.signal!]);
        const hostname = `192.0.2.${this.#addresses++ % 250}`;
        return this.server.fetch(new Request(input, { ...init, signal }), {
          remoteAddr: { hostname },
        });
      },
    });
  }

  /** Starts an instance. */
  bridge(killed?: AbortSignal): EdgeBridge {
    const bridge = new EdgeBridge({
      accounts: [{ uin: "10001", password: "demo" }],
      endpoint: this.transport(killed),
      token: TOKEN,
      signals: false,
      onError: (error) => this.errors.push(String(error)),
    }, { clock: this.clock });
    this.#bridges.push(bridge);
    bridge.start();
    return bridge;
  }

  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await this.clock.advance(1000);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = Promise.all(this.#bridges.map((bridge) => bridge.stop()));
    await this.pass(11);
    await ended;
    await this.server.close();
  }
}

function ask(bridge: EdgeBridge, path: string): Promise<Response> {
  return bridge.fetch(
    new Request(`http://bridge.example${path}`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    }),
  );
}

async function statuses(bridge: EdgeBridge): Promise<number[]> {
  return await Promise.all(
    ["/healthz", "/readyz", "/openapi.json"].map(async (path) => {
      const response = await ask(bridge, path);
      await response.body?.cancel();
      return response.status;
    }),
  );
}

const ACTIVE = [200, 200, 200];
const STANDBY = [200, 503, 503];

Deno.test("EdgeBridge: an overtaken instance ends its event streams, answers 503, and takes over 30 s after the other has stopped", async () => {
  await using stage = await Stage.start();
  const first = stage.bridge();
  await stage.pass(5);
  assertEquals(await statuses(first), ACTIVE);
  const stream = await ask(first, "/events");
  assertEquals(stream.status, 200);
  const ended = stream.text().then(() => "whole", () => "cut");
  const second = stage.bridge();
  await stage.pass(5);
  assertEquals(await statuses(second), ACTIVE);
  assertEquals(await statuses(first), STANDBY);
  assertEquals(await ended, "cut");
  const response = await ask(first, "/readyz");
  assertEquals(response.headers.get("retry-after"), "30");
  const { code, detail } = await response.json();
  assertEquals([code, detail], [
    "unavailable",
    "Cannot answer: another bridge polls this account",
  ]);
  assertEquals(stage.errors.length, 1);

  const stopped = second.stop();
  await stage.pass(35);
  await stopped;
  assertEquals(await statuses(first), ACTIVE);
});

Deno.test("EdgeBridge: an overtaken instance takes over within 330 s after the other was killed", async () => {
  await using stage = await Stage.start();
  const first = stage.bridge();
  await stage.pass(5);
  const killed = new AbortController();
  stage.bridge(killed.signal);
  await stage.pass(5);
  assertEquals(await statuses(first), STANDBY);
  killed.abort();
  await stage.pass(250);
  assertEquals(await statuses(first), STANDBY);
  await stage.pass(80);
  assertEquals(await statuses(first), ACTIVE);
});

Deno.test("EdgeBridge: a script takes its account over, and gives it back when it logs out", async () => {
  await using stage = await Stage.start();
  const bridge = stage.bridge();
  await stage.pass(5);
  const script = new QqClient({
    uin: "10001",
    password: "demo",
    transport: stage.transport(),
    clock: stage.clock,
  });
  await script.login();
  await stage.pass(5);
  assertEquals(await statuses(bridge), STANDBY);
  await stage.server.deliver("10001", {
    type: "message",
    from: "10002",
    text: "for the script",
  });
  const items = await script.fetchMail();
  assert(
    items.some((item) => "text" in item && item.text === "for the script"),
  );
  await script.logout();
  await stage.pass(35);
  assertEquals(await statuses(bridge), ACTIVE);
});

Deno.test("EdgeBridge: the command login takes the account back while the instance waits", async () => {
  await using stage = await Stage.start();
  const first = stage.bridge();
  await stage.pass(5);
  const second = stage.bridge();
  await stage.pass(5);
  assertEquals(await statuses(first), STANDBY);
  const response = first.fetch(
    new Request("http://bridge.example/api/login", {
      method: "POST",
      headers: {
        "authorization": `Bearer ${TOKEN}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ account: "10001" }),
    }),
  );
  await stage.pass(5);
  const { status, body } = await response;
  await body?.cancel();
  assertEquals(status, 200);
  assertEquals(await statuses(first), ACTIVE);
  assertEquals(await statuses(second), STANDBY);
});
