import {
  hashToken,
  MemoryTokenStore,
} from "../../../bridge/access/token_store.ts";
import { Bridge } from "../../../bridge/core/bridge.ts";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import type { ConsumerHolder } from "../../../bridge/hub/consumers.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { type BridgeCommandName, SCOPES } from "../../../mod.ts";
import { assertEquals, assertRejects } from "@std/assert";
import { ListedAccounts } from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { idleHolder } from "../../support/fake_socket.ts";

const DAY_MS = 86_400_000;
const manager = grantOf({ name: "boss" });

class Rig {
  readonly clock = new FakeClock();
  readonly journal = new MemoryJournal({ clock: this.clock });
  readonly tokens = new MemoryTokenStore();
  /** Message, actor and subject of each security event. */
  readonly audited: unknown[][] = [];
  readonly bridge = new Bridge({
    journal: this.journal,
    accounts: new ListedAccounts(),
    transport: () => {
      throw new Error("no account logs in here");
    },
    clock: this.clock,
    retention: { days: 30, bytes: 1e9 },
    tokens: { store: this.tokens },
    audit: {
      add: ({ message, actor, subject, subjectName }) =>
        this.audited.push([message, actor.id, subject, subjectName]),
      addRefusal: () => {},
    },
  });

  constructor() {
    // Their ids are their names, as those of tokens of version 0.1.0 are.
    for (const name of ["a", "b", "boss"]) {
      this.tokens.add({
        id: name,
        name,
        hash: hashToken(name),
        scopes: SCOPES,
        accounts: "all",
        createdAt: 0,
      });
    }
  }

  async run(command: BridgeCommandName, params: object, by = manager) {
    // deno-lint-ignore no-explicit-any
    return await this.bridge.run(by, { command, params }) as any;
  }

  async ids(params: object = {}, by = manager): Promise<string[]> {
    const { consumers } = await this.run("consumers", params, by);
    return consumers.map(({ id }: { id: string }) => id);
  }

  async push(): Promise<void> {
    await this.journal.append({
      events: [{
        account: "10001",
        at: this.clock.now(),
        event: "message",
        data: { from: "10002", text: "hi" },
      }],
    });
  }
}

Deno.test("setConsumer: moves a free consumer to a position, the oldest or the head", async () => {
  const rig = new Rig();
  const { bridge, journal } = rig;
  for (let n = 0; n < 5; n++) await rig.push();
  journal.trim(rig.clock.now(), { days: Infinity, bytes: journal.bytes - 1 });
  await journal.setPosition("a/bot", 3);
  const move = (position: number | string, by = manager) =>
    rig.run("setConsumer", { id: "a/bot", position }, by);
  for (
    const [position, seq] of [[2, 2], ["oldest", 1], ["head", 5], [
      0,
      0,
    ]] as const
  ) {
    assertEquals(await move(position), { position: seq });
    assertEquals(journal.position("a/bot"), seq);
  }
  const refused = async (run: () => Promise<unknown>) =>
    (await assertRejects(run, CommandError)).message;
  assertEquals(
    await refused(() => move(6)),
    "Cannot move the consumer a/bot: the position must be at most 5, the last one, got 6",
  );
  const other = grantOf({ name: "b", accounts: ["10001"] });
  assertEquals(
    await refused(() => move(1, other)),
    'Cannot move a consumer: the id must be that of a consumer, got "a/bot". The command consumers lists them.',
  );
  bridge.consumers.acquire("a/bot", idleHolder());
  assertEquals(
    await refused(() => move(1)),
    "Cannot move the consumer a/bot: a connection uses it. Stop its client first.",
  );
  assertEquals(journal.position("a/bot"), 0);
  await bridge.stop();
});

Deno.test("consumers: lists positions, lags and connections, page by page", async () => {
  const rig = new Rig();
  const { clock, bridge, journal } = rig;
  for (let n = 0; n < 3; n++) {
    await rig.push();
    await clock.advance(1000);
  }
  await journal.setPosition("a/bot", 1);
  await journal.setPosition("a/onebot/10001/koishi", 3);
  await journal.setPosition("b/log", 0);
  // A target of the configuration is no consumer.
  await journal.setPosition("/post/1", 0);
  const seenAt = new Date(clock.now()).toISOString();
  await clock.advance(5000);
  const holder: ConsumerHolder = {
    ...idleHolder(),
    connection: "c7",
    unacked: 2,
  };
  bridge.consumers.acquire("b/log", holder);
  const { consumers, next } = await rig.run("consumers", {});
  assertEquals(next, undefined);
  assertEquals(consumers, [
    {
      id: "a/bot",
      name: "bot",
      token: "a",
      kind: "ws",
      position: 1,
      lag: 2,
      lagMs: 7000,
      unacked: 0,
      lastSeenAt: seenAt,
    },
    {
      id: "a/onebot/10001/koishi",
      name: "koishi",
      token: "a",
      kind: "onebot",
      position: 3,
      lag: 0,
      lagMs: 0,
      unacked: 0,
      lastSeenAt: seenAt,
    },
    {
      id: "b/log",
      name: "log",
      token: "b",
      kind: "ws",
      position: 0,
      lag: 3,
      lagMs: 8000,
      unacked: 2,
      connection: "c7",
      lastSeenAt: new Date(clock.now()).toISOString(),
    },
  ]);
  assertEquals(await rig.run("consumers", { limit: 1, after: "a/bot" }), {
    consumers: [consumers[1]],
    next: "a/onebot/10001/koishi",
  });
  assertEquals(await rig.ids({ token: "b" }), ["b/log"]);
  // A reader, and a manager of some accounts, see their own.
  const reader = grantOf({ name: "a", scopes: ["read"] });
  const limited = grantOf({ name: "b", accounts: ["10001"] });
  assertEquals(await rig.ids({}, reader), ["a/bot", "a/onebot/10001/koishi"]);
  assertEquals(await rig.ids({}, limited), ["b/log"]);
  await bridge.stop();
});

Deno.test("removeConsumer: frees a name that no connection holds", async () => {
  const rig = new Rig();
  const { bridge, journal } = rig;
  await journal.setPosition("a/bot", 0);
  const holder = idleHolder();
  bridge.consumers.acquire("a/bot", holder);
  const cases: [id: string, by: typeof manager, message: string][] = [
    ["a/bot", manager, "a connection uses it"],
    ["a/none", manager, "must be that of a consumer"],
    ["/post/1", manager, "must be that of a consumer"],
    [
      "a/bot",
      grantOf({ name: "b", accounts: ["10001"] }),
      "must be that of a consumer",
    ],
  ];
  for (const [id, by, message] of cases) {
    await assertRejects(
      () => rig.run("removeConsumer", { id }, by),
      CommandError,
      message,
    );
  }
  bridge.consumers.release("a/bot", holder);
  // A write that is under way does not bring it back.
  bridge.consumers.setPosition("a/bot", 5, () => {});
  await rig.run("removeConsumer", { id: "a/bot" });
  await rig.clock.advance(0);
  assertEquals(await rig.ids(), []);
  assertEquals(journal.position("a/bot"), undefined);
  await bridge.stop();
});

Deno.test("Bridge: frees consumers that are unused or whose token is invalid", async () => {
  const rig = new Rig();
  const { bridge, clock, journal, tokens } = rig;
  bridge.start();
  for (const id of ["a/held", "a/back", "a/gone", "b/x"]) {
    await journal.setPosition(id, 0);
  }
  await journal.setPosition("/post/1", 0);
  const [held, back] = [idleHolder(), idleHolder()];
  bridge.consumers.acquire("a/held", held);
  await clock.advance(20 * DAY_MS);
  bridge.consumers.acquire("a/back", back);
  bridge.consumers.release("a/back", back);
  await clock.advance(10 * DAY_MS + 60_000);
  assertEquals(await rig.ids(), ["a/back", "a/held"]);
  // A crash now would leave the held one as it was seen a moment ago.
  assertEquals(clock.now() - journal.seenAt("a/held")! <= 11 * 60_000, true);
  tokens.revoke(["a"], clock.now());
  await clock.advance(61_000);
  assertEquals(await rig.ids(), ["a/held"], "one that is connected stays");
  bridge.consumers.release("a/held", held);
  await clock.advance(61_000);
  assertEquals(await rig.ids(), []);
  // A token that expires frees its consumers and its name.
  rig.tokens.add({
    id: "e",
    name: "late",
    hash: hashToken("e"),
    scopes: SCOPES,
    accounts: "all",
    createdAt: clock.now(),
    expiresAt: clock.now() + 120_000,
  });
  await journal.setPosition("e/x", 0);
  await clock.advance(61_000);
  assertEquals(await rig.ids(), ["e/x"]);
  await clock.advance(122_000);
  assertEquals(await rig.ids(), []);
  assertEquals(rig.tokens.get("e")?.revokedAt !== undefined, true);
  assertEquals(rig.audited, [["token expired", "local", "e", "late"]]);
  assertEquals(journal.position("/post/1"), 0);
  await bridge.stop();
});

Deno.test("consumers: a full quota is free again once the tokens are revoked", async () => {
  const rig = new Rig();
  const { bridge, clock } = rig;
  const journal = new MemoryJournal({ clock, limits: { consumers: 20 } });
  const closes: number[] = [];
  const { consumers } = new Bridge({
    journal,
    accounts: new ListedAccounts(),
    transport: () => {
      throw new Error("no account logs in here");
    },
    clock,
  });
  for (const token of ["t1", "t2"]) {
    for (let n = 0; n < 10; n++) await consumers.reset(`${token}/${n}`, 0);
  }
  await assertRejects(() => consumers.reset("admin/x", 0), RangeError);
  const holder = {
    ...idleHolder(),
    close: (code: number) => closes.push(code),
  };
  consumers.acquire("t1/1", holder);
  await consumers.removeOwner("t1");
  assertEquals(closes, [4003]);
  await consumers.reset("admin/x", 0);
  assertEquals(consumers.list().length, 11);
  await bridge.stop();
});

Deno.test("consumers: the time of last use is written at most once a minute", async () => {
  const rig = new Rig();
  const { bridge: { consumers }, clock, journal } = rig;
  await journal.setPosition("a/x", 0);
  const from = clock.now();
  const writes: number[] = [];
  const { setSeen } = journal;
  journal.setSeen = (ids, at) => {
    writes.push((at - from) / 1000);
    return setSeen.call(journal, ids, at);
  };
  const holder = idleHolder();
  for (let seconds = 0; seconds < 150; seconds += 10) {
    consumers.acquire("a/x", holder);
    await clock.advance(10_000);
    consumers.release("a/x", holder);
  }
  assertEquals(writes, [60, 120]);
  await rig.bridge.stop();
});
