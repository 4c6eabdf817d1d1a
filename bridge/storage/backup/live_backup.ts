/** Backs up the data folder that this process writes. @module */

import type { BackupReport } from "./backup.ts";

/** Longest time that the event loop, and so every writer, is blocked at once. */
export const MAX_HOLD_MS = 100;

/** States of the shared cell. */
export const CELL = { idle: 0, held: 1, pinned: 2, missed: 3 } as const;

/** Message to the worker. */
export interface BackupOrder {
  readonly folder: string;
  readonly target: string;
  readonly version: string;
  /** One cell of 32 bits, which both threads use. */
  readonly cell: SharedArrayBuffer;
}

/** Message from the worker. */
export type BackupNews =
  | { readonly type: "hold" }
  | { readonly type: "done"; readonly report: BackupReport }
  | { readonly type: "failed"; readonly message: string };

/**
 * Backs up in a worker, one backup at a time. All writers of this process commit
 * in the thread of the event loop and leave no transaction open between two
 * turns. So while that thread is blocked, all databases show the same instant. It
 * is blocked until the worker has begun its reads, about 0.1 ms.
 */
export class LiveBackup {
  readonly #folder: string;
  readonly #version: string;
  #worker: Worker | undefined;
  #stop: (() => void) | undefined;

  /**
   * @param folder The data folder.
   * @param version The version of the program.
   */
  constructor(folder: string, version: string) {
    this.#folder = folder;
    this.#version = version;
  }

  /**
   * Copies the folder.
   *
   * @throws {RangeError} If another backup runs, or with what it failed for.
   */
  async run(target: string): Promise<BackupReport> {
    if (this.#worker !== undefined) {
      throw new RangeError(
        "Cannot back up the data folder: one backup at a time may run, got a second. Wait for the first.",
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<BackupReport>();
    const cell = new SharedArrayBuffer(4);
    const worker = new Worker(new URL("./backup_worker.ts", import.meta.url), {
      type: "module",
    });
    this.#worker = worker;
    this.#stop = () =>
      reject(
        new RangeError("Cannot back up the data folder: the program ends"),
      );
    worker.onmessage = ({ data }: MessageEvent<BackupNews>) => {
      if (data.type === "hold") holdOnce(new Int32Array(cell));
      else if (data.type === "done") resolve(data.report);
      else reject(new RangeError(data.message));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(
        new RangeError(`Cannot back up the data folder: ${event.message}`),
      );
    };
    const order: BackupOrder = {
      folder: this.#folder,
      target,
      version: this.#version,
      cell,
    };
    worker.postMessage(order);
    try {
      return await promise;
    } finally {
      worker.terminate();
      this.#worker = undefined;
      this.#stop = undefined;
    }
  }

  /** Stops a running backup. The next one removes the incomplete copy. */
  close(): void {
    this.#stop?.();
  }
}

/**
 * Blocks this thread until the worker has begun its reads.
 *
 * @returns False if it has not within {@linkcode MAX_HOLD_MS}.
 */
export function holdOnce(cell: Int32Array<SharedArrayBuffer>): boolean {
  Atomics.store(cell, 0, CELL.held);
  Atomics.notify(cell, 0);
  if (Atomics.wait(cell, 0, CELL.held, MAX_HOLD_MS) !== "timed-out") {
    return true;
  }
  return Atomics.compareExchange(cell, 0, CELL.held, CELL.missed) ===
    CELL.pinned;
}
