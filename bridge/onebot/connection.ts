/** One WebSocket of OneBot: events of an account, calls, or both. @module */

import type { GapFrame } from "../../mod.ts";
import type { StoredEvent } from "../journal/event.ts";
import { CallLimits } from "../endpoint/call_limits.ts";
import type { CallContext } from "../endpoint/calls.ts";
import type { EventSender } from "../endpoint/endpoint_connection.ts";
import { PongConnection } from "../endpoint/pong_connection.ts";
import type { CachedProfile } from "../endpoint/profile_cache.ts";
import type { Socket } from "../endpoint/socket.ts";
import type { ResumePoint } from "../hub/recovery.ts";
import { AccountStateFilter } from "./account_state_filter.ts";
import { statusOf } from "./actions/action.ts";
import type {
  OneBotConnectionContext,
  OneBotConnectionOptions,
} from "./connection_options.ts";
import {
  gapEvent,
  heartbeat,
  HEARTBEAT_MS,
  lifecycle,
  ONEBOT_EVENTS,
  oneBotEvent,
  senderOf,
} from "./events.ts";
import { answerText, parseCall } from "./frames.ts";
import { type Answer, failed } from "./retcodes.ts";

export class OneBotConnection extends PongConnection<OneBotConnectionContext> {
  readonly #options: OneBotConnectionOptions;
  readonly #caller: CallContext;
  readonly #calls: CallLimits;
  #heartbeatAt = Infinity;
  #states = new AccountStateFilter();

  constructor(
    context: OneBotConnectionContext,
    socket: Socket,
    options: OneBotConnectionOptions,
  ) {
    super(context, socket);
    const { clock, bridge, people } = context;
    const { grant, account, segments, onForbidden } = options;
    this.#options = options;
    this.#caller = {
      bridge,
      people,
      clock,
      grant,
      account,
      segments,
      onForbidden,
    };
    this.#calls = new CallLimits(context, this.channel);
    this.acceptGrant(grant);
    if (options.role !== "api") this.channel.guard(() => this.#begin());
  }

  protected override get commandCount(): number {
    return this.#calls.count;
  }

  protected override get listedKind(): string | undefined {
    return this.#options.listedKind;
  }

  override onError(error: unknown): void {
    const { onReadError } = this.#options;
    if (onReadError === undefined) return super.onError(error);
    onReadError(error);
    this.channel.end(1011, "internal error");
  }

  protected override onSweep(now: number): void {
    if (now >= this.#heartbeatAt) this.#heartbeat(now);
    super.onSweep(now);
  }

  protected override findSender(event: StoredEvent): EventSender | undefined {
    const uin = senderOf(this.parse(event));
    const { account } = this.#options;
    return uin === undefined ? undefined : { uin, account };
  }

  protected formatEvent(
    stored: StoredEvent,
    sender: CachedProfile | undefined,
  ): string | undefined {
    const frame = this.parse(stored);
    if (!this.#states.accepts(frame)) return undefined;
    const event = oneBotEvent(frame, this.context.bridge.journal.epoch, sender);
    if (event === undefined) return undefined;
    this.#options.onEvent?.();
    return JSON.stringify(event);
  }

  protected formatGap(gap: GapFrame): string {
    const now = this.context.clock.now();
    return JSON.stringify(gapEvent(this.#options.account, now, gap));
  }

  protected onMessage(text: string): void {
    const { limits, api } = this.context;
    const call = parseCall(text, limits.jsonDepth);
    if ("rule" in call) {
      const message = `Cannot take the frame: it ${call.rule}`;
      this.#answer(failed("bad_frame", message), call.echo);
      return this.countBadFrame();
    }
    if (this.#options.role === "event") {
      const message = "Cannot take a call: this WebSocket is for events only";
      return this.#answer(failed("unknown_command", message), call.echo);
    }
    const excess = this.#calls.take() ?? this.#calls.begin();
    if (excess !== undefined) {
      const message = `Cannot take a call: ${excess.rule}`;
      return this.#answer(
        failed("overloaded", message, excess.retryAfterMs),
        call.echo,
      );
    }
    api.call(this.#caller, call.action, call.params)
      .then((answer) => this.#answer(answer, call.echo))
      .catch((error) => this.context.onError(error))
      .finally(() => this.#calls.end());
  }

  #begin(): void {
    const { account, events = ONEBOT_EVENTS } = this.#options;
    this.startReading({
      ...this.#options,
      filter: { accounts: new Set([account]), events },
      onStart: (start) => this.#greet(start),
      onQuotaExceeded: (message) =>
        this.#answer(failed("overloaded", message), undefined),
    });
  }

  #greet({ after }: ResumePoint): void {
    const { bridge, clock } = this.context;
    // At an earlier position, the state was another one.
    if (after === bridge.journal.head) {
      this.#states = new AccountStateFilter(statusOf(this.#caller).online);
    }
    const event = lifecycle(this.#options.account, clock.now(), "connect");
    this.channel.answer(JSON.stringify(event));
    this.#heartbeatAt = clock.now() + HEARTBEAT_MS;
  }

  #heartbeat(now: number): void {
    this.#heartbeatAt = now + HEARTBEAT_MS;
    // A slow reader gets no heartbeats, which would fill its buffer.
    if (!this.channel.ready) return;
    const status = statusOf(this.#caller);
    const event = heartbeat(this.#options.account, now, status);
    this.channel.answer(JSON.stringify(event));
    this.skipFiltered();
  }

  #answer(answer: Answer, echo: string | undefined): void {
    this.channel.answer(answerText(answer, echo));
  }
}
