/** One WebSocket client: the frame protocol, whatever platform gives the socket. @module */

import type { Clock } from "../../lib/clock.ts";
import {
  type ClientFrame,
  type CommandFrame,
  ERROR_CODES,
  FRAME_PROTOCOL,
  type FrameError,
  type FrameId,
  type GapFrame,
  type Limits,
  type ServerFrame,
  type SubscribeFrame,
} from "../../mod.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type { StoredEvent } from "../core/event.ts";
import { CommandError, type Grant } from "../core/grant.ts";
import type { Cursor, Sink } from "../core/hub.ts";
import { startBehind } from "../core/recovery.ts";
import type { Measures } from "../ops/metrics.ts";
import type { Consumers, Holder } from "./consumers.ts";
import { RateLimit } from "./rate_limit.ts";
import { parseFrame, parseParams, type parseSubscription } from "./schemas.ts";
import type { Socket } from "./socket.ts";
import { filterOf } from "./subscription.ts";

/** What all connections of a gateway share. */
export interface ConnectionContext {
  /** The bridge. */
  readonly bridge: BridgeApi;
  /** Time. */
  readonly clock: Clock;
  /** Limits, as `welcome` tells them. */
  readonly limits: Limits;
  /** For how long a reader may make no progress, in milliseconds. */
  readonly stallMs: number;
  /** Names that clients gave themselves. */
  readonly consumers: Consumers;
  /** Counts. */
  readonly measures: Measures;
  /** Whose token it is, or undefined. */
  authenticate(token: string): Grant | undefined;
  /** Is told of what should not happen. */
  failed(error: unknown): void;
}

/** Most commands of a connection under way; one more is `overloaded`. */
const PARALLEL_COMMANDS = 64;

/** Bad frames in a minute that end a connection. */
const BAD_FRAMES = 20;

/** Commands refused in a minute, beyond the limit, that end a connection. */
const REFUSED_COMMANDS = 120;

/** How often a revoked token is looked for, in milliseconds. */
const REVOKED_MS = 5000;

/** See the module. Made with a grant where the token came before the upgrade; else it waits for `hello`. */
export class Connection implements Sink, Holder {
  readonly #context: ConnectionContext;
  readonly #socket: Socket;
  readonly #query: ReturnType<typeof parseSubscription>;
  readonly #commands: RateLimit;
  readonly #refused: RateLimit;
  readonly #bad: RateLimit;
  #grant: Grant | undefined;
  #cursor: Cursor | undefined;
  #consumer: string | undefined;
  #unacked: number[] = [];
  #sent = 0;
  #underWay = 0;
  #closed = false;
  #cancelHello: (() => void) | undefined;
  #draining = false;
  #progressAt: number;
  #buffered = 0;
  #pingAt: number;
  #pongBy = Infinity;
  #revokedAt: number;

  constructor(
    context: ConnectionContext,
    socket: Socket,
    query: ReturnType<typeof parseSubscription>,
    grant?: Grant,
  ) {
    const { clock, limits } = context;
    this.#context = context;
    this.#socket = socket;
    this.#query = query;
    this.#commands = new RateLimit(clock, limits.commandsPerMinute);
    this.#refused = new RateLimit(clock, REFUSED_COMMANDS);
    this.#bad = new RateLimit(clock, BAD_FRAMES - 1);
    this.#progressAt = clock.now();
    this.#pingAt = clock.now() + limits.pingMs;
    this.#revokedAt = clock.now() + REVOKED_MS;
    context.measures.connection("ws", 1);
    if (grant !== undefined) {
      this.#guard(() => this.#welcome(grant));
    } else {
      this.#cancelHello = clock.after(
        limits.helloMs,
        () => this.close(4001, "no hello in time"),
      );
    }
  }

  /** Whether it has ended. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The token's name, once it is known. */
  get tokenName(): string | undefined {
    return this.#grant?.name;
  }

  /** Takes a text frame. */
  text(text: string): void {
    this.#guard(() => {
      if (this.#closed) return;
      const parsed = parseFrame(text, this.#context.limits);
      if ("error" in parsed) this.#badFrame(parsed.id, parsed.error);
      else this.#frame(parsed.frame);
    });
  }

  /** Takes a binary frame. */
  binary(): void {
    this.close(1003, "binary frames are not taken");
  }

  /** Takes a pong. */
  pong(): void {
    this.#pongBy = Infinity;
  }

  /** The socket has ended. */
  ended(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#leave();
  }

  /** Looks after what takes time: pings, stalled readers, revoked tokens. Called about once a second. */
  sweep(now: number): void {
    this.#guard(() => {
      if (this.#closed) return;
      if (now >= this.#pongBy) return this.#end(1011, "no pong in time");
      if (now >= this.#pingAt && this.#socket.ping !== undefined) {
        this.#socket.ping();
        this.#pingAt = now + this.#context.limits.pingMs;
        this.#pongBy = Math.min(
          this.#pongBy,
          now + this.#context.limits.pongMs,
        );
      }
      if (now >= this.#revokedAt) {
        this.#revokedAt = now + REVOKED_MS;
        if (this.#grant?.revoked()) return this.close(4003, "token revoked");
      }
      this.#watchProgress(now);
    });
  }

  /** Closes it with a code of `CLOSE_CODES`; a reader that does not read is cut off. */
  close(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.measures.closed(code);
    this.#leave();
    this.#socket.close(code, reason);
  }

  /** Another connection has taken the consumer's name. */
  replaced(): void {
    this.close(4009, "replaced by a connection of the same consumer");
  }

  /** See {@linkcode Sink}. */
  ready(): boolean {
    const { bufferedBytes, unacked } = this.#context.limits;
    if (this.#closed || this.#unacked.length >= unacked) return false;
    if (this.#draining) return false;
    return this.#socket.bufferedAmount < bufferedBytes;
  }

  /** See {@linkcode Sink}. */
  send(event: StoredEvent): void {
    this.#sent = event.seq;
    if (this.#consumer !== undefined) this.#unacked.push(event.seq);
    this.#write(event.frame);
  }

  /** See {@linkcode Sink}. */
  gap(frame: GapFrame): void {
    this.#context.measures.gap(frame.reason);
    this.#sendFrame(frame);
  }

  #write(text: string): void {
    const { limits, measures } = this.#context;
    measures.sent(1, text.length);
    if (this.#socket.bufferedAmount + text.length < limits.bufferedBytes) {
      this.#socket.send(text);
      return;
    }
    // The one frame that fills the buffer tells when it has gone.
    this.#draining = true;
    this.#socket.send(text, () => {
      this.#draining = false;
      this.#guard(() => this.#cursor?.pump());
    });
  }

  #sendFrame(frame: ServerFrame): void {
    if (this.#closed) return;
    this.#write(JSON.stringify(frame));
    // Results are not held back, so a client that asks and does not read is ended.
    if (this.#socket.bufferedAmount > 2 * this.#context.limits.bufferedBytes) {
      this.#slow();
    }
  }

  #answer(id: FrameId | null, error: FrameError): void {
    this.#sendFrame({ type: "result", id, ok: false, error });
  }

  #welcome(grant: Grant): void {
    const { bridge, limits } = this.#context;
    this.#cancelHello?.();
    this.#grant = grant;
    const reads = grant.scopes.has("read");
    const { consumer, after, accounts, events } = this.#query;
    const subscription = {
      ...(accounts === undefined ? {} : { accounts }),
      ...(events === undefined ? {} : { events }),
    };
    const filter = reads ? filterOf(grant, subscription) : undefined;
    const { epoch, head, oldest } = bridge.journal;
    let start = startBehind({ epoch, head, oldest }, after);
    if (filter !== undefined && consumer !== undefined) {
      this.#consumer = `${grant.name}/${consumer}`;
      const kept = this.#context.consumers.take(this.#consumer, this);
      if (after === undefined && kept !== undefined) {
        start = startBehind({ epoch, head, oldest }, { epoch, seq: kept });
      }
      if (kept === undefined) this.#keep(start.after);
      this.#sent = start.after;
    }
    this.#sendFrame({
      type: "welcome",
      protocol: FRAME_PROTOCOL,
      epoch,
      seq: head,
      accounts: reads ? bridge.accounts(grant) : [],
      limits: { ...limits },
    });
    if (start.gap !== undefined) this.gap(start.gap);
    if (filter === undefined || this.#closed) return;
    this.#cursor = bridge.hub.open(this, filter, start.after);
  }

  #frame(frame: ClientFrame): void {
    if (this.#grant === undefined) return this.#hello(frame);
    switch (frame.type) {
      case "hello":
        return this.#badFrame(null, badFrame("hello was said already"));
      case "ack":
        return this.#ack(frame.seq);
      case "subscribe":
        if (this.#mayCommand(frame.id)) this.#subscribe(frame);
        return;
      case "command":
        if (this.#mayCommand(frame.id)) this.#command(frame);
        return;
    }
  }

  #hello(frame: ClientFrame): void {
    if (frame.type !== "hello") {
      const id = "id" in frame ? frame.id : null;
      return this.#badFrame(id, badFrame("the first frame must be hello"));
    }
    const grant = this.#context.authenticate(frame.token);
    if (grant === undefined) {
      this.#context.measures.authFailure();
      return this.close(1008, "token not accepted");
    }
    try {
      this.#welcome(grant);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.#answer(null, error.toFrame());
      this.close(1008, "subscription not allowed");
    }
  }

  #subscribe(frame: SubscribeFrame): void {
    const { journal } = this.#context.bridge;
    try {
      const filter = filterOf(this.#grant!, frame);
      const cursor = this.#cursor!;
      const { epoch, head, oldest } = journal;
      const start = frame.after === undefined
        ? { after: cursor.position }
        : startBehind({ epoch, head, oldest }, frame.after);
      this.#sendFrame({
        type: "result",
        id: frame.id,
        ok: true,
        data: { epoch, seq: start.after },
      });
      if (start.gap !== undefined) this.gap(start.gap);
      // What was sent from before the new place is not waited for.
      this.#unacked = [];
      this.#sent = Math.max(
        this.#consumer === undefined ? 0 : this.#sent,
        start.after,
      );
      cursor.move(filter, start.after);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.#answer(frame.id, error.toFrame());
    }
  }

  #ack(seq: number): void {
    if (this.#consumer === undefined) {
      return this.#answer(
        null,
        badParams("only a connection with ?consumer= acknowledges"),
      );
    }
    if (seq > this.#sent) {
      return this.#answer(
        null,
        badParams(
          `ack must be of an event that was sent, at most ${this.#sent}, got ${seq}`,
        ),
      );
    }
    this.#unacked = this.#unacked.filter((sent) => sent > seq);
    this.#progressAt = this.#context.clock.now();
    this.#keep(seq);
    this.#cursor?.pump();
  }

  #keep(seq: number): void {
    this.#context.consumers.move(
      this.#consumer!,
      seq,
      (error) => this.#context.failed(error),
    );
  }

  #mayCommand(id: FrameId): boolean {
    const { limits } = this.#context;
    if (this.#commands.take()) return true;
    if (!this.#refused.take()) {
      this.close(4008, "too many commands");
      return false;
    }
    this.#answer(id, {
      code: "overloaded",
      message:
        `Cannot take a command: at most ${limits.commandsPerMinute} a minute`,
      retriable: ERROR_CODES.overloaded,
      retryAfterMs: this.#commands.retryAfterMs,
    });
    return false;
  }

  #command(frame: CommandFrame): void {
    const { id, account, key } = frame;
    if (this.#underWay >= PARALLEL_COMMANDS) {
      return this.#answer(id, {
        code: "overloaded",
        message:
          `Cannot take a command: at most ${PARALLEL_COMMANDS} may be under way`,
        retriable: ERROR_CODES.overloaded,
        retryAfterMs: 1000,
      });
    }
    this.#underWay++;
    this.#run(frame, account, key)
      .then(
        (data) => this.#sendFrame({ type: "result", id, ok: true, data }),
        (error) => {
          if (error instanceof CommandError) {
            return this.#answer(
              id,
              error.toFrame(),
            );
          }
          this.#context.failed(error);
          this.#answer(id, internal());
        },
      )
      .catch((error) => this.#context.failed(error))
      .finally(() => this.#underWay--);
  }

  async #run(
    frame: CommandFrame,
    account: string | undefined,
    key: string | undefined,
  ): Promise<unknown> {
    const { command, params } = parseParams(frame.command, frame.params);
    const { bridge, measures } = this.#context;
    try {
      const data = await bridge.run(this.#grant!, {
        command,
        params,
        ...(account === undefined ? {} : { account }),
        ...(key === undefined ? {} : { key }),
      });
      measures.command(command, "ok");
      return data;
    } catch (error) {
      measures.command(
        command,
        error instanceof CommandError ? error.code : "internal",
      );
      throw error;
    }
  }

  #badFrame(id: FrameId | null, error: FrameError): void {
    this.#answer(id, error);
    if (!this.#bad.take()) this.close(4000, "too many bad frames");
  }

  #watchProgress(now: number): void {
    const buffered = this.#socket.bufferedAmount;
    const waits = this.#draining ||
      this.#unacked.length >= this.#context.limits.unacked;
    if (!waits || buffered < this.#buffered) this.#progressAt = now;
    this.#buffered = buffered;
    if (now - this.#progressAt >= this.#context.stallMs) this.#slow();
  }

  #slow(): void {
    this.#context.measures.slowClose();
    this.#end(1013, "too slow: come back");
  }

  // The reader does not read, so it would not see the end of a handshake either.
  #end(code: number, reason: string): void {
    this.close(code, reason);
    this.#socket.terminate();
  }

  #leave(): void {
    this.#context.measures.connection("ws", -1);
    this.#cancelHello?.();
    this.#cursor?.close();
    if (this.#consumer !== undefined) {
      this.#context.consumers.give(this.#consumer, this);
    }
  }

  /** Nothing may be thrown into the platform: there it would end the process. */
  #guard(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#context.failed(error);
      this.#end(1011, "internal error");
    }
  }
}

function badFrame(rule: string): FrameError {
  return {
    code: "bad_frame",
    message: `Cannot take the frame: ${rule}`,
    retriable: ERROR_CODES.bad_frame,
  };
}

function badParams(rule: string): FrameError {
  return {
    code: "bad_params",
    message: `Cannot take the frame: ${rule}`,
    retriable: ERROR_CODES.bad_params,
  };
}

function internal(): FrameError {
  return {
    code: "internal",
    message: "Internal error: see the bridge's log",
    retriable: ERROR_CODES.internal,
  };
}
