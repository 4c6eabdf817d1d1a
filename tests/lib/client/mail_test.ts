import {
  type ClientErrorCode,
  type ClientStatus,
  MAIL_POLICY,
  type MailBatch,
  type MailItem,
  type MailOptions,
  type PollOutcome,
  type QqClient,
  QqError,
  TransportError,
} from "../../../mod.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { settle } from "../../support/fake_clock.ts";
import { scripted } from "../../support/scripted_client.ts";
import {
  type Asked,
  LOGGED_IN,
  mailOf,
  ordinary,
  type Step,
} from "../../support/scripted_transport.ts";

const HELD = { "Preference-Applied": "wait=25" };
const REFUSED: Step = { fields: { loggedIn: false, reason: "登录失败" } };
/** An answer to GetMsgEx that belongs to another request. */
const FOREIGN: Step = {
  body: "VER=1.1&CMD=GETMSGEX&SEQ=1&UIN=10001&RES=0&MN=0&MT=&UN=&MG=",
};

/** Runs a loop beside the test. */
function follow(client: QqClient, options: MailOptions = {}) {
  const batches: MailBatch[] = [];
  let ended: unknown;
  const loop = (async () => {
    for await (const batch of client.mailBatches(options)) batches.push(batch);
  })().then(() => ended = "returned", (error) => ended = error);
  return { batches, loop, end: () => ended };
}

/** The waits between the requests, in milliseconds. */
function gaps(asked: readonly Asked[]): number[] {
  return asked.slice(1).map(({ at }, index) => at - asked[index]!.at);
}

Deno.test("mail() logs in, polls at doubling intervals, and at the least after mail", async () => {
  const { client, clock, transport } = scripted((asked, nth) =>
    nth === 8 ? mailOf(2) : ordinary(asked)
  );
  const { batches } = follow(client);
  await clock.advance(80_000);
  assertEquals(transport.times.slice(0, 12), [
    "Login@0",
    "GetMsgEx@0",
    "GetMsgEx@1000",
    "GetMsgEx@3000",
    "GetMsgEx@7000",
    "GetMsgEx@15000",
    "GetMsgEx@30000",
    "GetMsgEx@45000",
    "GetMsgEx@60000",
    "GetMsgEx@61000",
    "GetMsgEx@62000",
    "GetMsgEx@64000",
  ]);
  assertEquals(batches.map(({ items }) => items.length), [2]);
  await client[Symbol.asyncDispose]();
});

Deno.test("mail() keeps between the intervals that are set", async () => {
  const { client, clock, transport } = scripted([], {
    pollMinMs: 300,
    pollMaxMs: 1000,
    waitSeconds: 0,
  });
  follow(client);
  await clock.advance(4000);
  assertEquals(gaps(transport.asked), [0, 300, 600, 1000, 1000, 1000]);
  assertEquals(transport.asked.map(({ prefer }) => prefer)[1], undefined);
  await client[Symbol.asyncDispose]();
});

for (
  const [hi, li, most] of [
    [60, 300, 48_000],
    [60, 20, 16_000],
    [10, 0, 8000],
    [0, 0, 120_000],
  ] as const
) {
  Deno.test(`mail() keeps a session alive whose limits are ${hi} and ${li} s`, async () => {
    const { client, clock, transport } = scripted(
      (asked) =>
        asked.command.cmd === "Login"
          ? {
            fields: { loggedIn: true, heartbeatSeconds: hi, idleSeconds: li },
          }
          : ordinary(asked),
      { pollMinMs: 60_000, pollMaxMs: 120_000 },
    );
    follow(client);
    await clock.advance(500_000);
    assertEquals(Math.max(...gaps(transport.asked)), most);
    const wait = transport.asked[1]!.prefer;
    assertEquals(wait, `wait=${Math.min(25, Math.floor(most / 1000))}`);
    await client[Symbol.asyncDispose]();
  });
}

Deno.test("mail() polls again at once where the server held the answer", async () => {
  const { client, clock, transport } = scripted([
    LOGGED_IN,
    mailOf(0, HELD, 25_000),
    mailOf(1, HELD, 10),
    mailOf(1, HELD),
    mailOf(0, HELD, 1000),
    // Sooner than what is worth the name: the interval again.
    mailOf(0, HELD, 999),
    mailOf(0, HELD),
    mailOf(0, HELD),
    mailOf(1, HELD),
    mailOf(0, HELD),
  ]);
  follow(client);
  await clock.advance(60_000);
  assertEquals(transport.asked.slice(0, 11).map(({ at }) => at), [
    0,
    0,
    25_000,
    25_010,
    25_010,
    26_010,
    28_009,
    30_009,
    34_009,
    34_009,
    35_009,
  ]);
  for (const { command, prefer } of transport.asked) {
    assertEquals(prefer, command.cmd === "Login" ? undefined : "wait=25");
  }
  await client[Symbol.asyncDispose]();
});

Deno.test("mail() gives a long poll the wait on top of the time-out", async () => {
  const { client, clock, transport } = scripted([LOGGED_IN, "silent"]);
  follow(client);
  await clock.advance(60_999);
  assertEquals(transport.asked.length, 2);
  await clock.advance(1);
  assertEquals(transport.asked[2]!.at, 61_000);
  await client[Symbol.asyncDispose]();
});

Deno.test("a batch is taken before the next poll is sent, with the next key", async () => {
  let asked = 0;
  const { client, clock, transport } = scripted([
    LOGGED_IN,
    mailOf(2),
    mailOf(0),
    mailOf(1),
  ]);
  const batches = client.mailBatches({ pollKey: () => `poll-${++asked}` });
  const first = batches.next();
  await clock.advance(0);
  const { value } = await first as { value: MailBatch };
  assertEquals([value.key, value.items.length], ["poll-1", 2]);
  await clock.advance(60_000);
  assertEquals([transport.asked.length, asked], [2, 1]);
  const second = batches.next();
  await clock.advance(3000);
  assertEquals((await second as { value: MailBatch }).value.key, "poll-2");
  assertEquals(
    transport.asked.slice(1).map(({ at, key }) => `${key}@${at}`),
    // An empty answer is not kept: the key stays, SEQ does not.
    ["poll-1@0", "poll-2@61000", "poll-2@62000"],
  );
  const seqs = transport.asked.map(({ seq }) => seq);
  assertEquals(new Set(seqs).size, seqs.length);
  await client[Symbol.asyncDispose]();
});

Deno.test("a poll without a key is not held, and a key is asked for after its first answer, at once the first time", async () => {
  const keys = [undefined, undefined, "k", undefined];
  let asked = 0;
  const { client, clock, transport } = scripted([
    LOGGED_IN,
    mailOf(0),
    mailOf(0),
    { ...mailOf(1) as object, headers: { "Idempotency-Key": "k" } },
    mailOf(1),
  ]);
  const { batches, loop } = follow(client, { pollKey: () => keys[asked++] });
  await clock.advance(4000);
  assertEquals(
    transport.asked.slice(1, 5).map(({ at, key, prefer }) => [
      at,
      key,
      prefer === undefined,
    ]),
    [[0, "", true], [0, "", true], [1000, "k", false], [
      2000,
      "",
      true,
    ]],
  );
  assertEquals(batches.map(({ key }) => key), ["k", ""]);
  // It says nothing of keys.
  assertEquals(client.honoursKeys, true);
  await client[Symbol.asyncDispose]();
  await loop;
});

/** `[code, what the poll gets, wait before the same poll again, status meanwhile]`. */
const LOST: [ClientErrorCode, Step, number, ClientStatus["type"]][] = [
  ["penalised", 3, 20_000, "penalised"],
  ["rejected", "closed", 1000, "offline"],
  ["rejected", { body: "" }, 1000, "offline"],
  ["rejected", 77, 1000, "offline"],
  ["malformed_reply", { body: "garbage" }, 1000, "offline"],
  ["malformed_reply", FOREIGN, 1000, "offline"],
  ["unreachable", "unreachable", 1000, "offline"],
  ["unreachable", "cut", 1000, "offline"],
  ["unreachable", { status: 503 }, 1000, "offline"],
  ["timeout", "deaf", 61_000, "offline"],
];
for (const [code, step, waitMs, type] of LOST) {
  const name = typeof step === "object" ? JSON.stringify(step) : step;
  Deno.test(`a poll that gets ${name} is asked again with the same key and SEQ`, async () => {
    const outcomes: PollOutcome[] = [];
    const seen: ClientStatus[] = [];
    const { client, clock, transport } = scripted(
      [LOGGED_IN, step, mailOf(1)],
      { onStatus: (status) => seen.push(status) },
    );
    const startAt = clock.now();
    const { batches } = follow(client, {
      onPoll: (outcome) => outcomes.push(outcome),
    });
    await clock.advance(waitMs);
    const [login, first, second] = transport.asked;
    assertEquals(transport.times, [
      "Login@0",
      "GetMsgEx@0",
      `GetMsgEx@${waitMs}`,
    ]);
    assertEquals([second!.key, second!.body], [first!.key, first!.body]);
    assert(login!.key !== first!.key);
    assertEquals(batches.map(({ key }) => key), [first!.key]);
    const [failed, answered] = outcomes;
    assertEquals(
      failed?.type === "failed" && [failed.error.code, failed.retryAt],
      [code, startAt + waitMs],
    );
    assertEquals(answered, { type: "answered", items: 1, longPoll: false });
    assertEquals(seen.map(({ type }) => type), [
      "connecting",
      "online",
      type,
      "online",
    ]);
    const trouble = seen[2]!;
    assertEquals(
      trouble.type === "penalised"
        ? trouble.untilAt
        : trouble.type === "offline" && trouble.retryAt,
      startAt + waitMs,
    );
    await client[Symbol.asyncDispose]();
  });
}

Deno.test("the policy has a line for every code", () => {
  assertEquals(MAIL_POLICY, {
    not_logged_in: "login",
    login_refused: "stop",
    invalid_uin: "stop",
    penalised: "wait_out",
    rejected: "retry",
    malformed_reply: "retry",
    unreachable: "retry",
    timeout: "retry",
    outcome_unknown: "retry",
  });
});

const FORBIDDEN = new TransportError("unreachable", "Cannot reach it", {
  permanent: true,
});

for (
  const [step, code] of [
    [REFUSED, "login_refused"],
    [5, "invalid_uin"],
    [FORBIDDEN, "unreachable"],
  ] as const
) {
  Deno.test(`a login that ends in ${code} ends the loop`, async () => {
    const { client, clock, transport } = scripted([step]);
    const { loop, end } = follow(client);
    await clock.advance(600_000);
    await loop;
    const error = end();
    assert(error instanceof QqError);
    assertEquals(error.code, code);
    assertEquals([transport.asked.length, clock.pending], [1, 0]);
    const { value } = await client.status().next();
    assertEquals(value, {
      type: "refused",
      reason: code === "login_refused" ? "登录失败" : error.message,
    });
    // Nobody reads any more: another loop may.
    assertEquals(await client.fetchMail(), []);
  });
}

Deno.test("a login that fails otherwise is tried again with growing waits, to 60 s", async () => {
  const { client, clock, transport } = scripted(() => "unreachable");
  follow(client);
  await clock.advance(240_000);
  assertEquals(gaps(transport.asked), [
    1000,
    2000,
    4000,
    8000,
    16_000,
    30_000,
    30_000,
    30_000,
    30_000,
    30_000,
    30_000,
  ]);
  await client[Symbol.asyncDispose]();
});

Deno.test("waits have jitter up to their whole, and begin anew after a success", async () => {
  const { client, clock, transport } = scripted(
    (asked, nth) =>
      nth === 0 || nth === 4
        ? ordinary(asked)
        : nth === 5 || nth < 4
        ? "unreachable"
        : ordinary(asked),
    { random: () => 0.5 },
  );
  follow(client);
  await clock.advance(20_000);
  assertEquals(gaps(transport.asked).slice(0, 6), [
    0,
    1500,
    3000,
    6000,
    1000,
    1500,
  ]);
  await client[Symbol.asyncDispose]();
});

Deno.test("a Login that gets RES=20 backs off and does not spin", async () => {
  const { client, clock, transport } = scripted(() => 20);
  follow(client);
  await clock.advance(7000);
  assertEquals(gaps(transport.asked), [1000, 2000, 4000]);
  await client[Symbol.asyncDispose]();
});

Deno.test("mail(): RES=20 from a server that does not say why logs in again after LI, then asks the poll with the same key", async () => {
  const seen: ClientStatus[] = [];
  const { client, clock, transport } = scripted(
    [LOGGED_IN, 20, LOGGED_IN, mailOf(1)],
    { onStatus: (status) => seen.push(status) },
  );
  const startAt = clock.now();
  const { batches } = follow(client);
  await clock.advance(300_000);
  assertEquals(transport.times, [
    "Login@0",
    "GetMsgEx@0",
    "Login@300000",
    "GetMsgEx@300000",
  ]);
  const [, first, , second] = transport.asked;
  assertEquals([second!.key, second!.seq], [first!.key, first!.seq]);
  assertEquals(batches.length, 1);
  assertEquals(seen, [
    { type: "connecting" },
    { type: "online", since: startAt },
    { type: "replaced" },
    { type: "replaced", retryAt: startAt + 300_000 },
    { type: "connecting" },
    { type: "online", since: startAt + 300_000 },
  ]);
  await client[Symbol.asyncDispose]();
});

Deno.test("mail(): an account that is taken again and again is logged in every LI", async () => {
  const logins: number[] = [];
  const { client, clock } = scripted((asked) => {
    if (asked.command.cmd !== "Login") return 20;
    logins.push(asked.at);
    return LOGGED_IN;
  });
  follow(client);
  await clock.advance(900_000);
  assertEquals(logins, [0, 300_000, 600_000, 900_000]);
  await client[Symbol.asyncDispose]();
});

Deno.test("a RES=20 to another method makes the loop log in again", async () => {
  const { client, clock, transport } = scripted(({ command }, nth) =>
    command.cmd === "List" ? 20 : nth === 0 ? LOGGED_IN : ordinary({
      command,
    } as Asked)
  );
  follow(client);
  await clock.advance(500);
  await client.friends().catch(() => {});
  await clock.advance(301_000);
  assertEquals(transport.times.slice(0, 5), [
    "Login@0",
    "GetMsgEx@0",
    "List@500",
    "Login@301000",
    "GetMsgEx@301000",
  ]);
  await client[Symbol.asyncDispose]();
});

Deno.test("a loop uses the session that is open", async () => {
  const { client, clock, transport } = scripted([]);
  await client.login();
  follow(client);
  await clock.advance(0);
  assertEquals(transport.times, ["Login@0", "GetMsgEx@0"]);
  await client[Symbol.asyncDispose]();
});

/** `[what is going on, the script, how far]`. */
const MOMENTS: [string, Step[], number][] = [
  ["a login in flight", ["deaf"], 10],
  ["a poll in flight", [LOGGED_IN, "deaf"], 10],
  ["a wait between polls", [LOGGED_IN, mailOf(0)], 10],
  ["a backoff", ["unreachable"], 10],
  ["a penalty", [LOGGED_IN, 3], 10],
  ["a wait before the login after RES=20", [LOGGED_IN, 20], 10],
];
const ENDS: [
  string,
  (client: QqClient, controller: AbortController) => unknown,
][] = [
  ["the signal", (_, controller) => controller.abort(new Error("enough"))],
  ["logout()", (client) => client.logout().catch(() => {})],
  ["disposal", (client) => client[Symbol.asyncDispose]()],
];
for (const [moment, script, ms] of MOMENTS) {
  for (const [what, end] of ENDS) {
    Deno.test(`${what} ends the loop at once within ${moment}`, async () => {
      const { client, clock, transport } = scripted((asked, nth) =>
        script[nth] ?? ordinary(asked)
      );
      const controller = new AbortController();
      const { signal } = controller;
      const { end: ended } = follow(client, { signal });
      await clock.advance(ms);
      const requests = transport.asked.length;
      end(client, controller);
      await settle();
      assertEquals(ended(), "returned");
      assertEquals(clock.pending, 0);
      for (const { command } of transport.asked.slice(requests)) {
        assertEquals(command.cmd, "Logout");
      }
      await client[Symbol.asyncDispose]();
    });
  }
}

Deno.test("a loop whose signal has ended asks nothing", async () => {
  const { client, transport } = scripted([]);
  const { loop, end } = follow(client, { signal: AbortSignal.abort() });
  await loop;
  assertEquals([end(), transport.asked.length], ["returned", 0]);
});

Deno.test("finish lets a poll in flight end and gives its mail", async () => {
  const { client, clock, transport } = scripted([
    LOGGED_IN,
    mailOf(3, {}, 500),
  ]);
  const controller = new AbortController();
  const { batches, end } = follow(client, { finish: controller.signal });
  await clock.advance(100);
  controller.abort();
  await clock.advance(399);
  assertEquals(end(), undefined);
  await clock.advance(1);
  assertEquals([end(), batches[0]?.items.length], ["returned", 3]);
  assertEquals([transport.asked.length, clock.pending], [2, 0]);
});

Deno.test("finish cuts a poll where the server keeps the mail for the key", async () => {
  const { client, clock } = scripted(({ command, key }) =>
    command.cmd === "Login"
      ? {
        fields: { loggedIn: true, heartbeatSeconds: 60, idleSeconds: 300 },
        headers: { "Idempotency-Key": key },
      }
      : "deaf"
  );
  const controller = new AbortController();
  const { end } = follow(client, { finish: controller.signal });
  await clock.advance(100);
  controller.abort();
  await settle();
  assertEquals([end(), clock.pending], ["returned", 0]);
});

Deno.test("finish ends a wait at once", async () => {
  const { client, clock } = scripted([LOGGED_IN, mailOf(0)]);
  const controller = new AbortController();
  const { end } = follow(client, { finish: controller.signal });
  await clock.advance(100);
  controller.abort();
  await settle();
  assertEquals([end(), clock.pending], ["returned", 0]);
});

Deno.test("only one may read the mail at a time", async () => {
  const { client, clock, transport } = scripted((asked) =>
    asked.command.cmd === "GetMsgEx" ? "silent" : ordinary(asked)
  );
  const { end } = follow(client);
  await clock.advance(10);
  const seconds: (() => Promise<unknown>)[] = [
    () => client.fetchMail(),
    () => client.mail().next(),
    () => client.mailBatches().next(),
  ];
  for (const second of seconds) {
    const error = await assertRejects(second, DOMException);
    assertEquals([error.name, error.message], [
      "InvalidStateError",
      "Cannot read the mail of 10001: another mail(), mailBatches() or fetchMail() reads it",
    ]);
  }
  assertEquals([transport.mostPolls, end()], [1, undefined]);
  await client[Symbol.asyncDispose]();
});

Deno.test("two fetchMail() at once: the second is refused, the next works", async () => {
  const { client } = scripted([mailOf(1), mailOf(2)]);
  const first = client.fetchMail();
  await assertRejects(() => client.fetchMail(), DOMException);
  assertEquals((await first).length, 1);
  assertEquals((await client.fetchMail()).length, 2);
});

Deno.test("polls never overlap, whatever fails", async () => {
  const steps: Step[] = ["deaf", "cut", 3, 20, mailOf(1), "closed", mailOf(0)];
  const { client, clock, transport } = scripted((asked, nth) =>
    asked.command.cmd === "Login" ? LOGGED_IN : steps[nth % steps.length]!
  );
  // A transport that forgets its signal counts as in flight for ever: not here.
  steps[0] = "silent";
  follow(client);
  await clock.advance(1_000_000);
  assert(transport.asked.length > 40);
  assertEquals(transport.mostPolls, 1);
  await client[Symbol.asyncDispose]();
});

Deno.test("mail() gives item by item and sends the next poll after the last", async () => {
  const { client, clock, transport } = scripted([LOGGED_IN, mailOf(3)]);
  const mail = client.mail();
  const texts: string[] = [];
  for (let nth = 0; nth < 3; nth++) {
    const { value } = await mail.next() as { value: MailItem };
    if ("text" in value) texts.push(value.text);
  }
  await clock.advance(60_000);
  assertEquals([texts, transport.asked.length], [["1", "2", "3"], 2]);
  await mail.return();
  await client[Symbol.asyncDispose]();
});

Deno.test("what a loop that was left did not give comes first in the next reading", async () => {
  const { client, transport } = scripted([LOGGED_IN, mailOf(5)]);
  const texts: unknown[] = [];
  for await (const item of client.mail()) {
    texts.push("text" in item && item.text);
    break;
  }
  const controller = new AbortController();
  for await (const item of client.mail({ signal: controller.signal })) {
    texts.push("text" in item && item.text);
    controller.abort();
  }
  for await (const { items } of client.mailBatches()) {
    texts.push(items.length);
    break;
  }
  assertEquals([texts, transport.asked.length], [["1", "2", 3], 2]);
  assertEquals(await client.fetchMail(), []);
  await client[Symbol.asyncDispose]();
});

Deno.test("an error of the caller's pollKey or onPoll ends the loop with it", async () => {
  for (const name of ["pollKey", "onPoll"] as const) {
    const { client } = scripted([]);
    const error = await assertRejects(() =>
      client.mailBatches({
        [name]: () => {
          throw new Error("mine");
        },
      }).next()
    );
    assertEquals((error as Error).message, "mine");
    assertEquals(await client.fetchMail(), []);
  }
});
