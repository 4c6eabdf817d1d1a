import { BridgeObject, type ObjectState } from "../../bridge/cloudflare/mod.ts";
import { createServer } from "../../lib/server/mod.ts";
import { BridgeClient, md5Hex } from "../../mod.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { sleepMs } from "../support/crash_stage.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { bundleWorker, Workerd, type WorkerOptions } from "./workerd.ts";

const TOKEN = "a-token-of-the-tests";
const PASSWORD = "of-the-tests";
const UINS = ["10001", "10002", "10003", "10004", "10005"];
const WATCHDOG_MS = 1000;

/** A QQ server that notes the requests that it answers, and a Worker before it. */
class Stage implements AsyncDisposable {
  readonly qq = createServer({ sendGapMs: 0, penaltyMs: 0 });
  /** Bodies of requests that wait for their answers. */
  readonly waiting = new Set<string>();
  logins = 0;
  readonly #front: Deno.HttpServer<Deno.NetAddr>;
  readonly #folder = Deno.makeTempDirSync();
  #worker: Workerd | undefined;

  constructor() {
    this.#front = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  /** Starts the Worker, or starts it again on its port. */
  async start(accounts: readonly string[] = ["10001"]): Promise<Workerd> {
    const script = `${this.#folder}/worker.js`;
    if (this.#worker === undefined) {
      for (const uin of UINS) {
        await this.qq.createAccount({ uin, passwordMd5: md5Hex(PASSWORD) });
      }
      await bundleWorker(new URL("bridge_worker.ts", import.meta.url), script);
    }
    const options: WorkerOptions = {
      script,
      folder: `${this.#folder}/objects`,
      port: this.#worker?.port ?? 0,
      bindings: {
        QQ_URL: `http://127.0.0.1:${this.#front.addr.port}/`,
        QQ_PASSWORD: PASSWORD,
        TQQ_TOKEN: TOKEN,
        ACCOUNTS: accounts.join(","),
        WATCHDOG_MS: String(WATCHDOG_MS),
      },
    };
    return this.#worker = await Workerd.start(options);
  }

  /** Sends a request that starts the bridge, and waits until all accounts poll. */
  async polls(count: number): Promise<void> {
    const response = await fetch(`${this.#worker!.url}healthz`);
    await response.body?.cancel();
    while (this.#pollsNow() < count) await sleepMs(20);
  }

  async #answer(request: Request): Promise<Response> {
    const body = await request.clone().text();
    if (/CMD=Login/i.test(body)) this.logins++;
    this.waiting.add(body);
    try {
      return await this.qq.fetch(request);
    } finally {
      this.waiting.delete(body);
    }
  }

  #pollsNow(): number {
    return [...this.waiting].filter((body) => /CMD=GetMsgEx/i.test(body))
      .length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.[Symbol.asyncDispose]();
    await this.qq.close();
    await this.#front.shutdown();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

Deno.test("BridgeObject.alarm() logs in again after a kill, without any request", async () => {
  await using stage = new Stage();
  const worker = await stage.start();
  await stage.polls(1);
  assertEquals(stage.logins, 1);
  await worker.kill();
  await stage.start();
  const startedAt = performance.now();
  while (stage.logins < 2) await sleepMs(20);
  const tookMs = performance.now() - startedAt;
  assert(tookMs < WATCHDOG_MS + 2000, `it took ${tookMs} ms`);
});

Deno.test("BridgeObject: five accounts leave one of six waiting requests free, and a sixth is not added", async () => {
  await using stage = new Stage();
  const worker = await stage.start(UINS);
  await stage.polls(5);
  assertEquals(stage.waiting.size, 5);
  const response = await fetch(`${worker.url}api/addAccount`, {
    method: "POST",
    headers: {
      "authorization": `Bearer ${TOKEN}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ uin: "10006", password: PASSWORD }),
  });
  const { code, detail } = await response.json();
  assertEquals([code, detail], [
    "bad_params",
    "Cannot add an account: at most 5 are kept, got one more",
  ]);
});

Deno.test("BridgeObject refuses a sixth account at a server outside", () => {
  class Six extends BridgeObject {
    override options() {
      return {
        accounts: [...UINS, "10006"].map((uin) => ({ uin, password: "p" })),
        endpoint: "https://qq.example.org/",
        token: TOKEN,
      };
    }
  }
  const error = assertThrows(
    () => new Six({} as ObjectState, undefined),
    RangeError,
  );
  assertEquals(
    error.message,
    "Cannot create the bridge: an object has at most 5 accounts at a server outside, because it may wait for six answers at a time, got 6. Use one object for each 5.",
  );
});

Deno.test("BridgeObject closes a client that stops reading within 1 MiB, and it resumes without loss", async () => {
  await using stage = new Stage();
  const worker = await stage.start();
  await stage.polls(1);
  const url = `ws://127.0.0.1:${worker.port}/ws`;
  await using reader = new BridgeClient({ url, token: TOKEN });
  const { accounts } = await reader.accounts();
  assertEquals(accounts.length, 1);
  using still = await RawSocket.open(
    worker.port,
    `/ws?access_token=${TOKEN}&events=message,message.stranger`,
  );
  const welcome = await still.json();
  const count = 30;
  for (let nth = 0; nth < count; nth++) {
    await stage.qq.deliver("10001", {
      type: "message",
      from: "10002",
      text: `${nth} ${"x".repeat(50_000)}`,
    });
  }
  let read = 0;
  for await (const frame of reader) {
    if (frame.type === "event" && "text" in frame.data && ++read === count) {
      break;
    }
  }
  let seq: number = welcome.seq;
  const received: number[] = [];
  let bytes = 0;
  for (;;) {
    const frame = await still.next();
    assert(frame !== undefined, "the bridge has not closed the client");
    if (frame.opcode === 8) {
      assertEquals(frame.payload[0]! << 8 | frame.payload[1]!, 1013);
      break;
    }
    const event = JSON.parse(new TextDecoder().decode(frame.payload));
    bytes += frame.payload.length;
    seq = event.seq;
    received.push(parseInt(event.data.text));
  }
  assert(bytes > 900_000 && bytes < 1_200_000, `it was sent ${bytes} bytes`);
  await using resumed = new BridgeClient({
    url,
    token: TOKEN,
    after: { epoch: welcome.epoch, seq },
    accounts: ["10001"],
  });
  for await (const frame of resumed) {
    if (frame.type !== "event" || !("text" in frame.data)) continue;
    received.push(parseInt(frame.data.text));
    if (received.length === count) break;
  }
  assertEquals(received, Array.from({ length: count }, (_, nth) => nth));
});
