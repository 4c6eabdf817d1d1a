/** What a client of the bridge is made from. @module */

import type { Clock } from "../clock.ts";
import type { BridgeStatus } from "./bridge_status.ts";
import type { Subscription } from "../frames/frames.ts";
import type { Position } from "../frames/position.ts";
import type { BridgeSocketConstructor } from "./socket_link.ts";

/**
 * Delays between attempts of {@linkcode BridgeClient} to connect.
 *
 * @category Bridge client
 */
export interface ReconnectBackoff {
  /**
   * Longest first delay, in milliseconds; each later one is up to twice as long.
   *
   * @default 500
   */
  minMs?: number;
  /**
   * The longest delay, in milliseconds.
   *
   * @default 30000
   */
  maxMs?: number;
}

/**
 * Options of a `BridgeClient`.
 *
 * @category Bridge client
 */
export interface BridgeClientOptions extends Subscription {
  /**
   * The bridge's WebSocket URL, such as `ws://127.0.0.1:8080/ws`. Of the nodes
   * of a cluster it may be a list: the client goes to the next one after each
   * lost or failed connection, and resumes there.
   */
  url: string | URL | readonly (string | URL)[];
  /** A token of the bridge: its first start prints one. It is in no error and no status. */
  token: string;
  /**
   * Where the token travels: in the first frame, or as `?access_token=`, which
   * proxies may log.
   *
   * @default "hello"
   */
  tokenIn?: "hello" | "query";
  /**
   * Resumes after this position, one that was saved. With `consumer` it also
   * becomes the position that the bridge keeps, even if that was further ahead.
   *
   * @default the consumer's position if there is a consumer, else from now on
   */
  after?: Position;
  /**
   * A name under which the bridge itself keeps the position: the client
   * acknowledges what its loop is done with. One connection a name.
   */
  consumer?: string;
  /**
   * Number of handled events after which a consumer acknowledges at once. A
   * consumer that is killed is given up to `ackEvents` - 1 events again, or
   * those of the last `ackMs`; with 1 at most the one that it was handling.
   *
   * @default 100
   */
  ackEvents?: number;
  /**
   * Longest that an acknowledgement waits for more events, in milliseconds.
   *
   * @default 1000
   */
  ackMs?: number;
  /**
   * Longest wait for the answer to a command, in milliseconds. The bridge
   * answers within 45 s.
   *
   * @default 50000
   */
  timeoutMs?: number;
  /**
   * Events held for the loop. Past it the client lets go of the connection, and
   * resumes when half are taken: the rest waits in the bridge's journal.
   *
   * @default 1024
   */
  maxQueued?: number;
  /**
   * Commands without an answer, past which a new one is `overloaded`.
   *
   * @default 1000
   */
  maxInFlight?: number;
  /** Waits between connections: 0.5 s, doubling to 30 s, with jitter. */
  backoff?: ReconnectBackoff;
  /** Closes the client when it aborts. */
  signal?: AbortSignal;
  /** Called on every change of the connection. Its errors are ignored. */
  onStatus?: (status: BridgeStatus) => void;
  /**
   * The WebSocket to use, for runtimes without a global one, and for tests.
   *
   * @default the global `WebSocket`
   */
  WebSocket?: BridgeSocketConstructor;
  /**
   * Source of time and timers; tests pass a fake.
   *
   * @default the clock of this machine
   */
  clock?: Clock;
  /**
   * Returns random numbers in [0, 1), for jitter.
   *
   * @default Math.random
   */
  random?: () => number;
}

/**
 * The bridge's URL, checked, with the subscription in its query.
 *
 * @throws {TypeError} If an option is invalid. URL and token are not in
 * the message: a URL may carry a token too.
 */
export function bridgeUrl(
  options: BridgeClientOptions,
  given: string | URL,
): URL {
  const text = String(given);
  if (!URL.canParse(text)) {
    throw new TypeError("Cannot use the bridge's url: it must be a whole URL");
  }
  const url = new URL(text);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw new TypeError(
      `Cannot use the bridge's url: it must begin with ws: or wss:, got ${url.protocol}`,
    );
  }
  url.hash = "";
  addList(url, "accounts", options.accounts);
  addList(url, "events", options.events);
  if (options.consumer !== undefined) {
    url.searchParams.set("consumer", options.consumer);
  }
  if (options.tokenIn === "query") {
    url.searchParams.set("access_token", options.token);
  }
  return url;
}

/** The WebSocket URLs of the options, at least one. @throws {TypeError} If one is invalid. */
export function bridgeUrls(options: BridgeClientOptions): readonly URL[] {
  const { url } = options;
  const all = typeof url === "string" || url instanceof URL ? [url] : url;
  if (all.length === 0) {
    throw new TypeError("Cannot use the bridge's url: the list is empty");
  }
  return all.map((one) => bridgeUrl(options, one));
}

/** Checks the ranges and types of options. @throws {TypeError | RangeError} If one is invalid. */
export function checkOptions(options: BridgeClientOptions): void {
  const { token, maxQueued = 1, maxInFlight = 1, timeoutMs = 1 } = options;
  const { ackEvents = 1, ackMs = 0 } = options;
  if (typeof token !== "string" || token === "") {
    throw new TypeError(
      "Cannot connect to the bridge: token must be a text that is not empty",
    );
  }
  if (typeof (options.WebSocket ?? globalThis.WebSocket) !== "function") {
    throw new TypeError(
      "Cannot connect to the bridge: this runtime has no WebSocket; pass one as the option WebSocket, such as that of the package ws",
    );
  }
  for (
    const [name, value] of Object.entries({ maxQueued, maxInFlight, ackEvents })
  ) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new RangeError(
      `Cannot use ${name}: it must be a whole number from 1, got ${value}`,
    );
  }
  if (!(timeoutMs > 0)) {
    throw new RangeError(
      `Cannot use timeoutMs: it must be above 0, got ${timeoutMs}`,
    );
  }
  if (!(ackMs >= 0 && ackMs <= 60_000)) {
    throw new RangeError(
      `Cannot use ackMs: it must be from 0 to 60000, got ${ackMs}`,
    );
  }
  const seq = options.after?.seq;
  if (seq !== undefined && !(Number.isSafeInteger(seq) && seq >= 0)) {
    throw new RangeError(
      `Cannot resume: the position's seq must be a whole number from 0, got ${seq}`,
    );
  }
}

function addList(url: URL, name: string, list: string[] | undefined): void {
  if (list === undefined) return;
  if (list.length === 0) {
    throw new TypeError(
      `Cannot subscribe: ${name} must name one at least, or be left out for all, got none`,
    );
  }
  url.searchParams.set(name, list.join(","));
}
