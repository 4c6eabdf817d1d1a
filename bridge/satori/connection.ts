/** One WebSocket of Satori: IDENTIFY, then events of all accounts of its token. @module */

import type { EventFrame, GapFrame } from "../../mod.ts";
import type { BridgeApi } from "../core/bridge_api.ts";
import { Channel, type ChannelContext } from "../endpoint/channel.ts";
import type { StoredEvent } from "../journal/event.ts";
import type { Grant } from "../access/grant.ts";
import type { Cursor, Sink } from "../hub/hub.ts";
import type { FirstFrameGate } from "../endpoint/token_gate.ts";
import type { ProfileCache } from "../endpoint/profile_cache.ts";
import { RateLimit } from "../access/rate_limit.ts";
import { resumeAt } from "../hub/recovery.ts";
import type { Socket, SocketHandler } from "../endpoint/socket.ts";
import {
  gapEvent,
  loginEvent,
  personOf,
  placeEvent,
  type SatoriEvent,
  satoriEvent,
} from "./events.ts";
import { type Login, loginOf } from "./resources.ts";
import {
  type ClientSignal,
  OPCODES,
  readSignal,
  SATORI_CLOSE,
  type ServerSignal,
} from "./signals.ts";

/** What all connections share. */
export interface ConnectionContext extends ChannelContext {
  /** The bridge. */
  readonly bridge: BridgeApi;
  /** Names by QQ number. */
  readonly people: ProfileCache;
}

/** How often the accounts are compared with those that the client knows, in milliseconds. */
const LOGINS_MS = 5000;

/** See the module. */
export class SatoriConnection implements SocketHandler, Sink {
  readonly #context: ConnectionContext;
  readonly #gate: FirstFrameGate;
  readonly #token: string | undefined;
  readonly #channel: Channel;
  readonly #signals: RateLimit;
  readonly #ended = new AbortController();
  readonly #logins = new Map<string, Login>();
  #state: "new" | "refused" | "ready" = "new";
  #cursor: Cursor | undefined;
  #cancelIdentify: () => void;
  #loginsAt = Infinity;
  /** READY told of the accounts' states up to here. */
  #readyAt = 0;
  /** The place of the last event that was told. */
  #sn = 0;
  /** An event that waits for its sender's name. */
  #held: StoredEvent | undefined;

  /** @param token Token of the handshake, for an IDENTIFY without one. */
  constructor(
    context: ConnectionContext,
    socket: Socket,
    gate: FirstFrameGate,
    token?: string,
  ) {
    const { clock, limits } = context;
    this.#context = context;
    this.#gate = gate;
    this.#token = token;
    this.#signals = new RateLimit(clock, limits.commandsPerMinute);
    this.#channel = new Channel(context, socket, {
      onDrain: () => this.#cursor?.pump(),
      onClose: () => this.#leave(),
    });
    this.#cancelIdentify = clock.after(
      limits.helloMs,
      () => this.close(4001, "no IDENTIFY in time"),
    );
  }

  /** See {@linkcode SocketHandler}. */
  get closed(): boolean {
    return this.#channel.closed;
  }

  /** See {@linkcode SocketHandler}. */
  onText(text: string): void {
    this.#channel.guard(() => {
      if (this.closed || this.#state === "refused") return;
      const signal = readSignal(text, this.#context.limits.jsonDepth);
      if (signal === undefined) return this.#invalid("invalid message");
      if (!this.#signals.take()) return this.close(4008, "too many messages");
      this.#take(signal);
    });
  }

  /** See {@linkcode SocketHandler}. */
  onBinary(): void {
    this.close(1003, "binary frames are not taken");
  }

  /** See {@linkcode SocketHandler}. */
  onPong(): void {
    this.#channel.pong();
  }

  /** See {@linkcode SocketHandler}. */
  onClose(): void {
    this.#channel.ended();
  }

  /** See {@linkcode SocketHandler}. */
  sweep(now: number): void {
    this.#channel.sweep(now);
    this.#channel.guard(() => {
      if (this.closed || now < this.#loginsAt) return;
      this.#compareLogins(now);
    });
  }

  /** See {@linkcode SocketHandler}. */
  close(code: number, reason: string): void {
    this.#channel.close(code, reason);
  }

  /** See {@linkcode Sink}. */
  isReady(): boolean {
    return this.#channel.ready && this.#held === undefined;
  }

  /** See {@linkcode Sink}. */
  send(event: StoredEvent): void {
    const frame = JSON.parse(event.frame) as EventFrame;
    const uin = personOf(frame);
    const { people, bridge } = this.#context;
    const person = uin === undefined ? undefined : people.get(uin);
    if (uin === undefined || person !== undefined) {
      return this.#event(frame, person?.nickname);
    }
    this.#held = event;
    const asker = {
      bridge,
      grant: this.#channel.grant!,
      account: frame.account,
    };
    people.find(asker, uin).then(({ nickname }) =>
      this.#channel.guard(() => {
        this.#held = undefined;
        if (this.closed) return;
        this.#event(frame, nickname);
        this.#cursor?.pump();
      })
    );
  }

  /** See {@linkcode Sink}. */
  sendGap(frame: GapFrame): void {
    const { clock, measures } = this.#context;
    measures.gap(frame.reason);
    // It resumes behind what is missing, and never ahead of the journal.
    const sn = frame.reason === "ahead" ? frame.from - 1 : frame.to;
    const account = this.#logins.keys().next().value;
    if (account === undefined) return;
    this.#tell(gapEvent(sn, clock.now(), account, frame));
  }

  /** See {@linkcode Sink}. */
  onError(error: unknown): void {
    this.#channel.fail(error);
  }

  #take(signal: ClientSignal): void {
    if (signal.op === "ping") {
      return this.#say({ op: OPCODES.pong, body: {} });
    }
    if (this.#state === "ready") return this.#invalid("identified already");
    const token = signal.token ?? this.#token;
    const grant = token === undefined ? undefined : this.#gate.find(token);
    if (grant === undefined) return this.#refuse("invalid token");
    if (!grant.scopes.has("read")) {
      return this.#refuse("the token does not have the scope read");
    }
    if (!this.#gate.admit(grant)) {
      return this.close(1013, "too many connections: come back");
    }
    this.#begin(grant, signal.sn);
  }

  #begin(grant: Grant, sn: number | undefined): void {
    const { bridge, clock } = this.#context;
    this.#cancelIdentify();
    this.#state = "ready";
    this.#channel.grant = grant;
    const { epoch, head } = bridge.journal;
    const start = resumeAt(
      bridge.journal,
      sn === undefined ? undefined : { epoch, seq: sn },
    );
    this.#readyAt = head;
    this.#sn = start.after;
    const logins = bridge.accounts(grant).map(loginOf);
    for (const login of logins) this.#logins.set(login.user.id, login);
    this.#say({ op: OPCODES.ready, body: { logins, proxy_urls: [] } });
    this.#loginsAt = clock.now() + LOGINS_MS;
    if (start.gap !== undefined) this.sendGap(start.gap);
    else if (sn === undefined) this.#place(start.after);
    if (this.closed) return;
    this.#cursor = bridge.hub.open(
      this,
      { accounts: grant.accounts, events: "all" },
      start.after,
    );
  }

  #place(sn: number): void {
    const account = this.#logins.keys().next().value;
    // A client that says 0 has no event yet.
    if (account === undefined || sn === 0) return;
    this.#tell(placeEvent(sn, this.#context.clock.now(), account));
  }

  #event(frame: EventFrame, nickname?: string): void {
    if (frame.event !== "account.state") {
      return this.#tell(satoriEvent(frame, nickname));
    }
    // What READY said is not said again: states are not resumed.
    if (frame.seq <= this.#readyAt) return;
    const { account: uin, data, seq, at } = frame;
    const known = this.#logins.get(uin);
    const login = loginOf({
      uin,
      nickname: known?.user.name ?? this.#nicknameOf(uin),
      state: data.state,
    });
    this.#logins.set(uin, login);
    const type = known === undefined ? "login-added" : "login-updated";
    this.#tell(loginEvent(seq, Date.parse(at), type, login, data));
  }

  /** Accounts come and go without an event of theirs. */
  #compareLogins(now: number): void {
    this.#loginsAt = now + LOGINS_MS;
    const { bridge } = this.#context;
    const there = new Map(
      bridge.accounts(this.#channel.grant!).map((one) => [one.uin, one]),
    );
    for (const [uin, login] of this.#logins) {
      if (there.has(uin)) continue;
      this.#logins.delete(uin);
      this.#tell(loginEvent(this.#sn, now, "login-removed", login));
    }
    for (const [uin, account] of there) {
      const known = this.#logins.get(uin);
      if (
        known !== undefined && known.user.name === loginOf(account).user.name
      ) {
        continue;
      }
      const login = loginOf(account);
      this.#logins.set(uin, login);
      const type = known === undefined ? "login-added" : "login-updated";
      this.#tell(loginEvent(this.#sn, now, type, login));
    }
  }

  #nicknameOf(uin: string): string {
    return this.#context.bridge.accounts(this.#channel.grant!)
      .find((one) => one.uin === uin)?.nickname ?? "";
  }

  #tell(event: SatoriEvent): void {
    this.#sn = event.sn;
    this.#channel.write(JSON.stringify({ op: OPCODES.event, body: event }));
  }

  #say(signal: ServerSignal): void {
    this.#channel.answer(JSON.stringify(signal));
  }

  #invalid(reason: string): void {
    this.close(SATORI_CLOSE.invalidMessage, reason);
  }

  #refuse(reason: string): void {
    this.#state = "refused";
    this.#cancelIdentify();
    this.#gate.refuse(this.#ended.signal)
      .catch((error) => this.#context.onError(error))
      .then(() => this.close(SATORI_CLOSE.invalidToken, reason));
  }

  #leave(): void {
    this.#cancelIdentify();
    this.#ended.abort();
    this.#cursor?.close();
  }
}
