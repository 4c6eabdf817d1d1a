import { systemTerminal } from "../../bridge/cli/terminal.ts";
import { main } from "../../bridge/main.ts";

/** What a sub-command printed, and its exit code. */
export interface MainOutput {
  readonly code: number;
  readonly out: string[];
  readonly err: string[];
}

/**
 * Runs the program's `main()` in this process.
 *
 * @param given Its standard input, and its environment instead of this process's.
 */
export async function runMain(
  args: readonly string[],
  given: { stdin?: string; env?: Record<string, string> } = {},
): Promise<MainOutput> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await main(args, {
    out: (line) => out.push(...line.split("\n")),
    err: (line) => err.push(line),
    askSecret: () => undefined,
    readLines: (count) =>
      Promise.resolve((given.stdin ?? "").split("\n").slice(0, count)),
    sources: (args) => ({
      ...systemTerminal.sources(args),
      env: (name) => given.env?.[name],
    }),
  });
  return { code, out, err };
}
