/** Response headers that restrict what browsers do with an answer. @module */

/** How long browsers use HTTPS alone for a host, in seconds: one year. */
const HSTS_S = 31_536_000;

/** Headers of every answer, unless the answer has its own. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

/** The same, and HSTS if the Host is a name. An address and `localhost` also serve other programs without TLS. */
export function securityHeadersUnderTls(
  host: string | undefined,
): Readonly<Record<string, string>> {
  const name = host?.replace(/:\d+$/, "").toLowerCase() ?? "";
  const isName = /[a-z]/.test(name) && !name.startsWith("[") &&
    name !== "localhost" && !name.endsWith(".localhost");
  return isName
    ? {
      ...SECURITY_HEADERS,
      "strict-transport-security": `max-age=${HSTS_S}`,
    }
    : SECURITY_HEADERS;
}

/** Adds the headers that an answer lacks. Returns a copy if its own cannot change. */
export function withSecurityHeaders(response: Response): Response {
  try {
    addSecurityHeaders(response.headers);
    return response;
  } catch {
    const { status, statusText } = response;
    const headers = new Headers(response.headers);
    addSecurityHeaders(headers);
    return new Response(response.body, { status, statusText, headers });
  }
}

function addSecurityHeaders(headers: Headers): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    if (!headers.has(name)) headers.set(name, value);
  }
}
