/** Options and limits of the HTTP server. @module */

import type { Clock } from "../../lib/clock.ts";
import type { Limits } from "../../mod.ts";
import type {
  AppBindings,
  ConnectionInfo,
  Endpoint,
} from "../endpoint/endpoint.ts";
import type { HostPolicy } from "../access/host_policy.ts";
import type { RefusedRequest } from "../ops/request_refusals.ts";
import type { AnswerPace } from "./answer_pace.ts";
import type { ConnectionQuota } from "./connection_quota.ts";
import type { RefusedAddresses } from "./refused_addresses.ts";
import type { PlainLimits } from "./plain_connections.ts";

/** Limits on what a client may do before its request is complete. */
export interface HeadLimits {
  /** Timeout of an incomplete head, in milliseconds. */
  readonly headMs: number;
  /** Timeout of an incomplete request, in milliseconds. */
  readonly requestMs: number;
  /** How long an idle connection stays open for the next request, in milliseconds. */
  readonly idleMs: number;
  /** Maximum size of a head. */
  readonly headBytes: number;
  /** Maximum number of TCP connections. */
  readonly connections: number;
  /**
   * Maximum number of TCP connections of one address. Not applied behind a
   * proxy, where all clients share one.
   */
  readonly addressConnections: number;
}

export const DEFAULT_HEAD_LIMITS: HeadLimits = {
  headMs: 5000,
  requestMs: 15_000,
  idleMs: 15_000,
  headBytes: 16_384,
  connections: 25_000,
  addressConnections: 2000,
};

/** Where an HTTP server listens. */
export interface ListenOptions {
  readonly host: string;
  /** The port; 0 selects a free one. */
  readonly port: number;
  /** Certificate and key as PEM; plain HTTP if undefined. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly heads?: Partial<HeadLimits>;
}

/** What an HTTP server serves. */
export interface HttpServerOptions {
  /** Answers requests that no endpoint owns. */
  app(request: Request, bindings: AppBindings): Response | Promise<Response>;
  /** Endpoints, each with paths of its own. */
  endpoints: readonly Endpoint[];
  access: HostPolicy;
  quota: ConnectionQuota;
  limits: Limits;
  /** Whether the clients' addresses are taken from a proxy's header. */
  behindProxy: boolean;
  /**
   * Path before all paths of the app and the endpoints, such as `/tqq`. Health
   * checks are answered with and without it.
   *
   * @default {""}
   */
  basePath?: string;
  clock: Clock;
  /**
   * How long the unsent bytes of a plain answer may make no progress, in
   * milliseconds.
   *
   * @default {30000}
   */
  stallMs?: number;
  /**
   * Counts invalid requests and unread answers by address, and neither reads nor
   * answers the connections of those that have many.
   *
   * @default none is refused, as where all clients share an address
   */
  refusedAddresses?: RefusedAddresses | undefined;
  /**
   * Makes the plain answers of an address wait once it was answered much.
   *
   * @default {none waits}
   */
  answerPace?: AnswerPace | undefined;
  /** Limits of plain HTTP that differ from the defaults. @default {PLAIN_LIMITS} */
  plainLimits?: Partial<PlainLimits>;
  /**
   * Returns whether clients are served at the moment. While they are not,
   * requests and handshakes are answered with 503, health checks aside.
   *
   * @default {() => true}
   */
  isServing?(): boolean;
  /** Called about once a second while clients are not served, to end the open connections. */
  onNotServing?(): void;
  /** Called when a plain connection is ended because its client does not read. */
  onSlow?(): void;
  /** Called for each request or connection that a rule or a limit refuses. */
  onRefusal?(refused: RefusedRequest): void;
  /** Called with unexpected errors and the id of the connection. */
  onError(error: unknown, connection?: string): void;
  /** Called when a WebSocket opens. */
  onOpen?(info: ConnectionInfo): void;
  /** Called when a WebSocket closes, with the close code. */
  onClose?(info: ConnectionInfo, code: number): void;
  /** Called for each plain HTTP request, with the status of its answer. */
  onResponse?(info: ConnectionInfo, method: string, status: number): void;
}
