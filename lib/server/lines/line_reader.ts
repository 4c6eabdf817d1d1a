/** Lines out of bytes; no I/O. @module */

/** What stands at the front of the bytes that have come. */
export type LineReading =
  | { type: "line"; line: Uint8Array }
  /** No whole line; `started` if there is the beginning of one. */
  | { type: "more"; started: boolean }
  /** A line beyond the limit. There is no going on. */
  | { type: "too_long" };

const LF = 10;
const NO_BYTES = new Uint8Array(0);

/** Reads lines one after another; the bytes may come in any pieces. */
export class LineReader {
  readonly #maxBytes: number;
  #bytes: Uint8Array = NO_BYTES;
  #start = 0;
  #end = 0;
  /** Up to here there is no line end. */
  #scanned = 0;

  /** @param maxBytes Longest line, without its LF. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Takes what has come; copies it. */
  push(bytes: Uint8Array): void {
    const size = this.#end - this.#start + bytes.length;
    if (this.#end + bytes.length > this.#bytes.length) {
      const room = new Uint8Array(Math.max(2 * size, 256));
      room.set(this.#bytes.subarray(this.#start, this.#end));
      this.#scanned -= this.#start;
      this.#end -= this.#start;
      this.#start = 0;
      this.#bytes = room;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Reads the next line, without its LF, or says what is missing. */
  next(): LineReading {
    const at = this.#bytes.subarray(0, this.#end).indexOf(LF, this.#scanned);
    const end = at < 0 ? this.#end : at;
    if (end - this.#start > this.#maxBytes) return { type: "too_long" };
    if (at < 0) {
      this.#scanned = this.#end;
      const started = this.#end > this.#start;
      if (!started) {
        this.#bytes = NO_BYTES;
        this.#start = this.#end = this.#scanned = 0;
      }
      return { type: "more", started };
    }
    const line = this.#bytes.slice(this.#start, at);
    this.#start = this.#scanned = at + 1;
    return { type: "line", line };
  }
}
