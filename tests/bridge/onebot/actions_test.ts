import { CommandError } from "../../../bridge/errors/command_error.ts";
import { ACTIONS } from "../../../bridge/onebot/actions/api.ts";
import { RETCODES } from "../../../bridge/onebot/retcodes.ts";
import {
  type BridgeCommandName,
  ERROR_CODES,
  type ErrorCode,
} from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";
import type { FakeClock } from "../../support/fake_clock.ts";
import { assertKind, DATA, EVENTS, type Kind } from "./field_lists.ts";
import { type Frame, Stage } from "./stage.ts";

type Ran = [BridgeCommandName, object];

function scripted(): Stage {
  const stage = new Stage();
  const { bridge } = stage;
  bridge.script("send", async (_, { params }) => {
    const data = params as { to: string; text: string };
    return { seq: (await bridge.push("10001", "message.sent", data)).seq };
  });
  bridge.script("history", (_, { params }) => {
    const { with: party, before, limit = 100 } = params as {
      with?: string;
      before?: number;
      limit?: number;
    };
    const { events, more } = bridge.journal.history({
      account: "10001",
      limit,
      ...(party === undefined ? {} : { party }),
      ...(before === undefined ? {} : { before }),
    });
    return { events: events.map(({ frame }) => JSON.parse(frame)), more };
  });
  bridge.script("friends", () => ({ friends: ["10000", "10002"] }));
  bridge.script("onlineFriends", () => ({
    friends: [{ uin: "10002", nickname: "小红", status: "busy", face: 3 }],
  }));
  bridge.script("search", () => ({
    people: [{ uin: "10003", nickname: "c" }],
  }));
  bridge.script("addFriend", () => ({ answer: "needs_verification" }));
  bridge.script("login", () => ({ state: "online" }));
  bridge.script("logout", () => ({ state: "offline" }));
  for (const name of ["answerRequest", "removeFriend", "setStatus"] as const) {
    bridge.script(name, () => ({}));
  }
  return stage;
}

const PROFILE = { uin: "10002" };
const EVENT = { post_type: "message", user_id: 10002, self_id: 10001 };

/** Each action of the table: parameters, what it gives, what it makes the bridge do. */
const TABLE: [
  action: string,
  params: object,
  data: Kind,
  ran: Ran[],
  more?: Frame,
][] = [
  ["get_login_info", {}, DATA.login, [], {
    user_id: 10001,
    nickname: "n10001",
  }],
  ["get_status", {}, DATA.status, [], { online: true, good: true }],
  ["get_version_info", {}, DATA.version, [], { app_name: "tqq" }],
  ["can_send_image", {}, DATA.can, []],
  ["can_send_record", {}, DATA.can, []],
  ["get_group_list", {}, { list: { is: "nothing" } }, []],
  ["get_friend_list", {}, DATA.friends, [
    ["friends", {}],
    ["onlineFriends", {}],
    ["profile", { uin: "10000" }],
  ]],
  ["get_stranger_info", { user_id: "10002", no_cache: true }, DATA.stranger, [
    ["profile", PROFILE],
  ], { user_id: 10002, nickname: "Alice", sex: "female", age: 20 }],
  ["send_private_msg", { user_id: 10002, message: "a&amp;b" }, DATA.sent, [
    ["send", { to: "10002", text: "a&b" }],
  ], { message_id: 1 }],
  [
    "send_private_msg",
    {
      user_id: "10002",
      message: "a&amp;b",
      auto_escape: "true",
    },
    DATA.sent,
    [["send", { to: "10002", text: "a&amp;b" }]],
  ],
  [
    "send_msg",
    {
      user_id: 10002,
      message: [{ type: "text", data: { text: "[x]" } }],
      message_type: null,
    },
    DATA.sent,
    [["send", { to: "10002", text: "[x]" }]],
  ],
  [
    "send_msg",
    { message_type: "private", user_id: 10002, message: "x" },
    DATA
      .sent,
    [["send", { to: "10002", text: "x" }]],
  ],
  [
    ".handle_quick_operation",
    {
      context: EVENT,
      operation: { reply: "[CQ:x]", auto_escape: true },
    },
    DATA.sent,
    [["send", { to: "10002", text: "[CQ:x]" }]],
  ],
  [
    ".handle_quick_operation",
    {
      context: { post_type: "request", flag: "10009:5" },
      operation: { approve: false },
    },
    DATA.none,
    [["answerRequest", { uin: "10009", answer: "refuse" }]],
  ],
  [".handle_quick_operation", { context: EVENT, operation: {} }, DATA.none, []],
  [
    ".handle_quick_operation",
    {
      context: { post_type: "notice" },
      operation: { reply: "x", approve: true },
    },
    DATA.none,
    [],
  ],
  ["set_friend_add_request", { flag: "10009:5", remark: "r" }, DATA.none, [
    ["answerRequest", { uin: "10009", answer: "accept" }],
  ]],
  [
    "set_friend_add_request",
    {
      flag: "10009:5",
      approve: "false",
      reason: "no",
    },
    DATA.none,
    [
      ["answerRequest", { uin: "10009", answer: "refuse", reason: "no" }],
    ],
  ],
  ["delete_friend", { user_id: 10002 }, DATA.none, [
    ["removeFriend", PROFILE],
  ]],
  ["delete_friend", { friend_id: "10002" }, DATA.none, [
    ["removeFriend", PROFILE],
  ]],
  ["set_online_status", { status: 11, ext_status: 0 }, DATA.none, [
    ["setStatus", { status: "online" }],
  ]],
  ["set_online_status", { status: "41" }, DATA.none, [
    ["setStatus", { status: "invisible" }],
  ]],
  ["set_online_status", { status: "busy" }, DATA.none, [
    ["setStatus", { status: "busy" }],
  ]],
  ["set_online_status", { status: 20 }, DATA.none, [
    ["setStatus", { status: "offline" }],
  ]],
  ["set_online_status", { status: 40 }, DATA.none, [
    ["setStatus", { status: "invisible" }],
  ]],
  ["qq.add_friend", { user_id: 10009, comment: "me" }, DATA.asked, [
    ["addFriend", { uin: "10009", reason: "me" }],
  ], { result: "pending" }],
  ["qq.get_friend_status", {}, DATA.friendStatus, [["onlineFriends", {}]]],
  ["qq.finger", { age: "20", sex: "female" }, DATA.people, [
    ["search", { age: 20, sex: "female" }],
  ]],
  ["qq.finger", { province: "云南省" }, DATA.people, [
    ["search", { province: "云南省" }],
  ]],
  ["qq.login", {}, DATA.state, [["login", {}]]],
  ["qq.logout", {}, DATA.state, [["logout", {}]]],
];

for (const [action, params, data, ran, more = {}] of TABLE) {
  Deno.test(`actions: ${action} ${JSON.stringify(params)}`, async () => {
    const stage = scripted();
    const client = await stage.client();
    const answer = await client.call(action, params);
    assertEquals(answer.status, "ok", answer.message);
    assertEquals(answer.retcode, 0);
    assertKind(answer.data, data, action);
    assertEquals(
      stage.bridge.ran.map(({ request }) => [request.command, request.params]),
      ran,
    );
    for (const { request } of stage.bridge.ran) {
      assertEquals(request.account, "10001");
    }
    for (const [field, value] of Object.entries(more)) {
      assertEquals(answer.data[field], value, field);
    }
    assertEquals(stage.failures, []);
  });
}

Deno.test("actions: the table above names each, but those about kept messages", () => {
  const named = new Set(TABLE.map(([action]) => action));
  assertEquals([...ACTIONS.keys()].filter((name) => !named.has(name)), [
    "get_msg",
    "get_friend_msg_history",
    "mark_msg_as_read",
  ]);
});

/** Actions that say nothing about an account, and do nothing. */
const FREE = new Set([
  "get_version_info",
  "can_send_image",
  "can_send_record",
  "get_group_list",
]);

/** Valid parameters of each action that a scope guards. */
const GUARDED = new Map<string, object>([
  ...TABLE.filter(([name, , , ran]) =>
    !FREE.has(name) && (ran.length > 0 || !name.startsWith("."))
  ).map(([name, params]) => [name, params] as const),
  ["get_msg", { message_id: 1 }],
  ["get_friend_msg_history", { user_id: 10002 }],
  ["mark_msg_as_read", { message_id: 1 }],
]);

Deno.test("actions: each but those that say nothing needs a scope", async () => {
  const stage = scripted();
  await stage.bridge.push();
  stage.grants["bare"] = grantOf({ name: "bare", scopes: [] });
  const path = "/onebot/v11/10001/api";
  const client = await stage.client(path, { token: "bare" });
  for (const name of ACTIONS.keys()) {
    const { retcode, message } = await client.call(name, GUARDED.get(name));
    const expected = FREE.has(name) ? 0 : RETCODES.forbidden;
    assertEquals(retcode, expected, `${name}: ${message}`);
  }
});

Deno.test("actions: the friend list has all, online ones with their state, others with their names", async () => {
  const client = await scripted().client();
  assertEquals((await client.call("get_friend_list")).data, [
    { user_id: 10000, nickname: "Alice", remark: "", status: "offline" },
    { user_id: 10002, nickname: "小红", remark: "", status: "busy" },
  ]);
});

Deno.test("actions: who is online cannot be asked, and the friend list is whole all the same", async () => {
  const stage = scripted();
  stage.bridge.script("onlineFriends", () => {
    throw new CommandError("timeout", "why");
  });
  const client = await stage.client();
  const { data } = await client.call("get_friend_list");
  assertKind(data, DATA.friends);
  assertEquals(data.length, 2);
});

Deno.test("actions: a profile that says little has all fields, one that says much has more", async () => {
  const stage = scripted();
  const client = await stage.client();
  const ask = () => client.call("get_stranger_info", { user_id: 10002 });
  assertEquals((await ask()).data.province, "江苏省");
  stage.bridge.script("profile", () => ({
    profile: { uin: "10002", nickname: "" },
  }));
  assertEquals((await ask()).data, {
    user_id: 10002,
    nickname: "",
    sex: "unknown",
    age: 0,
  });
});

for (
  const [answer, result] of [
    ["added", "added"],
    ["needs_verification", "pending"],
    ["refused", "refused"],
  ] as const
) {
  Deno.test(`actions: qq.add_friend that is answered ${answer} is ${result}`, async () => {
    const stage = scripted();
    stage.bridge.script("addFriend", () => ({ answer }));
    const client = await stage.client();
    const { data } = await client.call("qq.add_friend", { user_id: 10009 });
    assertEquals(data, { result });
  });
}

Deno.test("actions: a friend list is not kept waiting by names", async () => {
  const stage = scripted();
  stage.bridge.script("friends", () => ({
    friends: Array.from({ length: 500 }, (_, index) => String(20_000 + index)),
  }));
  stage.bridge.script("profile", () => new Promise(() => {}));
  const client = await stage.client("/onebot/v11/10001/api");
  client.peer.onText('{"action":"get_friend_list"}');
  await (stage.clock as FakeClock).advance(2999);
  assertEquals(await client.frames(), []);
  await (stage.clock as FakeClock).advance(1);
  const [answer] = await client.frames();
  assertEquals(answer.data.length, 500);
  // Four at a time.
  assertEquals(
    stage.bridge.ran.filter(({ request }) => request.command === "profile")
      .length,
    4,
  );
});

Deno.test("actions: get_msg returns what came and what was sent", async () => {
  const stage = scripted();
  const client = await stage.client();
  const { seq } = await stage.bridge.push("10001");
  await stage.bridge.push("10002");
  const sent = await client.call("send_msg", { user_id: 10002, message: "yo" });
  const came = await client.call("get_msg", { message_id: String(seq) });
  assertKind(came.data, DATA.message, "get_msg");
  assertEquals(came.data.sender.user_id, 10002);
  assertEquals(came.data.raw_message, "hi");
  const { message_id } = sent.data;
  const found = await client.call("get_msg", { message_id });
  assertKind(found.data, DATA.message, "get_msg");
  assertEquals(found.data.sender.user_id, 10001);
  assertEquals(found.data.target_id, 10002);
  assertEquals(found.data.message, [{ type: "text", data: { text: "yo" } }]);
  // Another account's, none, one that is no message.
  await stage.bridge.push("10001", "presence", { from: "1", status: "busy" });
  for (const id of [2, 99, 4]) {
    const none = await client.call("get_msg", { message_id: id });
    assertEquals(none.retcode, RETCODES.bad_params, String(id));
  }
});

Deno.test("actions: mark_msg_as_read marks up to a message, or all of a conversation", async () => {
  const stage = scripted();
  const marked: unknown[] = [];
  stage.bridge.script("markRead", (_, { params }) => {
    marked.push(params);
    return { unread: 0 };
  });
  const client = await stage.client();
  const { seq } = await stage.bridge.push("10001");
  const sent = { to: "10003", text: "x" };
  const own = await stage.bridge.push("10001", "message.sent", sent);
  await stage.bridge.push("10002");
  const status = { from: "10002", status: "busy" } as const;
  const presence = await stage.bridge.push("10001", "presence", status);
  for (
    const [params, expected] of [
      [{ message_id: seq }, { with: "10002", upTo: seq }],
      [{ message_id: String(own.seq) }, { with: "10003", upTo: own.seq }],
      [{ user_id: 10009 }, { with: "10009", upTo: presence.seq }],
      // Another account's, none, one that is not a message, neither.
      [{ message_id: 3 }],
      [{ message_id: 99 }],
      [{ message_id: presence.seq }],
      [{}],
    ]
  ) {
    marked.length = 0;
    const { retcode, data } = await client.call("mark_msg_as_read", params);
    const isDone = expected !== undefined;
    assertEquals(
      [retcode, data, marked],
      [isDone ? 0 : RETCODES.bad_params, null, isDone ? [expected] : []],
      JSON.stringify(params),
    );
  }
});

Deno.test("actions: get_friend_msg_history pages through a conversation without overlap", async () => {
  const stage = scripted();
  const own: number[] = [];
  const all: number[] = [];
  for (let count = 0; count < 250; count++) {
    const isOwn = count % 5 === 0;
    const { seq } = isOwn
      ? await stage.bridge.push("10001", "message.sent", {
        to: "10002",
        text: "yo",
      })
      : await stage.bridge.push("10001");
    all.push(seq);
    if (isOwn) own.push(seq);
    // What lies between: another's message, another account's, and presence.
    await stage.bridge.push("10001", "message", { from: "10003", text: "x" });
    await stage.bridge.push("10002");
    for (let more = 0; more < (count === 100 ? 1200 : 1); more++) {
      await stage.bridge.push("10001", "presence", {
        from: "10002",
        status: "busy",
      });
    }
  }
  const call = async (params: Frame): Promise<Frame> => {
    const path = "/onebot/v11/10001/get_friend_msg_history";
    return (await stage.ask(path, {
      method: "POST",
      body: JSON.stringify({ user_id: 10002, ...params }),
      headers: { "content-type": "application/json" },
    })).body;
  };
  const ask = async (params: Frame): Promise<Frame[]> => {
    const { data, retcode, message } = await call(params);
    assertEquals(retcode, 0, message);
    return data.messages;
  };
  const pages: Frame[] = [];
  for (let seq: number | undefined = undefined; seq !== 0;) {
    const page: Frame[] = await ask({
      count: 100,
      ...(seq === undefined ? {} : { message_seq: seq }),
    });
    if (page.length === 0) break;
    pages.unshift(...page);
    seq = page[0].message_id - 1;
  }
  assertEquals(pages.map(({ message_id }) => message_id), all);
  for (const message of pages) {
    const kind = own.includes(message.seq) ? "messageSent" : "message";
    assertKind(message, { fields: EVENTS[kind] });
  }
  const newest = await ask({});
  assertEquals(newest.map(({ seq }) => seq), all.slice(-20));
  assertEquals(await ask({ reverseOrder: true }), newest.reverse());
  // It is included; an id of another conversation stands for its position.
  assertEquals((await ask({ message_seq: all[9], count: 1 }))[0].seq, all[9]);
  assertEquals(
    (await ask({ message_seq: all[9]! + 1, count: 1 }))[0].seq,
    all[9],
  );
  assertEquals(await ask({ user_id: 10009 }), []);
  stage.bridge.journal.trimAccount("10001", all[19]!);
  assertEquals(await ask({ message_seq: all[19] }), []);
  assertEquals((await ask({ message_seq: all[21] })).length, 2);
  for (
    const params of [{ count: 0 }, { count: 101 }, { message_seq: 0 }, {
      user_id: "x",
    }]
  ) {
    const { retcode } = await call(params);
    assertEquals(retcode, RETCODES.bad_params, JSON.stringify(params));
  }
});

const IMPOSSIBLE = [
  "send_group_msg",
  "send_msg_to_nobody",
  "get_group_info",
  "get_group_member_list",
  "get_guild_service_profile",
  "set_group_kick",
  "delete_msg",
  "send_like",
  "get_cookies",
  "get_csrf_token",
  "get_credentials",
  "get_record",
  "get_image",
  "get_forward_msg",
  "set_restart",
  "clean_cache",
  "upload_private_file",
  "get_friend_list_",
  "toString",
  "__proto__",
  "",
];

for (const action of IMPOSSIBLE) {
  Deno.test(`actions: ${JSON.stringify(action)} is 1404`, async () => {
    const stage = scripted();
    const client = await stage.client();
    for (const suffix of ["", "_async", "_rate_limited"]) {
      const answer = await client.call(action + suffix, { group_id: 1 });
      assertEquals([answer.status, answer.retcode, answer.data], [
        "failed",
        1404,
        null,
      ]);
      assert(answer.message.length > 0 && answer.wording === answer.message);
    }
    assertEquals(stage.bridge.ran, []);
  });
}

Deno.test("actions: a group's message is 1404 in send_msg too", async () => {
  const client = await scripted().client();
  for (const type of [{ message_type: "group" }, {}]) {
    const params = { ...type, group_id: 1, message: "x" };
    assertEquals((await client.call("send_msg", params)).retcode, 1404);
  }
});

const WRONG: [action: string, params: unknown][] = [
  ["send_private_msg", { message: "x" }],
  ["send_private_msg", { user_id: "x", message: "x" }],
  ["send_private_msg", { user_id: 1.5, message: "x" }],
  ["send_private_msg", { user_id: 1 }],
  ["send_private_msg", { user_id: 1, message: "x", auto_escape: "perhaps" }],
  ["send_private_msg", "user_id=1"],
  ["send_msg", { message: "x" }],
  ["send_msg", []],
  ["set_online_status", {}],
  ["get_msg", { message_id: "x" }],
  ["set_friend_add_request", {}],
  ["set_friend_add_request", { flag: "x" }],
  ["delete_friend", {}],
  ["set_online_status", { status: "toString" }],
  ["qq.finger", { age: 256 }],
  ["qq.finger", { sex: "unknown" }],
  ["qq.add_friend", { user_id: 1, comment: "x".repeat(257) }],
  [".handle_quick_operation", { context: 1, operation: {} }],
  [".handle_quick_operation", { context: EVENT, operation: { reply: {} } }],
  [".handle_quick_operation", {
    context: { post_type: "message" },
    operation: { reply: "x" },
  }],
];

for (const [action, params] of WRONG) {
  const shown = JSON.stringify(params).slice(0, 60);
  Deno.test(`actions: ${action} ${shown} is refused`, async () => {
    const stage = scripted();
    const client = await stage.client();
    const answer = await client.call(action, params);
    assertEquals(answer.retcode, RETCODES.bad_params);
    assert(/^Cannot /.test(answer.message), answer.message);
    assertEquals([stage.bridge.ran, stage.failures], [[], []]);
  });
}

for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
  Deno.test(`actions: ${code} has its retcode`, async () => {
    const stage = scripted();
    stage.bridge.script("send", () => {
      throw new CommandError(code, "why", { retryAfterMs: 7 });
    });
    const client = await stage.client();
    const params = { user_id: 1, message: "x" };
    const answer = await client.call("send_private_msg", params);
    assertEquals(answer, {
      status: "failed",
      retcode: RETCODES[code],
      data: null,
      message: "why",
      wording: "why",
      code,
      retry_after_ms: 7,
      echo: "call",
    });
    assert(![0, 1].includes(answer.retcode));
  });
}

Deno.test("actions: no two errors have one retcode", () => {
  assertEquals(
    new Set(Object.values(RETCODES)).size,
    Object.keys(ERROR_CODES).length,
  );
});

Deno.test("actions: an error that should not happen is logged, and hidden from the client", async () => {
  const stage = scripted();
  stage.bridge.script("send", () => {
    throw new Error("secret");
  });
  const client = await stage.client();
  const answer = await client.call("send_private_msg", {
    user_id: 1,
    message: "x",
  });
  assertEquals(answer.retcode, RETCODES.internal);
  assert(!answer.message.includes("secret"));
  assertEquals(stage.failures.length, 1);
});

Deno.test("actions: _async is answered at once, and done", async () => {
  const stage = scripted();
  const { promise, resolve } = Promise.withResolvers<unknown>();
  stage.bridge.script("send", () => promise);
  const client = await stage.client();
  const params = { user_id: 10002, message: "x" };
  for (let sent = 1; sent <= 64; sent++) {
    const answer = await client.call("send_private_msg_async", params);
    assertEquals([answer.status, answer.retcode, answer.data], [
      "async",
      1,
      null,
    ]);
    assertEquals(stage.bridge.ran.length, sent);
  }
  const full = await client.call("send_private_msg_async", params);
  assertEquals(full.retcode, RETCODES.overloaded);
  resolve({ seq: 1 });
  await stage.settle();
  const again = await client.call("send_private_msg_async", params);
  assertEquals(again.status, "async");
});

Deno.test("actions: _rate_limited is done one after the other, and again where it was not let through", async () => {
  const stage = scripted();
  const clock = stage.clock as FakeClock;
  let tries = 0;
  stage.bridge.script("send", () => {
    if (++tries === 2) {
      throw new CommandError("penalised", "pause", { retryAfterMs: 20_000 });
    }
    return { seq: tries };
  });
  const client = await stage.client();
  for (const text of ["a", "b", "c"]) {
    const params = { user_id: 10002, message: text };
    const answer = await client.call("send_private_msg_rate_limited", params);
    assertEquals(answer.status, "async");
  }
  const texts = () =>
    stage.bridge.ran.map(({ request }) =>
      (request.params as { text: string }).text
    ).join("");
  assertEquals(texts(), "a");
  await clock.advance(499);
  assertEquals(texts(), "a");
  await clock.advance(1);
  assertEquals(texts(), "ab");
  await clock.advance(20_000);
  assertEquals(texts(), "abb");
  await clock.advance(500);
  assertEquals(texts(), "abbc");
  // A later one begins anew.
  await clock.advance(10_000);
  await client.call("send_private_msg_rate_limited", {
    user_id: 10002,
    message: "d",
  });
  assertEquals(texts(), "abbcd");
  await clock.advance(1000);
  assertEquals(clock.pending, 0);
});

Deno.test("segments: text stands for them and the answer lists them, unless the address says strict", async () => {
  const stage = new Stage();
  stage.bridge.script("send", () => ({ seq: 3 }));
  const params = {
    user_id: 10002,
    message: "a[CQ:image,file=x][CQ:face,id=1]",
  };
  const body = JSON.stringify(params);
  const init = {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  };
  const path = "/onebot/v11/10001";
  const answers = async (query: string) => {
    const client = await stage.client(`${path}${query}`);
    return [
      await client.call("send_private_msg", params),
      (await stage.ask(`${path}/send_private_msg${query}`, init)).body,
    ];
  };
  for (const query of ["", "?segments=text"]) {
    for (const { data } of await answers(query)) {
      assertEquals(data, { message_id: 3, replaced: ["image", "face"] });
    }
  }
  for (const answer of await answers("?segments=strict")) {
    assertEquals([answer.retcode, answer.data], [10003, null]);
  }
  for (const segments of ["", "Strict"]) {
    const dialled = await stage.dial(`${path}?segments=${segments}`);
    assert(dialled instanceof Response);
    const query = `?segments=${segments}`;
    const asked = await stage.ask(`${path}/send_private_msg${query}`, init);
    assertEquals([dialled.status, asked.status], [400, 400]);
    await dialled.body?.cancel();
  }
});
