/** Signals that end together. @module */

/** A signal of one's own that follows others. */
export class LinkedSignal {
  readonly #controller = new AbortController();
  /** Signals that it follows; a long-lived one would gather listeners. */
  #others: AbortSignal[] = [];
  #reject: ((reason: unknown) => void) | undefined;

  /** Aborted with the reason of the first of `others` that ends. */
  constructor(...others: readonly (AbortSignal | undefined)[]) {
    for (const other of others) {
      if (other === undefined) continue;
      if (other.aborted) {
        this.abort(other.reason);
        break;
      }
      // Not a function, because there are thousands of these.
      other.addEventListener("abort", this, { once: true });
      this.#others.push(other);
    }
  }

  /** The signal that follows the others. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborts this signal, not those it follows. */
  abort(reason?: unknown): void {
    this.unlink();
    this.#controller.abort(reason);
    this.#reject?.(this.signal.reason);
  }

  /** Stops following the others. */
  unlink(): void {
    for (const other of this.#others) other.removeEventListener("abort", this);
    this.#others = [];
  }

  /** What work gives, or the signal's reason as soon as that ends. Once for each LinkedSignal. */
  race<T>(work: () => Promise<T>): Promise<T> {
    if (this.signal.aborted) return Promise.reject(this.signal.reason);
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
