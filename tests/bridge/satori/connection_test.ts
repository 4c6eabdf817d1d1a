import type { AccountHealth } from "../../../bridge/core/bridge_api.ts";
import { assert, assertEquals } from "@std/assert";
import { FakeBridge } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { SatoriStage } from "./stage.ts";
import { assertEvent, assertStandard } from "./standard.ts";

const IDENTIFY = { op: 3, body: { token: "all" } };
const STATE = { state: "online", since: "2005-11-24T00:00:00.000Z" } as const;

Deno.test("satori: IDENTIFY is answered by READY with every login of the token", async () => {
  const stage = new SatoriStage();
  stage.bridge.all[1]!.state = "refused";
  stage.bridge.all[1]!.nickname = "";
  const client = await stage.open();
  const [ready, ...more] = await client.say(IDENTIFY);
  assertEquals(more, []);
  assertEquals(ready?.op, 4);
  assertStandard("Meta", ready?.body);
  const features = ready?.body.logins[0].features;
  assert(features.includes("message.create"));
  assertEquals(ready?.body, {
    logins: [
      {
        sn: 10001,
        platform: "qq",
        user: { id: "10001", name: "n10001" },
        adapter: "tqq",
        status: 1,
        features,
      },
      {
        sn: 10002,
        platform: "qq",
        user: { id: "10002" },
        adapter: "tqq",
        status: 0,
        features,
      },
    ],
    proxy_urls: [],
  });
});

Deno.test("satori: a token of one account has one login, and its events only", async () => {
  const stage = new SatoriStage();
  const client = await stage.open();
  const [ready] = await client.say({ op: 3, body: { token: "one" } });
  assertEquals(
    ready?.body.logins.map(({ user }: { user: { id: string } }) => user.id),
    ["10001"],
  );
  await stage.bridge.push("10002");
  await stage.bridge.push("10001");
  assertEquals(await client.sns(), [2]);
});

Deno.test("satori: PING is answered by PONG, before IDENTIFY too", async () => {
  const stage = new SatoriStage();
  const client = await stage.open();
  const pong = { op: 2, body: {} };
  assertEquals(await client.say({ op: 1, body: {} }), [pong]);
  await client.say(IDENTIFY);
  assertEquals(await client.say({ op: 1 }), [pong]);
});

for (
  const [name, options, body, code] of [
    [
      "IDENTIFY without a body",
      { headers: { authorization: "Bearer all" } },
      undefined,
      undefined,
    ],
    [
      "a header that says nothing, and a token in IDENTIFY",
      { headers: { authorization: "Bearer undefined" } },
      { token: "all" },
      undefined,
    ],
    ["a null token", { headers: { authorization: "Bearer all" } }, {
      token: null,
    }, undefined],
    [
      "a wrong token in IDENTIFY, whatever the header says",
      { headers: { authorization: "Bearer all" } },
      { token: "wrong" },
      4004,
    ],
    [
      "a wrong header and no token",
      { headers: { authorization: "Bearer undefined" } },
      {},
      4004,
    ],
  ] as const
) {
  Deno.test(`satori: ${name} ${code === undefined ? "opens" : `closes ${code}`}`, async () => {
    const stage = new SatoriStage();
    const client = await stage.open(options);
    const said = await client.say({
      op: 3,
      ...(body === undefined ? {} : { body }),
    });
    assertEquals(client.closeCode, code);
    assertEquals(said.map(({ op }) => op), code === undefined ? [4] : []);
    assertEquals(stage.slowed, code === undefined ? [] : ["192.0.2.7"]);
    assertEquals(stage.failures, []);
  });
}

Deno.test("satori: 4004 comes late, for the client comes back at once", async () => {
  const stage = new SatoriStage();
  stage.slowMs = 4000;
  const client = await stage.open();
  await client.say({ op: 3, body: { token: "wrong" } });
  assertEquals(client.closeCode, undefined);
  // Not even another token is looked at meanwhile.
  assertEquals(await client.say(IDENTIFY, { op: 1 }), []);
  await stage.clock.advance(3999);
  assertEquals(client.closeCode, undefined);
  await stage.clock.advance(1);
  assertEquals(client.closeCode, 4004);
});

Deno.test("satori: a client that leaves while it waits for 4004 leaves nothing behind", async () => {
  const stage = new SatoriStage();
  stage.slowMs = 4000;
  const client = await stage.open();
  await client.say({ op: 3, body: { token: "wrong" } });
  client.peer.onClose();
  await stage.clock.advance(0);
  assertEquals(client.closeCode, undefined);
  assert(client.peer.closed);
});

Deno.test("satori: no IDENTIFY within 10 s closes", async () => {
  const stage = new SatoriStage();
  const client = await stage.open();
  await client.say({ op: 1 });
  await stage.clock.advance(9999);
  assertEquals(client.closeCode, undefined);
  await stage.clock.advance(1);
  assertEquals(client.closeCode, 4001);
});

for (
  const message of [
    `{"op":3,"body":[]}`,
    `{"op":3,"body":{"token":1}}`,
    `{"op":3,"body":{"token":"all","sn":"7"}}`,
    `{"op":3,"body":{"token":"all","sn":1.5}}`,
  ]
) {
  Deno.test(`satori: ${message.slice(0, 50)} closes 4000`, async () => {
    const stage = new SatoriStage();
    const client = await stage.open();
    assertEquals(await client.say(message), []);
    assertEquals(client.closeCode, 4000);
  });
}

Deno.test("satori: a client that says too much is closed 4008", async () => {
  const stage = new SatoriStage({ limits: { commandsPerMinute: 3 } });
  const client = await stage.ready();
  await client.say({ op: 1 }, { op: 1 });
  assertEquals(client.closeCode, undefined);
  await client.say({ op: 1 });
  assertEquals(client.closeCode, 4008);
});

Deno.test("satori: without sn a client gets what comes from now on", async () => {
  for (const body of [{}, { sn: 0 }, { sn: -1 }, { sn: null }]) {
    const stage = new SatoriStage();
    await stage.bridge.push();
    const client = await stage.open();
    const [, ...signals] = await client.say({
      op: 3,
      body: { token: "all", ...body },
    });
    await stage.bridge.push();
    const events = signals.map(({ body }) => body._type ?? body.type);
    assertEquals(events, ["qq/place"]);
    assertEquals(await client.sns(), [2]);
  }
});

Deno.test("satori: a client that is cut off before its first event misses nothing", async () => {
  const stage = new SatoriStage();
  await stage.bridge.push();
  const first = await stage.open();
  const [, place, ...more] = await first.say(IDENTIFY);
  assertEquals(more, []);
  assertEvent(place?.body);
  assertEquals([place?.body._type, place?.body.sn], ["qq/place", 1]);
  first.peer.onClose();
  for (let count = 0; count < 3; count++) await stage.bridge.push();
  const second = await stage.open();
  const [ready, ...missed] = await second.say({
    op: 3,
    body: { token: "all", sn: place?.body.sn },
  });
  assertEquals(ready?.op, 4);
  assertEquals(missed.map(({ body }) => body.sn), [2, 3, 4]);
});

Deno.test("satori: a token without accounts has no place", async () => {
  const stage = new SatoriStage();
  await stage.bridge.push();
  stage.bridge.all.length = 0;
  const client = await stage.open();
  const [ready, ...more] = await client.say(IDENTIFY);
  assertEquals([ready?.op, more], [4, []]);
});

for (const field of ["sn", "sequence"]) {
  Deno.test(`satori: with ${field} a client gets what it missed, once, in order`, async () => {
    const stage = new SatoriStage();
    const first = await stage.ready();
    for (let count = 0; count < 2; count++) await stage.bridge.push();
    assertEquals(await first.sns(), [1, 2]);
    first.peer.onClose();
    for (let count = 0; count < 600; count++) await stage.bridge.push();
    const second = await stage.open();
    const [ready, ...missed] = await second.say({
      op: 3,
      body: { token: "all", [field]: 2 },
    });
    assertEquals(ready?.op, 4);
    await stage.bridge.push();
    const sns = [...missed.map(({ body }) => body.sn), ...await second.sns()];
    assertEquals(sns, Array.from({ length: 601 }, (_, index) => index + 3));
  });
}

Deno.test("satori: READY contains the state of a login, which is not sent again", async () => {
  const stage = new SatoriStage();
  await stage.bridge.push();
  await stage.bridge.push("10001", "account.state", STATE);
  await stage.bridge.push();
  const client = await stage.open();
  const [, ...missed] = await client.say({
    op: 3,
    body: { token: "all", sn: 1 },
  });
  assertEquals(missed.map(({ body }) => body.sn), [3]);
  await stage.bridge.push("10001", "account.state", STATE);
  assertEquals(await client.sns(), [4]);
});

Deno.test("satori: the removal of an account is sent as login-removed, once", async () => {
  const stage = new SatoriStage();
  const client = await stage.ready();
  await stage.bridge.push("10001", "account.removed", {});
  await stage.bridge.push("10001", "account.removed", {});
  const [event, ...more] = await client.events();
  assertEquals(more, []);
  assertEvent(event);
  assertEquals([event.type, event.login.user.id], ["login-removed", "10001"]);
});

Deno.test("satori: what is no longer kept is sent as a gap, then the rest", async () => {
  const stage = new SatoriStage();
  for (let count = 0; count < 9; count++) await stage.bridge.push();
  stage.bridge.journal.trimTo(6);
  const client = await stage.open();
  const [, gap, ...rest] = await client.say({
    op: 3,
    body: { token: "all", sn: 2 },
  });
  assertEvent(gap?.body);
  assertEquals(gap?.body._type, "qq/gap");
  assertEquals(gap?.body._data, { from: 3, to: 5, reason: "trimmed" });
  assertEquals(gap?.body.sn, 5);
  const sns = [...rest, ...await client.heard()].map(({ body }) => body.sn);
  assertEquals(sns, [6, 7, 8, 9]);
});

Deno.test("satori: accounts that come and go are sent as logins", async () => {
  const stage = new SatoriStage();
  const client = await stage.ready();
  const account: AccountHealth = {
    ...stage.bridge.all[0]!,
    uin: "10003",
    nickname: "",
    state: "connecting",
  };
  stage.bridge.all.push(account);
  await stage.bridge.push("10003", "account.state", {
    ...STATE,
    state: "connecting",
  });
  const [added] = await client.events();
  assertEvent(added);
  assertEquals(added.type, "login-added");
  assertEquals(added.login.user, { id: "10003" });
  account.nickname = "third";
  stage.bridge.all.shift();
  await client.pass(6000);
  const [removed, named, ...more] = await client.events();
  assertEvent(removed);
  assertEquals(removed.type, "login-removed");
  assertEquals(removed.login.user.id, "10001");
  assertEvent(named);
  assertEquals(named.type, "login-updated");
  assertEquals(named.login.user.name, "third");
  assertEquals(more, []);
  // What is not of the journal does not move a client's position.
  assertEquals([removed.sn, named.sn], [1, 1]);
});

Deno.test("satori: a reader that stands still is sent no more than its buffer, and what is left when it reads", async () => {
  const stage = new SatoriStage({ limits: { bufferedBytes: 2000 } });
  const client = await stage.ready();
  client.socket.reads = false;
  for (let count = 0; count < 40; count++) await stage.bridge.push();
  const before = await client.sns();
  assert(before.length < 20, `${before.length} were sent`);
  client.socket.reads = true;
  client.socket.read();
  const after = await client.sns();
  assertEquals(
    [...before, ...after],
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
});

Deno.test("satori: a WebSocket elsewhere is 404, one with a subprotocol 400", async () => {
  const stage = new SatoriStage();
  for (
    const [path, protocols, status] of [
      ["/satori/v1", [], 404],
      ["/satori/v1/message.create", [], 404],
      ["/satori/v1/events/", [], 404],
      ["/satori/v1/events", ["12"], 400],
    ] as const
  ) {
    const response = await stage.endpoint.upgrade({
      url: new URL(`http://127.0.0.1:8080${path}`),
      headers: new Headers(),
      protocols,
      address: undefined,
      signal: new AbortController().signal,
    });
    assert(response instanceof Response);
    assertEquals(response.status, status);
    await response.body?.cancel();
  }
  assert(stage.endpoint.owns("/satori/v1/events"));
  assert(!stage.endpoint.owns("/satori"));
  assert(!stage.endpoint.owns("/satori/v10"));
});

Deno.test("satori: a reader of a journal that cannot be read is closed with 1011", async () => {
  const stage = new SatoriStage({
    bridge: new FakeBridge(new FakeClock(), { tailEvents: 0 }),
  });
  for (let count = 0; count < 4; count++) await stage.bridge.push();
  const error = new Error("database disk image is malformed");
  stage.bridge.journal.damage = { seq: 2, error };
  const client = await stage.open();
  await client.say({ op: 3, body: { token: "all", sn: 1 } });
  assertEquals([client.closeCode, stage.failures], [1011, [error]]);
});
