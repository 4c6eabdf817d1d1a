/** One WebSocket of the frame protocol. @module */

import {
  type ClientFrame,
  FRAME_PROTOCOL,
  type FrameError,
  type FrameId,
  type GapFrame,
  type Position,
  type ServerFrame,
  type SubscribeFrame,
} from "../../mod.ts";
import { toCommandError } from "../commands/failure.ts";
import type { StoredEvent } from "../journal/event.ts";
import type { Grant } from "../access/grant.ts";
import type { Filter } from "../hub/cursor.ts";
import { CommandError } from "../errors/command_error.ts";
import {
  beforeGap,
  resumeAt,
  type ResumePoint,
  startConsumer,
} from "../hub/recovery.ts";
import type { FirstFrameGate } from "../endpoint/token_gate.ts";
import { CommandFrames } from "./command_frames.ts";
import { badFrame, badParams } from "./frame_errors.ts";
import { parseFrame, type parseSubscription } from "../schemas/parse.ts";
import {
  EndpointConnection,
  type EndpointConnectionContext,
} from "../endpoint/endpoint_connection.ts";
import type { Socket } from "../endpoint/socket.ts";

/** Maximum number of frames that wait while a position is stored; one more ends the connection. */
const MAX_HELD_FRAMES = 128;

/** Maximum number of characters of these frames; more end the connection. */
const MAX_HELD_CHARS = 262_144;

/** Number of events left out by a consumer's filter after which its position moves over them. */
const FILTERED_EVENTS = 1000;

/** What a welcome depends on. */
interface Greeting {
  readonly grant: Grant;
  readonly accounts: readonly string[] | undefined;
  readonly after: Position | undefined;
  /** Undefined if the client reads nothing. */
  readonly filter: Filter | undefined;
  /** The consumer's name with the owner's prefix; undefined without a consumer. */
  readonly id: string | undefined;
}

/** A WebSocket of the frame protocol. Without a grant from the upgrade it waits for `hello`. */
export class FrameConnection
  extends EndpointConnection<EndpointConnectionContext> {
  #gate: FirstFrameGate | undefined;
  #query: ReturnType<typeof parseSubscription>;
  readonly #commands: CommandFrames;
  /** Frames received while a position is being stored; `undefined` if none is. */
  #held: string[] | undefined;
  #heldChars = 0;
  #unacked: number[] = [];
  #sent = 0;
  #acked = 0;

  constructor(
    context: EndpointConnectionContext,
    socket: Socket,
    query: ReturnType<typeof parseSubscription>,
    grant?: Grant,
    gate?: FirstFrameGate,
  ) {
    super(context, socket);
    this.#gate = gate;
    this.#query = query;
    this.#commands = new CommandFrames(context, this.channel);
    if (grant === undefined) this.awaitToken("no hello in time");
    else this.channel.guard(() => this.#welcome(grant));
  }

  protected onMessage(text: string): void {
    if (this.#held === undefined) return this.#text(text);
    this.#heldChars += text.length;
    this.#held.push(text);
    const isFull = this.#held.length > MAX_HELD_FRAMES ||
      this.#heldChars > MAX_HELD_CHARS;
    if (isFull) this.close(1013, "too many frames before an answer");
  }

  #text(text: string): void {
    const parsed = parseFrame(text, this.context.limits);
    if ("error" in parsed) this.#badFrame(parsed.id, parsed.error);
    else this.#frame(parsed.frame);
  }

  protected override get commandCount(): number {
    return this.#commands.count;
  }

  override get unacked(): number {
    return this.#unacked.length;
  }

  override isReady(): boolean {
    return super.isReady() && this.#held === undefined &&
      !this.hasPendingAcks();
  }

  protected override hasPendingAcks(): boolean {
    return this.#unacked.length >= this.context.limits.unacked;
  }

  protected override onSweep(): void {
    this.#keepFiltered();
  }

  protected formatEvent(event: StoredEvent): string {
    return event.frame;
  }

  protected formatGap(gap: GapFrame): string {
    return JSON.stringify(gap);
  }

  protected override onSent(seq: number): void {
    this.#sent = seq;
    if (this.consumer !== undefined) this.#unacked.push(seq);
  }

  /** Moves over a gap, whose events will never come, so that it can be acknowledged. */
  protected override onGapSent({ account, reason, to }: GapFrame): void {
    if (reason !== "ahead" && account === undefined) {
      this.#sent = Math.max(this.#sent, to);
    }
  }

  #sendFrame(frame: ServerFrame): void {
    this.channel.answer(JSON.stringify(frame));
  }

  #answer(id: FrameId | null, error: FrameError): void {
    this.#sendFrame({ type: "result", id, ok: false, error });
  }

  #welcome(grant: Grant): void {
    const { bridge } = this.context;
    this.#gate = undefined;
    this.acceptGrant(grant);
    const reads = grant.scopes.has("read");
    const { after, accounts, events } = this.#query;
    const consumer = this.#query.consumer ?? grant.consumer;
    // The accounts of a query may be thousands of numbers.
    this.#query = {};
    const subscription = {
      ...(accounts === undefined ? {} : { accounts }),
      ...(events === undefined ? {} : { events }),
    };
    const filter = reads
      ? bridge.readerFor(grant, this.context.address).filter(subscription)
      : undefined;
    const id = filter === undefined || consumer === undefined
      ? undefined
      : `${grant.id}/${consumer}`;
    this.#hold();
    this.whenPrepared(
      id,
      reads && after !== undefined,
      () =>
        this.#release(() =>
          this.#greet({ grant, accounts, after, filter, id })
        ),
    );
  }

  /** Sends the welcome, and starts to read. */
  #greet({ grant, accounts, after, filter, id }: Greeting): void {
    const { bridge, limits } = this.context;
    const { epoch, head } = bridge.journal;
    const welcome = (start: ResumePoint) => {
      this.#sendFrame({
        type: "welcome",
        protocol: FRAME_PROTOCOL,
        epoch,
        // The head at the start, because a position ahead of it is ahead of a later one too.
        seq: head,
        ...(filter === undefined
          ? {}
          : { after: { epoch, seq: beforeGap(start) } }),
        // A reader of one account does not need the list of thousands.
        accounts: filter === undefined ? [] : bridge.accounts(grant, accounts),
        limits: { ...limits },
      });
      if (start.gap !== undefined) this.sendGap(start.gap);
      if (filter !== undefined) this.openCursor(filter, start.after);
    };
    if (id === undefined) return welcome(resumeAt(bridge.journal, after));
    this.#begin(id, after, welcome);
  }

  /**
   * Acquires a consumer's name. Its first position, and one that the client asks
   * for, is durable before anything is sent. Otherwise a later connection could
   * resume elsewhere and miss events.
   */
  #begin(
    id: string,
    after: Position | undefined,
    welcome: (start: ResumePoint) => void,
  ): void {
    const { journal, consumers } = this.context.bridge;
    const kept = this.acquireConsumer(id);
    if (kept === "contested") return;
    const start = startConsumer(journal, kept, after);
    this.#sent = start.after;
    // A gap must be acknowledged, as events are.
    if (start.gap === undefined) this.#acked = start.after;
    const seq = positionOf(start, kept);
    if (seq === kept && !consumers.isUncertain(id)) return welcome(start);
    this.#store(seq, () => welcome(start), (error) => {
      // Not logged, because a client that invents names could flood the log.
      if (error instanceof RangeError) {
        this.#answer(null, toCommandError(error).toFrame());
      } else this.context.onError(error);
      this.close(1013, "the consumer's position cannot be kept");
    });
  }

  /** Stores a position, also an earlier one. Frames that the client sends meanwhile wait. */
  #store(
    seq: number,
    onStored: () => void,
    onError: (error: unknown) => void,
  ): void {
    this.#hold();
    const go = (run: () => void) =>
      this.channel.guard(() => {
        if (!this.closed) this.#release(run);
      });
    this.context.bridge.consumers.reset(this.consumer!, seq).then(
      () => go(onStored),
      (error) => go(() => onError(error)),
    );
  }

  /** Lets the frames that the client sends from now on wait. */
  #hold(): void {
    this.#held = [];
    this.#heldChars = 0;
  }

  /** Runs what they wait for, and then takes them; they wait again if it holds them. */
  #release(run: () => void): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    run();
    for (const text of held) this.onText(text);
  }

  #frame(frame: ClientFrame): void {
    const { grant } = this.channel;
    if (grant === undefined) return this.#hello(frame);
    switch (frame.type) {
      case "hello":
        return this.#badFrame(null, badFrame("hello was said already"));
      case "ack":
        return this.#ack(frame.seq);
      case "subscribe":
        if (this.#commands.admit(frame.id)) this.#subscribe(frame);
        return;
      case "command":
        if (this.#commands.admit(frame.id)) this.#commands.take(grant, frame);
        return;
    }
  }

  #hello(frame: ClientFrame): void {
    if (frame.type !== "hello") {
      const id = "id" in frame ? frame.id : null;
      return this.#badFrame(id, badFrame("the first frame must be hello"));
    }
    const gate = this.#gate!;
    const { token, proof } = frame;
    const grant = token === undefined
      ? gate.findSession(proof!)
      : gate.find(token);
    if (grant === undefined && token === undefined) {
      return this.close(1008, "the session has ended");
    }
    if (grant === undefined) {
      return this.refuseToken(gate, ({ code }) => {
        if (code === "overloaded") this.close(1013, "too many wrong tokens");
        else this.close(1008, "token not accepted");
      });
    }
    if (!gate.admit(grant)) {
      return this.close(1013, "too many connections with this token");
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
    const { bridge, address } = this.context;
    const { journal } = bridge;
    try {
      const filter = bridge.readerFor(this.channel.grant!, address).filter(
        frame,
      );
      const cursor = this.cursor!;
      const { epoch } = journal;
      const start = frame.after === undefined
        ? { after: cursor.position }
        : resumeAt(journal, frame.after);
      const move = () => {
        this.#sendFrame({
          type: "result",
          id: frame.id,
          ok: true,
          data: { epoch, seq: start.after },
        });
        // Events sent before the new position need no acknowledgement.
        this.#unacked = [];
        this.#sent = frame.after !== undefined || this.consumer === undefined
          ? start.after
          : Math.max(this.#sent, start.after);
        if (start.gap !== undefined) this.sendGap(start.gap);
        cursor.move(filter, start.after);
      };
      if (this.consumer === undefined || frame.after === undefined) {
        return move();
      }
      const kept = journal.position(this.consumer);
      this.#store(
        positionOf(start, kept),
        () => {
          this.#acked = beforeGap(start);
          move();
        },
        (error) => {
          this.#answer(frame.id, toCommandError(error).toFrame());
          cursor.pump();
        },
      );
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.#answer(frame.id, error.toFrame());
    }
  }

  #ack(seq: number): void {
    if (this.consumer === undefined) {
      return this.#answer(
        null,
        badParams("only a connection with a consumer acknowledges"),
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
    const left = this.#unacked.filter((sent) => sent > seq);
    if (left.length < this.#unacked.length) this.channel.progressed();
    this.#unacked = left;
    this.#acked = Math.max(this.#acked, seq);
    this.#keep(seq);
    this.cursor?.pump();
  }

  /** Moves over events that the filter left out, because they would become a gap once they are trimmed. */
  #keepFiltered(): void {
    if (this.consumer === undefined || !this.cursor?.caughtUp) return;
    if (this.#unacked.length > 0 || this.#acked < this.#sent) return;
    const { position } = this.cursor;
    if (position - this.#acked < FILTERED_EVENTS) return;
    this.#acked = position;
    this.#keep(position);
  }

  #keep(seq: number): void {
    this.context.bridge.consumers.setPosition(
      this.consumer!,
      seq,
      (error) => this.context.onError(error),
    );
  }

  #badFrame(id: FrameId | null, error: FrameError): void {
    this.#answer(id, error);
    this.countBadFrame();
  }
}

/**
 * The position to store for a consumer that starts at a point. A client ahead of
 * the journal may not have handled all events that the journal still has.
 */
function positionOf(start: ResumePoint, kept: number | undefined): number {
  const seq = beforeGap(start);
  return start.gap?.reason === "ahead" ? Math.min(seq, kept ?? seq) : seq;
}
