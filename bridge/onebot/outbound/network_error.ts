/** Why a request reached nobody, in words for logs. No I/O. @module */

const REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/connection refused|ECONNREFUSED/i, "connection refused"],
  [/dns error|failed to lookup|ENOTFOUND|EAI_AGAIN/i, "no such host"],
  [/certificate|\bCERT_/i, "certificate not accepted"],
  [/\btls\b|handshake|InvalidContentType|EPROTO/i, "no TLS at the other end"],
  [
    /reset|closed before|broken pipe|unexpected eof|ECONNRESET|EPIPE|UND_ERR_SOCKET/i,
    "connection closed before an answer",
  ],
  [
    /unreachable|no route to host|EHOSTUNREACH|ENETUNREACH/i,
    "host unreachable",
  ],
  [/too many open files|EMFILE/i, "too many open files"],
  [/timed? ?out|ETIMEDOUT/i, "connection timed out"],
];

/** What a certificate is refused for, as the TLS library says it. */
const CERTIFICATE = /invalid peer certificate: ([A-Za-z]{1,40})/;

/** Most causes of causes that are looked at. */
const MAX_CAUSES = 8;

/**
 * The innermost cause of a failed `fetch` that is known, in words. The text of
 * the error itself is not returned, because it contains the URL, whose query may
 * be secret.
 */
export function reasonOf(error: unknown): string {
  const texts: string[] = [];
  let cause = error;
  for (let n = 0; n < MAX_CAUSES && cause instanceof Error; n++) {
    const { code } = cause as { code?: unknown };
    // The URL of the request would match too.
    const text = cause.message.replaceAll(/\bhttps?:\/\/\S*/g, "");
    texts.unshift(`${typeof code === "string" ? code : ""} ${text}`);
    cause = cause.cause;
  }
  for (const text of texts) {
    const reason = REASONS.find(([pattern]) => pattern.test(text))?.[1];
    if (reason === undefined) continue;
    const detail = CERTIFICATE.exec(text)?.[1];
    return detail === undefined ? reason : `${reason}: ${detail}`;
  }
  return "no connection";
}
