/** `qq-server`: the embedded QQ server alone. @module */

import { type Asked, type Config, parseConfig } from "../../config/config.ts";
import { TokenService } from "../../access/token_service.ts";
import { createControlApi } from "../../ops/control_api.ts";
import { TargetService } from "../../targets/target_service.ts";
import { AccountService } from "../../upstream/account_service.ts";
import type { Log } from "../../ops/log.ts";
import { LiveBackup } from "../../storage/backup/live_backup.ts";
import { VERSION } from "../../version.ts";
import { Shutdown } from "../program/shutdown.ts";
import { openControl } from "../control.ts";
import {
  addressesOf,
  openEmbedded,
  refusedPassword,
} from "../program/embedded.ts";
import { surviveErrors } from "../program/last_resort.ts";
import { announce, startLogging } from "../program/logging.ts";
import { listenForEnd } from "../program/signals.ts";
import { openFolder } from "../program/stores.ts";
import { requireRights } from "../rights.ts";
import type { Terminal } from "../terminal.ts";

/** Runs the embedded server until a signal ends it. */
export async function qqServer(
  args: string[],
  terminal: Terminal,
): Promise<number | Asked> {
  const config = parseConfig("qq-server", terminal.sources(args));
  if ("asked" in config) return config;
  requireRights(config, "qq-server");
  await using logging = startLogging(config);
  const { log } = logging;
  using end = listenForEnd();
  const closing = new Shutdown(log);
  closing.add("last resort", surviveErrors(log));
  try {
    announce(terminal, await start(config, log, closing), log);
  } catch (error) {
    await closing.close();
    throw error;
  }
  const signal = await end.received;
  log.info("Ending", { signal });
  await closing.closeInTime();
  log.info("Ended", { signal });
  return 0;
}

/** Starts the server; returns the lines that say that it is ready. */
async function start(
  config: Config,
  log: Log,
  closing: Shutdown,
): Promise<string[]> {
  const opened = await openFolder("qq-server", config, log, closing);
  const { controlPath, database, folder } = opened;
  const embedded = await openEmbedded(config, opened, log, closing);
  if (folder !== undefined && controlPath !== undefined) {
    const backup = new LiveBackup(folder.path, VERSION);
    const api = createControlApi({
      accounts: new AccountService({
        store: database.accounts,
        server: embedded.server,
        refusedPasswordMd5: refusedPassword(config),
      }),
      tokens: new TokenService({ store: database.tokens }),
      targets: new TargetService({ store: database.targets }),
      backup,
    });
    const control = await openControl(controlPath, api, log);
    closing.add("control endpoint", () => {
      backup.close();
      return control.close();
    });
    folder.publish();
  }
  return readyLines(
    config,
    addressesOf(embedded.listeners),
    embedded.madeDemo,
  );
}

function readyLines(
  { logFormat, dataFolder }: Config,
  qqListen: readonly string[],
  madeDemo: boolean,
): string[] {
  const [qq] = qqListen;
  if (logFormat === "json") {
    return [JSON.stringify({ event: "ready", qq, qqListen })];
  }
  return [
    `tqq qq-server is ready: ${qqListen.join(", ")} for clients of 2005`,
    ...(dataFolder === undefined ? [] : [`  data        ${dataFolder}`]),
    ...(madeDemo
      ? [
        "  accounts    10001 and 10002, friends, password demo; 10000, a robot that echoes; 10010 and 10020, for old clients",
        "",
        "Try it: is 10001 logged in? RES=20 says that it is not.",
        `  curl http://${qq}/ -H 'Content-Type: text/plain' -d 'VER=1.1&CMD=List&SEQ=1&UIN=10001&TN=160&UN=0'`,
      ]
      : []),
  ];
}
