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
    const headers = new Map(
      Object.entries(request.headers).map((
        [name, value],
      ) => [name.toLowerCase(), value]),
    );
    const answer = await this.#answer({
      method: "POST",
      body: this.#encoder.encode(request.body),
      contentType: headers.get("content-type") ?? null,
      idempotencyKey: headers.get("idempotency-key") ?? null,
      prefer: headers.get("prefer") ?? null,
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
        return await new Promise((_, reject) => {
          request.signal.addEventListener(
            "abort",
            () => reject(request.signal.reason),
            {
              once: true,
            },
          );
        });
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
  headers: Record<string, string>,
): TransportResponse {
  return {
    status,
    body,
    headers: {
      get(name) {
        const wanted = name.toLowerCase();
        for (const [key, value] of Object.entries(headers)) {
          if (key.toLowerCase() === wanted) return value;
        }
        return null;
      },
    },
  };
}
