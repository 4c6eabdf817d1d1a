/** Files of events: JSON lines, and tables for spreadsheets. @module */

import type { EventFrame } from "../../../../../lib/frames/events.ts";
import { excerptOf, partyOf } from "./filters.ts";

export type ExportFormat = "jsonl" | "csv";

/** Text of a file. */
export function formatExport(
  events: readonly EventFrame[],
  format: ExportFormat,
): string {
  if (format === "jsonl") {
    return events.map((frame) => `${JSON.stringify(frame)}\n`).join("");
  }
  return [
    ["seq", "at", "account", "event", "peer", "text", "data"],
    ...events.map((frame) => [
      String(frame.seq),
      frame.at,
      frame.account,
      frame.event,
      partyOf(frame) ?? "",
      excerptOf(frame),
      JSON.stringify(frame.data),
    ]),
  ].map((row) => `${row.map(quoteCsv).join(",")}\r\n`).join("");
}

/** Quotes a cell as RFC 4180 does. A spreadsheet would run a text that begins like a formula, so that gets an apostrophe. */
function quoteCsv(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
