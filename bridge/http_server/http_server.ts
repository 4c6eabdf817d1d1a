/**
 * The program's front: `node:http` and `ws`. It bounds what clients may do
 * before anybody else sees them, and hands the rest to the app and the endpoints.
 *
 * @module
 */

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
  endWith,
  headersOf,
  protocolsOf,
  urlOf,
  whence,
} from "./incoming.ts";
import {
  ConnectionQuota,
  type ConnectionSlot,
  type QuotaExceeded,
} from "./connection_quota.ts";
import { problem } from "../errors/problem.ts";
import {
  connectPeer,
  socketServer,
  TextFrames,
  WsSocket,
} from "./web_socket.ts";

/** How often what is late is looked for, in milliseconds. */
const CHECK_MS = 1000;

/** How long clients have to take the end, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2000;

/** How often those who have nothing to do are looked for at the end, in milliseconds. */
const IDLE_MS = 20;

/** When one who found no room should come again, in milliseconds. */
const RETRY_MS = 10_000;

/** See the module. */
export class HttpServer {
  /** Where it listens. */
  readonly hostname: string;
  /** The port that it got. */
  readonly port: number;
  readonly #server: Server;
  /** TCP connections by address. */
  readonly #callers: ConnectionQuota;
  readonly #peers = new Map<WebSocket, SocketHandler>();
  readonly #upgrading = new Set<Duplex>();
  readonly #frames = new TextFrames();
  /** Subprotocols that endpoints chose, for the handshakes. */
  readonly #chosen = new WeakMap<IncomingMessage, string>();
  #options!: HttpServerOptions;
  #sockets!: WebSocketServer;
  #cancelSweep: () => void = () => {};
  #door: AcceptWatchdog | undefined;
  #stopped: Promise<void> | undefined;

  private constructor(server: Server, { addressConnections }: HeadLimits) {
    const { address, port } = server.address() as AddressInfo;
    this.hostname = address;
    this.port = port;
    this.#server = server;
    this.#callers = new ConnectionQuota({
      all: Infinity,
      address: addressConnections,
    });
  }

  /** Listens; rejects with the error of the platform where the address cannot be had. */
  static async listen(address: ListenOptions): Promise<HttpServer> {
    const { host, port, tls, heads } = address;
    const limits = { ...DEFAULT_HEAD_LIMITS, ...heads };
    const options: ServerOptions = {
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.headMs / 4),
      maxHeaderSize: limits.headBytes,
      // Clients that offer HTTP/2 by an Upgrade are content with HTTP/1.1.
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

  /** Begins to serve. Call it at once after {@linkcode HttpServer.listen}. */
  serve(options: HttpServerOptions): void {
    this.#options = options;
    const { clock, limits, onError: failed } = options;
    this.#sockets = socketServer(
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
    server.on("connection", (socket) => this.#count(socket));
    server.on("request", (incoming, outgoing) => {
      incoming.on("error", ignore);
      outgoing.on("error", ignore);
      listener(incoming, outgoing).catch((error) => failed(error));
    });
    server.on("upgrade", (incoming, socket, head) => {
      socket.on("error", ignore);
      const connection = newConnectionId();
      this.#upgrade(connection, incoming, socket, head).catch((error) => {
        failed(error, connection);
        socket.destroy();
      });
    });
    server.on("error", (error) => failed(error));
    const { hostname: host, port } = this;
    this.#door = new AcceptWatchdog({
      server,
      host,
      port,
      clock,
      intervalMs: CHECK_MS,
      reopen: () => {
        // Not that of HTTP, which ends the connections that are idle.
        if (server.listening) NetServer.prototype.close.call(server);
        server.listen({ host, port });
      },
      onError: failed,
    });
    this.#sweep();
  }

  /** How many WebSockets are open. */
  get connections(): number {
    return this.#peers.size;
  }

  /** Takes nobody more; who is there stays. */
  stop(): void {
    if (this.#stopped !== undefined) return;
    this.#door?.close();
    this.#stopped = new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  /** Takes nobody more, and tells those who are there; who does not take it in time is cut. */
  async close(code = 1012, reason = "restarting: come back"): Promise<void> {
    this.stop();
    this.#cancelSweep();
    for (const peer of this.#peers.values()) peer.close(code, reason);
    await this.#emptied();
    for (const ws of this.#peers.keys()) ws.terminate();
    for (const socket of this.#upgrading) socket.destroy();
    this.#server.closeAllConnections();
    this.#sockets.close();
    await this.#stopped;
  }

  /** Resolves when nobody is there, or the time for it is over. */
  async #emptied(): Promise<void> {
    const { clock } = this.#options;
    const until = clock.now() + CLOSE_TIMEOUT_MS;
    let empty = false;
    this.#stopped?.then(() => empty = true);
    while (clock.now() < until) {
      // Those whose request has been answered since.
      this.#server.closeIdleConnections();
      await sleep(clock, IDLE_MS);
      if (empty) return;
    }
  }

  /** Ends at once what is one too many of an address. */
  #count(socket: Socket): void {
    if (this.#options.behindProxy) return;
    const seat = this.#callers.acquire(socket.remoteAddress);
    if (typeof seat === "string") socket.destroy();
    else socket.once("close", () => seat.release());
  }

  #sweep(): void {
    const { clock } = this.#options;
    this.#cancelSweep = clock.after(CHECK_MS, () => {
      const now = clock.now();
      for (const peer of this.#peers.values()) peer.sweep(now);
      this.#door?.check();
      this.#sweep();
    });
  }

  async #answer(
    request: Request,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<Response> {
    const { behindProxy, clock, onError: failed } = this.#options;
    const url = urlOf(incoming);
    if (url === undefined) return badRequest();
    const visit: ConnectionInfo = {
      connection: newConnectionId(),
      path: url.pathname,
      address: addressOf(incoming, behindProxy),
      grant: undefined,
      at: clock.now(),
    };
    let response: Response;
    try {
      response = await this.#respond(request, incoming, outgoing, visit);
    } catch (error) {
      failed(error, visit.connection);
      response = problem("internal", "Cannot answer: the bridge failed");
    }
    this.#options.onResponse?.(visit, request.method, response.status);
    return response;
  }

  async #respond(
    request: Request,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    visit: ConnectionInfo,
  ): Promise<Response> {
    const { app, access, endpoints } = this.#options;
    const { address, path } = visit;
    const endpoint = endpoints.find((one) => one.owns(path));
    if (endpoint === undefined) {
      return await app(request, {
        ...(address === undefined ? {} : { address }),
        cut: () => outgoing.destroy(),
        visit,
      });
    }
    const why = checkOrigin(access, whence(incoming));
    return why === undefined
      ? await endpoint.fetch(request, address, visit)
      : problem("forbidden", `Cannot answer: ${why}`);
  }

  async #upgrade(
    connection: string,
    incoming: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
  ): Promise<void> {
    const { access, seats, endpoints, behindProxy } = this.#options;
    const url = urlOf(incoming);
    if (url === undefined) {
      return endWith(socket, badRequest());
    }
    const why = checkOrigin(access, whence(incoming));
    if (why !== undefined) {
      return endWith(socket, problem("forbidden", `Cannot answer: ${why}`));
    }
    const endpoint = endpoints.find((one) => one.owns(url.pathname));
    if (endpoint === undefined) {
      return endWith(
        socket,
        problem("not_found", "Cannot answer: no WebSocket at this path"),
      );
    }
    const address = addressOf(incoming, behindProxy);
    const seat = seats.acquire(address);
    if (typeof seat === "string") return endWith(socket, full(seat));
    const info: ConnectionInfo = {
      connection,
      path: url.pathname,
      address,
      grant: undefined,
      at: this.#options.clock.now(),
    };
    const admit = admitter(seat, info);
    const waiting = this.#wait(socket, seat);
    const admission = await endpoint.upgrade({
      url,
      headers: headersOf(incoming),
      protocols: protocolsOf(incoming),
      address,
      connection,
      signal: waiting.gone.signal,
      admit,
    });
    if (waiting.gone.signal.aborted) return;
    if (admission instanceof Response) return endWith(socket, admission);
    if (this.#stopped !== undefined) return endWith(socket, full("all"));
    const { grant, protocol } = admission;
    if (grant !== undefined && !admit(grant)) {
      return endWith(socket, full("token"));
    }
    if (protocol !== undefined) this.#chosen.set(incoming, protocol);
    this.#sockets.handleUpgrade(incoming, socket, Buffer.from(head), (ws) => {
      waiting.end();
      const frames = this.#frames;
      this.#open(ws, new WsSocket(ws, socket, frames), admission, info, seat);
    });
  }

  /** Watches who waits for an answer: what watches keeps nothing of the request. */
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
    admission: AcceptedUpgrade,
    info: ConnectionInfo,
    slot: ConnectionSlot,
  ): void {
    this.#options.onOpen?.(info);
    const peer = admission.open(socket);
    this.#peers.set(ws, peer);
    this.#attend(ws, peer, info, slot);
  }

  #attend(
    ws: WebSocket,
    peer: SocketHandler,
    info: ConnectionInfo,
    slot: ConnectionSlot,
  ): void {
    connectPeer(ws, peer, (code) => {
      this.#peers.delete(ws);
      slot.release();
      this.#options.onClose?.(info, code);
    });
  }
}

/** Formats a new id that tells connections and requests apart in logs. */
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
  return ({ name }) => {
    info.grant = name;
    return slot.admit(name);
  };
}

/** Errors of sockets end in their closing, which is watched. */
function ignore(): void {}

function badRequest(): Response {
  return problem(
    "bad_frame",
    "Cannot read the request: its path or Host does not hold",
  );
}

function full(limit: QuotaExceeded): Response {
  return problem(
    limit === "all" ? "unavailable" : "overloaded",
    `Cannot open a WebSocket: ${FULL[limit]}`,
    { retryAfterMs: RETRY_MS },
  );
}

const FULL: Readonly<Record<QuotaExceeded, string>> = {
  all: "the bridge has no room for more connections",
  address: "there are too many connections from this address",
  token: "there are too many connections with this token",
};
