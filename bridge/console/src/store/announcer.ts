/** What is read aloud: single messages by name, many only as a sum. @module */

import type { EventFrame } from "../../../../lib/frames/events.ts";
import { type Signal, signal } from "../deps.ts";
import { t } from "../texts/strings.ts";
import { toVisible } from "../texts/visible.ts";
import { isIncoming, peerOf } from "./inbox_rules.ts";
import { nameOf, peekPerson } from "./people.ts";

/** Text of the live region. */
export const announcement: Signal<string> = signal("");

/** Least time between two announcements: more would be cut off. */
const LEAST_MS = 2000;

let waiting: EventFrame[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let lastAt = -Infinity;

/** Announces incoming messages, at most once in two seconds. */
export function announceEvents(frames: readonly EventFrame[]): void {
  for (const frame of frames) if (isIncoming(frame)) waiting.push(frame);
  if (waiting.length === 0 || timer !== undefined) return;
  const waitMs = Math.max(0, lastAt + LEAST_MS - performance.now());
  timer = setTimeout(announce, waitMs);
}

function announce(): void {
  timer = undefined;
  lastAt = performance.now();
  const frames = waiting;
  waiting = [];
  const [first] = frames;
  if (first === undefined) return;
  const people = new Set(frames.map((frame) => peerOf(frame)));
  const peer = peerOf(first)!;
  announcement.value = frames.length === 1
    ? t("newMessage", {
      name: toVisible(nameOf(peekPerson(first.account, peer), peer)),
      text: (first.data as { text: string }).text,
    })
    : t("newMessages", { n: frames.length, people: people.size });
}
