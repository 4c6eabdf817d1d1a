/** One `POST` of an event: signed, bounded, and what its response says. @module */

import { createHmac } from "node:crypto";
import type { Clock } from "../../../lib/clock.ts";
import { decodeUtf8, readBytes } from "../../endpoint/body.ts";
import { reasonOf } from "./network_error.ts";

/** What is posted. */
export interface PostRequest {
  /** Where to. */
  readonly url: string;
  /** The account. */
  readonly account: string;
  /** The event as JSON text. */
  readonly body: string;
  /** Signs the body, where there is one. */
  readonly secret: string | undefined;
  /** Time. */
  readonly clock: Clock;
  /** When to give up, in milliseconds. */
  readonly withinMs: number;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** What became of it. */
export type PostOutcome =
  /** Taken, perhaps with an operation to be done. */
  | { readonly type: "taken"; readonly operation: unknown }
  /** Answered, but not taken. */
  | { readonly type: "refused"; readonly reason: string }
  /** The receiver failed at it, and may fail again. */
  | { readonly type: "failed"; readonly reason: string }
  /** Nobody is there to take it. */
  | { readonly type: "away"; readonly reason: string };

/** Most bytes of a response. */
const RESPONSE_BYTES = 65_536;

/** Statuses that say: not now. */
const AWAY: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

/** Posts an event. Never rejects. */
export async function postEvent(request: PostRequest): Promise<PostOutcome> {
  const { url, account, body, secret, clock, withinMs, signal } = request;
  const ended = new AbortController();
  const end = () => ended.abort();
  const cancel = clock.after(withinMs, end);
  signal.addEventListener("abort", end, { once: true });
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      redirect: "manual",
      signal: ended.signal,
      headers: {
        "content-type": "application/json",
        "user-agent": "OneBot/11",
        "x-self-id": account,
        ...(secret === undefined
          ? {}
          : { "x-signature": signatureOf(secret, body) }),
      },
    });
    return await outcomeOf(response, request);
  } catch (error) {
    const reason = ended.signal.aborted
      ? `no answer within ${withinMs} ms`
      : reasonOf(error);
    return { type: "away", reason };
  } finally {
    cancel();
    signal.removeEventListener("abort", end);
  }
}

/** The signature of a body. */
export function signatureOf(secret: string, body: string): string {
  return `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`;
}

async function outcomeOf(
  response: Response,
  { clock, withinMs }: PostRequest,
): Promise<PostOutcome> {
  const { status } = response;
  const bytes = await readBytes(response, {
    maxBytes: RESPONSE_BYTES,
    timeoutMs: withinMs,
    clock,
  });
  const reason = `status ${status}`;
  if (AWAY.has(status)) return { type: "away", reason };
  if (status >= 500) return { type: "failed", reason };
  if (status < 200 || status > 299) return { type: "refused", reason };
  const text = typeof bytes === "string" ? undefined : decodeUtf8(bytes);
  return { type: "taken", operation: operationIn(text ?? "") };
}

/** An object, or nothing: what else a receiver writes is not for us. */
function operationIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && !Array.isArray(value)
      ? value ?? undefined
      : undefined;
  } catch {
    return undefined;
  }
}
