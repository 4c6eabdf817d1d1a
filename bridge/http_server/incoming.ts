/** Reads what a request of `node:http` contains, which is not trusted. @module */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { STATUS_TEXT } from "../deps.ts";
import { problem } from "../errors/problem.ts";

/** How long a client may take to read an answer before its socket is destroyed, in milliseconds. */
const ANSWER_MS = 2000;

/** Handles the error of a socket, whose close follows and is handled. */
export function ignore(): void {}

/** The request's URL; undefined if its path or Host is invalid. */
export function urlOf({ url, headers }: IncomingMessage): URL | undefined {
  const { host } = headers;
  if (url === undefined || !url.startsWith("/") || host === undefined) {
    return undefined;
  }
  const read = URL.parse(`http://${host}${url}`);
  // A Host with a slash or an @ would change the path or the host of the
  // URL.
  return read?.host.toLowerCase() === withoutPort80(host) ? read : undefined;
}

/** The path of a request without its query; not decoded, and not trusted. */
export function pathOf({ url = "" }: IncomingMessage): string {
  return url.split("?", 1)[0]!;
}

/**
 * Removes the base path from the URL of a request. Returns `root` for the base
 * path itself, and `outside` for a path that is not below it.
 */
export function stripBasePath(
  incoming: IncomingMessage,
  basePath: string,
): "inside" | "root" | "outside" {
  const path = pathOf(incoming);
  if (basePath === "") return "inside";
  if (path === basePath) return "root";
  if (!path.startsWith(`${basePath}/`)) return "outside";
  incoming.url = incoming.url!.slice(basePath.length);
  return "inside";
}

/** Sets the Host of a request to this machine if its own is missing or invalid, so that its URL can be read. */
export function replaceInvalidHost(incoming: IncomingMessage): void {
  if (urlOf(incoming) === undefined) incoming.headers.host = "localhost";
}

/** Whether a request asks for a WebSocket and not for another protocol. */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/** Host and Origin of a request. Clients of WebSocket version 8 use another header for Origin. */
export function originOf(
  { headers }: IncomingMessage,
): { host: string; origin: string | undefined } {
  const older = headers["sec-websocket-origin"];
  const origin = headers.origin ?? (Array.isArray(older) ? older[0] : older);
  return { host: headers.host ?? "", origin };
}

/**
 * The address of the client.
 *
 * @param behindProxy Whether to use the last address of `X-Forwarded-For`,
 * which the operator's own proxy wrote.
 */
export function addressOf(
  { socket, headers }: IncomingMessage,
  behindProxy: boolean,
): string | undefined {
  const forwarded = headers["x-forwarded-for"];
  if (behindProxy && forwarded !== undefined) {
    const all = Array.isArray(forwarded) ? forwarded.join(",") : forwarded;
    const last = all.split(",").at(-1)!.trim();
    if (last !== "") return last.slice(0, 64);
  }
  return socket.remoteAddress ?? undefined;
}

export function headersOf({ headers }: IncomingMessage): Headers {
  const all = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const one of Array.isArray(value) ? value : [value ?? ""]) {
      all.append(name, one);
    }
  }
  return all;
}

/** The subprotocols that a client offers. */
export function protocolsOf({ headers }: IncomingMessage): string[] {
  return (headers["sec-websocket-protocol"] ?? "").split(",")
    .map((protocol) => protocol.trim()).filter((protocol) => protocol !== "");
}

/** The answer to a request whose URL cannot be read. */
export function badRequest(): Response {
  return problem(
    "bad_frame",
    "Cannot read the request: its path or Host header is invalid",
    { headers: { connection: "close" } },
  );
}

/** Answers a request that asked for another protocol, and closes its connection. */
export async function endWithResponse(
  socket: Duplex,
  response: Response,
  defaultHeaders: Readonly<Record<string, string>>,
): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  const { status } = response;
  const headers = new Headers({
    ...defaultHeaders,
    ...Object.fromEntries(response.headers),
  });
  headers.set("connection", "close");
  headers.set("content-length", String(body.length));
  const head = [...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\n${head.join("")}\r\n`,
  );
  const timer = setTimeout(() => socket.destroy(), ANSWER_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.end(body);
  // Unread input would keep the client's close from being noticed.
  socket.resume();
}

/** Status of the answer to a request that `node:http` cannot read. */
export function statusOfClientError(error: Error): number {
  const { code } = error as { code?: unknown };
  return CLIENT_ERROR_STATUS[String(code)] ?? 400;
}

const CLIENT_ERROR_STATUS: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers a request that cannot be read, and closes its connection. */
export function endWithStatus(
  socket: Duplex,
  status: number,
  headers: Readonly<Record<string, string>>,
): void {
  // An answer that has begun would be followed by this one.
  const { _httpMessage: answer } = socket as {
    _httpMessage?: { headersSent: boolean } | null;
  };
  if (socket.writable && answer?.headersSent !== true) {
    const lines = Object.entries({ connection: "close", ...headers })
      .map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_TEXT[status]}\r\n${lines.join("")}\r\n`,
    );
  }
  socket.destroy();
}

function withoutPort80(host: string): string {
  return host.toLowerCase().replace(/:80$/, "");
}

/** When a client may try again at a server that serves nobody, in milliseconds. */
const RETRY_SERVING_MS = 10_000;

/** Returns the answer of a server that serves no clients at the moment. */
export function notServing(): Response {
  return problem(
    "unavailable",
    "Cannot answer: this node is cut off from its cluster. Use another node.",
    { retryAfterMs: RETRY_SERVING_MS },
  );
}
