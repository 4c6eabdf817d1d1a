/** OneBot 11 in front of the bridge; README.md says where, and what is promised. @module */

import type { Clock } from "../../lib/clock.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type { ChannelContext } from "../endpoint/channel.ts";
import type {
  AcceptedUpgrade,
  Endpoint,
  RequestOrigin,
  UpgradeRequest,
} from "../endpoint/endpoint.ts";
import { OneBotApi } from "./actions/api.ts";
import type { OneBotConnectionContext } from "./party.ts";
import { type EndpointOptions, OneBotEndpoint } from "./endpoint.ts";
import { People } from "./people.ts";
import { Posts } from "./outbound/post.ts";
import { ReverseSockets } from "./outbound/reverse.ts";
import type { DeliveryNotice, OutboundUrl } from "./outbound/target.ts";

export type {
  DeliveryNotice as LineNews,
  OutboundUrl as Target,
} from "./outbound/target.ts";

/** How OneBot is made. */
export interface OneBotOptions
  extends ChannelContext, Omit<EndpointOptions, "context"> {
  /** Time. */
  readonly clock: Clock;
  /** The bridge. */
  readonly bridge: BridgeApi;
  /** Where to dial; nowhere where absent. */
  readonly reverse?: readonly OutboundUrl[];
  /** Where to post events; nowhere where absent. */
  readonly post?: readonly OutboundUrl[];
  /** Sent to where the bridge dials. */
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
  onNotice?(news: DeliveryNotice): void;
}

/** See the module. */
export class OneBot implements Endpoint {
  readonly kind = "onebot";
  readonly #api: OneBotApi;
  readonly #endpoint: OneBotEndpoint;
  readonly #reverse: ReverseSockets;
  readonly #posts: Posts;

  constructor(options: OneBotOptions) {
    const { bridge, clock, limits, stallMs, measures } = options;
    const failed = (error: unknown, connection?: string) =>
      options.onError(error, connection);
    this.#api = new OneBotApi(failed);
    const context: OneBotConnectionContext = {
      bridge,
      clock,
      limits,
      stallMs,
      measures,
      onError: failed,
      consumers: bridge.consumers,
      api: this.#api,
      people: new People(clock),
    };
    const told = (news: DeliveryNotice) => options.onNotice?.(news);
    const { reverse = [], post = [] } = options;
    const { accessToken, reconnectMs, secret } = options;
    this.#endpoint = new OneBotEndpoint({
      context,
      authenticate: (token) => options.authenticate(token),
      slowDown: async (address, signal) =>
        await options.slowDown?.(address, signal) ?? true,
      authFailure: () => options.authFailure?.(),
      ...(options.rates === undefined ? {} : { rates: options.rates }),
    });
    this.#reverse = new ReverseSockets({
      context,
      targets: reverse,
      accessToken,
      reconnectMs,
      onNotice: told,
    });
    this.#posts = new Posts({ context, targets: post, secret, onNotice: told });
  }

  /** Dials, and posts. */
  start(): void {
    this.#reverse.start();
    this.#posts.start();
  }

  /** Ends what {@linkcode start} began; the front ends what others dialled. */
  async stop(): Promise<void> {
    this.#api.close();
    await Promise.all([this.#reverse.stop(), this.#posts.stop()]);
  }

  get pathWords(): readonly string[] {
    return this.#endpoint.pathWords;
  }

  /** See {@linkcode Endpoint}. */
  owns(pathname: string): boolean {
    return this.#endpoint.owns(pathname);
  }

  /** See {@linkcode Endpoint}. */
  upgrade(request: UpgradeRequest): Promise<AcceptedUpgrade | Response> {
    return this.#endpoint.upgrade(request);
  }

  /** See {@linkcode Endpoint}. */
  fetch(
    request: Request,
    address: string | undefined,
    caller?: RequestOrigin,
  ): Promise<Response> {
    return this.#endpoint.fetch(request, address, caller);
  }
}
