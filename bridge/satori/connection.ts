/** One WebSocket of Satori: IDENTIFY, then events of all accounts of its token. @module */

import type { AccountInfo, EventFrame, GapFrame } from "../../mod.ts";
import type { StoredEvent } from "../journal/event.ts";
import type { Grant } from "../access/grant.ts";
import type { FirstFrameGate } from "../endpoint/token_gate.ts";
import type { DialectContext } from "../endpoint/dialect_endpoint.ts";
import {
  EndpointConnection,
  type EventSender,
} from "../endpoint/endpoint_connection.ts";
import type { CachedProfile } from "../endpoint/profile_cache.ts";
import { RateLimit } from "../access/rate_limit.ts";
import { resumeAt } from "../hub/recovery.ts";
import type { Socket } from "../endpoint/socket.ts";
import {
  gapEvent,
  loginEvent,
  personOf,
  positionEvent,
  type SatoriEvent,
  satoriEvent,
} from "./events.ts";
import { Logins } from "./logins.ts";
import {
  type ClientSignal,
  OPCODES,
  parseSignal,
  SATORI_CLOSE,
  type ServerSignal,
} from "./signals.ts";

/** How often the accounts are compared with those that the client knows, in milliseconds. */
const LOGINS_MS = 5000;

export class SatoriConnection extends EndpointConnection<DialectContext> {
  readonly #gate: FirstFrameGate;
  readonly #token: string | undefined;
  readonly #signals: RateLimit;
  readonly #logins = new Logins();
  #isIdentified = false;
  #loginsAt = Infinity;
  /** Position of the account states that READY contained. */
  #readyAt = 0;
  /** Position of the last event that was sent. */
  #sn = 0;

  /** @param token Token of the handshake, used if IDENTIFY has none. */
  constructor(
    context: DialectContext,
    socket: Socket,
    gate: FirstFrameGate,
    token?: string,
  ) {
    super(context, socket);
    const { clock, limits } = context;
    this.#gate = gate;
    this.#token = token;
    this.#signals = new RateLimit(clock, limits.commandsPerMinute);
    this.awaitToken("no IDENTIFY in time");
  }

  protected onMessage(text: string): void {
    const signal = parseSignal(text, this.context.limits.jsonDepth);
    if (signal === undefined) return this.#invalid("invalid message");
    if (!this.#signals.take()) return this.close(4008, "too many messages");
    this.#take(signal);
  }

  protected override onSweep(now: number): void {
    if (now >= this.#loginsAt) this.#compareLogins(now);
  }

  protected override findSender(event: StoredEvent): EventSender | undefined {
    const frame = this.parse(event);
    const uin = personOf(frame);
    return uin === undefined ? undefined : { uin, account: frame.account };
  }

  protected formatEvent(
    event: StoredEvent,
    sender: CachedProfile | undefined,
  ): string | undefined {
    return this.#event(this.parse(event), sender?.nickname);
  }

  protected formatGap(gap: GapFrame): string | undefined {
    // The client resumes after the gap, and never ahead of the journal.
    const sn = gap.reason === "ahead" ? gap.from - 1 : gap.to;
    const account = this.#logins.any;
    if (account === undefined) return undefined;
    return this.#format(
      gapEvent(sn, this.context.clock.now(), account, gap),
    );
  }

  #take(signal: ClientSignal): void {
    if (signal.op === "ping") {
      return this.#send({ op: OPCODES.pong, body: {} });
    }
    if (this.#isIdentified) return this.#invalid("identified already");
    const token = signal.token ?? this.#token;
    const grant = token === undefined ? undefined : this.#gate.find(token);
    if (grant === undefined) return this.#refuse("invalid token");
    if (this.#gate.checkScope(grant, "read") !== undefined) {
      return this.#refuse("the token does not have the scope read");
    }
    if (!this.#gate.admit(grant)) {
      return this.close(1013, "too many connections: come back");
    }
    this.#begin(grant, signal.sn);
  }

  #begin(grant: Grant, sn: number | undefined): void {
    this.#isIdentified = true;
    this.acceptGrant(grant);
    this.whenPrepared(
      undefined,
      sn !== undefined,
      () => this.#ready(grant, sn),
    );
  }

  #ready(grant: Grant, sn: number | undefined): void {
    const { bridge, clock } = this.context;
    const { epoch, head } = bridge.journal;
    const start = resumeAt(
      bridge.journal,
      sn === undefined ? undefined : { epoch, seq: sn },
    );
    this.#readyAt = head;
    this.#sn = start.after;
    const logins = this.#logins.start(bridge.accounts(grant));
    this.#send({ op: OPCODES.ready, body: { logins, proxy_urls: [] } });
    this.#loginsAt = clock.now() + LOGINS_MS;
    if (start.gap !== undefined) this.sendGap(start.gap);
    else if (sn === undefined) this.#sendPosition(start.after);
    this.openCursor({ accounts: grant.accounts, events: "all" }, start.after);
  }

  #sendPosition(sn: number): void {
    const account = this.#logins.any;
    // A client at position 0 has no event yet.
    if (account === undefined || sn === 0) return;
    this.#sendEvent(positionEvent(sn, this.context.clock.now(), account));
  }

  #event(frame: EventFrame, nickname?: string): string | undefined {
    if (
      frame.event !== "account.state" && frame.event !== "account.removed"
    ) {
      return this.#format(satoriEvent(frame, nickname));
    }
    // READY contained the logins already.
    if (frame.seq <= this.#readyAt) return undefined;
    if (frame.event === "account.removed") {
      const change = this.#logins.remove(frame.account);
      return change && this.#format(
        loginEvent(frame.seq, Date.parse(frame.at), change.type, change.login),
      );
    }
    const { account: uin, data: { state }, data, seq, at } = frame;
    const name = this.#logins.nickname(uin) ??
      this.#accounts().find((one) => one.uin === uin)?.nickname ?? "";
    const { type, login } = this.#logins.update({ uin, nickname: name, state });
    return this.#format(loginEvent(seq, Date.parse(at), type, login, data));
  }

  #compareLogins(now: number): void {
    this.#loginsAt = now + LOGINS_MS;
    for (const { type, login } of this.#logins.compare(this.#accounts())) {
      this.#sendEvent(loginEvent(this.#sn, now, type, login));
    }
  }

  #accounts(): AccountInfo[] {
    return this.context.bridge.accounts(this.channel.grant!);
  }

  #sendEvent(event: SatoriEvent): void {
    this.channel.write(this.#format(event));
  }

  #format(event: SatoriEvent): string {
    this.#sn = event.sn;
    return JSON.stringify({ op: OPCODES.event, body: event });
  }

  #send(signal: ServerSignal): void {
    this.channel.answer(JSON.stringify(signal));
  }

  #invalid(reason: string): void {
    this.close(SATORI_CLOSE.invalidMessage, reason);
  }

  #refuse(reason: string): void {
    this.refuseToken(
      this.#gate,
      () => this.close(SATORI_CLOSE.invalidToken, reason),
    );
  }
}
