/** The next turn of the event loop, on every runtime. @module */

/** What Node, Deno and Bun have, and browsers and plain Workers do not. */
interface Immediate {
  setImmediate?: (run: () => void) => unknown;
  clearImmediate?: (id: unknown) => void;
}

/**
 * Calls `run` in the next turn of the event loop, after the sockets that are
 * ready were served where the runtime can do that.
 *
 * @returns Cancels the call; harmless afterwards.
 */
export function nextTurn(run: () => void): () => void {
  const { setImmediate, clearImmediate } = globalThis as Immediate;
  if (setImmediate !== undefined && clearImmediate !== undefined) {
    const id = setImmediate(run);
    return () => clearImmediate(id);
  }
  const id = setTimeout(run, 0);
  return () => clearTimeout(id);
}
