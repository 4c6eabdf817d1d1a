/** HTTP requests as the clients of 2005 wrote them, out of bytes; no I/O. @module */

/** The bounds of a request. */
export interface HttpReaderLimits {
  /** Bytes of a head. */
  headBytes: number;
  /** Bytes of a body. */
  bodyBytes: number;
}

/** Method and headers of a request. */
export interface HttpHead {
  /** The method, upper case. */
  method: string;
  /** Whether the connection may go on after the answer. */
  keepAlive: boolean;
  /** Whether it is HTTP/1.0, where going on must be said. */
  isOld: boolean;
  /** Values by lower-case name; of a repeated header, joined by `, `. */
  headers: ReadonlyMap<string, string>;
}

/** A request with its body. */
export interface HttpRequest extends HttpHead {
  /** Bytes of the body. */
  body: Uint8Array;
}

/** What stands at the front of the bytes that have come. */
export type HttpReading =
  | { type: "request"; request: HttpRequest }
  /** Not enough yet: nothing of a request, a part of its head, or of its body. */
  | { type: "more"; of: "nothing" | "head" | "body" }
  /** No request, or one beyond the limits. There is no going on. */
  | { type: "refused" };

const CR = 13;
const LF = 10;
const NO_BYTES = new Uint8Array(0);

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;
const VERSION = /^HTTP\/1\.(\d)$/;

/** Reads requests one after another; the bytes may come in any pieces. */
export class HttpReader {
  #limits: HttpReaderLimits;
  #bytes: Uint8Array = NO_BYTES;
  /** Start of the bytes that were received but not read. */
  #start = 0;
  /** End of the bytes that were received. */
  #end = 0;
  /** Up to here there is no end of a head. */
  #scanned = 0;
  #head: { head: HttpHead; bodyBytes: number } | undefined;

  constructor(limits: HttpReaderLimits) {
    this.#limits = limits;
  }

  /** How many bytes have come that are not read. */
  get buffered(): number {
    return this.#end - this.#start;
  }

  /** Takes what has come; copies it. */
  push(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#bytes.length) this.#makeRoom(bytes);
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Reads the next request, or says what is missing. */
  next(): HttpReading {
    if (this.#head === undefined) {
      const reading = this.#readHead();
      if (reading !== undefined) return reading;
    }
    const { head, bodyBytes } = this.#head!;
    if (this.buffered < bodyBytes) return { type: "more", of: "body" };
    const body = this.#bytes.slice(this.#start, this.#start + bodyBytes);
    this.#advance(this.#start + bodyBytes);
    this.#head = undefined;
    return { type: "request", request: { ...head, body } };
  }

  /** Undefined once a head is there. */
  #readHead(): HttpReading | undefined {
    this.#skipLineEnds();
    if (this.buffered === 0) {
      this.#bytes = NO_BYTES;
      this.#advance(0);
      this.#end = 0;
      return { type: "more", of: "nothing" };
    }
    const { headBytes, bodyBytes } = this.#limits;
    const end = this.#endOfHead();
    if ((end ?? this.#end) - this.#start > headBytes) {
      return { type: "refused" };
    }
    if (end === undefined) return { type: "more", of: "head" };
    const head = parseHead(this.#bytes.subarray(this.#start, end));
    if (head === undefined) return { type: "refused" };
    const length = bodyLengthOf(head);
    if (length === undefined || length > bodyBytes) return { type: "refused" };
    this.#head = { head, bodyBytes: length };
    this.#advance(end);
    return undefined;
  }

  /** Clients write one or two behind a body, beyond its length. */
  #skipLineEnds(): void {
    let at = this.#start;
    while (
      at < this.#end && (this.#bytes[at] === CR || this.#bytes[at] === LF)
    ) at++;
    if (at > this.#start) this.#advance(at);
  }

  /** Where the empty line ends. */
  #endOfHead(): number | undefined {
    const bytes = this.#bytes;
    for (let at = this.#scanned; at < this.#end; at++) {
      if (bytes[at] !== LF) continue;
      const before = bytes[at - 1] === CR ? at - 2 : at - 1;
      if (before >= this.#start && bytes[before] === LF) return at + 1;
    }
    this.#scanned = this.#end;
    return undefined;
  }

  #advance(start: number): void {
    this.#start = start;
    this.#scanned = start;
  }

  #makeRoom(more: Uint8Array): void {
    const size = this.buffered + more.length;
    const bytes = new Uint8Array(Math.max(size, 2 * this.buffered));
    bytes.set(this.#bytes.subarray(this.#start, this.#end));
    this.#scanned -= this.#start;
    this.#start = 0;
    this.#end = size - more.length;
    this.#bytes = bytes;
  }
}

/** Undefined where it is none. */
function parseHead(bytes: Uint8Array): HttpHead | undefined {
  const [first, ...lines] = latin1(bytes).split(/\r?\n/);
  // Whatever stands between the two is a target, and any will do.
  const words = first!.split(/[ \t]+/).filter((word) => word !== "");
  const method = words[0]!;
  const version = VERSION.exec(words.at(-1)!);
  if (words.length < 2 || version === null || !TOKEN.test(method)) {
    return undefined;
  }
  const headers = parseHeaders(lines.filter((line) => line !== ""));
  if (headers === undefined) return undefined;
  const isOld = version[1] === "0";
  const options = (headers.get("connection") ?? "").toLowerCase()
    .split(",").map((option) => option.trim());
  return {
    method: method.toUpperCase(),
    keepAlive: !options.includes("close") &&
      (!isOld || options.includes("keep-alive")),
    isOld,
    headers,
  };
}

function parseHeaders(lines: string[]): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!TOKEN.test(name) || /[\0\r]/.test(line)) return undefined;
    const value = trimBlanks(line.slice(colon + 1));
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return headers;
}

/** Returns the length of the body; undefined if the headers do not state it. */
function bodyLengthOf({ headers }: HttpHead): number | undefined {
  if (headers.has("transfer-encoding")) return undefined;
  const length = headers.get("content-length") ?? "0";
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Not with an expression: one takes the square of the time on a long run of blanks. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
