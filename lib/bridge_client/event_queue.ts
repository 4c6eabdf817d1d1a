/** The bounded queue between a socket that pushes and a loop that pulls. @module */

/** One reader at a time. */
export class EventQueue<T> {
  readonly #maxQueued: number;
  #items: T[] = [];
  #first = 0;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  /** Creates a queue of at most `maxQueued` items; `push` returns false beyond it. */
  constructor(maxQueued: number) {
    this.#maxQueued = maxQueued;
  }

  /** How many items wait. */
  get size(): number {
    return this.#items.length - this.#first;
  }

  /** Whether the next item would be refused. */
  get full(): boolean {
    return this.size >= this.#maxQueued;
  }

  /** Adds an item; false where the queue is full or ended. */
  push(item: T): boolean {
    if (this.full || this.#ended) return false;
    this.#items.push(item);
    this.#wake?.();
    return true;
  }

  /**
   * Takes the next item, waiting for it.
   *
   * @returns The item, or undefined where the queue has ended.
   * @throws What it failed with, once the items before the failure are taken.
   */
  async next(): Promise<T | undefined> {
    while (this.size === 0 && !this.#ended) {
      await new Promise<void>((resolve) => this.#wake = resolve);
      this.#wake = undefined;
    }
    if (this.size > 0) return this.#shift();
    if (this.#error !== undefined) throw this.#error;
    return undefined;
  }

  /** Ends the queue; what waits in it is dropped. */
  end(): void {
    this.#items = [];
    this.#first = 0;
    this.#ended = true;
    this.#wake?.();
  }

  /** Ends the queue with an error behind what waits in it. */
  fail(error: Error): void {
    this.#error = error;
    this.#ended = true;
    this.#wake?.();
  }

  #shift(): T {
    const item = this.#items[this.#first]!;
    this.#first++;
    if (this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    }
    return item;
  }
}
