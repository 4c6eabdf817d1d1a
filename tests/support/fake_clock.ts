import type { Clock } from "../../lib/clock.ts";

interface Timer {
  at: number;
  order: number;
  run: () => void;
}

/** A clock that moves only in `advance()`, which runs what is due in order. */
export class FakeClock implements Clock {
  #now: number;
  #order = 0;
  #timers = new Set<Timer>();

  constructor(now = Date.UTC(2005, 10, 24)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = {
      at: this.#now + Math.max(0, delayMs),
      order: this.#order++,
      run,
    };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are pending. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Delay until the next timer, or undefined. */
  get next(): number | undefined {
    const timer = this.#earliest();
    return timer === undefined ? undefined : timer.at - this.#now;
  }

  #earliest(): Timer | undefined {
    let earliest: Timer | undefined;
    for (const timer of this.#timers) {
      if (
        earliest === undefined || timer.at < earliest.at ||
        timer.at === earliest.at && timer.order < earliest.order
      ) earliest = timer;
    }
    return earliest;
  }

  /** Moves the time, running each timer at its instant and letting promises settle around it. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const timer = this.#earliest();
      if (timer === undefined || timer.at > end) break;
      this.#timers.delete(timer);
      this.#now = timer.at;
      timer.run();
      await settle();
    }
    this.#now = end;
    await settle();
  }
}

/** Digests that are being computed: other threads do that, so no turn of promises waits for them. */
const digests = new Set<Promise<unknown>>();

const { digest } = crypto.subtle;
crypto.subtle.digest = (...args) => {
  const result = digest.apply(crypto.subtle, args);
  digests.add(result);
  result.finally(() => digests.delete(result)).catch(() => {});
  return result;
};

/** Lets all promise reactions that are due run. */
export async function settle(): Promise<void> {
  do {
    await Promise.allSettled(digests);
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  } while (digests.size > 0);
}
