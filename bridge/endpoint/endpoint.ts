/** Endpoints: what accepts WebSockets and requests on paths of its own. @module */

import type { Grant } from "../access/grant.ts";
import type { Socket, SocketHandler } from "./socket.ts";

/** How a connection or a request is named in logs. */
export interface RequestOrigin {
  /** Id of the connection or request. */
  readonly connection: string;
  /** Name of the token, once it is known; never the token. */
  grant: string | undefined;
}

/** A WebSocket handshake. Its Host and Origin have been checked. */
export interface UpgradeRequest {
  readonly url: URL;
  readonly headers: Headers;
  /** Subprotocols that the client offers, in its order. */
  readonly protocols: readonly string[];
  /** Address of the client, if the server knows it. */
  readonly address: string | undefined;
  /** Id of the connection in logs. @default not logged */
  readonly connection?: string;
  /** Aborted when the client disconnects. */
  readonly signal: AbortSignal;
  /**
   * Counts the WebSocket for a token that arrived in its first frame; `false`
   * if the token has too many.
   *
   * @default not counted
   */
  admit?(grant: Grant): boolean;
}

export interface AcceptedUpgrade {
  /** What the token allows; the WebSocket is counted for it. @default the token arrives in the first frame */
  readonly grant?: Grant;
  /** Subprotocol of the answer. @default none */
  readonly protocol?: string;
  /** Called once the WebSocket is open. */
  open(socket: Socket): SocketHandler;
}

/** The frame protocol, or a dialect. */
export interface Endpoint {
  /** Under which its connections are counted in the metrics. */
  readonly kind: string;
  /** Parts of its paths that the log may show; any other part could be secret. */
  readonly pathWords: readonly string[];
  /** Returns whether a path belongs to this endpoint. */
  owns(pathname: string): boolean;
  /** Accepts a WebSocket, or returns the response that rejects it. Never rejects its promise. */
  upgrade(request: UpgradeRequest): Promise<AcceptedUpgrade | Response>;
  /** Answers a request that is not a WebSocket, and writes the name of its token into `caller`. Never rejects. */
  fetch(
    request: Request,
    address: string | undefined,
    caller?: RequestOrigin,
  ): Promise<Response>;
}

/** A WebSocket or a request, as the log shows it. */
export interface ConnectionInfo extends RequestOrigin {
  /** Path without the query, which may hold a token. */
  readonly path: string;
  /** Address of the client. */
  readonly address: string | undefined;
  /** Start time, in milliseconds since 1970. */
  readonly at: number;
}

/** Second argument of the app's `fetch`. */
export interface AppBindings {
  /** Address of the client, by which failed authentication is delayed and streams are counted. */
  address?: string;
  /** Ends the request's connection at once: for event streams whose reader has stopped reading. */
  cut?: () => void;
  /** Path before the request's own, which the server removed. @default none */
  basePath?: string;
  /** The request as the log shows it; the app writes the token's name into it. */
  visit?: ConnectionInfo;
}
