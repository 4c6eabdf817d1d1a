/** Which protocol a connection speaks, by its first line. @module */

/** What follows from the bytes that have come: undefined if it takes more of them. */
export type FirstLine = "http" | "lines" | "close" | undefined;

const CR = 13;
const LF = 10;
const FIRST_PRINTABLE = 0x20;

/**
 * Decides at the first LF behind the empty lines.
 *
 * @param bytes All that has come.
 * @param headBytes Longest head of HTTP: without an LF in so many it is none.
 */
export function firstLineOf(bytes: Uint8Array, headBytes: number): FirstLine {
  let start = 0;
  while (bytes[start] === CR || bytes[start] === LF) start++;
  if (start === bytes.length) return undefined;
  // As a handshake of TLS, or what a web page can make a browser send.
  if (bytes[start]! < FIRST_PRINTABLE) return "close";
  const end = bytes.indexOf(LF, start);
  if (end < 0) return bytes.length - start >= headBytes ? "lines" : undefined;
  const version = /[ \t]HTTP\/([^ \t]*)[\r \t]*$/.exec(
    latin1(bytes.subarray(Math.max(start, end - TAIL), end)),
  )?.[1];
  if (version === undefined) return "lines";
  return /^1\.\d\r*$/.test(version) ? "http" : "close";
}

/** How much of the end of a line is looked at. */
const TAIL = 256;

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
