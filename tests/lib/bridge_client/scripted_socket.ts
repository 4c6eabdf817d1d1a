import type { EventFrame } from "../../../lib/frames/events.ts";
import type { Position } from "../../../lib/frames/position.ts";
import { BridgeClient } from "../../../lib/bridge_client/bridge_client.ts";
import type { BridgeClientOptions } from "../../../lib/bridge_client/bridge_options.ts";
import type { BridgeStatus } from "../../../lib/bridge_client/bridge_status.ts";
import type { GapFrame } from "../../../lib/frames/frames.ts";
import { assertEquals } from "@std/assert";
import { FakeClock, settle } from "../../support/fake_clock.ts";

type Frame = Record<string, unknown>;

export const TOKEN = "s3cret-token";

/** A WebSocket whose other end is the test. */
export class ScriptedSocket extends EventTarget {
  readyState = 0;
  readonly url: URL;
  readonly protocols: string | string[] | undefined;
  readonly sent: Frame[] = [];
  closedWith:
    | { code: number | undefined; reason: string | undefined }
    | undefined;
  /** Whether the closing handshake is answered. */
  answersClose = true;

  constructor(url: string | URL, protocols?: string | string[]) {
    super();
    this.url = new URL(url);
    this.protocols = protocols;
  }

  send(data: string): void {
    if (this.readyState !== 1) throw new Error("sent on a socket not open");
    this.sent.push(JSON.parse(data));
  }

  close(code?: number, reason?: string): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    this.closedWith = { code, reason };
    if (this.answersClose) queueMicrotask(() => this.cut(code ?? 1005));
  }

  // The bridge's side.

  accept(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }

  say(frame: unknown): void {
    this.sayText(JSON.stringify(frame));
  }

  sayText(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }

  welcome(epoch = "e1", seq = 100, more: Frame = {}): void {
    if (this.readyState === 0) this.accept();
    this.say({
      type: "welcome",
      protocol: 1,
      epoch,
      seq,
      accounts: [],
      ...more,
    });
  }

  /** Answers the nth command of this socket. */
  answer(data: unknown = {}, nth = 0): void {
    this.say({ type: "result", id: this.commands()[nth]!.id, ok: true, data });
  }

  gap(epoch: string, from: number, to: number, reason: GapFrame["reason"]) {
    this.say({ type: "gap", epoch, from, to, reason });
  }

  events(...seqs: number[]): void {
    for (const seq of seqs) this.say(event(seq));
  }

  cut(code = 1006, reason = ""): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    if (code === 1006) this.dispatchEvent(new Event("error"));
    this.dispatchEvent(new CloseEvent("close", { code, reason }));
  }

  commands(): Frame[] {
    return this.sent.filter((frame) => frame.type === "command");
  }

  acks(): unknown[] {
    return this.sent.filter((frame) => frame.type === "ack").map((ack) =>
      ack.seq
    );
  }
}

export function event(seq: number): EventFrame {
  return {
    type: "event",
    seq,
    at: "2005-11-24T00:00:00.000Z",
    account: "10001",
    event: "message",
    data: { from: "10002", text: `text ${seq}` },
  };
}

/** A client on a fake clock, and its sockets in the order of the dials. Its end leaves no timer. */
export class Rig implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly sockets: ScriptedSocket[] = [];
  readonly statuses: BridgeStatus[] = [];
  readonly client: BridgeClient;

  constructor(options: Partial<BridgeClientOptions> = {}) {
    const { sockets } = this;
    this.client = new BridgeClient({
      url: "ws://bridge.test/ws",
      token: TOKEN,
      clock: this.clock,
      random: () => 1,
      onStatus: (status) => this.statuses.push(status),
      WebSocket: class extends ScriptedSocket {
        constructor(url: string | URL, protocols?: string | string[]) {
          super(url, protocols);
          sockets.push(this);
        }
      },
      ...options,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    assertEquals(this.clock.pending, 0);
  }

  get socket(): ScriptedSocket {
    return this.sockets.at(-1)!;
  }

  /** What the last dial asked to resume behind. */
  get after(): string | null {
    return this.socket.url.searchParams.get("after");
  }

  states(): string[] {
    return this.statuses.map((status) => status.state);
  }

  /** Iterates in the background. */
  loop(): Loop {
    return new Loop(this.client);
  }

  /** Lets the wait after a lost connection pass. */
  async redial(): Promise<void> {
    const before = this.sockets.length;
    for (let waits = 0; waits < 5 && this.sockets.length === before; waits++) {
      await this.clock.advance(this.clock.next ?? 0);
    }
  }
}

/** A loop that takes everything, or only what it is let. */
export class Loop {
  readonly taken: (number | string)[] = [];
  readonly positions: (Position | undefined)[] = [];
  /** Resolves at the loop's end, with what it threw. */
  readonly ended: Promise<unknown>;
  #allowance = Infinity;
  #resume: () => void = () => {};

  constructor(client: BridgeClient) {
    this.ended = this.#run(client).then(() => undefined, (error) => error);
  }

  /** Takes so many more frames from here on. */
  allow(frames: number): Promise<void> {
    this.#allowance = frames;
    this.#resume();
    return settle();
  }

  async #run(client: BridgeClient): Promise<void> {
    for await (const frame of client) {
      this.taken.push(
        frame.type === "event"
          ? frame.seq
          : `${frame.reason} ${frame.from}-${frame.to}`,
      );
      this.positions.push(client.position);
      this.#allowance--;
      while (this.#allowance <= 0) {
        await new Promise<void>((resolve) => this.#resume = resolve);
      }
    }
  }
}
