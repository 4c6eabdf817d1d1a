import { assert, assertEquals } from "@std/assert";
import { FakeApp } from "../../support/fake_app.ts";

/** Maximum age of a poll, in milliseconds. */
const POLL_AGE_MS = 90_000;

async function readyz(
  app: FakeApp,
  token?: string,
): Promise<[number, Record<string, unknown>]> {
  const response = await app.ask(
    "/readyz",
    token === undefined ? {} : { token },
  );
  assertEquals(response.headers.get("cache-control"), "no-store");
  return [response.status, await response.json()];
}

Deno.test("health: a bridge whose accounts are online is ready", async () => {
  const app = new FakeApp();
  assertEquals(await readyz(app), [200, {
    status: "ready",
    reasons: [],
    journal: "durable",
    accounts: { wanted: 2, ready: 2 },
  }]);
});

Deno.test("health: an account that should not be online does not matter", async () => {
  const app = new FakeApp();
  Object.assign(app.bridge.all[1]!, { state: "offline", wanted: false });
  const [status, body] = await readyz(app);
  assertEquals(status, 200);
  assertEquals(body.accounts, { wanted: 1, ready: 1 });
});

const STATES = ["offline", "connecting", "penalised", "refused", "replaced"];

for (const state of STATES) {
  Deno.test(`health: an account that should be online and is ${state} makes the bridge unready`, async () => {
    const app = new FakeApp();
    Object.assign(app.bridge.all[1]!, { state });
    assertEquals(await readyz(app), [503, {
      status: "unready",
      reasons: [{ reason: "account_not_online", count: 1 }],
      journal: "durable",
      accounts: { wanted: 2, ready: 1 },
    }]);
  });
}

Deno.test("health: an old poll, or none, makes the bridge unready", async () => {
  const app = new FakeApp();
  await app.clock.advance(POLL_AGE_MS);
  assertEquals((await readyz(app))[0], 200);
  await app.clock.advance(1);
  assertEquals((await readyz(app))[1].reasons, [
    { reason: "account_poll_old", count: 2 },
  ]);
  app.bridge.all[0]!.lastPollAt = app.clock.now();
  delete app.bridge.all[1]!.lastPollAt;
  assertEquals(await readyz(app), [503, {
    status: "unready",
    reasons: [{ reason: "account_poll_old", count: 1 }],
    journal: "durable",
    accounts: { wanted: 2, ready: 1 },
  }]);
});

Deno.test("health: an account that has just logged in is ready before its first poll is answered", async () => {
  const app = new FakeApp();
  for (const account of app.bridge.all) delete account.lastPollAt;
  assertEquals((await readyz(app))[0], 200);
  await app.clock.advance(POLL_AGE_MS + 1);
  assertEquals((await readyz(app))[0], 503);
});

Deno.test("health: a journal that cannot be written makes the bridge unready, until it can", async () => {
  const app = new FakeApp();
  app.bridge.journal.failure = new Error("Cannot write /data/x: disk full");
  assertEquals(await readyz(app), [503, {
    status: "unready",
    reasons: [{ reason: "journal_not_writable", count: 1 }],
    journal: "durable",
    accounts: { wanted: 2, ready: 2 },
  }]);
  assertEquals((await readyz(app, "one"))[1].reasons, [{
    reason: "journal_not_writable",
    count: 1,
    message: "Cannot write /data/x: disk full",
  }]);
  app.bridge.journal.failure = undefined;
  assertEquals((await readyz(app))[0], 200);
});

Deno.test("health: a program that is ending is not ready", async () => {
  const app = new FakeApp();
  app.ending.abort();
  const [status, body] = await readyz(app);
  assertEquals(status, 503);
  assertEquals(body.reasons, [{ reason: "stopping", count: 1 }]);
});

Deno.test("health: a token that reads gets the numbers of the accounts that it reaches, and no others", async () => {
  const app = new FakeApp();
  for (const account of app.bridge.all) {
    Object.assign(account, { state: "refused", reason: "wrong password" });
  }
  const numbersOf = async (token?: string) => {
    const [status, body] = await readyz(app, token);
    assertEquals(status, 503);
    return (body.unready as { uin: string }[] | undefined)?.map(({ uin }) =>
      uin
    );
  };
  assertEquals(await numbersOf(), undefined);
  assertEquals(await numbersOf("sender"), undefined);
  assertEquals(await numbersOf("one"), ["10001"]);
  assertEquals(await numbersOf("all"), ["10001", "10002"]);
  const [, body] = await readyz(app);
  assert(!/1000\d|wrong password/.test(JSON.stringify(body)));
});

Deno.test("health: a wrong token is rejected", async () => {
  const app = new FakeApp();
  const response = await app.ask("/readyz", { token: "wrong" });
  assertEquals(response.status, 401);
  await response.body?.cancel();
});

Deno.test("health: /healthz is 200 in every state of accounts and journal", async () => {
  const app = new FakeApp();
  app.bridge.all[0]!.state = "refused";
  app.bridge.journal.failure = new Error("disk full");
  const response = await app.ask("/healthz");
  assertEquals(response.status, 200);
  assertEquals(await response.json(), { status: "ok" });
});

Deno.test("health: a journal that cannot be read makes the bridge unready, until it can", async () => {
  const app = new FakeApp();
  app.bridge.journal.readFailure = new Error("malformed");
  assertEquals(await readyz(app), [503, {
    status: "unready",
    reasons: [{ reason: "journal_damaged", count: 1 }],
    journal: "durable",
    accounts: { wanted: 2, ready: 2 },
  }]);
  app.bridge.journal.readFailure = undefined;
  assertEquals((await readyz(app))[0], 200);
});
