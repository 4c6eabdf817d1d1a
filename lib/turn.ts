/** The next turn of the event loop, on every runtime. @module */

/** What Node, Deno and Bun have, and browsers and plain Workers do not. */
interface Immediate {
  setImmediate?: (run: () => void) => unknown;
  clearImmediate?: (id: unknown) => void;
}

/**
 * How long turns may follow each other until all of them rest, in milliseconds.
 * Deno asks which sockets are ready when it has nothing to do, and else at every
 * 61st turn: turns of 1 ms would hold up all sockets for 61 ms.
 */
const BUSY_MS = 4;

/** What is to be called, and its cancellation at present. */
interface Turn {
  run: () => void;
  cancel: () => void;
}

/** Calls `done` once the sockets that are ready were served. */
export type Rest = (done: () => void) => void;

/** What is called once the sockets were served. */
const resting = /* @__PURE__ */ new Set<Turn>();
/** Number of turns that are due without that. */
let pending = 0;
/** Whether a turn runs, so that what it schedules goes on without a pause. */
let isRunning = false;
/** When the first of the turns began that have followed each other since. */
let busySince = 0;
let rests = false;
/** A timer by default, which takes 1 to 2 ms. */
let restBy: Rest = (done) => void setTimeout(done, 0);

/** Lets turns rest in another way from now on. Returns a function that undoes it. */
export function useRest(rest: Rest): () => void {
  const before = restBy;
  restBy = rest;
  return () => restBy = before;
}

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

/** Rests once nothing else is to be done: a timer that is due sooner would be no rest. */
function rest(): void {
  if (rests || isRunning || pending > 0 || resting.size === 0) return;
  rests = true;
  restBy(() => {
    rests = false;
    busySince = performance.now();
    const turns = [...resting];
    resting.clear();
    for (const turn of turns) begin(turn);
  });
}

/**
 * Resolves once the sockets that are ready were served, for work that goes on
 * with what is there already. A single timer may be due before they are.
 */
export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(() => setTimeout(resolve)));
}
