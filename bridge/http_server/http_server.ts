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
import type { Duplex } from "node:stream";
import { Buffer } from "node:buffer";
import { sleep } from "../../lib/clock.ts";
import type { Grant } from "../access/grant.ts";
import type { AcceptedUpgrade, ConnectionInfo } from "../endpoint/endpoint.ts";
import type { SocketHandler } from "../endpoint/socket.ts";
import {
  getRequestListener,
  type WebSocket,
  type WebSocketServer,
} from "../deps_node.ts";
import { checkOrigin } from "../access/host_policy.ts";
import { AcceptWatchdog } from "./accept_watchdog.ts";
import {
  DEFAULT_HEAD_LIMITS,
  type HeadLimits,
  type HttpServerOptions,
  type ListenOptions,
} from "./options.ts";
import {
  addressOf,
  asksForWebSocket,
  endWithResponse,
  headersOf,
  originOf,
  protocolsOf,
  urlOf,
} from "./incoming.ts";
import {
  ConnectionQuota,
  type ConnectionSlot,
  type QuotaExceeded,
} from "./connection_quota.ts";
import { problem } from "../errors/problem.ts";
import {
  connectHandler,
  createSocketServer,
  TextFrames,
  WsSocket,
} from "./web_socket.ts";

/** Interval of the checks for connections that are due for a ping or a close, in milliseconds. */
const CHECK_MS = 1000;

/** How long clients may take to close their connections at the end, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2000;

/** Interval of the checks for idle connections at the end, in milliseconds. */
const IDLE_MS = 20;

/** Retry delay for a client that was refused by a quota, in milliseconds. */
const RETRY_MS = 10_000;

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
  /** TCP connections by address. */
  readonly #addresses: ConnectionQuota;
  readonly #handlers = new Map<WebSocket, SocketHandler>();
  readonly #upgrading = new Set<Duplex>();
  readonly #frames = new TextFrames();
  /** Subprotocols that endpoints chose, read during the handshake. */
  readonly #chosen = new WeakMap<IncomingMessage, string>();
  #options!: HttpServerOptions;
  #sockets!: WebSocketServer;
  #cancelSweep: () => void = () => {};
  #watchdog: AcceptWatchdog | undefined;
  #stopped: Promise<void> | undefined;

  private constructor(server: Server, { addressConnections }: HeadLimits) {
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
    return new HttpServer(server, limits);
  }

  /** Serves requests. Must be called in the same turn in which {@linkcode HttpServer.listen} resolves. */
  serve(options: HttpServerOptions): void {
    this.#options = options;
    const { clock, limits, onError } = options;
    this.#sockets = createSocketServer(
      limits,
      (request) => this.#chosen.get(request),
    );
    const server = this.#server;
    const listener = getRequestListener(
      (request, { incoming, outgoing }) =>
        this.#answer(
          request,
          incoming as IncomingMessage,
          outgoing as ServerResponse,
        ),
      { overrideGlobalObjects: false, errorHandler: () => badRequest() },
    );
    server.on("connection", (socket) => this.#countConnection(socket));
    server.on("request", (incoming, outgoing) => {
      incoming.on("error", ignore);
      outgoing.on("error", ignore);
      listener(incoming, outgoing).catch((error) => onError(error));
    });
    server.on("upgrade", (incoming, socket, head) => {
      socket.on("error", ignore);
      const connection = newConnectionId();
      this.#upgrade(connection, incoming, socket, head).catch((error) => {
        onError(error, connection);
        socket.destroy();
      });
    });
    server.on("error", (error) => onError(error));
    const { hostname: host, port } = this;
    this.#watchdog = new AcceptWatchdog({
      server,
      host,
      port,
      clock,
      intervalMs: CHECK_MS,
      reopen: () => {
        // The `close` of HTTP would also end idle connections.
        if (server.listening) NetServer.prototype.close.call(server);
        server.listen({ host, port });
      },
      onError,
    });
    this.#sweep();
  }

  /** Number of open WebSockets. */
  get connections(): number {
    return this.#handlers.size;
  }

  /** Stops accepting connections. Open ones stay. */
  stop(): void {
    if (this.#stopped !== undefined) return;
    this.#watchdog?.close();
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
    for (const handler of this.#handlers.values()) handler.close(code, reason);
    await this.#waitUntilIdle();
    for (const ws of this.#handlers.keys()) ws.terminate();
    for (const socket of this.#upgrading) socket.destroy();
    this.#server.closeAllConnections();
    this.#sockets.close();
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

  /** Destroys a connection over the quota of its address. */
  #countConnection(socket: Socket): void {
    if (this.#options.behindProxy) return;
    const slot = this.#addresses.acquire(socket.remoteAddress);
    if (typeof slot === "string") socket.destroy();
    else socket.once("close", () => slot.release());
  }

  #sweep(): void {
    const { clock } = this.#options;
    this.#cancelSweep = clock.after(CHECK_MS, () => {
      const now = clock.now();
      for (const handler of this.#handlers.values()) handler.sweep(now);
      this.#watchdog?.check();
      this.#sweep();
    });
  }

  async #answer(
    request: Request,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<Response> {
    const { behindProxy, clock, onError } = this.#options;
    const url = urlOf(incoming);
    if (url === undefined) return badRequest();
    const info: ConnectionInfo = {
      connection: newConnectionId(),
      path: url.pathname,
      address: addressOf(incoming, behindProxy),
      grant: undefined,
      at: clock.now(),
    };
    let response: Response;
    try {
      response = await this.#respond(request, incoming, outgoing, info);
    } catch (error) {
      onError(error, info.connection);
      response = problem("internal", "Cannot answer: the bridge failed");
    }
    this.#options.onResponse?.(info, request.method, response.status);
    return response;
  }

  async #respond(
    request: Request,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    info: ConnectionInfo,
  ): Promise<Response> {
    const { app, access, endpoints } = this.#options;
    const { address, path } = info;
    const endpoint = endpoints.find((one) => one.owns(path));
    if (endpoint === undefined) {
      return await app(request, {
        ...(address === undefined ? {} : { address }),
        cut: () => outgoing.destroy(),
        visit: info,
      });
    }
    const why = checkOrigin(access, originOf(incoming));
    return why === undefined
      ? await endpoint.fetch(request, address, info)
      : problem("forbidden", `Cannot answer: ${why}`);
  }

  async #upgrade(
    connection: string,
    incoming: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
  ): Promise<void> {
    const { access, quota, endpoints, behindProxy } = this.#options;
    const url = urlOf(incoming);
    if (url === undefined) {
      return endWithResponse(socket, badRequest());
    }
    const why = checkOrigin(access, originOf(incoming));
    if (why !== undefined) {
      return endWithResponse(
        socket,
        problem("forbidden", `Cannot answer: ${why}`),
      );
    }
    const endpoint = endpoints.find((one) => one.owns(url.pathname));
    if (endpoint === undefined) {
      return endWithResponse(
        socket,
        problem("not_found", "Cannot answer: no WebSocket at this path"),
      );
    }
    const address = addressOf(incoming, behindProxy);
    const slot = quota.acquire(address);
    if (typeof slot === "string") {
      return endWithResponse(socket, toQuotaProblem(slot));
    }
    const info: ConnectionInfo = {
      connection,
      path: url.pathname,
      address,
      grant: undefined,
      at: this.#options.clock.now(),
    };
    const admit = admitter(slot, info);
    const waiting = this.#wait(socket, slot);
    const accepted = await endpoint.upgrade({
      url,
      headers: headersOf(incoming),
      protocols: protocolsOf(incoming),
      address,
      connection,
      signal: waiting.gone.signal,
      admit,
    });
    if (waiting.gone.signal.aborted) return;
    if (accepted instanceof Response) return endWithResponse(socket, accepted);
    if (this.#stopped !== undefined) {
      return endWithResponse(socket, toQuotaProblem("all"));
    }
    const { grant, protocol } = accepted;
    if (grant !== undefined && !admit(grant)) {
      return endWithResponse(socket, toQuotaProblem("token"));
    }
    if (protocol !== undefined) this.#chosen.set(incoming, protocol);
    this.#sockets.handleUpgrade(incoming, socket, Buffer.from(head), (ws) => {
      waiting.end();
      const frames = this.#frames;
      this.#open(ws, new WsSocket(ws, socket, frames), accepted, info, slot);
    });
  }

  /** Watches a handshake for the client's disconnect. Keeps no reference to the request. */
  #wait(
    socket: Duplex,
    slot: ConnectionSlot,
  ): { gone: AbortController; end: () => void } {
    const gone = new AbortController();
    const end = () => {
      this.#upgrading.delete(socket);
      socket.off("close", left);
      socket.off("error", ignore);
    };
    const left = () => {
      end();
      gone.abort();
      slot.release();
    };
    this.#upgrading.add(socket);
    socket.once("close", left);
    return { gone, end };
  }

  #open(
    ws: WebSocket,
    socket: WsSocket,
    accepted: AcceptedUpgrade,
    info: ConnectionInfo,
    slot: ConnectionSlot,
  ): void {
    this.#options.onOpen?.(info);
    const handler = accepted.open(socket);
    this.#handlers.set(ws, handler);
    this.#connect(ws, handler, info, slot);
  }

  #connect(
    ws: WebSocket,
    handler: SocketHandler,
    info: ConnectionInfo,
    slot: ConnectionSlot,
  ): void {
    connectHandler(ws, handler, (code) => {
      this.#handlers.delete(ws);
      slot.release();
      this.#options.onClose?.(info, code);
    });
  }
}

/** Identifies a connection or request in logs. */
function newConnectionId(): string {
  return crypto.randomUUID().slice(0, 8);
}

/**
 * Counts a connection for its token; false if the token's quota is exceeded. A
 * function of its own, because the endpoint keeps the closure and must not keep
 * the request with it.
 */
function admitter(
  slot: ConnectionSlot,
  info: ConnectionInfo,
): (grant: Grant) => boolean {
  return ({ id, name }) => {
    info.grant = name;
    return slot.admit(id);
  };
}

/** A socket's error is followed by its close, which is handled. */
function ignore(): void {}

function badRequest(): Response {
  return problem(
    "bad_frame",
    "Cannot read the request: its path or Host header is invalid",
  );
}

function toQuotaProblem(limit: QuotaExceeded): Response {
  return problem(
    limit === "all" ? "unavailable" : "overloaded",
    `Cannot open a WebSocket: ${QUOTA_REASONS[limit]}`,
    { retryAfterMs: RETRY_MS },
  );
}

const QUOTA_REASONS: Readonly<Record<QuotaExceeded, string>> = {
  all: "the bridge has reached its connection limit",
  address: "there are too many connections from this address",
  token: "there are too many connections with this token",
};
