/** The commands of a client that have no answer yet. @module */

import { toHex } from "../hex.ts";
import { defined } from "../defined.ts";
import type { Clock } from "../clock.ts";
import { BridgeError } from "./bridge_error.ts";
import {
  type BridgeCommandName,
  READING_COMMANDS,
} from "../frames/commands.ts";
import { ERROR_CODES, type FrameError } from "../frames/errors.ts";
import type { CommandFrame, FrameId, ResultFrame } from "../frames/frames.ts";
import {
  type BridgeLane,
  CommandLanes,
  type LaneCommand,
  MAX_BACKGROUND_QUEUE,
} from "./lanes.ts";
import { type Limits, SENDING_LIMITS } from "../frames/limits.ts";

/**
 * How to send one command.
 *
 * @category Bridge client
 */
export interface BridgeCommandOptions {
  /**
   * Repeated within 24 hours, the bridge returns the first outcome instead of
   * acting again. At most 128 characters.
   *
   * @default a random key for each call, where the command acts
   */
  key?: string;
  /**
   * Longest wait for the answer, reconnects included, in milliseconds.
   *
   * @default the client's `timeoutMs`
   */
  timeoutMs?: number;
  /** Ends the wait; what was sent may be done all the same. */
  signal?: AbortSignal;
  /**
   * `user` commands are sent first and never wait for `background` ones, which
   * use at most half of the bridge's `commandsPerMinute`, leave three tenths of it
   * to `user`, and are at most 8 at a time. At most 64 of them wait: beyond that
   * the oldest is `overloaded`. Equal ones that only read are sent once.
   *
   * @default "user"
   */
  lane?: BridgeLane;
  /** Called when the command must wait for the bridge's rate, with the wait in milliseconds. */
  onWait?: (waitMs: number) => void;
  /** Called when the command's frame leaves, each time that it is sent. */
  onSent?: () => void;
}

/** Options of the table of pending commands. */
export interface CommandTableOptions {
  clock: Clock;
  /** Commands without an answer past which a new one is refused. */
  maxInFlight: number;
  /** The time-out of a command that names none. */
  timeoutMs: number;
  /** Sends a frame's text; false where there is no connection. */
  send(text: string): boolean;
  /** Why there is no connection, in words for people; undefined if that is not known, or there is one. */
  lostReason(): string | undefined;
  /** Called when the last command in flight is answered. */
  onIdle(): void;
  /** Takes secrets out of a text of the bridge. */
  redact(text: string): string;
}

/** One caller of a command. */
interface Waiter {
  readonly options: BridgeCommandOptions;
  finish(error: unknown, data?: unknown): void;
}

interface InFlight extends LaneCommand {
  readonly frame: CommandFrame;
  /** The frame as it was at the call, whatever becomes of its parameters. */
  readonly text: string;
  readonly acts: boolean;
  /** What equal background commands have in common; undefined for all others. */
  readonly shared: string | undefined;
  readonly waiters: Set<Waiter>;
  sent: boolean;
}

const MAX_KEY_LENGTH = 128;

/**
 * Bounded, timed, and repeated on the next connection: reading twice does no
 * harm, and a command that acts carries a key, so that it acts once.
 */
export class PendingCommands {
  readonly #options: CommandTableOptions;
  readonly #inFlight = new Map<FrameId, InFlight>();
  readonly #lanes: CommandLanes<InFlight>;
  readonly #shared = new Map<string, InFlight>();
  #limits = SENDING_LIMITS;
  #lastId = 0;
  /** Number of callers that wait; equal background commands have several. */
  #callers = 0;

  constructor(options: CommandTableOptions) {
    this.#options = options;
    this.#lanes = new CommandLanes({
      clock: options.clock,
      send: (command) => this.#send(command),
    });
  }

  /** How many commands have no answer yet. */
  get size(): number {
    return this.#inFlight.size;
  }

  /** Takes a command; it is sent as soon as connection and rate allow. */
  add(
    name: BridgeCommandName,
    account: string | undefined,
    params: object,
    options: BridgeCommandOptions,
  ): Promise<unknown> {
    const acts = !(READING_COMMANDS as readonly string[]).includes(name);
    const key = options.key ?? (acts ? randomKey() : undefined);
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    const shared = options.lane === "background" && key === undefined
      ? JSON.stringify([name, account, params])
      : undefined;
    const equal = shared === undefined ? undefined : this.#shared.get(shared);
    if (equal !== undefined && this.#callers < this.#options.maxInFlight) {
      return this.#wait(equal, options);
    }
    const frame: CommandFrame = defined({
      type: "command" as const,
      id: ++this.#lastId,
      account,
      command: name as string,
      params: params as Record<string, unknown>,
      key,
    });
    const text = JSON.stringify(frame);
    const refusal = this.#refusal(frame, text);
    if (refusal !== undefined) return Promise.reject(refusal);
    const command: InFlight = {
      frame,
      text,
      acts,
      shared,
      lane: options.lane ?? "user",
      onWait: (waitMs) => quietly(() => options.onWait?.(waitMs)),
      waiters: new Set(),
      sent: false,
    };
    this.#inFlight.set(frame.id, command);
    if (shared !== undefined) this.#shared.set(shared, command);
    const answer = this.#wait(command, options);
    const dropped = this.#lanes.add(command);
    if (dropped !== undefined) this.#finish(dropped, droppedError(dropped));
    return answer;
  }

  /** A connection begins: everything without an answer is sent on it. */
  opened(limits: Partial<Limits> | undefined): void {
    this.#limits = { ...SENDING_LIMITS, ...limits };
    const { commandsPerMinute } = this.#limits;
    this.#lanes.open(commandsPerMinute, this.#inFlight.values());
  }

  /** The connection is lost. */
  lost(): void {
    this.#lanes.close();
  }

  /** An answer came; one that nobody waits for is dropped. */
  settle(result: ResultFrame): void {
    if (result.id === null) return;
    const command = this.#inFlight.get(result.id);
    if (command === undefined) return;
    if (result.ok) return this.#finish(command, undefined, result.data);
    const { code, retryAfterMs } = result.error;
    if (code === "overloaded" && retryAfterMs !== undefined) {
      this.#lanes.pause(retryAfterMs);
      if (command.lane === "background") return this.#lanes.repeat(command);
    }
    this.#finish(command, this.#answered(command.frame, result.error));
  }

  /** Rejects all pending commands. */
  fail(error: (command: string, sent: boolean) => Error): void {
    this.lost();
    for (const command of [...this.#inFlight.values()]) {
      this.#finish(command, error(command.frame.command, command.sent));
    }
  }

  #send(command: InFlight): boolean {
    if (!this.#options.send(command.text)) return false;
    command.sent = true;
    for (const { options } of [...command.waiters]) {
      quietly(() => options.onSent?.());
    }
    return true;
  }

  #wait(command: InFlight, options: BridgeCommandOptions): Promise<unknown> {
    const { clock } = this.#options;
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
    this.#callers++;
    return new Promise((resolve, reject) => {
      const leave = (error: unknown) => {
        waiter.finish(error);
        if (command.waiters.size === 0) this.#forget(command);
      };
      const abort = () => leave(options.signal!.reason);
      const cancel = clock.after(
        timeoutMs,
        () => leave(timedOut(command, timeoutMs, this.#options.lostReason())),
      );
      const waiter: Waiter = {
        options,
        finish: (error, data) => {
          cancel();
          this.#callers--;
          options.signal?.removeEventListener("abort", abort);
          command.waiters.delete(waiter);
          if (error === undefined) resolve(data);
          else reject(error);
        },
      };
      options.signal?.addEventListener("abort", abort, { once: true });
      command.waiters.add(waiter);
      if (command.sent) quietly(() => options.onSent?.());
    });
  }

  #finish(command: InFlight, error: unknown, data?: unknown): void {
    for (const waiter of [...command.waiters]) waiter.finish(error, data);
    this.#forget(command);
  }

  #forget(command: InFlight): void {
    this.#inFlight.delete(command.frame.id);
    if (command.shared !== undefined) this.#shared.delete(command.shared);
    this.#lanes.delete(command);
    if (this.size === 0) this.#options.onIdle();
  }

  /** Why a command is not even tried. */
  #refusal(frame: CommandFrame, text: string): BridgeError | undefined {
    const { maxInFlight } = this.#options;
    if (this.#callers >= maxInFlight) {
      return new BridgeError(
        "overloaded",
        `Cannot send ${frame.command}: at most ${maxInFlight} commands may wait for their answers`,
      );
    }
    const length = frame.key?.length ?? 0;
    if (frame.key === "" || length > MAX_KEY_LENGTH) {
      return new BridgeError(
        "bad_params",
        `Cannot send ${frame.command}: its key must have 1 to ${MAX_KEY_LENGTH} characters, got ${length}`,
      );
    }
    const bytes = new TextEncoder().encode(text).length;
    if (bytes <= this.#limits.frameBytes) return undefined;
    return new BridgeError(
      "bad_params",
      `Cannot send ${frame.command}: a frame must not be longer than ${this.#limits.frameBytes} bytes, got ${bytes}`,
    );
  }

  #answered(frame: CommandFrame, error: FrameError): BridgeError {
    const code = Object.hasOwn(ERROR_CODES, error.code)
      ? error.code
      : "internal";
    const { message, retriable, retryAfterMs } = error;
    return new BridgeError(
      code,
      this.#options.redact(String(message)),
      defined({
        retriable: retriable === true,
        sent: true,
        retryAfterMs,
        key: frame.key,
      }),
    );
  }
}

function timedOut(
  command: InFlight,
  timeoutMs: number,
  lostReason: string | undefined,
): BridgeError {
  const { frame: { command: name, key }, acts, sent } = command;
  const why = sent
    ? `the bridge did not answer within ${timeoutMs} ms`
    : `there was no connection, or no room in the rate, within ${timeoutMs} ms`;
  const last = lostReason === undefined ? "" : `; ${lostReason}`;
  return new BridgeError(
    acts && sent ? "outcome_unknown" : "timeout",
    `Cannot ${
      acts && sent ? "tell the outcome of" : "do"
    } ${name}: ${why}${last}`,
    defined({
      key,
      sent,
      cause: lostReason === undefined ? undefined : new Error(lostReason),
    }),
  );
}

/** Calls a callback, whose error must not end the connection. */
function quietly(call: () => void): void {
  try {
    call();
  } catch {
    // It is the caller's.
  }
}

function droppedError({ frame }: InFlight): BridgeError {
  return new BridgeError(
    "overloaded",
    `Cannot send ${frame.command}: at most ${MAX_BACKGROUND_QUEUE} commands may wait in the background lane. Ask again when the answer is needed.`,
  );
}

/** 128 random bits. `crypto.randomUUID` is missing in pages without TLS. */
function randomKey(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}
