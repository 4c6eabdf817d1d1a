/** Where a front listens, what it serves, and its bounds. @module */

import type { Clock } from "../../lib/clock.ts";
import type { Limits } from "../../mod.ts";
import type {
  AppBindings,
  ConnectionInfo,
  Endpoint,
} from "../endpoint/endpoint.ts";
import type { HostPolicy } from "../access/host_policy.ts";
import type { ConnectionQuota } from "./connection_quota.ts";

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
  /** Most of one address; a proxy in front has one for all. */
  readonly addressConnections: number;
}

/** The bounds unless the front is made with others. */
export const DEFAULT_HEAD_LIMITS: HeadLimits = {
  headMs: 5000,
  requestMs: 15_000,
  idleMs: 15_000,
  headBytes: 16_384,
  connections: 25_000,
  addressConnections: 2000,
};

/** Where a front listens. */
export interface ListenOptions {
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
export interface HttpServerOptions {
  /** Answers what no endpoint owns. */
  app(request: Request, bindings: AppBindings): Response | Promise<Response>;
  /** What takes WebSockets, each on paths of its own. */
  endpoints: readonly Endpoint[];
  /** From where requests may come. */
  access: HostPolicy;
  /** Room for connections. */
  seats: ConnectionQuota;
  /** Limits of frames. */
  limits: Limits;
  /** Whether a proxy in front tells the clients' addresses. */
  behindProxy: boolean;
  /** Time. */
  clock: Clock;
  /** Is told of what should not happen, and in which connection. */
  onError(error: unknown, connection?: string): void;
  /** Is told who has come. */
  onOpen?(visit: ConnectionInfo): void;
  /** Is told who has left, and with which close code. */
  onClose?(visit: ConnectionInfo, code: number): void;
  /** Is told of each request for plain HTTP that has its answer, and that answer's status. */
  onResponse?(visit: ConnectionInfo, method: string, status: number): void;
}
