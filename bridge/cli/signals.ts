/** The signals that end the program. @module */

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** Waits for one of the signals that end a program. */
export interface EndSignal extends Disposable {
  /** The first that comes. */
  readonly received: Promise<Deno.Signal>;
}

/** Listens for SIGINT and SIGTERM. After disposal they end the process as usual. */
export function listenForEnd(): EndSignal {
  const { promise, resolve } = Promise.withResolvers<Deno.Signal>();
  const listeners = SIGNALS.map((signal) =>
    [signal, () => resolve(signal)] as const
  );
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
