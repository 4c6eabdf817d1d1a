/** A bridge that waits while other bridges poll its accounts. @module */

import type { Clock } from "../../lib/clock.ts";
import type { AccountHealth } from "../core/bridge_api.ts";
import { problem } from "../errors/problem.ts";
import { OVERTAKEN } from "../upstream/upstream_state.ts";

/** How long clients stay connected, so that they get the new state of their accounts, in milliseconds. */
const CLOSE_MS = 1000;

/** When a client may ask again, in milliseconds: the bridge looks so often whether an account is free. */
const RETRY_MS = 30_000;

/**
 * Paths that are answered nevertheless: a platform restarts what does not
 * answer `/healthz`, and a new start would take the accounts back; and a user
 * may take them back.
 */
const ANSWERED: ReadonlySet<string> = new Set(["/healthz", "/api/login"]);

export interface StandbyOptions {
  readonly clock: Clock;
  /** Returns the accounts of the bridge. */
  readonly accounts: () => readonly AccountHealth[];
  /** Called when the wait has begun: closes the WebSockets of all clients. */
  readonly onStandby: () => void;
}

/** Notices that other bridges poll all accounts, closes the clients, and refuses requests until one account is free. */
export class Standby {
  readonly #options: StandbyOptions;
  #streams = new AbortController();
  #isWaiting = false;
  #cancel: (() => void) | undefined;

  constructor(options: StandbyOptions) {
    this.#options = options;
  }

  /** Must be called after the state of an account has changed. */
  update(): void {
    const wanted = this.#options.accounts().filter(({ wanted }) => wanted);
    const isWaiting = wanted.length > 0 &&
      wanted.every(({ state, reason }) =>
        state === "replaced" && reason === OVERTAKEN
      );
    if (isWaiting === this.#isWaiting) return;
    this.#isWaiting = isWaiting;
    this.#cancel?.();
    this.#cancel = isWaiting
      ? this.#options.clock.after(CLOSE_MS, () => this.#close())
      : undefined;
  }

  /** Returns the response to a request while the bridge waits; undefined if it is answered. */
  refuse(pathname: string): Response | undefined {
    if (!this.#isWaiting || ANSWERED.has(pathname)) return undefined;
    return problem("unavailable", `Cannot answer: ${OVERTAKEN}`, {
      retryAfterMs: RETRY_MS,
    });
  }

  /** Ends an event stream when the bridge begins to wait; returns other responses as they are. */
  endsWith(response: Response): Response {
    const type = response.headers.get("content-type");
    if (type !== "text/event-stream" || response.body === null) return response;
    const { signal } = this.#streams;
    const body = response.body.pipeThrough(new TransformStream(), { signal });
    return new Response(body, response);
  }

  stop(): void {
    this.#cancel?.();
  }

  #close(): void {
    this.#options.onStandby();
    this.#streams.abort();
    this.#streams = new AbortController();
  }
}
