/** Records the frames of the page's own WebSocket, with secrets masked. @module */

import { batch, type Signal, signal } from "../deps.ts";
import type { RecordedFrame } from "./recorded_frame.ts";
import { maskSecrets } from "./mask.ts";
import { readProof } from "./session.ts";

/** Maximum number of frames kept; the oldest is dropped, and counted. */
export const MAX_FRAMES = 2000;

/** Recorded frames, oldest first. */
export const frames: Signal<readonly RecordedFrame[]> = signal([]);

/** Number of frames that were dropped. */
export const droppedFrames: Signal<number> = signal(0);

let ring: RecordedFrame[] = [];
let count = 0;
let dropped = 0;
let isDue = false;

export function clearFrames(): void {
  ring = [];
  dropped = 0;
  frames.value = [];
  droppedFrames.value = 0;
}

/** WebSocket that records its frames. Its hello, which it does not record, has the page's half of the session instead of a token. */
export class RecordedSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    this.addEventListener("message", ({ data }) => record("in", String(data)));
  }

  override send(data: string): void {
    if (data.startsWith('{"type":"hello"')) {
      const proof = readProof() ?? "none";
      return super.send(JSON.stringify({ type: "hello", proof }));
    }
    record("out", data);
    super.send(data);
  }
}

function record(direction: "in" | "out", text: string): void {
  let value: Record<string, unknown>;
  try {
    value = maskSecrets(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    value = { type: "unreadable" };
  }
  ring.push({
    number: ++count,
    at: Date.now(),
    direction,
    size: text.length,
    value,
  });
  if (ring.length > MAX_FRAMES) {
    ring.shift();
    dropped++;
  }
  if (isDue) return;
  isDue = true;
  // Frames arrive in bursts: update the signal once per burst.
  setTimeout(() => {
    isDue = false;
    batch(() => {
      frames.value = [...ring];
      droppedFrames.value = dropped;
    });
  }, 50);
}
