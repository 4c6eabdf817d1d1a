/** What was sent and is not confirmed: positions by time, and bytes. No I/O. @module */

/** Positions that were sent within this time count as sent together, at the latest of them, in milliseconds. */
const TOGETHER_MS = 1000;

interface Sent {
  seq: number;
  /** When the first of its positions was sent. */
  readonly firstAt: number;
  /** When `seq` was sent. */
  at: number;
}

/**
 * Positions that a connection sent and that are not due yet. It keeps at most one
 * for each second of the delay, and two more.
 */
export class SentPositions {
  readonly #delayMs: number;
  readonly #sent: Sent[] = [];
  #due: number;

  /**
   * @param start Position at which the connection starts.
   * @param delayMs How long after it was sent a position is due, in milliseconds.
   */
  constructor(start: number, delayMs: number) {
    this.#due = start;
    this.#delayMs = delayMs;
  }

  /** Adds a position that was sent now. */
  add(seq: number, now: number): void {
    const last = this.#sent.at(-1);
    if (last !== undefined && seq <= last.seq) return;
    if (last !== undefined && now - last.firstAt < TOGETHER_MS) {
      last.seq = seq;
      last.at = now;
    } else {
      this.#sent.push({ seq, firstAt: now, at: now });
    }
  }

  /** Returns the last position that was sent long enough ago. */
  due(now: number): number {
    let count = 0;
    for (const { seq, at } of this.#sent) {
      if (now - at < this.#delayMs) break;
      this.#due = Math.max(this.#due, seq);
      count++;
    }
    this.#sent.splice(0, count);
    return this.#due;
  }
}

/** Bytes that a new or slow reader is sent without a confirmation. */
const MIN_WINDOW_BYTES = 65_536;

/** The same of a reader that confirms quickly. */
const MAX_WINDOW_BYTES = 524_288;

/** Pings in a full window: a reader makes progress if it reads a part of it within `stallMs`. */
const PROBES_PER_WINDOW = 4;

/** Time within which a quick reader confirms, in milliseconds. */
const QUICK_MS = 1000;

interface Probe {
  /** What the pong brings back. */
  readonly data: string;
  /** Bytes that were sent before its ping. */
  readonly sentBytes: number;
  readonly at: number;
}

/**
 * Counts the bytes that a client has not confirmed by the pong of a later ping.
 * Bytes that have left the process are otherwise invisible: the system takes
 * several megabytes for a client that reads nothing, and each of them costs a
 * copy. The window grows with each quick confirmation, and shrinks with each
 * late one.
 */
export class SendWindow {
  readonly #maxBytes: number;
  /** Pings without a pong, the oldest first: as many as fit into the window. */
  readonly #probes: Probe[] = [];
  #windowBytes = MIN_WINDOW_BYTES;
  #sentBytes = 0;
  #probedBytes = 0;
  #confirmedBytes = 0;

  /** @param bufferedBytes Bytes that may wait in the process. */
  constructor(bufferedBytes: number) {
    this.#maxBytes = Math.max(MAX_WINDOW_BYTES, 2 * bufferedBytes);
  }

  /** Whether nothing may be sent until a pong arrives. */
  get isFull(): boolean {
    return this.#sentBytes - this.#confirmedBytes >= this.#windowBytes;
  }

  /** Whether a pong is to come. */
  get isWaiting(): boolean {
    return this.#probes.length > 0;
  }

  /** Counts bytes that were sent; returns the data of the ping to send after them, if one is due. */
  add(bytes: number, now: number): string | undefined {
    this.#sentBytes += bytes;
    const unprobed = this.#sentBytes - this.#probedBytes;
    if (unprobed < this.#windowBytes / PROBES_PER_WINDOW) return undefined;
    this.#probedBytes = this.#sentBytes;
    // Random, so that a client that reads nothing cannot confirm.
    const data = `w${crypto.randomUUID().slice(0, 8)}`;
    this.#probes.push({ data, sentBytes: this.#sentBytes, at: now });
    return data;
  }

  /** Takes the data of a pong; returns whether it confirms anything. It also confirms what was sent before. */
  confirm(data: string, now: number): boolean {
    const at = this.#probes.findIndex((probe) => probe.data === data);
    if (at < 0) return false;
    const probe = this.#probes[at]!;
    this.#confirmedBytes = probe.sentBytes;
    this.#probes.splice(0, at + 1);
    this.#windowBytes = now - probe.at < QUICK_MS
      ? Math.min(2 * this.#windowBytes, this.#maxBytes)
      : Math.max(this.#windowBytes / 2, MIN_WINDOW_BYTES);
    // What was sent behind the last ping fills no window: no pong would empty it.
    while (this.isFull && !this.isWaiting) this.#windowBytes *= 2;
    return true;
  }
}
