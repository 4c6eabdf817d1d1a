/** The body of a request or a response, bounded in size and time. @module */

import type { Clock } from "../../lib/clock.ts";

/** How much of a body is taken. */
export interface BodyLimits {
  /** Most bytes. */
  readonly mostBytes: number;
  /** A body that is not whole after so long is not taken, in milliseconds. */
  readonly withinMs: number;
  /** Time. */
  readonly clock: Clock;
}

/** Why a body was not taken. */
export type BodyFault = "too_large" | "too_slow" | "broken";

/** Reads a body; gives no bytes where there is none, or why it was not taken. Never rejects. */
export async function readBody(
  message: Request | Response,
  { mostBytes, withinMs, clock }: BodyLimits,
): Promise<Uint8Array<ArrayBuffer> | BodyFault> {
  const { body, headers } = message;
  if (body === null) return new Uint8Array();
  if (Number(headers.get("content-length") ?? 0) > mostBytes) {
    await body.cancel().catch(() => {});
    return "too_large";
  }
  const reader = body.getReader();
  let late = false;
  const cancel = clock.after(withinMs, () => {
    late = true;
    reader.cancel().catch(() => {});
  });
  try {
    const bytes = await readBytes(reader, mostBytes);
    return late ? "too_slow" : bytes ?? "too_large";
  } catch {
    return late ? "too_slow" : "broken";
  } finally {
    cancel();
  }
}

/** The whole body, or undefined where it is too large. */
async function readBytes(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  mostBytes: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > mostBytes) {
      await reader.cancel().catch(() => {});
      return undefined;
    }
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** The text of a body that was read; undefined where it is not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
