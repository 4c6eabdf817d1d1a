/** OneBot 11 of the program. @module */

import type { BridgeApi } from "../../core/bridge_api.ts";
import type { ChannelContext } from "../../endpoint/channel.ts";
import type { ChannelRecorder } from "../../ops/metrics.ts";
import type { Config } from "../../config/config.ts";
import { OneBot, type OneBotOptions } from "../../onebot/mod.ts";
import type { Log } from "../../ops/log.ts";
import { MeasuredBridge } from "../../ops/measured_bridge.ts";
import type { Metrics } from "../../ops/metrics.ts";

/** What it is made of. */
export interface OneBotParts
  extends Pick<OneBotOptions, "authenticate" | "slowDown"> {
  config: Config;
  log: Log;
  bridge: BridgeApi;
  metrics: Metrics;
  channels: ChannelContext;
}

/** Makes it; it dials and posts once it is started. */
export function createOneBot(parts: OneBotParts): OneBot {
  const { config, log, bridge, metrics, channels } = parts;
  const { authenticate, slowDown } = parts;
  return new OneBot({
    ...config.onebot,
    ...channels,
    authenticate,
    ...(slowDown === undefined ? {} : { slowDown }),
    bridge: new MeasuredBridge(bridge, metrics),
    measures: measuresOf(metrics),
    authFailure: () => metrics.authFailure(),
    told: tellOnce(log),
  });
}

/** The same again and again about an address, as while nobody is there, is logged once; a warning always. */
function tellOnce(log: Log): NonNullable<OneBotOptions["told"]> {
  const last = new Map<string, string>();
  return ({ what, account, url, reason, isWarning = false }) => {
    if (isWarning) {
      return log.warn(`OneBot: ${what}`, { account, url, reason });
    }
    const line = `${account} ${url}`;
    const news = `${what} ${reason}`;
    if (last.get(line) === news) return;
    last.set(line, news);
    log.info(`OneBot: ${what}`, { account, url, reason });
  };
}

function measuresOf(metrics: Metrics): ChannelRecorder {
  return {
    connection: (_, change) => metrics.connection("onebot", change),
    sent: (frames, bytes) => metrics.sent(frames, bytes),
    gap: (reason) => metrics.gap(reason),
    slowClose: () => metrics.slowClose(),
    closed: (code) => metrics.closed(code),
  };
}
