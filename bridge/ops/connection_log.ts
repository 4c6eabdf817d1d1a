/** The access log: connections and requests of clients. @module */

import type { Clock } from "../../lib/clock.ts";
import { COMMAND_SCOPES } from "../../mod.ts";
import type { Log, LogFields } from "./log.ts";

/** A connection or a request, without its query, which may contain a token. */
export interface LoggedConnection {
  readonly connection: string;
  /** Requested path, without the query. */
  readonly path: string;
  readonly address: string | undefined;
  /** Name of the token; undefined while it is unknown. Never the token itself. */
  readonly grant: string | undefined;
  /** Start time in milliseconds since 1970. */
  readonly at: number;
}

/** Parts of the app's own paths; each endpoint declares those of its paths. */
const WORDS: ReadonlySet<string> = new Set([
  ...["api", "app.css", "app.js", "asyncapi.json", "console", "events"],
  ...["healthz", "lib", "logs", "metrics", "mod.js", "mod.ts", "openapi.json"],
  ...["readyz", "session"],
  ...Object.keys(COMMAND_SCOPES),
]);

/** Logs connections and requests of clients. */
export class ConnectionLog {
  readonly #log: Log;
  readonly #clock: Pick<Clock, "now">;
  readonly #words = new Set(WORDS);

  /**
   * Writes to a log.
   *
   * @param log The log.
   * @param clock Source of time, for durations.
   */
  constructor(log: Log, clock: Pick<Clock, "now">) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Called when a WebSocket or an event stream was opened. */
  onOpen({ connection, path, address, grant }: LoggedConnection): void {
    this.#write(grant, "Client came", { connection, path, address, grant });
  }

  /** Called when it was closed; a WebSocket has a close code. */
  onClose(
    { connection, grant, at }: LoggedConnection,
    closeCode?: number,
  ): void {
    this.#write(grant, "Client left", {
      connection,
      grant,
      closeCode,
      durationMs: this.#clock.now() - at,
    });
  }

  /** Called when a plain HTTP request was answered. */
  onResponse(
    { connection, path, address, grant, at }: LoggedConnection,
    method: string,
    status: number,
  ): void {
    this.#log.debug("Request", {
      connection,
      method,
      path: this.#maskPath(path),
      status,
      address,
      grant,
      durationMs: this.#clock.now() - at,
    });
  }

  /** Adds parts of paths that may be shown. */
  addPathWords(words: readonly string[]): void {
    for (const word of words) this.#words.add(word);
  }

  /** Replaces each unknown part of a path by a star, because it may be a secret. */
  #maskPath(path: string): string {
    return path.split("/")
      .map((part) => part === "" || this.#words.has(part) ? part : "*")
      .join("/");
  }

  /** Logs clients without a token at level debug only, because their number is not limited. */
  #write(grant: string | undefined, message: string, fields: LogFields): void {
    this.#log[grant === undefined ? "debug" : "info"](message, fields);
  }
}
