import config from "../../deno.json" with { type: "json" };

const root = new URL("../../", import.meta.url);

/** The flags with which `deno task start` runs the program, so that tests run it with no other. */
export const START_FLAGS: readonly string[] = config.tasks.start
  .replaceAll("'", "").split(" ")
  .filter((word) => word.startsWith("--"))
  .map((word) => word.replace("--lock=", `--lock=${root.pathname}`));

/** The permissions among them. */
export const PERMISSIONS: readonly string[] = START_FLAGS
  .filter((word) => word.startsWith("--allow-"));

const BRIDGE: readonly [string, ...string[]] = [
  Deno.execPath(),
  "run",
  ...START_FLAGS,
  new URL("bridge/main.ts", root).pathname,
];

/** The line that says that a program is ready. */
export interface ReadyLine {
  event: "ready";
  http?: string;
  qq?: string;
}

/** How a {@linkcode Program} is started. */
export interface ProgramOptions {
  /**
   * The program and its first arguments.
   *
   * @default `bridge/main.ts`, with the permissions of `deno task start`
   */
  command?: readonly [string, ...string[]];
  /** Further arguments. */
  args?: readonly string[];
  /** Added to the environment of this process. */
  env?: Record<string, string>;
  cwd?: string;
  /** Text of its standard input, or `open` to write it with `write()`. */
  stdin?: string | "open";
}

/** Longest time without output in which a line is awaited, in milliseconds: a test that hangs says nothing. */
const MAX_SILENCE_MS = 180_000;

/** A program in a process of its own, read line by line. The end of the scope kills it. */
export class Program implements AsyncDisposable {
  /** Lines of standard output so far. */
  readonly out: string[] = [];
  /** Lines of standard error so far. */
  readonly err: string[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #texts: Promise<{ stdout: string; stderr: string }>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  #hasEnded = false;
  /** Whether it has ended and all its output is read. */
  #isOver = false;
  #onChange = Promise.withResolvers<void>();

  constructor(options: ProgramOptions) {
    const { command = BRIDGE, args = [], env = {}, stdin, cwd } = options;
    const [path, ...first] = command;
    this.#process = new Deno.Command(path, {
      args: [...first, ...args],
      // npx may have started these tests, and the program names npx in its advice.
      env: { NO_COLOR: "1", npm_command: "", ...env },
      ...(cwd === undefined ? {} : { cwd }),
      stdin: stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = stdin === undefined
      ? undefined
      : this.#process.stdin.getWriter();
    this.#texts = Promise.all([
      this.#read(this.#process.stdout, this.out),
      this.#read(this.#process.stderr, this.err),
      this.#process.status.then(() => this.#hasEnded = true),
    ]).then(([stdout, stderr]) => ({ stdout, stderr })).finally(() => {
      this.#isOver = true;
      this.#notify();
    });
    if (stdin !== undefined && stdin !== "open") void this.#writeAll(stdin);
  }

  /** Runs a command with its arguments. */
  static run(
    command: readonly [string, ...string[]],
    options: Omit<ProgramOptions, "command"> = {},
  ): Program {
    return new Program({ command, ...options });
  }

  /** Runs `deno` with arguments. */
  static deno(
    args: readonly string[],
    options: Pick<ProgramOptions, "env" | "cwd"> = {},
  ): Program {
    return Program.run([Deno.execPath(), ...args], options);
  }

  /** Runs a module of the tests with the permissions that its first comment names. */
  static async ofModule(
    module: URL,
    args: string[],
    options: Pick<ProgramOptions, "env" | "cwd"> = {},
  ): Promise<Program> {
    const source = await Deno.readTextFile(module);
    const words = source.match(/^ \* .*\bdeno (?:run|serve) .*$/m)?.[0]
      .split(/\s+/) ?? [];
    const verb = words[words.indexOf("deno") + 1] ?? "run";
    const flags = words.filter((word) => word.startsWith("--"))
      .filter((word) => !word.startsWith("--port="));
    const port = verb === "serve" ? ["--port=0"] : [];
    return new Program({
      command: [
        Deno.execPath(),
        verb,
        ...flags,
        ...port,
        module.pathname,
        ...args,
      ],
      ...options,
    });
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Waits for the ready line of the bridge. */
  async ready(): Promise<ReadyLine> {
    return JSON.parse(
      await this.line((line) => line.startsWith('{"event":"ready"')),
    );
  }

  /**
   * The first line that fits, now or later.
   *
   * @throws {Error} With all output, if the process ends before.
   */
  async line(
    fits: (line: string) => boolean,
    from: "out" | "err" = "out",
  ): Promise<string> {
    for (;;) {
      const found = this[from].find(fits);
      if (found !== undefined) return found;
      await this.#change();
    }
  }

  /** Kills the process once standard output has more lines; returns all its whole lines. */
  async killAfter(lines: number): Promise<string[]> {
    while (this.out.length <= lines) await this.#change();
    this.kill("SIGKILL");
    const { stdout } = await this.output();
    // The last line may be half of one.
    return stdout.split("\n").slice(0, -1);
  }

  /** Waits until standard output has a text that fits; returns all its lines. */
  async said(pattern: RegExp): Promise<string> {
    for (;;) {
      const text = this.out.map((line) => `${line}\n`).join("");
      if (pattern.test(text)) return text;
      await this.#change();
    }
  }

  /** Each line of standard output as it comes, until the process ends. */
  async *lines(): AsyncGenerator<string, void> {
    for (let next = 0;;) {
      while (next < this.out.length) yield this.out[next++]!;
      if (this.#isOver) return;
      await this.#onChange.promise;
    }
  }

  /** Writes to standard input, which must be `open`. */
  async write(text: string): Promise<void> {
    await this.#writer!.write(new TextEncoder().encode(text));
  }

  /** Ends standard input, which must be `open`. */
  async closeInput(): Promise<void> {
    await this.#writer!.close();
  }

  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** Waits for the end; returns the exit code and all output. */
  async output(): Promise<{ code: number; stdout: string; stderr: string }> {
    const { code } = await this.#process.status;
    return { code, ...await this.#texts };
  }

  /** Waits for the end; returns the exit code. */
  async end(): Promise<number> {
    return (await this.output()).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) {
      try {
        this.#process.kill("SIGKILL");
      } catch {
        // It has just ended by itself.
      }
    }
    // The writer of a process that was killed has an error that nobody needs.
    await this.#writer?.close().catch(() => {});
    await this.output();
  }

  async #change(): Promise<void> {
    const fail = (what: string) =>
      new Error(`Program ${what}:\n${[...this.out, ...this.err].join("\n")}`);
    if (this.#isOver) throw fail("ended");
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(fail(`printed nothing for ${MAX_SILENCE_MS} ms`)),
      MAX_SILENCE_MS,
    );
    try {
      await Promise.race([this.#onChange.promise, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #notify(): void {
    this.#onChange.resolve();
    this.#onChange = Promise.withResolvers();
  }

  async #read(
    stream: ReadableStream<Uint8Array>,
    lines: string[],
  ): Promise<string> {
    let all = "";
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      all += text;
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      lines.push(...parts);
      this.#notify();
    }
    if (rest !== "") lines.push(rest);
    return all;
  }

  async #writeAll(text: string): Promise<void> {
    await this.write(text);
    await this.closeInput();
  }
}

/** The arguments that make a program small, quiet and its ports free. */
export function serveArgs(folder: string, ...more: string[]): string[] {
  return [
    "serve",
    "--listen=127.0.0.1:0",
    // It may be repeated: a second one would not replace the first.
    ...(more.some((arg) => arg.startsWith("--qq-listen="))
      ? []
      : ["--qq-listen=127.0.0.1:0"]),
    `--data=${folder}`,
    "--log-format=json",
    ...more,
  ];
}
