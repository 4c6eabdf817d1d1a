/** Which Host and Origin headers are allowed. @module */

export interface HostPolicy {
  /** Whether a `Host` in lower case is served here, which protects from DNS rebinding. */
  host(host: string): boolean;
  /** Further origins that may call, as browsers send them: `https://example.org`. */
  readonly origins: readonly string[];
}

/** Names of this machine on loopback. */
const LOOPBACK: ReadonlySet<string> = new Set([
  "127.0.0.1",
  "localhost",
  "[::1]",
]);

/** Ports of HTTP and HTTPS, which a Host may leave out. */
const DEFAULT_PORTS: readonly number[] = [80, 443];

/** Maximum number of characters of a header that an answer repeats. */
const HEADER_CHARS = 80;

/**
 * Returns whether a host is that of a listener. On loopback these are the names
 * of this machine with its port; elsewhere its own name and any address, because
 * rebinding needs a name.
 *
 * @param hostname Address on which it listens; IPv6 without brackets.
 * @param port Port on which it listens.
 * @param more Further hosts, such as a proxy's; one without a port allows any port.
 */
export function ownHosts(
  hostname: string,
  port: number,
  more: readonly string[] = [],
): HostPolicy["host"] {
  const own = hostname.includes(":") ? `[${hostname}]` : hostname.toLowerCase();
  const further = new Set(more.map((host) => host.toLowerCase()));
  return (host) => {
    const [name, itsPort] = splitHost(host);
    if (further.has(host) || further.has(name)) return true;
    if (LOOPBACK.has(own)) {
      return LOOPBACK.has(name) &&
        (itsPort === port ||
          itsPort === undefined && DEFAULT_PORTS.includes(port));
    }
    return name === own || isAddress(name) || LOOPBACK.has(name);
  };
}

/** Paths of health checks. Their answers are not secret, and load balancers ask for them under any Host. */
const HEALTH_PATHS: readonly string[] = ["/healthz", "/readyz"];

/** Whether a request is a health check, which is answered under any Host. */
export function isHealthCheck(
  method: string | undefined,
  pathname: string,
): boolean {
  return (method === "GET" || method === "HEAD") &&
    HEALTH_PATHS.includes(pathname);
}

/** Why a request is refused. */
export interface HostRefusal {
  readonly reason: "host" | "origin";
  /** The refused header, shortened. */
  readonly value: string;
  /** Message for people, with what to do. */
  readonly message: string;
}

/** What would allow a refused Host or Origin. */
export const ALLOW_ACTION = "add it with --allow-origin";

/**
 * Checks the Host and the Origin of a request; `undefined` if both are allowed.
 *
 * @param request.isHealthCheck Whether any Host is allowed. @default false
 */
export function checkOrigin(
  rules: HostPolicy,
  request: {
    host: string;
    origin: string | null | undefined;
    isHealthCheck?: boolean;
  },
): HostRefusal | undefined {
  const host = request.host.toLowerCase();
  const isOurs = rules.host(host);
  if (!isOurs && request.isHealthCheck !== true) {
    const value = host.slice(0, HEADER_CHARS);
    return {
      reason: "host",
      value,
      message: `Cannot answer: host ${
        JSON.stringify(value)
      } is not served here. Add it with --allow-origin.`,
    };
  }
  const { origin } = request;
  if (origin === null || origin === undefined) return undefined;
  if (rules.origins.includes(origin)) return undefined;
  if (isOurs && isOwn(origin, host)) return undefined;
  const value = origin.slice(0, HEADER_CHARS);
  return {
    reason: "origin",
    value,
    message: `Cannot answer: origin ${
      JSON.stringify(value)
    } is not allowed. Add it with --allow-origin.`,
  };
}

/** Whether an `Origin` is that of the host itself. */
export function isOwnOrigin(origin: string, host: string): boolean {
  return isOwn(origin, host.toLowerCase());
}

function isOwn(origin: string, host: string): boolean {
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** The port of a `Host`; `undefined` if it has none. */
export function portOf(host: string): number | undefined {
  return splitHost(host)[1];
}

function splitHost(host: string): [name: string, port: number | undefined] {
  const [, name, port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(host) ?? [];
  return [name ?? "", port === undefined ? undefined : Number(port)];
}

function isAddress(name: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^\[[\d:a-f.]+\]$/.test(name);
}
