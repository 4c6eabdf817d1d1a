/** Requests that a rule or a limit refuses: counted, and logged once a minute. @module */

import type { Clock } from "../../lib/clock.ts";
import { networkOf } from "../../lib/network.ts";
import type { Log } from "./log.ts";
import type { MetricsRecorder, RefusalReason } from "./metrics_recorder.ts";
import { OncePerMinute } from "./once_per_minute.ts";

/** A request that was refused. */
export interface RefusedRequest {
  readonly reason: RefusalReason;
  /** The header, or the name of the limit. */
  readonly value: string;
  /** Address of the client, if known. */
  readonly address: string | undefined;
  /** Name of the token, if known. */
  readonly grant?: string | undefined;
  /** Which setting would allow it. */
  readonly action: string;
}

const MESSAGES: Readonly<Record<RefusalReason, string>> = {
  host: "host refused",
  origin: "origin refused",
  quota: "connection limit reached",
  rate: "command limit reached",
};

/** Maximum number of lines a minute for one network, because a client can invent any number of hosts. */
const MAX_LINES = 20;

/** Counts every refusal, and logs each reason, value and address once a minute. */
export class RequestRefusals {
  readonly #log: Pick<Log, "warn">;
  readonly #metrics: Pick<MetricsRecorder, "refusal">;
  readonly #refusals: OncePerMinute;
  readonly #lines: OncePerMinute;

  constructor(
    { log, metrics, clock }: {
      log: Pick<Log, "warn">;
      metrics: Pick<MetricsRecorder, "refusal">;
      clock: Pick<Clock, "now">;
    },
  ) {
    this.#log = log;
    this.#metrics = metrics;
    this.#refusals = new OncePerMinute(clock);
    this.#lines = new OncePerMinute(clock);
  }

  add({ reason, value, address, grant, action }: RefusedRequest): void {
    this.#metrics.refusal(reason);
    const network = networkOf(address ?? "");
    const key = JSON.stringify([reason, value, grant, network]);
    if (!this.#refusals.take(key) || !this.#hasLine(network)) return;
    this.#log.warn(MESSAGES[reason], {
      reason,
      value,
      address,
      grant,
      action,
    });
  }

  /** Takes one of the lines that a network has in a minute. */
  #hasLine(network: string): boolean {
    for (let line = 0; line < MAX_LINES; line++) {
      if (this.#lines.take(`${line} ${network}`)) return true;
    }
    return false;
  }
}
