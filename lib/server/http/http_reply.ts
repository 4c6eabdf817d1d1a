/** HTTP replies as the old server wrote them. @module */

/** A reply with its status and body. */
export interface HttpReply {
  /** HTTP status of the reply. */
  status: number;
  /** Headers beside those of every reply. */
  headers: Readonly<Record<string, string>>;
  /** Text of the body. */
  body: string;
}

/** The headers of every reply, in the old server's order. */
export const REPLY_HEADERS: Readonly<Record<string, string>> = {
  "Server": "tencent imserver/1.0.0",
  "Content-Type": "text/plain; charset=UTF-8",
};

const REPLY_LINES = linesOf(REPLY_HEADERS);

const encoder = new TextEncoder();

/**
 * A reply's bytes, head and body in one: there are clients who read but once.
 *
 * @param bodyBytes How much of the body is there, whatever Content-Length says.
 */
export function encodeHttpReply(
  { status, headers, body }: HttpReply,
  bodyBytes = Infinity,
): Uint8Array {
  const content = encoder.encode(body);
  const head = `HTTP/1.1 ${status} ${status === 200 ? "OK" : ""}\r\n` +
    REPLY_LINES +
    // A 204 must not have one.
    (status === 204 ? "" : `Content-Length: ${content.length}\r\n`) +
    `${linesOf(headers)}\r\n`;
  const part = content.subarray(0, bodyBytes);
  const bytes = new Uint8Array(head.length + part.length);
  // One byte a character, as heads are read: a key goes back as it came.
  for (let at = 0; at < head.length; at++) bytes[at] = head.charCodeAt(at);
  bytes.set(part, head.length);
  return bytes;
}

function linesOf(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`).join("");
}
