/** One WebSocket connection to a bridge, from the dial to the end. @module */

import type { Clock } from "../clock.ts";
import {
  type ClientFrame,
  type ServerFrame,
  SUBPROTOCOL,
  type WelcomeFrame,
} from "../frames/frames.ts";

/**
 * What the client reads of a WebSocket's events; those of any runtime fit.
 *
 * @category Bridge client
 */
export interface BridgeSocketEvent {
  /** `open`, `message`, `error` or `close`. */
  readonly type: string;
  /** What a `message` carries. */
  readonly data?: unknown;
  /** The code of a `close`. */
  readonly code?: number;
  /** The reason of a `close`. */
  readonly reason?: string;
}

/**
 * What the client needs of a WebSocket; that of any runtime has it.
 *
 * @category Bridge client
 */
export interface BridgeSocket {
  /** 1 while frames can be sent. */
  readonly readyState: number;
  /** Sends a text frame. */
  send(data: string): void;
  /** Begins the closing handshake. */
  close(code?: number, reason?: string): void;
  /** `open`, `message`, `error` and `close` are listened to. */
  addEventListener(
    type: string,
    listener: (event: BridgeSocketEvent) => void,
  ): void;
}

/**
 * The constructor of a WebSocket.
 *
 * @category Bridge client
 */
export type BridgeSocketConstructor = new (
  url: string | URL,
  protocols?: string | string[],
) => BridgeSocket;

/** How a connection ended. */
export interface LinkEnd {
  /** The close code; 1006 where there was no proper close. */
  code: number;
  /** Cause, in words for people. */
  reason: string;
  /** How long it held since its welcome, in milliseconds; undefined without one. */
  heldMs: number | undefined;
}

/** Options of one WebSocket to the bridge. */
export interface LinkOptions {
  Socket: BridgeSocketConstructor;
  url: URL;
  /** Sent in the first frame, where the URL does not carry it. */
  helloToken: string | undefined;
  clock: Clock;
  /** The first frame of the bridge. */
  onWelcome(frame: WelcomeFrame): void;
  /** Called with every frame after `welcome`. */
  onFrame(frame: ServerFrame): void;
  /** Called once, unless {@linkcode SocketLink.close} came first. */
  onEnd(end: LinkEnd): void;
}

/** Longest wait from the dial to the welcome. */
const WELCOME_MS = 15_000;
/** Silence after which the bridge is asked whether it is there. */
const IDLE_MS = 30_000;
/** Longest wait for its answer. */
const ANSWER_MS = 10_000;
/** Longest wait for the close event that follows an error; a refused dial on Vercel's edge runtime brings none. */
const CLOSE_EVENT_MS = 1_000;
/** Longest wait for the closing handshake. */
const CLOSING_MS = 2_000;
const PING_ID = "alive";

/**
 * Sends hello, rejects input that is not a valid frame, and notices a bridge that is gone
 * without a close: WebSocket pings are invisible to scripts, so it asks.
 */
export class SocketLink {
  readonly #options: LinkOptions;
  readonly #socket: BridgeSocket;
  #welcomedAt: number | undefined;
  #heardAt: number;
  #cancelTimer: () => void;
  #ended = false;
  /** Whether the socket has reported an error. */
  #hasFailed = false;
  #closed = false;
  #whenClosed: (() => void) | undefined;

  /** Dials. Throws what the WebSocket's constructor throws. */
  constructor(options: LinkOptions) {
    this.#options = options;
    this.#heardAt = options.clock.now();
    // Before the socket: the first timer of a Deno process lets promises run.
    this.#cancelTimer = options.clock.after(
      WELCOME_MS,
      () => this.#fail(`no welcome within ${WELCOME_MS} ms`),
    );
    try {
      this.#socket = new options.Socket(options.url, [SUBPROTOCOL]);
    } catch (error) {
      this.#cancelTimer();
      throw error;
    }
    this.#listen();
  }

  /** Whether the bridge has said welcome and the connection stands. */
  get open(): boolean {
    return this.#welcomedAt !== undefined && !this.#ended;
  }

  /** Sends the text of a frame; false where the socket does not take it. */
  send(text: string): boolean {
    if (this.#ended || this.#socket.readyState !== 1) return false;
    this.#socket.send(text);
    return true;
  }

  #sendFrame(frame: ClientFrame): void {
    this.send(JSON.stringify(frame));
  }

  /**
   * Ends the connection, or what is left of it. No callback comes after.
   *
   * @returns Resolves when the socket is closed, or has had time enough to.
   */
  close(code: number, reason: string): Promise<void> {
    this.#end();
    return new Promise((resolve) => {
      if (this.#closed) return resolve();
      const cancel = this.#options.clock.after(CLOSING_MS, resolve);
      this.#whenClosed = () => {
        cancel();
        resolve();
      };
      try {
        this.#socket.close(code, reason);
      } catch {
        // Some runtimes refuse to close what is not open yet.
        this.#whenClosed();
      }
    });
  }

  #listen(): void {
    const socket = this.#socket;
    socket.addEventListener("open", () => {
      const token = this.#options.helloToken;
      if (token !== undefined) this.#sendFrame({ type: "hello", token });
    });
    socket.addEventListener("message", (event) => {
      if (!this.#ended) this.#take(event.data);
    });
    // The close event that follows an error has the code and the reason.
    socket.addEventListener("error", () => {
      if (this.#ended || this.#hasFailed) return;
      this.#hasFailed = true;
      this.#cancelTimer();
      this.#cancelTimer = this.#options.clock.after(
        CLOSE_EVENT_MS,
        () => this.#fail("the socket reported an error, and no close"),
      );
    });
    socket.addEventListener("close", (event) => {
      this.#closed = true;
      this.#whenClosed?.();
      if (this.#ended) return;
      this.#report(event.code || 1006, event.reason || "");
    });
  }

  #take(data: unknown): void {
    if (this.#hasFailed) return;
    this.#heardAt = this.#options.clock.now();
    const frame = readFrame(data);
    if (frame === undefined) return this.#fail("a frame that is none");
    if (frame.type === "welcome") {
      if (this.#welcomedAt !== undefined) return;
      this.#welcomedAt = this.#heardAt;
      this.#cancelTimer();
      this.#watch();
      return this.#options.onWelcome(frame);
    }
    if (frame.type === "result" && frame.id === PING_ID) return;
    if (this.#welcomedAt === undefined) {
      // A result before the welcome answers a bad hello; the close follows.
      if (frame.type === "result") return;
      return this.#fail(`${frame.type} before welcome`);
    }
    this.#options.onFrame(frame);
  }

  /** Waits until the silence is long enough to ask. */
  #watch(): void {
    const { clock } = this.#options;
    const quietMs = clock.now() - this.#heardAt;
    if (quietMs < IDLE_MS) {
      this.#cancelTimer = clock.after(IDLE_MS - quietMs, () => this.#watch());
      return;
    }
    const askedAt = clock.now();
    this.#sendFrame({ type: "command", id: PING_ID, command: "ping" });
    this.#cancelTimer = clock.after(ANSWER_MS, () => {
      if (this.#heardAt >= askedAt) return this.#watch();
      this.#fail(`no answer to a ping within ${ANSWER_MS} ms`);
    });
  }

  #fail(reason: string): void {
    this.#report(1006, reason);
  }

  #report(code: number, reason: string): void {
    this.#end();
    const { clock, onEnd } = this.#options;
    const heldMs = this.#welcomedAt === undefined
      ? undefined
      : clock.now() - this.#welcomedAt;
    onEnd({ code, reason, heldMs });
  }

  #end(): void {
    this.#ended = true;
    this.#cancelTimer();
  }
}

/** A frame of the bridge; undefined for what is none. */
function readFrame(data: unknown): ServerFrame | undefined {
  if (typeof data !== "string") return undefined;
  try {
    const frame = JSON.parse(data);
    return typeof frame === "object" && frame !== null && holds(frame)
      ? frame
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a frame has what this end relies on. Unknown types are for later versions. */
function holds(frame: Partial<Record<string, unknown>>): boolean {
  switch (frame.type) {
    case "welcome":
      return typeof frame.epoch === "string" && isPlace(frame.seq);
    case "event":
      return isPlace(frame.seq);
    case "gap":
      return typeof frame.epoch === "string" && isPlace(frame.to);
    case "result":
      return frame.ok === true ||
        typeof frame.error === "object" && frame.error !== null;
    default:
      return typeof frame.type === "string";
  }
}

function isPlace(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
