/** Detects that a listener has stopped accepting connections. @module */

import { connect } from "node:net";
import type { Clock } from "../../lib/clock.ts";

/** Checks without a new connection before the listener is probed. */
const QUIET_CHECKS = 5;

/** Upper limit of the number of quiet checks, if listening again does not help. */
const MAX_QUIET_CHECKS = 600;

/** Checks that an established probe may take until the server sees it. */
const PROBE_TIMEOUT_CHECKS = 3;

/** Checks that a probe may take to be established: a full backlog may hold other clients before it. */
const CONNECT_TIMEOUT_CHECKS = 30;

/** Fraction of the interval by which a check may be late. A later check is ignored. */
const MAX_LATE_FRACTION = 0.5;

export interface AcceptWatchdogOptions {
  /** The server. It listens already. */
  readonly server: {
    readonly listening: boolean;
    on(event: "connection" | "drop", run: () => void): unknown;
  };
  readonly host: string;
  readonly port: number;
  readonly clock: Pick<Clock, "now">;
  /** Interval of the calls of {@linkcode AcceptWatchdog.check}, in milliseconds. */
  readonly intervalMs: number;
  /**
   * Opens a probe connection.
   *
   * @default {connect of node:net}
   */
  connect?(options: { host: string; port: number }): ProbeSocket;
  /** Listens again. A failure is repeated at the next check. */
  reopen(): void;
  /** Called when a probe was not accepted. */
  onError(error: unknown): void;
}

/** The part of a socket that a probe needs. */
export interface ProbeSocket {
  on(event: "connect" | "error" | "end", run: () => void): unknown;
  resume(): unknown;
  destroy(): unknown;
}

interface Probe {
  socket: ProbeSocket;
  checks: number;
  isConnected: boolean;
}

/**
 * Listens again when the server has stopped accepting connections. Open
 * connections stay.
 *
 * Works around `node:net` of Deno 2.9.6: after one accept has failed because
 * too many files were open, it accepts nothing more and reports no error. We
 * know of no upstream issue for `node:net`;
 * https://github.com/denoland/deno/issues/10148 (closed) is the same limit in
 * `Deno.listen`, https://github.com/denoland/deno/issues/32941 (closed) the
 * same stall for another reason. This class can go when the test
 * "AcceptWatchdog: clients connect again after a time without free files"
 * passes without it.
 */
export class AcceptWatchdog {
  readonly #options: AcceptWatchdogOptions;
  #quietChecks = 0;
  #maxQuietChecks = QUIET_CHECKS;
  #probe: Probe | undefined;
  #checkedAt: number | undefined;
  #isClosed = false;

  constructor(options: AcceptWatchdogOptions) {
    this.#options = options;
    options.server.on("connection", () => this.#onAccept());
    options.server.on("drop", () => this.#onAccept());
  }

  /** Must be called about once a second. */
  check(): void {
    if (this.#isClosed) return;
    const { server, reopen, onError } = this.#options;
    const isLate = this.#isLate();
    if (!server.listening) return reopen();
    // A blocked event loop also delays the events of new connections.
    if (isLate) return;
    const probe = this.#probe;
    if (probe === undefined) {
      if (++this.#quietChecks >= this.#maxQuietChecks) this.#openProbe();
    } else if (
      ++probe.checks >
        (probe.isConnected ? PROBE_TIMEOUT_CHECKS : CONNECT_TIMEOUT_CHECKS)
    ) {
      this.#endProbe();
      this.#maxQuietChecks = Math.min(
        2 * this.#maxQuietChecks,
        MAX_QUIET_CHECKS,
      );
      onError(
        new Error(
          "Cannot accept connections: the listener accepts none. It listens again.",
        ),
      );
      reopen();
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#endProbe();
  }

  #isLate(): boolean {
    const { clock, intervalMs } = this.#options;
    const now = clock.now();
    const sinceMs = now - (this.#checkedAt ?? now);
    this.#checkedAt = now;
    return sinceMs >= intervalMs * (1 + MAX_LATE_FRACTION);
  }

  #openProbe(): void {
    const { host, port } = this.#options;
    const open = this.#options.connect ?? connect;
    const socket = open({ host: toReachableHost(host), port });
    const probe: Probe = { socket, checks: 0, isConnected: false };
    this.#probe = probe;
    socket.on("connect", () => {
      // From now on the server can see it.
      probe.isConnected = true;
      probe.checks = 0;
    });
    // Refused, or no file descriptor is left for the probe: the next probe
    // decides.
    socket.on("error", () => this.#endProbe());
    // A connection over the limit is accepted and closed at once.
    socket.on("end", () => this.#endProbe());
    socket.resume();
  }

  #onAccept(): void {
    this.#maxQuietChecks = QUIET_CHECKS;
    this.#endProbe();
  }

  #endProbe(): void {
    this.#quietChecks = 0;
    const probe = this.#probe;
    this.#probe = undefined;
    probe?.socket.destroy();
  }
}

/** An address at which a listener on all interfaces can be reached. */
function toReachableHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
