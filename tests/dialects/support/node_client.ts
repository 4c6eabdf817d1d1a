import { installed } from "./installed.ts";

/** A line that a client prints. */
// deno-lint-ignore no-explicit-any
export type ClientLine = { event: string } & Record<string, any>;

/** How long something may take, in milliseconds: these are whole programs on a busy machine. */
const WAIT_TIMEOUT_MS = 40_000;

/** A client of the npm registry in a Node of its own. */
export class NodeClient implements AsyncDisposable {
  /** All that it printed, in order. */
  readonly reports: ClientLine[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly output: string[] = [];
  #ids = 0;
  #changed: (() => void)[] = [];

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#ended = Promise.all([
      this.#read(process.stdout),
      this.#read(process.stderr),
      process.status,
    ]);
  }

  /** Starts a script of `clients/` with its settings, and waits until it has. */
  static async start(script: string, settings: object): Promise<NodeClient> {
    const client = new NodeClient(
      new Deno.Command("node", {
        args: [script, JSON.stringify(settings)],
        cwd: await installed(),
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
    await client.until("it to start", () => client.all("started").length > 0);
    return client;
  }

  /** All of a kind. */
  all(event: string): ClientLine[] {
    return this.reports.filter((one) => one.event === event);
  }

  /** The texts of the messages, in order. */
  get texts(): string[] {
    return this.all("message").map(({ text }) => text);
  }

  /** Waits until something is so; throws with all that the client said where it does not become so. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    const by = Date.now() + WAIT_TIMEOUT_MS;
    while (!isSo()) {
      const left = by - Date.now();
      if (left <= 0) {
        throw new Error(
          `Waited for ${what}:\n${this.output.slice(-60).join("\n")}`,
        );
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#changed.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Has it do something, and gives what came of it. */
  // deno-lint-ignore no-explicit-any
  async ask(command: string, ...params: unknown[]): Promise<any> {
    const id = ++this.#ids;
    const writer = this.#process.stdin.getWriter();
    const line = `${JSON.stringify({ id, command, params })}\n`;
    await writer.write(new TextEncoder().encode(line));
    writer.releaseLock();
    const isMine = (one: ClientLine) => one.event === "result" && one.id === id;
    await this.until(command, () => this.reports.some(isMine));
    const { data, error } = this.reports.find(isMine)!;
    if (error !== undefined) throw new Error(`${command}: ${error}`);
    return data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#process.stdin.close().catch(() => {});
    await this.#ended;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      this.output.push(...lines);
      for (const line of lines) {
        if (line.startsWith('{"event":')) this.reports.push(JSON.parse(line));
      }
      for (const resolve of this.#changed.splice(0)) resolve();
    }
  }
}
