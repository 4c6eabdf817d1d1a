/** What a sub-command reads and writes. @module */

import { promptSecret } from "../deps.ts";
import type { Sources } from "../config/option.ts";

/** Most bytes of the first line of standard input. */
export const LINE_BYTES = 4096;

/** What a sub-command reads and writes; passed in, so that tests can look on. */
export interface Terminal {
  /** Writes a line to standard output. */
  out(line: string): void;
  /** Writes a line to standard error. */
  err(line: string): void;
  /** Asks for a text that is not shown; undefined where nobody sits there. */
  askSecret(question: string): string | undefined;
  /**
   * Reads the first line of standard input, without its end.
   *
   * @throws {RangeError} Where it is too long.
   */
  readLine(): Promise<string>;
  /** Where settings come from, for arguments. */
  sources(args: readonly string[]): Sources;
}

/** The process's own. */
export const systemTerminal: Terminal = {
  out: (line) => write(Deno.stdout, line),
  err: (line) => write(Deno.stderr, line),
  askSecret: (question) => promptSecret(question, { mask: "" }) ?? undefined,
  readLine: () => readLine((buffer) => Deno.stdin.read(buffer)),
  sources: systemSources,
};

/** The process's environment and files, beside arguments. */
export function systemSources(args: readonly string[]): Sources {
  return {
    args,
    env: (name) => Deno.env.get(name),
    readFile: (path) => Deno.readTextFileSync(path),
  };
}

/** Reads up to the end of a line. */
export async function readLine(
  read: (buffer: Uint8Array) => Promise<number | null>,
): Promise<string> {
  const bytes: number[] = [];
  const buffer = new Uint8Array(512);
  for (;;) {
    const length = await read(buffer);
    const chunk = buffer.subarray(0, length ?? 0);
    const end = chunk.indexOf(10);
    bytes.push(...(end < 0 ? chunk : chunk.subarray(0, end)));
    if (bytes.length > LINE_BYTES) {
      throw new RangeError(
        `Cannot read standard input: its first line must have at most ${LINE_BYTES} bytes, got more`,
      );
    }
    if (length === null || end >= 0) break;
  }
  const line = new TextDecoder("utf-8", { fatal: true }).decode(
    new Uint8Array(bytes),
  );
  return line.replace(/\r$/, "");
}

/** Aligns rows in columns; the last one is as wide as it is. */
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

/** A text that cannot steer the terminal it is shown on. */
export function printable(text: string): string {
  return text.replace(/\p{C}/gu, "\u{fffd}");
}

function write(stream: { writeSync(bytes: Uint8Array): number }, line: string) {
  const bytes = new TextEncoder().encode(`${line}\n`);
  for (let at = 0; at < bytes.length;) {
    at += stream.writeSync(bytes.subarray(at));
  }
}
