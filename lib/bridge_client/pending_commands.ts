/** The commands of a client that have no answer yet. @module */

import { toHex } from "../hex.ts";
import { defined } from "../defined.ts";
import type { Clock } from "../clock.ts";
import { BridgeError } from "./bridge_error.ts";
import { type BridgeCommandName, COMMAND_SCOPES } from "../frames/commands.ts";
import { ERROR_CODES, type FrameError } from "../frames/errors.ts";
import type { CommandFrame, FrameId, ResultFrame } from "../frames/frames.ts";
import { DEFAULT_LIMITS, type Limits } from "../frames/limits.ts";

/** How to send one command. */
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

interface InFlight {
  readonly frame: CommandFrame;
  /** The frame as it was at the call, whatever becomes of its parameters. */
  readonly text: string;
  readonly acts: boolean;
  sent: boolean;
  finish(error: unknown, data?: unknown): void;
}

/** The minute of the bridge's `commandsPerMinute`. */
const MINUTE_MS = 60_000;
/**
 * The share of `commandsPerMinute` that is used: what leaves within a minute
 * may arrive within less, and a command too many closes the connection.
 */
const RATE_SHARE = 0.9;
const MAX_KEY_LENGTH = 128;

/**
 * Bounded, timed, and repeated on the next connection: reading twice does no
 * harm, and a command that acts carries a key, so that it acts once.
 */
export class PendingCommands {
  readonly #options: CommandTableOptions;
  readonly #inFlight = new Map<FrameId, InFlight>();
  #unsent = new Set<InFlight>();
  #sentAt: number[] = [];
  #limits: Pick<Limits, "commandsPerMinute" | "frameBytes"> = DEFAULT_LIMITS;
  #cancelPacing: (() => void) | undefined;
  #lastId = 0;

  constructor(options: CommandTableOptions) {
    this.#options = options;
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
    const acts = COMMAND_SCOPES[name] !== "read";
    const key = options.key ?? (acts ? randomKey() : undefined);
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
    if (options.signal?.aborted) return Promise.reject(options.signal.reason);
    return this.#wait(frame, text, acts, options);
  }

  /** A connection begins: everything without an answer is sent on it. */
  opened(limits: Partial<Limits> | undefined): void {
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#sentAt = [];
    this.#unsent = new Set(this.#inFlight.values());
    this.#pump();
  }

  /** The connection is lost. */
  lost(): void {
    this.#cancelPacing?.();
    this.#cancelPacing = undefined;
  }

  /** An answer came; one that nobody waits for is dropped. */
  settle(result: ResultFrame): void {
    if (result.id === null) return;
    const command = this.#inFlight.get(result.id);
    if (command === undefined) return;
    if (result.ok) command.finish(undefined, result.data);
    else command.finish(this.#answered(command.frame, result.error));
  }

  /** Rejects all pending commands with the same error. */
  fail(error: (command: string) => Error): void {
    this.lost();
    for (const command of [...this.#inFlight.values()]) {
      command.finish(error(command.frame.command));
    }
  }

  #wait(
    frame: CommandFrame,
    text: string,
    acts: boolean,
    options: BridgeCommandOptions,
  ): Promise<unknown> {
    const { clock } = this.#options;
    const timeoutMs = options.timeoutMs ?? this.#options.timeoutMs;
    return new Promise((resolve, reject) => {
      const abort = () => command.finish(options.signal!.reason);
      const cancel = clock.after(
        timeoutMs,
        () =>
          command.finish(
            timedOut(command, timeoutMs, this.#options.lostReason()),
          ),
      );
      const command: InFlight = {
        frame,
        text,
        acts,
        sent: false,
        finish: (error, data) => {
          cancel();
          options.signal?.removeEventListener("abort", abort);
          this.#inFlight.delete(frame.id);
          this.#unsent.delete(command);
          if (error === undefined) resolve(data);
          else reject(error);
          if (this.size === 0) this.#options.onIdle();
        },
      };
      options.signal?.addEventListener("abort", abort, { once: true });
      this.#inFlight.set(frame.id, command);
      this.#unsent.add(command);
      this.#pump();
    });
  }

  /** Sends what the rate allows, and comes back for the rest. */
  #pump(): void {
    const { clock, send } = this.#options;
    const allowed = Math.max(
      1,
      Math.floor(this.#limits.commandsPerMinute * RATE_SHARE),
    );
    for (const command of this.#unsent) {
      const now = clock.now();
      while (now - (this.#sentAt[0] ?? now) >= MINUTE_MS) this.#sentAt.shift();
      if (this.#sentAt.length >= allowed) {
        const waitMs = this.#sentAt[0]! + MINUTE_MS - now;
        this.#cancelPacing ??= clock.after(waitMs, () => {
          this.#cancelPacing = undefined;
          this.#pump();
        });
        return;
      }
      if (!send(command.text)) return;
      command.sent = true;
      this.#sentAt.push(now);
      this.#unsent.delete(command);
    }
  }

  /** Why a command is not even tried. */
  #refusal(frame: CommandFrame, text: string): BridgeError | undefined {
    const { maxInFlight } = this.#options;
    if (this.size >= maxInFlight) {
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
    return new BridgeError(code, this.#options.redact(String(error.message)), {
      retriable: error.retriable === true,
      ...(error.retryAfterMs === undefined
        ? {}
        : { retryAfterMs: error.retryAfterMs }),
      ...(frame.key === undefined ? {} : { key: frame.key }),
    });
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
      cause: lostReason === undefined ? undefined : new Error(lostReason),
    }),
  );
}

/** 128 random bits. `crypto.randomUUID` is missing in pages without TLS. */
function randomKey(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}
