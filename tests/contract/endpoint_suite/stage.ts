import { delay } from "@std/async";
import { OneBot } from "../../../bridge/onebot/mod.ts";
import { SatoriEndpoint } from "../../../bridge/satori/endpoint.ts";
import type { FlagTarget } from "../../../bridge/targets/target.ts";
import { TargetService } from "../../../bridge/targets/target_service.ts";
import { MemoryTargetStore } from "../../../bridge/targets/target_store.ts";
import {
  type BridgeCommandName,
  COMMAND_SCOPES,
  DEFAULT_LIMITS,
  type Limits,
} from "../../../mod.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import {
  Stage as FrontStage,
  type StageOptions as ServerStageOptions,
} from "../../support/front_fixture.ts";
import { RawSocket } from "../../support/raw_socket.ts";

/** How long a test waits for something that must happen, in milliseconds. */
const WAIT_MS = 20_000;

/** How long after its end a reverse WebSocket is dialled again, in milliseconds. */
const DIAL_AGAIN_MS = 3000;

/** How the stage of a test is made. */
export interface SuiteOptions extends Pick<ServerStageOptions, "seats"> {
  limits?: Partial<Limits>;
}

/** The program's front with every endpoint, before a fake bridge, on a fake clock and real sockets. */
export class SuiteStage implements AsyncDisposable {
  readonly #clock: FakeClock;
  readonly #front: FrontStage;
  readonly #listener: Deno.TcpListener;
  readonly #onebot: OneBot;
  readonly #reverse: OneBot;
  /** Called with each command that is done. */
  onCommand: (command: BridgeCommandName) => void = () => {};
  #dials = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    clock: FakeClock,
    front: FrontStage,
    listener: Deno.TcpListener,
    onebot: OneBot,
    reverse: OneBot,
  ) {
    this.#clock = clock;
    this.#front = front;
    this.#listener = listener;
    this.#onebot = onebot;
    this.#reverse = reverse;
  }

  static async open(options: SuiteOptions = {}): Promise<SuiteStage> {
    const clock = new FakeClock();
    const limits = { ...DEFAULT_LIMITS, ...options.limits };
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const url = `ws://127.0.0.1:${listener.addr.port}/`;
    let onebot!: OneBot;
    let reverse!: OneBot;
    const front = await FrontStage.open({
      ...options,
      clock,
      limits,
      endpoints: (parts) => {
        const targets = (flags: FlagTarget[]) =>
          new TargetService({ store: new MemoryTargetStore(), flags });
        onebot = new OneBot({ ...parts, targets: targets([]) });
        reverse = new OneBot({
          ...parts,
          targets: targets([{ kind: "onebot-reverse", url, account: "10001" }]),
        });
        return [onebot, new SatoriEndpoint(parts)];
      },
    });
    front.grants.none = grantOf({ name: "none", scopes: [] });
    front.grants.read = grantOf({ name: "read", scopes: ["read"] });
    front.grants.send = grantOf({ name: "send", scopes: ["send"] });
    front.grants.manage = grantOf({ name: "manage", scopes: ["manage"] });
    front.grants.past = grantOf({ name: "past" });
    front.grants.past.revoke();
    const stage = new SuiteStage(clock, front, listener, onebot, reverse);
    script(stage);
    return stage;
  }

  get port(): number {
    return this.#front.port;
  }

  get bridge(): FrontStage["bridge"] {
    return this.#front.bridge;
  }

  /** Errors that should not have happened; empty at the end of each test. */
  get failures(): unknown[] {
    return this.#front.failures;
  }

  /** How many WebSockets are open. */
  get sockets(): number {
    return this.#front.front.connections;
  }

  /** Ends what a token may do. */
  revoke(token: string): void {
    this.#front.grants[token]!.revoke();
  }

  /** Journals messages of account 10001, each with this text. */
  async push(count: number, text = "hi"): Promise<void> {
    for (let n = 0; n < count; n++) {
      await this.bridge.push("10001", "message", { from: "10002", text });
    }
  }

  /** The next WebSocket that the bridge itself dials. */
  async dialled(): Promise<RawSocket> {
    if (this.#dials++ === 0) this.#reverse.start();
    const accepted = RawSocket.accept(this.#listener);
    let isOpen = this.#dials === 1;
    const open = () => void (isOpen = true);
    accepted.then(open, open);
    // The wait begins once the bridge has seen the end of the last one.
    while (!isOpen) await this.pass(DIAL_AGAIN_MS / 10);
    return await this.drive(accepted);
  }

  /** The value of a metric, over all its labels. */
  async metric(name: string): Promise<number> {
    const text = await this.#front.metrics.text();
    return text.split("\n")
      .filter((line) =>
        line.startsWith(`${name} `) || line.startsWith(`${name}{`)
      )
      .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }

  /** Waits for something that is to happen without the time going on. */
  async drive<T>(promise: Promise<T>): Promise<T> {
    let isOver = false;
    const over = () => void (isOver = true);
    promise.then(over, over);
    const until = performance.now() + WAIT_MS;
    while (!isOver) {
      if (performance.now() > until) {
        throw new Error(`Nothing happened within ${WAIT_MS} ms`);
      }
      await this.#advance(0);
    }
    return await promise;
  }

  /** Waits until something is so, without the time going on. */
  async until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    await this.drive((async () => {
      while (!await isSo()) await tick();
    })());
  }

  /** Lets time pass, second by second, as the front looks after its clients. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 1000) {
      await this.#advance(Math.min(1000, left));
      for (let turns = 0; turns < 3; turns++) await this.#advance(0);
    }
  }

  /** One at a time: two would turn the clock back. */
  async #advance(ms: number): Promise<void> {
    const turn = this.#turn.then(() => this.#clock.advance(ms));
    this.#turn = turn;
    await turn;
    await tick();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closing = Promise.all([
      this.#reverse.stop(),
      this.#onebot.stop(),
      this.#front[Symbol.asyncDispose](),
    ]);
    let isOver = false;
    const over = () => void (isOver = true);
    closing.then(over, over);
    while (!isOver) await this.#advance(20);
    this.#listener.close();
    await closing;
  }
}

/** Lets the sockets have their turn. */
function tick(): Promise<void> {
  return delay(0);
}

const DATA: Partial<Record<BridgeCommandName, unknown>> = {
  send: { seq: 1 },
  friends: { friends: ["10002"] },
  onlineFriends: { friends: [] },
  search: { people: [] },
  accounts: { accounts: [] },
  addFriend: { answer: "added" },
  profile: { profile: { uin: "10002", nickname: "Alice" } },
};

/** Makes every command succeed. */
function script(stage: SuiteStage): void {
  const { bridge } = stage;
  for (const command of Object.keys(COMMAND_SCOPES) as BridgeCommandName[]) {
    bridge.script(command, () => {
      stage.onCommand(command);
      return DATA[command] ?? {};
    });
  }
  bridge.script("history", (_, { account, params }) => {
    const { before, limit = 100 } = params as {
      before?: number;
      limit?: number;
    };
    const { events, more } = bridge.journal.history({
      account: account!,
      limit,
      ...(before === undefined ? {} : { before }),
    });
    return { events: events.map(({ frame }) => JSON.parse(frame)), more };
  });
}
