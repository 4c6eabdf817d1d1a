import { Program } from "./program.ts";
import type { Look, Order } from "./event_server.ts";

/** `event_server.ts` in a process of its own. */
export class EventServer implements AsyncDisposable {
  readonly #program: Program;
  readonly #lines: AsyncIterator<string>;
  port = 0;

  constructor(folder: string, stallMs: number) {
    this.#program = new Program({
      command: [
        Deno.execPath(),
        "run",
        "--allow-all",
        "--v8-flags=--expose-gc",
      ],
      args: [
        new URL("event_server.ts", import.meta.url).pathname,
        folder,
        String(stallMs),
      ],
      stdin: "open",
    });
    this.#lines = this.#program.lines();
  }

  async start(): Promise<void> {
    this.port = Number(await this.#line());
  }

  async order(order: Order): Promise<Look> {
    await this.#program.write(`${JSON.stringify(order)}\n`);
    return JSON.parse(await this.#line());
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("The server has ended");
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.closeInput();
    await this.#program.end();
    await this.#program[Symbol.asyncDispose]();
  }
}
