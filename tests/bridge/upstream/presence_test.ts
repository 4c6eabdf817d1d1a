/** The presence that was asked for, after a new login. @module */

import { AnswerTransport } from "../../../bridge/upstream/answer_transport.ts";
import { Bridge } from "../../../bridge/core/bridge.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { MemoryAccountStore } from "../../../bridge/upstream/account_store.ts";
import {
  addDemo,
  type Answerer,
  createServer,
  Faults,
  MemoryStore,
  type QqServer,
} from "../../../lib/server/mod.ts";
import { QqClient, type Status } from "../../../mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { demoAccount } from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { scripted } from "../../support/scripted_client.ts";
import { LOGGED_IN } from "../../support/scripted_transport.ts";

const UIN = "10001";
const everything = grantOf();

/** A bridge with 10001 over a server that can restart, and a friend, 10002, who watches it. */
class Stage implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly faults = new Faults();
  readonly store = new MemoryStore();
  readonly accounts = new MemoryAccountStore();
  /** Statuses of 10001 that the friend received, with the times. */
  readonly seen: [status: Status, at: number][] = [];
  readonly #transport = new AnswerTransport((request) =>
    this.server.answer(request)
  );
  readonly #friend = new QqClient({
    uin: "10002",
    password: "demo",
    transport: this.#transport,
    clock: this.clock,
  });
  server: QqServer = this.#newServer();
  bridge: Bridge = this.#newBridge();

  static async start(): Promise<Stage> {
    const stage = new Stage();
    await addDemo(stage.server);
    stage.accounts.put(demoAccount(UIN));
    void stage.#watch();
    stage.bridge.start();
    await stage.pass(3);
    return stage;
  }

  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await this.clock.advance(1000);
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  async setStatus(status: Status): Promise<void> {
    const done = this.bridge.run(everything, {
      command: "setStatus",
      account: UIN,
      params: { status },
    });
    done.catch(() => {});
    await this.pass(2);
    await done;
  }

  async restartBridge(): Promise<void> {
    const stopping = this.bridge.stop();
    await this.pass(5);
    await stopping;
    this.bridge = this.#newBridge();
    this.bridge.start();
  }

  async restartServer(): Promise<void> {
    await this.server.close();
    this.server = this.#newServer();
  }

  async logInElsewhere(): Promise<void> {
    const elsewhere: Answerer = (request) =>
      this.server.answer({ ...request, address: "elsewhere" });
    const other = new QqClient({
      uin: UIN,
      password: "demo",
      transport: new AnswerTransport(elsewhere),
      clock: this.clock,
    });
    await other.login();
    await this.pass(40);
    assertEquals(this.account.state, "replaced");
    await other.logout();
    await other.close();
  }

  get account() {
    return this.bridge.accounts(everything)[0]!;
  }

  async #watch(): Promise<void> {
    for await (const item of this.#friend.mail()) {
      if (item.type !== "status" || item.from !== UIN) continue;
      this.seen.push([item.status, this.clock.now()]);
    }
  }

  #newServer(): QqServer {
    const { clock, faults, store } = this;
    return createServer({ clock, faults, store, sendGapMs: 0, penaltyMs: 0 });
  }

  #newBridge(): Bridge {
    return new Bridge({
      journal: new MemoryJournal(),
      accounts: this.accounts,
      transport: () => this.#transport,
      clock: this.clock,
      random: () => 0.5,
      outbox: { gapMs: 0 },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopping = Promise.all([this.bridge.stop(), this.#friend.close()]);
    await this.pass(6);
    await stopping;
    await this.server.close();
  }
}

const LOGINS: [name: string, cause: (stage: Stage) => unknown][] = [
  ["a restart of the bridge", (stage) => stage.restartBridge()],
  ["a restart of the server", (stage) => stage.restartServer()],
  ["a lapsed session", ({ faults }) => {
    faults.add({
      cmd: "GetMsgEx",
      uin: UIN,
      acts: false,
      how: { type: "res", res: 20 },
    });
  }],
  ["a login elsewhere", (stage) => stage.logInElsewhere()],
];

for (const [name, cause] of LOGINS) {
  for (const status of ["invisible", "busy", "offline"] as const) {
    Deno.test(`setStatus: ${status} holds after ${name}`, async () => {
      await using stage = await Stage.start();
      await stage.setStatus(status);
      await cause(stage);
      await stage.pass(90);
      assertEquals(stage.account.state, "online");
      assertEquals(stage.account.status, status);
      assertEquals(stage.accounts.get(UIN)?.status, status);
      const shown = status === "invisible" ? "offline" : status;
      assertEquals(stage.seen.at(-1)?.[0], shown);
      // Friends see it online between the Login and the Change_Stat only, and
      // while the other client has it.
      const login = stage.seen.findLastIndex(([seen]) => seen === "online");
      if (login > 0) {
        assertEquals(stage.seen[login + 1]?.[0], shown);
        const onlineMs = stage.seen[login + 1]![1] - stage.seen[login]![1];
        assert(onlineMs < (name === "a login elsewhere" ? 10_000 : 1000));
      }
    });
  }
}

Deno.test("addAccount keeps the status that was asked for, removeAccount forgets it", async () => {
  await using stage = await Stage.start();
  await stage.setStatus("busy");
  const adding = stage.bridge.upstreams.open(demoAccount(UIN));
  await stage.pass(6);
  await adding;
  assertEquals(stage.account.status, "busy");
  const removing = stage.bridge.upstreams.remove(UIN);
  await stage.pass(6);
  await removing;
  const again = stage.bridge.upstreams.open(demoAccount(UIN));
  await stage.pass(6);
  await again;
  assertEquals(stage.account.status, undefined);
});

Deno.test("setStatus: a status that cannot be kept is not sent: overloaded", async () => {
  await using stage = await Stage.start();
  stage.accounts.put = () => {
    throw new Error("database or disk is full");
  };
  const error = await assertRejects(() => stage.setStatus("busy")) as Error & {
    code: string;
    retryAfterMs: number;
  };
  assertEquals([error.code, error.retryAfterMs], ["overloaded", 10_000]);
  assertEquals(stage.seen.map(([status]) => status), ["online"]);
});

/** What the server says to the Change_Stat of a login, and how the login then ends. */
const RESTORED = [
  ["the server is not reached", "unreachable", "unreachable"],
  ["it is too fast", 3, "penalised"],
  ["the session is gone", 20, "not_logged_in"],
] as const;

for (const [name, answer, code] of RESTORED) {
  Deno.test(`QqClient.login() fails with ${code} when the presence cannot be set because ${name}`, async () => {
    const { client, transport } = scripted([
      LOGGED_IN,
      answer,
      LOGGED_IN,
      {},
      {},
    ], { presence: "busy" });
    const error = await assertRejects(() => client.login()) as Error & {
      code: string;
    };
    assertEquals([error.code, client.loggedIn], [code, false]);
    await client.login();
    assertEquals(client.loggedIn, true);
    assertEquals(transport.asked.map(({ command }) => command.cmd), [
      "Login",
      "Change_Stat",
      "Login",
      "Change_Stat",
    ]);
    await client.close();
  });
}

Deno.test("QqClient.login() goes on without the presence after five refusals in a row", async () => {
  const { client } = scripted(
    Array.from({ length: 5 }, () => [LOGGED_IN, 3]).flat(),
    { presence: "busy" },
  );
  for (let n = 1; n < 5; n++) await assertRejects(() => client.login());
  await client.login();
  assertEquals(client.loggedIn, true);
  await client.close({ timeoutMs: 0 });
});
