/** Limits on the calls of one connection. @module */

import { RateLimit } from "../access/rate_limit.ts";
import type { Channel, ChannelContext } from "./channel.ts";
import { tooManyCommands } from "./refusal.ts";

/** Maximum number of calls of a connection that run at a time. */
export const MAX_PARALLEL_CALLS = 64;

/** Calls that are rejected in a minute; one more ends the connection. */
export const MAX_REJECTED_CALLS = 120;

/** When a client with too many parallel calls may try again, in milliseconds. */
const RETRY_PARALLEL_MS = 1000;

/** Why a call is rejected. */
export interface CallExcess {
  /** The rule, for an error message. */
  readonly rule: string;
  readonly retryAfterMs: number;
}

/** Counts the calls of a connection, in a minute and at a time. */
export class CallLimits {
  readonly #perMinute: number;
  readonly #channel: Pick<Channel, "close" | "grant">;
  readonly #onRefusal: ChannelContext["onRefusal"];
  readonly #address: string | undefined;
  readonly #taken: RateLimit;
  readonly #rejected: RateLimit;
  #running = 0;

  constructor(
    { clock, limits, onRefusal, address }: Pick<
      ChannelContext,
      "clock" | "limits" | "onRefusal" | "address"
    >,
    channel: Pick<Channel, "close" | "grant">,
  ) {
    this.#onRefusal = onRefusal;
    this.#address = address;
    this.#perMinute = limits.commandsPerMinute;
    this.#channel = channel;
    this.#taken = new RateLimit(clock, this.#perMinute);
    this.#rejected = new RateLimit(clock, MAX_REJECTED_CALLS);
  }

  /** Number of calls in the current minute. */
  get count(): number {
    return this.#taken.count;
  }

  /** Counts a call; returns why it is rejected. Closes the connection after too many. */
  take(): CallExcess | undefined {
    if (this.#taken.take()) return undefined;
    this.#onRefusal?.(tooManyCommands(this.#channel.grant, this.#address));
    if (!this.#rejected.take()) this.#channel.close(4008, "too many commands");
    return {
      rule: `at most ${this.#perMinute} a minute`,
      retryAfterMs: this.#taken.retryAfterMs,
    };
  }

  /** Starts a call, unless too many run; then it returns why. */
  begin(): CallExcess | undefined {
    if (this.#running < MAX_PARALLEL_CALLS) return void this.#running++;
    return {
      rule: `at most ${MAX_PARALLEL_CALLS} may be under way`,
      retryAfterMs: RETRY_PARALLEL_MS,
    };
  }

  /** Ends a call that {@linkcode begin} started. */
  end(): void {
    this.#running--;
  }
}
