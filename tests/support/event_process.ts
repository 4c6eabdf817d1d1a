import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { Look, Order } from "./event_server.ts";

/** `event_server.ts` in a process of its own. */
export class EventServer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  port = 0;

  constructor(folder: string, stallMs: number) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-all",
        "--v8-flags=--expose-gc",
        new URL("event_server.ts", import.meta.url).pathname,
        folder,
        String(stallMs),
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#lines = createInterface({
      // deno-lint-ignore no-explicit-any
      input: Readable.fromWeb(this.#process.stdout as any),
    })[Symbol.asyncIterator]();
  }

  async start(): Promise<void> {
    this.port = Number(await this.#line());
  }

  async order(order: Order): Promise<Look> {
    await this.#writer.write(
      new TextEncoder().encode(`${JSON.stringify(order)}\n`),
    );
    return JSON.parse(await this.#line());
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the server has ended");
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#lines.return?.();
    await this.#process.status;
  }
}
