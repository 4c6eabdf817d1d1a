/** Bodies of requests and responses, bounded in size, time and depth. @module */

import type { Clock } from "../../lib/clock.ts";
import { isDeeper } from "../schemas/json.ts";
import { Refusal } from "./refusal.ts";

/** The largest body of a request, in bytes. */
export const BODY_BYTES = 65_536;

/** How long the body of a request may take to arrive, in milliseconds. */
export const BODY_MS = 10_000;

/** Media types that {@linkcode readBody} understands. */
export type BodyType = "application/json" | "application/x-www-form-urlencoded";

export interface BodyLimits {
  readonly maxBytes: number;
  /** How long the whole body may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export interface BodyOptions {
  readonly clock: Clock;
  /** Deepest nesting of JSON. */
  readonly maxDepth: number;
  /** Media types that are accepted. @default JSON only */
  readonly types?: readonly BodyType[];
}

/** Why the bytes of a body were not read. */
export type BodyFault = "too_large" | "too_slow" | "broken";

const JSON_ONLY: readonly BodyType[] = ["application/json"];

/**
 * Reads the body of a request. Never rejects.
 *
 * @returns the parsed body, `undefined` if there is none, or why it is rejected
 */
export async function readBody(
  request: Request,
  { clock, maxDepth, types = JSON_ONLY }: BodyOptions,
): Promise<{ readonly value: unknown } | undefined | Refusal> {
  const text = await readText(request, clock, types);
  if (text === undefined || text instanceof Refusal) return text;
  if (mediaType(request) === "application/x-www-form-urlencoded") {
    return { value: Object.fromEntries(new URLSearchParams(text)) };
  }
  if (isDeeper(text, maxDepth)) {
    return badBody(`it must not nest deeper than ${maxDepth}`);
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    // The parser's own message would repeat a part of the text, which may be secret.
    return badBody("it must be JSON");
  }
}

/** Reads the text of a request's body, `undefined` if it has none. Never rejects. */
export async function readText(
  request: Request,
  clock: Clock,
  types: readonly BodyType[] = JSON_ONLY,
): Promise<string | undefined | Refusal> {
  const bytes = await readBytes(request, {
    maxBytes: BODY_BYTES,
    timeoutMs: BODY_MS,
    clock,
  });
  switch (bytes) {
    case "too_large":
      return new Refusal(
        "body_too_large",
        `Cannot read the body: it must not be longer than ${BODY_BYTES} bytes`,
      );
    case "too_slow":
      return new Refusal(
        "body_too_slow",
        `Cannot read the body: it must be whole within ${BODY_MS} ms`,
      );
    case "broken":
      return badBody("it must be whole");
  }
  if (bytes.length === 0) return undefined;
  const text = decodeUtf8(bytes);
  if (text === undefined) return badBody("it must be UTF-8");
  if (!types.some((type) => type === mediaType(request))) {
    return new Refusal(
      "unsupported_media_type",
      `Cannot read the body: its Content-Type must be ${types.join(" or ")}`,
    );
  }
  return text;
}

/** Reads the bytes of a body, none if there is no body. Never rejects. */
export async function readBytes(
  message: Request | Response,
  { maxBytes, timeoutMs, clock }: BodyLimits,
): Promise<Uint8Array<ArrayBuffer> | BodyFault> {
  const { body, headers } = message;
  if (body === null) return new Uint8Array();
  if (Number(headers.get("content-length") ?? 0) > maxBytes) {
    await body.cancel().catch(() => {});
    return "too_large";
  }
  const reader = body.getReader();
  let isLate = false;
  const cancel = clock.after(timeoutMs, () => {
    isLate = true;
    reader.cancel().catch(() => {});
  });
  try {
    const bytes = await readAll(reader, maxBytes);
    return isLate ? "too_slow" : bytes ?? "too_large";
  } catch {
    return isLate ? "too_slow" : "broken";
  } finally {
    cancel();
  }
}

/** Decodes UTF-8; `undefined` if the bytes are something else. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The whole body; `undefined` if it is too large. */
async function readAll(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxBytes) {
      await reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function mediaType({ headers }: Request): string | undefined {
  return headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
}

function badBody(rule: string): Refusal {
  return new Refusal("bad_body", `Cannot read the body: ${rule}`);
}
