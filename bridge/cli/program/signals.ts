/** The signals that end the program. @module */

/** Signals that end a program; closing the terminal sends SIGHUP. */
export const END_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * A signal this soon after the first, in milliseconds, is the same request:
 * terminals, shells and task runners deliver one twice.
 */
const SAME_MS = 100;

/** Waits for one of the signals that end a program. */
export interface EndSignal extends Disposable {
  /** Resolves with the first signal. */
  readonly received: Promise<Deno.Signal>;
}

/**
 * Listens for the signals that end a program. A second one ends the process at
 * once with exit code 1. After disposal, signals end the process as usual.
 */
export function listenForEnd(): EndSignal {
  const { promise, resolve } = Promise.withResolvers<Deno.Signal>();
  let firstAt: number | undefined;
  const listeners = END_SIGNALS.map((signal) => {
    const listener = () => {
      firstAt ??= performance.now();
      if (performance.now() - firstAt > SAME_MS) Deno.exit(1);
      resolve(signal);
    };
    return [signal, listener] as const;
  });
  for (const [signal, listener] of listeners) {
    Deno.addSignalListener(signal, listener);
  }
  return {
    received: promise,
    [Symbol.dispose]() {
      for (const [signal, listener] of listeners) {
        Deno.removeSignalListener(signal, listener);
      }
    },
  };
}

/** Aborts a start that takes long when a signal ends the program. */
export function abortAtEnd(
  reason: () => Error,
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const listener = () => controller.abort(reason());
  for (const signal of END_SIGNALS) Deno.addSignalListener(signal, listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const signal of END_SIGNALS) {
        Deno.removeSignalListener(signal, listener);
      }
    },
  };
}
