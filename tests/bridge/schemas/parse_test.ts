import {
  COMMAND_EXAMPLES,
  EXAMPLE_NAMES,
} from "../../support/command_examples.ts";
import { COMMANDS, parseParams } from "../../../bridge/commands/table.ts";
import type { clientFrames } from "../../../bridge/schemas/client_frames.ts";
import type { serverFrames } from "../../../bridge/schemas/server_frames.ts";
import {
  parseFrame,
  parseSubscription,
} from "../../../bridge/schemas/parse.ts";
import { CommandError } from "../../../bridge/errors/command_error.ts";
import type * as z from "../../../bridge/deps_zod.ts";
import {
  type BridgeCommandName,
  type BridgeCommands,
  type ClientFrame,
  COMMAND_SCOPES,
  DEFAULT_LIMITS,
  type ServerFrame,
} from "../../../mod.ts";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends
  (<T>() => T extends B ? 1 : 2) ? true : false;
type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : false : false;
type Simple<T> = { [K in keyof T]: T[K] };
type ParamsOf = {
  [N in BridgeCommandName]: z.infer<typeof COMMANDS[N]["params"]>;
};
type Declared = { [N in BridgeCommandName]: BridgeCommands[N]["params"] };
type Checked = {
  [N in BridgeCommandName]: Equal<Simple<ParamsOf[N]>, Simple<Declared[N]>>;
};
type FrameOf<N extends ClientFrame["type"]> = Simple<
  Extract<ClientFrame, { type: N }>
>;
type CheckedFrames = {
  [N in ClientFrame["type"]]: Equal<
    Simple<z.infer<typeof clientFrames[N]>>,
    FrameOf<N>
  >;
};

Deno.test("each command's schema gives the type that BridgeCommands declares", () => {
  const same: { [N in BridgeCommandName]: true } = {} as Checked;
  assert(same);
  assertEquals(
    Object.keys(COMMANDS).sort(),
    Object.keys(COMMAND_SCOPES).sort(),
  );
});

type CheckedData = {
  [N in BridgeCommandName]: Same<
    z.infer<typeof COMMANDS[N]["data"]>,
    BridgeCommands[N]["data"]
  >;
};
type CheckedServerFrames = {
  [N in ServerFrame["type"]]: Same<
    z.infer<typeof serverFrames[N]>,
    Extract<ServerFrame, { type: N }>
  >;
};

Deno.test("each result's schema gives the type that BridgeCommands declares", () => {
  const same: { [N in BridgeCommandName]: true } = {} as CheckedData;
  assert(same);
});

Deno.test("each server frame's schema gives the type that ServerFrame declares", () => {
  const same: { [N in ServerFrame["type"]]: true } = {} as CheckedServerFrames;
  assert(same);
});

Deno.test("each client frame's schema gives the type that ClientFrame declares", () => {
  const same: { [N in ClientFrame["type"]]: true } = {} as CheckedFrames;
  assert(same);
});

const LIMITS = { jsonDepth: 32 };

const GOOD_FRAMES: [string, ClientFrame][] = [
  ['{"type":"hello","token":"secret"}', { type: "hello", token: "secret" }],
  ['{"type":"ack","seq":0}', { type: "ack", seq: 0 }],
  [
    '{"type":"subscribe","id":2,"accounts":["10001"],"events":["friend","message.sent"],"after":{"epoch":"k3f9","seq":4100}}',
    {
      type: "subscribe",
      id: 2,
      accounts: ["10001"],
      events: ["friend", "message.sent"],
      after: { epoch: "k3f9", seq: 4100 },
    },
  ],
  [
    '{"type":"command","id":"a1","account":"10001","command":"send","params":{"to":"10002","text":"hi"},"key":"k","later":1}',
    {
      type: "command",
      id: "a1",
      account: "10001",
      command: "send",
      params: { to: "10002", text: "hi" },
      key: "k",
    },
  ],
  [
    '{"type":"command","id":1,"id":2,"command":"ping","command":"friends"}',
    { type: "command", id: 2, command: "friends" },
  ],
  [
    '{"type":"command","id":1,"command":"ping","__proto__":{"key":"stolen"},"constructor":1}',
    { type: "command", id: 1, command: "ping" },
  ],
];

for (const [text, frame] of GOOD_FRAMES) {
  Deno.test(`parseFrame reads ${text}`, () => {
    assertEquals(parseFrame(text, LIMITS), { frame });
  });
}

const BAD_FRAMES: [string, string | number | null, string][] = [
  ["", null, "it must be a JSON object, got 0 characters that are not JSON"],
  [
    '{"type":"hello","token":"secret"',
    null,
    "it must be a JSON object, got 32 characters that are not JSON",
  ],
  ["[]", null, "it must be a JSON object, got a list of 0"],
  ["null", null, "it must be a JSON object, got null"],
  ['"hello"', null, "it must be a JSON object, got a string that is not shown"],
  [
    '{"id":7}',
    7,
    "type must be one of hello, subscribe, ack, command, got nothing",
  ],
  [
    '{"id":"x","type":"toString"}',
    "x",
    'type must be one of hello, subscribe, ack, command, got "toString"',
  ],
  [
    '{"id":"x","type":"__proto__"}',
    "x",
    'type must be one of hello, subscribe, ack, command, got "__proto__"',
  ],
  [
    '{"type":"command","command":"ping"}',
    null,
    "id must be a text or a number up to 2^53 - 1, got nothing",
  ],
  [
    '{"type":"command","id":12345678901234567890,"command":"ping"}',
    null,
    "id must be a text or a number up to 2^53 - 1, got 12345678901234567000",
  ],
  [
    '{"type":"command","id":{},"command":"ping"}',
    null,
    "id must be a text or a number up to 2^53 - 1, got an object",
  ],
  [
    '{"type":"command","id":1}',
    1,
    "command must be a text of 1 to 64 characters, got nothing",
  ],
  [
    '{"type":"command","id":1,"command":"send","account":10001}',
    1,
    "account must be a QQ number of 1 to 20 digits as a text, got 10001",
  ],
  [
    '{"type":"command","id":1,"command":"send","params":[1]}',
    1,
    "params must be an object, got a list of 1",
  ],
  [
    `{"type":"command","id":1,"command":"send","key":"${"k".repeat(129)}"}`,
    1,
    "key must be a text of 1 to 128 characters, got 129 characters",
  ],
  [
    '{"type":"subscribe","id":1,"events":["messages"]}',
    1,
    `events.0 must be an event's name or what stands before its dot, got "messages"`,
  ],
  [
    '{"type":"subscribe","id":1,"accounts":[]}',
    1,
    "accounts must be a list of 1 to 5000 QQ numbers, got a list of 0",
  ],
  [
    '{"type":"subscribe","id":1,"after":{"epoch":"k","seq":-1}}',
    1,
    "after.seq must be a whole number of at least 0, got -1",
  ],
  [
    '{"type":"subscribe","id":1,"after":5}',
    1,
    "after must be a position: epoch and seq, got 5",
  ],
  [
    '{"type":"ack","seq":1.5}',
    null,
    "seq must be a whole number of at least 0, got 1.5",
  ],
  [
    '{"type":"hello","token":["secret"]}',
    null,
    "token must be a text of 1 to 512 characters, got a list of 1",
  ],
];

for (const [text, id, rule] of BAD_FRAMES) {
  Deno.test(`parseFrame refuses ${text.slice(0, 80)}`, () => {
    assertEquals(parseFrame(text, LIMITS), {
      id,
      error: {
        code: "bad_frame",
        message: `Cannot read the frame: ${rule}`,
        retriable: false,
      },
    });
  });
}

Deno.test("parseFrame counts depth before it parses, and not inside texts", () => {
  const nested = (levels: number) =>
    `{"type":"command","id":1,"command":"ping","params":{"a":${
      "[".repeat(levels - 2)
    }${"]".repeat(levels - 2)}}}`;
  assert("frame" in parseFrame(nested(32), LIMITS));
  const deep = parseFrame(nested(33), LIMITS);
  assert("error" in deep);
  assertEquals(
    deep.error.message,
    "Cannot read the frame: it must not nest deeper than 32",
  );
  const quoted = JSON.stringify({
    type: "command",
    id: 1,
    command: "ping",
    params: { a: `\\"${"[".repeat(100)}`, b: "{".repeat(100) },
  });
  assert("frame" in parseFrame(quoted, LIMITS));
  assert("error" in parseFrame("[".repeat(65_536), LIMITS));
});

Deno.test("parseFrame leaves the prototypes of objects alone", () => {
  const parsed = parseFrame(
    '{"type":"command","id":1,"command":"send","params":{"__proto__":{"admin":true},"to":"1"}}',
    LIMITS,
  );
  assert("frame" in parsed && parsed.frame.type === "command");
  assertEquals(parsed.frame.params?.admin, undefined);
  assertEquals((({}) as Record<string, unknown>).admin, undefined);
});

const GOOD_PARAMS = EXAMPLE_NAMES.flatMap((name) =>
  COMMAND_EXAMPLES[name].valid.map((params): [BridgeCommandName, unknown] => [
    name,
    params,
  ])
);

Deno.test("parseParams: every command is tried", () => {
  assertEquals(
    [...new Set(GOOD_PARAMS.map(([command]) => command))].sort(),
    (Object.keys(COMMAND_SCOPES) as BridgeCommandName[]).sort(),
  );
});

for (const [command, params] of GOOD_PARAMS) {
  Deno.test(`parseParams takes ${command} ${JSON.stringify(params)?.slice(0, 60)}`, () => {
    assertEquals(parseParams(command, params), {
      command,
      params: (params ?? {}) as object,
    });
  });
}

const BAD_PARAMS: [string, unknown, string][] = [
  ["send", undefined, "to must be a QQ number of 1 to 20 digits as a text"],
  ["send", null, "params must be an object, got null"],
  ["send", [], "params must be an object, got a list of 0"],
  ["send", { to: 10002, text: "hi" }, "as a text, got 10002"],
  ["send", { to: "1".repeat(21), text: "hi" }, "1 to 20 digits"],
  ["send", { to: "1", text: "" }, "text must be a text of 1 to 4000"],
  [
    "send",
    { to: "1", text: "x".repeat(4001) },
    "text must be a text of 1 to 4000 characters, got 4001 characters",
  ],
  [
    "send",
    { to: "1", text: "x", txt: "y" },
    'Cannot do send: params must have no field "txt"',
  ],
  ["ping", { at: 1 }, 'params must have no field "at"'],
  [
    "ping",
    JSON.parse('{"__proto__":1}'),
    'params must have no field "__proto__"',
  ],
  [
    "profile",
    { uin: "1", level: 4 },
    "level must be a whole number from 0 to 3",
  ],
  ["setStatus", { status: "away" }, 'online, offline, busy, invisible, got "a'],
  ["history", { limit: 101 }, "limit must be a whole number from 1 to 100"],
  ["raw", { cmd: "A&B" }, "cmd must be a CMD of 1 to 32 letters"],
  ["raw", { cmd: "A", fields: { "U=N": "1" } }, "fields.U=N must be"],
  [
    "raw",
    {
      cmd: "A",
      fields: Object.fromEntries(
        Array.from({ length: 65 }, (_, index) => [`F${index}`, ""]),
      ),
    },
    "fields must be an object of at most 64 fields",
  ],
  ["createToken", { name: "a b" }, "name must be a name of 1 to 64 letters"],
];

for (const [command, params, rule] of BAD_PARAMS) {
  Deno.test(`parseParams refuses ${command} ${JSON.stringify(params)?.slice(0, 60)}`, () => {
    const error = assertThrows(
      () => parseParams(command, params),
      CommandError,
      rule,
    );
    assertEquals(error.code, "bad_params");
  });
}

Deno.test("parseParams never repeats a password", () => {
  const error = assertThrows(
    () => parseParams("addAccount", { uin: "1", password: 123456789 }),
    CommandError,
    "password must be",
  );
  assert(!error.message.includes("123456789"));
});

for (const command of ["sned", "toString", "__proto__", ""]) {
  Deno.test(`parseParams knows no command ${command}`, () => {
    const error = assertThrows(
      () => parseParams(command, {}),
      CommandError,
      "the commands are send, ",
    );
    assertEquals(error.code, "unknown_command");
  });
}

Deno.test("parseSubscription reads a whole query", () => {
  assertEquals(
    parseSubscription({
      accounts: "10001,10002,10001",
      events: "message,account.state,friend",
      after: "k3f9:4100",
      consumer: "bot.1",
    }),
    {
      accounts: ["10001", "10002", "10001"],
      events: ["message", "account.state", "friend"],
      after: { epoch: "k3f9", seq: 4100 },
      consumer: "bot.1",
    },
  );
  assertEquals(parseSubscription({}), {});
});

const BAD_QUERIES: [Parameters<typeof parseSubscription>[0], string][] = [
  [{ accounts: "" }, "accounts must be a QQ number of 1 to 20 digits as a t"],
  [{ accounts: "10001,x" }, 'got "x"'],
  [{ events: "" }, "events must be an event's name"],
  [{ events: "mess" }, "events must be an event's name"],
  [{ events: "message." }, "account.state, account.removed, unknown), got"],
  [{ after: "4100" }, "after must be <epoch>:<seq>"],
  [{ after: ":1" }, "after must be <epoch>:<seq>"],
  [{ after: "k3f9:" }, "after must be <epoch>:<seq>"],
  [{ after: "k3f9:1e3" }, "after must be <epoch>:<seq>"],
  [{ after: "k3f9:99999999999999999999" }, "after must be <epoch>:<seq>"],
  [{ consumer: "" }, "consumer must be a name of 1 to 64"],
  [{ consumer: "a/b" }, 'got "a/b"'],
  [{ account: "10001" }, "account is no parameter; accounts is"],
  [{ event: "message" }, "event is no parameter; events is"],
];

for (const [query, rule] of BAD_QUERIES) {
  Deno.test(`parseSubscription refuses ${JSON.stringify(query)}`, () => {
    const error = assertThrows(
      () => parseSubscription(query),
      CommandError,
      rule,
    );
    assertEquals(error.code, "bad_params");
  });
}

Deno.test("errors: do not repeat what may be a token in the wrong field", () => {
  const token = "Jq0vXo9d1T5l2u8bK3wQ7yZcM4nHfPsRgEiAaVtUxY0";
  const short = token.slice(0, 20);
  const messageOf = (text: string): string => {
    const parsed = parseFrame(text, DEFAULT_LIMITS);
    return "error" in parsed ? parsed.error.message : "";
  };
  for (
    const value of [token, short, `Bearer ${token}`, short.replace("v", ".")]
  ) {
    const messages = [
      messageOf(JSON.stringify({ type: value })),
      messageOf(
        JSON.stringify({ type: "subscribe", id: 1, accounts: [value] }),
      ),
      messageOf(JSON.stringify({ type: "subscribe", id: 1, events: [value] })),
      ...["accounts", "events", "after", "consumer"].map((name) =>
        assertThrows(() => parseSubscription({ [name]: `${value}/` }), Error)
          .message
      ),
      assertThrows(() => parseParams(value, {}), Error).message,
      assertThrows(() => parseParams("send", { to: value, text: "x" }), Error)
        .message,
      assertThrows(
        () => parseParams("send", { to: "1", text: "", [value]: 1 }),
        Error,
      )
        .message,
    ];
    for (const message of messages) {
      assert(message !== "" && !message.includes(value.slice(-20)), message);
    }
  }
  assertMatch(messageOf(`{"type":"nineteen_characters"}`), /nineteen/);
});
