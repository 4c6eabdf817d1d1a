/** Signals that end a bridge of the edge. @module */

const SIGNALS: readonly Deno.Signal[] = ["SIGTERM", "SIGINT"];

/** How long after the end the signal is raised again, in milliseconds, if the process is still there. */
const RAISE_MS = 250;

/** The part of Deno's namespace that is used; other platforms have no signals. */
type SignalPlatform = Partial<
  Pick<
    typeof Deno,
    "addSignalListener" | "removeSignalListener" | "kill" | "pid" | "unrefTimer"
  >
>;

/**
 * Stops the bridge at SIGTERM and SIGINT, and then raises the signal again, so
 * that the process ends as it would have without a bridge.
 *
 * Under `deno serve` a signal closes only the listener: the process ends by
 * itself once nothing is left that keeps it, so the timer that raises the
 * signal does not.
 *
 * @returns A function that removes the listeners; it may be called again.
 */
export function stopAtSignals(stop: () => Promise<void>): () => void {
  const { Deno: platform } = globalThis as { Deno?: SignalPlatform };
  const listeners = SIGNALS.map((signal) => {
    const listener = () => {
      stop().catch(() => {}).then(() => {
        remove();
        raiseSoon(platform!, signal);
      });
    };
    return [signal, listener] as const;
  });
  const listening = listeners.filter(([signal, listener]) => {
    try {
      platform?.addSignalListener?.(signal, listener);
      return platform?.addSignalListener !== undefined;
    } catch {
      // The platform does not have this signal: Windows knows no SIGTERM.
      return false;
    }
  });
  const remove = () => {
    for (const [signal, listener] of listening.splice(0)) {
      platform?.removeSignalListener?.(signal, listener);
    }
  };
  return remove;
}

function raiseSoon(platform: SignalPlatform, signal: Deno.Signal): void {
  const { kill, pid, unrefTimer } = platform;
  if (kill === undefined || pid === undefined) return;
  const timer = setTimeout(() => kill(pid, signal), RAISE_MS);
  unrefTimer?.(timer);
}
