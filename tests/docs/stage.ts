import { delay } from "@std/async";
import { PERMISSIONS, Program } from "../support/program.ts";

const root = new URL("../../", import.meta.url);

/**
 * Where the blocks of a page are run: a folder of their own, and a first start of
 * the program on free ports, whose addresses replace those of the text.
 */
export class PageStage implements AsyncDisposable {
  /** The address of its console, with the token. */
  get console(): string {
    return `${this.http}/#token=${this.#env.TQQ_TOKEN}`;
  }

  /** The lines that the start wrote, with the addresses of the pages. */
  readonly started: readonly string[];
  /** URL of the program. */
  readonly http: string;
  readonly #folder: string;
  readonly #program: Program;
  readonly #addresses: readonly [page: string, ours: string][];
  readonly #env: Record<string, string>;

  private constructor(
    folder: string,
    program: Program,
    http: string,
    qq: string,
  ) {
    this.#folder = folder;
    this.#program = program;
    this.http = http;
    this.#addresses = [
      ["127.0.0.1:8080", http.replace("http://", "")],
      ["127.0.0.1:8000", qq],
    ];
    this.started = program.out.map((line) => {
      let text = line;
      for (const [page, ours] of this.#addresses) {
        text = text.replaceAll(ours, page);
      }
      return text;
    });
    const token = /^ {2}token {7}(\S+)/m.exec(this.started.join("\n"))?.[1] ??
      "";
    this.#env = {
      // What a block writes there is removed with the folder.
      HOME: folder,
      PATH: `${folder}/bin:${Deno.env.get("PATH")}`,
      NO_COLOR: "1",
      TQQ_TOKEN: token,
      TQQ_URL: http,
      TQQ_DATA: `${folder}/tqq-data`,
      DENO_NO_UPDATE_CHECK: "1",
    };
  }

  /** Starts the program as a newcomer does, and waits until it is ready. */
  static async start(flags: readonly string[] = []): Promise<PageStage> {
    const folder = await Deno.makeTempDir();
    const program = Program.run([
      Deno.execPath(),
      "run",
      ...PERMISSIONS,
      new URL("bridge/main.ts", root).pathname,
      "--listen=127.0.0.1:0",
      "--qq-listen=127.0.0.1:0",
      // The embedded server accepts messages without a gap, so that no test waits.
      "--qq-send-gap-ms=0",
      ...flags,
    ], { cwd: folder });
    const ready = await program.line((line) =>
      line.startsWith("tqq is ready: ")
    );
    const qq = await program.line((line) => line.startsWith("  QQ server"));
    // The last line of the start.
    await program.line((line) =>
      /^ {2}deno task start (send|accounts)\b/.test(line)
    );
    await makeDeno(folder);
    await holdLock(folder);
    const http = ready.split(" ").at(-1)!;
    await untilReady(http);
    return new PageStage(
      folder,
      program,
      http,
      qq.split(/\s+/)[3]!,
    );
  }

  /** Whether a program is installed. */
  has(program: string): boolean {
    return Deno.env.get("PATH")!.split(":").some((folder) => {
      try {
        return Deno.statSync(`${folder}/${program}`).isFile;
      } catch {
        return false;
      }
    });
  }

  /** The first frame at an address of a page: with the token, in the query or in a frame. */
  async firstFrame(
    address: string,
    hello?: (token: string) => unknown,
  ): Promise<Record<string, unknown>> {
    const token = this.#env.TQQ_TOKEN!;
    const url = new URL(this.#ours(address));
    if (hello === undefined) url.searchParams.set("access_token", token);
    const socket = new WebSocket(url);
    if (hello !== undefined) {
      socket.onopen = () => socket.send(JSON.stringify(hello(token)));
    }
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    socket.onmessage = ({ data }) => resolve(data);
    socket.onclose = ({ code }) => reject(new Error(`Closed: ${code}`));
    const frame = JSON.parse(await promise);
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.close();
    await closed;
    return frame;
  }

  /** Sends a message. */
  async send(account: string, to: string, text: string): Promise<void> {
    const answer = await fetch(`${this.http}/api/send`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.#env.TQQ_TOKEN}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ account, to, text }),
    });
    await answer.body?.cancel();
  }

  /** Saves a block as a file. */
  async save(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.#folder}/${name}`, this.#ours(text));
  }

  /** Runs shell commands in the folder. */
  async shell(
    text: string,
    env: Record<string, string> = {},
  ): Promise<{ code: number; out: string; err: string }> {
    const script = this.#script(text, env);
    try {
      const code = await script.end();
      return {
        code,
        out: script.out.join("\n"),
        err: script.err.join("\n"),
      };
    } finally {
      await script[Symbol.asyncDispose]();
    }
  }

  /** Runs a block without a token, as a user who may read the data folder. */
  async runLocally(text: string): Promise<void> {
    await this.run(text, { TQQ_TOKEN: "", TQQ_URL: "" });
  }

  /** Runs a block that must end with exit code 0 and print something. */
  async run(text: string, env: Record<string, string> = {}): Promise<void> {
    // An account that an earlier block added or changed may still log in.
    await untilReady(this.http);
    const { code, out, err } = await this.shell(text, env);
    const isRefused = /about:blank|"status":"failed"/.test(out);
    if (code === 0 && out !== "" && !isRefused) return;
    throw new Error(`Ended with ${code}:\n${out}\n${err}`);
  }

  /** Runs a block that does not end, until it prints a line. */
  async follow(text: string): Promise<void> {
    const script = this.#script(text);
    let printed: string | Error | undefined;
    script.line(() => true).then(
      (line) => printed = line,
      (error) => printed = error,
    );
    try {
      // It prints a line once it is connected and the robot answers.
      while (printed === undefined) {
        await this.send("10001", "10000", "hello");
        // Slowly, because the blocks share the limit of commands per minute.
        await delay(750);
      }
      if (printed instanceof Error) throw printed;
    } finally {
      await script[Symbol.asyncDispose]();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#program.kill("SIGTERM");
    const code = await this.#program.end();
    await Deno.remove(this.#folder, { recursive: true });
    if (code !== 0) throw new Error(this.#program.err.join("\n"));
  }

  #ours(text: string): string {
    for (const [page, ours] of this.#addresses) {
      text = text.replaceAll(page, ours);
    }
    return text;
  }

  #script(text: string, env: Record<string, string> = {}): Program {
    // A signal to the shell then ends the programs that it started.
    return Program.run(["sh", "-euc", `${execLast(this.#ours(text))}`], {
      cwd: this.#folder,
      env: { ...this.#env, ...env },
    });
  }
}

/** Makes the last command replace the shell, so that it receives the signals. */
function execLast(text: string): string {
  const lines = text.trim().split("\n");
  const last = lines.pop()!;
  const isPlain = !last.includes("|") && !last.startsWith("export");
  return [...lines, isPlain ? `exec ${last}` : last].join("\n");
}

/** Waits until the accounts are online, as those of a reader who types are. */
async function untilReady(http: string): Promise<void> {
  for (let left = 200; left > 0; left--) {
    const { ok, body } = await fetch(`${http}/readyz`);
    await body?.cancel();
    if (ok) return;
    await delay(50);
  }
  throw new Error("The bridge is not ready after 10 s");
}

/** Writes a `deno` that runs the project's tasks from any folder. */
async function makeDeno(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/bin`);
  const deno = Deno.execPath();
  await Deno.writeTextFile(
    `${folder}/bin/deno`,
    `#!/bin/sh
if [ "$1 $2" = "task start" ]; then
  shift 2
  cd '${root.pathname}'
  HOME='${Deno.env.get("HOME") ?? ""}' exec '${deno}' run ${
      PERMISSIONS.join(" ")
    } bridge/main.ts "$@"
fi
DENO_DIR='${folder}/cache' exec '${deno}' "$@"
`,
    { mode: 0o755 },
  );
}

/** Freezes a lock in the folder: a reader's scripts are in the project's folder, where the lock is frozen. */
async function holdLock(folder: string): Promise<void> {
  const config = JSON.stringify({ lock: { frozen: true } });
  await Deno.writeTextFile(`${folder}/deno.json`, config);
  await Deno.writeTextFile(`${folder}/deno.lock`, '{"version":"5"}');
}
