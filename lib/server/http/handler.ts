/** The fetch front: Request -> Response. @module */

import type { Answerer, QqAnswer } from "./answer.ts";
import { REPLY_HEADERS } from "./http_reply.ts";

/** What a front knows about a connection; `Deno.serve` hands over the like. */
export interface FetchInfo {
  /** The client's address; its `hostname` is half of a session's identity. */
  readonly remoteAddr?: object;
}

/**
 * A request through the fetch front. NULL is an empty 200, and of two replies
 * only the first can be given: an HTTP server of our days does no more.
 */
export async function handle(
  answer: Answerer,
  request: Request,
  info: FetchInfo | undefined,
  bodyBytes: number,
): Promise<Response> {
  const { headers, signal } = request;
  const body = await bodyOf(request, bodyBytes);
  if (body === undefined) return respond("");
  return await responseTo(
    await answer({
      method: request.method.toUpperCase(),
      body,
      contentType: headers.get("Content-Type"),
      idempotencyKey: headers.get("Idempotency-Key"),
      prefer: headers.get("Prefer"),
      session: headers.get("Tqq-Session"),
      address: addressOf(info),
      signal,
    }),
    signal,
  );
}

function addressOf(info: FetchInfo | undefined): string {
  const { hostname } = (info?.remoteAddr ?? {}) as { hostname?: unknown };
  return typeof hostname === "string" ? hostname : "local";
}

async function bodyOf(
  request: Request,
  most: number,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.length;
      if (size > most) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  const only = chunks[0];
  if (chunks.length === 1 && only !== undefined) return only;
  const body = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

async function responseTo(
  answer: QqAnswer,
  signal: AbortSignal,
): Promise<Response> {
  switch (answer.type) {
    case "null":
      return respond("");
    case "reply":
      return respond(answer.bodies[0]!, 200, answer.headers);
    case "http":
      return respond(answer.body, answer.status);
    case "cut":
      return respond(brokenOff(answer.body, answer.bytes));
    case "silent":
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      return respond("");
  }
}

function respond(
  body: BodyInit,
  status = 200,
  headers: Record<string, string> = {},
): Response {
  return new Response(body, {
    status,
    headers: { ...REPLY_HEADERS, ...headers },
  });
}

function brokenOff(body: string, bytes: number): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) return controller.error(new Error("The answer breaks off"));
      sent = true;
      const part = new TextEncoder().encode(body).subarray(0, bytes);
      if (part.length > 0) controller.enqueue(part);
      else controller.error(new Error("The answer breaks off"));
    },
  });
}
