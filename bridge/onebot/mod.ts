/** OneBot 11 in front of the bridge; README.md says where, and what is promised. @module */

import type { EndpointOptions } from "../endpoint/dialect_endpoint.ts";
import type { OneBotConnectionContext } from "./connection_options.ts";
import { OneBotEndpoint } from "./endpoint.ts";
import { Posts } from "./outbound/post.ts";
import { ReverseSockets } from "./outbound/reverse.ts";
import type { DeliveryNotice, OutboundUrl } from "./outbound/target.ts";

export type {
  DeliveryNotice as LineNews,
  OutboundUrl as Target,
} from "./outbound/target.ts";

/** Options of {@linkcode OneBot}. */
export interface OneBotOptions extends EndpointOptions {
  /** Addresses to connect to. @default none */
  readonly reverse?: readonly OutboundUrl[];
  /** Addresses to post events to. @default none */
  readonly post?: readonly OutboundUrl[];
  /** Token that the bridge sends where it connects or posts. */
  readonly accessToken?: string | undefined;
  /** Signs what the bridge posts. */
  readonly secret?: string | undefined;
  /**
   * How long after the end of a reverse WebSocket the next is tried, in milliseconds.
   *
   * @default {3000}
   */
  readonly reconnectMs?: number | undefined;
  /** Called when the state of an outbound target changes. */
  onNotice?(notice: DeliveryNotice): void;
}

/** The endpoint of OneBot, and its outbound targets. */
export class OneBot extends OneBotEndpoint {
  readonly #reverse: ReverseSockets;
  readonly #posts: Posts;

  constructor(options: OneBotOptions) {
    super(options);
    const { reverse = [], post = [] } = options;
    const { accessToken, reconnectMs, secret } = options;
    const context: OneBotConnectionContext = { ...this.context, api: this.api };
    const onNotice = (notice: DeliveryNotice) => options.onNotice?.(notice);
    this.#reverse = new ReverseSockets({
      context,
      targets: reverse,
      accessToken,
      reconnectMs,
      onNotice,
    });
    this.#posts = new Posts({ context, targets: post, secret, onNotice });
  }

  /** Connects to the outbound targets. */
  start(): void {
    this.#reverse.start();
    this.#posts.start();
  }

  /** Ends what {@linkcode start} began; the HTTP server closes the other connections. */
  async stop(): Promise<void> {
    this.api.close();
    await Promise.all([this.#reverse.stop(), this.#posts.stop()]);
  }
}
