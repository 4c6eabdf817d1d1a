/** The program's HTTP server. @module */

import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, Server as NetServer, type Socket } from "node:net";
import { sleep } from "../../lib/clock.ts";
import { getRequestListener, RESPONSE_ALREADY_SENT } from "../deps_node.ts";
import type { ConnectionInfo } from "../endpoint/endpoint.ts";
import {
  ALLOW_ACTION,
  checkOrigin,
  isHealthCheck,
} from "../access/host_policy.ts";
import {
  SECURITY_HEADERS,
  securityHeadersUnderTls,
} from "../access/security_headers.ts";
import { AcceptWatchdog } from "./accept_watchdog.ts";
import {
  DEFAULT_HEAD_LIMITS,
  type HeadLimits,
  type HttpServerOptions,
  type ListenOptions,
} from "./options.ts";
import { ANSWER_LIMITS } from "./answer_pace.ts";
import { writeAnswer } from "./answer_writer.ts";
import {
  addressOf,
  asksForWebSocket,
  badRequest,
  endWithStatus,
  ignore,
  notServing,
  originOf,
  pathOf,
  replaceInvalidHost,
  statusOfClientError,
  stripBasePath,
  urlOf,
} from "./incoming.ts";
import { HeldConnections } from "./held_connections.ts";
import { isInvalidRequest, toRefusedAddress } from "./refused_addresses.ts";
import { ConnectionQuota, toRefusedConnection } from "./connection_quota.ts";
import { type AnswerProgress, PlainConnections } from "./plain_connections.ts";
import { problem } from "../errors/problem.ts";
import { Turns } from "./turns.ts";
import { Upgrades } from "./upgrades.ts";

/** Interval of the checks for connections that are due for a ping or a close, in milliseconds. */
const CHECK_MS = 1000;

/** How long clients may take to close their connections at the end, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2000;

/** How long unsent bytes may make no progress by default, in milliseconds. */
const STALL_MS = 30_000;

/** At least so many checks come while a connection makes no progress: it ends at most a quarter late. */
const CHECKS_OF_STALL = 4;

/** Interval of the checks for idle connections at the end, in milliseconds. */
const IDLE_MS = 20;

/**
 * The program's server, on `node:http` and `ws`. It enforces limits before a
 * request reaches the app or an endpoint.
 */
export class HttpServer {
  /** Address on which it listens. */
  readonly hostname: string;
  /** Port on which it listens. */
  readonly port: number;
  readonly #server: Server;
  readonly #isTls: boolean;
  /** TCP connections by address. */
  readonly #addresses: ConnectionQuota;
  /** One plain request begins in a turn of the event loop. */
  readonly #turns = new Turns();
  #options!: HttpServerOptions;
  #upgrades!: Upgrades;
  #plain!: PlainConnections;
  #held!: HeldConnections;
  #cancelSweep: () => void = () => {};
  #watchdog: AcceptWatchdog | undefined;
  #stopped: Promise<void> | undefined;

  private constructor(
    server: Server,
    { addressConnections }: HeadLimits,
    isTls: boolean,
  ) {
    this.#isTls = isTls;
    const { address, port } = server.address() as AddressInfo;
    this.hostname = address;
    this.port = port;
    this.#server = server;
    this.#addresses = new ConnectionQuota({
      all: Infinity,
      address: addressConnections,
    });
  }

  /** Listens. Rejects with the platform's error if the address is not available. */
  static async listen(address: ListenOptions): Promise<HttpServer> {
    const { host, port, tls, heads } = address;
    const limits = { ...DEFAULT_HEAD_LIMITS, ...heads };
    const options: ServerOptions = {
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.headMs / 4),
      maxHeaderSize: limits.headBytes,
      // Health checks of HTTP/1.0 have no Host. Other requests without one get 400.
      requireHostHeader: false,
      // Clients that offer HTTP/2 with an Upgrade header accept HTTP/1.1.
      ...{ shouldUpgradeCallback: asksForWebSocket },
    };
    const server = tls === undefined ? createServer(options) : createTlsServer({
      ...options,
      ...tls,
      handshakeTimeout: limits.headMs,
    });
    server.maxConnections = limits.connections;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    return new HttpServer(server, limits, tls !== undefined);
  }

  /** Serves requests. Must be called in the same turn in which {@linkcode HttpServer.listen} resolves. */
  serve(options: HttpServerOptions): void {
    this.#options = options;
    const { clock, onError, behindProxy, stallMs = STALL_MS } = options;
    const server = this.#server;
    this.#upgrades = new Upgrades({
      ...options,
      headersFor: (incoming) => this.#headersFor(incoming),
    });
    this.#held = new HeldConnections(clock);
    this.#plain = new PlainConnections({
      clock,
      stallMs,
      countsAddresses: !behindProxy,
      limits: options.plainLimits,
      onSlow: (address) => {
        options.refusedAddresses?.add(address);
        options.onSlow?.();
      },
      onRequest: (incoming, outgoing, progress) => {
        this.#begin(incoming, outgoing, progress).catch((error) => {
          onError(error);
          outgoing.destroy();
        });
      },
    });
    server.on("connection", (socket) => this.#countConnection(socket));
    server.on("request", (incoming, outgoing) => {
      incoming.on("error", ignore);
      outgoing.on("error", ignore);
      if (this.#held.has(incoming.socket)) return;
      this.#plain.take(incoming, outgoing);
    });
    server.on("upgrade", (incoming, socket, head) => {
      socket.on("error", ignore);
      if (this.#held.has(incoming.socket)) return;
      if (!this.#plain.leave(incoming.socket)) return void socket.destroy();
      const connection = newConnectionId();
      this.#upgrades.upgrade(connection, incoming, socket, head)
        .catch((error) => {
          onError(error, connection);
          socket.destroy();
        });
    });
    server.on("clientError", (error, duplex) => {
      const socket = duplex as Socket;
      socket.on("error", ignore);
      if (this.#held.has(socket)) return;
      if (isInvalidRequest(error) || this.#isUnfinishedHead(error, socket)) {
        options.refusedAddresses?.add(socket.remoteAddress);
      }
      endWithStatus(socket, statusOfClientError(error), SECURITY_HEADERS);
    });
    server.on("drop", (dropped) => {
      options.onRefusal?.(toRefusedConnection("all", dropped?.remoteAddress));
    });
    server.on("error", (error) => onError(error));
    const { hostname: host, port } = this;
    const intervalMs = Math.min(CHECK_MS, stallMs / CHECKS_OF_STALL);
    this.#watchdog = new AcceptWatchdog({
      server,
      host,
      port,
      clock,
      intervalMs,
      reopen: () => {
        // The `close` of HTTP would also end idle connections.
        if (server.listening) NetServer.prototype.close.call(server);
        server.listen({ host, port });
      },
      onError,
    });
    this.#sweep(intervalMs);
  }

  /** Number of open WebSockets. */
  get connections(): number {
    return this.#upgrades.open;
  }

  /** Stops accepting connections. Open ones stay. */
  stop(): void {
    if (this.#stopped !== undefined) return;
    this.#watchdog?.close();
    this.#upgrades.stop();
    this.#stopped = new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /**
   * Stops accepting connections and closes the open ones. Those that are not
   * closed in time are destroyed.
   */
  async close(code = 1012, reason = "restarting: come back"): Promise<void> {
    this.stop();
    this.#cancelSweep();
    this.#upgrades.close(code, reason);
    this.#held.close();
    await this.#waitUntilIdle();
    this.#upgrades.terminate();
    this.#server.closeAllConnections();
    await this.#stopped;
  }

  /** Resolves when no connection is open, or after CLOSE_TIMEOUT_MS. */
  async #waitUntilIdle(): Promise<void> {
    const { clock } = this.#options;
    const until = clock.now() + CLOSE_TIMEOUT_MS;
    let empty = false;
    this.#stopped?.then(() => empty = true);
    while (clock.now() < until) {
      // Connections whose request has been answered since the last check.
      this.#server.closeIdleConnections();
      await sleep(clock, IDLE_MS);
      if (empty) return;
    }
  }

  /** Whether the first head of a connection began, and did not end in time. */
  #isUnfinishedHead(error: Error, socket: Socket): boolean {
    return statusOfClientError(error) === 408 && socket.bytesRead > 0 &&
      !this.#plain.has(socket);
  }

  /** Holds a connection of a refused address; destroys one over the quota of its address. */
  #countConnection(socket: Socket): void {
    const { remoteAddress } = socket;
    const { behindProxy, refusedAddresses, onRefusal } = this.#options;
    if (refusedAddresses?.isRefused(remoteAddress) === true) {
      this.#held.hold(socket);
      onRefusal?.(toRefusedAddress(remoteAddress));
      return;
    }
    if (behindProxy) return;
    const slot = this.#addresses.acquire(remoteAddress);
    if (typeof slot === "string") {
      socket.destroy();
      onRefusal?.(toRefusedConnection(slot, remoteAddress));
    } else socket.once("close", () => slot.release());
  }

  #sweep(intervalMs: number): void {
    const { clock } = this.#options;
    this.#cancelSweep = clock.after(intervalMs, () => {
      const now = clock.now();
      this.#upgrades.sweep(now);
      this.#plain.sweep(now);
      if (this.#options.isServing?.() === false) this.#options.onNotServing?.();
      this.#watchdog?.check();
      this.#sweep(intervalMs);
    });
  }

  /** Answers a request when its address and the event loop allow it. */
  async #begin(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    progress: AnswerProgress,
  ): Promise<void> {
    const { answerPace, behindProxy } = this.#options;
    const address = addressOf(incoming, behindProxy);
    const pace = (bytes: number) => answerPace?.take(address, bytes);
    await pace(ANSWER_LIMITS.requestBytes);
    await this.#turns.take();
    if (outgoing.destroyed) return;
    this.#onRequest(incoming, outgoing, progress, pace);
  }

  /** Converts a request, answers it, and writes the answer. */
  #onRequest(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    progress: AnswerProgress,
    pace: (bytes: number) => Promise<void> | undefined,
  ): void {
    const { basePath = "", onError } = this.#options;
    const place = stripBasePath(incoming, basePath);
    if (isHealthCheck(incoming.method, pathOf(incoming))) {
      replaceInvalidHost(incoming);
    }
    const write = async (response: Response) => {
      const headers = this.#headersFor(incoming);
      await writeAnswer(response, outgoing, progress, headers, pace).catch(
        (error) => {
          outgoing.destroy();
          onError(error);
        },
      );
      return RESPONSE_ALREADY_SENT;
    };
    const listener = getRequestListener(
      async (request) =>
        await write(await this.#answer(request, incoming, outgoing, place)),
      {
        overrideGlobalObjects: false,
        errorHandler: () => write(badRequest()),
      },
    );
    listener(incoming, outgoing).catch((error) => onError(error));
  }

  /** Headers that an answer gets unless it has its own. */
  #headersFor({ headers }: IncomingMessage): Readonly<Record<string, string>> {
    return this.#isTls
      ? securityHeadersUnderTls(headers.host)
      : SECURITY_HEADERS;
  }

  async #answer(
    request: Request,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    place: "inside" | "root" | "outside",
  ): Promise<Response> {
    const { behindProxy, clock, onError } = this.#options;
    const url = urlOf(incoming);
    if (url === undefined) return badRequest();
    const path = url.pathname;
    const info: ConnectionInfo = {
      connection: newConnectionId(),
      path,
      address: addressOf(incoming, behindProxy),
      grant: undefined,
      at: clock.now(),
    };
    let response: Response;
    try {
      response = place === "inside" || isHealthCheck(incoming.method, path)
        ? await this.#respond(request, incoming, outgoing, info)
        : this.#answerOutside(place);
    } catch (error) {
      onError(error, info.connection);
      response = problem("internal", "Cannot answer: the bridge failed");
    }
    this.#options.onResponse?.(info, request.method, response.status);
    return response;
  }

  /** The answer to a request that is not below the base path. */
  #answerOutside(place: "root" | "outside"): Response {
    const { basePath } = this.#options;
    // The console's addresses are relative to the slash.
    return place === "root"
      ? new Response(null, {
        status: 308,
        headers: { location: `${basePath}/` },
      })
      : problem(
        "not_found",
        `Cannot answer: all paths begin with ${basePath}/`,
      );
  }

  async #respond(
    request: Request,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    info: ConnectionInfo,
  ): Promise<Response> {
    const { app, access, endpoints, onRefusal } = this.#options;
    const { address, path } = info;
    const isServed = this.#options.isServing?.() !== false ||
      isHealthCheck(incoming.method, path);
    if (!isServed) return notServing();
    const endpoint = endpoints.find((one) => one.owns(path));
    if (endpoint === undefined) {
      return await app(request, {
        ...(address === undefined ? {} : { address }),
        cut: () => outgoing.destroy(),
        basePath: this.#options.basePath ?? "",
        visit: info,
      });
    }
    const refusal = checkOrigin(access, originOf(incoming));
    if (refusal === undefined) {
      return await endpoint.fetch(request, address, info);
    }
    const { reason, value, message } = refusal;
    onRefusal?.({ reason, value, address, action: ALLOW_ACTION });
    return problem("forbidden", message);
  }
}

/** Identifies a connection or request in logs. */
function newConnectionId(): string {
  return crypto.randomUUID().slice(0, 8);
}
