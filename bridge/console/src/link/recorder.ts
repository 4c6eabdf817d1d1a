/** Records the frames of the page's own WebSocket, with secrets masked. @module */

import { type Signal, signal } from "../deps.ts";
import { maskSecrets } from "./mask.ts";
import { readProof } from "./session.ts";

export interface RecordedFrame {
  /** Number of the frame, counted from 1. */
  readonly number: number;
  /** Time of recording, in milliseconds since 1970. */
  readonly at: number;
  readonly direction: "in" | "out";
  /** Length of the text in characters. */
  readonly size: number;
  /** Parsed contents, with secrets masked. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** Maximum number of frames kept; the oldest is dropped. */
export const MAX_FRAMES = 400;

/** Recorded frames, oldest first. */
export const frames: Signal<readonly RecordedFrame[]> = signal([]);

export const isPaused: Signal<boolean> = signal(false);

let ring: RecordedFrame[] = [];
let count = 0;
let isDue = false;

export function clearFrames(): void {
  ring = [];
  frames.value = [];
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
  if (isPaused.value) return;
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
  if (ring.length > MAX_FRAMES) ring.shift();
  if (isDue) return;
  isDue = true;
  // Frames arrive in bursts: update the signal once per burst.
  setTimeout(() => {
    isDue = false;
    frames.value = [...ring];
  }, 50);
}
