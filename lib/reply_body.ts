/** The body of a reply as it arrives, bounded. @module */

import { withResolvers } from "./with_resolvers.ts";
import { raceSignal } from "./signals.ts";
import { pause } from "./turn.ts";

/**
 * Longest answer that a transport reads, in bytes: 4 MiB; a longer one is `malformed_reply`, or cut.
 *
 * @category Transport
 */
export const RESPONSE_BYTES: number = 4_194_304;

/**
 * Longest answer to GetMsgEx that is kept, in bytes: 64 MiB. Of a longer one, which a
 * server without Idempotency-Key does not repeat, the rest is only counted.
 */
export const MAIL_BYTES: number = 67_108_864;

/** How far an answer that does not say its length is counted, in bytes: 256 MiB; then its connection is closed. */
const COUNTED_BYTES = 268_435_456;

/** How much of a large answer is read before others have a turn, in bytes: 256 KiB. */
const TURN_BYTES = 262_144;

/** One turn at a time to read a reply beyond {@linkcode RESPONSE_BYTES}; the others wait, at most until their time-out. */
export class LargeReplies {
  #last: Promise<void> = Promise.resolve();

  /** Waits for its turn; resolves to the end of it. Rejects with the signal's reason. */
  async acquire(signal: AbortSignal): Promise<() => void> {
    const before = this.#last;
    const { promise, resolve } = withResolvers<void>();
    this.#last = before.then(() => promise);
    try {
      await raceSignal(signal, () => before);
    } catch (error) {
      resolve();
      throw error;
    }
    return resolve;
  }
}

/** Limits and callbacks of reading a body. */
export interface ReplyBodyOptions {
  /** Beyond so many bytes the body is cut; undefined: beyond {@linkcode RESPONSE_BYTES} it is malformed. */
  cutAtBytes: number | undefined;
  /** `Content-Length`, if it is known. */
  contentLength: string | null | undefined;
  /** The turns of large replies. */
  largeReplies: LargeReplies;
  /** Ends the wait for a turn. */
  signal: AbortSignal;
  /** Creates the error of a body that is too long. */
  toError: (message: string) => Error;
}

/** A body that was read. */
export interface ReadBody {
  /** Text of the reply. */
  body: string;
  /** The same in pieces, of a large one: to look into the whole takes long. */
  pieces?: readonly string[];
  /** How many bytes were cut off at the end; absent: none. */
  omittedBytes?: number;
}

/** A body that is being read. */
export class ReplyBody {
  readonly #options: ReplyBodyOptions;
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #chunks: Uint8Array[] = [];
  #keptBytes = 0;
  #bytes = 0;
  readonly #pieces: string[] = [];
  #turn: Promise<void> | undefined;
  #endTurn: (() => void) | undefined;
  #isClosed = false;

  constructor(options: ReplyBodyOptions) {
    this.#options = options;
  }

  /** Whether nothing more need be read. */
  get isFull(): boolean {
    const { cutAtBytes = Infinity } = this.#options;
    return this.#bytes > cutAtBytes &&
      (this.#length > this.#bytes || this.#bytes > COUNTED_BYTES);
  }

  /**
   * Takes a piece. The reader waits for the promise, if there is one, before it
   * reads on: others read large replies.
   *
   * @throws The error of `toError`, if the body is too long and must not be cut.
   */
  add(chunk: Uint8Array): Promise<void> | undefined {
    const { cutAtBytes, largeReplies, signal, toError } = this.#options;
    this.#bytes += chunk.length;
    if (cutAtBytes === undefined && this.#bytes > RESPONSE_BYTES) {
      throw toError(
        `Cannot decode a reply: it must have at most ${RESPONSE_BYTES} bytes, got more`,
      );
    }
    const room = (cutAtBytes ?? Infinity) - this.#keptBytes;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.#keptBytes += kept.length;
    if (kept.length > 0) this.#chunks.push(kept);
    if (this.#bytes <= RESPONSE_BYTES) return undefined;
    if (this.#endTurn !== undefined) {
      this.#decode();
      // Pieces that are there already come without a turn of the event loop, and all else would wait for the last.
      return this.#bytes % TURN_BYTES < chunk.length ? pause() : undefined;
    }
    return this.#turn ??= largeReplies.acquire(signal).then((endTurn) => {
      this.#endTurn = endTurn;
      if (this.#isClosed) endTurn();
      this.#decode();
    });
  }

  /** The whole, once no piece comes any more. */
  async read(): Promise<ReadBody> {
    await this.#turn;
    this.#decode();
    this.#pieces.push(this.#decoder.decode());
    const omittedBytes = Math.max(this.#bytes, this.isFull ? this.#length : 0) -
      this.#keptBytes;
    let body = "";
    for (const piece of this.#pieces) body += piece;
    return {
      body,
      ...(this.#bytes > RESPONSE_BYTES ? { pieces: this.#pieces } : {}),
      ...(omittedBytes > 0 ? { omittedBytes } : {}),
    };
  }

  /** Ends this reading, so that the next large reply can be read. */
  close(): void {
    this.#isClosed = true;
    this.#endTurn?.();
  }

  get #length(): number {
    const length = Number(this.#options.contentLength ?? 0);
    return Number.isSafeInteger(length) ? length : 0;
  }

  /** Piece by piece: a large text at one go would hold up everything else. */
  #decode(): void {
    for (const chunk of this.#chunks) {
      this.#pieces.push(this.#decoder.decode(chunk, { stream: true }));
    }
    this.#chunks = [];
  }
}
