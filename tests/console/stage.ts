import { delay } from "@std/async";
import { CHROMIUM as FOUND } from "../support/chromium.ts";
import { HEADLESS_SHELL, isFile } from "./install.ts";
import { Program, type ReadyLine, serveArgs } from "../support/program.ts";
import { openJournal } from "../../bridge/journal/sqlite/journal_file.ts";
import type { NewEvent } from "../../bridge/journal/event.ts";
import { SqliteJournal } from "../../bridge/journal/sqlite/sqlite_journal.ts";
import { FILES } from "../../bridge/storage/data_folder.ts";
import { RawClient, request } from "../lib/server/raw_client.ts";
import { assert, assertEquals } from "@std/assert";
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Page,
} from "./deps.ts";
import {
  type Command,
  decodeReply,
  encodeCommand,
  md5Hex,
  type Reply,
} from "../../mod.ts";

/**
 * Path of the browser, unless `CHROMIUM` names another. The headless shell is
 * the same engine without the window: it takes half of the time.
 */
export const CHROMIUM = Deno.env.get("CHROMIUM") ??
  (isFile(HEADLESS_SHELL) ? HEADLESS_SHELL : FOUND ?? "/usr/bin/chromium");

/** Token with every scope. */
export const TOKEN = "console-test-token-0123456789abcdefghijklmnop";

/** Timeout of each wait in a page; long, because the machine may be busy. */
export const PAGE_MS = 40_000;

export interface PageOptions {
  /** The browser's language. @default "en-US" */
  locale?: string;
  /** The system's colours. @default "light" */
  colorScheme?: "light" | "dark";
  /** Whether the system asks for less motion. */
  reducedMotion?: "reduce" | "no-preference";
  /** Whether the system gives the colours. */
  forcedColors?: "active" | "none";
  /** @default 1280 × 800 */
  viewport?: { width: number; height: number };
  /** @default false */
  hasTouch?: boolean;
  /** @default false */
  isMobile?: boolean;
}

/** A phone's screen. */
export const PHONE = { viewport: { width: 390, height: 844 } } as const;

/** A bridge with its console, and a browser. */
export class Stage implements AsyncDisposable {
  readonly #folder: string;
  readonly #contexts: BrowserContext[] = [];
  readonly #problems: string[] = [];
  /** Errors that the test itself causes. */
  readonly expected: RegExp[] = [
    // A page that is left at once closes its connection before it is open.
    /WebSocket is closed before the connection is established/,
  ];
  #program: Program;
  #ready: ReadyLine;

  private constructor(folder: string, program: Program, ready: ReadyLine) {
    this.#folder = folder;
    this.#program = program;
    this.#ready = ready;
  }

  /** @param flags Further flags of the bridge. */
  static async start(...flags: string[]): Promise<Stage> {
    const folder = await Deno.makeTempDir();
    const program = startProgram(folder, ...flags);
    return new Stage(folder, program, await program.ready());
  }

  get url(): string {
    return this.#ready.http!;
  }

  /** Kills the program, as a power cut would. */
  async kill(): Promise<void> {
    this.#program.kill("SIGKILL");
    await this.#program.output();
  }

  /** Starts the program again with the same data and ports. */
  async restart(): Promise<void> {
    const { http, qq } = this.#ready;
    const flags = [`--listen=${new URL(http!).host}`, `--qq-listen=${qq}`];
    for (const from = performance.now();;) {
      this.#program = startProgram(this.#folder, ...flags);
      try {
        this.#ready = await this.#program.ready();
        return;
      } catch (error) {
        // Meanwhile a connection of another process may have got the port.
        const isTaken = String(error).includes("is in use");
        if (!isTaken || performance.now() - from > PAGE_MS) throw error;
        await this.#program[Symbol.asyncDispose]();
        await delay(500);
      }
    }
  }

  /** Deletes the journal, so that the next start creates another. */
  async loseJournal(): Promise<void> {
    for await (const { name } of Deno.readDir(this.#folder)) {
      if (!name.startsWith(FILES.journal)) continue;
      await Deno.remove(`${this.#folder}/${name}`);
    }
  }

  /**
   * Writes to the journal while the program is not running: messages that are
   * trimmed at once, and one that is kept.
   *
   * @returns The positions of the trimmed messages.
   */
  async writeJournal(
    account: string,
    from: string,
    texts: { trimmed: readonly string[]; kept: string },
  ): Promise<number[]> {
    const journal = new SqliteJournal(
      openJournal(`${this.#folder}/${FILES.journal}`),
    );
    try {
      const say = (text: string) =>
        journal.append({
          events: [{
            account,
            at: Date.now(),
            event: "message",
            data: { from, text },
          }],
        });
      const seqs: number[] = [];
      for (const text of texts.trimmed) seqs.push((await say(text))[0]!.seq);
      const later = Date.now() + 2 * 86_400_000;
      while (journal.trim(later, { days: 1, bytes: 1e9 }).more);
      await say(texts.kept);
      return seqs;
    } finally {
      await journal.close();
    }
  }

  /** Writes events to the journal while the program is not running, in the order given. */
  async fillJournal(
    events: readonly Omit<NewEvent, "at">[],
    from = Date.now() - events.length * 1000,
  ): Promise<void> {
    const journal = new SqliteJournal(
      openJournal(`${this.#folder}/${FILES.journal}`),
    );
    try {
      const all = events.map((event, at) =>
        ({ ...event, at: from + at * 1000 }) as NewEvent
      );
      for (let at = 0; at < all.length; at += 500) {
        await journal.append({ events: all.slice(at, at + 500) });
      }
    } finally {
      await journal.close();
    }
  }

  /** Opens a page with its own cookies. */
  async open(path = "/", options: PageOptions = {}): Promise<Page> {
    const context = await newContext(options);
    this.#contexts.push(context);
    const page = await context.newPage();
    watch(page, (problem) => this.#problems.push(problem));
    await page.goto(`${this.url}${path}`);
    return page;
  }

  /** Opens a page that is signed in and connected, at the chats of an account unless another page is named. */
  async openSignedIn(
    options: PageOptions = {},
    path = "chats/10001",
  ): Promise<Page> {
    const page = await this.open(`/#token=${TOKEN}`, options);
    await page.locator(".connection.connected").waitFor();
    await page.goto(`${this.url}/#/${path}`);
    return page;
  }

  /** Runs a command of the bridge, as another client. */
  async command(name: string, params: object): Promise<void> {
    await this.ask(name, params);
  }

  /** Runs a command of the bridge, as another client; returns its data. */
  async ask(name: string, params: object): Promise<unknown> {
    const response = await fetch(`${this.url}/api/${name}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(params),
    });
    const text = await response.text();
    assert(response.ok, text);
    return JSON.parse(text);
  }

  /** Adds an account to the QQ server only. */
  async addAccount(uin: string, nickname: string): Promise<void> {
    const more = [`--nickname=${nickname}`, "--no-bridge", "--password-stdin"];
    await this.#order(["account", "add", uin, ...more], "secret\n");
  }

  /** Adds a token; returns its text. */
  async addToken(name: string, ...flags: string[]): Promise<string> {
    const printed = await this.#order(["token", "add", name, ...flags]);
    return /[\w-]{43}/.exec(printed)![0];
  }

  async revokeToken(name: string): Promise<void> {
    await this.#order(["token", "revoke", name]);
  }

  async #order(args: string[], stdin?: string): Promise<string> {
    await using program = new Program({
      args: [...args, `--data=${this.#folder}`],
      ...(stdin === undefined ? {} : { stdin }),
    });
    const { code, stdout, stderr } = await program.output();
    assertEquals(code, 0, stderr);
    return stdout;
  }

  oldClient(uin: string): OldClient {
    return new OldClient(uin, () => Number(this.#ready.qq!.split(":")[1]));
  }

  /** Throws if a browser reported an error: of a script, of the content policy, or on its console. */
  assertNoProblem(): void {
    const unexpected = this.#problems.filter((problem) =>
      !this.expected.some((one) => one.test(problem))
    );
    assertEquals(unexpected, []);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      ...this.#contexts.map((context) => context.close()),
      this.#program[Symbol.asyncDispose](),
    ]);
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** A client of 2005: requests over raw TCP, one per connection. */
export class OldClient {
  readonly #uin: string;
  readonly #port: () => number;
  #seq = 100;

  constructor(uin: string, port: () => number) {
    this.#uin = uin;
    this.#port = port;
  }

  async login(password = "secret"): Promise<void> {
    const reply = await this.ask({
      cmd: "Login",
      passwordMd5: md5Hex(password),
    });
    assert("loggedIn" in reply && reply.loggedIn);
  }

  async send(target: string, text: string): Promise<void> {
    const { res } = await this.ask({ cmd: "CLTMSG", target, text });
    assertEquals(res, 0);
  }

  /** Polls the mailbox until it has an item of this type; returns that item. */
  async mail(type: string): Promise<{ from: string; text: string }> {
    for (;;) {
      const reply = await this.ask({ cmd: "GetMsgEx" });
      const items = "items" in reply ? reply.items : [];
      const found = items.find((item) => item.type === type);
      if (found !== undefined) return found as { from: string; text: string };
      await delay(50);
    }
  }

  async ask(command: Body): Promise<Reply> {
    const body = encodeCommand(
      { ...command, uin: this.#uin, seq: String(this.#seq++) } as Command,
    );
    using client = await RawClient.to(this.#port());
    await client.send(request(body));
    const head = await untilText(client, /\r\n\r\n/);
    const length = Number(/Content-Length: (\d+)/.exec(head)![1]);
    await client.take(head.length);
    const reply = decodeReply(await client.take(length));
    await client.closed();
    return reply;
  }
}

type Body = Command extends infer C
  ? C extends Command ? Omit<C, "uin" | "seq"> : never
  : never;

async function untilText(client: RawClient, end: RegExp): Promise<string> {
  for (;;) {
    const found = end.exec(client.text);
    if (found !== null) return client.text.slice(0, found.index + 4);
    assert(!client.ended, "The server closed the connection");
    await delay(1);
  }
}

function startProgram(folder: string, ...more: string[]): Program {
  return new Program({
    args: serveArgs(folder, "--qq-send-gap-ms=0", ...more),
    env: { TQQ_TOKEN: TOKEN },
  });
}

/** The browser of all tests of a file: each test has contexts of its own in it. */
let browser: Browser;

/** Starts the browser; the tests do so by themselves. */
export async function startBrowser(): Promise<void> {
  // Everything is off that would use the network.
  browser = await chromium.launch({
    executablePath: CHROMIUM,
    timeout: 120_000,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export async function endBrowser(): Promise<void> {
  await browser.close();
}

Deno.test.beforeAll(startBrowser);
Deno.test.afterAll(endBrowser);

/** Makes a context, which shares nothing with others: cookies, storage, cache. */
export async function newContext(
  options: PageOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({
    locale: "en-US",
    colorScheme: "light",
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  context.setDefaultTimeout(PAGE_MS);
  return context;
}

/** Reports errors of a page; the browser logs violations of the content policy to its console. */
export function watch(page: Page, onProblem: (problem: string) => void): void {
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") {
      onProblem(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => onProblem(`page: ${error.message}`));
}
