/** One request of a webhook, with its headers and signature. @module */

import { createHmac } from "node:crypto";
import type { Clock } from "../../lib/clock.ts";
import { formatPosition, type Position } from "../../mod.ts";
import { postChecked } from "../endpoint/outbound/checked_connection.ts";
import { toDeliveryError } from "../endpoint/outbound/network_error.ts";
import type { AddressPolicy } from "../targets/address_policy.ts";
import type { DeliveryError } from "../targets/line_status.ts";
import { VERSION } from "../version.ts";

/** A frame to post. */
export interface HookRequest {
  readonly url: string;
  /** The frame as JSON text. */
  readonly body: string;
  /** Position after the frame; undefined for a ping. */
  readonly position?: Position | undefined;
  readonly accessToken?: string | undefined;
  /** Signs the request, if there is one. */
  readonly secret?: string | undefined;
  readonly addresses: AddressPolicy;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** `gone`: the receiver wants nothing more. `away`: no answer, or one of a server that is not ready. */
export type HookOutcome =
  | { readonly type: "taken" }
  | {
    readonly type: "gone" | "refused" | "away";
    readonly error: DeliveryError;
  };

/** How long a receiver may take to answer, in milliseconds. */
export const HOOK_MS = 15_000;

/** Maximum size of an answer; its text is not used. */
const RESPONSE_BYTES = 65_536;

/** Signature of a request: HMAC-SHA256 over the timestamp, a dot and the body. */
export function signHook(
  secret: string,
  timestamp: string,
  body: string,
): string {
  const hmac = createHmac("sha256", secret).update(`${timestamp}.${body}`);
  return `sha256=${hmac.digest("hex")}`;
}

/** Posts a frame. Never rejects. */
export async function postHook(request: HookRequest): Promise<HookOutcome> {
  const { url, body, position, accessToken, secret, clock, signal } = request;
  const timestamp = String(Math.floor(clock.now() / 1000));
  const headers: Record<string, string> = {
    "content-type": "application/json",
    "user-agent": `tqq/${VERSION}`,
    "tqq-timestamp": timestamp,
  };
  if (position !== undefined) {
    headers["tqq-position"] = formatPosition(position);
  }
  if (accessToken !== undefined) {
    headers["authorization"] = `Bearer ${accessToken}`;
  }
  if (secret !== undefined) {
    headers["tqq-signature"] = signHook(secret, timestamp, body);
  }
  const ended = new AbortController();
  const end = () => ended.abort();
  const cancel = clock.after(HOOK_MS, end);
  signal.addEventListener("abort", end, { once: true });
  try {
    const { status } = await postChecked(request.addresses, {
      url,
      headers,
      body,
      signal: ended.signal,
      maxBytes: RESPONSE_BYTES,
    });
    return outcomeOf(status);
  } catch (error) {
    return {
      type: "away",
      error: ended.signal.aborted
        ? { code: "timed_out", message: `no answer within ${HOOK_MS} ms` }
        : toDeliveryError(error),
    };
  } finally {
    cancel();
    signal.removeEventListener("abort", end);
  }
}

function outcomeOf(status: number): HookOutcome {
  if (status >= 200 && status <= 299) return { type: "taken" };
  if (status === 410) {
    return { type: "gone", error: { code: "gone", message: "status 410" } };
  }
  const error = { code: "status", message: `status ${status}` } as const;
  return { type: "refused", error };
}
