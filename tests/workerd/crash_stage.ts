/** A bridge in workerd that is ended again and again under traffic. @module */

import { BridgeClient, type BridgeStatus, QqClient } from "../../mod.ts";
import {
  Collector,
  outerServer,
  PASSWORD,
  REST_MS,
  sleepMs,
  TOKEN,
} from "../support/crash_stage.ts";
import { randomFrom } from "../support/random.ts";
import { bundleWorker, Workerd, type WorkerOptions } from "./workerd.ts";

const ACCOUNT = "10001";
const FRIEND = "10002";

/** How the object ends: workerd is killed, the object aborts itself, or a new version is deployed. */
export type End = "kill" | "abort" | "deployment";

/** How a run goes. */
export interface WorkerCrashOptions {
  /** How the object ends, in this order. */
  readonly ends: readonly End[];
  /** Messages that arrive meanwhile. */
  readonly messages: number;
  /** The same seed, the same waits. */
  readonly seed: number;
}

/** What one reader was given, compared with what was sent. */
export interface ReaderReport {
  readonly missing: number;
  readonly doubled: number;
  readonly misplaced: number;
  readonly backward: number;
  readonly gaps: number;
}

/** What a run showed. */
export interface WorkerCrashReport {
  readonly sent: number;
  /** A consumer, which acknowledges. */
  readonly consumer: ReaderReport;
  /** A subscriber that starts again from its position after each end. */
  readonly subscriber: ReaderReport;
  /** Epochs of the journal. */
  readonly epochs: number;
  /** Commands with keys that were reported as done. */
  readonly commands: number;
  /** Of them, those that the friend did not get, or more than once. */
  readonly lostCommands: number;
  readonly doubledCommands: number;
}

/** Sends messages to the friend, each with a key, again until it is done. */
class KeyedSender {
  readonly done: string[] = [];
  readonly #url: () => string;
  readonly #ended: Promise<void>;
  #isEnding = false;

  constructor(url: () => string) {
    this.#url = url;
    this.#ended = this.#run();
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#ended;
  }

  async #run(): Promise<void> {
    for (let nth = 0; !this.#isEnding; nth++) {
      const text = `command ${nth}`;
      while (!await this.#send(text)) await sleepMs(50);
      this.done.push(text);
    }
  }

  async #send(text: string): Promise<boolean> {
    try {
      const response = await fetch(`${this.#url()}api/send`, {
        method: "POST",
        headers: {
          "authorization": `Bearer ${TOKEN}`,
          "content-type": "application/json",
          "idempotency-key": text,
        },
        body: JSON.stringify({ account: ACCOUNT, to: FRIEND, text }),
        signal: AbortSignal.timeout(15_000),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      // The bridge is down, or ended before it answered.
      return false;
    }
  }
}

/** A client that collects all events. */
class Reader {
  readonly collector = new Collector();
  readonly #options: () => ConstructorParameters<typeof BridgeClient>[0];
  readonly #epochs: Set<string>;
  #after: { epoch: string; seq: number } | undefined;
  #client: BridgeClient;
  #reading: Promise<void>;

  constructor(url: () => string, epochs: Set<string>, consumer?: string) {
    this.#epochs = epochs;
    this.#options = () => ({
      url: `${url().replace("http", "ws")}ws`,
      token: TOKEN,
      ackMs: 100,
      backoff: { minMs: 50, maxMs: 200 },
      ...(consumer === undefined ? {} : { consumer }),
      ...(this.#after === undefined || consumer !== undefined
        ? {}
        : { after: this.#after }),
      onStatus: (status) => this.#onStatus(status),
    });
    this.#client = new BridgeClient(this.#options());
    this.#reading = this.#read(this.#client);
  }

  /** Starts again from the saved position. */
  async restart(): Promise<void> {
    await this.close();
    this.#client = new BridgeClient(this.#options());
    this.#reading = this.#read(this.#client);
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#reading;
  }

  /** Waits until the client has been welcomed. */
  async welcomed(): Promise<void> {
    await this.#client.ping();
  }

  async #read(client: BridgeClient): Promise<void> {
    for await (const frame of client) {
      this.collector.take(frame);
      if (frame.type === "event" && this.#after !== undefined) {
        this.#after = { epoch: this.#after.epoch, seq: frame.seq };
      }
    }
  }

  #onStatus(status: BridgeStatus): void {
    if (status.state !== "open") return;
    const { epoch, seq } = status.welcome;
    this.#epochs.add(epoch);
    this.#after ??= { epoch, seq };
  }

  report(sent: ReadonlyMap<string, readonly string[]>): ReaderReport {
    const { backward, gaps } = this.collector;
    return { ...this.collector.compare(sent), backward, gaps };
  }
}

/** Runs the bridge while messages arrive, and ends it again and again. */
export async function crashWorker(
  { ends, messages, seed }: WorkerCrashOptions,
): Promise<WorkerCrashReport> {
  const random = randomFrom(seed);
  const folder = await Deno.makeTempDir();
  const { url: qqUrl, feeder } = await outerServer([ACCOUNT, FRIEND], true);
  const script = `${folder}/worker.js`;
  await bundleWorker(new URL("bridge_worker.ts", import.meta.url), script);
  const bindings = {
    QQ_URL: qqUrl,
    QQ_PASSWORD: PASSWORD,
    TQQ_TOKEN: TOKEN,
    ACCOUNTS: ACCOUNT,
    WATCHDOG_MS: "2000",
  };
  const options: WorkerOptions = {
    script,
    folder: `${folder}/objects`,
    port: 0,
    bindings,
  };
  let worker = await Workerd.start(options);
  const { port } = worker;
  const url = () => `http://127.0.0.1:${port}/`;
  const epochs = new Set<string>();
  const consumer = new Reader(url, epochs, "crash");
  const subscriber = new Reader(url, epochs);
  await Promise.all([consumer.welcomed(), subscriber.welcomed()]);
  const friend = new QqClient({
    uin: FRIEND,
    password: PASSWORD,
    endpoint: qqUrl,
  });
  await friend.login();
  const received: string[] = [];
  const ending = new AbortController();
  const reading = readMail(friend, received, ending.signal);
  const sender = new KeyedSender(url);

  const texts: string[] = [];
  const sent = new Map([[ACCOUNT, texts]]);
  for (let end = 0; end <= ends.length; end++) {
    const most = Math.round(messages * (end + 1) / (ends.length + 1));
    while (texts.length < most) {
      const text = `message ${texts.length}`;
      await feeder.send(ACCOUNT, text);
      texts.push(text);
      await sleepMs(random() * 20);
    }
    const how = ends[end];
    if (how === undefined) break;
    // Some lives are too short for the login, others long enough for commands.
    await sleepMs(random() * 2000);
    if (how === "kill") {
      await worker.kill();
      worker = await Workerd.start({ ...options, port });
    } else if (how === "abort") {
      const response = await fetch(`${url()}test/abort`).catch(() => undefined);
      await response?.body?.cancel();
    } else {
      await worker.deploy({ ...bindings, VERSION: String(end) });
    }
    await subscriber.restart();
  }
  await sender.end();
  await Promise.all(
    [consumer, subscriber].map(({ collector }) =>
      collector.reach(messages, REST_MS)
    ),
  );
  const until = performance.now() + REST_MS;
  while (
    received.length < sender.done.length && performance.now() < until
  ) await sleepMs(100);
  // What comes twice would come now.
  await sleepMs(1000);
  await Promise.all([consumer.close(), subscriber.close()]);
  ending.abort();
  await reading;
  await friend[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
  await feeder.close();
  await Deno.remove(folder, { recursive: true });
  const once = new Set(received);
  return {
    sent: texts.length,
    consumer: consumer.report(sent),
    subscriber: subscriber.report(sent),
    epochs: epochs.size,
    commands: sender.done.length,
    lostCommands: sender.done.filter((text) => !once.has(text)).length,
    doubledCommands: received.length - once.size,
  };
}

async function readMail(
  client: QqClient,
  texts: string[],
  signal: AbortSignal,
): Promise<void> {
  for await (const item of client.mail({ signal })) {
    if ("text" in item) texts.push(item.text);
  }
}
