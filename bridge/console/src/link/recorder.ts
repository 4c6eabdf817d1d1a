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

/** How often the signals change, in milliseconds: frames arrive in bursts. */
const SIGNAL_MS = 100;

/** How many frames more than the maximum are kept before the oldest are dropped, so that not every frame moves the others. */
const SLACK = 500;

/** An event: it comes often, is seldom looked at, and has no secrets that the bridge would not write to its journal. */
const EVENT = /^\{"type":"event"/;

/** A frame whose text is parsed when it is read for the first time. */
class UnreadFrame implements RecordedFrame {
  readonly number: number;
  readonly at: number;
  readonly direction = "in";
  readonly size: number;
  #text: string;
  #value: RecordedFrame["value"] | undefined;

  constructor(number: number, text: string) {
    this.number = number;
    this.at = Date.now();
    this.size = text.length;
    this.#text = text;
  }

  get value(): RecordedFrame["value"] {
    if (this.#value === undefined) {
      this.#value = parse(this.#text);
      this.#text = "";
    }
    return this.#value;
  }
}

let ring: RecordedFrame[] = [];
let count = 0;
/** Number of the last frame when the user cleared them. */
let cleared = 0;
let isDue = false;

export function clearFrames(): void {
  ring = [];
  cleared = count;
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
  const number = ++count;
  ring.push(
    direction === "in" && EVENT.test(text) ? new UnreadFrame(number, text) : {
      number,
      at: Date.now(),
      direction,
      size: text.length,
      value: parse(text),
    },
  );
  if (ring.length > MAX_FRAMES + SLACK) ring = ring.slice(-MAX_FRAMES);
  if (isDue) return;
  isDue = true;
  setTimeout(() => {
    isDue = false;
    batch(() => {
      frames.value = ring.slice(-MAX_FRAMES);
      droppedFrames.value = count - cleared - frames.value.length;
    });
  }, SIGNAL_MS);
}

function parse(text: string): RecordedFrame["value"] {
  try {
    return maskSecrets(JSON.parse(text)) as RecordedFrame["value"];
  } catch {
    return { type: "unreadable" };
  }
}
