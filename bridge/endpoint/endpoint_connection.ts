/** What the WebSocket connections of all endpoints share. @module */

import type { EventFrame, GapFrame } from "../../mod.ts";
import type { Grant } from "../access/grant.ts";
import { RateLimit } from "../access/rate_limit.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import type { ConsumerHolder } from "../hub/consumers.ts";
import type { ConnectionState } from "../hub/open_connections.ts";
import type { Cursor } from "../hub/cursor.ts";
import type { Filter, Sink } from "../hub/cursor.ts";
import type { StoredEvent } from "../journal/event.ts";
import { Channel, type ChannelContext } from "./channel.ts";
import type { CachedProfile, ProfileCache } from "./profile_cache.ts";
import type { Refusal } from "./refusal.ts";
import type { Socket, SocketHandler } from "./socket.ts";
import type { FirstFrameGate } from "./token_gate.ts";

/** What the connections of an endpoint share. */
export interface EndpointConnectionContext extends ChannelContext {
  readonly bridge: BridgeApi;
  /** Names by QQ number. @default events do not wait for names */
  readonly people?: ProfileCache;
}

/** Whose name an event needs, and the account that asks for it. */
export interface EventSender {
  readonly uin: string;
  readonly account: string;
}

/** How long a connection waits for what was acknowledged on other nodes, in milliseconds. */
const PREPARE_MS = 10_000;

/** Bad frames in a minute; the last of them ends the connection. */
const MAX_BAD_FRAMES = 20;

/**
 * One WebSocket of an endpoint: reads the journal with a cursor, holds a
 * consumer's name, and keeps the limits. A dialect adds what its frames mean.
 */
export abstract class EndpointConnection<C extends EndpointConnectionContext>
  implements SocketHandler, Sink, ConsumerHolder {
  protected readonly context: C;
  protected readonly channel: Channel;
  protected cursor: Cursor | undefined;
  protected consumer: string | undefined;
  /** Bad frames; made for the first one. */
  #bad: RateLimit | undefined;
  /** Hold of the consumer's name on all nodes; undefined on one machine. */
  #hold: string | undefined;
  /** Whether an event waits for the name of its sender. */
  #isHolding = false;
  #cancelTokenWait: (() => void) | undefined;
  /** Ends the delay of a rejected token; `undefined` if none was rejected. */
  #refusing: AbortController | undefined;
  #unlist: (() => void) | undefined;
  #parsed: { event: StoredEvent; frame: EventFrame } | undefined;

  constructor(context: C, socket: Socket) {
    this.context = context;
    this.channel = new Channel(context, socket, {
      onDrain: () => this.cursor?.pump(),
      onClose: () => this.#leave(),
      hasPendingAcks: () => this.hasPendingAcks(),
    });
  }

  /** Handles a text frame. */
  protected abstract onMessage(text: string): void;

  /** Formats an event; `undefined` if this client does not get it. */
  protected abstract formatEvent(
    event: StoredEvent,
    sender: CachedProfile | undefined,
  ): string | undefined;

  /** Formats a gap; `undefined` if this client does not get it. */
  protected abstract formatGap(gap: GapFrame): string | undefined;

  /** Returns whose name an event needs before it is sent. */
  protected findSender(_event: StoredEvent): EventSender | undefined {
    return undefined;
  }

  /** Called after an event was sent, or left out. */
  protected onSent(_seq: number): void {}

  /** Called after a gap was sent. */
  protected onGapSent(_gap: GapFrame): void {}

  /** Number of commands in the current minute of the connection's rate. */
  protected get commandCount(): number {
    return 0;
  }

  /** Kind under which the connection is listed; undefined for that of the endpoint. */
  protected get listedKind(): string | undefined {
    return undefined;
  }

  /** Called about once a second while the connection is open. */
  protected onSweep(_now: number): void {}

  /** Whether the client owes acknowledgements before it gets more. */
  protected hasPendingAcks(): boolean {
    return false;
  }

  get closed(): boolean {
    return this.channel.closed;
  }

  get connection(): string | undefined {
    return this.context.connection;
  }

  get unacked(): number {
    return 0;
  }

  onText(text: string): void {
    this.channel.guard(() => {
      if (this.closed || this.#refusing !== undefined) return;
      this.onMessage(text);
    });
  }

  onBinary(): void {
    this.close(1003, "binary frames are not taken");
  }

  onPong(data?: string): void {
    this.channel.pong(data);
  }

  onClose(): void {
    this.channel.ended();
  }

  sweep(now: number): void {
    this.channel.sweep(now);
    // Not guard(), which would need a function for each connection each time.
    try {
      if (!this.closed) this.onSweep(now);
    } catch (error) {
      this.channel.fail(error);
    }
  }

  close(code: number, reason: string): void {
    this.channel.close(code, reason);
  }

  checkAlive(): void {
    this.channel.checkAlive();
  }

  onReplaced(): void {
    this.close(4009, "replaced by a connection of the same consumer");
  }

  isReady(): boolean {
    return this.channel.ready && !this.#isHolding;
  }

  send(event: StoredEvent): void {
    const { people, bridge } = this.context;
    const sender = this.findSender(event);
    const profile = sender && people?.get(sender.uin);
    if (sender === undefined || people === undefined || profile !== undefined) {
      return this.#write(event, profile);
    }
    this.#isHolding = true;
    const { uin, account } = sender;
    people.find({ bridge, grant: this.channel.grant!, account }, uin)
      .then((profile) =>
        this.channel.guard(() => {
          this.#isHolding = false;
          if (this.closed) return;
          this.#write(event, profile);
          this.cursor?.pump();
        })
      );
  }

  sendGap(gap: GapFrame): void {
    this.context.measures.gap(gap.reason);
    const text = this.formatGap(gap);
    if (text !== undefined) this.channel.answer(text);
    this.onGapSent(gap);
  }

  onError(error: unknown): void {
    this.channel.fail(error);
  }

  /** Parses an event, once for all that asks for it while it is sent. */
  protected parse(event: StoredEvent): EventFrame {
    if (this.#parsed?.event !== event) {
      this.#parsed = { event, frame: JSON.parse(event.frame) as EventFrame };
    }
    return this.#parsed.frame;
  }

  /** Closes the connection unless {@linkcode acceptGrant} follows in time. */
  protected awaitToken(reason: string): void {
    const { clock, limits } = this.context;
    this.#cancelTokenWait = clock.after(
      limits.helloMs,
      () => this.close(4001, reason),
    );
  }

  /** Sets what the client may do. */
  protected acceptGrant(grant: Grant): void {
    this.#cancelTokenWait?.();
    this.channel.grant = grant;
    const { connection, kind, address, clock, bridge } = this.context;
    if (connection === undefined || this.closed) return;
    this.#unlist = bridge.connections.add({
      id: connection,
      // Only sessions of the console end without a use.
      kind: this.listedKind ??
        (grant.keepAlive === undefined ? kind : "console"),
      grant,
      address,
      since: clock.now(),
      state: () => this.#state(grant),
      disconnect: () => this.close(1012, "disconnected: come back"),
    });
  }

  #state(grant: Grant): ConnectionState {
    const { cursor, consumer } = this;
    const { accounts, events } = cursor?.filter ??
      { accounts: grant.accounts, events: "all" };
    const kept = consumer === undefined
      ? undefined
      : this.context.bridge.journal.position(consumer);
    return {
      accounts: accounts === "all" ? "all" : accounts.size,
      events: events === "all" ? undefined : [...events],
      consumer,
      position: kept ?? cursor?.position,
      unacked: this.unacked,
      bufferedBytes: this.channel.bufferedBytes,
      commands: this.commandCount,
    };
  }

  /** Rejects the token of a first frame, as late as before an upgrade: otherwise it would be the faster way to guess. */
  protected refuseToken(
    gate: FirstFrameGate,
    onRefused: (refusal: Refusal) => void,
  ): void {
    this.#cancelTokenWait?.();
    this.#refusing = new AbortController();
    gate.refuse(this.#refusing.signal)
      .then((refusal) => onRefused(refusal))
      .catch((error) => this.channel.fail(error));
  }

  /**
   * Runs what reads the journal: at once on one machine, and on a node of a
   * cluster once it has what was acknowledged on any node.
   *
   * @param id The consumer's name with the owner's prefix; undefined without a consumer.
   * @param resumes Whether the client says where it resumes.
   */
  protected whenPrepared(
    id: string | undefined,
    resumes: boolean,
    run: () => void,
  ): void {
    const { bridge, clock } = this.context;
    const prepared = bridge.consumers.prepare(id, resumes);
    if (prepared === undefined) return run();
    const cancel = clock.after(
      PREPARE_MS,
      () => this.close(1013, "the journal cannot be reached"),
    );
    const go = (act: () => void) => {
      cancel();
      this.channel.guard(() => {
        if (!this.closed) act();
      });
    };
    prepared.then(
      ({ hold, isReplaced }) =>
        go(() => {
          if (isReplaced) return this.onReplaced();
          this.#hold = hold;
          run();
        }),
      (error) =>
        go(() => {
          // Not logged, because a client that invents names could flood the log.
          if (!(error instanceof RangeError)) this.context.onError(error);
          this.close(1013, "the journal cannot be reached");
        }),
    );
  }

  /**
   * Takes a consumer's name.
   *
   * @returns its stored position; or `"contested"` after closing the connection,
   * because the name changes hands too often
   */
  protected acquireConsumer(id: string): number | undefined | "contested" {
    const { consumers } = this.context.bridge;
    // Another client may have taken the name since the handshake.
    if (consumers.refuse(id) !== undefined) {
      this.close(1013, "the consumer changes hands too often");
      return "contested";
    }
    this.consumer = id;
    return consumers.acquire(id, this, this.#hold);
  }

  /** Starts reading the journal after a position. */
  protected openCursor(filter: Filter, after: number): void {
    if (this.closed) return;
    const reader = this.context.bridge.readerFor(this.channel.grant!);
    const cursor = reader.open(this, filter, after);
    // Its first events may have ended the connection.
    if (this.closed) cursor.close();
    else this.cursor = cursor;
  }

  /** Counts a frame that is not valid; ends the connection after too many. */
  protected countBadFrame(): void {
    this.#bad ??= new RateLimit(this.context.clock, MAX_BAD_FRAMES - 1);
    if (!this.#bad.take()) this.close(4000, "too many bad frames");
  }

  #write(event: StoredEvent, sender: CachedProfile | undefined): void {
    const text = this.formatEvent(event, sender);
    this.#parsed = undefined;
    if (text !== undefined) this.channel.write(text);
    this.onSent(event.seq);
  }

  #leave(): void {
    this.#cancelTokenWait?.();
    this.#refusing?.abort();
    this.#unlist?.();
    this.cursor?.close();
    this.cursor = undefined;
    if (this.consumer !== undefined) {
      this.context.bridge.consumers.release(this.consumer, this);
    }
  }
}
