import config from "../../deno.json" with { type: "json" };

const root = new URL("../../", import.meta.url);

/** The permissions that `deno task start` gives, so that tests run under no other. */
export const PERMISSIONS: readonly string[] = config.tasks.start.split(" ")
  .filter((word) => word.startsWith("--allow-"));

/** The line that says that a program is ready. */
export interface ReadyLine {
  event: "ready";
  http?: string;
  qq?: string;
}

/** How a program is started. */
export interface ProgramOptions {
  args: string[];
  env?: Record<string, string>;
  stdin?: string;
}

/** A `bridge/main.ts` in a process of its own. */
export class Program implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #stdout: Promise<string>;
  readonly #stderr: Promise<string>;
  readonly #lines: string[] = [];
  #onLine: (() => void) | undefined;
  #ended = false;
  /** Ended, and all that it wrote is read. */
  #isOver = false;

  constructor({ args, env = {}, stdin }: ProgramOptions) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        ...PERMISSIONS,
        new URL("bridge/main.ts", root).pathname,
        ...args,
      ],
      // These tests may have been started by npx: the program tells who was.
      env: { NO_COLOR: "1", npm_command: "", ...env },
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#stdout = this.#read(this.#process.stdout, true);
    this.#stderr = this.#read(this.#process.stderr, false);
    this.#process.status.then(() => this.#ended = true);
    Promise.all([this.#process.status, this.#stdout]).then(() => {
      this.#isOver = true;
      this.#onLine?.();
    });
    if (stdin !== undefined) void this.#write(stdin);
  }

  /** The process. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Waits for the ready line; throws with what the program said where it ends before. */
  async ready(): Promise<ReadyLine> {
    for (let seen = 0;;) {
      for (; seen < this.#lines.length; seen++) {
        const line = this.#lines[seen]!;
        if (line.startsWith('{"event":"ready"')) return JSON.parse(line);
      }
      if (this.#isOver) {
        throw new Error(`Program ended:\n${await this.#stderr}`);
      }
      await new Promise<void>((resolve) => this.#onLine = resolve);
    }
  }

  /** Waits until something is on standard output, and gives all that is there. */
  async said(pattern: RegExp): Promise<string> {
    for (;;) {
      const text = this.#lines.map((line) => `${line}\n`).join("");
      if (pattern.test(text)) return text;
      if (this.#isOver) {
        throw new Error(`Program ended:\n${await this.#stderr}`);
      }
      await new Promise<void>((resolve) => this.#onLine = resolve);
    }
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** Waits for the end. */
  async output(): Promise<{ code: number; stdout: string; stderr: string }> {
    const { code } = await this.#process.status;
    return { code, stdout: await this.#stdout, stderr: await this.#stderr };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) {
      try {
        this.#process.kill("SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    }
    await this.output();
  }

  async #read(
    stream: ReadableStream<Uint8Array>,
    lines: boolean,
  ): Promise<string> {
    let all = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      all += text;
      if (!lines) continue;
      const complete = all.split("\n").slice(0, -1);
      this.#lines.splice(0, Infinity, ...complete);
      this.#onLine?.();
    }
    return all;
  }

  async #write(text: string): Promise<void> {
    const writer = this.#process.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  }
}

/** The arguments that make a program small, quiet and its ports free. */
export function serveArgs(folder: string, ...more: string[]): string[] {
  return [
    "serve",
    "--listen=127.0.0.1:0",
    "--qq-listen=127.0.0.1:0",
    `--data=${folder}`,
    "--log-format=json",
    ...more,
  ];
}
