import { findRoute, queryOf } from "../../../bridge/onebot/route.ts";
import { assert, assertEquals } from "@std/assert";
import { type Frame, Stage } from "./stage.ts";

const ROUTES: [path: string, route: Frame][] = [
  ["/onebot/v11", { role: "universal" }],
  ["/onebot/v11/", { role: "universal" }],
  ["/onebot/v11/event/", { role: "event" }],
  ["/onebot/v11/10001/api", { account: "10001", role: "api" }],
  ["/onebot/v11/send_msg/", { action: "send_msg" }],
  ["/onebot/v11/10001/.handle_quick_operation", {
    account: "10001",
    action: ".handle_quick_operation",
  }],
  ["/onebot/v11/a/b", {}],
  ["/onebot/v11/toString", { action: "toString" }],
  ["/onebot/v110", undefined],
  ["/onebot", undefined],
  ["/ws", undefined],
];

for (const [path, route] of ROUTES) {
  Deno.test(`routes: ${path}`, { permissions: "none" }, () => {
    assertEquals(findRoute(path), route);
  });
}

Deno.test("queries: a client may append one to an address that has one", () => {
  const url = new URL("ws://h/onebot/v11?consumer=bot?access_token=t");
  assertEquals([...queryOf(url)], [["consumer", "bot"], ["access_token", "t"]]);
});

const REFUSED: [
  what: string,
  path: string,
  options: Parameters<Stage["dial"]>[1],
  status: number,
][] = [
  ["an empty token", "/onebot/v11?access_token=", { token: "" }, 401],
  [
    "a wrong token in the query",
    "/onebot/v11?access_token=x",
    { token: "" },
    403,
  ],
  ["a header that is none", "/onebot/v11?access_token=all", {
    token: "",
    headers: { authorization: "all" },
  }, 401],
  ["subprotocols", "/onebot/v11", { protocols: ["12.tqq", "tqq.v1"] }, 400],
  ["no account", "/onebot/v11/10009", {}, 404],
  ["an action", "/onebot/v11/send_msg", {}, 404],
  ["no path", "/onebot/v11/api/x", {}, 404],
  ["a since that is none", "/onebot/v11?since=x", {}, 400],
  ["a since below 0", "/onebot/v11?since=-1", {}, 400],
  ["a consumer that is none", "/onebot/v11?consumer=a/b", {}, 400],
];

for (const [what, path, options, status] of REFUSED) {
  Deno.test(`upgrade: ${what} is ${status}`, async () => {
    const stage = new Stage();
    const response = await stage.dial(path, options);
    assert(response instanceof Response);
    assertEquals(response.status, status);
    assertEquals((await response.json()).status, "failed");
    assertEquals(
      stage.slowed.length,
      options?.token === "wrong" || path.includes("=x") && status === 403
        ? 1
        : 0,
    );
  });
}

const LET_IN: [what: string, path: string, options: Frame, account: number][] =
  [
    ["a bearer", "/onebot/v11", {}, 10001],
    ["two queries", "/onebot/v11?consumer=bot?access_token=all", {
      token: "",
    }, 10001],
    ["the token's only account", "/onebot/v11", { token: "one" }, 10002],
    ["the one that X-Self-ID names", "/onebot/v11", {
      headers: { "x-self-id": "10002" },
    }, 10002],
    ["the one of the path", "/onebot/v11/10002", {
      headers: { "x-self-id": "10001" },
    }, 10002],
  ];

for (const [what, path, options, account] of LET_IN) {
  Deno.test(`upgrade: ${what}`, async () => {
    const client = await new Stage().client(path, options);
    assertEquals((await client.frames())[0].self_id, account);
  });
}

Deno.test("upgrade: where there is no account yet, come again", async () => {
  const response = await new Stage({ uins: [] }).dial("/onebot/v11");
  assert(response instanceof Response);
  assertEquals(response.status, 503);
  assertEquals(response.headers.get("retry-after"), "5");
});

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };
const FORM_TYPE = { "content-type": "application/x-www-form-urlencoded" };
const SEND = "/onebot/v11/send_private_msg";

const CALLS: [
  what: string,
  path: string,
  options: Parameters<Stage["ask"]>[1],
  status: number,
  retcode: number,
  sent?: { to: string; text: string },
][] = [
  ["GET", `${SEND}?user_id=10002&message=a%26amp%3Bb`, {}, 200, 0, {
    to: "10002",
    text: "a&b",
  }],
  [
    "GET with a switch",
    `${SEND}/?user_id=10002&message=a%26amp%3Bb&auto_escape=true`,
    {},
    200,
    0,
    { to: "10002", text: "a&amp;b" },
  ],
  [
    "a form",
    SEND,
    {
      method: "POST",
      headers: FORM_TYPE,
      body: "user_id=10002&message=a+b",
    },
    200,
    0,
    { to: "10002", text: "a b" },
  ],
  [
    "JSON",
    SEND,
    {
      method: "POST",
      headers: JSON_TYPE,
      body:
        '{"user_id":"10002","message":[{"type":"text","data":{"text":"你"}}]}',
    },
    200,
    0,
    { to: "10002", text: "你" },
  ],
  [
    "a body over its query",
    `${SEND}?user_id=1&message=q`,
    {
      method: "POST",
      headers: JSON_TYPE,
      body: '{"message":"b"}',
    },
    200,
    0,
    { to: "1", text: "b" },
  ],
  ["an account in the path", "/onebot/v11/10001/get_status", {}, 200, 0],
  ["POST without a body", "/onebot/v11/get_status", { method: "POST" }, 200, 0],
  [
    "a form with an object",
    "/onebot/v11/.handle_quick_operation",
    {
      method: "POST",
      headers: FORM_TYPE,
      body: new URLSearchParams({
        context: '{"post_type":"message","user_id":10002}',
        operation: '{"reply":"r"}',
      }).toString(),
    },
    200,
    0,
    { to: "10002", text: "r" },
  ],
  ["_async", `${SEND}_async?user_id=10002&message=x`, {}, 200, 1, {
    to: "10002",
    text: "x",
  }],
  ["what fails", `${SEND}?message=x`, {}, 200, 10003],
  ["an unknown action", "/onebot/v11/send_group_msg", {}, 404, 1404],
  ["no action", "/onebot/v11/a/b", {}, 404, 1404],
  ["no token", "/onebot/v11/get_status", { token: "" }, 401, 1403],
  ["a wrong token", "/onebot/v11/get_status", { token: "wrong" }, 403, 1403],
  ["PUT", "/onebot/v11/get_status", { method: "PUT" }, 405, 1400],
  ["no upgrade", "/onebot/v11/event", {}, 426, 1400],
  [
    "a body of another type",
    SEND,
    {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: "x",
    },
    406,
    1400,
  ],
];

/** Headers that some statuses must have. */
const HEADERS: Readonly<Record<number, [name: string, value: string][]>> = {
  401: [["www-authenticate", "Bearer"]],
  405: [["allow", "GET, POST"]],
  426: [["upgrade", "websocket"]],
};

for (const [what, path, options, status, retcode, sent] of CALLS) {
  Deno.test(`HTTP: ${what} is ${status}`, async () => {
    let refused = 0;
    const stage = new Stage({ authFailure: () => refused++ });
    stage.bridge.script("send", () => ({ seq: 1 }));
    const { body, headers, ...answer } = await stage.ask(path, options);
    assertEquals([answer.status, body.retcode], [status, retcode]);
    assertEquals(refused, status === 401 || status === 403 ? 1 : 0);
    assertEquals(headers.get("cache-control"), "no-store");
    for (const [name, value] of HEADERS[status] ?? []) {
      assertEquals(headers.get(name), value);
    }
    assertEquals(
      body.status,
      ["ok", "async"][retcode] ?? "failed",
    );
    assert(!("echo" in body));
    assertEquals(
      stage.bridge.ran.map(({ request }) => request.params),
      sent === undefined ? [] : [sent],
    );
    assertEquals(stage.failures, []);
  });
}

Deno.test("HTTP: a body that is refused before it is read is not left lying", async () => {
  const stage = new Stage();
  let isCancelled = false;
  const body = new ReadableStream({ cancel: () => void (isCancelled = true) });
  await stage.ask(SEND, { method: "POST", token: "wrong", body });
  assert(isCancelled);
});

Deno.test("an error that should not happen is logged and answered with 500", async () => {
  const stage = new Stage({
    authenticate: () => {
      throw new Error("a secret");
    },
  });
  const dialled = await stage.dial();
  assert(dialled instanceof Response);
  const asked = await stage.ask("/onebot/v11/get_status");
  for (
    const [status, body] of [
      [dialled.status, await dialled.json()],
      [asked.status, asked.body],
    ]
  ) {
    assertEquals([status, body.code], [500, "internal"]);
    assert(!JSON.stringify(body).includes("secret"));
  }
  assertEquals(stage.failures.length, 2);
});
