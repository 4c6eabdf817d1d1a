/** A process, line by line. */
export class Script implements AsyncDisposable {
  /** Lines of standard output so far. */
  readonly out: string[] = [];
  /** Lines of standard error so far. */
  readonly err: string[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #read: Promise<unknown>;
  #ended = false;
  /** Ended, and all that it wrote is read. */
  #isOver = false;
  #onChange = Promise.withResolvers<void>();

  /**
   * @param program What to run, and its arguments.
   * @param options Its environment is added to this process's.
   */
  constructor(
    [program, ...args]: readonly [string, ...string[]],
    options: { env?: Record<string, string>; cwd?: string } = {},
  ) {
    this.#process = new Deno.Command(program, {
      args,
      ...options,
      // These tests may have been started by npx: the program tells who was.
      env: { NO_COLOR: "1", npm_command: "", ...options.env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#read = Promise.all([
      this.#collect(this.#process.stdout, this.out),
      this.#collect(this.#process.stderr, this.err),
      this.#process.status.then(() => this.#ended = true),
    ]).finally(() => {
      this.#isOver = true;
      this.#tell();
    });
  }

  /** Runs a module of the tests with the permissions that its first comment names. */
  static async deno(
    module: URL,
    args: string[],
    options: { env?: Record<string, string>; cwd?: string } = {},
  ): Promise<Script> {
    const source = await Deno.readTextFile(module);
    const words = source.match(/^ \* .*\bdeno (?:run|serve) .*$/m)?.[0]
      .split(/\s+/) ?? [];
    const verb = words[words.indexOf("deno") + 1] ?? "run";
    const flags = words.filter((word) => word.startsWith("--"))
      .filter((word) => !word.startsWith("--port="));
    return new Script([
      Deno.execPath(),
      verb,
      ...flags,
      ...(verb === "serve" ? ["--port=0"] : []),
      module.pathname,
      ...args,
    ], options);
  }

  /** The first line that fits, now or later; throws with all that was written where the process ends before. */
  async line(
    fits: (line: string) => boolean,
    from: "out" | "err" = "out",
  ): Promise<string> {
    for (;;) {
      const found = this[from].find(fits);
      if (found !== undefined) return found;
      if (this.#isOver) {
        throw new Error(`Ended:\n${[...this.out, ...this.err].join("\n")}`);
      }
      await this.#onChange.promise;
    }
  }

  /** Sends a signal. */
  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** Waits for the end; gives the exit code. */
  async end(): Promise<number> {
    const { code } = await this.#process.status;
    await this.#read;
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) {
      try {
        this.#process.kill("SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    }
    await this.end();
  }

  #tell(): void {
    this.#onChange.resolve();
    this.#onChange = Promise.withResolvers();
  }

  async #collect(
    stream: ReadableStream<Uint8Array>,
    lines: string[],
  ): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      lines.push(...parts);
      this.#tell();
    }
    if (rest !== "") lines.push(rest);
  }
}
