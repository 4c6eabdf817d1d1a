/** What a sub-command reads and writes. @module */

import { promptSecret } from "../deps.ts";
import type { Sources } from "../config/option.ts";

/** Maximum size of a line of standard input that is read. */
export const LINE_BYTES = 4096;

const LINE_FEED = 10;

/** What a sub-command reads and writes; tests pass a fake. */
export interface Terminal {
  /** Writes a line to standard output. */
  out(line: string): void;
  /** Writes a line to standard error. */
  err(line: string): void;
  /** Asks for a text that is not shown while it is typed; undefined without a terminal. */
  askSecret(question: string): string | undefined;
  /**
   * Reads the first lines of standard input, without their ends; fewer if it
   * ends before.
   *
   * @throws {RangeError} If they are too long.
   */
  readLines(count: number): Promise<string[]>;
  /** Returns the sources of settings for arguments. */
  sources(args: readonly string[]): Sources;
}

/** The terminal of this process. */
export const systemTerminal: Terminal = {
  out: (line) => write(Deno.stdout, line),
  err: (line) => write(Deno.stderr, line),
  askSecret: (question) => promptSecret(question, { mask: "" }) ?? undefined,
  readLines: (count) => readLines(count, (buffer) => Deno.stdin.read(buffer)),
  sources: systemSources,
};

/** Sources of settings: arguments, and this process's environment and files. */
export function systemSources(args: readonly string[]): Sources {
  return {
    args,
    env: (name) => Deno.env.get(name),
    readFile: (path) => Deno.readTextFileSync(path),
    modeOf,
  };
}

function modeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).mode ?? undefined;
  } catch {
    // Reading the file reports the error.
    return undefined;
  }
}

/** Reads a number of lines. */
export async function readLines(
  count: number,
  read: (buffer: Uint8Array) => Promise<number | null>,
): Promise<string[]> {
  const bytes: number[] = [];
  const buffer = new Uint8Array(512);
  let ends = 0;
  for (;;) {
    const length = await read(buffer);
    for (const byte of buffer.subarray(0, length ?? 0)) {
      if (ends === count) break;
      if (byte === LINE_FEED) ends++;
      bytes.push(byte);
    }
    if (bytes.length > count * LINE_BYTES) {
      throw new RangeError(
        `Cannot read standard input: each of its first lines must have at most ${LINE_BYTES} bytes`,
      );
    }
    if (length === null || ends === count) break;
  }
  const text = new TextDecoder("utf-8", { fatal: true }).decode(
    new Uint8Array(bytes),
  );
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  return lines.slice(0, count);
}

/** Formats rows as lines with aligned columns; the last column is not padded. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.slice(0, -1).forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, cell.length);
    });
  }
  return rows.map((row) =>
    row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ")
      .trimEnd()
  );
}

/** Replaces characters that could steer the terminal on which a text is shown. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, "\u{fffd}");
}

function write(stream: { writeSync(bytes: Uint8Array): number }, line: string) {
  const bytes = new TextEncoder().encode(`${line}\n`);
  for (let at = 0; at < bytes.length;) {
    at += stream.writeSync(bytes.subarray(at));
  }
}
