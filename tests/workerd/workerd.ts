/** A Worker in a workerd process of its own, which tests can kill. @module */

import { installed } from "../runtimes/installed.ts";

/** A Worker's script and what it is given. */
export interface WorkerOptions {
  /** Path of the bundled module. */
  readonly script: string;
  /** Folder of the storage of its objects. */
  readonly folder: string;
  /** Port; 0 chooses one. */
  readonly port: number;
  /** Date and flags of the runtime's behaviour, if they are not those of all tests. */
  readonly compatibilityDate?: string;
  readonly compatibilityFlags?: readonly string[];
  /** Variables of the Worker. */
  readonly bindings: Readonly<Record<string, string>>;
}

/** Bundles a Worker, as `deno task edge` does, into a file. */
export async function bundleWorker(
  entry: URL,
  path: string,
): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "bundle",
      `--config=${new URL("../deno.json", import.meta.url).pathname}`,
      "--platform=browser",
      "--output",
      path,
      entry.pathname,
    ],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(
      `Cannot bundle the Worker: ${new TextDecoder().decode(stderr)}`,
    );
  }
}

/** A running Worker. */
export class Workerd implements AsyncDisposable {
  readonly #host: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;
  readonly #options: WorkerOptions;
  /** Address of the Worker, with a slash at its end. */
  url: string;

  private constructor(
    host: Deno.ChildProcess,
    lines: AsyncIterator<string>,
    options: WorkerOptions,
    url: string,
  ) {
    this.#host = host;
    this.#input = host.stdin.getWriter();
    this.#lines = lines;
    this.#options = options;
    this.url = url;
  }

  static async start(options: WorkerOptions): Promise<Workerd> {
    const modules = await installed(
      new URL("npm/", import.meta.url),
      "tqq-workerd",
    );
    const host = new Deno.Command("node", {
      args: [
        new URL("host.cjs", import.meta.url).pathname,
        JSON.stringify(options),
      ],
      env: { NODE_PATH: modules },
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = readLines(host.stdout);
    return new Workerd(host, lines, options, await nextLine(lines));
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Replaces the Worker by a new version with other variables. */
  async deploy(bindings: Readonly<Record<string, string>>): Promise<void> {
    const options = { ...this.#options, port: this.port, bindings };
    await this.#input.write(
      new TextEncoder().encode(`${JSON.stringify(options)}\n`),
    );
    this.url = await nextLine(this.#lines);
  }

  /** Kills workerd and its host with SIGKILL, and waits until both are gone. */
  async kill(): Promise<void> {
    const { pid } = this.#host;
    const children = await Deno.readTextFile(
      `/proc/${pid}/task/${pid}/children`,
    );
    // The host first, so that it starts no other workerd.
    for (const one of [String(pid), ...children.trim().split(" ")]) {
      if (one !== "") Deno.kill(Number(one), "SIGKILL");
    }
    await this.#end();
  }

  async #end(): Promise<void> {
    this.#input.releaseLock();
    await this.#host.stdin.close().catch(() => {});
    await this.#lines.return?.();
    await this.#host.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill().catch((error) => {
      // It was killed already.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error("Cannot run the Worker: its host has ended");
  return value;
}

async function* readLines(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
