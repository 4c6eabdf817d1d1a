/** Signals that end together. @module */

const NONE: readonly never[] = [];

/** What follows a {@linkcode LinkedSignal}. */
export interface Follower {
  /** Called with the reason when that is aborted. */
  abort(reason: unknown): void;
}

/** What a {@linkcode LinkedSignal} can follow. */
type Followed = AbortSignal | LinkedSignal;

/**
 * A signal of one's own that follows others. Its `AbortSignal`, which takes 0.7
 * kB, is made when it is first used: thousands of accounts wait without one.
 */
export class LinkedSignal {
  #controller: AbortController | undefined;
  /** Has the reason, once this is aborted. */
  #ended: AbortSignal | undefined;
  /** Signals that it follows; a long-lived one would gather listeners. */
  #others: readonly (Followed | undefined)[];
  /** Signals that follow it. Not a set, because most are followed by one. */
  #followers: readonly Follower[] = NONE;
  #reject: ((reason: unknown) => void) | undefined;

  /** Aborted with the reason of the first of `others` that ends. */
  constructor(...others: readonly (Followed | undefined)[]) {
    this.#others = others;
    for (const other of others) {
      if (other?.aborted) {
        this.abort(other.reason);
        break;
      }
      // Not a function, because there are thousands of these.
      other?.addEventListener("abort", this, { once: true });
    }
  }

  get aborted(): boolean {
    return this.#ended !== undefined;
  }

  /** The reason with which it was aborted. */
  get reason(): unknown {
    return this.#ended?.reason;
  }

  /** The signal that follows the others. */
  get signal(): AbortSignal {
    return this.#ended ?? (this.#controller ??= new AbortController()).signal;
  }

  /** Aborts this signal, not those it follows. */
  abort(reason?: unknown): void {
    this.unlink();
    if (this.aborted) return;
    this.#ended = AbortSignal.abort(reason);
    this.#controller?.abort(this.reason);
    this.#reject?.(this.reason);
    for (const follower of this.#followers) follower.abort(this.reason);
  }

  /** Stops following the others. */
  unlink(): void {
    for (const other of this.#others) other?.removeEventListener("abort", this);
    this.#others = NONE;
  }

  /** For those that follow it, as at an AbortSignal. */
  addEventListener(
    _type: "abort",
    follower: Follower,
    _options?: { once: true },
  ): void {
    // Not a spread, whose array has room for 17.
    this.#followers = this.#followers.concat(follower);
  }

  removeEventListener(_type: "abort", follower: Follower): void {
    this.#followers = this.#followers.filter((one) => one !== follower);
  }

  /** What work gives, or the signal's reason as soon as that ends. Once for each LinkedSignal. */
  race<T>(work: () => Promise<T>): Promise<T> {
    if (this.aborted) return Promise.reject(this.reason);
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      work().then(resolve, reject);
    });
  }

  /** For the signals that it follows. */
  handleEvent(event: Event): void {
    this.abort((event.target as AbortSignal).reason);
  }
}

/** An AbortController that is made once its signal is needed: of thousands of accounts few need it. */
export class LazyController {
  #controller: AbortController | undefined;
  #isAborted = false;

  get isAborted(): boolean {
    return this.#isAborted;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
  }
}

/** What work gives, or the signal's reason as soon as that ends. */
export function raceSignal<T>(
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    work().then(resolve, reject).finally(() =>
      signal.removeEventListener("abort", abort)
    );
  });
}
