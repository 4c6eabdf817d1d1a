/** What takes WebSockets and requests below a path: the frame protocol, a dialect. @module */

import type { Grant } from "../access/grant.ts";
import type { ConnectionKind } from "../ops/metrics.ts";
import type { Socket, SocketHandler } from "./socket.ts";

/** What one who came is called in logs. */
export interface RequestOrigin {
  /** Tells the connection, or the request, from others. */
  readonly connection: string;
  /** The name of the token, once that is known; never the token. */
  grant: string | undefined;
}

/** A WebSocket that a client asks for. Its Host and Origin have been checked. */
export interface UpgradeRequest {
  /** The request's URL. */
  readonly url: URL;
  /** The request's headers. */
  readonly headers: Headers;
  /** Subprotocols that the client offers, in its order. */
  readonly protocols: readonly string[];
  /** The client's address, where the front knows it. */
  readonly address: string | undefined;
  /** What the connection is called in logs; absent where the front keeps none. */
  readonly connection?: string;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /**
   * Counts the WebSocket for a token that came in its first frame; false where
   * that has too many. Absent where the front counts none.
   */
  admit?(grant: Grant): boolean;
}

/** A WebSocket that may be opened. */
export interface AcceptedUpgrade {
  /** Whose it is; absent where the token comes in a first frame. Counted for its token. */
  readonly grant?: Grant;
  /** The subprotocol to answer with; absent where none. */
  readonly protocol?: string;
  /** Called once it is open. */
  open(socket: Socket): SocketHandler;
}

/** See the module. */
export interface Endpoint {
  /** Under which its connections are counted in the metrics. */
  readonly kind: ConnectionKind;
  /** Parts of its paths that the log may show; any other part could be secret. */
  readonly pathWords: readonly string[];
  /** Whether a path is one of its own. */
  owns(pathname: string): boolean;
  /** Whether a WebSocket may be opened; a response tells why not. Never rejects. */
  upgrade(request: UpgradeRequest): Promise<AcceptedUpgrade | Response>;
  /** Answers a request that asks for no WebSocket; tells the caller's token by its name. Never rejects. */
  fetch(
    request: Request,
    address: string | undefined,
    caller?: RequestOrigin,
  ): Promise<Response>;
}

/** A WebSocket from its opening to its end, or a request. */
export interface ConnectionInfo extends RequestOrigin {
  /** What it asked for, without the query. */
  readonly path: string;
  /** The client's address. */
  readonly address: string | undefined;
  /** When it was opened, in milliseconds since 1970. */
  readonly at: number;
}

/** What a front passes as the second argument of `fetch`. */
export interface AppBindings {
  /** The client's address, by which failed authentication is slowed down and streams are counted. */
  address?: string;
  /** Ends the request's connection at once: for event streams whose reader has stopped reading. */
  cut?: () => void;
  /** What the request is called in logs; is told the token's name. */
  visit?: ConnectionInfo;
}
