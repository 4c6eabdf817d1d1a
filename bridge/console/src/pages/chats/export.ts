/** Writes a conversation to a file. @module */

import type { EventFrame } from "../../../../../lib/frames/events.ts";
import { command } from "../../link/link.ts";
import type { Thread } from "../../store/messages.ts";
import { nameOf, peekPerson } from "../../store/people.ts";

export type ExportFormat = "jsonl" | "text";

/** Maximum number of events in one file. */
const MAX_EVENTS = 100_000;

/** Reads a conversation from its beginning, and offers it as a file. What was read before a stop is in it. */
export async function exportThread(
  { account, peer }: Thread,
  format: ExportFormat,
  signal: AbortSignal,
  onProgress: (count: number) => void,
): Promise<void> {
  const lines: string[] = [];
  let after = 0;
  for (let more = true; more && lines.length < MAX_EVENTS && !signal.aborted;) {
    const page = await command("history", {
      with: peer,
      events: ["message", "friend"],
      after,
    }, { account, lane: "background" });
    for (const frame of page.events) lines.push(formatLine(frame, format));
    after = page.searched.to;
    more = page.more;
    onProgress(lines.length);
  }
  const type = format === "jsonl" ? "application/jsonl" : "text/plain";
  const blob = new Blob([lines.map((line) => `${line}\n`).join("")], {
    type: `${type};charset=utf-8`,
  });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${account}-${peer}.${format === "jsonl" ? "jsonl" : "txt"}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function formatLine(frame: EventFrame, format: ExportFormat): string {
  if (format === "jsonl") return JSON.stringify(frame);
  const { from, text = "" } = frame.data as { from?: string; text?: string };
  const sender = from === undefined
    ? frame.account
    : nameOf(peekPerson(frame.account, from), from);
  const what = frame.event.startsWith("friend.") ? `[${frame.event}] ` : "";
  return `${frame.at} ${sender}: ${what}${text.replaceAll("\n", "\n  ")}`;
}
