import { isRetriable, QqClient, QqError } from "../../../mod.ts";
import { CLIENT_ERRORS } from "../../../lib/client/errors.ts";
import { MalformedError } from "../../../lib/protocol/errors.ts";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { scripted } from "../../support/scripted_client.ts";
import {
  type Asked,
  LOGGED_IN,
  mailOf,
  type Step,
} from "../../support/scripted_transport.ts";

async function failure(run: () => Promise<unknown>): Promise<QqError> {
  return await assertRejects(run, QqError);
}

/** `[what the server does, a command that reads, one that acts]`. */
const ERRORS: [string, Step, string, string][] = [
  ["RES=3", 3, "penalised", "penalised"],
  ["RES=5", 5, "invalid_uin", "invalid_uin"],
  ["RES=20", 20, "not_logged_in", "not_logged_in"],
  ["RES=77", 77, "rejected", "rejected"],
  ["a bare close", "closed", "rejected", "outcome_unknown"],
  ["an empty body", { body: "" }, "rejected", "outcome_unknown"],
  ["an answer that breaks off", "cut", "unreachable", "outcome_unknown"],
  ["no connection", "unreachable", "unreachable", "unreachable"],
  ["status 502", { status: 502 }, "unreachable", "unreachable"],
  [
    "status 204 without a body",
    { status: 204, body: "" },
    "unreachable",
    "unreachable",
  ],
  ["no answer", "silent", "timeout", "outcome_unknown"],
  [
    "no answer and no ear for the signal",
    "deaf",
    "timeout",
    "outcome_unknown",
  ],
  [
    "another command's reply",
    {
      body: ({ command, seq }) =>
        `VER=1.1&CMD=${
          command.cmd === "List" ? "LOGOUT" : "LIST"
        }&SEQ=${seq}&UIN=10001&RES=20`,
    },
    "malformed_reply",
    "malformed_reply",
  ],
  [
    "another SEQ",
    {
      body: ({ command }) =>
        `VER=1.1&CMD=${command.cmd}&SEQ=1&UIN=10001&RES=20`,
    },
    "malformed_reply",
    "malformed_reply",
  ],
  ["garbage", { body: "garbage" }, "malformed_reply", "malformed_reply"],
  [
    "an answer that is too long",
    new MalformedError("malformed_reply", "too long"),
    "malformed_reply",
    "malformed_reply",
  ],
  [
    "a transport's own error",
    new Error("odd"),
    "unreachable",
    "outcome_unknown",
  ],
];
const CALLS: [string, boolean, (client: QqClient) => Promise<unknown>][] = [
  ["login", false, (client) => client.login()],
  ["logout", false, (client) => client.logout()],
  ["friends", false, (client) => client.friends()],
  ["onlineFriends", false, (client) => client.onlineFriends()],
  ["profile", false, (client) => client.profile("10002")],
  ["search", false, (client) => client.search({ age: 20 })],
  ["fetchMail", false, (client) => client.fetchMail()],
  ["raw", false, (client) => client.raw("List", { TN: "9" })],
  ["send", true, (client) => client.send("10002", "hi")],
  ["addFriend", true, (client) => client.addFriend("10002")],
  ["askFriend", true, (client) => client.askFriend("10002")],
  ["answerRequest", true, (client) => client.answerRequest("10002", "accept")],
  ["removeFriend", true, (client) => client.removeFriend("10002")],
  ["setStatus", true, (client) => client.setStatus("busy")],
];
for (const [method, acts, call] of CALLS) {
  Deno.test(`${method}() has a code for every failure, and sends once`, async () => {
    for (const [what, step, reads, acting] of ERRORS) {
      const { client, clock, transport } = scripted([step]);
      const failed = failure(() => call(client));
      await clock.advance(34_999);
      await clock.advance(1);
      const error = await failed;
      assertEquals(error.code as string, acts ? acting : reads, what);
      assertEquals(isRetriable(error), CLIENT_ERRORS[error.code], what);
      assertEquals(error.cmd, transport.asked[0]!.command.cmd);
      assertEquals(error.res, typeof step === "number" ? step : undefined);
      assertEquals(transport.asked.length, 1, what);
      assertEquals([error.key, error.seq], [
        transport.asked[0]!.key,
        transport.asked[0]!.seq,
      ], what);
      assertEquals(clock.pending, 0, what);
    }
  });
}

for (const lateMs of [20_000, 30_000]) {
  Deno.test(`a RES=3 that comes after ${lateMs} ms is a penalty and no time-out`, async () => {
    for (const [method, , call] of CALLS) {
      const { client, clock, transport } = scripted([{
        afterMs: lateMs,
        body: ({ command: { cmd }, seq }) =>
          `VER=1.1&CMD=${cmd}&SEQ=${seq}&UIN=10001&RES=3`,
      }]);
      const failed = failure(() => call(client));
      let isReported = false;
      failed.then(() => isReported = true);
      await clock.advance(lateMs - 1);
      assertEquals(isReported, false, method);
      await clock.advance(1);
      const { code, res } = await failed;
      assertEquals([code, res], ["penalised", 3], method);
      assertEquals([transport.asked.length, clock.pending], [1, 0], method);
    }
  });
}

Deno.test("login() is refused with the server's reason and without the password", async () => {
  const { client } = scripted([{
    fields: { loggedIn: false, reason: "登录失败" },
  }], { password: "s3cret", passwordMd5: undefined as never });
  const error = await failure(() => client.login());
  assertEquals([error.code, error.cmd, error.reason], [
    "login_refused",
    "Login",
    "登录失败",
  ]);
  assertEquals(
    error.message,
    "Cannot log in 10001: the server refused: 登录失败",
  );
  assert(!JSON.stringify(error).includes("s3cret"));
  assertEquals(client.loggedIn, false);
});

Deno.test("login() opens the session and returns its limits", async () => {
  const { client, transport } = scripted([]);
  assertEquals([client.loggedIn, client.heartbeatSeconds, client.idleSeconds], [
    false,
    undefined,
    undefined,
  ]);
  await client.login();
  assertEquals([client.loggedIn, client.heartbeatSeconds, client.idleSeconds], [
    true,
    60,
    300,
  ]);
  assertEquals(
    transport.asked[0]!.body,
    "VER=1.1&CMD=Login&SEQ=10000&UIN=10001&PS=fe01ce2a7fbac8fafaed7c982a04e229&M5=1&LC=9326B87B234E7235",
  );
  await client.logout();
  assertEquals(client.loggedIn, false);
});

Deno.test("password is hashed; version and licence go with the login", async () => {
  const { client, transport } = scripted([], {
    password: "demo",
    passwordMd5: undefined as never,
    version: "1.2",
    licence: "X",
  });
  await client.login();
  assertEquals(
    transport.asked[0]!.body,
    "VER=1.2&CMD=Login&SEQ=10000&UIN=10001&PS=fe01ce2a7fbac8fafaed7c982a04e229&M5=1&LC=X",
  );
});

Deno.test("each request has a key of its own and the next SEQ", async () => {
  const { client, transport } = scripted([], { random: () => 0.5 });
  for (let nth = 0; nth < 3; nth++) await client.setStatus("busy");
  assertEquals(transport.asked.map(({ seq }) => seq), [
    "55000",
    "55001",
    "55002",
  ]);
  const keys = new Set(transport.asked.map(({ key }) => key));
  assertEquals(keys.size, 3);
  for (const key of keys) assertEquals(key.length, 36);
  assertEquals(transport.asked.map(({ prefer }) => prefer), [
    undefined,
    undefined,
    undefined,
  ]);
});

Deno.test("a lost request is repeated with the key and the SEQ of its error", async () => {
  const { client, clock, transport } = scripted(["silent"]);
  const failed = failure(() => client.send("10002", "hi"));
  await clock.advance(35_000);
  const { key, seq } = await failed;
  await client.send("10002", "hi", { key: key!, seq: seq! });
  const [first, second] = transport.asked;
  assertEquals([second!.key, second!.body], [first!.key, first!.body]);
});

const BAD_OPTIONS: [string, { key?: string; seq?: string }, string][] = [
  [
    "an empty key",
    { key: "" },
    "Cannot send a request: key must be 1 to 64 characters of visible ASCII, got 0 characters",
  ],
  [
    "a key of 65",
    { key: "k".repeat(65) },
    "Cannot send a request: key must be 1 to 64 characters of visible ASCII, got 65 characters",
  ],
  [
    "a key with a line end",
    { key: "a\r\nb" },
    "Cannot send a request: key must be 1 to 64 characters of visible ASCII, got 4 characters",
  ],
  [
    "a SEQ that is no number",
    { seq: "1&CMD=Logout" },
    'Cannot send a request: seq must be decimal, got "1&CMD=Logout"',
  ],
];
for (const [name, options, message] of BAD_OPTIONS) {
  Deno.test(`send() refuses ${name}`, async () => {
    const { client, transport } = scripted([]);
    await assertRejects(
      () => client.send("10002", "hi", options),
      RangeError,
      message,
    );
    assertEquals(transport.asked.length, 0);
  });
}

Deno.test("honoursKeys follows what the server gives back", async () => {
  const { client } = scripted(({ key }, nth) => ({
    fields: {},
    headers: [{}, { "Idempotency-Key": key }, { "Idempotency-Key": "other" }][
      nth
    ]! as Record<string, string>,
  }));
  const seen: unknown[] = [client.honoursKeys];
  for (let nth = 0; nth < 3; nth++) {
    await client.setStatus("busy");
    seen.push(client.honoursKeys);
  }
  assertEquals(seen, [undefined, false, true, false]);
});

Deno.test("QqError: has whether the server honours keys", async () => {
  const { client } = scripted(({ key }, nth) =>
    nth < 2 ? { fields: {}, headers: { "Idempotency-Key": key } } : "cut"
  );
  await client.setStatus("busy");
  await client.setStatus("busy");
  const error = await failure(() => client.send("10002", "hi"));
  assertEquals([error.code, error.honoursKeys], ["outcome_unknown", true]);
});

/** A friend list of so many in pages of 120, as PROTOCOL.md has it. */
function pages(uins: string[], ignoresUn = false) {
  return ({ command }: Asked): Step => {
    const after = "after" in command ? command.after : command.extra?.UN;
    const rest = uins.filter((uin) =>
      ignoresUn || Number(uin) > Number(after ?? 0)
    );
    const page = rest.slice(0, 120);
    const complete = page.length === rest.length;
    switch (command.cmd) {
      case "List":
        return { fields: { complete, uins: page } };
      case "Query_Stat":
        return {
          fields: {
            complete,
            friends: page.map((uin) => ({
              uin,
              nickname: `n${uin}`,
              status: "online",
              face: 0,
            })),
          },
        };
      default:
        return {
          fields: {
            complete,
            people: page.map((uin) => ({ uin, nickname: `n${uin}` })),
          },
        };
    }
  };
}

const MANY = Array.from({ length: 301 }, (_, index) => String(20_001 + index));
const LISTS: [string, (client: QqClient) => Promise<string[]>][] = [
  ["friends", (client) => client.friends()],
  [
    "onlineFriends",
    async (client) => (await client.onlineFriends()).map(({ uin }) => uin),
  ],
  ["search", async (client) => (await client.search()).map(({ uin }) => uin)],
];
for (const [name, list] of LISTS) {
  Deno.test(`${name}() pages to the end`, async () => {
    for (const [count, requests] of [[0, 1], [120, 1], [121, 2], [301, 3]]) {
      const uins = MANY.slice(0, count);
      const { client, transport } = scripted(pages(uins));
      assertEquals(await list(client), uins);
      assertEquals(transport.asked.length, requests);
    }
  });

  Deno.test(`${name}() ends at a server that ignores UN, each entry once`, async () => {
    const { client, transport } = scripted(pages(MANY, true));
    assertEquals(await list(client), MANY.slice(0, 120));
    assertEquals(transport.asked.length, 2);
  });
}

Deno.test("friends() asks for 120 behind the last number", async () => {
  const { client, transport } = scripted(pages(MANY));
  await client.friends();
  assertEquals(
    transport.asked.map(({ body }) => body.replace(/^.*UIN=10001/, "")),
    ["&TN=120&UN=0", "&TN=120&UN=20120", "&TN=120&UN=20240"],
  );
});

Deno.test("search() asks first as the old clients did", async () => {
  const { client, transport } = scripted(pages(MANY.slice(0, 121)));
  await client.search({ age: 20, sex: "female", province: "云南省" });
  assertEquals(
    transport.asked.map(({ body }) => body.replace(/^.*UIN=10001/, "")),
    ["&AG=20&SX=1&PV=云南省", "&AG=20&SX=1&PV=云南省&TN=120&UN=20120"],
  );
});

/** A page of so many new numbers. */
function endless(entries: number) {
  return (_asked: unknown, nth: number) => ({
    fields: {
      complete: false,
      uins: Array.from(
        { length: entries },
        (_, index) => String(10_000 + nth * entries + index),
      ),
    },
  });
}

for (
  const [what, entries, pages] of [
    ["20,000 entries", 1000, 21],
    ["1,000 pages", 1, 1000],
    ["1,000 entries in a page", 1001, 1],
  ] as const
) {
  Deno.test(`friends() rejects a list of more than ${what}`, async () => {
    const { client, transport } = scripted(endless(entries));
    const { code } = await failure(() => client.friends());
    assertEquals(code, "malformed_reply");
    assertEquals(transport.asked.length, pages);
  });
}

Deno.test("friends() returns 20,000 entries in 1,000 pages", async () => {
  const { client } = scripted((asked, nth) => {
    const { fields } = endless(20)(asked, nth);
    return { fields: { ...fields, complete: nth === 999 } };
  });
  assertEquals((await client.friends()).length, 20_000);
});

Deno.test("a count instead of a page is malformed", async () => {
  for (const call of ["friends", "onlineFriends"] as const) {
    const { client } = scripted([{ fields: { count: 9 } }]);
    assertEquals((await failure(() => client[call]())).code, "malformed_reply");
  }
});

Deno.test("profile() gives the profile, and what is left in extra", async () => {
  const profile = {
    uin: "10002",
    nickname: "n",
  };
  const { client, transport } = scripted([
    { fields: { level: 0, profile } },
    { fields: { level: 0, profile, extra: { ZZ: "1" } } },
  ]);
  assertEquals(await client.profile("10002", 0), profile);
  assertEquals(await client.profile("10002"), {
    ...profile,
    extra: { ZZ: "1" },
  });
  assertEquals(
    transport.asked.map(({ command }) => "level" in command && command.level),
    [0, 2],
  );
});

const ADDS: [string, string | undefined, string[]][] = [
  ["added", "please", ["AddToList"]],
  ["needs_verification", undefined, ["AddToList"]],
  ["needs_verification", "please", ["AddToList", "Ack_AddToList"]],
  ["needs_verification", "", ["AddToList", "Ack_AddToList"]],
  ["refused", "please", ["AddToList"]],
];
for (const [answer, reason, cmds] of ADDS) {
  Deno.test(`addFriend() with ${answer} and reason ${reason} sends ${cmds}`, async () => {
    const { client, transport } = scripted([
      { fields: { answer, target: "10002" } },
    ]);
    assertEquals(await client.addFriend("10002", reason) as string, answer);
    assertEquals(
      transport.asked.map(({ command }) => command.cmd),
      cmds as never,
    );
    const ask = transport.asked[1]?.command;
    if (ask?.cmd === "Ack_AddToList") {
      assertEquals([ask.answer, ask.reason], ["ask", reason ?? ""]);
    }
  });
}

Deno.test("addFriend(), repeated with its key and SEQ, repeats both requests", async () => {
  const { client, transport } = scripted(({ command }) => ({
    fields: command.cmd === "AddToList"
      ? { answer: "needs_verification", target: "10002" }
      : {},
  }));
  for (const key of ["k1", "k".repeat(64)]) {
    for (let nth = 0; nth < 2; nth++) {
      await client.addFriend("10002", "please", { key, seq: "7" });
    }
    const [add, ask, addAgain, askAgain] = transport.asked.splice(0);
    assertEquals([add!.key, add!.body], [addAgain!.key, addAgain!.body]);
    assertEquals([ask!.key, ask!.body], [askAgain!.key, askAgain!.body]);
    assertEquals([add!.seq, ask!.seq, add!.key === ask!.key], [
      "7",
      "8",
      false,
    ]);
    assert(ask!.key.length <= 64);
  }
});

Deno.test("acting methods say what they do", async () => {
  const { client, transport } = scripted([]);
  await client.send("10002", "1+1=2, 你好");
  await client.answerRequest("10002", "accept");
  await client.answerRequest("10002", "refuse", "no");
  await client.removeFriend("10002");
  await client.setStatus("invisible");
  assertEquals(
    transport.asked.map(({ body }) => body.replace(/SEQ=\d+&UIN=10001&/, "")),
    [
      "VER=1.1&CMD=CLTMSG&UN=10002&MG=1%2b1%3d2%2c 你好",
      "VER=1.1&CMD=Ack_AddToList&UN=10002&CD=0&RS=",
      "VER=1.1&CMD=Ack_AddToList&UN=10002&CD=1&RS=no",
      "VER=1.1&CMD=DelFromList&UN=10002",
      "VER=1.1&CMD=Change_Stat&ST=40",
    ],
  );
});

Deno.test("raw() sends any fields and gives all of the reply's, decoded", async () => {
  const { client, transport } = scripted([{
    body: "VER=1.1&CMD=LIST&SEQ=10000&UIN=10001&RES=0&XX=a%252cb%26c&",
  }]);
  assertEquals(await client.raw("list", { UN: "1", XX: "a&b=c" }), {
    VER: "1.1",
    CMD: "LIST",
    SEQ: "10000",
    UIN: "10001",
    RES: "0",
    XX: "a,b&c",
  });
  assertEquals(
    transport.asked[0]!.body,
    "VER=1.1&CMD=list&SEQ=10000&UIN=10001&UN=1&XX=a%26b%3dc",
  );
});

Deno.test("raw() with a command that nobody knows counts as acting", async () => {
  const clock = { now: () => 0, after: () => () => {} };
  for (
    const [post, code] of [
      [() => Promise.reject(new Error("odd")), "outcome_unknown"],
      [
        () =>
          Promise.resolve({
            status: 200,
            headers: { get: () => null },
            body: "VER=1.1&CMD=NEW&SEQ=10000&UIN=1&RES=20",
          }),
        "not_logged_in",
      ],
    ] as const
  ) {
    const client = new QqClient({
      uin: "1",
      password: "",
      clock,
      random: () => 0,
      transport: { post },
    });
    const error = await failure(() => client.raw("New", { A: "1" }));
    assertEquals([error.code as string, error.cmd], [code, "New"]);
  }
});

Deno.test("raw() refuses what would be read as something else", async () => {
  const { client } = scripted([]);
  for (const cmd of ["", "A&B", "A=B", "A B"]) {
    await assertRejects(() => client.raw(cmd), TypeError, "cmd must be a word");
  }
  for (const code of ["UIN", "SEQ", "A&B", "A=B"]) {
    await assertRejects(() => client.raw("List", { [code]: "1" }), TypeError);
  }
});

Deno.test("fetchMail() asks the server to wait only with waitSeconds, and waits as long", async () => {
  const { client, clock, transport } = scripted([
    mailOf(2),
    mailOf(0),
    "silent",
  ]);
  assertEquals((await client.fetchMail()).length, 2);
  assertEquals(await client.fetchMail({ waitSeconds: 25 }), []);
  assertEquals(transport.asked.map(({ prefer }) => prefer), [
    undefined,
    "wait=25",
  ]);
  const failed = failure(() => client.fetchMail({ waitSeconds: 25 }));
  await clock.advance(59_999);
  assertEquals(clock.pending, 1);
  await clock.advance(1);
  assertEquals((await failed).code, "timeout");
});

Deno.test("timeoutMs is kept", async () => {
  const { client, clock } = scripted(["silent"], { timeoutMs: 100 });
  const failed = failure(() => client.friends());
  await clock.advance(99);
  assertEquals(clock.pending, 1);
  await clock.advance(1);
  assertEquals((await failed).code, "timeout");
});

Deno.test("a signal ends a call with its reason, before and after it was sent", async () => {
  const { client, clock, transport } = scripted(["silent", "deaf"]);
  const reason = new Error("enough");
  for (let nth = 0; nth < 2; nth++) {
    const controller = new AbortController();
    const { signal } = controller;
    const call = assertRejects(() => client.send("10002", "hi", { signal }));
    await clock.advance(0);
    controller.abort(reason);
    assertEquals(await call === reason, true);
    assertEquals(
      await assertRejects(() => client.friends({ signal })) === reason,
      true,
    );
  }
  assertEquals([transport.asked.length, clock.pending], [2, 0]);
});

const BAD: [string, Record<string, unknown>, new () => Error, string][] = [
  [
    "a number that is none",
    { uin: "1a" },
    TypeError,
    'Cannot make a client: uin must be a QQ number of 1 to 20 digits as a string, got "1a"',
  ],
  [
    "no password",
    { passwordMd5: undefined },
    TypeError,
    "Cannot make a client: exactly one of password and passwordMd5 must be given",
  ],
  [
    "both passwords",
    { password: "demo" },
    TypeError,
    "Cannot make a client: exactly one of password and passwordMd5 must be given",
  ],
  [
    "a hash that is none",
    { passwordMd5: "secret" },
    TypeError,
    "Cannot make a client: passwordMd5 must be 32 hex digits",
  ],
  [
    "another version",
    { version: "2.0" },
    RangeError,
    'Cannot make a client: version must be one of 1.0, 1.1, 1.2, 1.4, got "2.0"',
  ],
  [
    "no time at all",
    { timeoutMs: 0 },
    RangeError,
    "Cannot make a client: timeoutMs must be 1 to 2147483647, got 0",
  ],
  [
    "a wait that is none",
    { waitSeconds: NaN },
    RangeError,
    "Cannot make a client: waitSeconds must be 0 to 3600, got NaN",
  ],
];
for (const [name, options, type, message] of BAD) {
  Deno.test(`QqClient refuses ${name}`, () => {
    const error = assertThrows(() => scripted([], options as never), type);
    assertEquals(error.message, message);
  });
}

Deno.test("status() starts with the current status; each iteration is its own", async () => {
  const seen: string[] = [];
  const { client, clock } = scripted([LOGGED_IN, 20, LOGGED_IN, {
    fields: {},
  }, "unreachable"], { onStatus: ({ type }) => seen.push(type) });
  const first = client.status();
  assertEquals((await first.next()).value, {
    type: "offline",
    reason: "not logged in",
  });
  await client.login();
  const second = client.status();
  assertEquals((await second.next()).value, {
    type: "online",
    since: clock.now(),
  });
  await client.friends().catch(() => {});
  assertEquals(client.loggedIn, false);
  await client.login();
  await client.logout();
  await client.login().catch(() => {});
  await client[Symbol.asyncDispose]();
  const rest = async (statuses: AsyncIterable<{ type: string }>) => {
    const types: string[] = [];
    for await (const { type } of statuses) types.push(type);
    return types;
  };
  const all = [
    "connecting",
    "online",
    "replaced",
    "connecting",
    "online",
    "offline",
    "connecting",
    "offline",
    "offline",
  ];
  assertEquals(await rest(first), all);
  assertEquals(await rest(second), all.slice(2));
  assertEquals(await rest(client.status()), ["offline"]);
  assertEquals(seen, all);
});

Deno.test("login() reports the status of a refusal", async () => {
  const { client } = scripted([{
    fields: { loggedIn: false, reason: "登录失败" },
  }]);
  await client.login().catch(() => {});
  assertEquals((await client.status().next()).value, {
    type: "refused",
    reason: "登录失败",
  });
});

Deno.test("a reader of the status that is slow misses the oldest of many changes", async () => {
  const { client } = scripted(["unreachable", "cut"].concat(
    Array.from({ length: 100 }, (_, nth) => nth % 2 ? "unreachable" : "cut"),
  ) as Step[]);
  const statuses = client.status();
  await statuses.next();
  for (let nth = 0; nth < 60; nth++) await client.login().catch(() => {});
  await client[Symbol.asyncDispose]();
  let count = 0;
  let last;
  for await (const status of statuses) {
    count++;
    last = status;
  }
  assertEquals([count, last], [64, { type: "offline", reason: "disposed" }]);
});

Deno.test("disposal logs out, ends calls and status, and resolves closed(), once", async () => {
  const { client, clock, transport } = scripted(({ command }) =>
    command.cmd === "CLTMSG"
      ? "silent"
      : command.cmd === "Login"
      ? LOGGED_IN
      : { fields: {} }
  );
  await client.login();
  const sending = assertRejects(() => client.send("10002", "hi"), DOMException);
  const status = client.status();
  await status.next();
  await clock.advance(0);
  await Promise.all([
    client[Symbol.asyncDispose](),
    client[Symbol.asyncDispose](),
    client.closed(),
  ]);
  assertEquals((await sending).name, "AbortError");
  assertEquals(
    transport.asked.map(({ command }) => command.cmd),
    ["Login", "CLTMSG", "Logout"],
  );
  // A transport that was given may serve others.
  assertEquals([transport.closes, clock.pending, client.loggedIn], [
    0,
    0,
    false,
  ]);
  const late = await assertRejects(() => client.friends(), DOMException);
  assertEquals(late.name, "InvalidStateError");
  await assertRejects(() => client.fetchMail(), DOMException);
  const unused = scripted([]).client;
  await unused.close();
  await unused.closed();
});

Deno.test("disposal waits 5 s for the logout and no longer", async () => {
  const { client, clock } = scripted([LOGGED_IN, "deaf"]);
  await client.login();
  let done = false;
  const disposal = client[Symbol.asyncDispose]().then(() => done = true);
  await clock.advance(4999);
  assertEquals(done, false);
  await clock.advance(1);
  await disposal;
});

for (const timeoutMs of [0, 700]) {
  Deno.test(`QqClient.close() waits ${timeoutMs} ms for the logout with timeoutMs`, async () => {
    const { client, clock, transport } = scripted([LOGGED_IN, "deaf"]);
    await client.login();
    let done = false;
    const closing = client.close({ timeoutMs }).then(() => done = true);
    if (timeoutMs > 0) {
      await clock.advance(timeoutMs - 1);
      assertEquals(done, false);
      await clock.advance(1);
    }
    await closing;
    assertEquals(transport.asked.length, timeoutMs > 0 ? 2 : 1);
  });
}

Deno.test("a late RES=20 of the session before does not end the new one", async () => {
  const { client, clock } = scripted([
    LOGGED_IN,
    { body: "VER=1.1&CMD=LIST&SEQ=10001&UIN=10001&RES=20", afterMs: 10 },
    LOGGED_IN,
  ]);
  await client.login();
  const late = failure(() => client.friends());
  await clock.advance(0);
  await client.login();
  await clock.advance(10);
  assertEquals([(await late).code, client.loggedIn], ["not_logged_in", true]);
});

Deno.test("isRetriable() knows its own errors only", () => {
  for (const error of [undefined, null, "timeout", new Error("timeout")]) {
    assertEquals(isRetriable(error), false);
  }
  const error = new QqError("timeout", "late", { cmd: "List", cause: 1 });
  assertInstanceOf(error, Error);
  assertEquals([isRetriable(error), error.name, error.cause], [
    true,
    "QqError",
    1,
  ]);
});
