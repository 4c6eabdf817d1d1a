/** Connections that end at once if they were made to a forbidden address. @module */

import { lookup } from "node:dns/promises";
import {
  Agent,
  type ClientRequestArgs,
  type IncomingMessage,
  request as httpRequest,
} from "node:http";
import { connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { AddressPolicy } from "../../targets/address_policy.ts";

/** A request to a target. */
export interface TargetRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** Maximum size of the response that is read. */
  readonly maxBytes: number;
}

/** The response of a target. */
export interface TargetResponse {
  readonly status: number;
  /** Undefined if it is too large or not UTF-8. */
  readonly text: string | undefined;
}

/**
 * Connects by TCP. The address is checked before anything is sent, because a
 * name could lead elsewhere between a check and the connection.
 */
export function connectChecked(
  addresses: AddressPolicy,
  { host, port }: { host: string; port: number },
): Socket {
  const socket = connect({ host, port });
  socket.once("connect", () => {
    try {
      addresses.assertAddress(socket.remoteAddress ?? "");
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  return socket;
}

/**
 * Checks the addresses of a name before a TLS connection. A name that leads
 * elsewhere afterwards has no certificate, so nothing is sent there.
 *
 * @throws {ForbiddenAddressError} If one of them is forbidden.
 */
export async function checkName(
  addresses: AddressPolicy,
  hostname: string,
): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, "");
  let found: { address: string }[];
  try {
    found = await lookup(host, { all: true });
  } catch {
    // The connection reports why. With narrow permissions, a lookup is not allowed.
    return;
  }
  for (const { address } of found) addresses.assertAddress(address);
}

/**
 * Posts to a target, and follows no redirect.
 *
 * @throws {ForbiddenAddressError} If the address is not allowed. Other errors
 * are those of the connection.
 */
export async function postChecked(
  addresses: AddressPolicy,
  request: TargetRequest,
): Promise<TargetResponse> {
  const { url, headers, body, signal, maxBytes } = request;
  addresses.assertUrl(url);
  const { protocol, hostname } = new URL(url);
  const isName = /[^\d.]/.test(hostname) && !hostname.startsWith("[");
  if (protocol === "http:" && isName) {
    return await postByName(addresses, request);
  }
  if (isName) await checkName(addresses, hostname);
  const response = await fetch(url, {
    method: "POST",
    headers,
    body,
    signal,
    redirect: "manual",
  });
  return {
    status: response.status,
    text: await readText(response.body ?? [], maxBytes),
  };
}

class CheckedAgent extends Agent {
  readonly #addresses: AddressPolicy;

  constructor(addresses: AddressPolicy) {
    super({ keepAlive: false });
    this.#addresses = addresses;
  }

  override createConnection({ host, port }: ClientRequestArgs): Duplex {
    return connectChecked(this.#addresses, {
      host: host ?? "",
      port: Number(port ?? 80),
    });
  }
}

function postByName(
  addresses: AddressPolicy,
  { url, headers, body, signal, maxBytes }: TargetRequest,
): Promise<TargetResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<TargetResponse>();
  const outgoing = httpRequest(url, {
    method: "POST",
    agent: new CheckedAgent(addresses),
    headers: {
      ...headers,
      "content-length": new TextEncoder().encode(body).length,
    },
  }, (incoming: IncomingMessage) => {
    readText(incoming, maxBytes).then(
      (text) => resolve({ status: incoming.statusCode!, text }),
      reject,
    );
  });
  const end = () => outgoing.destroy(new Error("aborted"));
  signal.addEventListener("abort", end, { once: true });
  outgoing.on("error", reject);
  outgoing.end(body);
  if (signal.aborted) end();
  return promise.finally(() => {
    signal.removeEventListener("abort", end);
    outgoing.destroy();
  });
}

async function readText(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<string | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > maxBytes) return undefined;
    chunks.push(new Uint8Array(chunk));
  }
  try {
    const buffer = await new Blob(chunks).arrayBuffer();
    return new TextDecoder("utf-8", { fatal: true }).decode(buffer);
  } catch {
    return undefined;
  }
}
