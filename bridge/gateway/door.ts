/** Watches that a server still takes connections. @module */

import {
  connect,
  type Server,
  Server as NetServer,
  type Socket,
} from "node:net";

/** Looks without a new connection after which the door is tried. */
const QUIET_LOOKS = 5;

/** Looks that a connection of our own may take to come in. */
const PATIENT_LOOKS = 3;

/** What a {@linkcode Door} needs. */
export interface DoorOptions {
  /** Listens already. */
  readonly server: Server;
  /** Where. */
  readonly host: string;
  /** The port that it got. */
  readonly port: number;
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
  #trial: Trial | undefined;
  #closed = false;

  constructor(options: DoorOptions) {
    this.#options = options;
    options.server.on("connection", () => this.#worked());
    options.server.on("drop", () => this.#worked());
  }

  /** Looks after it; to be called about every second. */
  look(): void {
    if (this.#closed) return;
    if (!this.#options.server.listening) return this.#open();
    const trial = this.#trial;
    if (trial === undefined) {
      if (++this.#quietLooks >= QUIET_LOOKS) this.#try();
    } else if (++trial.looks > PATIENT_LOOKS) {
      this.#worked();
      this.#options.failed(
        new Error("Cannot take connections: nobody comes in; listens anew"),
      );
      // Not that of HTTP, which ends the connections that are idle.
      NetServer.prototype.close.call(this.#options.server);
      this.#open();
    }
  }

  /** Looks no more. */
  close(): void {
    this.#closed = true;
    this.#worked();
  }

  #try(): void {
    const { host, port } = this.#options;
    const socket = connect({ host: reachable(host), port });
    this.#trial = { socket, looks: 0 };
    // Refused, or no file is left for it: told by the next one.
    socket.on("error", () => this.#worked());
    // Who is one too many is let in, and out again.
    socket.on("end", () => this.#worked());
    socket.resume();
  }

  #worked(): void {
    this.#quietLooks = 0;
    const trial = this.#trial;
    this.#trial = undefined;
    trial?.socket.destroy();
  }

  /** What fails is told by the server, and tried again at the next look. */
  #open(): void {
    const { server, host, port } = this.#options;
    server.listen({ host, port });
  }
}

/** Where one who listens everywhere can be reached. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
