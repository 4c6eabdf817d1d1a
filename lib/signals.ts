/** Signals that end together. @module */

/** A signal of one's own that follows others. */
export interface LinkedSignal {
  /** Aborted with the reason of the first of them. */
  readonly signal: AbortSignal;
  /** Aborts this signal, not those it follows. */
  abort(reason: unknown): void;
  /** Lets the others go, so that a long-lived one does not gather listeners. */
  unlink(): void;
}

/** A signal that ends when any of these ends, or on its own. */
export function linkSignals(
  ...others: readonly (AbortSignal | undefined)[]
): LinkedSignal {
  const controller = new AbortController();
  const unlinks: (() => void)[] = [];
  const unlink = () => unlinks.splice(0).forEach((each) => each());
  for (const other of others) {
    if (other === undefined) continue;
    const follow = () => {
      controller.abort(other.reason);
      unlink();
    };
    if (other.aborted) {
      follow();
      break;
    }
    other.addEventListener("abort", follow, { once: true });
    unlinks.push(() => other.removeEventListener("abort", follow));
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    unlink,
  };
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
