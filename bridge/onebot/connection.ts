/** One WebSocket of OneBot, whoever dialled it: events of an account, calls, or both. @module */

import type { EventFrame, GapFrame } from "../../mod.ts";
import { Channel } from "../endpoint/channel.ts";
import type { ConsumerHolder } from "../hub/consumers.ts";
import type { StoredEvent } from "../journal/event.ts";
import type { Cursor, Sink } from "../hub/hub.ts";
import { RateLimit } from "../access/rate_limit.ts";
import { resumeAt, startConsumer } from "../hub/recovery.ts";
import type { Socket, SocketHandler } from "../endpoint/socket.ts";
import { type Caller, statusOf } from "./actions/action.ts";
import {
  gapEvent,
  heartbeat,
  HEARTBEAT_MS,
  lifecycle,
  ONEBOT_EVENTS,
  type OneBotEvent,
  oneBotEvent,
  senderOf,
} from "./events.ts";
import { answerText, readCall } from "./frames.ts";
import { AccountStateFilter } from "./account_state_filter.ts";
import type {
  OneBotConnectionContext,
  OneBotConnectionOptions,
} from "./party.ts";
import type { Person } from "./people.ts";
import { type Answer, failed } from "./retcodes.ts";
import { SentPositions } from "./sent_positions.ts";

/** Most calls of a connection under way. */
const PARALLEL_CALLS = 64;

/** Bad frames in a minute that end a connection. */
const BAD_FRAMES = 20;

/** Calls refused in a minute, beyond the limit, that end a connection. */
const REFUSED_CALLS = 120;

/** Most events that are counted as sent and not confirmed. */
const COUNTED_EVENTS = 1000;

/** How often a pong is asked for again that did not come. */
const ASK_AGAIN_MS = 5000;

/** See the module. */
export class OneBotConnection implements SocketHandler, Sink, ConsumerHolder {
  readonly #context: OneBotConnectionContext;
  readonly #socket: Socket;
  readonly #party: OneBotConnectionOptions;
  readonly #channel: Channel;
  readonly #caller: Caller;
  readonly #calls: RateLimit;
  readonly #refused: RateLimit;
  readonly #bad: RateLimit;
  #cursor: Cursor | undefined;
  #underWay = 0;
  #heartbeatAt = Infinity;
  /** An event that waits for its sender's name. */
  #held: StoredEvent | undefined;
  #news = new AccountStateFilter();
  #sent = 0;
  #kept = 0;
  #sentPositions = new SentPositions(0, 0);
  /** The place that a ping under way asks about, and when it was sent. */
  #asked: { seq: number; at: number } | undefined;

  constructor(
    context: OneBotConnectionContext,
    socket: Socket,
    party: OneBotConnectionOptions,
  ) {
    const { clock, limits, bridge, people } = context;
    const { grant, account } = party;
    this.#context = context;
    this.#socket = socket;
    this.#party = party;
    const { segments } = party;
    this.#caller = { bridge, people, clock, grant, account, segments };
    this.#calls = new RateLimit(clock, limits.commandsPerMinute);
    this.#refused = new RateLimit(clock, REFUSED_CALLS);
    this.#bad = new RateLimit(clock, BAD_FRAMES - 1);
    this.#channel = new Channel(context, socket, {
      onDrain: () => this.#cursor?.pump(),
      onClose: () => this.#leave(),
    });
    this.#channel.grant = grant;
    if (party.role !== "api") this.#channel.guard(() => this.#begin());
  }

  /** See {@linkcode SocketHandler}. */
  get closed(): boolean {
    return this.#channel.closed;
  }

  /** See {@linkcode SocketHandler}. */
  onText(text: string): void {
    this.#channel.guard(() => {
      if (!this.closed) this.#frame(text);
    });
  }

  /** See {@linkcode SocketHandler}. */
  onBinary(): void {
    this.close(1003, "binary frames are not taken");
  }

  /** See {@linkcode SocketHandler}. A pong tells that all before its ping has been received. */
  onPong(data?: string): void {
    this.#channel.pong();
    this.#channel.guard(() => {
      const asked = this.#asked;
      if (asked === undefined || data !== String(asked.seq)) return;
      this.#asked = undefined;
      this.#keep(asked.seq);
      this.#confirm();
    });
  }

  /** See {@linkcode SocketHandler}. */
  onClose(): void {
    this.#channel.ended();
  }

  /** See {@linkcode SocketHandler}. */
  sweep(now: number): void {
    this.#channel.sweep(now);
    this.#channel.guard(() => {
      if (this.closed) return;
      if (now >= this.#heartbeatAt) this.#heartbeat(now);
      // Who answers only the last of several pings is asked again.
      if (this.#asked !== undefined && now - this.#asked.at >= ASK_AGAIN_MS) {
        this.#ask(this.#asked.seq);
      }
      this.#confirm();
    });
  }

  /** See {@linkcode SocketHandler}. */
  close(code: number, reason: string): void {
    this.#channel.close(code, reason);
  }

  /** Another connection has taken the consumer's name. */
  onReplaced(): void {
    this.close(4009, "replaced by a connection of the same consumer");
  }

  get connection(): string | undefined {
    return this.#context.connection;
  }

  /** At most {@linkcode COUNTED_EVENTS}. */
  get unacked(): number {
    const { account } = this.#party;
    if (this.#sent <= this.#kept) return 0;
    return this.#context.bridge.journal.read(this.#kept, {
      limit: COUNTED_EVENTS,
      accounts: [account],
      events: [...ONEBOT_EVENTS],
    }).events.filter(({ seq }) => seq <= this.#sent).length;
  }

  checkAlive(): void {
    this.#channel.checkAlive();
  }

  /** See {@linkcode Sink}. */
  isReady(): boolean {
    return this.#channel.ready && this.#held === undefined;
  }

  /** See {@linkcode Sink}. */
  send(event: StoredEvent): void {
    const frame = JSON.parse(event.frame) as EventFrame;
    const uin = senderOf(frame);
    const { people } = this.#context;
    const sender = uin === undefined ? undefined : people.get(uin);
    if (uin === undefined || sender !== undefined) {
      return this.#write(frame, sender);
    }
    this.#held = event;
    people.find(this.#caller, uin).then((person) =>
      this.#channel.guard(() => {
        this.#held = undefined;
        if (this.closed) return;
        this.#write(frame, person);
        this.#cursor?.pump();
      })
    );
  }

  /** See {@linkcode Sink}. */
  sendGap(frame: GapFrame): void {
    const { clock, measures } = this.#context;
    measures.gap(frame.reason);
    this.#tell(gapEvent(this.#party.account, clock.now(), frame));
    if (frame.reason === "ahead") return;
    // The position moves over the gap once the client has it, and not before.
    this.#wasSent(Math.max(this.#sent, frame.to));
  }

  /** See {@linkcode Sink}. */
  onError(error: unknown): void {
    const { onReadError } = this.#party;
    if (onReadError === undefined) return this.#channel.fail(error);
    onReadError(error);
    this.#channel.end(1011, "internal error");
  }

  #begin(): void {
    const { bridge, clock, consumers } = this.#context;
    const { account, after, consumer, events = ONEBOT_EVENTS } = this.#party;
    const { journal } = bridge;
    // Another client may have taken the name since the handshake.
    const isFree = consumer === undefined ||
      consumers.refuse(consumer) === undefined;
    if (!isFree) {
      return this.close(1013, "the consumer changes hands too often");
    }
    const kept = consumer === undefined
      ? undefined
      : consumers.acquire(consumer, this);
    const start = consumer === undefined
      ? resumeAt(journal, after)
      : startConsumer(journal, kept, after);
    if (start.after === journal.head) {
      this.#news = new AccountStateFilter(statusOf(this.#caller).online);
    }
    this.#sent = start.after;
    this.#kept = kept ?? start.after;
    this.#sentPositions = new SentPositions(
      start.after,
      this.#party.confirmAfterMs ?? 0,
    );
    if (consumer !== undefined && kept === undefined) {
      this.#move(start.after, (error) => this.#unkept(error));
    }
    this.#tell(lifecycle(account, clock.now(), "connect"));
    this.#heartbeatAt = clock.now() + HEARTBEAT_MS;
    if (start.gap !== undefined) this.sendGap(start.gap);
    if (this.closed) return;
    this.#cursor = bridge.hub.open(
      this,
      { accounts: new Set([account]), events },
      start.after,
    );
  }

  #frame(text: string): void {
    const { limits } = this.#context;
    const call = readCall(text, limits.jsonDepth);
    if ("rule" in call) {
      this.#answer(
        failed("bad_frame", `Cannot take the frame: it ${call.rule}`),
        call.echo,
      );
      if (!this.#bad.take()) this.close(4000, "too many bad frames");
      return;
    }
    if (this.#party.role === "event") {
      const message = "Cannot take a call: this WebSocket is for events only";
      return this.#answer(failed("unknown_command", message), call.echo);
    }
    const full = this.#fullness();
    if (full !== undefined) return this.#answer(full, call.echo);
    if (this.closed) return;
    this.#underWay++;
    this.#context.api.call(this.#caller, call.action, call.params)
      .then((answer) => this.#answer(answer, call.echo))
      .catch((error) => this.#context.onError(error))
      .finally(() => this.#underWay--);
  }

  /** The answer where no more calls are taken; may end the connection. */
  #fullness(): Answer | undefined {
    const { commandsPerMinute } = this.#context.limits;
    if (!this.#calls.take()) {
      if (!this.#refused.take()) this.close(4008, "too many commands");
      return failed(
        "overloaded",
        `Cannot take a call: at most ${commandsPerMinute} a minute`,
        this.#calls.retryAfterMs,
      );
    }
    if (this.#underWay < PARALLEL_CALLS) return undefined;
    return failed(
      "overloaded",
      `Cannot take a call: at most ${PARALLEL_CALLS} may be under way`,
      1000,
    );
  }

  #answer(answer: Answer, echo: string | undefined): void {
    this.#channel.answer(answerText(answer, echo));
  }

  #tell(event: OneBotEvent): void {
    this.#channel.answer(JSON.stringify(event));
  }

  #write(frame: EventFrame, sender: Person | undefined): void {
    const event = this.#news.accepts(frame)
      ? oneBotEvent(frame, this.#context.bridge.journal.epoch, sender)
      : undefined;
    if (event !== undefined) this.#channel.write(JSON.stringify(event));
    this.#wasSent(frame.seq);
  }

  #wasSent(seq: number): void {
    this.#sent = seq;
    this.#sentPositions.add(seq, this.#context.clock.now());
    this.#confirm();
  }

  #heartbeat(now: number): void {
    this.#heartbeatAt = now + HEARTBEAT_MS;
    // A reader that does not read is told of nothing besides.
    if (!this.#channel.ready) return;
    const { account } = this.#party;
    this.#tell(heartbeat(account, now, statusOf(this.#caller)));
    if (this.#cursor?.caughtUp && this.#sent === this.#kept) {
      // What was not for this reader need not be looked through again.
      this.#sent = this.#cursor.position;
      this.#keep(this.#sent);
    }
  }

  /** Asks whether what was sent has been received, one question at a time. */
  #confirm(): void {
    const { consumer } = this.#party;
    if (consumer === undefined || this.#asked !== undefined) return;
    const due = this.#sentPositions.due(this.#context.clock.now());
    if (due <= this.#kept || this.closed) return;
    if (this.#socket.ping === undefined) return this.#keep(due);
    this.#ask(due);
  }

  #ask(seq: number): void {
    this.#asked = { seq, at: this.#context.clock.now() };
    this.#socket.ping?.(String(seq));
  }

  #keep(seq: number): void {
    if (this.#party.consumer === undefined || seq <= this.#kept) return;
    this.#kept = seq;
    this.#move(seq, (error) => this.#context.onError(error));
  }

  #move(seq: number, failed: (error: unknown) => void): void {
    this.#context.consumers.setPosition(this.#party.consumer!, seq, failed);
  }

  /** Without a position a new consumer would begin from now on each time, and miss what came between. */
  #unkept(error: unknown): void {
    // Whoever makes up names without end fills no log with it.
    if (error instanceof RangeError) {
      this.#answer(failed("overloaded", error.message), undefined);
    } else this.#context.onError(error);
    // A pong that comes behind the close must not try it again.
    this.#asked = undefined;
    this.close(1013, "the consumer's position cannot be kept");
  }

  #leave(): void {
    this.#cursor?.close();
    const { consumer } = this.#party;
    if (consumer !== undefined) this.#context.consumers.release(consumer, this);
  }
}
