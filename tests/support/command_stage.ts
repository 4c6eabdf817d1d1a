import { AnswerTransport } from "../../bridge/upstream/answer_transport.ts";
import { Bridge, type BridgeOptions } from "../../bridge/core/bridge.ts";
import { CommandError } from "../../bridge/errors/command_error.ts";
import { MemoryJournal } from "../../bridge/journal/memory.ts";
import {
  addDemo,
  createServer,
  Faults,
  type QqServer,
} from "../../lib/server/mod.ts";
import { QqClient, type Transport } from "../../mod.ts";
import { demoAccount, Frames, ListedAccounts } from "./bridge_fixture.ts";
import { grantOf } from "./fake_bridge.ts";
import { FakeClock } from "./fake_clock.ts";

/** Bridges, one after the other, over one journal and one server. */
export class CommandStage {
  readonly clock = new FakeClock();
  readonly faults = new Faults();
  readonly server: QqServer;
  readonly journal: MemoryJournal;
  readonly frames: Frames;
  bridge!: Bridge;
  /** Whether keys are kept from the server, so that it is one of 2005. */
  readonly #keyless: boolean;
  /** Counts the bridges: one that another has followed without a stop was killed, and hears nothing more. */
  #life = 0;

  constructor(options: { keyless?: boolean } = {}) {
    const { clock, faults } = this;
    this.#keyless = options.keyless ?? false;
    this.journal = new MemoryJournal({ clock });
    this.frames = new Frames(this.journal);
    this.server = createServer({ clock, faults, sendGapMs: 0, penaltyMs: 0 });
  }

  async start(options: Partial<BridgeOptions> = {}): Promise<this> {
    if (this.bridge === undefined) await addDemo(this.server);
    const inner = new AnswerTransport(this.server.answer);
    const life = ++this.#life;
    const transport: Transport = {
      post: async (request) => {
        const never = new Promise<never>(() => {});
        if (life !== this.#life) return await never;
        const { "Idempotency-Key": _, ...headers } = request.headers;
        const response = await inner.post(
          this.#keyless ? { ...request, headers } : request,
        );
        return life === this.#life ? response : await never;
      },
    };
    this.bridge = new Bridge({
      journal: this.journal,
      accounts: new ListedAccounts(demoAccount("10001")),
      transport: () => transport,
      clock: this.clock,
      random: () => 0.5,
      outbox: { gapMs: 0 },
      ...options,
    });
    this.bridge.start();
    await this.pass(2);
    return this;
  }

  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await this.clock.advance(1000);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  async stop(): Promise<void> {
    const stopping = this.bridge.stop();
    await this.pass(11);
    await stopping;
  }

  async end(): Promise<void> {
    await this.stop();
    await this.server.close();
  }

  send(text: string, key?: string, grant = grantOf()): Promise<string> {
    return this.bridge.run(grant, {
      command: "send",
      account: "10001",
      params: { to: "10002", text },
      ...(key === undefined ? {} : { key }),
    }).then(
      () => "ok",
      (error) => error instanceof CommandError ? error.code : `${error}`,
    );
  }

  /** What has arrived at the other end. */
  async arrived(): Promise<string[]> {
    const client = new QqClient({
      uin: "10002",
      password: "demo",
      transport: new AnswerTransport(this.server.answer),
      clock: this.clock,
    });
    await client.login();
    const items = await client.fetchMail();
    await client[Symbol.asyncDispose]();
    return items.flatMap((item) => item.type === "message" ? [item.text] : []);
  }
}
