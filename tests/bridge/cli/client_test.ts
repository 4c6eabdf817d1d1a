import { accounts } from "../../../bridge/cli/clients/accounts.ts";
import { EXIT, exitCodeOf, type Screen } from "../../../bridge/cli/client.ts";
import { friends } from "../../../bridge/cli/clients/friends.ts";
import { send } from "../../../bridge/cli/clients/send.ts";
import { tail } from "../../../bridge/cli/clients/tail.ts";
import type { Terminal } from "../../../bridge/cli/terminal.ts";
import type { Asked } from "../../../bridge/config/config.ts";
import {
  BridgeError,
  type BridgeErrorCode,
  type BridgeStatus,
  ERROR_CODES,
  type EventFrame,
  type GapFrame,
} from "../../../mod.ts";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Program, serveArgs } from "../../support/program.ts";
import {
  SCRIPTED_TOKEN,
  ScriptedBridge,
  type ScriptedBridgeOptions,
} from "../../support/scripted_bridge.ts";

type Run = (
  args: readonly string[],
  terminal: Terminal,
  screen: Screen,
) => Promise<number | Asked>;

interface Given {
  args: string[];
  env?: Record<string, string>;
  files?: Record<string, string>;
  colour?: boolean;
  progress?: boolean;
  stdin?: string[];
  typed?: boolean;
  /** Lines that standard output takes before its reader goes away. */
  room?: number;
  /** Called with the way to interrupt. */
  interrupted?: (interrupt: () => void) => void;
}

/** Runs a sub-command, and gives what it wrote and its exit code. */
async function run(
  command: Run,
  bridge: ScriptedBridge,
  given: Given,
): Promise<{ code: number | Asked; out: string[]; err: string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  let written = "";
  const terminal: Terminal = {
    out(line) {
      if (out.length === given.room) throw new Deno.errors.BrokenPipe("pipe");
      out.push(line);
    },
    err: (line) => err.push(line),
    askSecret: () => undefined,
    readLines: () => Promise.resolve([]),
    sources: (args) => ({
      args,
      env: (name) => env[name],
      readFile(path) {
        const text = given.files?.[path];
        if (text === undefined) throw new Deno.errors.NotFound(path);
        return text;
      },
    }),
  };
  const env: Record<string, string> = given.env ??
    { TQQ_TOKEN: SCRIPTED_TOKEN, TQQ_URL: bridge.url };
  const screen: Screen = {
    colour: given.colour ?? false,
    progress: given.progress ?? false,
    typed: given.typed ?? false,
    write: (text) => written += text,
    async *lines() {
      yield* given.stdin ?? [];
      await Promise.resolve();
    },
    onEnd(callback) {
      given.interrupted?.(callback);
      return () => {};
    },
  };
  const code = await command(given.args, terminal, screen);
  if (!given.progress) assertEquals(written, "");
  return { code, out, err };
}

function event<N extends EventFrame["event"]>(
  seq: number,
  name: N,
  data: Extract<EventFrame, { event: N }>["data"],
): EventFrame {
  return {
    type: "event",
    seq,
    at: "2026-11-23T19:20:00.123Z",
    account: "10001",
    event: name,
    data,
  } as EventFrame;
}

const MISSING: GapFrame = {
  type: "gap",
  epoch: "k3f9",
  from: 4101,
  to: 4150,
  reason: "trimmed",
};

const LINES: [frame: EventFrame | GapFrame, line: string][] = [
  [
    event(4183, "message", { from: "10002", text: "你好" }),
    "10001 <- 10002: 你好",
  ],
  [
    event(4184, "message", { from: "10002", text: "a\r\nb\x1b[2J" }),
    "10001 <- 10002: a / b\u{fffd}[2J",
  ],
  [
    event(4185, "message.stranger", { from: "10009", text: "psst" }),
    "10001 <- 10009 (a stranger): psst",
  ],
  [
    event(4186, "message.sent", { to: "10002", text: "hi" }),
    "10001 -> 10002: hi",
  ],
  [
    event(4187, "presence", { from: "10002", status: "busy" }),
    "10001    10002 is busy",
  ],
  [
    event(4188, "friend.request", { from: "10009", text: "me" }),
    "10001    10009 asks to be a friend: me",
  ],
  [
    event(4189, "friend.added", { from: "10009", text: "" }),
    "10001    10009 has added the account",
  ],
  [
    event(4190, "account.state", {
      state: "refused",
      since: "2026-11-23T19:20:00.123Z",
      reason: "wrong password",
      action: "Set it",
    }),
    "10001    is refused (wrong password). Set it",
  ],
  [
    event(4191, "unknown", { code: 7, from: "10009", text: "x" }),
    '10001    unknown: {"code":7,"from":"10009","text":"x"}',
  ],
];

Deno.test("tail: events as lines for people, one each, nothing that steers a terminal", async () => {
  const frames = LINES.map(([frame]) => frame);
  await using bridge = new ScriptedBridge({ events: frames });
  const args = ["--count", String(frames.length)];
  const { code, out, err } = await run(tail, bridge, { args });
  assertEquals(code, EXIT.done);
  assertEquals(
    out.map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}/, "")),
    LINES.map(([, line]) => line),
  );
  assertEquals(err, []);
});

Deno.test("tail: JSON lines are the frames with their position", async () => {
  const frame = event(4183, "message", { from: "10002", text: "a\nb" });
  await using bridge = new ScriptedBridge({ events: [MISSING, frame] });
  const { code, out } = await run(tail, bridge, {
    args: ["--json", "--count=2", "--after=k3f9:4100"],
    colour: true,
  });
  assertEquals(code, EXIT.done);
  assertEquals(out.map((line) => JSON.parse(line)), [
    { ...MISSING, position: "k3f9:4150" },
    { ...frame, position: "k3f9:4183" },
  ]);
});

Deno.test("tail: what is subscribed to is asked for, and a consumer acknowledges what was shown", async () => {
  const frame = event(4183, "message", { from: "10002", text: "hi" });
  await using bridge = new ScriptedBridge({ events: [frame] });
  const { code } = await run(tail, bridge, {
    args: [
      "--accounts=10001,10002",
      "--events=message,friend.request",
      "--consumer=logger",
      "--count=1",
    ],
  });
  assertEquals(code, EXIT.done);
  const query = new URLSearchParams(bridge.queries[0]);
  assertEquals(query.get("accounts"), "10001,10002");
  assertEquals(query.get("events"), "message,friend.request");
  assertEquals(query.get("consumer"), "logger");
  assertEquals(bridge.acked, 4183);
});

Deno.test("tail: ends well where nobody reads on, and what was not shown is not acknowledged", async () => {
  const frames = [1, 2, 3].map((nth) =>
    event(4182 + nth, "message", { from: "10002", text: String(nth) })
  );
  await using bridge = new ScriptedBridge({ events: frames });
  const args = ["--consumer=logger"];
  const { code, out } = await run(tail, bridge, { args, room: 1 });
  assertEquals(code, EXIT.done);
  assertEquals(out.length, 1);
  assertEquals(bridge.acked, 4183);
});

Deno.test("tail: an interrupt ends it well, and says where to go on", async () => {
  const frame = event(4183, "message", { from: "10002", text: "hi" });
  await using bridge = new ScriptedBridge({ events: [frame] });
  let interrupt = () => {};
  const { code, err } = await run(
    (args, terminal, screen) =>
      tail(args, {
        ...terminal,
        out: () => queueMicrotask(interrupt),
      }, screen),
    bridge,
    {
      args: [],
      progress: true,
      interrupted: (callback) => interrupt = callback,
    },
  );
  assertEquals(code, EXIT.done);
  assertEquals(err, ["Go on with --after k3f9:4183"]);
});

Deno.test("tail: colours only where there is a terminal for them", async () => {
  for (const colour of [true, false]) {
    const frame = event(4183, "message", { from: "10002", text: "hi" });
    await using bridge = new ScriptedBridge({ events: [frame] });
    const { out } = await run(tail, bridge, { args: ["--count=1"], colour });
    assertEquals(out[0]!.includes("\x1b["), colour);
  }
});

const ANSWERS: NonNullable<ScriptedBridgeOptions["answers"]> = {
  accounts: () => ({
    data: {
      accounts: [{
        uin: "10001",
        nickname: "小明",
        state: "online",
        since: "2026-11-23T19:20:00.123Z",
      }],
    },
  }),
  friends: () => ({ data: { friends: ["10000", "10002"] } }),
  onlineFriends: () => ({
    data: {
      friends: [{
        uin: "10000",
        nickname: "echo",
        status: "online",
        face: 270,
      }],
    },
  }),
  send: ({ text }) => ({ data: { seq: 4184 + String(text).length } }),
};

Deno.test("accounts: a table, or an account a line", async () => {
  await using bridge = new ScriptedBridge({ answers: ANSWERS });
  const table = await run(accounts, bridge, { args: [] });
  assertEquals(table, {
    code: EXIT.done,
    out: [
      "UIN    STATE   SINCE                 NICKNAME",
      "10001  online  2026-11-23T19:20:00Z  小明",
    ],
    err: [],
  });
  const { out } = await run(accounts, bridge, { args: ["--json"] });
  assertEquals(out, [
    '{"uin":"10001","nickname":"小明","state":"online","since":"2026-11-23T19:20:00.123Z"}',
  ]);
});

Deno.test("friends: all with their presence, or only those online", async () => {
  await using bridge = new ScriptedBridge({ answers: ANSWERS });
  assertEquals((await run(friends, bridge, { args: [] })).out, [
    "UIN    STATUS   NICKNAME",
    "10000  online   echo",
    "10002  offline",
  ]);
  assertEquals((await run(friends, bridge, { args: ["--json"] })).out, [
    '{"uin":"10000","nickname":"echo","status":"online","face":270}',
    '{"uin":"10002","status":"offline"}',
  ]);
  const online = await run(friends, bridge, { args: ["--json", "--online"] });
  assertEquals(online.out.length, 1);
});

Deno.test("send: a text of several words, with a key, by the only account", async () => {
  await using bridge = new ScriptedBridge({ answers: ANSWERS });
  const { code, out } = await run(send, bridge, {
    args: ["10002", "hello", "world", "--key=k1"],
  });
  assertEquals({ code, out }, { code: EXIT.done, out: ["Sent (event 4195)"] });
  const { account, command, params, key } = bridge.commands.at(-1)!;
  assertEquals({ account, command, params, key }, {
    account: "10001",
    command: "send",
    params: { to: "10002", text: "hello world" },
    key: "k1",
  });
});

Deno.test("send: each line of standard input, keys of their own, progress for who looks", async () => {
  await using bridge = new ScriptedBridge({ answers: ANSWERS });
  for (const progress of [false, true]) {
    bridge.commands.length = 0;
    const { code, out } = await run(send, bridge, {
      args: ["10002", "--account=10001", "--json", "--key=k"],
      stdin: ["a", "  ", "bb"],
      progress,
    });
    assertEquals(code, EXIT.done);
    assertEquals(out, ['{"seq":4185}', '{"seq":4186}']);
    assertEquals(bridge.commands.map(({ key }) => key), ["k", "k:2"]);
  }
});

Deno.test("send: of several, says how many were sent before the one that failed", async () => {
  await using bridge = new ScriptedBridge({
    answers: {
      send: ({ text }) =>
        text === "a" ? { data: { seq: 1 } } : {
          error: { code: "penalised", message: "too fast", retriable: true },
        },
    },
  });
  const { code, err } = await run(send, bridge, {
    args: ["10002", "--account=10001"],
    stdin: ["a", "b", "c"],
  });
  assertEquals(code, EXIT.failed);
  assertEquals(err, [
    "tqq: 1 sent before the one that failed",
    "tqq: too fast",
  ]);
  assertEquals(bridge.commands.length, 2);
});

Deno.test("send: an unknown outcome is its own exit code, and says the key", async () => {
  const error = {
    code: "outcome_unknown",
    message: "not answered",
    retriable: false,
  };
  await using bridge = new ScriptedBridge({
    answers: { send: () => ({ error }) },
  });
  const { code, err } = await run(send, bridge, {
    args: ["10002", "hi", "--account=10001", "--key=k1"],
  });
  assertEquals(code, EXIT.unknown);
  assertStringIncludes(err[0]!, "--key k1");
});

Deno.test("send: explains on a line of its own how to type messages", async () => {
  await using bridge = new ScriptedBridge({
    answers: { send: () => ({ data: { seq: 7 } }) },
  });
  const { code, out, err } = await run(send, bridge, {
    args: ["10002", "--account=10001"],
    stdin: ["hi"],
    typed: true,
  });
  assertEquals([code, out], [EXIT.done, ["Sent (event 7)"]]);
  assertEquals(err, ["One message a line; Ctrl-D ends it."]);
});

Deno.test("accounts: what is behind a state, and what helps, beside the table", async () => {
  const states = ["online", "refused", "replaced", "penalised", "offline"];
  const list = states.map((state, index) => ({
    uin: `1000${index}`,
    nickname: "",
    state,
    since: "2026-11-23T19:00:00.000Z",
  }));
  await using bridge = new ScriptedBridge({
    answers: { accounts: () => ({ data: { accounts: list } }) },
  });
  const { out, err } = await run(accounts, bridge, { args: [] });
  assertEquals(out.length, 6);
  assertEquals(err.map((line) => line.split(":")[0]), [
    "10001 is refused",
    "10002 is replaced",
    "10003 is penalised",
  ]);
  assertStringIncludes(err[0]!, "account change");
});

const MISUSED: [what: string, run: Run, given: Given, message: string][] = [
  [
    "no token",
    tail,
    { args: ["--data=/there/is/none", "--url=ws://127.0.0.1:9"], env: {} },
    "there is no token for that bridge",
  ],
  [
    "no bridge",
    tail,
    { args: ["--data=/there/is/none"], env: {} },
    'no bridge runs on the data folder "/there/is/none"; start one, ',
  ],
  ["no such event", tail, { args: ["--events=messages"] }, 'got "messages"'],
  [
    "a token as an argument",
    tail,
    { args: ["--token=x"] },
    "every process can read arguments",
  ],
  ["a word too many", accounts, { args: ["x"] }, "it takes flags only"],
  ["no receiver", send, { args: [] }, "TO a QQ number"],
  ["a bad receiver", send, { args: ["bob", "hi"] }, "TO a QQ number"],
  ["a bad position", tail, { args: ["--after=x"] }, "EPOCH:SEQ"],
  ["a bad URL", tail, { args: ["--url=ftp://x"] }, "a ws:, wss:"],
  [
    "a token file that is not there",
    tail,
    { args: ["--token-file=t"], env: {} },
    "must name a file that can be read",
  ],
];

for (const [what, command, given, message] of MISUSED) {
  Deno.test(`clients: ${what} is wrong usage`, async () => {
    await using bridge = new ScriptedBridge();
    let error: unknown;
    await run(command, bridge, given).catch((thrown) => error = thrown);
    assert(error instanceof Error && error.name === "ConfigError");
    assertStringIncludes(error.message, message);
    assertEquals(bridge.queries, []);
  });
}

Deno.test("clients: without --account the token must reach one account", async () => {
  const account = { nickname: "", state: "online", since: "2026-11-23" };
  await using bridge = new ScriptedBridge({
    answers: {
      accounts: () => ({
        data: {
          accounts: ["10001", "10002"].map((uin) => ({ ...account, uin })),
        },
      }),
    },
  });
  let error: unknown;
  await run(friends, bridge, { args: [] }).catch((thrown) => error = thrown);
  assert(error instanceof Error && error.name === "ConfigError");
  assertStringIncludes(error.message, "got 10001, 10002 to choose from");
});

Deno.test("clients: the token may come from a file", async () => {
  await using bridge = new ScriptedBridge({ answers: ANSWERS });
  const { code } = await run(accounts, bridge, {
    args: [`--url=${bridge.url}`, "--token-file=t"],
    env: {},
    files: { t: `${SCRIPTED_TOKEN}\n` },
  });
  assertEquals(code, EXIT.done);
});

Deno.test("clients: the data folder of a running bridge takes the token's place, for that bridge only", async () => {
  const folder = await Deno.makeTempDir();
  await using program = new Program({ args: serveArgs(`${folder}/data`) });
  try {
    const { http } = await program.ready();
    await using other = new ScriptedBridge();
    const ask = (...args: string[]) =>
      run(accounts, other, {
        args: ["--json", `--data=${folder}/data`, ...args],
        env: {},
      });
    const { code, out } = await ask();
    assertEquals(code, EXIT.done);
    assertEquals(
      out.map((line) => JSON.parse(line).uin),
      ["10001", "10002"],
    );
    assertEquals((await ask(`--url=${http}`)).code, EXIT.done);
    let error: unknown;
    await ask(`--url=${other.url}`).catch((thrown) => error = thrown);
    assert(error instanceof Error && error.name === "ConfigError");
    assertEquals(other.queries, []);
  } finally {
    program.kill("SIGTERM");
    await program.output();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("clients: a token that is not taken, and a bridge that is not there, are exit code 3", async () => {
  await using bridge = new ScriptedBridge();
  const wrong = "wrong-token-of-somebody";
  const refused = await run(accounts, bridge, {
    args: [],
    env: { TQQ_TOKEN: wrong, TQQ_URL: bridge.url },
  });
  assertEquals(refused.code, EXIT.unreachable);
  assertStringIncludes(refused.err[0]!, "token or Origin not accepted");

  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const gone = await run(tail, bridge, {
    args: [`--url=http://127.0.0.1:${port}`],
  });
  assertEquals(gone.code, EXIT.unreachable);
  assertStringIncludes(
    gone.err[0]!,
    `Cannot reach ws://127.0.0.1:${port}/ws`,
  );
  for (const line of [...refused.err, ...gone.err]) {
    assert(!line.includes(wrong) && !line.includes(SCRIPTED_TOKEN));
  }
});

Deno.test("clients: every error code of a bridge has an exit code", () => {
  const open = { state: "open" } as BridgeStatus;
  const codes: Partial<Record<BridgeErrorCode, number>> = {
    outcome_unknown: EXIT.unknown,
    forbidden: EXIT.unreachable,
    bad_params: EXIT.usage,
    unknown_account: EXIT.usage,
  };
  for (const code of Object.keys(ERROR_CODES) as BridgeErrorCode[]) {
    assertEquals(
      exitCodeOf(new BridgeError(code, ""), open),
      codes[code] ?? EXIT.failed,
      code,
    );
  }
  const late = new BridgeError("timeout", "");
  const waiting = { state: "connecting", attempt: 2 } as BridgeStatus;
  assertEquals(exitCodeOf(late, waiting), EXIT.unreachable);
});
