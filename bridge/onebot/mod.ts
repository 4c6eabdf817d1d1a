/** OneBot 11 in front of the bridge; README.md says where, and what is promised. @module */

import type { EndpointOptions } from "../endpoint/dialect_endpoint.ts";
import type { OneBotConnectionContext } from "./connection_options.ts";
import { OneBotEndpoint } from "./endpoint.ts";
import type {
  DeliveryNotice,
  OutboundOptions,
} from "../endpoint/outbound/outbound_target.ts";
import type { OutboundWorkers } from "../endpoint/outbound/workers.ts";
import type { TargetService } from "../targets/target_service.ts";
import { createPosts } from "./outbound/post.ts";
import { createReverseSockets } from "./outbound/reverse.ts";

/** Options of {@linkcode OneBot}. */
export interface OneBotOptions
  extends EndpointOptions, Omit<OutboundOptions, "targets"> {
  /** Targets to connect and post to; none if undefined. */
  readonly targets?: TargetService | undefined;
  /**
   * How long after the end of a reverse WebSocket the next is tried, in milliseconds.
   *
   * @default {3000}
   */
  readonly reconnectMs?: number | undefined;
}

/** The endpoint of OneBot, and its outbound targets. */
export class OneBot extends OneBotEndpoint {
  readonly #workers: readonly OutboundWorkers[];

  constructor(options: OneBotOptions) {
    super(options);
    const { targets, reconnectMs } = options;
    const context: OneBotConnectionContext = { ...this.context, api: this.api };
    const onNotice = (notice: DeliveryNotice) => options.onNotice?.(notice);
    this.#workers = targets === undefined ? [] : [
      createReverseSockets({ context, targets, reconnectMs, onNotice }),
      createPosts({ context, targets, onNotice }),
    ];
  }

  /** Connects to the outbound targets. */
  start(): void {
    for (const workers of this.#workers) workers.start();
  }

  /** Ends what {@linkcode start} began; the HTTP server closes the other connections. */
  async stop(): Promise<void> {
    this.api.close();
    await Promise.all(this.#workers.map((workers) => workers.stop()));
  }
}
