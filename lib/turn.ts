/** The next turn of the event loop, on every runtime. @module */

/** What Node, Deno and Bun have, and browsers and plain Workers do not. */
interface Immediate {
  setImmediate?: (run: () => void) => unknown;
  clearImmediate?: (id: unknown) => void;
}

/**
 * How long turns may follow each other until all of them wait for a timer, in
 * milliseconds. Deno asks which sockets are ready when it has nothing to do, and
 * else at every 61st turn: turns of 1 ms would hold up all sockets for 61 ms. A
 * timer costs 1 to 2 ms.
 */
const BUSY_MS = 4;

/** What is to be called, and its cancellation at present. */
interface Turn {
  run: () => void;
  cancel: () => void;
}

/** Turns that wait for the timer. */
const resting = /* @__PURE__ */ new Set<Turn>();
/** Number of turns that wait for no timer. */
let pending = 0;
/** Whether a turn runs, so that what it schedules goes on without a pause. */
let isRunning = false;
/** When the first of the turns began that have followed each other since. */
let busySince = 0;
let hasTimer = false;

/**
 * Calls `run` in the next turn of the event loop. Work that goes on from turn to
 * turn lets sockets be served every few milliseconds.
 *
 * @returns Cancels the call; harmless afterwards.
 */
export function nextTurn(run: () => void): () => void {
  const now = performance.now();
  if (pending === 0 && resting.size === 0 && !isRunning) busySince = now;
  const turn: Turn = { run, cancel: () => {} };
  if (now - busySince < BUSY_MS) begin(turn);
  else {
    resting.add(turn);
    turn.cancel = () => resting.delete(turn);
    rest();
  }
  return () => turn.cancel();
}

function begin(turn: Turn): void {
  const { setImmediate, clearImmediate } = globalThis as Immediate;
  pending++;
  const act = () => {
    pending--;
    turn.cancel = () => {};
    isRunning = true;
    try {
      turn.run();
    } finally {
      isRunning = false;
      rest();
    }
  };
  const isImmediate = setImmediate !== undefined &&
    clearImmediate !== undefined;
  const id = isImmediate ? setImmediate(act) : setTimeout(act, 0);
  turn.cancel = () => {
    pending--;
    turn.cancel = () => {};
    if (isImmediate) clearImmediate(id);
    else clearTimeout(id as number);
    rest();
  };
}

/** Starts the timer, once nothing else is to be done: one that is due sooner would be no pause. */
function rest(): void {
  if (hasTimer || isRunning || pending > 0 || resting.size === 0) return;
  hasTimer = true;
  setTimeout(() => {
    hasTimer = false;
    busySince = performance.now();
    const turns = [...resting];
    resting.clear();
    for (const turn of turns) begin(turn);
  }, 0);
}

/**
 * Resolves once the sockets that are ready were served, for work that goes on
 * with what is there already. A single timer may be due before they are.
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(() => setTimeout(resolve)));
}
