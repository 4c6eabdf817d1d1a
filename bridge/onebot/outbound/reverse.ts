/** Reverse WebSockets: the bridge connects, and again without end, once for each target and account. @module */

import { contextOf } from "../../endpoint/channel.ts";
import type { Socket } from "../../endpoint/socket.ts";
import type { OneBotConnectionContext } from "../connection_options.ts";
import { OneBotConnection } from "../connection.ts";
import { chosenEvents } from "../events.ts";
import { dial, type Dialled } from "../../endpoint/outbound/dialled_socket.ts";
import {
  grantOf,
  LineReporter,
  type OutboundLine,
  type OutboundOptions,
  READ_AGAIN_MS,
  storeFirstPosition,
} from "../../endpoint/outbound/outbound_target.ts";
import {
  type OutboundWorker,
  OutboundWorkers,
} from "../../endpoint/outbound/workers.ts";
import type { DeliveryError } from "../../targets/line_status.ts";

/** Options of {@linkcode createReverseSockets}. */
export interface ReverseOptions extends OutboundOptions {
  readonly context: OneBotConnectionContext;
  /**
   * How long after the end of a WebSocket the next is tried, in milliseconds.
   *
   * @default {3000}
   */
  readonly reconnectMs?: number | undefined;
}

/** How long the other ends have to take the end, in milliseconds. */
const CLOSE_TIMEOUT_MS = 1000;

/** Creates the workers of reverse WebSockets, which connect once they are started. */
export function createReverseSockets(options: ReverseOptions): OutboundWorkers {
  return new OutboundWorkers({
    kind: "onebot-reverse",
    targets: options.targets,
    context: options.context,
    create: (line, head) => new ReverseSocket(options, line, head),
  });
}

/** One target of one account: dialling, open, or waiting to dial again. */
class ReverseSocket implements OutboundWorker {
  readonly #options: ReverseOptions;
  readonly #line: OutboundLine;
  readonly #reporter: LineReporter;
  #dialled: Dialled | undefined;
  #cancelRetry: (() => void) | undefined;
  #isStopped = false;
  #onEnded: (() => void) | undefined;
  #lastReason: string | undefined;
  #hasReadError = false;
  readonly #ending = new AbortController();

  constructor(options: ReverseOptions, line: OutboundLine, since: number) {
    this.#options = options;
    this.#line = line;
    const { bridge, clock, onError } = options.context;
    this.#reporter = new LineReporter(
      line,
      "reverse WebSocket",
      clock,
      options.onNotice,
    );
    const { journal } = bridge;
    if (journal.position(line.consumer) !== undefined) this.#dial();
    else this.#begin(since).catch((error) => onError(error));
  }

  async #begin(since: number): Promise<void> {
    const { bridge, clock } = this.#options.context;
    try {
      await storeFirstPosition(bridge.journal, this.#line.consumer, since, {
        clock,
        signal: this.#ending.signal,
        onError: (error) => this.#reporter.storeError(error),
      });
    } catch (error) {
      if (!this.#isStopped) throw error;
    }
    if (!this.#isStopped) this.#dial();
  }

  sweep(now: number): void {
    this.#dialled?.peer?.sweep(now);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
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
    const { context, targets } = this.#options;
    const { target, account } = this.#line;
    const { url, accessToken } = target;
    const { frameBytes, fragments } = context.limits;
    this.#dialled = dial({
      url,
      addresses: targets.addresses,
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
      onOpen: (socket) => {
        this.#line.status.onOpen();
        this.#reporter.notice("opened");
        this.#lastReason = undefined;
        return this.#connection(socket);
      },
      onClose: (error) => this.#onClose(error),
    });
  }

  #connection(socket: Socket): OneBotConnection {
    const { account, consumer, status, target } = this.#line;
    const id = crypto.randomUUID().slice(0, 8);
    const context = contextOf(this.#options.context, id);
    return new OneBotConnection(context, socket, {
      listedKind: "onebot-reverse",
      grant: grantOf(this.#line, () => this.#isStopped),
      account,
      role: "universal",
      segments: target.segments,
      events: chosenEvents(target),
      consumer,
      confirmAfterMs: (target.confirmAfter ?? 0) * 1000,
      onReadError: (error) => {
        this.#hasReadError = true;
        this.#reporter.readError(error);
      },
      onEvent: () => status.onDelivered(),
    });
  }

  #onClose(error: DeliveryError): void {
    const { context, reconnectMs = 3000 } = this.#options;
    this.#dialled = undefined;
    this.#onEnded?.();
    if (this.#isStopped) return;
    // The same failure every three seconds is reported once.
    if (error.message !== this.#lastReason) {
      this.#reporter.notice("not open", error.message);
    }
    this.#lastReason = error.message;
    const delayMs = this.#hasReadError ? READ_AGAIN_MS : reconnectMs;
    if (!this.#hasReadError) this.#line.status.onError(error, delayMs);
    this.#hasReadError = false;
    this.#cancelRetry = context.clock.after(delayMs, () => this.#dial());
  }
}
