/** WebSocket handshakes, and the WebSockets that they open. @module */

import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Grant } from "../access/grant.ts";
import { ALLOW_ACTION, checkOrigin } from "../access/host_policy.ts";
import type { WebSocket, WebSocketServer } from "../deps_node.ts";
import type { AcceptedUpgrade, ConnectionInfo } from "../endpoint/endpoint.ts";
import type { SocketHandler } from "../endpoint/socket.ts";
import { problem } from "../errors/problem.ts";
import {
  type ConnectionSlot,
  type QuotaExceeded,
  toRefusedConnection,
} from "./connection_quota.ts";
import {
  addressOf,
  badRequest,
  endWithResponse,
  headersOf,
  ignore,
  notServing,
  originOf,
  protocolsOf,
  stripBasePath,
  urlOf,
} from "./incoming.ts";
import { isInvalidRequest } from "./refused_addresses.ts";
import type { HttpServerOptions } from "./options.ts";
import { SOCKET_END_COST, Sweep } from "./sweep.ts";
import { Turns } from "./turns.ts";
import {
  connectHandler,
  createSocketServer,
  TextFrames,
  WsSocket,
} from "./web_socket.ts";

/** Retry delay for a client that was refused by a quota, in milliseconds. */
const RETRY_MS = 10_000;

/** Options of {@linkcode Upgrades}. */
export interface UpgradesOptions extends HttpServerOptions {
  /** Returns the headers that the answer to a request gets unless it has its own. */
  headersFor(incoming: IncomingMessage): Readonly<Record<string, string>>;
}

/** Performs handshakes, and holds the open WebSockets. */
export class Upgrades {
  readonly #options: UpgradesOptions;
  readonly #handlers = new Map<WebSocket, SocketHandler>();
  readonly #upgrading = new Set<Duplex>();
  readonly #frames = new TextFrames();
  /** One handshake in a turn: those of a restart, or of clients that are cut and return, come together. */
  readonly #turns = new Turns();
  /** Subprotocols that endpoints chose, read during the handshake. */
  readonly #chosen = new WeakMap<IncomingMessage, string>();
  readonly #sockets: WebSocketServer;
  readonly #sweep = new Sweep();
  #isStopped = false;

  constructor(options: UpgradesOptions) {
    this.#options = options;
    this.#sockets = createSocketServer(
      options.limits,
      (request) => this.#chosen.get(request),
    );
  }

  /** Number of open WebSockets. */
  get open(): number {
    return this.#handlers.size;
  }

  /** Refuses all WebSockets from now on. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Starts the close handshake of all WebSockets. */
  close(code: number, reason: string): void {
    for (const handler of this.#handlers.values()) handler.close(code, reason);
  }

  /** Ends all WebSockets and handshakes at once. */
  terminate(): void {
    for (const ws of this.#handlers.keys()) ws.terminate();
    for (const socket of this.#upgrading) socket.destroy();
    this.#sockets.close();
  }

  /** Checks the timeouts of all WebSockets. */
  sweep(now: number): void {
    const handlers = this.#handlers.values();
    this.#sweep.run(() => {
      const { done, value: handler } = handlers.next();
      if (done) return undefined;
      handler.sweep(now);
      return handler.closed ? SOCKET_END_COST : 1;
    });
  }

  /**
   * Answers a handshake.
   *
   * @param connection Id of the connection in logs.
   * @param head What was read after the handshake.
   */
  async upgrade(
    connection: string,
    incoming: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
  ): Promise<void> {
    const turn = this.#turns.take();
    if (turn !== undefined) await turn;
    if (socket.destroyed) return;
    const { access, quota, endpoints, behindProxy, onRefusal } = this.#options;
    const { basePath = "" } = this.#options;
    const isInside = stripBasePath(incoming, basePath) === "inside";
    const url = urlOf(incoming);
    if (url === undefined) {
      return this.#end(incoming, socket, badRequest());
    }
    if (this.#options.isServing?.() === false) {
      return this.#end(incoming, socket, notServing());
    }
    const address = addressOf(incoming, behindProxy);
    const refusal = checkOrigin(access, originOf(incoming));
    if (refusal !== undefined) {
      const { reason, value, message } = refusal;
      onRefusal?.({ reason, value, address, action: ALLOW_ACTION });
      return this.#end(incoming, socket, problem("forbidden", message));
    }
    const endpoint = isInside
      ? endpoints.find((one) => one.owns(url.pathname))
      : undefined;
    if (endpoint === undefined) {
      return this.#end(
        incoming,
        socket,
        problem("not_found", "Cannot answer: no WebSocket at this path"),
      );
    }
    const slot = quota.acquire(address);
    if (typeof slot === "string") {
      return this.#end(incoming, socket, this.#refuse(slot, address));
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
    if (accepted instanceof Response) {
      return this.#end(incoming, socket, accepted);
    }
    if (this.#isStopped) {
      return this.#end(incoming, socket, toQuotaProblem("all"));
    }
    const { grant, protocol } = accepted;
    const exceeded = grant === undefined
      ? slot.admitTokenless()
      : admit(grant)
      ? undefined
      : "token";
    if (exceeded !== undefined) {
      // At once, because a client may take its time to read the answer.
      slot.release();
      return this.#end(
        incoming,
        socket,
        this.#refuse(exceeded, address, grant?.name),
      );
    }
    if (protocol !== undefined) this.#chosen.set(incoming, protocol);
    this.#sockets.handleUpgrade(incoming, socket, Buffer.from(head), (ws) => {
      waiting.end();
      const frames = this.#frames;
      this.#open(ws, new WsSocket(ws, socket, frames), accepted, info, slot);
    });
  }

  async #end(
    incoming: IncomingMessage,
    socket: Duplex,
    response: Response,
  ): Promise<void> {
    const headers = this.#options.headersFor(incoming);
    await endWithResponse(socket, response, headers);
  }

  /** Reports a WebSocket over a limit, and returns the answer to its client. */
  #refuse(
    limit: QuotaExceeded,
    address: string | undefined,
    grant?: string,
  ): Response {
    this.#options.onRefusal?.(toRefusedConnection(limit, address, grant));
    return toQuotaProblem(limit);
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
    const { refusedAddresses } = this.#options;
    if (refusedAddresses !== undefined) {
      ws.on("error", (error) => {
        if (isInvalidRequest(error)) refusedAddresses.add(info.address);
      });
    }
    connectHandler(ws, handler, (code) => {
      this.#handlers.delete(ws);
      slot.release();
      this.#options.onClose?.(info, code);
    });
  }
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

function toQuotaProblem(limit: QuotaExceeded): Response {
  return problem(
    limit === "all" || limit === "tokenless" ? "unavailable" : "overloaded",
    `Cannot open a WebSocket: ${QUOTA_REASONS[limit]}`,
    { retryAfterMs: RETRY_MS },
  );
}

const QUOTA_REASONS: Readonly<Record<QuotaExceeded, string>> = {
  all: "the bridge has reached its connection limit",
  tokenless:
    "there are too many connections without a token. Send the token with the handshake",
  address: "there are too many connections from this address",
  token: "there are too many connections with this token",
};
