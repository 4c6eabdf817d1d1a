/** The frames of the page's own WebSocket, masked before they are kept. @module */

import { type Signal, signal } from "../deps.ts";
import { masked } from "./mask.ts";

/** A frame as the inspector shows it. */
export interface RecordedFrame {
  /** Counts up from 1. */
  readonly number: number;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** Whether it came or went. */
  readonly direction: "in" | "out";
  /** Its length in characters. */
  readonly size: number;
  /** Its contents; secrets are masked. */
  readonly value: Readonly<Record<string, unknown>>;
}

/** Most frames that are kept. */
export const KEPT_FRAMES = 400;

/** The frames, oldest first. */
export const frames: Signal<readonly RecordedFrame[]> = signal([]);

/** Whether recording stands still. */
export const paused: Signal<boolean> = signal(false);

let ring: RecordedFrame[] = [];
let count = 0;
let isDue = false;

/** Forgets all frames. */
export function clearFrames(): void {
  ring = [];
  frames.value = [];
}

/** The WebSocket that records. The cookie has said who we are, so that it says no hello. */
export class RecordedSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    this.addEventListener("message", ({ data }) => record("in", String(data)));
  }

  override send(data: string): void {
    if (data.startsWith('{"type":"hello"')) return;
    record("out", data);
    super.send(data);
  }
}

function record(direction: "in" | "out", text: string): void {
  if (paused.value) return;
  let value: Record<string, unknown>;
  try {
    value = masked(JSON.parse(text)) as Record<string, unknown>;
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
  if (ring.length > KEPT_FRAMES) ring.shift();
  if (isDue) return;
  isDue = true;
  // Many frames arrive at once: they are shown at once.
  setTimeout(() => {
    isDue = false;
    frames.value = [...ring];
  }, 50);
}
