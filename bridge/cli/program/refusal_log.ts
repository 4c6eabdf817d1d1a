/** Log lines about wrong passwords at the embedded server. @module */

import { type Clock, systemClock } from "../../../lib/clock.ts";
import { networkOf } from "../../../lib/network.ts";
import type { LoginRefusal } from "../../../lib/server/mod.ts";
import type { Log } from "../../ops/log.ts";

/** Time before an address is logged again, in milliseconds. */
const AGAIN_MS = 60_000;

/** Maximum number of addresses that are remembered; the oldest is dropped. */
const ADDRESSES = 10_000;

/** Names each address at most once a minute, so that a client that guesses passwords cannot flood the log. */
export class RefusalLog {
  readonly #log: Log;
  readonly #clock: Pick<Clock, "now">;
  readonly #namedAt = new Map<string, number>();

  constructor(log: Log, clock: Pick<Clock, "now"> = systemClock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Logs a refused login, unless one from its address was logged within the minute. */
  log({ address, uin }: LoginRefusal): void {
    const now = this.#clock.now();
    const network = networkOf(address);
    const namedAt = this.#namedAt.get(network) ?? -Infinity;
    if (now - namedAt < AGAIN_MS) return;
    this.#namedAt.delete(network);
    this.#namedAt.set(network, now);
    if (this.#namedAt.size > ADDRESSES) {
      this.#namedAt.delete(this.#namedAt.keys().next().value!);
    }
    this.#log.warn("wrong password at the QQ server", {
      address,
      account: uin,
    });
  }
}
