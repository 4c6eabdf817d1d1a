/** Writes a `Response` to a response of `node:http`, in pieces whose progress is counted. @module */

import { Buffer } from "node:buffer";
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { AnswerProgress } from "./plain_connections.ts";
import { Turns } from "./turns.ts";

/**
 * Maximum size of a piece, in bytes. Progress is noticed after a whole piece, so
 * a client is too slow if it takes less than one in `stallMs`.
 */
export const PIECE_BYTES = 16_384;

/** Shared by all connections: one piece is written in a turn of the event loop. */
const turns = new Turns();

/**
 * Writes an answer. A body of unknown length is read whole first, unless it is
 * an event stream. Resolves when all was handed to the system, or the connection
 * has ended.
 *
 * @param defaultHeaders Headers that the answer gets unless it has its own.
 * @param pace Resolves when so many bytes more may be sent; not called for events.
 * @throws What the body throws; the answer then is incomplete.
 */
export async function writeAnswer(
  response: Response,
  outgoing: ServerResponse,
  progress: AnswerProgress,
  defaultHeaders: OutgoingHttpHeaders,
  pace: (bytes: number) => Promise<void> | undefined = () => undefined,
): Promise<void> {
  const { body, status } = response;
  const headers = { ...defaultHeaders, ...toNodeHeaders(response.headers) };
  if (body === null || outgoing.req.method === "HEAD") {
    await body?.cancel();
    outgoing.writeHead(status, headers).end();
    return;
  }
  const isEvents = response.headers.get("content-type") === "text/event-stream";
  const isStream = isEvents || response.headers.has("content-length");
  // Events are small, and bounded for each stream: turns would make a wait of each.
  const writer = new PieceWriter(
    outgoing,
    progress,
    isEvents ? undefined : pace,
  );
  if (!isStream) {
    const bytes = Buffer.from(await response.arrayBuffer());
    outgoing.writeHead(status, { ...headers, "content-length": bytes.length });
    await writer.writeAll(bytes);
    outgoing.end();
    return;
  }
  outgoing.writeHead(status, headers);
  outgoing.flushHeaders();
  await writeStream(body, outgoing, writer);
}

async function writeStream(
  body: ReadableStream<Uint8Array>,
  outgoing: ServerResponse,
  writer: PieceWriter,
): Promise<void> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  if (outgoing.destroyed) return cancel();
  outgoing.once("close", cancel);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      await writer.writeAll(value);
    }
    outgoing.end();
  } finally {
    outgoing.off("close", cancel);
  }
}

class PieceWriter {
  readonly #outgoing: ServerResponse;
  readonly #progress: AnswerProgress;
  readonly #pace: ((bytes: number) => Promise<void> | undefined) | undefined;

  constructor(
    outgoing: ServerResponse,
    progress: AnswerProgress,
    pace: ((bytes: number) => Promise<void> | undefined) | undefined,
  ) {
    this.#outgoing = outgoing;
    this.#progress = progress;
    this.#pace = pace;
  }

  /** Writes bytes, and waits while too many are unsent. */
  async writeAll(bytes: Uint8Array): Promise<void> {
    this.#progress.add(bytes.length);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      if (this.#pace !== undefined) {
        await this.#pace(piece.length);
        await turns.take();
      }
      if (this.#outgoing.destroyed) return;
      const isReady = this.#outgoing.write(
        piece,
        () => this.#progress.sent(piece.length),
      );
      if (!isReady) await this.#drained();
    }
  }

  /** Resolves when more may be written, or the connection has ended. */
  #drained(): Promise<void> {
    const outgoing = this.#outgoing;
    return new Promise((resolve) => {
      const done = () => {
        outgoing.off("drain", done);
        outgoing.off("close", done);
        resolve();
      };
      outgoing.on("drain", done);
      outgoing.on("close", done);
    });
  }
}

function toNodeHeaders(headers: Headers): OutgoingHttpHeaders {
  const all: OutgoingHttpHeaders = Object.fromEntries(headers);
  const cookies = headers.getSetCookie();
  if (cookies.length > 0) all["set-cookie"] = cookies;
  return all;
}
