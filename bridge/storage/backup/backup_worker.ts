/** The thread of a {@linkcode LiveBackup}. @module */

import { backUp } from "./backup.ts";
import { type BackupNews, type BackupOrder, CELL } from "./live_backup.ts";
import type { Snapshot } from "./snapshot.ts";

/** Number of attempts to block the writers before the backup fails. */
const HOLDS = 20;

/** Longest wait until the event loop is blocked. */
const HOLD_TIMEOUT_MS = 30_000;

/** Pause between two pieces, in which other threads use the disk. */
const REST_MS = 5;

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<BackupOrder>) => void) | null;
  postMessage(news: BackupNews): void;
}

const scope = self as unknown as WorkerScope;

scope.onmessage = async ({ data }) => {
  const { cell, ...order } = data;
  const cells = new Int32Array(cell);
  const never = new Int32Array(new SharedArrayBuffer(4));
  try {
    const report = await backUp({
      ...order,
      pin: (snapshot) => pinHeld(snapshot, cells),
      rest: () => Atomics.wait(never, 0, 0, REST_MS),
    });
    scope.postMessage({ type: "done", report });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    scope.postMessage({
      type: "failed",
      message: why.startsWith("Cannot")
        ? why
        : `Cannot back up the data folder: ${why}`,
    });
  }
};

/** Pins the snapshot while the thread of the writers is blocked. */
function pinHeld(
  snapshot: Snapshot,
  cells: Int32Array<SharedArrayBuffer>,
): void {
  for (let tries = 0; tries < HOLDS; tries++) {
    Atomics.store(cells, 0, CELL.idle);
    scope.postMessage({ type: "hold" });
    if (Atomics.wait(cells, 0, CELL.idle, HOLD_TIMEOUT_MS) === "timed-out") {
      break;
    }
    snapshot.pin();
    const was = Atomics.compareExchange(cells, 0, CELL.held, CELL.pinned);
    Atomics.notify(cells, 0);
    if (was === CELL.held) return;
    snapshot.release();
  }
  throw new RangeError(
    "Cannot back up the data folder: all databases must be read at one instant, got a machine that was too busy. Try again.",
  );
}
