/** How often what arrives is drawn: at once after a rest, ten times a second in a flood. @module */

/** Least time between two runs, in milliseconds. */
const LEAST_MS = 100;

/** What a browser has for it. */
export interface PaceHost {
  readonly document: { readonly hidden: boolean };
  readonly performance: { now(): number };
  requestAnimationFrame(run: () => void): number;
  cancelAnimationFrame(id: number): void;
}

/** Runs something soon after it was asked for, once for all that asked. */
export class Pace {
  readonly #run: () => void;
  readonly #host: PaceHost;
  #ranAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame: number | undefined;

  constructor(
    run: () => void,
    host: PaceHost = globalThis as unknown as PaceHost,
  ) {
    this.#run = run;
    this.#host = host;
  }

  /** Asks for a run: with the next frame, or later if one has just been. A hidden page has no frames. */
  ask(): void {
    const { document, performance } = this.#host;
    if (this.#timer !== undefined) return;
    if (this.#frame !== undefined) {
      if (!document.hidden) return;
      this.stop();
    }
    const waitMs = document.hidden
      ? LEAST_MS
      : this.#ranAt + LEAST_MS - performance.now();
    if (waitMs > 0) this.#timer = setTimeout(this.#go, waitMs);
    else this.#frame = this.#host.requestAnimationFrame(this.#go);
  }

  /** Withdraws what was asked for. */
  stop(): void {
    clearTimeout(this.#timer);
    if (this.#frame !== undefined) this.#host.cancelAnimationFrame(this.#frame);
    this.#timer = this.#frame = undefined;
  }

  readonly #go = () => {
    this.#timer = this.#frame = undefined;
    this.#ranAt = this.#host.performance.now();
    this.#run();
  };
}
