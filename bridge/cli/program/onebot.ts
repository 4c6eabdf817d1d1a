/** OneBot 11 of the program. @module */

import type { EndpointOptions } from "../../endpoint/dialect_endpoint.ts";
import type { Config } from "../../config/config.ts";
import { OneBot, type OneBotOptions } from "../../onebot/mod.ts";
import type { Log } from "../../ops/log.ts";

/** What OneBot is made of. */
export interface OneBotParts {
  config: Config;
  log: Log;
  context: EndpointOptions;
}

/** Creates the endpoint; it dials and posts once it is started. */
export function createOneBot(parts: OneBotParts): OneBot {
  const { config, log, context } = parts;
  return new OneBot({
    ...config.onebot,
    ...context,
    onNotice: logOnce(log),
  });
}

/** Logs what repeats at an address once, because nobody may listen there for days; a warning always. */
function logOnce(log: Log): NonNullable<OneBotOptions["onNotice"]> {
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
