import { AnswerTransport } from "../../../bridge/upstream/answer_transport.ts";
import { Bridge } from "../../../bridge/core/bridge.ts";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import { MemoryJournal } from "../../../bridge/journal/memory.ts";
import { addDemo, createServer, Faults } from "../../../lib/server/mod.ts";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  demoAccount,
  ListedAccounts,
  otherClient,
  startBridge,
  startOnline,
} from "../../support/bridge_fixture.ts";
import { grantOf } from "../../support/fake_bridge.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const everything = grantOf();

Deno.test("Bridge: logs its account in, and journals what arrives", async () => {
  await using fixture = await startOnline();
  const { frames, server } = fixture;
  await using friend = await otherClient(server);
  await friend.send("10001", "你好");
  const { account, data, seq } = await frames.first("message");
  assertEquals({ account, data }, {
    account: "10001",
    data: { from: "10002", text: "你好" },
  });
  assert(seq > 0);
  assertEquals(frames.all("presence").map(({ data }) => data), [{
    from: "10002",
    status: "online",
  }]);
});

Deno.test("Bridge.start(): spreads logins, two hundred a second or loginsPerSecond", async () => {
  const cases: [options: { loginsPerSecond?: number }, atMs: number[]][] = [
    [{}, [0, 5, 10, 15]],
    [{ loginsPerSecond: 2 }, [0, 500, 1000, 1500]],
  ];
  for (const [options, atMs] of cases) {
    const clock = new FakeClock(0);
    const loginsAt: number[] = [];
    await using _ = await startBridge({
      accounts: ["10001", "10002", "10003", "10004"].map((uin) =>
        demoAccount(uin)
      ),
      server: { clock },
      bridge: { clock, random: () => 0.5, ...options },
      wrap: (inner) => ({
        post: (request) => {
          if (request.body.includes("CMD=Login")) loginsAt.push(clock.now());
          return inner.post(request);
        },
      }),
    });
    await clock.advance(2000);
    assertEquals(loginsAt, atMs);
  }
});

Deno.test("UpstreamSupervisor.acquire(): takeovers that follow each other share loginsPerSecond, and accounts that are logged out take none of it", async () => {
  const clock = new FakeClock(0);
  const loginsAt: [uin: string, at: number][] = [];
  const uins = ["10001", "10002", "10003", "10004", "10005"];
  let drives: readonly string[] = [];
  await using fixture = await startBridge({
    accounts: uins.map((uin) => ({
      ...demoAccount(uin),
      wanted: uin === "10002" ? "out" as const : "in" as const,
    })),
    server: { clock },
    bridge: {
      clock,
      random: () => 0.5,
      loginsPerSecond: 2,
      drives: (uin) => drives.includes(uin),
    },
    wrap: (inner) => ({
      post: (request) => {
        const uin = /UIN=(\d+)&CMD=Login|CMD=Login.*UIN=(\d+)/.exec(
          request.body,
        );
        if (uin !== null) loginsAt.push([(uin[1] ?? uin[2])!, clock.now()]);
        return inner.post(request);
      },
    }),
  });
  drives = uins;
  await clock.advance(1000);
  fixture.bridge.upstreams.acquire(["10001", "10002", "10003"]);
  await clock.advance(100);
  fixture.bridge.upstreams.acquire(["10004", "10005"]);
  await clock.advance(3000);
  assertEquals(loginsAt, [
    ["10001", 1000],
    ["10003", 1500],
    ["10004", 2000],
    ["10005", 2500],
  ]);
});

Deno.test("Bridge: reports each state of an account, and since when", async () => {
  await using fixture = await startBridge({
    accounts: [demoAccount("10001", "wrong")],
  });
  const { data } = await fixture.frames.state("10001", "refused");
  assertEquals(data.reason, "登录失败");
  assertEquals(data.action, "Give the right password: account change 10001");
  assertMatch(data.since, /^\d{4}-\d\d-\d\dT/);
  const [account] = fixture.bridge.accounts(everything);
  assertEquals(account, {
    uin: "10001",
    nickname: "",
    state: "refused",
    since: data.since,
  });
  const error = await assertRejects(
    () =>
      fixture.bridge.run(everything, {
        command: "send",
        account: "10001",
        params: { to: "10002", text: "hi" },
      }),
    CommandError,
  );
  assertEquals(error.code, "login_refused");
});

Deno.test("Bridge: reports an account as replaced after a login elsewhere", async () => {
  await using fixture = await startOnline();
  const request = {
    method: "POST",
    body: new TextEncoder().encode(
      "VER=1.1&CMD=Login&SEQ=1&UIN=10001&PS=fe01ce2a7fbac8fafaed7c982a04e229&M5=1&LC=9326B87B234E7235",
    ),
    contentType: null,
    idempotencyKey: null,
    prefer: null,
    address: "192.0.2.7",
    signal: new AbortController().signal,
  };
  const answer = await fixture.server.answer(request);
  assert(answer.type === "reply" && answer.bodies[0]!.includes("RS=0"));
  const { data } = await fixture.frames.state("10001", "replaced");
  assertEquals(data.reason, "logged in elsewhere, or the session lapsed");
});

Deno.test("send: journals the message, then returns its position", async () => {
  await using fixture = await startOnline();
  const { bridge, frames, server } = fixture;
  await using friend = await otherClient(server);
  const data = await bridge.run(everything, {
    command: "send",
    account: "10001",
    params: { to: "10002", text: "hi, you" },
  });
  const [sent] = frames.all("message.sent");
  assertEquals(sent!.data, { to: "10002", text: "hi, you" });
  assertEquals(data, { seq: sent!.seq });
  assertEquals((await friend.fetchMail({ waitSeconds: 0 })).at(-1), {
    type: "message",
    from: "10001",
    text: "hi, you",
  });
});

Deno.test("Bridge.run(): executes a command with a key once", async () => {
  await using fixture = await startOnline();
  const { bridge, frames } = fixture;
  const send = () =>
    bridge.run(everything, {
      command: "send",
      account: "10001",
      params: { to: "10002", text: "once" },
      key: "k1",
    });
  const [first, joined] = await Promise.all([send(), send()]);
  const later = await send();
  assertEquals([joined, later], [first, first]);
  assertEquals(frames.all("message.sent").length, 1);
  const error = await assertRejects(
    () =>
      bridge.run(everything, {
        command: "send",
        account: "10001",
        params: { to: "10002", text: "another" },
        key: "k1",
      }),
    CommandError,
  );
  assertEquals(error.code, "bad_params");
});

Deno.test("Bridge.run(): repeats a request whose reply was lost with its key, and it acts once", async () => {
  const faults = new Faults();
  await using fixture = await startOnline({ server: { faults } });
  const { bridge, frames, server } = fixture;
  await using friend = await otherClient(server);
  faults.add({
    cmd: "CLTMSG",
    uin: "10001",
    times: 1,
    how: { type: "cut", bytes: 10 },
  });
  const data = await bridge.run(everything, {
    command: "send",
    account: "10001",
    params: { to: "10002", text: "lost answer" },
  });
  assertEquals(data, { seq: frames.all("message.sent")[0]!.seq });
  const mail = await friend.fetchMail({ waitSeconds: 0 });
  assertEquals(mail.filter(({ type }) => type === "message").length, 1);
});

Deno.test("history: pages through a conversation", async () => {
  await using fixture = await startOnline();
  const { bridge, frames } = fixture;
  const toAnother = await bridge.run(everything, {
    command: "send",
    account: "10001",
    params: { to: "10002", text: "not in it" },
  });
  for (const text of ["one", "two", "three"]) {
    await bridge.run(everything, {
      command: "send",
      account: "10001",
      params: { to: "10000", text },
    });
    await frames.first("message", ({ data }) => data.text === text);
  }
  const page = async (params: object) => {
    const { events, more } = await bridge.run(everything, {
      command: "history",
      account: "10001",
      params: { with: "10000", ...params },
    }) as {
      events: { seq: number; event: string; data: { text: string } }[];
      more: boolean;
    };
    return {
      texts: events.map(({ event, data }) => `${event} ${data.text}`),
      more,
      events,
    };
  };
  const last = await page({ limit: 2 });
  assertEquals(last.texts, ["message.sent three", "message three"]);
  assertEquals(last.more, true);
  const before = await page({ limit: 4, before: last.events[0]!.seq });
  assertEquals(before.texts, [
    "message.sent one",
    "message one",
    "message.sent two",
    "message two",
  ]);
  assertEquals(before.more, false);
  const all = await bridge.run(everything, {
    command: "history",
    account: "10001",
    params: {},
  }) as { events: { seq: number; data: unknown }[] };
  const { seq } = toAnother as { seq: number };
  assertEquals(
    all.events.find((event) => event.seq === seq)?.data,
    { to: "10002", text: "not in it" },
  );
});

const denied: [
  string,
  ReturnType<typeof grantOf>,
  string,
  string | undefined,
  string,
][] = [
  [
    "read cannot send",
    grantOf({ scopes: ["read"] }),
    "send",
    "10001",
    "forbidden",
  ],
  [
    "send cannot read",
    grantOf({ scopes: ["send"] }),
    "friends",
    "10001",
    "forbidden",
  ],
  [
    "send cannot manage",
    grantOf({ scopes: ["send"] }),
    "raw",
    "10001",
    "forbidden",
  ],
  ["no account", everything, "friends", undefined, "bad_params"],
  ["no such account", everything, "friends", "10009", "unknown_account"],
  [
    "outside the token",
    grantOf({ accounts: ["10002"] }),
    "friends",
    "10001",
    "unknown_account",
  ],
];

for (const [name, grant, command, account, code] of denied) {
  Deno.test(`Bridge.run(): refuses a command: ${name}`, async () => {
    await using fixture = await startOnline();
    const error = await assertRejects(() =>
      fixture.bridge.run(grant, {
        command: command as "send",
        params: { to: "10002", text: "x", uin: "10002", cmd: "List" },
        ...(account === undefined ? {} : { account }),
      }), CommandError);
    assertEquals(error.code, code);
  });
}

Deno.test("Bridge.run(): refuses a command once its token is revoked", async () => {
  await using fixture = await startBridge();
  const grant = grantOf();
  grant.revoke();
  const error = await assertRejects(
    () => fixture.bridge.run(grant, { command: "accounts", params: {} }),
    CommandError,
  );
  assertEquals(error.code, "forbidden");
});

Deno.test("Bridge: trims by itself, and sends a late reader a gap", async () => {
  const clock = new FakeClock();
  const server = createServer({ clock });
  await addDemo(server);
  const journal = new MemoryJournal({ clock });
  const bridge = new Bridge({
    journal,
    accounts: new ListedAccounts(),
    transport: () => new AnswerTransport(server.answer),
    clock,
    retention: { days: 1, bytes: 1e9 },
  });
  bridge.start();
  const say = (text: string) =>
    journal.append({
      events: [{
        account: "10001",
        at: clock.now(),
        event: "message",
        data: { from: "10002", text },
      }],
    });
  await say("old");
  await clock.advance(12 * 3_600_000);
  await say("newer");
  await clock.advance(12 * 3_600_000);
  assertEquals(journal.oldest, 1);
  await clock.advance(10_000);
  assertEquals(journal.oldest, 2);
  const gaps: unknown[] = [];
  const cursor = bridge.hub.open(
    {
      onError: (error) => {
        throw error;
      },
      isReady: () => true,
      send: ({ seq }) => gaps.push(seq),
      sendGap: ({ from, to, reason }) => gaps.push([from, to, reason]),
    },
    { accounts: "all", events: "all" },
    0,
  );
  assertEquals(gaps, [[1, 1, "trimmed"], 2]);
  cursor.close();
  await bridge.stop();
  await server.close();
});
