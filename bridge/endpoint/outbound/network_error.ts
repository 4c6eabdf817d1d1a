/** Why a request reached nobody, in words for logs. No I/O. @module */

import type { TargetErrorCode } from "../../../mod.ts";
import { ForbiddenAddressError } from "../../targets/address_policy.ts";
import type { DeliveryError } from "../../targets/line_status.ts";

const REASONS: readonly (readonly [
  pattern: RegExp,
  reason: string,
  code: TargetErrorCode,
])[] = [
  [
    /Requires net access/,
    "Deno's permissions do not allow this host; add it to --allow-net",
    "not_permitted",
  ],
  [
    /connection refused|ECONNREFUSED/i,
    "connection refused",
    "connection_refused",
  ],
  [
    /dns error|failed to lookup|ENOTFOUND|EAI_AGAIN/i,
    "no such host",
    "no_such_host",
  ],
  [/certificate|\bCERT_/i, "certificate not accepted", "certificate"],
  [
    /\btls\b|handshake|InvalidContentType|EPROTO/i,
    "no TLS at the other end",
    "no_tls",
  ],
  [
    /reset|closed before|broken pipe|unexpected eof|ECONNRESET|EPIPE|UND_ERR_SOCKET/i,
    "connection closed before an answer",
    "connection_closed",
  ],
  [
    /unreachable|no route to host|EHOSTUNREACH|ENETUNREACH/i,
    "host unreachable",
    "host_unreachable",
  ],
  [/too many open files|EMFILE/i, "too many open files", "too_many_files"],
  [/timed? ?out|ETIMEDOUT/i, "connection timed out", "timed_out"],
];

/** What a certificate is refused for, as the TLS library says it. */
const CERTIFICATE = /invalid peer certificate: ([A-Za-z]{1,40})/;

/** Most causes of causes that are looked at. */
const MAX_CAUSES = 8;

/**
 * The innermost known cause of a failed connection, in words. The text of the
 * error itself is not returned, because it contains the URL, whose query may be
 * secret.
 */
export function toDeliveryError(error: unknown): DeliveryError {
  const texts: string[] = [];
  let cause = error;
  for (let n = 0; n < MAX_CAUSES && cause instanceof Error; n++) {
    if (cause instanceof ForbiddenAddressError) {
      return { code: "forbidden_address", message: cause.message };
    }
    const { code } = cause as { code?: unknown };
    // The URL of the request would match too.
    const text = cause.message.replaceAll(/\b(?:https?|wss?):\/\/\S*/g, "");
    texts.unshift(`${typeof code === "string" ? code : ""} ${text}`);
    cause = cause.cause;
  }
  for (const text of texts) {
    const known = REASONS.find(([pattern]) => pattern.test(text));
    if (known === undefined) continue;
    const [, reason, code] = known;
    const detail = CERTIFICATE.exec(text)?.[1];
    const message = detail === undefined ? reason : `${reason}: ${detail}`;
    return { code, message };
  }
  return { code: "unreachable", message: "no connection" };
}
