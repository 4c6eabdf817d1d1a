/** Bounds what may wait on sockets whose platform does not know what waits. @module */

/** Bytes that one connection may be sent after its client's last frame. */
export const MAX_SENT_BYTES = 1024 * 1024;

/** The same for all connections together. */
export const MAX_ALL_SENT_BYTES = 32 * 1024 * 1024;

/**
 * Counts the bytes that were sent to each client since its last frame, because
 * all of them may still wait. A client over the bound is closed, and resumes by
 * its position.
 */
export class SentBytes {
  /** Sent bytes of each connection, by the function that closes it. */
  readonly #sent = new Map<() => void, number>();
  #total = 0;

  /** Counts sent bytes, and closes what exceeds a bound. */
  add(close: () => void, bytes: number): void {
    const sent = (this.#sent.get(close) ?? 0) + bytes;
    this.#sent.set(close, sent);
    this.#total += bytes;
    if (sent > MAX_SENT_BYTES) this.#close(close);
    while (this.#total > MAX_ALL_SENT_BYTES) this.#close(this.#largest());
  }

  /** Forgets what was sent: the client has sent a frame, or is gone. */
  clear(close: () => void): void {
    this.#total -= this.#sent.get(close) ?? 0;
    this.#sent.delete(close);
  }

  #close(close: () => void): void {
    this.clear(close);
    close();
  }

  #largest(): () => void {
    const [first, ...others] = this.#sent;
    return others.reduce(
      (largest, one) => one[1] > largest[1] ? one : largest,
      first!,
    )[0];
  }
}
