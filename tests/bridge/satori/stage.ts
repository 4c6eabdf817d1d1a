import { SatoriEndpoint } from "../../../bridge/satori/endpoint.ts";
import type { AuditSink } from "../../../bridge/access/audit.ts";
import type { Grant } from "../../../bridge/access/grant.ts";
import type { SocketHandler } from "../../../bridge/endpoint/socket.ts";
import { NO_METRICS } from "../../../bridge/ops/metrics_recorder.ts";
import { DEFAULT_LIMITS, type Limits } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeBridge, grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeSocket } from "../../support/fake_socket.ts";

const ORIGIN = "http://127.0.0.1:8080";

/** What a signal of the bridge is, as a test reads it. */
export interface Signal {
  op: number;
  // deno-lint-ignore no-explicit-any
  body: any;
}

/** Satori before a fake bridge, on a fake clock. Tokens: `all`, `one`, `sender`. */
export class SatoriStage {
  readonly clock = new FakeClock();
  readonly bridge: FakeBridge;
  readonly endpoint: SatoriEndpoint;
  readonly grants: Record<string, ReturnType<typeof grantOf>> = {
    all: grantOf({ name: "all" }),
    sender: grantOf({ name: "sender", scopes: ["send"], accounts: ["10001"] }),
    one: grantOf({ name: "one", accounts: ["10001"] }),
  };
  readonly failures: unknown[] = [];
  /** Addresses of wrong tokens. */
  readonly slowed: (string | undefined)[] = [];
  /** How long a wrong token waits. */
  slowMs = 0;

  constructor(
    options: {
      limits?: Partial<Limits>;
      bridge?: FakeBridge;
      audit?: AuditSink;
    } = {},
  ) {
    this.bridge = options.bridge ?? new FakeBridge(this.clock);
    this.bridge.script("profile", (_, { params }) => ({
      profile: {
        uin: (params as { uin: string }).uin,
        nickname: `n${(params as { uin: string }).uin}`,
      },
    }));
    this.endpoint = new SatoriEndpoint({
      clock: this.clock,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      stallMs: 30_000,
      measures: NO_METRICS,
      onError: (error) => this.failures.push(error),
      bridge: this.bridge,
      audit: options.audit,
      authenticate: (token): Grant | undefined =>
        Object.hasOwn(this.grants, token) ? this.grants[token] : undefined,
      slowDown: (address, signal) => {
        this.slowed.push(address);
        return new Promise((resolve) => {
          signal.addEventListener("abort", () => resolve(true), { once: true });
          if (this.slowMs === 0) resolve(true);
          else this.clock.after(this.slowMs, () => resolve(true));
        });
      },
    });
  }

  /** Opens a WebSocket; nothing is said yet. */
  async open(options: {
    headers?: Record<string, string>;
    query?: string;
  } = {}): Promise<SatoriClient> {
    const { headers = {}, query = "" } = options;
    const admission = await this.endpoint.upgrade({
      url: new URL(`${ORIGIN}/satori/v1/events${query}`),
      headers: new Headers(headers),
      protocols: [],
      address: "192.0.2.7",
      signal: new AbortController().signal,
    });
    assert(!(admission instanceof Response));
    const socket = new FakeSocket();
    const peer = admission.open(socket);
    socket.onPong = (data) => peer.onPong(data);
    return new SatoriClient(this, socket, peer);
  }

  /** A client that is ready, and its READY. */
  async ready(
    body: { token?: string; sn?: number } = {},
  ): Promise<SatoriClient> {
    const client = await this.open();
    const [ready] = await client.say({
      op: 3,
      body: { token: "all", ...body },
    });
    assertEquals(ready?.op, 4);
    return client;
  }

  /** Calls a method. */
  async call(
    path: string,
    body: unknown = {},
    options: {
      token?: string | null;
      account?: string | null;
      method?: string;
      headers?: Record<string, string>;
    } = {},
  ): Promise<{ status: number; headers: Headers; body: unknown }> {
    const { token = "all", account = "10001", method = "POST" } = options;
    const headers = new Headers({
      ...(method === "GET" ? {} : { "content-type": "application/json" }),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(account === null
        ? {}
        : { "satori-platform": "qq", "satori-user-id": account }),
      ...options.headers,
    });
    const response = await this.endpoint.fetch(
      new Request(`${ORIGIN}/satori/v1/${path}`, {
        method,
        headers,
        ...(method === "GET"
          ? {}
          : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
      "192.0.2.7",
    );
    assertEquals(response.headers.get("content-type"), "application/json");
    const { status } = response;
    return { status, headers: response.headers, body: await response.json() };
  }
}

/** One client of a {@linkcode SatoriStage}. */
export class SatoriClient {
  constructor(
    readonly stage: SatoriStage,
    readonly socket: FakeSocket,
    readonly peer: SocketHandler,
  ) {}

  /** Says something, and gives what was said since the last look. */
  async say(...signals: unknown[]): Promise<Signal[]> {
    for (const signal of signals) {
      this.peer.onText(
        typeof signal === "string" ? signal : JSON.stringify(signal),
      );
    }
    return await this.heard();
  }

  /** What was said since the last look. */
  async heard(): Promise<Signal[]> {
    await this.stage.clock.advance(0);
    return this.socket.sent.splice(0).map((text) => JSON.parse(text));
  }

  /** The events since the last look. */
  async events(): Promise<Signal["body"][]> {
    return (await this.heard()).filter(({ op }) => op === 0)
      .map(({ body }) => body);
  }

  /** The places of the events since the last look. */
  async sns(): Promise<number[]> {
    return (await this.events()).map(({ sn }) => sn);
  }

  /** Lets time pass, as a front looks after it. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1000) {
      await this.stage.clock.advance(Math.min(1000, left));
      this.peer.sweep(this.stage.clock.now());
      this.peer.onPong();
    }
  }

  /** The close code; undefined while it is open. */
  get closeCode(): number | undefined {
    return this.socket.closedWith?.[0];
  }
}
