/** Reverse WebSockets: the bridge dials, for ever, one for each address and account. @module */

import type { OneBotConnectionContext } from "../connection_options.ts";
import { OneBotConnection } from "../connection.ts";
import { chosenEvents } from "../events.ts";
import { dial, type Dialled } from "./dialled_socket.ts";
import { OutboundWorkers } from "./workers.ts";
import {
  type DeliveryNotice,
  grantOf,
  HourlyReport,
  messageOf,
  type OutboundTarget,
  type OutboundUrl,
  READ_AGAIN_MS,
  shownUrl,
  storeFirstPosition,
} from "./target.ts";

/** How the dialling is made. */
export interface ReverseOptions {
  /** What all connections share. */
  readonly context: OneBotConnectionContext;
  /** Where to. */
  readonly targets: readonly OutboundUrl[];
  /** Sent as `Authorization: Bearer`. */
  readonly accessToken?: string | undefined;
  /**
   * How long after the end of a WebSocket the next is tried, in milliseconds.
   *
   * @default {3000}
   */
  readonly reconnectMs?: number | undefined;
  /** Is told what becomes of the lines. */
  onNotice?(news: DeliveryNotice): void;
}

/** What the names of the positions begin with. */
const PREFIX = "/onebot/reverse/";

/** How long the other ends have to take the end, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1000;

/** See the module. Its start dials; its end tells the other ends. */
export class ReverseSockets extends OutboundWorkers {
  constructor(options: ReverseOptions) {
    super(options, {
      prefix: PREFIX,
      make: (line, head) => new ReverseSocket(options, line, head),
    });
  }
}

/** One address of one account: dialling, open, or waiting to dial again. */
class ReverseSocket {
  readonly #options: ReverseOptions;
  readonly #line: OutboundTarget;
  readonly #consumer: string;
  #dialled: Dialled | undefined;
  #cancelRetry: (() => void) | undefined;
  #stopped = false;
  #onEnded: (() => void) | undefined;
  #lastReason: string | undefined;
  #hasReadError = false;
  readonly #readErrors = new HourlyReport();
  readonly #storeErrors = new HourlyReport();
  readonly #ending = new AbortController();

  constructor(options: ReverseOptions, line: OutboundTarget, since: number) {
    this.#options = options;
    this.#line = line;
    this.#consumer = `${PREFIX}${line.key}`;
    const { journal } = options.context.bridge;
    if (journal.position(this.#consumer) !== undefined) this.#dial();
    else this.#begin(since).catch((error) => options.context.onError(error));
  }

  async #begin(since: number): Promise<void> {
    const { bridge, clock } = this.#options.context;
    try {
      await storeFirstPosition(bridge.journal, this.#consumer, since, {
        clock,
        signal: this.#ending.signal,
        onError: (error) => this.#unstored(error),
      });
    } catch (error) {
      if (!this.#stopped) throw error;
    }
    if (!this.#stopped) this.#dial();
  }

  #unstored(error: unknown): void {
    if (!this.#storeErrors.take(this.#options.context.clock.now())) return;
    this.#tell("cannot store its position", messageOf(error), true);
  }

  sweep(now: number): void {
    this.#dialled?.peer?.sweep(now);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ending.abort();
    this.#cancelRetry?.();
    const dialled = this.#dialled;
    if (dialled === undefined) return;
    const { clock } = this.#options.context;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(CLOSE_TIMEOUT_MS, () => dialled.terminate());
      this.#onEnded = () => {
        cancel();
        resolve();
      };
      if (dialled.peer === undefined) dialled.terminate();
      else dialled.peer.close(1012, "restarting: come back");
    });
  }

  #dial(): void {
    const { context, accessToken } = this.#options;
    const { url, account, segments } = this.#line;
    const { frameBytes, fragments } = context.limits;
    this.#dialled = dial({
      url,
      frameBytes,
      fragments,
      clock: context.clock,
      headers: {
        "X-Self-ID": account,
        "X-Client-Role": "Universal",
        "User-Agent": "OneBot/11",
        ...(accessToken === undefined
          ? {}
          : { Authorization: `Bearer ${accessToken}` }),
      },
      open: (socket) => {
        this.#tell("opened");
        this.#lastReason = undefined;
        return new OneBotConnection(context, socket, {
          grant: grantOf(this.#line, () => this.#stopped),
          account,
          role: "universal",
          segments,
          events: chosenEvents(this.#line),
          consumer: this.#consumer,
          onReadError: (error) => this.#readError(error),
        });
      },
      ended: (reason) => this.#ended(reason),
    });
  }

  #ended(reason: string): void {
    const { context, reconnectMs = 3000 } = this.#options;
    this.#dialled = undefined;
    this.#onEnded?.();
    if (this.#stopped) return;
    // The same again every three seconds is told once.
    if (reason !== this.#lastReason) this.#tell("not open", reason);
    this.#lastReason = reason;
    const delayMs = this.#hasReadError ? READ_AGAIN_MS : reconnectMs;
    this.#hasReadError = false;
    this.#cancelRetry = context.clock.after(delayMs, () => this.#dial());
  }

  #readError(error: unknown): void {
    this.#hasReadError = true;
    if (!this.#readErrors.take(this.#options.context.clock.now())) return;
    this.#tell("cannot read the journal", messageOf(error), true);
  }

  #tell(what: string, reason?: string, isWarning = false): void {
    const { account, url } = this.#line;
    this.#options.onNotice?.({
      account,
      url: shownUrl(url),
      what: `reverse WebSocket ${what}`,
      ...(reason === undefined ? {} : { reason }),
      isWarning,
    });
  }
}
