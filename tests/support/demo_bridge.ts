import { delay } from "@std/async";
import { createMetrics } from "../../bridge/metrics.ts";
import { createBridge, type EdgeBridgeHandle } from "../../bridge/mod.ts";
import { addDemo, createServer, type QqServer } from "../../lib/server/mod.ts";
import { BridgeClient } from "../../mod.ts";

/** The token that opens it. */
export const DEMO_TOKEN = "the-token-of-the-demo-bridge";

/** A bridge in this process, on a port of its own, with the demo accounts 10001 and 10002 logged in. */
export class DemoBridge implements AsyncDisposable {
  /** The QQ server. */
  readonly qq: QqServer;
  readonly #bridge: EdgeBridgeHandle;
  readonly #front: Deno.HttpServer<Deno.NetAddr>;

  private constructor(qq: QqServer, allowOrigins: readonly string[]) {
    this.qq = qq;
    this.#bridge = createBridge({
      accounts: ["10001", "10002"].map((uin) => ({ uin, password: "demo" })),
      endpoint: qq.answer,
      token: DEMO_TOKEN,
      allowOrigins: [...allowOrigins],
      metrics: createMetrics(),
    });
    this.#front = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      this.#bridge.fetch,
    );
  }

  /** Starts one, and waits until its accounts are online. */
  static async start(
    options: {
      allowOrigins?: readonly string[];
      qqAllowOrigins?: readonly string[];
    } = {},
  ): Promise<DemoBridge> {
    const qq = createServer({
      sendGapMs: 0,
      penaltyMs: 0,
      allowOrigins: options.qqAllowOrigins ?? [],
    });
    await addDemo(qq);
    const demo = new DemoBridge(qq, options.allowOrigins ?? []);
    await using client = demo.client();
    for (;;) {
      const { accounts } = await client.accounts();
      if (accounts.every(({ state }) => state === "online")) break;
      // Not in one go: a client may ask so many times a minute and no more.
      await delay(100);
    }
    return demo;
  }

  /** Its URL for HTTP. */
  get http(): string {
    return `http://127.0.0.1:${this.#front.addr.port}`;
  }

  /** Its URL for WebSockets. */
  get ws(): string {
    return `ws://127.0.0.1:${this.#front.addr.port}/ws`;
  }

  /** What a client's environment must hold. */
  get env(): Record<string, string> {
    return { TQQ_URL: this.ws, TQQ_TOKEN: DEMO_TOKEN };
  }

  /** A client of it, which the caller closes. */
  client(
    options: Partial<ConstructorParameters<typeof BridgeClient>[0]> = {},
  ): BridgeClient {
    return new BridgeClient({ ...options, url: this.ws, token: DEMO_TOKEN });
  }

  /** Makes a consumer known, so that from now on nothing passes it by. */
  async register(consumer: string): Promise<void> {
    await using client = this.client({ consumer });
    await client.ping();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bridge.stop();
    await this.#front.shutdown();
    await this.qq.close();
  }
}
