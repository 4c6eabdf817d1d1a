import { Consumers } from "../../bridge/hub/consumers.ts";
import { EventReader } from "../../bridge/hub/event_reader.ts";
import { OpenConnections } from "../../bridge/hub/open_connections.ts";
import { Hub } from "../../bridge/hub/hub.ts";
import type { Socket } from "../../bridge/endpoint/socket.ts";
import {
  createGate,
  type EndpointOptions,
  toConnectionContext,
} from "../../bridge/endpoint/dialect_endpoint.ts";
import { FrameConnection } from "../../bridge/gateway/frame_connection.ts";
import { parseSubscription } from "../../bridge/schemas/parse.ts";
import { NO_METRICS } from "../../bridge/ops/metrics_recorder.ts";
import { DEFAULT_LIMITS, type Limits } from "../../mod.ts";
import { grantOf } from "../support/fake_bridge.ts";
import { TestJournal } from "../support/test_journal.ts";
import type { FakeClock } from "../support/fake_clock.ts";
import type { Chance } from "./seeded.ts";

export const TOKEN = "s3cret-token";

/** A journal whose consumers' positions become durable late, or never. */
export class LaggingJournal extends TestJournal {
  readonly #chance: Chance;
  readonly #clock: FakeClock;
  #process = 0;
  #lastAt = 0;

  constructor(chance: Chance, clock: FakeClock, epoch: string) {
    super(epoch);
    this.#chance = chance;
    this.#clock = clock;
  }

  /** The process ends: what is not durable yet never is. */
  kill(): void {
    this.#process++;
  }

  /** A consumer was there before, at the beginning. */
  seen(consumer: string): void {
    void super.setPosition(consumer, 0);
  }

  override setPosition(consumer: string, seq: number): Promise<void> {
    return this.#write(() => super.setPosition(consumer, seq));
  }

  override resetPosition(consumer: string, seq: number): Promise<void> {
    return this.#write(() => super.resetPosition(consumer, seq));
  }

  #write(store: () => Promise<void>): Promise<void> {
    const process = this.#process;
    if (this.#chance.oneIn(4)) return store();
    if (this.#chance.oneIn(3)) return Promise.reject(new Error("full disk"));
    const { promise, resolve } = Promise.withResolvers<void>();
    const writtenAt = this.#clock.now() + this.#chance.below(2000);
    // In the order in which they were asked for, as a journal writes.
    this.#lastAt = Math.max(this.#lastAt, writtenAt);
    this.#clock.after(this.#lastAt - this.#clock.now(), () => {
      if (process !== this.#process) return;
      void store();
      resolve();
    });
    return promise;
  }
}

/** A direction of a link: frames in order, each a while later. */
class Direction {
  readonly #link: Link;
  readonly #deliver: (text: string) => void;
  #frames: { text: string; gone: (() => void) | undefined }[] = [];
  #cancel: (() => void) | undefined;
  bytes = 0;

  constructor(link: Link, deliver: (text: string) => void) {
    this.#link = link;
    this.#deliver = deliver;
  }

  send(text: string, gone?: () => void): void {
    this.#frames.push({ text, gone });
    this.bytes += text.length;
    this.#next();
  }

  /** Delivers some of what is in flight, and drops the rest. */
  cut(): void {
    this.#cancel?.();
    const rest = this.#frames.splice(0);
    const delivered = this.#link.chance.below(rest.length + 1);
    for (const { text } of rest.slice(0, delivered)) this.#deliver(text);
  }

  /** Delivers all that is in flight. */
  flush(): void {
    for (const { text } of this.#frames.splice(0)) this.#deliver(text);
    this.cut();
  }

  #next(): void {
    if (this.#cancel !== undefined || this.#frames.length === 0) return;
    const { chance, network } = this.#link;
    const delayMs = chance.oneIn(4) ? chance.below(network.delayMs + 1) : 0;
    this.#cancel = network.clock.after(delayMs, () => {
      this.#cancel = undefined;
      const burst = this.#frames.splice(0, 1 + chance.below(16));
      for (const { text, gone } of burst) {
        this.bytes -= text.length;
        this.#deliver(text);
        gone?.();
      }
      this.#next();
    });
  }
}

/** Both ends of a WebSocket, in the hands of a {@linkcode Network}. */
export class Link extends EventTarget {
  readyState = 0;
  readonly chance: Chance;
  readonly network: Network;
  readonly #url: URL;
  readonly #toClient: Direction;
  readonly #toBridge: Direction;
  #peer: FrameConnection | undefined;

  constructor(network: Network, url: string | URL) {
    super();
    this.network = network;
    this.chance = network.chance;
    this.#url = new URL(url);
    this.#toClient = new Direction(
      this,
      (data) => this.dispatchEvent(new MessageEvent("message", { data })),
    );
    this.#toBridge = new Direction(this, (text) => this.#peer?.onText(text));
    network.links.add(this);
    network.clock.after(this.chance.below(50), () => this.#open());
  }

  #open(): void {
    if (this.readyState !== 0) return;
    const { bridge } = this.network;
    if (bridge === undefined) return this.#end(1006, "");
    this.readyState = 1;
    const socket: Socket = {
      send: (text, flushed) => this.#toClient.send(text, flushed),
      bufferedAmount: 0,
      close: (code, reason) => {
        // The close frame comes behind all that was sent.
        this.#toClient.flush();
        this.#end(code, reason);
      },
      terminate: () => this.cut(),
    };
    Object.defineProperty(socket, "bufferedAmount", {
      get: () => this.#toClient.bytes,
    });
    const query = Object.fromEntries(this.#url.searchParams);
    this.#peer = new FrameConnection(
      toConnectionContext("ws", bridge),
      socket,
      parseSubscription(query),
      undefined,
      createGate(bridge).firstFrame({ address: undefined }),
    );
    this.dispatchEvent(new Event("open"));
  }

  sweep(now: number): void {
    this.#peer?.sweep(now);
    this.#peer?.onPong();
  }

  // The client's end.

  send(text: string): void {
    this.#toBridge.send(text);
  }

  close(code = 1005, reason = ""): void {
    if (this.readyState >= 2) return;
    this.#toBridge.flush();
    queueMicrotask(() => this.#end(code, reason));
    this.readyState = 2;
  }

  /** Breaks off; what is in flight arrives in part. */
  cut(): void {
    if (this.readyState === 3) return;
    this.#toClient.cut();
    this.#toBridge.cut();
    this.#end(1006, "");
  }

  #end(code: number, reason: string): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.network.links.delete(this);
    this.#toBridge.cut();
    this.#peer?.onClose();
    this.dispatchEvent(new CloseEvent("close", { code, reason }));
  }
}

export interface LinkSocket {
  new (url: string | URL): Link;
}

/** A bridge that comes and goes, and what lies between it and its clients. */
export class Network {
  readonly chance: Chance;
  readonly clock: FakeClock;
  readonly delayMs: number;
  readonly links = new Set<Link>();
  readonly failures: unknown[] = [];
  readonly limits: Limits;
  journal: LaggingJournal;
  bridge: EndpointOptions | undefined;
  #epochs = 0;
  #cancel: () => void = () => {};
  #hub: Hub | undefined;

  constructor(chance: Chance, clock: FakeClock) {
    this.chance = chance;
    this.clock = clock;
    this.delayMs = chance.oneOf([0, 20, 500]);
    this.limits = {
      ...DEFAULT_LIMITS,
      bufferedBytes: chance.oneOf([700, 4000, 262_144]),
      unacked: chance.oneOf([3, 20, 256]),
    };
    this.journal = this.newJournal();
    this.start();
    this.#sweep();
  }

  /** The constructor of its sockets. */
  get Socket(): LinkSocket {
    // deno-lint-ignore no-this-alias
    const network = this;
    return class extends Link {
      constructor(url: string | URL) {
        super(network, url);
      }
    };
  }

  newJournal(): LaggingJournal {
    this.#epochs++;
    return new LaggingJournal(this.chance, this.clock, `e${this.#epochs}`);
  }

  start(): void {
    const { clock, journal, limits } = this;
    const hub = this.#hub = new Hub(journal, {
      clock,
      tailEvents: 1 + this.chance.below(30),
    });
    const consumers = new Consumers(journal, { clock });
    this.bridge = {
      clock,
      limits,
      stallMs: 30_000,
      measures: NO_METRICS,
      onError: (error) => this.failures.push(error),
      bridge: {
        journal,
        readerFor: (grant) => new EventReader(hub, grant),
        consumers,
        connections: new OpenConnections(),
        accounts: () => [],
        health: () => [],
        run: () => Promise.resolve({}),
        waiting: 0,
      },
      authenticate: (token) => token === TOKEN ? grantOf() : undefined,
    };
  }

  /** The process is killed; its journal stays, or is lost. */
  kill(options: { losesJournal: boolean }): void {
    this.#hub?.close();
    this.bridge = undefined;
    this.journal.kill();
    for (const link of [...this.links]) link.cut();
    if (options.losesJournal) this.journal = this.newJournal();
  }

  stop(): void {
    this.#cancel();
    this.#hub?.close();
  }

  #sweep(): void {
    this.#cancel = this.clock.after(1000, () => {
      for (const link of [...this.links]) link.sweep(this.clock.now());
      this.#sweep();
    });
  }
}
