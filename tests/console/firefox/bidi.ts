/** The part of WebDriver BiDi that the run in Firefox needs. @module */

import { delay } from "@std/async";
import { assert } from "@std/assert";
import { PAGE_MS } from "../stage.ts";

/** Path of Firefox; `undefined` if it is not installed. */
export function findFirefox(): string | undefined {
  const path = Deno.env.get("FIREFOX") ?? "/usr/bin/firefox-esr";
  try {
    return Deno.statSync(path).isFile ? path : undefined;
  } catch {
    return undefined;
  }
}

interface Answer {
  id?: number;
  type: string;
  method?: string;
  result?: Record<string, unknown>;
  params?: { level?: string; text?: string };
  message?: string;
}

/** A Firefox with one tab. */
export class Firefox implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #context = "";
  #id = 0;
  /** Errors that pages have logged. */
  readonly errors: string[] = [];

  private constructor(
    child: Deno.ChildProcess,
    profile: string,
    socket: WebSocket,
  ) {
    this.#child = child;
    this.#profile = profile;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
  }

  static async start(path: string): Promise<Firefox> {
    const profile = await Deno.makeTempDir();
    const child = new Deno.Command(path, {
      args: [
        "--headless",
        "--no-remote",
        "--profile",
        profile,
        "--remote-debugging-port=0",
      ],
      env: { HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" },
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const address = await readAddress(child.stderr);
    const socket = new WebSocket(`${address}/session`);
    await new Promise((resolve) => socket.onopen = resolve);
    const firefox = new Firefox(child, profile, socket);
    await firefox.#order("session.new", { capabilities: {} });
    await firefox.#order("session.subscribe", { events: ["log.entryAdded"] });
    const { contexts } = await firefox.#order("browsingContext.getTree", {});
    firefox.#context = (contexts as { context: string }[])[0]!.context;
    return firefox;
  }

  async goto(url: string): Promise<void> {
    await this.#order("browsingContext.navigate", {
      context: this.#context,
      url,
      wait: "complete",
    });
  }

  async reload(): Promise<void> {
    await this.#order("browsingContext.reload", {
      context: this.#context,
      wait: "complete",
    });
  }

  /** Evaluates an expression in the page; its value must be a text, a number or a boolean. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.#order("script.evaluate", {
      expression,
      target: { context: this.#context },
      awaitPromise: true,
    }) as { result?: { value?: unknown } };
    return result?.value;
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    for (const from = performance.now();;) {
      if (await this.evaluate(`Boolean((${expression}))`) === true) return;
      assert(performance.now() - from < PAGE_MS, `Never true: ${expression}`);
      await delay(50);
    }
  }

  /** Types a text with the keyboard; `\uE007` is Enter. */
  async type(text: string): Promise<void> {
    await this.#order("input.performActions", {
      context: this.#context,
      actions: [{
        type: "key",
        id: "keyboard",
        actions: [...text].flatMap((value) => [
          { type: "keyDown", value },
          { type: "keyUp", value },
        ]),
      }],
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    this.#socket.close();
    await closed;
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await Deno.remove(this.#profile, { recursive: true });
  }

  #order(
    method: string,
    params: Record<string, unknown>,
  ): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ type, result, message }) => {
        if (type === "success") resolve(result ?? {});
        else reject(new Error(`Cannot run ${method}: ${message}`));
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #take(answer: Answer): void {
    if (answer.method === "log.entryAdded") {
      const { level, text = "" } = answer.params ?? {};
      if (level === "error") this.errors.push(text);
      return;
    }
    this.#waiting.get(answer.id ?? 0)?.(answer);
    this.#waiting.delete(answer.id ?? 0);
  }
}

/** Address that Firefox prints; the rest of what it prints is thrown away. */
async function readAddress(
  stream: ReadableStream<Uint8Array>,
): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  for (let text = "";;) {
    const { done, value } = await reader.read();
    assert(!done, `Firefox has ended: ${text}`);
    text += decoder.decode(value, { stream: true });
    const found = /WebDriver BiDi listening on (ws:\S+)/.exec(text);
    if (found === null) continue;
    await reader.cancel();
    return found[1]!;
  }
}
