/** Requests to an embedded server in the same process, without a socket. @module */

import type { Answerer } from "../../lib/server/mod.ts";
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "../../mod.ts";

/** The address that the bridge's sessions have at its own server. */
export const BRIDGE_ADDRESS = "bridge";

/** See the module. */
export class AnswerTransport implements Transport {
  readonly #answer: Answerer;
  readonly #encoder = new TextEncoder();

  /** @param answer The server's. */
  constructor(answer: Answerer) {
    this.#answer = answer;
  }

  /** One request. */
  async post(request: TransportRequest): Promise<TransportResponse> {
    // Who has gone already wants nothing done.
    request.signal.throwIfAborted();
    const headers = headersOf(request.headers);
    const answer = await this.#answer({
      method: "POST",
      body: this.#encoder.encode(request.body),
      contentType: headers.get("Content-Type"),
      idempotencyKey: headers.get("Idempotency-Key"),
      prefer: headers.get("Prefer"),
      session: headers.get("Tqq-Session"),
      address: BRIDGE_ADDRESS,
      signal: request.signal,
    });
    if (request.signal.aborted) throw request.signal.reason;
    switch (answer.type) {
      case "reply":
        return response(200, answer.bodies[0] ?? "", answer.headers);
      case "http":
        return response(answer.status, answer.body, {});
      case "cut":
        throw new TransportError(
          "cut",
          "Cannot read an answer: it broke off",
        );
      case "silent":
        return await aborted(request.signal);
      case "null":
        throw new TransportError(
          "closed",
          "Cannot read an answer: the connection ended before its first byte",
        );
    }
  }
}

function response(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>>,
): TransportResponse {
  return { status, body, headers: headersOf(headers) };
}

/** Not `Headers`: it refuses keys that the server takes. */
function headersOf(
  headers: Readonly<Record<string, string>>,
): TransportResponse["headers"] {
  const values = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { get: (name) => values.get(name.toLowerCase()) ?? null };
}

/** Rejects with the signal's reason once it ends. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), {
      once: true,
    });
  });
}
