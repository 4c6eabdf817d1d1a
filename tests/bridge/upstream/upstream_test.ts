import { AnswerTransport } from "../../../bridge/upstream/answer_transport.ts";
import { Bridge } from "../../../bridge/core/bridge.ts";
import { Upstream } from "../../../bridge/upstream/upstream.ts";
import type { Batch } from "../../../bridge/journal/journal.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import {
  addDemo,
  createServer,
  Faults,
  type Misbehaviour,
  type QqServer,
} from "../../../lib/server/mod.ts";
import { decodeCommand, QqClient, type Transport } from "../../../mod.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  demoAccount,
  Frames,
  ListedAccounts,
} from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const everything = grantOf();

/** A bridge with 10001 over an embedded server, on a fake clock; each request is counted by its command. */
class Stage implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly faults = new Faults();
  readonly server: QqServer;
  readonly accounts = new ListedAccounts(demoAccount("10001"));
  readonly asked: string[] = [];
  readonly failures: unknown[] = [];
  readonly journal: MemoryJournal;
  readonly frames: Frames;
  readonly bridge: Bridge;

  constructor(journal = new MemoryJournal()) {
    const { clock, faults } = this;
    this.journal = journal;
    this.frames = new Frames(journal);
    this.server = createServer({ clock, faults, sendGapMs: 0, penaltyMs: 0 });
    const inner = new AnswerTransport(this.server.answer);
    const transport: Transport = {
      post: (request) => {
        this.asked.push(decodeCommand(request.body).cmd);
        return inner.post(request);
      },
    };
    this.bridge = new Bridge({
      journal,
      accounts: this.accounts,
      transport: () => transport,
      clock,
      random: () => 0.5,
      outbox: { gapMs: 0 },
      listener: { onError: (_uin, _what, error) => this.failures.push(error) },
    });
  }

  async start(): Promise<this> {
    await addDemo(this.server);
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

  run(command: "login" | "logout"): Promise<unknown> {
    return this.bridge.run(everything, {
      command,
      account: "10001",
      params: {},
    }).then((data) => (data as { state: string }).state, (error) => error.code);
  }

  count(cmd: string): number {
    return this.asked.filter((asked) => asked === cmd).length;
  }

  get state(): string {
    return this.bridge.accounts(everything)[0]!.state;
  }

  async friend(): Promise<QqClient> {
    const { clock, server } = this;
    const client = new QqClient({
      uin: "10002",
      password: "demo",
      transport: new AnswerTransport(server.answer),
      clock,
    });
    await client.login();
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stopping = this.bridge.stop();
    await this.pass(11);
    await stopping;
    await this.server.close();
  }
}

/** Refuses for ever what holds a word, whatever else is in the batch. */
class PickyJournal extends MemoryJournal {
  tries = 0;
  override append(batch: Batch) {
    const isBad = batch.events.some(({ data, event }) =>
      event !== "unknown" && JSON.stringify(data).includes("poison")
    );
    if (!isBad) return super.append(batch);
    this.tries++;
    return Promise.reject(new TypeError("Cannot journal an event: poison"));
  }
}

Deno.test("Upstream: a batch that can never be journalled is journalled as unknown and reported, and nothing stops", async () => {
  const journal = new PickyJournal();
  await using stage = await new Stage(journal).start();
  await using friend = await stage.friend();
  await friend.send("10001", "the poison");
  await friend.send("10001", "after it");
  await stage.pass(3);
  const raws = stage.frames.all("unknown").map(({ data }) =>
    "raw" in data ? data.raw : ""
  );
  assert(raws.some((raw) => raw.includes("the poison")), `${raws}`);
  assertEquals(
    stage.frames.all("message").filter(({ data }) => data.text === "after it")
      .length + raws.filter((raw) => raw.includes("after it")).length,
    1,
  );
  assertEquals(journal.tries, 2);
  assertEquals(stage.failures.length, 1);
  assertEquals(stage.state, "online");
  await friend.send("10001", "the last");
  await stage.pass(3);
  assertEquals(stage.frames.all("message").at(-1)?.data.text, "the last");
});

Deno.test("Upstream: a query that ends with its account is overloaded, not unknown", async () => {
  await using stage = await new Stage().start();
  stage.faults.add({ cmd: "List", how: { type: "silent" } });
  const read = stage.bridge.run(everything, {
    command: "friends",
    account: "10001",
    params: {},
  }).then(() => "ok", (error) => error.code);
  await stage.pass(1);
  const removing = stage.bridge.upstreams.remove("10001");
  await stage.pass(6);
  await removing;
  assertEquals(await read, "overloaded");
});

Deno.test("Upstream.login() is not lost after a logout that waits for its poll", async () => {
  await using stage = await new Stage().start();
  // The poll in flight is not answered: logout waits for it as long as it may.
  stage.faults.add({ cmd: "GetMsgEx", times: 2, how: { type: "silent" } });
  await stage.pass(30);
  const ends = [stage.run("logout"), stage.run("login")];
  await stage.pass(8);
  assertEquals(await Promise.all(ends), ["offline", "online"]);
  assertEquals(stage.accounts.get("10001")?.wanted, "in");
  await stage.pass(30);
  assertEquals(stage.state, "online");
  assert(stage.server.isOnline("10001"));
});

Deno.test("Upstream.logout() leaves the account logged out if a login is under way", async () => {
  await using stage = await new Stage().start();
  await stage.run("logout");
  stage.faults.add({ cmd: "Login", how: { type: "late", lateMs: 2000 } });
  const ends = [stage.run("login"), stage.run("logout")];
  await stage.pass(10);
  assertEquals((await Promise.all(ends)).at(-1), "offline");
  await stage.pass(60);
  assertEquals(stage.state, "offline");
  assertEquals(stage.server.isOnline("10001"), false);
});

Deno.test("Upstream.login() does not join a login that is before a logout", async () => {
  await using stage = await new Stage().start();
  await stage.run("logout");
  const ends = [stage.run("login"), stage.run("logout"), stage.run("login")];
  await stage.pass(10);
  await Promise.all(ends);
  assertEquals(stage.state, "online");
  assert(stage.server.isOnline("10001"));
});

Deno.test("Upstream.login() asks the server once if the password is refused", async () => {
  await using stage = await new Stage().start();
  await stage.bridge.upstreams.open(demoAccount("10001", "wrong"));
  await stage.pass(5);
  const before = stage.count("Login");
  const ends = [stage.run("login"), stage.run("login")];
  await stage.pass(5);
  assertEquals(await Promise.all(ends), ["refused", "refused"]);
  assertEquals(stage.count("Login") - before, 1);
});

Deno.test("Upstream: the state after a logout says what to do", async () => {
  await using stage = await new Stage().start();
  await stage.run("logout");
  const { data } = stage.frames.all("account.state", "10001").at(-1)!;
  assertEquals([data.state, data.reason, data.action], [
    "offline",
    "logged out",
    "Log in with the command login",
  ]);
  assertEquals(stage.bridge.health()[0]!.action, data.action);
});

Deno.test("UpstreamSupervisor: simultaneous changes of one account leave one upstream, and the last one counts", async () => {
  await using stage = await new Stage().start();
  await using friend = await stage.friend();
  const { bridge } = stage;
  const changes = [
    bridge.upstreams.open(demoAccount("10001", "wrong")),
    bridge.upstreams.remove("10001"),
    bridge.upstreams.open(demoAccount("10001")),
    bridge.upstreams.open(demoAccount("10001")),
  ];
  await stage.pass(25);
  await Promise.all(changes);
  await friend.send("10001", "once");
  await stage.pass(40);
  const texts = stage.frames.all("message").map(({ data }) => data.text);
  assertEquals(texts, ["once"]);
  assertEquals(stage.state, "online");
  // A second reader of the mailbox would end the first one's polls.
  const before = stage.count("GetMsgEx");
  await stage.pass(50);
  assert(stage.count("GetMsgEx") - before <= 3);
});

Deno.test("UpstreamSupervisor.stop() waits for an account that is being changed", async () => {
  const stage = await new Stage().start();
  stage.faults.add({ cmd: "Logout", how: { type: "late", lateMs: 2000 } });
  const changing = stage.bridge.upstreams.remove("10001");
  let stopped = false;
  const stopping = stage.bridge.stop().then(() => stopped = true);
  await stage.pass(1);
  assertEquals(stopped, false, "stopped before the account was logged out");
  await stage.pass(2);
  await Promise.all([changing, stopping]);
  assertEquals(stage.bridge.accounts(everything), []);
  await stage.server.close();
});

Deno.test("Upstream: a poll that was answered before a kill is repeated with its key, and its mail comes once", async () => {
  const clock = new FakeClock();
  const server = createServer({ clock, sendGapMs: 0, penaltyMs: 0 });
  await addDemo(server);
  const journal = new MemoryJournal();
  const keys: string[] = [];
  const inner = new AnswerTransport(server.answer);
  const transport: Transport = {
    post: (request) => {
      if (decodeCommand(request.body).cmd === "GetMsgEx") {
        keys.push(request.headers["Idempotency-Key"]!);
      }
      return inner.post(request);
    },
  };
  /** A process; one that is killed journals nothing of what it was answered. */
  const startOn = (journal: MemoryJournal) => {
    const upstream = new Upstream({
      account: demoAccount("10001"),
      journal,
      clock,
      random: () => 0.5,
      transport,
    });
    upstream.start();
    return upstream;
  };
  const say = (text: string) =>
    server.deliver("10001", { type: "message", from: "10002", text });
  const texts = () =>
    new Frames(journal).all("message").map(({ data }) => data.text);

  const first = startOn(journal);
  await clock.advance(1000);
  await say("before");
  await clock.advance(1000);
  assertEquals(texts(), ["before"]);
  const append = journal.append.bind(journal);
  journal.append = (batch) =>
    batch.poll === undefined ? append(batch) : new Promise<never>(() => {});
  await say("on its way");
  await clock.advance(1000);
  assertEquals(texts(), ["before"]);
  const inFlight = keys.at(-1)!;
  const asked = keys.length;

  journal.append = append;
  const second = startOn(journal);
  await clock.advance(1000);
  assertEquals(keys[asked], inFlight);
  assertEquals(texts(), ["before", "on its way"]);
  await say("after");
  await clock.advance(1000);
  assertEquals(texts(), ["before", "on its way", "after"]);
  assertEquals(new Set(keys).size, keys.length - 1);

  const closing = [first.close(), second.close()];
  await clock.advance(11_000);
  await Promise.all(closing);
  await server.close();
});

for (const hasKeys of [true, false]) {
  Deno.test(`Upstream: two holders of one account, at a server ${hasKeys ? "that honours keys" : "without keys"}: every message once`, async () => {
    const clock = new FakeClock();
    const server = createServer({ clock, sendGapMs: 0, penaltyMs: 0 });
    await addDemo(server);
    const journal = new MemoryJournal();
    const late = Promise.withResolvers<void>();
    /** An upstream; `isLate` holds what a poll with mail is answered. */
    const hold = (isLate: boolean) => {
      const inner = new AnswerTransport(server.answer);
      const upstream = new Upstream({
        account: demoAccount("10001"),
        journal,
        clock,
        random: () => 0.5,
        client: { waitSeconds: 0 },
        transport: {
          post: async (request) => {
            const { "Idempotency-Key": _, ...headers } = request.headers;
            const response = await inner.post(
              hasKeys ? request : { ...request, headers },
            );
            const isMail = decodeCommand(request.body).cmd === "GetMsgEx" &&
              response.body.includes("MN=1");
            if (isLate && isMail) await late.promise;
            return response;
          },
        },
      });
      upstream.start();
      return upstream;
    };
    const say = (text: string) =>
      server.deliver("10001", { type: "message", from: "10002", text });
    const texts = () =>
      new Frames(journal).all("message").map(({ data }) => data.text).sort();
    await say("1");
    const first = hold(true);
    await clock.advance(2000);
    const second = hold(false);
    for (const text of ["2", "3"]) {
      await clock.advance(2000);
      await say(text);
    }
    await clock.advance(2000);
    const before = journal.polls("10001");
    late.resolve();
    await clock.advance(1000);
    assertEquals(texts(), ["1", "2", "3"]);
    assert(journal.polls("10001") >= before);
    const closing = [first.close(), second.close()];
    await clock.advance(11_000);
    await Promise.all(closing);
    await server.close();
  });
}

Deno.test("Upstream: a batch and the number of its poll are one append", async () => {
  const journal = new MemoryJournal();
  const append = journal.append.bind(journal);
  const batches: Batch[] = [];
  journal.append = (batch) => {
    batches.push(batch);
    return append(batch);
  };
  await using stage = await new Stage(journal).start();
  await using friend = await stage.friend();
  await friend.send("10001", "one");
  await stage.pass(2);
  const withMail = batches.filter(({ events }) =>
    events.some(({ event }) => event !== "account.state")
  );
  assert(withMail.length > 0);
  assertEquals(
    withMail.map(({ poll }) => poll),
    withMail.map((_, index) => ({
      account: "10001",
      number: index + 1,
      repeats: true,
    })),
  );
});

/** What is wrong with each answer, and what the account then has: the state, its reason, and an action. */
const STATES: [Misbehaviour | "nothing", string, RegExp, RegExp][] = [
  ["nothing", "online", /^undefined$/, /^undefined$/],
  [
    { type: "res", res: 3, lateMs: 1000 },
    "penalised",
    /wants a pause/,
    /^Wait until 2005-\d\d-\d\dT[\d:.]+Z$/,
  ],
  [
    { type: "res", res: 20 },
    "replaced",
    /elsewhere|lapsed/,
    /^Log out there, or wait/,
  ],
  [
    { type: "null" },
    "offline",
    /Cannot .*GetMsgEx/,
    /^Nothing: next try at 2005-\d\d-\d\dT[\d:.]+Z$/,
  ],
  [
    { type: "res", res: 5 },
    "refused",
    /./,
    /^Give the right password: account change 10001$/,
  ],
];

for (const [how, state, reason, action] of STATES) {
  Deno.test(`Upstream: the event of an account that is ${state} has reason, time and action`, async () => {
    await using stage = await new Stage().start();
    const startedAt = stage.clock.now();
    if (how !== "nothing") {
      stage.faults.add({ cmd: "GetMsgEx", acts: false, how });
      await stage.pass(27);
    }
    const { data, at: toldAt } = stage.frames.all("account.state", "10001")
      .filter(({ data }) => data.state === state).at(-1)!;
    assertMatch(String(data.reason), reason);
    assertMatch(String(data.action), action);
    assertEquals(data.since, toldAt);
    if (how !== "nothing") assert(Date.parse(data.since) >= startedAt);
  });
}
