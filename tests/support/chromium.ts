import { delay } from "@std/async";
import { decodeBase64 } from "@std/encoding";
import { Program } from "./program.ts";

/** The browser, where there is one. */
export const CHROMIUM: string | undefined = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

interface Answer {
  id?: number;
  result?: {
    targetId?: string;
    sessionId?: string;
    result?: { value?: unknown };
    data?: string;
    exceptionDetails?: { text: string; exception?: { description?: string } };
  };
  error?: { message: string };
}

/** A page in a headless browser, by the browser's debugging protocol. */
export class ChromiumPage implements AsyncDisposable {
  readonly #browser: Program;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #session: string | undefined;
  #lastId = 0;

  private constructor(browser: Program, profile: string, socket: WebSocket) {
    this.#browser = browser;
    this.#profile = profile;
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const answer: Answer = JSON.parse(data);
      if (answer.id !== undefined) this.#waiting.get(answer.id)?.(answer);
    };
  }

  /** Starts a browser and opens a page. */
  static async open(url: string): Promise<ChromiumPage> {
    const profile = await Deno.makeTempDir();
    const browser = Program.run([
      CHROMIUM!,
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--remote-debugging-port=0",
      "--window-size=1200,760",
      `--user-data-dir=${profile}`,
      "about:blank",
    ]);
    const line = await browser.line(
      (line) => line.startsWith("DevTools listening on "),
      "err",
    );
    const socket = new WebSocket(line.split(" ").at(-1)!);
    await new Promise((resolve) => socket.onopen = resolve);
    const page = new ChromiumPage(browser, profile, socket);
    const created = await page.#call("Target.createTarget", { url });
    const { targetId } = created.result!;
    const attached = await page.#call("Target.attachToTarget", {
      targetId,
      flatten: true,
    });
    page.#session = attached.result!.sessionId;
    return page;
  }

  /** Evaluates an expression in the page; throws what it throws. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, error } = await this.#call("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    const thrown = result?.exceptionDetails;
    if (error !== undefined || thrown !== undefined) {
      throw new Error(
        error?.message ?? thrown?.exception?.description ?? thrown?.text,
      );
    }
    return result?.result?.value;
  }

  /** Waits until an expression is true. */
  async until(expression: string): Promise<void> {
    for (;;) {
      try {
        if (await this.evaluate(expression) === true) return;
      } catch {
        // The page is on its way, and has not yet what is asked for.
      }
      await delay(20);
    }
  }

  /** A picture of what is seen, as PNG. */
  async picture(): Promise<Uint8Array> {
    const { result } = await this.#call("Page.captureScreenshot", {});
    return decodeBase64(result!.data!);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    await this.#call("Browser.close", {}).catch(() => {});
    this.#socket.close();
    await closed;
    await this.#browser[Symbol.asyncDispose]();
    await Deno.remove(this.#profile, { recursive: true });
  }

  #call(method: string, params: object): Promise<Answer> {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.set(id, resolve);
    const session = this.#session;
    this.#socket.send(JSON.stringify({
      id,
      method,
      params,
      ...(session === undefined || method.startsWith("Browser.")
        ? {}
        : { sessionId: session }),
    }));
    return promise.finally(() => this.#waiting.delete(id));
  }
}
