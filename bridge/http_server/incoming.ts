/** What `node:http` tells of a request, read without trust; and answers where there is no response object yet. @module */

import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";

/** How long a client has to take an answer before its socket is cut, in milliseconds. */
const ANSWER_MS = 2000;

/** The request's URL; undefined where it or its Host does not hold. */
export function urlOf({ url, headers }: IncomingMessage): URL | undefined {
  const { host } = headers;
  if (url === undefined || !url.startsWith("/") || host === undefined) {
    return undefined;
  }
  const read = URL.parse(`http://${host}${url}`);
  // A Host with a slash or an @ in it would name another path, or host.
  return read?.host.toLowerCase() === withoutPort80(host) ? read : undefined;
}

/** Whether a request asks for a WebSocket, among all that may be upgraded to. */
export function asksForWebSocket({ headers }: IncomingMessage): boolean {
  return headers.upgrade?.toLowerCase() === "websocket";
}

/** Host and Origin of a request; clients of WebSocket version 8 call it by another name. */
export function whence(
  { headers }: IncomingMessage,
): { host: string; origin: string | undefined } {
  const older = headers["sec-websocket-origin"];
  const origin = headers.origin ?? (Array.isArray(older) ? older[0] : older);
  return { host: headers.host ?? "", origin };
}

/**
 * The client's address.
 *
 * @param behindProxy Whether the last address of `X-Forwarded-For` is it: the one that our own proxy wrote.
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

/** The request's headers. */
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

/** Answers a request that asked for another protocol, and ends its connection. */
export async function endWith(
  socket: Duplex,
  response: Response,
): Promise<void> {
  const body = new Uint8Array(await response.arrayBuffer());
  const { status, headers } = response;
  headers.set("connection", "close");
  headers.set("content-length", String(body.length));
  const head = [...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join("")}\r\n`,
  );
  const timer = setTimeout(() => socket.destroy(), ANSWER_MS);
  socket.once("close", () => clearTimeout(timer));
  socket.end(body);
  // What it still sends is not read, and must not keep the end from being seen.
  socket.resume();
}

function withoutPort80(host: string): string {
  return host.toLowerCase().replace(/:80$/, "");
}
