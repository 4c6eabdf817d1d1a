/** Who came, what was asked, who left: what the log tells of clients. @module */

import type { Clock } from "../../lib/clock.ts";
import { COMMAND_SCOPES } from "../../mod.ts";
import type { Log, LogFields } from "./log.ts";

/** A connection, or a request: without its query, which may hold a token. */
export interface LoggedConnection {
  /** Tells it from others. */
  readonly connection: string;
  /** What was asked for, without the query. */
  readonly path: string;
  /** The client's address. */
  readonly address: string | undefined;
  /** The name of the token, where one is known; never the token. */
  readonly grant: string | undefined;
  /** When it began, in milliseconds since 1970. */
  readonly at: number;
}

/** Parts of the app's own paths; each endpoint declares those of its paths. */
const WORDS: ReadonlySet<string> = new Set([
  ...["api", "app.css", "app.js", "asyncapi.json", "console", "events"],
  ...["healthz", "lib", "metrics", "mod.js", "mod.ts", "openapi.json"],
  ...["readyz", "session"],
  ...Object.keys(COMMAND_SCOPES),
]);

/** See the module. */
export class ConnectionLog {
  readonly #log: Log;
  readonly #clock: Pick<Clock, "now">;
  readonly #words = new Set(WORDS);

  /**
   * @param log Where it is written.
   * @param clock Tells how long it took.
   */
  constructor(log: Log, clock: Pick<Clock, "now">) {
    this.#log = log;
    this.#clock = clock;
  }

  /** A WebSocket or an event stream was opened. */
  onOpen({ connection, path, address, grant }: LoggedConnection): void {
    this.#write(grant, "Client came", { connection, path, address, grant });
  }

  /** It has ended; a WebSocket with a close code. */
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

  /** A request for plain HTTP has its answer. */
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

  /** Of those who say no hello, or a wrong one, there may be any number. */
  #write(grant: string | undefined, message: string, fields: LogFields): void {
    this.#log[grant === undefined ? "debug" : "info"](message, fields);
  }
}
