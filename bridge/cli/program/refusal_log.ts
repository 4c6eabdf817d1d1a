/** Log lines about wrong passwords at the embedded server. @module */

import { type Clock, systemClock } from "../../../lib/clock.ts";
import { networkOf } from "../../../lib/network.ts";
import type { LoginRefusal } from "../../../lib/server/mod.ts";
import type { Log } from "../../ops/log.ts";
import { OncePerMinute } from "../../ops/once_per_minute.ts";

/** Names each address at most once a minute, so that a client that guesses passwords cannot flood the log. */
export class RefusalLog {
  readonly #log: Log;
  readonly #addresses: OncePerMinute;

  constructor(log: Log, clock: Pick<Clock, "now"> = systemClock) {
    this.#log = log;
    this.#addresses = new OncePerMinute(clock);
  }

  /** Logs a refused login, unless one from its address was logged within the minute. */
  log({ address, uin }: LoginRefusal): void {
    if (!this.#addresses.take(networkOf(address))) return;
    this.#log.warn("wrong password at the QQ server", {
      audit: true,
      address,
      account: uin,
    });
  }
}
