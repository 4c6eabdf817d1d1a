import type { UpgradeRequest } from "../../../bridge/endpoint/endpoint.ts";
import type { Grant } from "../../../bridge/access/grant.ts";
import type { SocketHandler } from "../../../bridge/endpoint/socket.ts";
import { OneBot, type OneBotOptions } from "../../../bridge/onebot/mod.ts";
import { NO_METRICS } from "../../../bridge/ops/metrics_recorder.ts";
import type { TargetSettings } from "../../../bridge/targets/target.ts";
import { TargetService } from "../../../bridge/targets/target_service.ts";
import { MemoryTargetStore } from "../../../bridge/targets/target_store.ts";
import { type Clock, systemClock } from "../../../lib/clock.ts";
import { DEFAULT_LIMITS } from "../../../mod.ts";
import { FakeBridge, grantOf } from "../../support/fake_bridge.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { FakeSocket, isProbe } from "../../support/fake_socket.ts";

/** Any frame. */
// deno-lint-ignore no-explicit-any
export type Frame = any;

/** Where the bridge of the tests believes to be. */
export const OWN = "http://127.0.0.1:8080";

/** A socket that remembers what its pings carried. */
export class PingedSocket extends FakeSocket {
  readonly pinged: (string | undefined)[] = [];

  override ping(data?: string): void {
    super.ping(data);
    if (isProbe(data)) return;
    this.pinged.push(data);
  }
}

/** A client of a {@linkcode Stage}. */
export class Client {
  /** Whether it answers pings within a second. */
  pongs = true;

  constructor(
    readonly stage: Stage,
    readonly socket: PingedSocket,
    readonly peer: SocketHandler,
  ) {}

  /** What was sent since the last look. */
  async frames(): Promise<Frame[]> {
    await this.stage.settle();
    return this.socket.take();
  }

  /** The events of the journal since the last look, by place. */
  async seqs(): Promise<number[]> {
    return (await this.frames()).map(({ seq }) => seq)
      .filter((seq) => seq !== undefined);
  }

  /** Sends a frame; gives what came since. */
  async say(frame: unknown): Promise<Frame[]> {
    this.peer.onText(typeof frame === "string" ? frame : JSON.stringify(frame));
    return await this.frames();
  }

  /** Calls an action; gives the answer. */
  async call(action: string, params?: unknown): Promise<Frame> {
    const frames = await this.say({ action, params, echo: "call" });
    return frames.find(({ echo }) => echo === "call");
  }

  /** Answers all pings. */
  async pong(): Promise<void> {
    for (const data of this.socket.pinged.splice(0)) {
      this.peer.onPong(data ?? "");
    }
    await this.stage.settle();
  }

  /** The close code; undefined while it is open. */
  get closeCode(): number | undefined {
    return this.socket.closedWith?.[0];
  }
}

/** Options of OneBot, with targets as flags set them. */
type StageOptions = Partial<OneBotOptions> & {
  reverse?: readonly TargetSettings[];
  post?: readonly TargetSettings[];
  accessToken?: string | undefined;
  secret?: string | undefined;
};

/** OneBot before a fake bridge, with three tokens: `all`, `sender`, `one`. */
export class Stage {
  readonly clock: Clock;
  readonly bridge: FakeBridge;
  readonly onebot: OneBot;
  readonly failures: unknown[] = [];
  readonly slowed: (string | undefined)[] = [];
  readonly news: string[] = [];
  readonly grants: Record<string, ReturnType<typeof grantOf>> = {
    all: grantOf({ name: "all" }),
    sender: grantOf({ name: "sender", scopes: ["send"] }),
    one: grantOf({ name: "one", accounts: ["10002"] }),
  };

  constructor(
    options: StageOptions & {
      uins?: readonly string[];
      tailEvents?: number;
    } = {},
  ) {
    const { uins, tailEvents, clock = new FakeClock(), ...more } = options;
    this.clock = clock;
    this.bridge = new FakeBridge(clock, {
      ...(uins === undefined ? {} : { uins }),
      ...(tailEvents === undefined ? {} : { tailEvents }),
    });
    this.bridge.script("profile", (_, { params }) => ({
      profile: {
        uin: (params as { uin: string }).uin,
        nickname: "Alice",
        sex: "female",
        age: 20,
        province: "江苏省",
      },
    }));
    this.onebot = this.restart(more);
  }

  /** OneBot anew over the same journal. */
  restart(options: StageOptions = {}): OneBot {
    const { reverse = [], post = [], accessToken, secret, ...more } = options;
    return new OneBot({
      targets: new TargetService({
        store: new MemoryTargetStore(),
        flags: [
          ...reverse.map((target) => ({
            accessToken,
            ...target,
            kind: "onebot-reverse" as const,
          })),
          ...post.map((target) => ({
            secret,
            ...target,
            kind: "onebot-post" as const,
          })),
        ],
        journal: this.bridge.journal,
        now: () => this.clock.now(),
      }),
      bridge: this.bridge,
      clock: this.clock,
      limits: DEFAULT_LIMITS,
      stallMs: 30_000,
      measures: NO_METRICS,
      onError: (error) => this.failures.push(error),
      authenticate: (token): Grant | undefined =>
        Object.hasOwn(this.grants, token) ? this.grants[token] : undefined,
      slowDown: (address) => {
        this.slowed.push(address);
        return Promise.resolve(this.slowed.length < 3);
      },
      onNotice: ({ what, reason }) => this.news.push(`${what}: ${reason}`),
      ...more,
    });
  }

  /** Asks for a WebSocket; gives a client, or the response. */
  async dial(
    path = "/onebot/v11/10001",
    options: {
      token?: string;
      headers?: Record<string, string>;
      protocols?: string[];
      onebot?: OneBot;
    } = {},
  ): Promise<Client | Response> {
    const { token = "all", headers = {}, protocols = [] } = options;
    const upgrade: UpgradeRequest = {
      url: new URL(path, OWN),
      headers: new Headers(
        token === ""
          ? headers
          : { authorization: `Bearer ${token}`, ...headers },
      ),
      protocols,
      address: "192.0.2.7",
      signal: new AbortController().signal,
    };
    const admission = await (options.onebot ?? this.onebot).upgrade(upgrade);
    if (admission instanceof Response) return admission;
    const socket = new PingedSocket();
    const peer = admission.open(socket);
    socket.onPong = (data) => peer.onPong(data);
    return new Client(this, socket, peer);
  }

  /** A client that is let in. */
  async client(
    path?: string,
    options?: Parameters<Stage["dial"]>[1],
  ): Promise<Client> {
    const client = await this.dial(path, options);
    if (client instanceof Client) return client;
    throw new Error(`${client.status}: ${await client.text()}`);
  }

  /** Asks a path over HTTP. */
  async ask(
    path: string,
    options: RequestInit & { token?: string } = {},
  ): Promise<{ status: number; body: Frame; headers: Headers }> {
    const { token = "all", ...init } = options;
    const request = new Request(`${OWN}${path}`, init);
    if (token !== "" && !request.headers.has("authorization")) {
      request.headers.set("authorization", `Bearer ${token}`);
    }
    const response = await this.onebot.fetch(request, "192.0.2.7");
    const { status, headers } = response;
    return { status, headers, body: await response.json() };
  }

  /** Lets what is due happen. */
  async settle(): Promise<void> {
    if (this.clock instanceof FakeClock) await this.clock.advance(0);
    else await settle();
  }

  /** Lets time pass, looking after clients each second as a front does. */
  async pass(ms: number, ...clients: Client[]): Promise<void> {
    if (!(this.clock instanceof FakeClock)) throw new Error("A real clock");
    for (let left = ms; left > 0; left -= 1000) {
      await this.clock.advance(Math.min(1000, left));
      for (const client of clients) {
        client.peer.sweep(this.clock.now());
        if (client.pongs) await client.pong();
      }
    }
    await this.settle();
  }
}

/** A stage on the machine's clock, for real sockets. */
export function realStage(
  options: ConstructorParameters<typeof Stage>[0] = {},
): Stage {
  return new Stage({ clock: systemClock, ...options });
}
