/** The fetch front: Request -> Response. @module */

import type { Answerer, QqAnswer } from "./answer.ts";
import { REPLY_HEADERS } from "./http_reply.ts";
import {
  type OriginHeaders,
  type Origins,
  preflightHeaders,
} from "./origins.ts";

/**
 * What a front knows about a connection; `Deno.serve` hands over the like.
 *
 * @category Server
 */
export interface FetchInfo {
  /** The client's address; its `hostname` is half of a session's identity. */
  readonly remoteAddr?: object;
}

/** What the fetch front refuses by itself. */
export interface HandlerOptions {
  /** Longest body; a longer one gets NULL. */
  bodyBytes: number;
  /** The web pages that are answered. */
  origins: Origins;
}

/**
 * A request through the fetch front. NULL is an empty 200, and of two replies
 * only the first can be given: an HTTP server of our days does no more.
 */
export async function handle(
  answer: Answerer,
  request: Request,
  info: FetchInfo | undefined,
  { bodyBytes, origins }: HandlerOptions,
): Promise<Response> {
  const { headers, signal } = request;
  const method = request.method.toUpperCase();
  const forPage = origins.headersOf(headers.get("Origin"));
  if (forPage === undefined) {
    await request.body?.cancel().catch(() => {});
    return respond("", {});
  }
  const preflight = preflightHeaders(method, forPage);
  if (preflight !== undefined) {
    return new Response(null, { status: 204, headers: preflight });
  }
  const body = await bodyOf(request, bodyBytes);
  if (body === undefined) return respond("", forPage);
  return await responseTo(
    await answer({
      method,
      body,
      contentType: headers.get("Content-Type"),
      idempotencyKey: headers.get("Idempotency-Key"),
      prefer: headers.get("Prefer"),
      session: headers.get("Tqq-Session"),
      address: addressOf(info),
      signal,
    }),
    forPage,
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
  forPage: OriginHeaders,
  signal: AbortSignal,
): Promise<Response> {
  switch (answer.type) {
    case "null":
      return respond("", forPage);
    case "reply":
      return respond(answer.bodies[0]!, { ...answer.headers, ...forPage });
    case "http":
      return respond(answer.body, forPage, answer.status);
    case "cut":
      return respond(brokenOff(answer.body, answer.bytes), forPage);
    case "silent":
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      return respond("", forPage);
  }
}

function respond(
  body: BodyInit,
  headers: Readonly<Record<string, string>>,
  status = 200,
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
