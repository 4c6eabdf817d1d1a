/** The bridge and its gateway behind one `fetch`, without files. @module */

import { type Clock, systemClock } from "../../lib/clock.ts";
import { DEFAULT_LIMITS, type Limits } from "../../mod.ts";
import { composeBridge, type ComposedBridge, STALL_MS } from "../compose.ts";
import type { Bridge } from "../core/bridge.ts";
import type { AcceptedUpgrade, Endpoint } from "../endpoint/endpoint.ts";
import type { SocketHandler } from "../endpoint/socket.ts";
import { OVERTAKEN } from "../upstream/upstream_state.ts";
import { checkOrigin, type HostPolicy } from "../access/host_policy.ts";
import { withSecurityHeaders } from "../access/security_headers.ts";
import type { AppBindings } from "../endpoint/endpoint.ts";
import { problem } from "../errors/problem.ts";
import type { Journal } from "../journal/journal.ts";
import { MemoryJournal } from "../journal/memory.ts";
import { freshPosition } from "../journal/positions.ts";
import type { MetricsSource, RefusalReason } from "../ops/metrics_recorder.ts";
import type { UpgradeWebSocket } from "./edge_socket.ts";
import { stopAtSignals } from "./end_signals.ts";
import {
  accountsOf,
  type EdgeOptions,
  metricsOf,
  retentionOf,
  tokensOf,
  transportOf,
} from "./options.ts";
import { attach } from "./platform_socket.ts";
import { SentBytes } from "./sent_bytes.ts";
import { Standby } from "./standby.ts";
import {
  noConsole,
  noModules,
  readableConsole,
  readableModules,
} from "./readable_files.ts";

/**
 * What the platform knows about a request.
 *
 * @category Edge
 */
export interface EdgeRequestInfo {
  /** Address of the client, as `Deno.serve` passes it; only its `hostname` is read. */
  remoteAddr?: unknown;
}

/** Version of the WebSocket protocol; checked here, because the platform accepts any. */
const VERSION_OF_SOCKETS = "13";

/** Time between two checks of the connections, in milliseconds. */
const SWEEP_MS = 1000;

/** Maximum number of WebSockets and event streams at a time. */
const CONNECTIONS = 1000;

/** Wait before a refused client connects again, in milliseconds. */
const RETRY_ROOM_MS = 10_000;

/** How long polls, logouts and commands may take at the end, so that `stop()` takes at most 4 s. */
const STOP_MS = 3500;

/** What a platform settles that callers of `createBridge` do not set. */
export interface EdgePlatform {
  /**
   * Whether the bridge serves the console and the library.
   *
   * @default {true}
   */
  readonly hasFiles?: boolean;
  /** Maximum number of accounts, also of added ones. */
  readonly maxAccounts?: number;
  /**
   * Source of time; tests pass a fake.
   *
   * @default {systemClock}
   */
  readonly clock?: Clock;
}

/** A bridge with its endpoints behind `fetch`. */
export class EdgeBridge {
  readonly #bridge: Bridge;
  /** Closes the journal, unless the options brought it. */
  readonly #closeJournal: () => Promise<void>;
  readonly #limits: Limits;
  readonly #most: number;
  readonly #access: HostPolicy;
  readonly #app: ComposedBridge["app"];
  readonly #endpoints: readonly Endpoint[];
  readonly #failed: (error: unknown) => void;
  readonly #onRefusal: (reason: RefusalReason) => void;
  readonly #closeTransport: () => void;
  readonly #unwatch: () => void;
  readonly #handlesSignals: boolean;
  readonly #upgradeOption: UpgradeWebSocket | undefined;
  readonly #ending = new AbortController();
  readonly #peers = new Set<SocketHandler>();
  readonly #sentBytes = new SentBytes();
  readonly #clock: Clock;
  readonly #standby: Standby;
  #connections = 0;
  #missesUpgrade = false;
  #cancelSweep: (() => void) | undefined;
  #ignoreSignals: () => void = () => {};
  #started = false;
  #stopped: Promise<void> | undefined;

  constructor(options: EdgeOptions, platform: EdgePlatform = {}) {
    const { hosts, allowOrigins = [], onError = console.error } = options;
    const tokens = tokensOf(options);
    const { transport, close } = transportOf(options);
    this.#closeTransport = close;
    this.#failed = onError;
    this.#handlesSignals = options.signals ?? true;
    this.#upgradeOption = options.upgrade;
    this.#most = options.connections ?? CONNECTIONS;
    this.#limits = {
      ...DEFAULT_LIMITS,
      stallMs: STALL_MS,
      ...options.limits,
      connections: this.#most,
    };
    this.#access = { host: hostRule(hosts), origins: allowOrigins };
    const { hasFiles = true, clock = systemClock } = platform;
    this.#clock = clock;
    this.#standby = new Standby({
      clock,
      accounts: () => this.#bridge.health(),
      onStandby: () => {
        for (const peer of this.#peers) peer.close(1012, OVERTAKEN);
      },
    });
    const metrics = metricsOf(options);
    const retention = retentionOf(options);
    this.#onRefusal = (reason) => metrics?.refusal(reason);
    const { journal, close: closeJournal } = journalOf(options, metrics);
    this.#closeJournal = closeJournal;
    const composed = composeBridge({
      bridge: {
        journal,
        ...(journal.durable ? { retention } : {}),
        accounts: accountsOf(options, platform.maxAccounts),
        transport: () => transport,
        // Otherwise two instances would take the mailbox from each other without end.
        takesBack: false,
        stopMs: STOP_MS,
        listener: {
          onStateChange: () => this.#standby.update(),
          onPoll: (_, outcome) => metrics?.poll(outcome),
          overtaken: (account) =>
            onError(
              new Error(
                `Cannot poll account ${account}: ${OVERTAKEN}. Stop the other bridge, then use the command login.`,
              ),
            ),
          onError: (_account, _what, error) => onError(error),
        },
      },
      tokens,
      clock,
      limits: this.#limits,
      stallMs: this.#limits.stallMs,
      access: this.#access,
      metrics,
      signal: this.#ending.signal,
      modules: hasFiles ? readableModules() : noModules,
      console: hasFiles ? readableConsole() : noConsole,
      openStream: () => this.#enter(),
      onRefusal: ({ reason }) => this.#onRefusal(reason),
      onError: (error) => onError(error),
    });
    this.#bridge = composed.bridge;
    this.#app = composed.app;
    this.#endpoints = composed.endpoints;
    this.#unwatch = () => composed.close();
  }

  /** Logs the accounts in. Does nothing after the first call. */
  start(): void {
    if (this.#started || this.#stopped !== undefined) return;
    this.#started = true;
    if (this.#handlesSignals) {
      this.#ignoreSignals = stopAtSignals(() => this.stop());
    }
    this.#bridge.start();
  }

  /** Closes all connections, finishes what is in flight and logs the accounts out. */
  stop(): Promise<void> {
    return this.#stopped ??= this.#stop();
  }

  /** Answers a request. Never rejects. */
  async fetch(request: Request, info?: EdgeRequestInfo): Promise<Response> {
    // Read first: the headers of a request are gone once it is a WebSocket.
    const upgrades = isUpgrade(request);
    const response = await this.#answer(request, info);
    const isOpened = upgrades && (response.status === 101 || response.ok);
    return isOpened ? response : withSecurityHeaders(response);
  }

  async #answer(
    request: Request,
    info: EdgeRequestInfo | undefined,
  ): Promise<Response> {
    if (this.#stopped !== undefined) return stopping();
    this.start();
    const address = addressOf(info);
    const { pathname } = new URL(request.url);
    const refused = this.#standby.refuse(pathname);
    if (refused !== undefined) return refused;
    const endpoint = this.#endpoints.find((one) => one.owns(pathname));
    const upgrades = isUpgrade(request);
    if (endpoint === undefined && !upgrades) {
      const bindings: AppBindings = address === undefined ? {} : { address };
      const response = await this.#app.fetch(request, bindings);
      return this.#standby.endsWith(response);
    }
    const refusal = checkOrigin(this.#access, {
      host: request.headers.get("host") ?? new URL(request.url).host,
      origin: request.headers.get("origin"),
    });
    if (refusal !== undefined) {
      this.#onRefusal(refusal.reason);
      return problem("forbidden", refusal.message);
    }
    if (endpoint === undefined) {
      return problem("not_found", "Cannot answer: no WebSocket at this path");
    }
    if (!upgrades) return await endpoint.fetch(request, address);
    if (request.headers.get("sec-websocket-version") !== VERSION_OF_SOCKETS) {
      return problem(
        "upgrade_required",
        `Cannot open a WebSocket: its version must be ${VERSION_OF_SOCKETS}`,
        { headers: { "sec-websocket-version": VERSION_OF_SOCKETS } },
      );
    }
    return await this.#upgrade(endpoint, request, address);
  }

  async #upgrade(
    endpoint: Endpoint,
    request: Request,
    address: string | undefined,
  ): Promise<Response> {
    const upgrade = this.#upgradeOption ?? platformUpgrade();
    if (upgrade === undefined) {
      const why =
        "Cannot open a WebSocket: this platform has no Deno.upgradeWebSocket. Set the option upgrade.";
      // Once: each client that tries again would be a line of the log.
      if (!this.#missesUpgrade) this.#failed(new Error(why));
      this.#missesUpgrade = true;
      return problem("unsupported_platform", why);
    }
    const leave = this.#enter();
    if (leave === undefined) {
      return problem("overloaded", "Cannot answer: too many connections", {
        retryAfterMs: RETRY_ROOM_MS,
      });
    }
    const admission = await endpoint.upgrade({
      url: new URL(request.url),
      headers: request.headers,
      protocols: protocolsOf(request),
      address,
      // A getter, because the platform warns when the signal is read.
      get signal() {
        return request.signal;
      },
    });
    if (admission instanceof Response || this.#stopped !== undefined) {
      leave();
      return admission instanceof Response ? admission : stopping();
    }
    try {
      return this.#open(upgrade, request, admission, leave);
    } catch {
      leave();
      return problem(
        "bad_frame",
        "Cannot open a WebSocket: the request is not a valid handshake",
      );
    }
  }

  #open(
    upgrade: UpgradeWebSocket,
    request: Request,
    admission: AcceptedUpgrade,
    leave: () => void,
  ): Response {
    const { protocol } = admission;
    const { socket, response } = upgrade(request, {
      idleTimeout: Math.ceil(this.#limits.pingMs / 1000),
      ...(protocol === undefined ? {} : { protocol }),
    });
    let peer: SocketHandler | undefined;
    attach(socket, {
      clock: this.#clock,
      frameBytes: this.#limits.frameBytes,
      sentBytes: this.#sentBytes,
      open: (socket) => {
        peer = admission.open(socket);
        this.#peers.add(peer);
        // After the end nothing would cancel the timer of the sweep.
        if (this.#stopped === undefined) this.#sweep();
        else peer.close(1012, "restarting");
        return peer;
      },
      onEnd: () => {
        if (peer !== undefined) this.#peers.delete(peer);
        leave();
      },
    });
    return response;
  }

  /** Counts a connection; returns the function that ends it, or `undefined` at the limit. */
  #enter(): (() => void) | undefined {
    if (this.#connections >= this.#most) return undefined;
    this.#connections++;
    return () => this.#connections--;
  }

  #sweep(): void {
    this.#cancelSweep ??= this.#clock.after(SWEEP_MS, () => {
      this.#cancelSweep = undefined;
      const now = this.#clock.now();
      for (const peer of this.#peers) peer.sweep(now);
      if (this.#peers.size > 0) this.#sweep();
    });
  }

  async #stop(): Promise<void> {
    this.#ending.abort();
    for (const peer of this.#peers) peer.close(1012, "restarting");
    this.#cancelSweep?.();
    this.#standby.stop();
    try {
      await this.#bridge.stop();
    } catch (error) {
      this.#failed(error);
    }
    this.#unwatch();
    await this.#closeJournal();
    this.#closeTransport();
    this.#ignoreSignals();
  }
}

function journalOf(
  { journal = "memory", journalEvents, onError = console.error }: EdgeOptions,
  metrics: MetricsSource | undefined,
): { journal: Journal; close(): Promise<void> } {
  if (journal !== "memory") return { journal, close: () => Promise.resolve() };
  const memory = new MemoryJournal({
    after: freshPosition(Date.now()),
    onError,
    onAppend: (seconds) => metrics?.appended(seconds),
    ...(journalEvents === undefined ? {} : { maxEvents: journalEvents }),
  });
  return { journal: memory, close: () => memory.close() };
}

/** Looked up at each call: a bundle may load before the platform has it. */
function platformUpgrade(): UpgradeWebSocket | undefined {
  const { Deno: platform } = globalThis as { Deno?: Partial<typeof Deno> };
  return platform?.upgradeWebSocket;
}

function stopping(): Response {
  return problem("overloaded", "Cannot answer: the bridge is stopping", {
    retryAfterMs: RETRY_ROOM_MS,
  });
}

function hostRule(hosts: readonly string[] | undefined): HostPolicy["host"] {
  if (hosts === undefined) return () => true;
  const own = new Set(hosts.map((host) => host.toLowerCase()));
  return (host) => own.has(host) || own.has(host.replace(/:\d+$/, ""));
}

function isUpgrade(request: Request): boolean {
  return request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

function protocolsOf(request: Request): string[] {
  return (request.headers.get("sec-websocket-protocol") ?? "").split(",")
    .map((protocol) => protocol.trim()).filter((protocol) => protocol !== "");
}

function addressOf(info: EdgeRequestInfo | undefined): string | undefined {
  const address = info?.remoteAddr;
  if (typeof address !== "object" || address === null) return undefined;
  const { hostname } = address as { hostname?: unknown };
  return typeof hostname === "string" ? hostname : undefined;
}
