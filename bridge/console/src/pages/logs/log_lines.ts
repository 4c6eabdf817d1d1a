/** Lines of the log: entries, and gaps where entries were dropped. @module */

export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = typeof LEVELS[number];

export interface LogEntry {
  /** Counts up from 1 for each line that this page shows. */
  number: number;
  /** ISO 8601; empty for a gap. */
  time: string;
  level: Level | "gap";
  message: string;
  /** Everything else that the bridge wrote. */
  fields: Readonly<Record<string, unknown>>;
}

/** Maximum number of lines in memory; the oldest is dropped. */
export const MAX_LINES = 5000;

/** Parses an entry as `--log-format json` writes it. */
export function parseEntry(data: string, number: number): LogEntry {
  const { time, level, message, ...fields } = JSON.parse(data);
  return {
    number,
    time: String(time),
    level: LEVELS.find((one) => one === level) ?? "info",
    message: String(message),
    fields,
  };
}

/** Fields in one line, as the text format writes them. */
export function formatFields(
  fields: Readonly<Record<string, unknown>>,
): string {
  return Object.entries(fields).map(([name, value]) =>
    `${name}=${
      typeof value === "string" && !/\s/.test(value)
        ? value
        : JSON.stringify(value)
    }`
  ).join(" ");
}

/** Whether a line has every typed word. Gaps are always shown. */
export function matchesText(entry: LogEntry, text: string): boolean {
  if (entry.level === "gap") return true;
  const line = `${entry.message} ${formatFields(entry.fields)}`.toLowerCase();
  return text.toLowerCase().split(/\s+/).every((word) => line.includes(word));
}

/** Text of a file: the lines as the bridge wrote them. */
export function formatLines(entries: readonly LogEntry[]): string {
  return entries.filter(({ level }) => level !== "gap")
    .map(({ time, level, message, fields }) =>
      `${JSON.stringify({ time, level, message, ...fields })}\n`
    ).join("");
}
