import type { EndpointOptions } from "../../bridge/endpoint/dialect_endpoint.ts";
import type { Endpoint } from "../../bridge/endpoint/endpoint.ts";
import { ownHosts } from "../../bridge/access/host_policy.ts";
import { createApp } from "../../bridge/gateway/app.ts";
import { FailureDelay } from "../../bridge/access/failure_delay.ts";
import { FrameEndpoint } from "../../bridge/gateway/frame_endpoint.ts";
import { HttpServer } from "../../bridge/http_server/http_server.ts";
import type {
  HeadLimits,
  ListenOptions,
} from "../../bridge/http_server/options.ts";
import {
  type ConnectionLimits,
  ConnectionQuota,
} from "../../bridge/http_server/connection_quota.ts";
import type { AnswerPace } from "../../bridge/http_server/answer_pace.ts";
import type { RefusedAddresses } from "../../bridge/http_server/refused_addresses.ts";
import type { PlainLimits } from "../../bridge/http_server/plain_connections.ts";
import { modulesFrom } from "../../bridge/gateway/modules.ts";
import { Metrics } from "../../bridge/ops/metrics.ts";
import { type Clock, systemClock } from "../../lib/clock.ts";
import { DEFAULT_LIMITS, type Limits } from "../../mod.ts";
import { assertEquals } from "@std/assert";
import { delay } from "@std/async";
import { FakeBridge, grantOf } from "./fake_bridge.ts";

/** The origin that the fronts of the tests allow. */
export const ALLOWED_ORIGIN = "https://allowed.example";

/** How a front of the tests is made. */
export interface StageOptions {
  limits?: Partial<Limits>;
  seats?: Partial<ConnectionLimits>;
  heads?: Partial<HeadLimits>;
  tls?: ListenOptions["tls"];
  behindProxy?: boolean;
  basePath?: string;
  stallMs?: number;
  plainLimits?: Partial<PlainLimits>;
  /** Counts invalid requests. @default {none is counted} */
  refusedAddresses?: RefusedAddresses;
  /** Makes answers wait. @default {none waits} */
  answerPace?: AnswerPace;
  /** The time of the app: of event streams. */
  appClock?: Clock;
  /** The time of everything. @default {the machine's} */
  clock?: Clock;
  /** Whether clients are served. @default {() => true} */
  isServing?: () => boolean;
  /** Makes the endpoints beyond `/ws`. */
  endpoints?: (parts: EndpointOptions) => readonly Endpoint[];
}

/**
 * Waits for the library's timers: after the end of a connection, it looks for an
 * unread body in a timer that a timer sets. A test that ends before leaks one.
 */
export async function unreadBodiesEnd(): Promise<void> {
  for (let n = 0; n < 3; n++) await delay(1);
}

/** The program's front before a fake bridge, on real sockets. Tokens: `all`, `one`, `sender`. */
export class Stage implements AsyncDisposable {
  readonly bridge: FakeBridge;
  readonly metrics = new Metrics("0.0.0");
  readonly grants: Record<string, ReturnType<typeof grantOf>> = {
    all: grantOf({ name: "all" }),
    sender: grantOf({ name: "sender", scopes: ["send"] }),
    one: grantOf({ name: "one", accounts: ["10001"] }),
  };
  readonly failures: unknown[] = [];
  /** Close codes of those who left. */
  readonly left: number[] = [];
  readonly seats: ConnectionQuota;
  readonly #ending = new AbortController();
  #onLeft: () => void = () => {};

  private constructor(
    readonly front: HttpServer,
    options: StageOptions,
  ) {
    const { clock = systemClock } = options;
    this.bridge = new FakeBridge(clock);
    this.seats = new ConnectionQuota(options.seats);
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const failed = (error: unknown) => void this.failures.push(error);
    const delay = new FailureDelay(clock);
    const access = {
      host: ownHosts("127.0.0.1", front.port),
      origins: [ALLOWED_ORIGIN],
    };
    const shared = {
      authenticate: (token: string) =>
        Object.hasOwn(this.grants, token) ? this.grants[token] : undefined,
      slowDown: (address: string | undefined, signal: AbortSignal) =>
        delay.delay(address ?? "", signal),
      onError: failed,
    };
    const channels = {
      clock,
      limits,
      stallMs: options.stallMs ?? 30_000,
      measures: this.metrics,
      onError: failed,
    };
    const parts = {
      ...channels,
      ...shared,
      bridge: this.bridge,
      authFailure: () => this.metrics.authFailure(),
    };
    const app = createApp({
      ...shared,
      bridge: this.bridge,
      openStream: ({ name }, address) => {
        const seat = this.seats.acquire(address);
        if (typeof seat === "string") return undefined;
        return seat.admit(name) ? () => seat.release() : void seat.release();
      },
      access,
      metrics: this.metrics,
      version: "0.0.0",
      modules: modulesFrom(new URL("../../", import.meta.url)),
      signal: this.#ending.signal,
      limits,
      clock: options.appClock ?? clock,
    });
    front.serve({
      app: (request, bindings) => app.fetch(request, bindings),
      endpoints: [
        new FrameEndpoint(parts),
        ...options.endpoints?.(parts) ?? [],
      ],
      access,
      quota: this.seats,
      limits,
      behindProxy: options.behindProxy ?? false,
      basePath: options.basePath ?? "",
      clock,
      stallMs: channels.stallMs,
      ...(options.plainLimits === undefined
        ? {}
        : { plainLimits: options.plainLimits }),
      refusedAddresses: options.refusedAddresses,
      answerPace: options.answerPace,
      isServing: options.isServing ?? (() => true),
      onNotServing: () => {
        for (const open of this.bridge.connections.list()) open.disconnect();
      },
      onSlow: () => this.metrics.slowClose(),
      onError: failed,
      onClose: (_, code) => {
        this.left.push(code);
        this.#onLeft();
      },
    });
  }

  static async open(options: StageOptions = {}): Promise<Stage> {
    const { heads, tls } = options;
    const front = await HttpServer.listen({
      host: "127.0.0.1",
      port: 0,
      tls,
      ...(heads === undefined ? {} : { heads }),
    });
    return new Stage(front, options);
  }

  get port(): number {
    return this.front.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Waits until so many have left. */
  async leaves(count: number): Promise<void> {
    while (this.left.length < count) {
      await new Promise<void>((resolve) => this.#onLeft = resolve);
    }
  }

  /** Ends as the program does. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.front.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    await unreadBodiesEnd();
    this.bridge.close();
    assertEquals(this.failures, []);
  }
}
