/** The control endpoint of a program that holds a data folder. @module */

import { connect } from "node:net";
import { systemClock } from "../../lib/clock.ts";
import { AcceptWatchdog } from "../http_server/accept_watchdog.ts";
import type { ControlApi } from "../ops/control_api.ts";
import { type ControlServer, startControl } from "../ops/control.ts";
import type { Log } from "../ops/log.ts";

/** Time between two checks that the listener still accepts connections, in milliseconds. */
const CHECK_MS = 500;

/** Opens the control endpoint on the socket at a path. */
export async function openControl(
  path: string,
  api: ControlApi,
  log: Log,
): Promise<ControlServer> {
  const failed = (error: unknown) =>
    log.error("control endpoint failed", { error });
  const control = await startControl({ api, path, failed });
  const door = new AcceptWatchdog({
    server: control.server,
    host: path,
    port: 0,
    clock: systemClock,
    intervalMs: CHECK_MS,
    connect: () => connect(path),
    reopen: () => control.reopen(),
    onError: failed,
  });
  const timer = setInterval(() => door.check(), CHECK_MS);
  return {
    ...control,
    async close() {
      clearInterval(timer);
      door.close();
      await control.close();
    },
  };
}
