/** The embedded server of the program, with its demo accounts. @module */

import {
  addDemo,
  createServer,
  DEMO_PASSWORD,
  echo,
  MemoryStore,
  type QqListener,
  type QqServer,
} from "../../../lib/server/mod.ts";
import { sharedClock } from "../../../lib/shared_timers.ts";
import { md5Hex } from "../../../mod.ts";
import {
  checkDemo,
  type Config,
  formatAddress,
  isExposed,
} from "../../config/config.ts";
import { BRIDGE_ADDRESS } from "../../upstream/answer_transport.ts";
import type { Log } from "../../ops/log.ts";
import type { BridgeDatabase } from "../../storage/bridge_database.ts";
import { openStore } from "../../storage/opening.ts";
import { SqliteQqStore } from "../../storage/qq_store.ts";
import type { Shutdown } from "./shutdown.ts";
import { RefusalLog } from "./refusal_log.ts";
import { listening } from "./listening.ts";
import type { Folder } from "./stores.ts";

/** Demo accounts that the bridge logs in. */
const DEMO_ACCOUNTS = ["10001", "10002"] as const;

/** Demo account that echoes messages. */
const ROBOT = "10000";

/** The embedded server and what became of its demo accounts. */
export interface Embedded {
  /** Undefined if the accounts are at another server. */
  readonly server: QqServer | undefined;
  /** Whether this start created the demo accounts. */
  readonly madeDemo: boolean;
  /** Whether the demo accounts exist and still have the demo password. */
  readonly hasDemo: boolean;
  /** Listeners for old clients. */
  readonly listeners: readonly QqListener[];
}

/**
 * Opens the embedded server, if the configuration names no other.
 *
 * @throws {ConfigError} If other hosts could use the demo password, or the address is not available.
 */
export async function openEmbedded(
  config: Config,
  stores: Folder,
  log: Log,
  closing: Shutdown,
  wrongPassword = () => {},
): Promise<Embedded> {
  const { database } = stores;
  database.set("upstream", config.upstream);
  const server = config.upstream === "embedded"
    ? makeServer(config, stores, log, closing, wrongPassword)
    : undefined;
  const madeDemo = server !== undefined && config.demo &&
    await makeDemo(server, database);
  const hash = md5Hex(DEMO_PASSWORD);
  const open = database.accounts.list().filter((one) =>
    one.passwordMd5 === hash
  )
    .map(({ uin }) => uin);
  checkDemo(config, [
    ...new Set([...server?.accountsWithPassword(hash) ?? [], ...open]),
  ]);
  const { qqListen } = config;
  const listeners = server === undefined || qqListen === "off"
    ? []
    : qqListen.map((address) =>
      listening("--qq-listen", address, () =>
        server.listen({ hostname: address.host, port: address.port }))
    );
  const hasDemo = server !== undefined &&
    DEMO_ACCOUNTS.every((uin) => open.includes(uin));
  return { server, madeDemo, hasDemo, listeners };
}

/** The addresses of listeners as HOST:PORT, in their order. */
export function addressesOf(listeners: readonly QqListener[]): string[] {
  return listeners.map(({ hostname, port }) =>
    formatAddress({ host: hostname, port })
  );
}

/** The MD5 of the demo password, if a listener is reachable from other hosts. */
export function refusedPassword(config: Config): string | undefined {
  return isExposed(config) ? md5Hex(DEMO_PASSWORD) : undefined;
}

function makeServer(
  config: Config,
  { database, folder }: Folder,
  log: Log,
  closing: Shutdown,
  wrongPassword: () => void,
): QqServer {
  const store = folder === undefined ? new MemoryStore() : openStore(
    folder,
    "qq",
    database,
    (path) => openQq(path, database),
    (warning) => log.warn(warning),
  );
  closing.add("store of the embedded server", () => {
    if (store instanceof SqliteQqStore) store.close();
  });
  const refusals = new RefusalLog(log);
  const server = createServer({
    store,
    clock: sharedClock,
    allowOrigins: config.qqAllowOrigin,
    sendGapMs: config.qqSendGapMs,
    penaltyMs: config.qqPenaltyMs,
    ...config.qqSwitches,
    loginDelay: { exempt: [BRIDGE_ADDRESS] },
    onLoginRefused(refusal) {
      wrongPassword();
      refusals.log(refusal);
    },
    onError: (error) => log.error("embedded server failed", { error }),
  });
  closing.add("embedded server", () => server.close());
  if (server.accounts().some(({ uin }) => uin === ROBOT)) {
    server.addRobot(ROBOT, echo);
  }
  return server;
}

/** Reads the accounts at once, so that a damaged file is detected here. */
function openQq(path: string, database: BridgeDatabase): SqliteQqStore {
  const store = database.openQqStore(path);
  try {
    store.accounts();
    return store;
  } catch (error) {
    store.close();
    throw error;
  }
}

/**
 * Creates the demo accounts at the first start, or completes them if that
 * start was killed. Later starts leave them as they are.
 *
 * @returns Whether this start created or completed them.
 */
export async function makeDemo(
  server: QqServer,
  database: BridgeDatabase,
): Promise<boolean> {
  if (database.get("demo_made_at") !== undefined) return false;
  if (database.get("demo_begun_at") === undefined) {
    // The user added accounts before the first start.
    if (server.accounts().length > 0) return false;
    database.set("demo_begun_at", new Date().toISOString());
  }
  await addDemo(server);
  const passwordMd5 = md5Hex(DEMO_PASSWORD);
  for (const uin of DEMO_ACCOUNTS) {
    if (database.accounts.get(uin) !== undefined) continue;
    database.accounts.put({ uin, passwordMd5, nickname: "", wanted: "in" });
  }
  database.transaction(() => {
    database.set("demo_made_at", new Date().toISOString());
    database.delete("demo_begun_at");
  });
  return true;
}
