/** Requests to an embedded server in the same process, without a socket. @module */

import type { Answerer } from "../../lib/server/mod.ts";
import {
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from "../../mod.ts";

/** Address of the bridge's sessions at the embedded server. */
export const BRIDGE_ADDRESS = "bridge";

/** Passes requests to the function of an embedded server. */
export class AnswerTransport implements Transport {
  readonly #answer: Answerer;
  readonly #encoder = new TextEncoder();

  constructor(answer: Answerer) {
    this.#answer = answer;
  }

  async post(request: TransportRequest): Promise<TransportResponse> {
    // The caller has given up already: nothing must be executed.
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

/** Not a `Headers`, because that rejects keys that the server accepts. */
function headersOf(
  headers: Readonly<Record<string, string>>,
): TransportResponse["headers"] {
  const values = new Map(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { get: (name) => values.get(name.toLowerCase()) ?? null };
}

/** Rejects with the signal's reason when it aborts. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), {
      once: true,
    });
  });
}
