/** Watches that a server still takes connections. @module */

import { connect } from "node:net";
import type { Clock } from "../../lib/clock.ts";

/** Looks without a new connection after which the door is tried. */
const QUIET_CHECKS = 5;

/** The same at most, where listening anew does not help. */
const MAX_QUIET_CHECKS = 600;

/** Looks that a connection of our own may take to come in, once it stands. */
const PROBE_TIMEOUT_CHECKS = 3;

/** The same while it does not stand: others may wait before it in a full queue. */
const PATIENT_CONNECT_LOOKS = 30;

/** The part of the interval by which a look may be late; one that is later says nothing. */
const LATE_PART = 0.5;

/** What a {@linkcode AcceptWatchdog} needs. */
export interface AcceptWatchdogOptions {
  /** Listens already; tells who came, and who was one too many. */
  readonly server: {
    readonly listening: boolean;
    on(event: "connection" | "drop", run: () => void): unknown;
  };
  /** Where. */
  readonly host: string;
  /** The port that it got. */
  readonly port: number;
  /** Time. */
  readonly clock: Pick<Clock, "now">;
  /** How often {@linkcode AcceptWatchdog.check} is called, in milliseconds. */
  readonly intervalMs: number;
  /** Opens a connection of our own. @default {connect of node:net} */
  connect?(options: { host: string; port: number }): TrialSocket;
  /** Listens anew; what fails is tried again. */
  reopen(): void;
  /** Is told where nobody could come in. */
  onError(error: unknown): void;
}

/** What is asked of the socket of a trial. */
export interface TrialSocket {
  on(event: "connect" | "error" | "end", run: () => void): unknown;
  resume(): unknown;
  destroy(): unknown;
}

/** A connection of our own. */
interface Probe {
  socket: TrialSocket;
  looks: number;
  connected: boolean;
}

/**
 * `node:net` of Deno 2.9.6 takes no connection any more after one that failed
 * because too many files were open, and tells nobody. So a server to which
 * nobody has come for a while is tried from here, and listens anew where that
 * does not come in. Who is connected stays.
 */
export class AcceptWatchdog {
  readonly #options: AcceptWatchdogOptions;
  #quietLooks = 0;
  #mostQuietLooks = QUIET_CHECKS;
  #trial: Probe | undefined;
  #lookedAt: number | undefined;
  #closed = false;

  constructor(options: AcceptWatchdogOptions) {
    this.#options = options;
    options.server.on("connection", () => this.#came());
    options.server.on("drop", () => this.#came());
  }

  /** Looks after it; to be called about every second. */
  check(): void {
    if (this.#closed) return;
    const { server, reopen, onError: failed } = this.#options;
    const isLate = this.#isLate();
    if (!server.listening) return reopen();
    // Where this loop was held up, so was what comes in.
    if (isLate) return;
    const trial = this.#trial;
    if (trial === undefined) {
      if (++this.#quietLooks >= this.#mostQuietLooks) this.#try();
    } else if (
      ++trial.looks >
        (trial.connected ? PROBE_TIMEOUT_CHECKS : PATIENT_CONNECT_LOOKS)
    ) {
      this.#end();
      this.#mostQuietLooks = Math.min(
        2 * this.#mostQuietLooks,
        MAX_QUIET_CHECKS,
      );
      failed(
        new Error("Cannot take connections: nobody comes in; listens anew"),
      );
      reopen();
    }
  }

  /** Looks no more. */
  close(): void {
    this.#closed = true;
    this.#end();
  }

  #isLate(): boolean {
    const { clock, intervalMs } = this.#options;
    const now = clock.now();
    const sinceMs = now - (this.#lookedAt ?? now);
    this.#lookedAt = now;
    return sinceMs >= intervalMs * (1 + LATE_PART);
  }

  #try(): void {
    const { host, port } = this.#options;
    const open = this.#options.connect ?? connect;
    const socket = open({ host: reachable(host), port });
    const trial: Probe = { socket, looks: 0, connected: false };
    this.#trial = trial;
    socket.on("connect", () => {
      // It may come in from now on.
      trial.connected = true;
      trial.looks = 0;
    });
    // Refused, or no file is left for it: told by the next one.
    socket.on("error", () => this.#end());
    // Who is one too many is let in, and out again.
    socket.on("end", () => this.#end());
    socket.resume();
  }

  #came(): void {
    this.#mostQuietLooks = QUIET_CHECKS;
    this.#end();
  }

  #end(): void {
    this.#quietLooks = 0;
    const trial = this.#trial;
    this.#trial = undefined;
    trial?.socket.destroy();
  }
}

/** Where one who listens everywhere can be reached. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
