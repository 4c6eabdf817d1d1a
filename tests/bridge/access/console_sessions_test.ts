import {
  ConsoleSessions,
  type PresentedSession,
  SESSION_LIMITS,
} from "../../../bridge/access/console_sessions.ts";
import { hashToken } from "../../../bridge/access/token_store.ts";
import { BridgeDatabase } from "../../../bridge/storage/bridge_database.ts";
import { assertEquals } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Sessions over a database, which a restart reads again. */
class Stage implements Disposable {
  readonly clock = new FakeClock();
  readonly database = new BridgeDatabase(":memory:");
  readonly grants = new Map(
    ["a", "b"].map((token) => [hashToken(token), grantOf({ name: token })]),
  );
  readonly errors: unknown[] = [];
  /** Token and reason of each security event about an end. */
  readonly ended: unknown[][] = [];
  sessions = this.restart();

  restart(): ConsoleSessions {
    return this.sessions = new ConsoleSessions({
      clock: this.clock,
      store: this.database.sessions,
      findGrant: (hash) => this.grants.get(hash),
      onError: (error) => this.errors.push(error),
      audit: {
        add: ({ message, actor, reason }) => {
          if (message === "session ended") this.ended.push([actor.id, reason]);
        },
        addRefusal: () => {},
      },
    });
  }

  open(token: string, isKept = false) {
    const grant = this.grants.get(hashToken(token))!;
    return this.sessions.open(grant, token, isKept);
  }

  isOpen(...presented: PresentedSession[]): boolean[] {
    return presented.map((one) => this.sessions.has(one.cookie));
  }

  [Symbol.dispose](): void {
    this.database.close();
  }
}

Deno.test("ConsoleSessions: a session ends after 12 h, or 30 min without use", async () => {
  using stage = new Stage();
  const { clock } = stage;
  const [idle, used, connected] = [
    stage.open("a"),
    stage.open("a"),
    stage.open("a"),
  ];
  await clock.advance(29 * MINUTE_MS);
  stage.sessions.find(used);
  connected.grant.keepAlive!();
  await clock.advance(MINUTE_MS);
  assertEquals(stage.isOpen(idle, used, connected), [false, true, true]);
  assertEquals(idle.grant.revoked(), true);
  connected.grant.keepAlive!();
  for (let n = 0; n < 22; n++) {
    await clock.advance(30 * MINUTE_MS - 1);
    for (const one of [idle, connected]) one.grant.keepAlive!();
  }
  assertEquals(stage.isOpen(idle, used, connected), [false, false, true]);
  const { expiresAt } = stage.sessions.find(connected)!;
  assertEquals(expiresAt - clock.now(), 30 * MINUTE_MS);
  await clock.advance(30 * MINUTE_MS - 1);
  assertEquals(connected.grant.revoked(), false);
  assertEquals(
    stage.sessions.find(connected)!.expiresAt - clock.now() < 2 * MINUTE_MS,
    true,
  );
  await clock.advance(2 * MINUTE_MS);
  assertEquals(connected.grant.revoked(), true, "12 h are over");
});

Deno.test("ConsoleSessions: an extended session lasts 12 h from then, across restarts, and an ended one is not extended", async () => {
  using stage = new Stage();
  const { clock } = stage;
  const one = stage.open("a");
  const keepOpen = async (hours: number) => {
    for (let n = 0; n < 4 * hours; n++) {
      await clock.advance(15 * MINUTE_MS);
      stage.sessions.find(one);
    }
  };
  await keepOpen(11);
  assertEquals(stage.sessions.extend({ ...one, proof: "wrong" }), undefined);
  assertEquals(
    stage.sessions.extend(one)!.expiresAt - clock.now(),
    30 * MINUTE_MS,
  );
  await keepOpen(11);
  stage.restart();
  await keepOpen(0.75);
  assertEquals(stage.isOpen(one), [true]);
  await keepOpen(0.5);
  assertEquals([stage.isOpen(one), stage.sessions.extend(one)], [
    [false],
    undefined,
  ]);
});

Deno.test("ConsoleSessions: a kept session lasts 30 days, without use and across restarts", async () => {
  using stage = new Stage();
  const { clock } = stage;
  const kept = stage.open("a", true);
  await clock.advance(15 * 24 * HOUR_MS);
  stage.restart();
  assertEquals(stage.sessions.find(kept)?.grant.name, "a");
  assertEquals(kept.grant.revoked(), false);
  await clock.advance(15 * 24 * HOUR_MS);
  assertEquals(stage.sessions.find(kept), undefined);
  assertEquals(stage.ended, [["a", "expired"]]);
});

Deno.test("ConsoleSessions: what ends a session stays ended after a restart", async () => {
  using stage = new Stage();
  const { clock, database } = stage;
  const [out, open] = [stage.open("a"), stage.open("a")];
  const [first, second] = [stage.open("b"), stage.open("b")];
  stage.sessions.end({ ...out, proof: "wrong" });
  assertEquals(stage.isOpen(out), [true]);
  stage.sessions.end(out);
  stage.sessions.end(first, true);
  const signedOut = ["a", "b", "b"].map((token) => [token, "signed out"]);
  assertEquals(stage.ended, signedOut);
  await clock.advance(20 * MINUTE_MS);
  stage.sessions.find(open);
  await clock.advance(20 * MINUTE_MS);
  stage.restart();
  assertEquals(stage.isOpen(out, open, first, second), [
    false,
    true,
    false,
    false,
  ]);
  // Another token of the configuration, or a revoked one.
  stage.grants.delete(hashToken("a"));
  stage.restart();
  assertEquals(stage.isOpen(open), [false]);
  assertEquals([database.sessions.list(), stage.errors], [[], []]);
});

Deno.test("ConsoleSessions: a revoked token ends its sessions", () => {
  using stage = new Stage();
  const { grant } = stage.open("a");
  stage.grants.get(hashToken("a"))!.revoke();
  assertEquals(grant.revoked(), true);
});

Deno.test("ConsoleSessions: the one unused for longest makes room", async () => {
  using stage = new Stage();
  const { clock, database } = stage;
  const other = stage.open("b");
  const [oldest, second] = [stage.open("a"), stage.open("a")];
  for (let n = 2; n < SESSION_LIMITS.perToken; n++) stage.open("a");
  await clock.advance(1);
  stage.sessions.find(oldest);
  stage.open("a");
  assertEquals(stage.isOpen(other, oldest, second), [true, true, false]);
  assertEquals(second.grant.revoked(), true);
  assertEquals(stage.ended, [["a", "too many"]]);
  assertEquals(database.sessions.list().length, SESSION_LIMITS.perToken + 1);
});

Deno.test("ConsoleSessions: there are at most 10,000 of all tokens", () => {
  const clock = new FakeClock();
  // Opening each looks at all the others: the store has all but one.
  const records = Array.from({ length: SESSION_LIMITS.all - 1 }, (_, n) => ({
    hash: hashToken(`cookie ${n}`),
    proofHash: hashToken(`proof ${n}`),
    tokenId: `t${n % 200}`,
    tokenHash: `t${n % 200}`,
    seenAt: clock.now(),
    expiresAt: clock.now() + HOUR_MS,
    isKept: false,
  }));
  const sessions = new ConsoleSessions({
    clock,
    store: {
      list: () => records,
      add: () => {},
      setSeen: () => {},
      setExpiry: () => {},
      remove: () => {},
    },
    findGrant: (hash) => grantOf({ name: hash }),
  });
  const areOpen = () =>
    ["cookie 0", "cookie 1", last.cookie].map((one) => sessions.has(one));
  const last = sessions.open(grantOf({ name: "last" }), "t", false);
  assertEquals(areOpen(), [true, true, true]);
  sessions.open(grantOf({ name: "one too many" }), "t", false);
  assertEquals(areOpen(), [false, true, true]);
});

Deno.test("ConsoleSessions: a session works while nothing can be written", () => {
  using stage = new Stage();
  stage.database.close();
  const session = stage.open("a");
  assertEquals(stage.sessions.find(session)?.grant.id, "a");
  assertEquals(stage.errors.length > 0, true);
});
