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
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock } from "../../lib/clock.ts";
import type { Limits } from "../../mod.ts";
import type { Admission, Endpoint } from "../core/endpoint.ts";
import type { Peer } from "../core/socket.ts";
import {
  getRequestListener,
  type WebSocket,
  type WebSocketServer,
} from "../deps.ts";
import { type AccessRules, refusal } from "./access.ts";
import type { AppBindings } from "./app.ts";
import {
  addressOf,
  endWith,
  headersOf,
  protocolsOf,
  urlOf,
  whence,
} from "./incoming.ts";
import type { Full, Seat, Seats } from "./limits.ts";
import { problem } from "./problem.ts";
import { connectPeer, socketOf, socketServer } from "./ws_socket.ts";

/** Bounds of what comes before a request is one. */
export interface HeadLimits {
  /** A head that is not whole after so long is not taken, in milliseconds. */
  readonly headMs: number;
  /** A request that is not whole after so long is not taken, in milliseconds. */
  readonly requestMs: number;
  /** How long a connection is kept for the next request, in milliseconds. */
  readonly idleMs: number;
  /** Most bytes of a head. */
  readonly headBytes: number;
  /** Most TCP connections. */
  readonly connections: number;
}

/** The bounds unless the front is made with others. */
export const DEFAULT_HEAD_LIMITS: HeadLimits = {
  headMs: 5000,
  requestMs: 15_000,
  idleMs: 15_000,
  headBytes: 16_384,
  connections: 25_000,
};

/** How often what is late is looked for, in milliseconds. */
const CHECK_MS = 1000;

/** How long clients have to take the end, in milliseconds. */
const FAREWELL_MS = 2000;

/** When one who found no room should come again, in milliseconds. */
const RETRY_MS = 10_000;

/** Where a front listens. */
export interface FrontAddress {
  /** The address. */
  readonly host: string;
  /** The port; 0 takes any free one. */
  readonly port: number;
  /** Certificate and key, as PEM. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** See {@linkcode HeadLimits}. */
  readonly heads?: Partial<HeadLimits>;
}

/** What a front serves. */
export interface FrontOptions {
  /** Answers what no endpoint owns. */
  app(request: Request, bindings: AppBindings): Response | Promise<Response>;
  /** What takes WebSockets, each on paths of its own. */
  endpoints: readonly Endpoint[];
  /** From where requests may come. */
  access: AccessRules;
  /** Room for connections. */
  seats: Seats;
  /** Limits of frames. */
  limits: Limits;
  /** Whether a proxy in front tells the clients' addresses. */
  behindProxy: boolean;
  /** Time. */
  clock: Clock;
  /** Is told of what should not happen. */
  failed(error: unknown): void;
}

/** See the module. */
export class Front {
  /** Where it listens. */
  readonly hostname: string;
  /** The port that it got. */
  readonly port: number;
  readonly #server: Server;
  readonly #peers = new Map<WebSocket, Peer>();
  /** Subprotocols that endpoints chose, for the handshakes. */
  readonly #chosen = new WeakMap<IncomingMessage, string>();
  #options!: FrontOptions;
  #sockets!: WebSocketServer;
  #cancelSweep: () => void = () => {};
  #onEmpty: (() => void) | undefined;

  private constructor(server: Server) {
    const { address, port } = server.address() as AddressInfo;
    this.hostname = address;
    this.port = port;
    this.#server = server;
  }

  /** Listens; rejects with the error of the platform where the address cannot be had. */
  static async listen(address: FrontAddress): Promise<Front> {
    const { host, port, tls, heads } = address;
    const limits = { ...DEFAULT_HEAD_LIMITS, ...heads };
    const options: ServerOptions = {
      headersTimeout: limits.headMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.headMs / 4),
      maxHeaderSize: limits.headBytes,
    };
    const server = tls === undefined
      ? createServer(options)
      : createTlsServer({ ...options, ...tls });
    server.maxConnections = limits.connections;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    return new Front(server);
  }

  /** Begins to serve. Call it at once after {@linkcode Front.listen}. */
  serve(options: FrontOptions): void {
    this.#options = options;
    const { limits, failed } = options;
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
    server.on("request", (incoming, outgoing) => {
      incoming.on("error", () => {});
      outgoing.on("error", () => {});
      listener(incoming, outgoing).catch(failed);
    });
    server.on("upgrade", (incoming, socket, head) => {
      socket.on("error", () => {});
      this.#upgrade(incoming, socket, head).catch((error) => {
        failed(error);
        socket.destroy();
      });
    });
    server.on("clientError", (_, socket) => socket.destroy());
    server.on("error", failed);
    this.#sweep();
  }

  /** How many WebSockets are open. */
  get sockets(): number {
    return this.#peers.size;
  }

  /** Takes nobody more; who is there stays. */
  stop(): void {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  /** Takes nobody more, and tells those who are there; who does not take it in time is cut. */
  async close(code = 1012, reason = "restarting: come back"): Promise<void> {
    this.stop();
    this.#cancelSweep();
    for (const peer of this.#peers.values()) peer.close(code, reason);
    await this.#emptied();
    for (const ws of this.#peers.keys()) ws.terminate();
    this.#server.closeAllConnections();
    this.#sockets.close();
  }

  /** Resolves when nobody is there, or the time for it is over. */
  #emptied(): Promise<void> {
    if (this.#peers.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(FAREWELL_MS, resolve);
      this.#onEmpty = () => {
        cancel();
        resolve();
      };
    });
  }

  #sweep(): void {
    const { clock } = this.#options;
    this.#cancelSweep = clock.after(CHECK_MS, () => {
      const now = clock.now();
      for (const peer of this.#peers.values()) peer.sweep(now);
      this.#sweep();
    });
  }

  async #answer(
    request: Request,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<Response> {
    const { app, access, endpoints, behindProxy, failed } = this.#options;
    const url = urlOf(incoming);
    if (url === undefined) return badRequest();
    const address = addressOf(incoming, behindProxy);
    const endpoint = endpoints.find((one) => one.owns(url.pathname));
    try {
      if (endpoint === undefined) {
        return await app(request, {
          ...(address === undefined ? {} : { address }),
          cut: () => outgoing.destroy(),
        });
      }
      const why = refusal(access, whence(incoming));
      return why === undefined
        ? await endpoint.fetch(request, address)
        : problem("forbidden", `Cannot answer: ${why}`);
    } catch (error) {
      failed(error);
      return problem("internal", "Cannot answer: the bridge failed");
    }
  }

  async #upgrade(
    incoming: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
  ): Promise<void> {
    const { access, seats, endpoints, behindProxy } = this.#options;
    const url = urlOf(incoming);
    if (url === undefined) {
      return endWith(socket, badRequest());
    }
    const why = refusal(access, whence(incoming));
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
    const seat = seats.take(address);
    if (typeof seat === "string") return endWith(socket, full(seat));
    const gone = new AbortController();
    socket.once("close", () => {
      gone.abort();
      seat.leave();
    });
    const admission = await endpoint.upgrade({
      url,
      headers: headersOf(incoming),
      protocols: protocolsOf(incoming),
      address,
      signal: gone.signal,
      admit: ({ name }) => seat.admit(name),
    });
    if (gone.signal.aborted) return;
    if (admission instanceof Response) return endWith(socket, admission);
    this.#open(admission, seat, incoming, socket, head);
  }

  #open(
    admission: Admission,
    seat: Seat,
    incoming: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
  ): void | Promise<void> {
    const { grant, protocol } = admission;
    if (grant !== undefined && !seat.admit(grant.name)) {
      return endWith(socket, full("token"));
    }
    if (protocol !== undefined) this.#chosen.set(incoming, protocol);
    this.#sockets.handleUpgrade(incoming, socket, Buffer.from(head), (ws) => {
      const peer = admission.open(socketOf(ws));
      this.#peers.set(ws, peer);
      connectPeer(ws, peer, () => {
        this.#peers.delete(ws);
        if (this.#peers.size === 0) this.#onEmpty?.();
      });
    });
  }
}

function badRequest(): Response {
  return problem(
    "bad_frame",
    "Cannot read the request: its path or Host does not hold",
  );
}

function full(limit: Full): Response {
  return problem(
    limit === "all" ? "unavailable" : "overloaded",
    `Cannot open a WebSocket: ${FULL[limit]}`,
    { retryAfterMs: RETRY_MS },
  );
}

const FULL: Readonly<Record<Full, string>> = {
  all: "the bridge has no room for more connections",
  address: "there are too many connections from this address",
  token: "there are too many connections with this token",
};
