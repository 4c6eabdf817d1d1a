/**
 * A client of the bridge's frame protocol that stays connected: events as an
 * async iterable, a method for each command.
 *
 * @module
 */

import { type Clock, systemClock } from "../clock.ts";
import {
  type BridgeAccountOptions,
  type BridgeCommandData,
  BridgeCommandMethods,
  type BridgeCommandParams,
} from "./bridge_commands.ts";
import { type BridgeError, closedError } from "./bridge_error.ts";
import {
  type BridgeClientOptions,
  bridgeUrls,
  checkOptions,
} from "./bridge_options.ts";
import type { BridgeStatus } from "./bridge_status.ts";
import { PendingCommands } from "./pending_commands.ts";
import type { BridgeCommandName } from "../frames/commands.ts";
import { Connection } from "./connection.ts";
import { EventQueue } from "./event_queue.ts";
import type { EventFrame } from "../frames/events.ts";
import type { GapFrame, ServerFrame, WelcomeFrame } from "../frames/frames.ts";
import { formatPosition, type Position } from "../frames/position.ts";
import { type Delivery, Progress } from "./progress.ts";

/**
 * Subscribes to a bridge and sends commands to it.
 *
 * It connects at the first iteration or command, reconnects for ever with
 * growing waits, resumes where it stopped, and drops what comes twice. So the
 * loop sees each event once and in order, and where the bridge no longer has
 * some, a `gap` frame in their place. One loop at a time. Leaving the loop does
 * not close the client, and a later loop goes on.
 *
 * Which position to save: {@linkcode BridgeClient.position} is that of the
 * frame handed out last, to be saved once the loop's body is done with it.
 * {@linkcode BridgeClient.handled} follows when the loop asks for the next
 * frame, and is safe to save at any moment. With `consumer` the bridge keeps
 * that one by itself.
 *
 * Runs wherever there is a WebSocket: browsers, Deno, Node 22 (in Node 20 pass
 * one as `WebSocket`).
 *
 * @example Handle events, and save where to go on
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { BridgeClient } from "@tqq/tqq";
 *
 * // Stands for a bridge that has one event; a program leaves `WebSocket` out.
 * class ScriptedSocket extends EventTarget {
 *   readyState = 1;
 *   constructor() {
 *     super();
 *     queueMicrotask(() => this.dispatchEvent(new Event("open")));
 *   }
 *   say(frame: unknown) {
 *     const data = JSON.stringify(frame);
 *     this.dispatchEvent(new MessageEvent("message", { data }));
 *   }
 *   send() {
 *     this.say({ type: "welcome", protocol: 1, epoch: "k3f9", seq: 6 });
 *     this.say({
 *       type: "event",
 *       seq: 7,
 *       at: "2026-11-23T19:20:00.123Z",
 *       account: "10001",
 *       event: "message",
 *       data: { from: "10002", text: "hi" },
 *     });
 *   }
 *   close() {
 *     this.dispatchEvent(new CloseEvent("close", { code: 1000 }));
 *   }
 * }
 *
 * await using bridge = new BridgeClient({
 *   url: "ws://127.0.0.1:8080/ws",
 *   token: "of the bridge",
 *   events: ["message"],
 *   // after: what was saved
 *   WebSocket: ScriptedSocket,
 * });
 * let saved;
 * for await (const frame of bridge) {
 *   if (frame.type === "event" && frame.event === "message") {
 *     assertEquals(frame.data.text, "hi");
 *   }
 *   saved = bridge.position; // after the work: what is saved is done
 *   break;
 * }
 * assertEquals(saved, { epoch: "k3f9", seq: 7 });
 * ```
 * @category Bridge client
 */
export class BridgeClient extends BridgeCommandMethods
  implements AsyncIterable<EventFrame | GapFrame>, AsyncDisposable {
  readonly #options: BridgeClientOptions;
  readonly #urls: readonly URL[];
  /** Number of connections that were lost or failed: it chooses the URL. */
  #losses = 0;
  readonly #clock: Clock;
  readonly #maxQueued: number;
  readonly #progress: Progress;
  readonly #queue: EventQueue<Delivery>;
  readonly #commands: PendingCommands;
  readonly #connection: Connection;
  readonly #closed: Promise<BridgeError | undefined>;
  #resolveClosed!: (error: BridgeError | undefined) => void;
  #status: BridgeStatus = { state: "idle" };
  /** A loop has begun: from then on events are queued. */
  #wanted = false;
  #iterating = false;
  /** This connection's events are let pass, to be asked for again. */
  #skipping = false;
  #end: Promise<void> | undefined;
  #error: BridgeError | undefined;

  /**
   * Does not connect yet.
   *
   * @param options Where, who, and from which position.
   * @throws {TypeError | RangeError} If an option is invalid.
   */
  constructor(options: BridgeClientOptions) {
    super();
    checkOptions(options);
    this.#options = options;
    this.#urls = bridgeUrls(options);
    this.#clock = options.clock ?? systemClock;
    this.#maxQueued = options.maxQueued ?? 1_024;
    this.#progress = new Progress({
      after: options.after,
      acks: options.consumer === undefined ? undefined : {
        clock: this.#clock,
        ackEvents: options.ackEvents ?? 100,
        ackMs: options.ackMs ?? 1_000,
        send: (seq) =>
          this.#connection.send(JSON.stringify({ type: "ack", seq })),
      },
    });
    this.#queue = new EventQueue(this.#maxQueued);
    this.#connection = this.#makeConnection();
    this.#commands = new PendingCommands({
      clock: this.#clock,
      maxInFlight: options.maxInFlight ?? 1_000,
      timeoutMs: options.timeoutMs ?? 50_000,
      send: (text) => this.#connection.send(text),
      lostReason: () => this.#connection.lostReason,
      onIdle: () => this.#pauseIfFull(),
      redact: (text) => this.#redact(text),
    });
    this.#closed = new Promise((resolve) => this.#resolveClosed = resolve);
    const { signal } = options;
    if (signal?.aborted) this.close();
    else signal?.addEventListener("abort", this.#abort, { once: true });
  }

  /**
   * The position of the frame that the loop was given last, for `after`: save
   * it when the work on that frame is done. Before the first frame it is where
   * the first connection begins, or the `after` that was given; and undefined
   * until then.
   *
   * @example
   * ```ts
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * for await (const _frame of bridge) {
   *   console.log(bridge.position); // { epoch: "k3f9", seq: 4183 }
   *   break;
   * }
   * ```
   */
  get position(): Position | undefined {
    return copyOf(this.#progress.handedOut);
  }

  /**
   * The position of the last frame that the loop is done with: it moves when
   * the loop asks for the next one, or with {@linkcode BridgeClient.acknowledge}.
   * Safe to save at any moment, also while the loop's body is at work.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * for await (const _frame of bridge) break;
   * assertEquals(bridge.handled?.seq, 4182); // the loop did not ask for the next
   * assertEquals(bridge.position?.seq, 4183);
   * ```
   */
  get handled(): Position | undefined {
    return copyOf(this.#progress.handled);
  }

  /**
   * State of the connection, as last passed to `onStatus`.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * assertEquals(bridge.status.state, "idle");
   * await bridge.ping();
   * assertEquals(bridge.status.state, "open");
   * ```
   */
  get status(): BridgeStatus {
    return this.#status;
  }

  /**
   * Counts the frame handed out last as handled, without asking for the next:
   * before a `break`, so that a consumer does not get it again.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * for await (const _frame of bridge) {
   *   bridge.acknowledge();
   *   break;
   * }
   * assertEquals(bridge.handled?.seq, 4183);
   * ```
   */
  acknowledge(): void {
    this.#progress.handle();
  }

  /**
   * The events, and the gaps between them. Ends when the client is closed.
   *
   * @throws {BridgeError} Where the bridge closed the connection for good: the
   * token is not accepted or revoked (`forbidden`), another connection took the
   * consumer over (`closed`, closeCode 4009), and the like.
   * @throws {TypeError} Where a loop is under way already.
   * @example
   * ```ts
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * for await (const frame of bridge) {
   *   if (frame.type !== "event" || frame.event !== "message") continue;
   *   console.log(frame.account, frame.data.text);
   *   break;
   * }
   * ```
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<
    EventFrame | GapFrame,
    void,
    void
  > {
    if (this.#iterating) {
      throw new TypeError(
        "Cannot iterate a BridgeClient: another loop is under way, and there is one position",
      );
    }
    this.#iterating = true;
    try {
      for (;;) {
        this.acknowledge();
        this.#want();
        const delivery = await this.#queue.next();
        if (delivery === undefined) return;
        this.#progress.handOut(delivery.place);
        yield delivery.frame;
      }
    } finally {
      this.#iterating = false;
    }
  }

  /**
   * Any command by its name. Commands in flight when the connection is lost are
   * sent again on the next one; those that act carry a key, so they act once.
   *
   * @param name The command.
   * @param params Its parameters.
   * @param options The account that acts, key, time-out, signal.
   * @returns The result's data.
   * @throws {BridgeError} With the bridge's code; `timeout`, or for a command
   * that acts and was sent, `outcome_unknown`; `overloaded` where too many wait;
   * `closed`.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * const { friends } = await bridge.command("friends", {}, { account: "10001" });
   * assertEquals(friends, ["10000", "10002"]);
   * ```
   */
  override async command<N extends BridgeCommandName>(
    name: N,
    params: BridgeCommandParams<N>,
    options: BridgeAccountOptions = {},
  ): Promise<BridgeCommandData<N>> {
    if (this.#end !== undefined) throw closedError(name, this.#error);
    const { account, ...rest } = options;
    const answer = this.#commands.add(name, account, params, rest);
    this.#connection.connect();
    return await answer as BridgeCommandData<N>;
  }

  /**
   * Ends loop, commands and connection. Events that wait for the loop are
   * dropped: they are behind {@linkcode BridgeClient.position}.
   *
   * @returns Resolves when the socket is closed, or has had 2 s to.
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * await bridge.ping();
   * await bridge.close();
   * assertEquals(bridge.status.state, "closed");
   * ```
   */
  close(): Promise<void> {
    return this.#end ??= this.#finish(undefined);
  }

  /**
   * Resolves at the end of the client's life, with the error unless it was asked for.
   *
   * @example
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { BridgeClient } from "@tqq/tqq";
   *
   * await using bridge = new BridgeClient({ url: "ws://127.0.0.1:8080/ws", token: "TOKEN" });
   * bridge.close();
   * assertEquals(await bridge.closed(), undefined); // no error
   * ```
   */
  closed(): Promise<BridgeError | undefined> {
    return this.#closed;
  }

  /** Closes the client at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #abort = (): void => void this.close();

  #makeConnection(): Connection {
    const { token, tokenIn, backoff = {}, random = Math.random } =
      this.#options;
    return new Connection({
      Socket: this.#options.WebSocket ?? globalThis.WebSocket,
      clock: this.#clock,
      random,
      backoff,
      helloToken: tokenIn === "query" ? undefined : token,
      url: () => this.#resumeUrl(),
      redact: (text) => this.#redact(text),
      onWelcome: (frame) => this.#welcomed(frame),
      onFrame: (frame) => this.#receive(frame),
      onLost: () => {
        this.#skipping = false;
        this.#progress.lost();
        this.#commands.lost();
      },
      onFinal: (error) => this.#fail(error),
      onStatus: (status) => this.#tell(status),
    });
  }

  /** The loop asks for an event: whatever was held back may come. */
  #want(): void {
    this.#wanted = true;
    if (this.#end !== undefined) return;
    if (this.#queue.size > this.#maxQueued / 2) return;
    if (this.#skipping) this.#letGo("resuming");
    this.#connection.connect();
  }

  #resumeUrl(): URL {
    const url = new URL(this.#urls[this.#losses % this.#urls.length]!);
    const after = this.#progress.resume();
    if (after !== undefined) {
      url.searchParams.set("after", formatPosition(after));
    }
    return url;
  }

  #welcomed(welcome: WelcomeFrame): void {
    if (this.#progress.welcomed(welcome)) {
      this.#queueGap();
      return this.#commands.opened(welcome.limits);
    }
    // Another journal: what this connection brings comes after a gap that must
    // be reported first.
    this.#skipping = true;
    queueMicrotask(() => {
      if (this.#end !== undefined) return;
      this.#letGo("another journal");
      this.#connection.connect();
    });
  }

  #receive(frame: ServerFrame): void {
    if (frame.type === "result") return this.#commands.settle(frame);
    if (frame.type !== "event" && frame.type !== "gap" || this.#skipping) {
      return;
    }
    const place = this.#progress.place(frame);
    if (place === undefined) return;
    if (this.#keep({ frame, place })) this.#progress.move(place);
  }

  /** The gap of a journal that went back goes before the frames of this connection. */
  #queueGap(): void {
    const { gap } = this.#progress;
    if (gap !== undefined && this.#keep(gap)) this.#progress.gapQueued();
  }

  /** Keeps a frame for the loop; without room this connection's frames are skipped. */
  #keep(delivery: Delivery): boolean {
    if (this.#wanted && this.#queue.push(delivery)) return true;
    this.#skipping = true;
    this.#pauseIfFull();
    return false;
  }

  /** A full queue needs no connection, unless commands wait for answers. */
  #pauseIfFull(): void {
    if (!this.#skipping || !this.#queue.full || this.#commands.size > 0) return;
    if (!this.#connection.standing || this.#end !== undefined) return;
    this.#letGo("the queue is full");
    this.#tell({ state: "paused" });
  }

  #letGo(reason: string): void {
    this.#progress.flush();
    this.#connection.letGo(reason);
  }

  #fail(error: BridgeError): void {
    this.#error = error;
    this.#end ??= this.#finish(error);
  }

  async #finish(error: BridgeError | undefined): Promise<void> {
    // The caller keeps the promise of this before anything here calls back.
    await undefined;
    this.#options.signal?.removeEventListener("abort", this.#abort);
    this.#progress.flush();
    const sockets = this.#connection.close();
    if (error === undefined) this.#queue.end();
    else this.#queue.fail(error);
    this.#commands.fail((command, sent) => closedError(command, error, sent));
    await sockets;
    this.#tell({ state: "closed", ...(error === undefined ? {} : { error }) });
    this.#resolveClosed(error);
  }

  #tell(status: BridgeStatus): void {
    this.#status = status;
    if (status.state === "waiting") this.#losses++;
    try {
      this.#options.onStatus?.(status);
    } catch {
      // Somebody else's fault must not end the connection.
    }
  }

  #redact(text: string): string {
    return text.replaceAll(this.#options.token, "[token]");
  }
}

function copyOf(position: Position | undefined): Position | undefined {
  return position && { ...position };
}
