/** Reads server-sent events with the session, which `EventSource` cannot present. @module */

import { fetchWithSession } from "./session.ts";
import { type StreamEvent, StreamParser } from "./stream_parser.ts";

export interface StreamOptions {
  onEvent(event: StreamEvent): void;
  /** Called when the answer has begun, also after each reconnect. */
  onOpen?(): void;
  /** Called when the connection is lost or refused; the stream tries again. */
  onLost?(): void;
  /** Ends the stream when it aborts. */
  signal: AbortSignal;
}

/** Waits between attempts, in milliseconds; the last one repeats. */
const RETRY_MS = [500, 1000, 2000, 5000];

/** Reads a stream until the signal aborts. After a lost connection it continues after the last id. */
export async function readStream(
  path: string,
  options: StreamOptions,
): Promise<void> {
  const { signal } = options;
  let last = "";
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      const response = await fetchWithSession(path, {
        signal,
        ...(last === "" ? {} : { headers: { "last-event-id": last } }),
      });
      if (response.ok && response.body !== null) {
        attempt = 0;
        options.onOpen?.();
        await readBody(response.body, (event) => {
          if (signal.aborted) return;
          if (event.id !== "") last = event.id;
          options.onEvent(event);
        });
      } else {
        await response.body?.cancel();
      }
    } catch {
      // The connection was lost, or the signal has ended it.
    }
    if (signal.aborted) return;
    options.onLost?.();
    await pause(RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)]!, signal);
  }
}

async function readBody(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onEvent: (event: StreamEvent) => void,
): Promise<void> {
  const parser = new StreamParser(onEvent);
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parser.push(value);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
