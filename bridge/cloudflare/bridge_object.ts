/** A bridge in a Durable Object. @module */

import { EdgeBridge } from "../edge/edge_bridge.ts";
import type { EdgeOptions } from "../edge/options.ts";
import { MIGRATIONS } from "../journal/sqlite/migrations.ts";
import { SqliteJournal } from "../journal/sqlite/sqlite_journal.ts";
import { type ObjectStorage, openObjectDatabase } from "./object_database.ts";
import { upgradeToPair } from "./socket_pair.ts";

/**
 * Options of a bridge in a Durable Object.
 *
 * @category Edge
 */
export interface ObjectOptions
  extends
    Omit<EdgeOptions, "journal" | "journalEvents" | "signals" | "upgrade"> {
  /**
   * Time between two alarms, in milliseconds. After a crash or an eviction the
   * bridge is back after at most this time and a login.
   *
   * @default {30000}
   */
  watchdogMs?: number;
}

/**
 * The part of a Durable Object's state that the bridge uses.
 *
 * @category Edge
 */
export interface ObjectState {
  /** Storage of the object; its class must be one of `new_sqlite_classes`. */
  readonly storage: ObjectStorage;
}

/** Time between two alarms, in milliseconds. */
const WATCHDOG_MS = 30_000;

/**
 * Accounts of one object at a server outside. The platform lets six requests of
 * an object wait for response headers; each account has one that waits long,
 * and one must be left for commands.
 */
const MAX_ACCOUNTS = 5;

/**
 * A bridge in a Durable Object: extend it, and return the bridge's options.
 * Events, positions of consumers and keys of commands are in the object's
 * SQLite database.
 *
 * @typeParam Env Variables, secrets and bindings of the Worker.
 * @category Edge
 */
export abstract class BridgeObject<Env = unknown> {
  readonly #bridge: EdgeBridge;
  readonly #storage: ObjectStorage;
  readonly #watchdogMs: number;
  /** Whether an alarm was set in this life of the object. */
  #isWatched = false;

  /**
   * Called by the platform.
   *
   * @param state State of the object.
   * @param env Variables, secrets and bindings of the Worker.
   * @throws {TypeError | RangeError} If an option is invalid.
   */
  constructor(state: ObjectState, env: Env) {
    const { watchdogMs = WATCHDOG_MS, ...options } = this.options(env);
    const isOutside = typeof options.endpoint !== "function";
    if (isOutside && options.accounts.length > MAX_ACCOUNTS) {
      throw new RangeError(
        `Cannot create the bridge: an object has at most ${MAX_ACCOUNTS} accounts at a server outside, because it may wait for six answers at a time, got ${options.accounts.length}. Use one object for each ${MAX_ACCOUNTS}.`,
      );
    }
    this.#storage = state.storage;
    this.#watchdogMs = watchdogMs;
    const { onError = console.error } = options;
    const database = openObjectDatabase(state.storage, {
      what: "the journal",
      migrations: MIGRATIONS,
    });
    this.#bridge = new EdgeBridge({
      ...options,
      journal: new SqliteJournal(database, { onError }),
      signals: false,
      upgrade: upgradeToPair,
    }, {
      hasFiles: false,
      ...(isOutside ? { maxAccounts: MAX_ACCOUNTS } : {}),
    });
  }

  /**
   * Returns the options of the bridge. Called once, by the constructor, before
   * fields of the class have their values.
   *
   * @param env Variables, secrets and bindings of the Worker.
   */
  abstract options(env: Env): ObjectOptions;

  /** Answers a request. Called by the platform. */
  async fetch(request: Request): Promise<Response> {
    if (!this.#isWatched) this.#setAlarm().catch(console.error);
    const hostname = request.headers.get("cf-connecting-ip");
    return await this.#bridge.fetch(
      request,
      hostname === null ? {} : { remoteAddr: { hostname } },
    );
  }

  /** Starts the bridge if it is not started, and sets the next alarm. Called by the platform. */
  async alarm(): Promise<void> {
    await this.#setAlarm();
    this.#bridge.start();
  }

  /**
   * Closes all connections with 1012 and logs the accounts out. Alarms go on,
   * but the bridge starts again only with the object.
   */
  async stop(): Promise<void> {
    await this.#bridge.stop();
  }

  // Not by the constructor: that would cancel the alarm for which it runs.
  async #setAlarm(): Promise<void> {
    this.#isWatched = true;
    await this.#storage.setAlarm(Date.now() + this.#watchdogMs);
  }
}
