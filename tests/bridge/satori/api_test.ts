import { CommandError } from "../../../bridge/errors/command_error.ts";
import { METHODS } from "../../../bridge/satori/endpoint.ts";
import type { BridgeCommandName } from "../../../mod.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { grantOf } from "../../support/fake_bridge.ts";
import { SatoriStage } from "./stage.ts";
import { assertStandard } from "./standard.ts";

/** A stage on which every command goes well. */
function stageOf(): SatoriStage {
  const stage = new SatoriStage();
  const { bridge } = stage;
  bridge.script("send", async (_, { account, params }) => {
    const { to, text } = params as { to: string; text: string };
    const { seq } = await bridge.push(account, "message.sent", { to, text });
    return { seq };
  });
  bridge.script("history", (_, { account, params }) => {
    const { with: party, before, limit = 100 } = params as {
      with?: string;
      before?: number;
      limit?: number;
    };
    const { events, more } = bridge.journal.history({
      account: account!,
      limit,
      ...(party === undefined ? {} : { party }),
      ...(before === undefined ? {} : { before }),
    });
    return { events: events.map(({ frame }) => JSON.parse(frame)), more };
  });
  bridge.script("friends", () => ({ friends: ["10000", "10002", "10003"] }));
  bridge.script("onlineFriends", () => ({
    friends: [{ uin: "10002", nickname: "Alice", status: "online", face: 1 }],
  }));
  bridge.script(
    "search",
    () => ({ people: [{ uin: "10003", nickname: "n" }] }),
  );
  bridge.script("addFriend", () => ({ answer: "added" }));
  bridge.script("login", () => ({ state: "online" }));
  bridge.script("logout", () => ({ state: "offline" }));
  for (
    const command of ["answerRequest", "removeFriend", "setStatus"] as const
  ) {
    bridge.script(command, () => ({}));
  }
  return stage;
}

function lastRun(
  { bridge }: SatoriStage,
): [BridgeCommandName, unknown, unknown] {
  const { request } = bridge.ran.at(-1)!;
  return [request.command, request.account, request.params];
}

/** Each method: what is sent, what it must be by the standard, and what it is. */
const TABLE: readonly [string, object, string, unknown][] = [
  [
    "message.create",
    { channel_id: "private:10002", content: "a &lt; b" },
    "Message[]",
    [{
      id: "1",
      content: "a &lt; b",
      created_at: 1132790400000,
      channel: { id: "private:10002", type: 1 },
      user: { id: "10001" },
    }],
  ],
  ["login.get", {}, "Login", undefined],
  ["user.get", { user_id: "10002" }, "User", { id: "10002", name: "n10002" }],
  ["user.channel.create", { user_id: "10002", guild_id: null }, "Channel", {
    id: "private:10002",
    type: 1,
  }],
  ["channel.get", { channel_id: "private:10002" }, "Channel", {
    id: "private:10002",
    type: 1,
    name: "n10002",
  }],
  ["friend.list", {}, "FriendList", {
    data: [
      { user: { id: "10000", name: "n10000" }, nick: "n10000" },
      { user: { id: "10002", name: "Alice" }, nick: "Alice" },
      { user: { id: "10003", name: "n10003" }, nick: "n10003" },
    ],
  }],
  ["friend.delete", { user_id: "10002" }, "object", {}],
  ["friend.approve", { message_id: "10002:7", approve: true }, "object", {}],
  ["message.list", { channel_id: "private:10002" }, "MessageList", {
    data: [],
  }],
];

for (const [name, body, type, expected] of TABLE) {
  Deno.test(`satori: ${name} answers what the standard says`, async () => {
    const stage = stageOf();
    const { status, body: got } = await stage.call(name, body);
    assertEquals(status, 200, JSON.stringify(got));
    assertStandard(type, got);
    if (expected !== undefined) assertEquals(got, expected);
    assertEquals(stage.failures, []);
  });
}

Deno.test("satori: every method is in the table, and in a login's features", async () => {
  const stage = stageOf();
  const tested = [...TABLE.map(([name]) => name), "message.get"];
  assertEquals([...METHODS.keys()].sort(), tested.sort());
  const { body } = await stage.call("login.get");
  const { features } = body as { features: string[] };
  assertEquals([...features].sort(), [...METHODS.keys()].sort());
});

for (
  const [name, body, run] of [
    ["message.create", {
      channel_id: "private:10002",
      content: "a<br/>b &amp; c",
    }, ["history"]],
    ["friend.delete", { user_id: "10002" }, ["removeFriend", "10001", {
      uin: "10002",
    }]],
    ["friend.approve", { message_id: "10002:7", approve: true }, [
      "answerRequest",
      "10001",
      { uin: "10002", answer: "accept" },
    ]],
    [
      "friend.approve",
      { message_id: "10002:7", approve: false, comment: "no" },
      ["answerRequest", "10001", {
        uin: "10002",
        answer: "refuse",
        reason: "no",
      }],
    ],
    [
      "friend.approve",
      { message_id: "10002:7", approve: true, comment: null },
      ["answerRequest", "10001", { uin: "10002", answer: "accept" }],
    ],
    ["internal/addFriend", { uin: "10003", reason: "hi" }, [
      "addFriend",
      "10001",
      { uin: "10003", reason: "hi" },
    ]],
    ["internal/qq/10001/_api/addFriend", [{ uin: "10003" }], [
      "addFriend",
      "10001",
      { uin: "10003" },
    ]],
    ["internal/setStatus", { status: "busy" }, ["setStatus", "10001", {
      status: "busy",
    }]],
    ["internal/search", { age: 19, sex: "female", province: "云南省" }, [
      "search",
      "10001",
      { age: 19, sex: "female", province: "云南省" },
    ]],
    ["internal/profile", { uin: "10002", level: 3 }, ["profile", "10001", {
      uin: "10002",
      level: 3,
    }]],
    ["internal/onlineFriends", {}, ["onlineFriends", "10001", {}]],
    ["internal/qq/10001/_api/login", [], ["login", "10001", {}]],
    ["internal/logout", {}, ["logout", "10001", {}]],
  ] as const
) {
  Deno.test(`satori: ${name} with ${JSON.stringify(body)} does ${run[0]}`, async () => {
    const stage = stageOf();
    const answer = await stage.call(name, body);
    assertEquals(answer.status, 200, JSON.stringify(answer.body));
    assertEquals(lastRun(stage).slice(0, run.length), [...run]);
  });
}

Deno.test("satori: content goes out as text, each message of it for itself", async () => {
  const stage = stageOf();
  const { body } = await stage.call("message.create", {
    channel_id: "private:10002",
    content: "a &lt;<br/>b<message>c</message>",
  });
  assertEquals(
    stage.bridge.ran.filter(({ request }) => request.command === "send")
      .map(({ request }) => request.params),
    [{ to: "10002", text: "a <\nb" }, { to: "10002", text: "c" }],
  );
  assertEquals((body as { id: string }[]).map(({ id }) => id), ["1", "2"]);
});

Deno.test("satori: where the second of three messages fails, it is said that one went out", async () => {
  const stage = stageOf();
  let sent = 0;
  stage.bridge.script("send", async () => {
    if (++sent === 2) throw new CommandError("penalised", "Too often");
    return {
      seq: (await stage.bridge.push("10001", "message.sent", {
        to: "10002",
        text: "x",
      })).seq,
    };
  });
  const { status, body } = await stage.call("message.create", {
    channel_id: "private:10002",
    content: "a<message>b</message>c",
  });
  assertEquals(status, 502);
  assertEquals(body, {
    code: "outcome_unknown",
    message: "Too often (1 of 3 messages were sent)",
  });
  assertEquals(sent, 2);
});

Deno.test("satori: a token that may only send gets what it sent", async () => {
  const stage = stageOf();
  const { status, body } = await stage.call("message.create", {
    channel_id: "private:10002",
    content: "hi",
  }, { token: "sender" });
  assertEquals(status, 200);
  assertStandard("Message[]", body);
  assertEquals((body as { id: string }[])[0]?.id, "1");
});

Deno.test("satori: a token that may not read gets no state and no names", async () => {
  const stage = stageOf();
  await stage.call("channel.get", { channel_id: "private:10002" });
  const token = "sender";
  assertEquals((await stage.call("login.get", {}, { token })).status, 403);
  const channel = { id: "private:10002", type: 1 };
  for (
    const [name, params] of [
      ["user.channel.create", { user_id: "10002" }],
      ["channel.get", { channel_id: "private:10002" }],
    ] as const
  ) {
    assertEquals((await stage.call(name, params, { token })).body, channel);
    assertEquals((await stage.call(name, params)).body, {
      ...channel,
      name: "n10002",
    });
  }
});

Deno.test("satori: each method but those that name a channel needs a scope", async () => {
  const stage = stageOf();
  await stage.bridge.push();
  stage.grants["bare"] = grantOf({ name: "bare", scopes: [] });
  const params = new Map<string, object>([
    ...TABLE.map(([name, body]) => [name, body] as const),
    ["message.get", { channel_id: "private:10002", message_id: "1" }],
  ]);
  for (const name of METHODS.keys()) {
    const { status } = await stage.call(name, params.get(name), {
      token: "bare",
    });
    const isFree = name === "channel.get" || name === "user.channel.create";
    assertEquals(status, isFree ? 200 : 403, name);
  }
});

Deno.test("satori: message.get returns a message of its channel by the id of its event", async () => {
  const stage = stageOf();
  const { bridge } = stage;
  await bridge.push("10001", "message", { from: "10002", text: "a<b" });
  await bridge.push("10001", "presence", { from: "10002", status: "busy" });
  const get = (message_id: string, channel_id = "private:10002") =>
    stage.call("message.get", { channel_id, message_id });
  const { status, body } = await get("1");
  assertEquals(status, 200);
  assertStandard("Message", body);
  assertEquals(body, {
    id: "1",
    content: "a&lt;b",
    created_at: 1132790400000,
    channel: { id: "private:10002", type: 1 },
    user: { id: "10002" },
  });
  for (
    const [id, channel] of [
      ["2", "private:10002"],
      ["3", "private:10002"],
      ["0", "private:10002"],
      ["1", "private:10003"],
      ["x", "private:10002"],
    ] as const
  ) {
    assertEquals((await get(id, channel)).status, 400, id);
  }
});

/** 250 messages of 10002, presence between them, and others' messages. */
async function conversation(): Promise<SatoriStage> {
  const stage = stageOf();
  for (let count = 0; count < 250; count++) {
    await stage.bridge.push("10001", "presence", {
      from: "10002",
      status: "busy",
    });
    await stage.bridge.push("10001", "message", { from: "10003", text: "x" });
    if (count % 2 === 0) {
      await stage.bridge.push("10001", "message", {
        from: "10002",
        text: `${count}`,
      });
    } else {
      await stage.bridge.push("10001", "message.sent", {
        to: "10002",
        text: `${count}`,
      });
    }
  }
  return stage;
}

interface List {
  data: { id: string; content: string }[];
  prev?: string;
  next?: string;
}

async function list(stage: SatoriStage, params: object): Promise<List> {
  const { status, body } = await stage.call("message.list", {
    channel_id: "private:10002",
    ...params,
  });
  assertEquals(status, 200, JSON.stringify(body));
  assertStandard("MessageList", body);
  return body as List;
}

const CONTENTS = Array.from({ length: 250 }, (_, index) => `${index}`);

Deno.test("satori: message.list goes back page by page, to the first", async () => {
  const stage = await conversation();
  let got: string[] = [];
  let next: string | undefined;
  let pages = 0;
  do {
    const page = await list(stage, {
      limit: 100,
      ...(next === undefined ? {} : { next }),
    });
    assertEquals(page.prev, page.next);
    got = [...page.data.map(({ content }) => content), ...got];
    next = page.next;
    assert(++pages < 10);
  } while (next !== undefined);
  assertEquals(got, CONTENTS);
});

Deno.test("satori: message.list goes on page by page, to the last", async () => {
  const stage = await conversation();
  const got: string[] = [];
  let next: string | undefined = "1";
  let pages = 0;
  do {
    const page: List = await list(stage, {
      next,
      direction: "after",
      limit: 60,
    });
    got.push(...page.data.map(({ content }) => content));
    next = page.next;
    assert(++pages < 20);
  } while (next !== undefined);
  assertEquals(got, CONTENTS);
});

Deno.test("satori: message.list returns what is around a message, in either order", async () => {
  const stage = await conversation();
  const around = await list(stage, {
    next: "300",
    direction: "around",
    limit: 4,
  });
  assertEquals(around.data.map(({ id }) => id), ["297", "300", "303", "306"]);
  assertEquals([around.prev, around.next], ["297", "306"]);
  const desc = await list(stage, {
    next: "300",
    direction: "around",
    limit: 4,
    order: "desc",
  });
  assertEquals(desc.data.map(({ id }) => id), ["306", "303", "300", "297"]);
});

Deno.test("satori: message.list gives 50 unless said, 100 at most", async () => {
  const stage = await conversation();
  assertEquals((await list(stage, {})).data.length, 50);
  assertEquals((await list(stage, { limit: 5000 })).data.length, 100);
});

Deno.test("satori: message.list of a channel with nothing but presence ends", async () => {
  const stage = stageOf();
  for (let count = 0; count < 1500; count++) {
    await stage.bridge.push("10001", "presence", {
      from: "10002",
      status: "busy",
    });
  }
  const page = await list(stage, {});
  assertEquals(page.data, []);
  assertEquals(page.next, "501");
  assertEquals(await list(stage, { next: page.next }), { data: [] });
});

for (
  const [name, body, status, rule] of [
    [
      "message.create",
      { channel_id: "private:10002" },
      400,
      /content must be a text/,
    ],
    [
      "message.create",
      { channel_id: "private:10002", content: "" },
      400,
      /content must make texts/,
    ],
    [
      "message.create",
      { channel_id: "private:10002", content: "<quote>x</quote>" },
      400,
      /content must make texts/,
    ],
    [
      "message.create",
      { channel_id: "10002", content: "x" },
      400,
      /channel_id must be private:/,
    ],
    [
      "message.create",
      { channel_id: "private:1; DROP", content: "x" },
      400,
      /channel_id must be/,
    ],
    ["message.create", [], 400, /the body/],
    ["message.create", "", 400, /channel_id/],
    ["user.get", { user_id: 10002 }, 400, /user_id must be a QQ number/],
    ["user.get", { user_id: "abc" }, 400, /user_id must be a QQ number/],
    [
      "friend.approve",
      { message_id: "7", approve: true },
      400,
      /message_id must be/,
    ],
    [
      "friend.approve",
      { message_id: "10002:7" },
      400,
      /approve must be true or false/,
    ],
    [
      "friend.approve",
      { message_id: "10002:7", approve: true, comment: "x".repeat(257) },
      400,
      /comment/,
    ],
    [
      "message.list",
      { channel_id: "private:10002", direction: "after" },
      400,
      /direction must be before/,
    ],
    ["message.list", { channel_id: "private:10002", limit: 0 }, 400, /limit/],
    [
      "message.list",
      { channel_id: "private:10002", order: "up" },
      400,
      /order/,
    ],
    ["internal/setStatus", { status: "asleep" }, 400, /status must be one of/],
    ["internal/raw", { cmd: "List" }, 404, /no such method/],
    ["internal/qq/10001/_tmp/login", {}, 404, /no such method/],
    ["guild.list", {}, 404, /no such method/],
    ["guild.get", { guild_id: "1" }, 404, /no such method/],
    ["guild.member.list", { guild_id: "1" }, 404, /no such method/],
    ["channel.list", { guild_id: "1" }, 404, /no such method/],
    ["channel.create", {}, 404, /no such method/],
    ["message.delete", {}, 404, /no such method/],
    ["message.update", {}, 404, /no such method/],
    ["reaction.create", {}, 404, /no such method/],
    ["upload.create", {}, 404, /no such method/],
    ["meta/webhook.create", {}, 404, /no such method/],
    ["proxy/http://a.example/", {}, 404, /no such method/],
    ["__proto__", {}, 404, /no such method/],
    ["", {}, 404, /no such method/],
  ] as const
) {
  const shown = JSON.stringify(body).slice(0, 60);
  Deno.test(`satori: ${name} with ${shown} is answered ${status}: ${rule.source}`, async () => {
    const stage = stageOf();
    const answer = await stage.call(name, body);
    assertEquals(answer.status, status);
    assertMatch((answer.body as { message: string }).message, rule);
    assertEquals(stage.bridge.ran, []);
    assertEquals(stage.failures, []);
  });
}

for (
  const [name, options, status] of [
    ["an undefined token", { token: "undefined" }, 403],
    ["an account that is none", { account: "99999" }, 403],
    ["another platform", { headers: { "satori-platform": "discord" } }, 403],
    ["no account, of several", { account: null }, 400],
    ["no account, where there is one", { account: null, token: "one" }, 200],
    ["the older headers", {
      account: null,
      headers: { "x-platform": "qq", "x-self-id": "10002" },
    }, 200],
    ["another platform in the older header", {
      account: null,
      headers: { "x-platform": "discord", "x-self-id": "10002" },
    }, 403],
    ["GET", { method: "GET" }, 405],
    ["a form", {
      headers: { "content-type": "application/x-www-form-urlencoded" },
    }, 400],
  ] as const
) {
  Deno.test(`satori: a call with ${name} is answered ${status}`, async () => {
    const stage = stageOf();
    const answer = await stage.call("friend.list", {}, options);
    assertEquals(answer.status, status, JSON.stringify(answer.body));
    if (status === 405) assertEquals(answer.headers.get("allow"), "POST");
    assertEquals(answer.headers.get("cache-control"), "no-store");
  });
}

for (
  const [code, status] of [
    ["not_logged_in", 502],
    ["penalised", 429],
    ["overloaded", 429],
    ["outcome_unknown", 502],
    ["timeout", 502],
    ["rejected", 502],
    ["internal", 500],
  ] as const
) {
  Deno.test(`satori: a command that ends as ${code} is answered ${status}`, async () => {
    const stage = stageOf();
    stage.bridge.script("send", () => {
      throw new CommandError(code, "Cannot: so it is", { retryAfterMs: 1500 });
    });
    const answer = await stage.call("message.create", {
      channel_id: "private:10002",
      content: "x",
    });
    assertEquals(answer.status, status);
    assertEquals(answer.body, {
      code,
      message: "Cannot: so it is",
      retry_after_ms: 1500,
    });
    assertEquals(answer.headers.get("retry-after"), "2");
  });
}

Deno.test("satori: of bot.internal the path names the account, whatever the headers say", async () => {
  const stage = stageOf();
  assertEquals(
    (await stage.call("internal/qq/10002/_api/login", [])).status,
    200,
  );
  assertEquals(lastRun(stage)[1], "10002");
  const other = await stage.call("internal/discord/10001/_api/login", []);
  assertEquals(other.status, 403);
});

Deno.test("satori: who is online cannot be asked, and the friend list is whole all the same", async () => {
  const stage = stageOf();
  stage.bridge.script("onlineFriends", () => {
    throw new CommandError("timeout", "Cannot: so it is");
  });
  const { status, body } = await stage.call("friend.list");
  assertEquals(status, 200);
  assertEquals((body as { data: unknown[] }).data.length, 3);
});

Deno.test("satori: meta needs a token that reads, and no account", async () => {
  const stage = stageOf();
  const { status, body } = await stage.call("meta", {}, { account: null });
  assertEquals(status, 200);
  assertStandard("Meta", body);
  assertEquals((body as { logins: unknown[] }).logins.length, 2);
  const denied = await stage.call("meta", {}, {
    account: null,
    token: "sender",
  });
  assertEquals(denied.status, 403);
});

Deno.test("satori: text stands for elements and the message lists them, unless the address says strict", async () => {
  const stage = stageOf();
  const body = { channel_id: "private:10002", content: "a<img src='x'/>" };
  const create = (query: string) => stage.call(`message.create${query}`, body);
  for (const query of ["", "?segments=text"]) {
    const { body } = await create(query);
    const [message] = body as { content: string; replaced: string[] }[];
    assertEquals([message!.content, message!.replaced], ["a[图片]", ["img"]]);
  }
  for (
    const [query, rule] of [
      ["?segments=strict", /QQ HTTP cannot send <img>/],
      ["?segments=", /segments must be text or strict/],
    ] as const
  ) {
    const { status, body } = await create(query);
    assertEquals(status, 400);
    assertMatch((body as { message: string }).message, rule);
  }
});
