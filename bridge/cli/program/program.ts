/** The program of `serve`, put together: stores, server, bridge, gateway. @module */

import {
  type Config,
  formatAddress,
  hasShortToken,
  TOKEN_CHARS,
} from "../../config/config.ts";
import { LineTransport, type Transport } from "../../../mod.ts";
import { AgentTransport } from "../../upstream/agent_transport.ts";
import { AnswerTransport } from "../../upstream/answer_transport.ts";
import type { BridgeParts } from "../../compose.ts";
import { OVERTAKEN } from "../../upstream/upstream_state.ts";
import { sharedClock } from "../../../lib/shared_timers.ts";
import type { AuditSink } from "../../access/audit.ts";
import { AuditLog } from "../../ops/audit_log.ts";
import { createControlApi } from "../../ops/control_api.ts";
import type { Log } from "../../ops/log.ts";
import { Figures } from "../../ops/figures.ts";
import { RuntimeSettings } from "../../ops/runtime_settings.ts";
import type { Logging } from "./logging.ts";
import { Metrics } from "../../ops/metrics.ts";
import { freeBytesAt } from "../../sqlite/file_identity.ts";
import { LiveBackup } from "../../storage/backup/live_backup.ts";
import {
  ADMINISTRATOR,
  createToken,
  hashToken,
  isValid,
  type TokenStore,
} from "../../access/token_store.ts";
import { VERSION } from "../../version.ts";
import { Shutdown } from "./shutdown.ts";
import { openControl } from "../control.ts";
import {
  addressesOf,
  type Embedded,
  openEmbedded,
  refusedPassword,
} from "./embedded.ts";
import { openGateway } from "./gateway.ts";
import { targetOptions } from "./targets.ts";
import { surviveErrors } from "./last_resort.ts";
import { MemoryRelease } from "./memory_release.ts";
import {
  firstToken,
  removeOldFirstToken,
  tokenShown,
  writeFirstToken,
} from "./first_token.ts";
import { openStores, type Stores } from "./stores.ts";

export interface Program {
  /** URL at which clients connect. */
  readonly http: string;
  /** HOST:PORT at which the embedded server accepts old clients, one each listener. */
  readonly qqListen: readonly string[];
  /** The administrator's token, to show; `undefined` unless this start created it. */
  readonly newToken: string | undefined;
  /** Path of the file into which this start wrote the token instead. */
  readonly tokenFile: string | undefined;
  /** Whether the configuration sets the administrator's token. */
  readonly isTokenSet: boolean;
  /** Whether that token is in place of the stored token `admin`. */
  readonly isAdministratorReplaced: boolean;
  /** Records that the new token was shown, so that no later start replaces it. */
  tokenShown(): void;
  /** Whether the demo accounts are new: created by this start, or by one that failed before it was ready. */
  readonly madeDemo: boolean;
  /** Finishes what is in flight, closes all connections and logs the accounts out. */
  close(): Promise<void>;
}

/**
 * Starts the program; if a part fails to start, the others are closed again.
 *
 * @param isOutputKept Whether what is printed is kept for good, so that it must
 * not contain the token.
 * @param logging What of the log can be read and changed; undefined if nothing.
 */
export async function startProgram(
  config: Config,
  log: Log,
  isOutputKept = false,
  logging?: Pick<Logging, "ring" | "level">,
): Promise<Program> {
  const closing = new Shutdown(log);
  try {
    return await assemble(config, log, closing, isOutputKept, logging);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function assemble(
  given: Config,
  log: Log,
  closing: Shutdown,
  isOutputKept: boolean,
  logging: Pick<Logging, "ring" | "level"> | undefined,
): Promise<Program> {
  const metrics = new Metrics(VERSION);
  // Added first, so that it is removed after everything else has closed.
  closing.add(
    "last resort",
    surviveErrors(log, () => metrics.unhandledError()),
  );
  if (hasShortToken(given)) {
    log.warn("administrator's token is short enough to be guessed", {
      value: "TQQ_TOKEN",
      action: `Set one of at least ${TOKEN_CHARS} characters.`,
    });
  }
  warnOfQueries(given, log);
  const stores = await openStores(given, log, closing, metrics);
  const memory = new MemoryRelease(sharedClock, () => stores.journal.head);
  memory.start();
  closing.add("memory", () => memory.stop());
  const config = withoutStoredToken(given, stores.tokens, log);
  const { token } = config;
  const dataPath = stores.folder?.path;
  if (dataPath !== undefined) metrics.watchDisk(() => freeBytesAt(dataPath));
  const embedded = await openEmbedded(
    config,
    stores,
    log,
    closing,
    () => metrics.authFailure("password"),
  );
  const backup = stores.folder && new LiveBackup(stores.folder.path, VERSION);
  const localToken = stores.folder === undefined ? undefined : createToken();
  const { tokens, cluster } = stores;
  const sessions = cluster?.sessions ?? stores.database.sessions;
  const audit = new AuditLog(log, sharedClock);
  closing.add("audit", () => audit.close());
  const gateway = await openGateway({
    config,
    log,
    metrics,
    bridge: {
      ...bridgeOptions({ config, log, stores, embedded, metrics, audit }),
      figures: new Figures({
        source: metrics,
        clock: sharedClock,
        onError: (error) => log.error("cannot measure", { error }),
      }),
      settings: new RuntimeSettings({
        version: VERSION,
        startedAt: sharedClock.now(),
        settings: config.shown,
        live: logging === undefined ? {} : { logLevel: logging.level },
      }),
    },
    logs: logging?.ring,
    tokens,
    attach: cluster && ((bridge) => cluster.attach(bridge)),
    isServing: cluster && (() => !cluster.isCutOff),
    sessions,
    localToken,
  });
  const { bridge } = gateway;
  const http = `${config.tls === undefined ? "http" : "https"}://${
    formatAddress({ host: gateway.hostname, port: gateway.port })
  }${config.basePath}`;
  closing.add("gateway", () => gateway.close());
  bridge.start();
  closing.add("bridge", () => bridge.stop());
  cluster?.start();
  closing.add("membership", () => cluster?.leave());
  const { controlPath, folder } = stores;
  if (folder !== undefined && controlPath !== undefined) {
    const api = createControlApi({
      accounts: bridge.accountService,
      tokens: bridge.tokenService!,
      targets: bridge.targetService!,
      bridge,
      backup,
      audit,
      clusterStatus: cluster && (() => cluster.status()),
    });
    const control = await openControl(controlPath, api, log);
    // Closed together with the bridge, because both may wait for what is in flight.
    closing.with("control endpoint", () => {
      backup?.close();
      return control.close();
    });
    folder.publish({ http, token: localToken! });
  }
  // Added last: new connections are refused first, and open ones get all events until the bridge has stopped.
  closing.add("listener", () => gateway.stop());
  const { listeners, madeDemo, hasDemo } = embedded;
  const isWritten = isOutputKept && folder !== undefined;
  if (folder !== undefined) removeOldFirstToken(folder, stores.database);
  // The tokens of a cluster are in its log: `tqq cluster init` makes the first.
  const newToken = cluster !== undefined
    ? undefined
    : firstToken(stores.database, {
      isTokenSet: token !== undefined,
      canShow: isWritten || config.logFormat !== "json",
    });
  let tokenFile: string | undefined;
  if (isWritten && newToken !== undefined) {
    tokenFile = writeFirstToken(folder, newToken);
    tokenShown(stores.database);
    log.info("first token written", { path: tokenFile });
  }
  const administrator = tokens.findByName(ADMINISTRATOR);
  return {
    http,
    qqListen: addressesOf(listeners),
    newToken: tokenFile === undefined ? newToken : undefined,
    tokenFile,
    isTokenSet: token !== undefined,
    isAdministratorReplaced: token !== undefined &&
      administrator !== undefined && isValid(administrator, Date.now()),
    tokenShown: () => {
      if (newToken !== undefined) tokenShown(stores.database);
    },
    madeDemo: madeDemo || newToken !== undefined && hasDemo,
    close: () => closing.closeInTime(),
  };
}

/**
 * Ignores a token of the configuration that is the text of a stored one: it was
 * exported for clients in the shell that starts the program.
 */
function withoutStoredToken(
  config: Config,
  tokens: TokenStore,
  log: Log,
): Config {
  const { token } = config;
  const stored = token === undefined
    ? undefined
    : tokens.find(hashToken(token));
  if (stored === undefined || !isValid(stored, Date.now())) return config;
  log.warn("TQQ_TOKEN is the text of a stored token and replaces nothing", {
    grant: stored.name,
  });
  return { ...config, token: undefined };
}

/** Arguments are visible to all users of the machine, and a query may hold a token. */
function warnOfQueries({ targets }: Config, log: Log): void {
  const { reverse, post, hook } = targets;
  for (
    const [value, given] of Object.entries({
      "--onebot-reverse": reverse,
      "--onebot-post": post,
      "--hook": hook,
    })
  ) {
    if (given.every(({ url }) => new URL(url).search === "")) continue;
    log.warn("target of a flag has a query, which others can read", {
      value,
      action:
        "Add the target with tqq target add, and give its secrets on standard input.",
    });
  }
}

interface Parts {
  config: Config;
  log: Log;
  stores: Stores;
  embedded: Embedded;
  metrics: Metrics;
  audit: AuditSink;
}

function sharedBy(transport: Transport): () => Transport {
  return () => transport;
}

function bridgeOptions(
  { config, log, stores, embedded, metrics, audit }: Parts,
): BridgeParts["bridge"] {
  const { database, journal, accounts, tokens, cluster } = stores;
  const { server } = embedded;
  const isTcp = config.upstream.startsWith("tcp:");
  // One connection an account, because mail is pushed there.
  const transport = isTcp ? () => new LineTransport(config.upstream) : sharedBy(
    server === undefined
      ? new AgentTransport(config.upstream)
      : new AnswerTransport(server.answer),
  );
  return {
    journal,
    accounts,
    pollKeys: database.pollKeys,
    transport: (uin) => cluster?.fence(uin, transport()) ?? transport(),
    drives: cluster && ((uin) => cluster.drives(uin)),
    elsewhere: cluster?.elsewhere,
    server,
    refusedPasswordMd5: refusedPassword(config),
    audit,
    onInternalError: ({ error, errorId, command, connection }) =>
      log.error("command failed", { errorId, command, connection, error }),
    tokens: {
      store: tokens,
      isAdministratorSet: config.token !== undefined,
    },
    retention: config.retention,
    client: {
      ...(isTcp ? { version: "1.4" } : {}),
      pollMinMs: config.polls.minMs,
      pollMaxMs: config.polls.maxMs,
    },
    inbox: cluster?.inbox(database.inbox) ?? database.inbox,
    people: database.people,
    targets: targetOptions(config, cluster?.targets ?? database.targets),
    ...config.bridgeLimits,
    loginsPerSecond: config.loginsPerSecond,
    listener: {
      onStateChange: (account, { state, reason, action }) =>
        log.info("account state changed", { account, state, reason, action }),
      onPoll: (_, outcome) => metrics.poll(outcome),
      contested: (id) => {
        const slash = id.indexOf("/");
        log.warn("consumer name contested", {
          grant: id.slice(0, slash),
          consumer: id.slice(slash + 1),
        });
      },
      overtaken: (account) => log.warn(OVERTAKEN, { account }),
      onError: (account, what, error) =>
        log.error(`Cannot ${what}`, { account, error }),
    },
  };
}
