import { FrameConnection } from "../../bridge/gateway/frame_connection.ts";
import {
  createGate,
  type EndpointOptions,
  toConnectionContext,
} from "../../bridge/endpoint/dialect_endpoint.ts";
import { parseSubscription } from "../../bridge/schemas/parse.ts";
import type { ConsumerHolder } from "../../bridge/hub/consumers.ts";
import type { Grant } from "../../bridge/access/grant.ts";
import type { Socket } from "../../bridge/endpoint/socket.ts";
import { NO_METRICS } from "../../bridge/ops/metrics_recorder.ts";
import { DEFAULT_LIMITS, type ServerFrame } from "../../mod.ts";
import { FakeBridge, grantOf } from "./fake_bridge.ts";
import { FakeClock } from "./fake_clock.ts";

/** A WebSocket in the hand of a test: a reader that reads, or stands still. */
export class FakeSocket implements Socket {
  /** What was sent, as text. */
  readonly sent: string[] = [];
  /** The close code and reason; undefined while it is open. */
  closedWith: [code: number, reason: string] | undefined;
  terminated = false;
  pings = 0;
  /** Whether the reader reads; where not, all that is sent waits. */
  reads = true;
  /** Takes the answer to a probe of what was read. Tests answer other pings. */
  onPong: (data: string) => void = () => {};
  #waiting: { bytes: number; flushed: (() => void) | undefined }[] = [];

  send(text: string, flushed?: () => void): void {
    this.sent.push(text);
    this.#waiting.push({
      bytes: new TextEncoder().encode(text).length,
      flushed,
    });
    if (this.reads) this.read();
  }

  get bufferedAmount(): number {
    return this.#waiting.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  close(code: number, reason: string): void {
    this.closedWith ??= [code, reason];
  }

  terminate(): void {
    this.terminated = true;
  }

  ping(data?: string): void {
    if (!isProbe(data)) return void this.pings++;
    this.#waiting.push({ bytes: 0, flushed: () => this.onPong(data) });
    if (this.reads) this.read();
  }

  /** Takes what waits, or so many frames of it. */
  read(frames = Infinity): void {
    for (const { flushed } of this.#waiting.splice(0, frames)) {
      if (flushed !== undefined) queueMicrotask(flushed);
    }
  }

  /** The frames that were sent since the last call. */
  take(): ServerFrame[] {
    return this.sent.splice(0).map((text) => JSON.parse(text));
  }
}

/** Whether a ping asks how much was read, and neither for a consumer's position nor whether the client is there. */
export function isProbe(data: string | undefined): data is string {
  return data?.startsWith("w") === true;
}

/** A connection that holds a consumer's name, and does nothing. */
export function idleHolder(): ConsumerHolder {
  return {
    onReplaced: () => {},
    checkAlive: () => {},
    close: () => {},
    connection: undefined,
    unacked: 0,
  };
}

/** What a token in a first frame has to pass. */
export interface FakeGate {
  /** Waits before a wrong token is answered; false if too many wait. */
  refused?(signal: AbortSignal): Promise<boolean>;
  /** Counts the connection for its token; false if that has too many. */
  admit?(grant: Grant): boolean;
}

/** Connections before a fake bridge, on a fake clock. */
export class FakeGateway {
  readonly clock = new FakeClock();
  readonly bridge: FakeBridge;
  readonly failures: unknown[] = [];
  readonly context: EndpointOptions;
  /** Tokens that `hello` may carry. */
  readonly grants: Record<string, Grant> = {};

  constructor(options: Partial<EndpointOptions> = {}) {
    this.bridge = new FakeBridge(this.clock);
    this.context = {
      clock: this.clock,
      limits: DEFAULT_LIMITS,
      stallMs: 30_000,
      measures: NO_METRICS,
      onError: (error) => this.failures.push(error),
      bridge: this.bridge,
      authenticate: (token) =>
        Object.hasOwn(this.grants, token) ? this.grants[token] : undefined,
      ...options,
    };
  }

  /** Opens a connection; with a token that may do all unless said. */
  open(
    query: Parameters<typeof parseSubscription>[0] = {},
    options: { grant?: Grant | "hello"; gate?: FakeGate } = {},
  ): Client {
    const { grant = grantOf(), gate = {} } = options;
    const socket = new FakeSocket();
    const connection = new FrameConnection(
      toConnectionContext("ws", this.context),
      socket,
      parseSubscription(query),
      grant === "hello" ? undefined : grant,
      createGate({
        ...this.context,
        slowDown: async (_, signal) => await gate.refused?.(signal) ?? true,
      }).firstFrame({
        address: undefined,
        ...(gate.admit === undefined ? {} : { admit: gate.admit }),
      }),
    );
    socket.onPong = (data) => connection.onPong(data);
    return new Client(this, socket, connection);
  }

  /** Lets time pass, looking after connections each second as a front does. */
  async pass(ms: number, ...clients: Client[]): Promise<void> {
    for (let left = ms; left > 0; left -= 1000) {
      await this.clock.advance(Math.min(1000, left));
      for (const { connection, pongs } of clients) {
        connection.sweep(this.clock.now());
        if (pongs) connection.onPong();
      }
    }
    await this.clock.advance(0);
  }
}

/** One client of a {@linkcode FakeGateway}. */
export class Client {
  /** Whether it answers pings within a second. */
  pongs = true;

  constructor(
    readonly gateway: FakeGateway,
    readonly socket: FakeSocket,
    readonly connection: FrameConnection,
  ) {}

  /** Says something, and gives what is answered. */
  async say(...frames: unknown[]): Promise<ServerFrame[]> {
    for (const frame of frames) {
      this.connection.onText(
        typeof frame === "string" ? frame : JSON.stringify(frame),
      );
    }
    await this.gateway.clock.advance(0);
    return this.socket.take();
  }

  /** The frames since the last look. */
  async frames(): Promise<ServerFrame[]> {
    await this.gateway.clock.advance(0);
    return this.socket.take();
  }

  /** The places of the events since the last look. */
  async seqs(): Promise<number[]> {
    return (await this.frames()).flatMap((frame) =>
      frame.type === "event" ? [frame.seq] : []
    );
  }

  /** The close code; undefined while it is open. */
  get closeCode(): number | undefined {
    return this.socket.closedWith?.[0];
  }

  /** Ends the socket, as the platform does. */
  leave(): void {
    this.connection.onClose();
  }
}
