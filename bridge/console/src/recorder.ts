/** The frames of the page's own WebSocket, masked before they are kept. @module */

import { type Signal, signal } from "./deps.ts";

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

/** What a secret is shown as. */
export const MASK = "••••";

/** Fields that hold secrets, in frames and in raw commands. */
const SECRET = /^(token|password|passwordmd5|ps)$/i;

/** Deepest nesting that is looked through; the bridge takes 32. */
const DEPTH = 40;

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

/** A value with its secrets masked. */
export function masked(value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth > DEPTH) return MASK;
  if (Array.isArray(value)) return value.map((one) => masked(one, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      SECRET.test(key) && typeof one === "string"
        ? MASK
        : masked(one, depth + 1),
    ]),
  );
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
