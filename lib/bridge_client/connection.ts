/** The connection to a bridge over the sockets that it takes. @module */

import { doubledMs, jitteredMs } from "../backoff.ts";
import type { Clock } from "../clock.ts";
import { formatForbidden, isForbidden } from "../forbidden.ts";
import type { ReconnectBackoff } from "./bridge_options.ts";
import { BridgeError, finalError, isReconnectable } from "./bridge_error.ts";
import type { BridgeStatus } from "./bridge_status.ts";
import {
  FRAME_PROTOCOL,
  type ServerFrame,
  type WelcomeFrame,
} from "../frames/frames.ts";
import {
  type BridgeSocketConstructor,
  type LinkEnd,
  SocketLink,
} from "./socket_link.ts";

/** Options of a connection that reconnects by itself. */
export interface ConnectionOptions {
  Socket: BridgeSocketConstructor;
  clock: Clock;
  random: () => number;
  backoff: ReconnectBackoff;
  /** Sent in the first frame, where the URL does not carry it. */
  helloToken: string | undefined;
  /** Where to connect, asked before each dial. */
  url(): URL;
  /** Takes secrets out of a text of the bridge. */
  redact(text: string): string;
  /** A socket is there. */
  onWelcome(frame: WelcomeFrame): void;
  /** Called with every frame after `welcome`. */
  onFrame(frame: ServerFrame): void;
  /** The socket is gone, for whatever reason. */
  onLost(): void;
  /** No other socket can help. */
  onFinal(error: BridgeError): void;
  /** Called on every change of the connection. */
  onStatus(status: BridgeStatus): void;
}

/** How long a socket must hold for the waits to begin anew. */
const STEADY_MS = 5_000;
/** Failed attempts after which the status says what to check. */
const MANY_FAILURES = 10;

/** Dials, and dials again after a wait, until the bridge or the owner ends it. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #closing = new Set<Promise<void>>();
  #link: SocketLink | undefined;
  #cancelRetry: (() => void) | undefined;
  #failures = 0;
  #everWelcome = false;
  #ended = false;
  #lostReason: string | undefined;

  /** Does not dial yet. */
  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Whether there is a socket, welcomed or not. */
  get standing(): boolean {
    return this.#link !== undefined;
  }

  /** Why there is no socket, in words for people; undefined while one is welcomed, and before the first dial. */
  get lostReason(): string | undefined {
    return this.#lostReason;
  }

  /** Sends the text of a frame; false where there is no welcomed socket. */
  send(text: string): boolean {
    return this.#link?.open === true && this.#link.send(text);
  }

  /** Dials, unless a socket stands or the next dial is due at its time. */
  connect(): void {
    const busy = this.standing || this.#cancelRetry !== undefined;
    if (busy || this.#ended) return;
    this.#options.onStatus({
      state: "connecting",
      attempt: this.#failures + 1,
    });
    try {
      this.#link = this.#dial();
    } catch (error) {
      const { url, onFinal } = this.#options;
      if (isForbidden(error)) {
        // No cause: its message may hold the URL, and with it the token.
        const why = formatForbidden(url(), error);
        return onFinal(
          new BridgeError("forbidden", `Cannot connect to the bridge: ${why}`),
        );
      }
      // The message of a WebSocket's constructor may hold the URL.
      const name = error instanceof Error ? error.name : typeof error;
      const reason = `the WebSocket cannot be made: ${name}`;
      this.#retry({ code: 1006, reason, heldMs: undefined });
    }
  }

  /** Closes the socket; {@linkcode Connection.connect} brings another. */
  letGo(reason: string): void {
    const link = this.#link;
    if (link !== undefined) this.#drop(link, reason);
  }

  /**
   * Closes the connection for good.
   *
   * @returns Resolves when every socket is closed, or has had time enough to.
   */
  async close(): Promise<void> {
    this.#ended = true;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.letGo("done");
    await Promise.all(this.#closing);
  }

  #dial(): SocketLink {
    const { Socket, clock, helloToken, url, onFrame } = this.#options;
    const link = new SocketLink({
      Socket,
      url: url(),
      helloToken,
      clock,
      onWelcome: (frame) => this.#welcomed(frame),
      onFrame,
      onEnd: (end) => this.#lost(link, end),
    });
    return link;
  }

  #welcomed(welcome: WelcomeFrame): void {
    const { onWelcome, onStatus, onFinal } = this.#options;
    if (welcome.protocol !== FRAME_PROTOCOL) {
      this.letGo("unknown frame protocol");
      return onFinal(
        new BridgeError(
          "bad_frame",
          `Cannot talk to the bridge: frame protocol ${FRAME_PROTOCOL} is spoken here, got ${welcome.protocol}`,
        ),
      );
    }
    this.#everWelcome = true;
    this.#lostReason = undefined;
    onWelcome(welcome);
    onStatus({ state: "open", welcome });
  }

  #lost(link: SocketLink, end: LinkEnd): void {
    this.#drop(link, "reconnecting");
    if (isReconnectable(end.code)) return this.#retry(end);
    const { redact, onFinal } = this.#options;
    onFinal(finalError(end.code, redact(end.reason)));
  }

  /** Closes a socket, or what is left of it, and remembers it until it is gone. */
  #drop(link: SocketLink, reason: string): void {
    this.#link = undefined;
    const closing = link.close(1000, reason).then(() => {
      this.#closing.delete(closing);
    });
    this.#closing.add(closing);
    this.#options.onLost();
  }

  #retry({ code, reason, heldMs }: LinkEnd): void {
    const { clock, random, backoff, onStatus } = this.#options;
    const { minMs = 500, maxMs = 30_000 } = backoff;
    if (heldMs !== undefined && heldMs >= STEADY_MS) this.#failures = 0;
    const retryInMs = jitteredMs(
      doubledMs(minMs, maxMs, this.#failures),
      random(),
    );
    this.#failures++;
    this.#lostReason = this.#whyLost(code, reason, heldMs);
    this.#cancelRetry = clock.after(retryInMs, () => {
      this.#cancelRetry = undefined;
      this.connect();
    });
    onStatus({
      state: "waiting",
      retryInMs,
      reason: this.#lostReason,
      closeCode: code,
      failures: this.#failures,
    });
  }

  #whyLost(code: number, reason: string, heldMs: number | undefined): string {
    const said = reason === ""
      ? `close code ${code}`
      : this.#options.redact(reason);
    if (heldMs !== undefined) return `the connection was lost: ${said}`;
    const check = this.#failures >= MANY_FAILURES && !this.#everWelcome
      ? `; ${this.#failures} attempts and never a welcome: check url and token`
      : "";
    return `no connection: the bridge cannot be reached, or refuses token or Origin (${said})${check}`;
  }
}
