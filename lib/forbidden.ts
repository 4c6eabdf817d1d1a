/** Connections that the platform forbids: trying again cannot help. @module */

/** Names of the errors with which a platform forbids a connection. */
const FORBIDDEN_NAMES = ["NotCapable", "PermissionDenied", "SecurityError"];

/** Whether an error says that the platform forbids a connection. */
export function isForbidden(error: unknown): error is Error {
  return error instanceof Error && FORBIDDEN_NAMES.includes(error.name);
}

/**
 * Formats why a connection is forbidden, and what to do. Only the host and the
 * port of the URL are named.
 */
export function formatForbidden(url: URL, { name }: Error): string {
  const isSecure = url.protocol === "wss:" || url.protocol === "https:";
  const host = `${url.hostname}:${url.port || (isSecure ? 443 : 80)}`;
  const advice = name === "SecurityError"
    ? "a page that came over https: may only use wss: and https:, and no blocked port"
    : `run it with --allow-net=${host}`;
  return `this program may not reach ${host}; ${advice}`;
}
