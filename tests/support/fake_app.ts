import { ownHosts } from "../../bridge/access/host_policy.ts";
import { createApp } from "../../bridge/gateway/app.ts";
import type { AppOptions } from "../../bridge/gateway/app_options.ts";
import { modulesFrom } from "../../bridge/gateway/modules.ts";
import { Metrics } from "../../bridge/ops/metrics.ts";
import type { Grant } from "../../bridge/access/grant.ts";
import { FakeBridge, grantOf } from "./fake_bridge.ts";
import { FakeClock } from "./fake_clock.ts";

/** Where the app of the tests believes to be. */
export const OWN = "http://127.0.0.1:8080";

/** The one origin that it allows. */
export const ALLOWED_ORIGIN = "https://allowed.example";

/** The gateway's app before a fake bridge, with three tokens: `all`, `sender`, `one`. */
export class FakeApp {
  readonly clock = new FakeClock();
  readonly bridge: FakeBridge;
  readonly metrics = new Metrics("0.0.0");
  readonly ending = new AbortController();
  readonly grants: Record<string, ReturnType<typeof grantOf>> = {
    all: grantOf({ name: "all" }),
    sender: grantOf({ name: "sender", scopes: ["send"] }),
    one: grantOf({ name: "one", scopes: ["read"], accounts: ["10001"] }),
  };
  /** Addresses of failed authentications. */
  readonly slowed: (string | undefined)[] = [];
  /** After how many of them the next is refused at once. */
  slowedMost = 10;
  /** What should not have happened. */
  readonly failures: unknown[] = [];
  /** Connections that were cut. */
  cuts = 0;
  /** Event streams that are open. */
  streams = 0;
  #onStreamEnd: () => void = () => {};
  readonly #app: ReturnType<typeof createApp>;

  constructor(options: Partial<AppOptions> = {}) {
    this.bridge = new FakeBridge(this.clock);
    this.#app = createApp({
      bridge: this.bridge,
      authenticate: (token): Grant | undefined =>
        Object.hasOwn(this.grants, token) ? this.grants[token] : undefined,
      slowDown: (address) => {
        this.slowed.push(address);
        return Promise.resolve(this.slowed.length <= this.slowedMost);
      },
      openStream: () => this.#openStream(),
      access: { host: ownHosts("127.0.0.1", 8080), origins: [ALLOWED_ORIGIN] },
      metrics: this.metrics,
      version: "0.0.0",
      modules: modulesFrom(new URL("../../", import.meta.url)),
      signal: this.ending.signal,
      onError: (error) => this.failures.push(error),
      clock: this.clock,
      ...options,
    });
  }

  /** Asks a path of it; with a token as `Authorization` where one is given. */
  async ask(
    path: string,
    options: RequestInit & { token?: string; host?: string } = {},
  ): Promise<Response> {
    const { token, host, ...init } = options;
    const request = new Request(`${OWN}${path}`, init);
    if (token !== undefined) {
      request.headers.set("authorization", `Bearer ${token}`);
    }
    if (host !== undefined) request.headers.set("host", host);
    return await this.fetch(request);
  }

  /** What a front calls. */
  async fetch(request: Request, cut?: () => void): Promise<Response> {
    return await this.#app.fetch(request, {
      address: "192.0.2.7",
      ...(cut === undefined ? {} : { cut }),
    });
  }

  /** Resolves when an event stream ends. */
  nextStreamEnd(): Promise<void> {
    return new Promise((resolve) => {
      this.#onStreamEnd = resolve;
    });
  }

  /** Does a command. */
  command(
    name: string,
    body: unknown,
    options: { token?: string; headers?: Record<string, string> } = {},
  ): Promise<Response> {
    return this.ask(`/api/${name}`, {
      method: "POST",
      token: options.token ?? "all",
      headers: { "content-type": "application/json", ...options.headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  #openStream(): () => void {
    this.streams++;
    return () => {
      this.streams--;
      this.#onStreamEnd();
    };
  }
}
