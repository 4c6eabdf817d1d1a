/** Watches that a server still takes connections. @module */

import { connect, type Socket } from "node:net";

/** Looks without a new connection after which the door is tried. */
const QUIET_LOOKS = 5;

/** The same at most, where listening anew does not help. */
const MOST_QUIET_LOOKS = 600;

/** Looks that a connection of our own may take to come in. */
const PATIENT_LOOKS = 3;

/** What a {@linkcode Door} needs. */
export interface DoorOptions {
  /** Listens already; tells who came, and who was one too many. */
  readonly server: {
    readonly listening: boolean;
    on(event: "connection" | "drop", run: () => void): unknown;
  };
  /** Where. */
  readonly host: string;
  /** The port that it got. */
  readonly port: number;
  /** Listens anew; what fails is tried again. */
  reopen(): void;
  /** Is told where nobody could come in. */
  failed(error: unknown): void;
}

/** A connection of our own. */
interface Trial {
  socket: Socket;
  looks: number;
}

/**
 * `node:net` of Deno 2.9.6 takes no connection any more after one that failed
 * because too many files were open, and tells nobody. So a server to which
 * nobody has come for a while is tried from here, and listens anew where that
 * does not come in. Who is connected stays.
 */
export class Door {
  readonly #options: DoorOptions;
  #quietLooks = 0;
  #mostQuietLooks = QUIET_LOOKS;
  #trial: Trial | undefined;
  #closed = false;

  constructor(options: DoorOptions) {
    this.#options = options;
    options.server.on("connection", () => this.#came());
    options.server.on("drop", () => this.#came());
  }

  /** Looks after it; to be called about every second. */
  look(): void {
    if (this.#closed) return;
    const { server, reopen, failed } = this.#options;
    if (!server.listening) return reopen();
    const trial = this.#trial;
    if (trial === undefined) {
      if (++this.#quietLooks >= this.#mostQuietLooks) this.#try();
    } else if (++trial.looks > PATIENT_LOOKS) {
      this.#end();
      this.#mostQuietLooks = Math.min(
        2 * this.#mostQuietLooks,
        MOST_QUIET_LOOKS,
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

  #try(): void {
    const { host, port } = this.#options;
    const socket = connect({ host: reachable(host), port });
    this.#trial = { socket, looks: 0 };
    // Refused, or no file is left for it: told by the next one.
    socket.on("error", () => this.#end());
    // Who is one too many is let in, and out again.
    socket.on("end", () => this.#end());
    socket.resume();
  }

  #came(): void {
    this.#mostQuietLooks = QUIET_LOOKS;
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
