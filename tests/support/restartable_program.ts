import { Program } from "./program.ts";

/** How a {@linkcode RestartableProgram} is started each time. */
export interface RestartableProgramOptions {
  /** @default "serve" */
  readonly command?: "serve" | "qq-server";
  readonly args?: readonly string[];
  readonly env?: Record<string, string>;
  /** The administrator's token. */
  readonly token: string;
}

/** A program that is ended and started again, on the same folder and ports. */
export class RestartableProgram implements AsyncDisposable {
  readonly #folder: string;
  readonly #options: RestartableProgramOptions;
  #program: Program | undefined;
  #listen = "127.0.0.1:0";
  #qqListen: string | undefined;
  /** Exit codes of the ends by a signal other than SIGKILL. */
  readonly codes: number[] = [];
  /** Milliseconds from each start to the ready line. */
  readonly startsMs: number[] = [];
  http = "";
  qq = "";

  constructor(folder: string, options: RestartableProgramOptions) {
    this.#folder = folder;
    this.#options = options;
    const isEmbedded = !options.args?.some((flag) =>
      flag.startsWith("--upstream=")
    );
    this.#qqListen = isEmbedded ? "127.0.0.1:0" : undefined;
  }

  /** The process that runs at present. */
  get pid(): number {
    return this.#program!.pid;
  }

  async start(): Promise<void> {
    const { command = "serve", args = [], env, token } = this.#options;
    const startAt = performance.now();
    this.#program = new Program({
      args: [
        command,
        `--data=${this.#folder}`,
        "--log-format=json",
        ...args,
        ...(command === "serve" ? [`--listen=${this.#listen}`] : []),
        ...(this.#qqListen === undefined
          ? []
          : [`--qq-listen=${this.#qqListen}`]),
      ],
      env: { TQQ_TOKEN: token, ...env },
    });
    const { http = "", qq } = await this.#program.ready();
    this.startsMs.push(Math.round(performance.now() - startAt));
    this.http = http;
    this.qq = qq ?? "";
    if (http !== "") this.#listen = new URL(http).host;
    this.#qqListen &&= qq;
  }

  async end(signal: Deno.Signal): Promise<void> {
    this.#program!.kill(signal);
    const code = await this.#program!.end();
    if (signal !== "SIGKILL") this.codes.push(code);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program?.[Symbol.asyncDispose]();
  }
}
