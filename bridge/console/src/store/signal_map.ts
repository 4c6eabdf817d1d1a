/** A mutable map with one signal for each value that is shown. @module */

import { type Signal, signal } from "../deps_signals.ts";

/**
 * Values by key. Reading a value in a component subscribes it to that value
 * alone; {@linkcode SignalMap.version} changes with every value, for what is
 * derived from all. Nothing is copied when a value changes.
 */
export class SignalMap<V> {
  readonly #values = new Map<string, V>();
  readonly #signals = new Map<string, Signal<V | undefined>>();
  readonly #version = signal(0);

  /** Changes with every value. */
  get version(): number {
    return this.#version.value;
  }

  get size(): number {
    return this.#values.size;
  }

  /** Reads a value and subscribes the reader to it. */
  get(key: string): V | undefined {
    let one = this.#signals.get(key);
    if (one === undefined) {
      one = signal(this.#values.get(key));
      this.#signals.set(key, one);
    }
    return one.value;
  }

  /** Reads a value without subscribing. */
  peek(key: string): V | undefined {
    return this.#values.get(key);
  }

  /** All values, without subscribing. */
  values(): IterableIterator<V> {
    return this.#values.values();
  }

  keys(): IterableIterator<string> {
    return this.#values.keys();
  }

  set(key: string, value: V): void {
    this.#values.set(key, value);
    const one = this.#signals.get(key);
    if (one !== undefined) one.value = value;
    this.#version.value++;
  }

  /** Sets a value and moves it behind all others. */
  setLast(key: string, value: V): void {
    this.#values.delete(key);
    this.set(key, value);
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return;
    const one = this.#signals.get(key);
    if (one !== undefined) one.value = undefined;
    this.#version.value++;
  }

  clear(): void {
    this.#values.clear();
    for (const one of this.#signals.values()) one.value = undefined;
    this.#signals.clear();
    this.#version.value++;
  }
}
