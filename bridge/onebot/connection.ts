/** One WebSocket of OneBot, whoever dialled it: events of an account, calls, or both. @module */

import type { GapFrame } from "../../mod.ts";
import type { StoredEvent } from "../journal/event.ts";
import { resumeAt, startConsumer } from "../hub/recovery.ts";
import { CallLimits } from "../endpoint/call_limits.ts";
import {
  EndpointConnection,
  type EventSender,
} from "../endpoint/endpoint_connection.ts";
import type { CachedProfile } from "../endpoint/profile_cache.ts";
import type { Socket } from "../endpoint/socket.ts";
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
import { type Answer, failed } from "./retcodes.ts";
import { SentPositions } from "./sent_positions.ts";

/** Most events that are counted as sent and not confirmed. */
const COUNTED_EVENTS = 1000;

/** How often a pong is asked for again that did not come. */
const ASK_AGAIN_MS = 5000;

/** See the module. */
export class OneBotConnection
  extends EndpointConnection<OneBotConnectionContext> {
  readonly #socket: Socket;
  readonly #party: OneBotConnectionOptions;
  readonly #caller: Caller;
  readonly #calls: CallLimits;
  #heartbeatAt = Infinity;
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
    super(context, socket);
    const { clock, bridge, people } = context;
    const { grant, account, segments } = party;
    this.#socket = socket;
    this.#party = party;
    this.#caller = { bridge, people, clock, grant, account, segments };
    this.#calls = new CallLimits(context, this.channel);
    this.acceptGrant(grant);
    if (party.role !== "api") this.channel.guard(() => this.#begin());
  }

  /** A pong means that everything before its ping was received. */
  override onPong(data?: string): void {
    super.onPong(data);
    this.channel.guard(() => {
      const asked = this.#asked;
      if (asked === undefined || data !== String(asked.seq)) return;
      this.#asked = undefined;
      this.#keep(asked.seq);
      this.#confirm();
    });
  }

  override onError(error: unknown): void {
    const { onReadError } = this.#party;
    if (onReadError === undefined) return super.onError(error);
    onReadError(error);
    this.channel.end(1011, "internal error");
  }

  /** At most {@linkcode COUNTED_EVENTS}. */
  override get unacked(): number {
    const { account } = this.#party;
    if (this.#sent <= this.#kept) return 0;
    return this.context.bridge.journal.read(this.#kept, {
      limit: COUNTED_EVENTS,
      accounts: [account],
      events: [...ONEBOT_EVENTS],
    }).events.filter(({ seq }) => seq <= this.#sent).length;
  }

  protected override onSweep(now: number): void {
    if (now >= this.#heartbeatAt) this.#heartbeat(now);
    // A client may answer only the last of several pings.
    if (this.#asked !== undefined && now - this.#asked.at >= ASK_AGAIN_MS) {
      this.#ask(this.#asked.seq);
    }
    this.#confirm();
  }

  protected override findSender(event: StoredEvent): EventSender | undefined {
    const uin = senderOf(this.parse(event));
    return uin === undefined
      ? undefined
      : { uin, account: this.#party.account };
  }

  protected formatEvent(
    stored: StoredEvent,
    sender: CachedProfile | undefined,
  ): string | undefined {
    const frame = this.parse(stored);
    if (!this.#news.accepts(frame)) return undefined;
    const event = oneBotEvent(frame, this.context.bridge.journal.epoch, sender);
    return event === undefined ? undefined : JSON.stringify(event);
  }

  protected formatGap(gap: GapFrame): string {
    const now = this.context.clock.now();
    return JSON.stringify(gapEvent(this.#party.account, now, gap));
  }

  protected override onSent(seq: number): void {
    this.#sent = seq;
    this.#sentPositions.add(seq, this.context.clock.now());
    this.#confirm();
  }

  /** The position moves over the gap once the client has it, and not before. */
  protected override onGapSent({ reason, to }: GapFrame): void {
    if (reason !== "ahead") this.onSent(Math.max(this.#sent, to));
  }

  #begin(): void {
    const { bridge, clock } = this.context;
    const { account, after, consumer, events = ONEBOT_EVENTS } = this.#party;
    const { journal } = bridge;
    const kept = consumer === undefined
      ? undefined
      : this.acquireConsumer(consumer);
    if (kept === "contested") return;
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
    this.openCursor({ accounts: new Set([account]), events }, start.after);
  }

  protected onMessage(text: string): void {
    const { limits } = this.context;
    const call = readCall(text, limits.jsonDepth);
    if ("rule" in call) {
      this.#answer(
        failed("bad_frame", `Cannot take the frame: it ${call.rule}`),
        call.echo,
      );
      return this.countBadFrame();
    }
    if (this.#party.role === "event") {
      const message = "Cannot take a call: this WebSocket is for events only";
      return this.#answer(failed("unknown_command", message), call.echo);
    }
    const excess = this.#calls.take() ?? this.#calls.begin();
    if (excess !== undefined) {
      const { rule, retryAfterMs } = excess;
      return this.#answer(
        failed("overloaded", `Cannot take a call: ${rule}`, retryAfterMs),
        call.echo,
      );
    }
    this.context.api.call(this.#caller, call.action, call.params)
      .then((answer) => this.#answer(answer, call.echo))
      .catch((error) => this.context.onError(error))
      .finally(() => this.#calls.end());
  }

  #answer(answer: Answer, echo: string | undefined): void {
    this.channel.answer(answerText(answer, echo));
  }

  #tell(event: OneBotEvent): void {
    this.channel.answer(JSON.stringify(event));
  }

  #heartbeat(now: number): void {
    this.#heartbeatAt = now + HEARTBEAT_MS;
    // A reader that does not read is told of nothing besides.
    if (!this.channel.ready) return;
    const { account } = this.#party;
    this.#tell(heartbeat(account, now, statusOf(this.#caller)));
    if (this.cursor?.caughtUp && this.#sent === this.#kept) {
      // What was not for this reader need not be looked through again.
      this.#sent = this.cursor.position;
      this.#keep(this.#sent);
    }
  }

  /** Asks whether what was sent has been received, one question at a time. */
  #confirm(): void {
    const { consumer } = this.#party;
    if (consumer === undefined || this.#asked !== undefined) return;
    const due = this.#sentPositions.due(this.context.clock.now());
    if (due <= this.#kept || this.closed) return;
    if (this.#socket.ping === undefined) return this.#keep(due);
    this.#ask(due);
  }

  #ask(seq: number): void {
    this.#asked = { seq, at: this.context.clock.now() };
    this.#socket.ping?.(String(seq));
  }

  #keep(seq: number): void {
    if (this.#party.consumer === undefined || seq <= this.#kept) return;
    this.#kept = seq;
    this.#move(seq, (error) => this.context.onError(error));
  }

  #move(seq: number, failed: (error: unknown) => void): void {
    this.context.bridge.consumers.setPosition(
      this.#party.consumer!,
      seq,
      failed,
    );
  }

  /** Without a position a new consumer would begin from now on each time, and miss what came between. */
  #unkept(error: unknown): void {
    // Whoever makes up names without end fills no log with it.
    if (error instanceof RangeError) {
      this.#answer(failed("overloaded", error.message), undefined);
    } else this.context.onError(error);
    // A pong that comes behind the close must not try it again.
    this.#asked = undefined;
    this.close(1013, "the consumer's position cannot be kept");
  }
}
