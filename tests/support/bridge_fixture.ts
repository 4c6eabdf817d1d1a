import type {
  AccountRecord,
  AccountStore,
} from "../../bridge/upstream/account_store.ts";
import { AnswerTransport } from "../../bridge/upstream/answer_transport.ts";
import { Bridge, type BridgeOptions } from "../../bridge/core/bridge.ts";
import type { Journal } from "../../bridge/journal/journal.ts";
import {
  addDemo,
  createServer,
  type QqServer,
  type ServerOptions,
} from "../../lib/server/mod.ts";
import {
  type EventFrame,
  type EventName,
  md5Hex,
  QqClient,
  type Transport,
} from "../../mod.ts";
import { MemoryJournal } from "../../bridge/journal/memory.ts";

/** Accounts in memory. */
export class ListedAccounts implements AccountStore {
  readonly #records: Map<string, AccountRecord>;
  constructor(...records: AccountRecord[]) {
    this.#records = new Map(records.map((record) => [record.uin, record]));
  }
  list(): AccountRecord[] {
    return [...this.#records.values()];
  }
  get(uin: string): AccountRecord | undefined {
    return this.#records.get(uin);
  }
  put(record: AccountRecord): void {
    this.#records.set(record.uin, record);
  }
  remove(uin: string): boolean {
    return this.#records.delete(uin);
  }
}

/** An account of the demonstration, as the bridge logs it in. */
export function demoAccount(uin: string, password = "demo"): AccountRecord {
  return { uin, passwordMd5: md5Hex(password), nickname: "", wanted: "in" };
}

/** The frames of a journal, and waiting for them. */
export class Frames {
  readonly #journal: Journal;
  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** All frames of a name, oldest first. */
  all<N extends EventName>(
    event: N,
    account?: string,
  ): Extract<EventFrame, { event: N }>[] {
    return this.#journal.read(0, {
      limit: 10_000,
      events: [event],
      ...(account === undefined ? {} : { accounts: [account] }),
    }).events.map(({ frame }) => JSON.parse(frame));
  }

  /** The first frame that fits, now or later. */
  async first<N extends EventName>(
    event: N,
    fits: (frame: Extract<EventFrame, { event: N }>) => boolean = () => true,
  ): Promise<Extract<EventFrame, { event: N }>> {
    for (;;) {
      const frame = this.all(event).find(fits);
      if (frame !== undefined) return frame;
      await new Promise<void>((resolve) => {
        const unwatch = this.#journal.watch(() => {
          unwatch();
          resolve();
        });
      });
    }
  }

  /** The first time that an account is in a state. */
  state(
    account: string,
    state: string,
  ): Promise<Extract<EventFrame, { event: "account.state" }>> {
    return this.first(
      "account.state",
      (frame) => frame.account === account && frame.data.state === state,
    );
  }
}

/** A bridge over an embedded server in memory, with the demo accounts. */
export interface BridgeFixture extends AsyncDisposable {
  server: QqServer;
  bridge: Bridge;
  journal: MemoryJournal;
  frames: Frames;
}

/** Options of a fixture. */
export interface FixtureOptions {
  /** @default {10001} */
  accounts?: AccountRecord[];
  server?: ServerOptions;
  bridge?: Partial<BridgeOptions>;
  /** Stands between the bridge and its server. */
  wrap?: (inner: Transport) => Transport;
}

/** As `startBridge`, and waits until 10001 is online. */
export async function startOnline(
  options?: FixtureOptions,
): Promise<BridgeFixture> {
  const fixture = await startBridge(options);
  await fixture.frames.state("10001", "online");
  return fixture;
}

/** A client of another person at the server, logged in. */
export async function otherClient(
  server: QqServer,
  uin = "10002",
): Promise<QqClient> {
  const client = new QqClient({
    uin,
    password: "demo",
    transport: new AnswerTransport(server.answer),
  });
  await client.login();
  return client;
}

/** Starts a bridge that logs its accounts in. */
export async function startBridge(
  options: FixtureOptions = {},
): Promise<BridgeFixture> {
  const server = createServer({
    sendGapMs: 0,
    penaltyMs: 0,
    ...options.server,
  });
  await addDemo(server);
  const { wrap = (inner) => inner } = options;
  const journal = new MemoryJournal();
  const bridge = new Bridge({
    journal,
    accounts: new ListedAccounts(...options.accounts ?? [demoAccount("10001")]),
    transport: () => wrap(new AnswerTransport(server.answer)),
    outbox: { gapMs: 0 },
    ...options.bridge,
  });
  bridge.start();
  return {
    server,
    bridge,
    journal,
    frames: new Frames(journal),
    async [Symbol.asyncDispose]() {
      await bridge.stop();
      await server.close();
    },
  };
}
