/** One `POST` of an event: signed, bounded, and what its response says. @module */

import { createHmac } from "node:crypto";
import type { Clock } from "../../../lib/clock.ts";
import { postChecked } from "../../endpoint/outbound/checked_connection.ts";
import { toDeliveryError } from "../../endpoint/outbound/network_error.ts";
import type { AddressPolicy } from "../../targets/address_policy.ts";
import type { DeliveryError } from "../../targets/line_status.ts";

/** An event to post. */
export interface PostRequest {
  readonly url: string;
  readonly account: string;
  /** The event as JSON text. */
  readonly body: string;
  /** Sent as `Authorization: Bearer`, if there is one. */
  readonly accessToken?: string | undefined;
  /** Signs the body, if there is one. */
  readonly secret: string | undefined;
  readonly addresses: AddressPolicy;
  readonly clock: Clock;
  /** When to give up, in milliseconds. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** What became of an event. */
export type PostOutcome =
  /** Taken, perhaps with an operation to execute. */
  | { readonly type: "taken"; readonly operation: unknown }
  /** `refused`: answered, but not taken. `failed`: the receiver failed at it, and may fail again. `away`: nobody is there to take it. */
  | {
    readonly type: "refused" | "failed" | "away";
    readonly error: DeliveryError;
  };

/** Most bytes of a response. */
const RESPONSE_BYTES = 65_536;

/** Statuses that say: not now. */
const AWAY: ReadonlySet<number> = new Set([408, 425, 429, 502, 503, 504]);

/** Posts an event. Never rejects. */
export async function postEvent(request: PostRequest): Promise<PostOutcome> {
  const { url, account, body, clock, withinMs, signal } = request;
  const { accessToken, secret } = request;
  const ended = new AbortController();
  const end = () => ended.abort();
  const cancel = clock.after(withinMs, end);
  signal.addEventListener("abort", end, { once: true });
  try {
    const { status, text } = await postChecked(request.addresses, {
      url,
      body,
      signal: ended.signal,
      maxBytes: RESPONSE_BYTES,
      headers: {
        "content-type": "application/json",
        "user-agent": "OneBot/11",
        "x-self-id": account,
        ...(accessToken === undefined
          ? {}
          : { authorization: `Bearer ${accessToken}` }),
        ...(secret === undefined
          ? {}
          : { "x-signature": signatureOf(secret, body) }),
      },
    });
    return outcomeOf(status, text);
  } catch (error) {
    return {
      type: "away",
      error: ended.signal.aborted
        ? { code: "timed_out", message: `no answer within ${withinMs} ms` }
        : toDeliveryError(error),
    };
  } finally {
    cancel();
    signal.removeEventListener("abort", end);
  }
}

/** The signature of a body. */
export function signatureOf(secret: string, body: string): string {
  return `sha1=${createHmac("sha1", secret).update(body).digest("hex")}`;
}

function outcomeOf(status: number, text: string | undefined): PostOutcome {
  const error = { code: "status", message: `status ${status}` } as const;
  if (AWAY.has(status)) return { type: "away", error };
  if (status >= 500) return { type: "failed", error };
  if (status < 200 || status > 299) return { type: "refused", error };
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
