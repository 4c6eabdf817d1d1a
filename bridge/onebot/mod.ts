/**
 * OneBot 11 in front of the bridge: a bot framework connects by changing one
 * address.
 *
 * ## Where
 *
 * Below `/onebot/v11` of the bridge's own port, with a token of the bridge
 * (`Authorization` with any scheme word, or `?access_token=`): missing is 401,
 * wrong is 403, before the upgrade.
 *
 * | what | address |
 * |---|---|
 * | forward WebSocket | `ws://HOST:PORT/onebot/v11`; `/api` under it for calls only, `/event` for events only |
 * | HTTP API | `http://HOST:PORT/onebot/v11/ACTION`, `GET` or `POST`; query, form or JSON |
 * | reverse WebSocket | the bridge dials `--onebot-reverse [UIN=]ws://...`, again every 3 s (`--onebot-reconnect-ms`) |
 * | HTTP POST | the bridge posts to `--onebot-post [UIN=]http://...`; quick operations are done |
 *
 * `/onebot/v11/10001` in place of `/onebot/v11` is that account's. Without a
 * number it is the token's only account, else the one that `X-Self-ID` names,
 * else the lowest number. A reverse WebSocket or a post without `UIN=` is made
 * for every account. `TQQ_ONEBOT_ACCESS_TOKEN` is sent to where the bridge
 * dials, `TQQ_ONEBOT_SECRET` signs what it posts.
 *
 * Koishi (`koishi-plugin-adapter-onebot`): `protocol: ws`, `selfId: "10001"`,
 * `endpoint: ws://127.0.0.1:8080/onebot/v11/10001`, `token`; or `protocol:
 * ws-reverse` and `--onebot-reverse 10001=ws://127.0.0.1:5140/onebot`; or
 * `protocol: http`, `endpoint: http://127.0.0.1:8080/onebot/v11/10001`, and
 * `--onebot-post 10001=http://127.0.0.1:5140/onebot`.
 *
 * Of its two adapters, 6.9.4 never dials again after a lost socket and cannot
 * read what is posted to it: `ws-reverse` is the way there. 6.5.4 does both with
 * `endpoint: ws://127.0.0.1:8080/onebot/v11/10001?consumer=koishi`; it answers
 * 404 to what it has taken, which is why a 404 is not posted again to who never
 * answered otherwise.
 *
 * NoneBot: `ONEBOT_WS_URLS=["ws://127.0.0.1:8080/onebot/v11/10001"]` and
 * `ONEBOT_ACCESS_TOKEN`; or `--onebot-reverse ws://127.0.0.1:8080/onebot/v11/ws`.
 *
 * node-napcat-ts: `new NCWebsocket({ baseUrl:
 * "ws://127.0.0.1:8080/onebot/v11/10001", accessToken })`.
 *
 * ## What is promised
 *
 * - The first frame is `lifecycle.connect`; a heartbeat follows every 15 s, whose
 *   `status.online` is what the QQ server thinks of the account.
 * - Every event has `seq`, its place in the journal. `?since=SEQ` goes on behind
 *   one, or `?since=EPOCH:SEQ`. A message's `message_id` is made of its `seq`: it
 *   is the same on replay and after a restart.
 * - A client that names itself (`?consumer=NAME`) has its position kept: it is
 *   given what it missed, after `lifecycle.connect`. The position moves when the
 *   client's WebSocket has answered a ping that was sent behind an event, so
 *   nothing is lost; what was sent within the last round trip before a cut may
 *   come twice, with the same `message_id`. Addresses that the bridge dials are
 *   consumers by themselves, from the moment that they are configured. A client that appends `?access_token=` itself is
 *   given the address with `?consumer=NAME` already in it.
 * - A post's position moves once it was answered and what it asked for was done.
 *   Nobody there, 408, 425, 429, 502, 503 or 504: posted again, for ever. Another
 *   5xx, five times: a heartbeat is posted too, and the event passed over, and
 *   logged, where that is taken; else it is posted on, for ever. 3xx and 4xx: the
 *   same at once, where the receiver has ever taken anything, for five minutes;
 *   else passed over, and logged.
 * - What the journal no longer has is told by a `meta_event` `gap` with `from`,
 *   `to` and `reason`.
 * - A send is answered within 10 s. OneBot has no key that would make a repeat
 *   safe: after `retcode` 33003 (`outcome_unknown`) look at `get_msg` or the
 *   bridge's own history before sending again.
 * - What QQ HTTP cannot do is answered with `retcode` 1404.
 *
 * @module
 */

import type { Clock } from "../../lib/clock.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type { ChannelContext } from "../core/channel.ts";
import { Consumers } from "../core/consumers.ts";
import type { Admission, Caller, Endpoint, Upgrade } from "../core/endpoint.ts";
import { OneBotApi } from "./api.ts";
import type { ConnectionContext } from "./connection.ts";
import { type EndpointOptions, OneBotEndpoint } from "./endpoint.ts";
import { People } from "./people.ts";
import { Posts } from "./post.ts";
import { ReverseSockets } from "./reverse.ts";
import type { LineNews, Target } from "./target.ts";

export type { LineNews, Target } from "./target.ts";

/** How OneBot is made. */
export interface OneBotOptions
  extends ChannelContext, Omit<EndpointOptions, "context"> {
  /** Time. */
  readonly clock: Clock;
  /** The bridge. */
  readonly bridge: BridgeApi;
  /** Where to dial; nowhere where absent. */
  readonly reverse?: readonly Target[];
  /** Where to post events; nowhere where absent. */
  readonly post?: readonly Target[];
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
  /** Is told what becomes of where the bridge dials and posts. */
  told?(news: LineNews): void;
}

/** See the module. */
export class OneBot implements Endpoint {
  readonly #api: OneBotApi;
  readonly #endpoint: OneBotEndpoint;
  readonly #reverse: ReverseSockets;
  readonly #posts: Posts;

  constructor(options: OneBotOptions) {
    const { bridge, clock, limits, stallMs, measures } = options;
    const failed = (error: unknown, connection?: string) =>
      options.failed(error, connection);
    this.#api = new OneBotApi(failed);
    const context: ConnectionContext = {
      bridge,
      clock,
      limits,
      stallMs,
      measures,
      failed,
      consumers: new Consumers(bridge.journal),
      api: this.#api,
      people: new People(clock),
    };
    const told = (news: LineNews) => options.told?.(news);
    const { reverse = [], post = [] } = options;
    const { accessToken, reconnectMs, secret } = options;
    this.#endpoint = new OneBotEndpoint({
      context,
      authenticate: (token) => options.authenticate(token),
      slowDown: async (address, signal) =>
        await options.slowDown?.(address, signal) ?? true,
      authFailure: () => options.authFailure?.(),
    });
    this.#reverse = new ReverseSockets({
      context,
      targets: reverse,
      accessToken,
      reconnectMs,
      told,
    });
    this.#posts = new Posts({ context, targets: post, secret, told });
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

  /** See {@linkcode Endpoint}. */
  owns(pathname: string): boolean {
    return this.#endpoint.owns(pathname);
  }

  /** See {@linkcode Endpoint}. */
  upgrade(request: Upgrade): Promise<Admission | Response> {
    return this.#endpoint.upgrade(request);
  }

  /** See {@linkcode Endpoint}. */
  fetch(
    request: Request,
    address: string | undefined,
    caller?: Caller,
  ): Promise<Response> {
    return this.#endpoint.fetch(request, address, caller);
  }
}
