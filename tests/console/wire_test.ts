import { maskSecrets } from "../../bridge/console/src/link/mask.ts";
import {
  type Exchange,
  reconstructCommand,
  reconstructEvent,
} from "../../bridge/console/src/link/wire.ts";
import { decodeCommand, decodeReply } from "../../mod.ts";
import { assertEquals } from "@std/assert";

const account = "10001";

/** Wire texts of a command and its outcome; `null` is a missing reply. */
const COMMANDS: [what: string, Omit<Exchange, "account">, (string | null)[]][] =
  [
    ["a message", {
      command: "send",
      params: { to: "10002", text: "1+1=2" },
      data: { seq: 7 },
    }, [
      "VER=1.1&CMD=CLTMSG&SEQ=0&UIN=10001&UN=10002&MG=1%2b1%3d2",
      "VER=1.1&CMD=CLTMSG&SEQ=0&UIN=10001&RES=0&",
    ]],
    ["a message without a result yet", {
      command: "send",
      params: { to: "10002", text: "hi" },
    }, ["VER=1.1&CMD=CLTMSG&SEQ=0&UIN=10001&UN=10002&MG=hi"]],
    ["a penalty", {
      command: "send",
      params: { to: "10002", text: "hi" },
      error: { code: "penalised" },
    }, [
      "VER=1.1&CMD=CLTMSG&SEQ=0&UIN=10001&UN=10002&MG=hi",
      "VER=1.1&CMD=CLTMSG&SEQ=0&UIN=10001&RES=3",
    ]],
    ["a missing reply", {
      command: "removeFriend",
      params: { uin: "10002" },
      error: { code: "rejected" },
    }, ["VER=1.1&CMD=DelFromList&SEQ=0&UIN=10001&UN=10002", null]],
    ["a friend list", {
      command: "friends",
      params: {},
      data: { friends: ["10000", "10002"] },
    }, [
      "VER=1.1&CMD=List&SEQ=0&UIN=10001&TN=120",
      "VER=1.1&CMD=LIST&SEQ=0&UIN=10001&RES=0&FN=1&SN=2&UN=10000,10002,",
    ]],
    ["a request that needs verification", {
      command: "addFriend",
      params: { uin: "10002", reason: "me" },
      data: { answer: "needs_verification" },
    }, [
      "VER=1.1&CMD=AddToList&SEQ=0&UIN=10001&UN=10002",
      "VER=1.1&CMD=AddToList&SEQ=0&UIN=10001&RES=0&CD=1&UN=10002",
      "VER=1.1&CMD=Ack_AddToList&SEQ=0&UIN=10001&UN=10002&CD=2&RS=me",
      "VER=1.1&CMD=Ack_AddToList&SEQ=0&UIN=10001&RES=0&",
    ]],
    ["a login, its secret masked", { command: "login", params: {} }, [
      "VER=1.1&CMD=Login&SEQ=0&UIN=10001&PS=••••&M5=1&LC=9326B87B234E7235",
    ]],
    ["a raw command, its secret masked", {
      command: "raw",
      params: { cmd: "Login", fields: { PS: "••••", M5: "1" } },
      data: { fields: { CMD: "Login", RES: "0" } },
    }, [
      "VER=1.1&CMD=Login&SEQ=0&UIN=10001&PS=••••&M5=1",
      "CMD=Login&RES=0",
    ]],
  ];

for (const [what, exchange, texts] of COMMANDS) {
  Deno.test(`reconstructCommand() gives the wire text of ${what}`, () => {
    assertEquals(
      reconstructCommand({ account, ...exchange })?.map(({ text }) => text),
      texts,
    );
  });
}

Deno.test("reconstructCommand() splits a long list into pages", () => {
  const friends = Array.from({ length: 250 }, (_, at) => String(10_000 + at));
  const texts = reconstructCommand({
    account,
    command: "friends",
    params: {},
    data: { friends },
  })!;
  assertEquals(texts.length, 6);
  const afters = texts.filter(({ kind }) => kind === "request")
    .map(({ text }) => decodeCommand(text!) as { after?: string })
    .map(({ after }) => after);
  assertEquals(afters, [undefined, "10119", "10239"]);
  const pages = texts.filter(({ kind }) => kind === "reply")
    .map(({ text }) =>
      decodeReply(text!) as { uins: string[]; complete: boolean }
    );
  assertEquals(pages.flatMap(({ uins }) => uins), friends);
  assertEquals(pages.map(({ complete }) => complete), [false, false, true]);
});

for (const command of ["accounts", "history", "ping", "addAccount"]) {
  Deno.test(`reconstructCommand() is undefined for ${command}, which the bridge answers itself`, () => {
    assertEquals(
      reconstructCommand({ account, command, params: {} }),
      undefined,
    );
  });
}

const EVENTS: [event: string, data: unknown, text: string | undefined][] = [
  [
    "message",
    { from: "10002", text: "a,b" },
    "MN=1&MT=9,&UN=10002,&MG=a%252cb ,",
  ],
  [
    "friend.request",
    { from: "10002", text: "me" },
    "MN=1&MT=2,&UN=10002,&MG=me,",
  ],
  [
    "presence",
    { from: "10002", status: "online" },
    "MN=1&MT=99,&UN=10002,&MG=10,",
  ],
  ["account.state", { state: "online" }, undefined],
];

for (const [event, data, text] of EVENTS) {
  Deno.test(`reconstructEvent() gives the wire text of ${event}`, () => {
    const texts = reconstructEvent({ type: "event", account, event, data });
    assertEquals(
      texts?.at(-1)?.text?.replace(/^.*RES=0&/, ""),
      text,
    );
  });
}

Deno.test("maskSecrets() masks secrets at any depth, and nothing else", () => {
  assertEquals(
    maskSecrets({
      type: "command",
      params: { uin: "10001", password: "p", fields: { PS: "x", UN: "1" } },
      data: [{ token: "t", passwordMd5: "m", text: "token" }],
      token: 7,
      target: {
        url: "https://user:word@host/path?key=one",
        accessToken: "a",
        secret: "s",
      },
      other: { url: "not an address?", since: "https://host/?key=one" },
    }),
    {
      type: "command",
      params: {
        uin: "10001",
        password: "••••",
        fields: { PS: "••••", UN: "1" },
      },
      data: [{ token: "••••", passwordMd5: "••••", text: "token" }],
      token: 7,
      target: {
        url: "https://host/path?••••",
        accessToken: "••••",
        secret: "••••",
      },
      other: { url: "not an address?", since: "https://host/?key=one" },
    },
  );
});

Deno.test("reconstructEvent() copies the raw text of an unreadable mail and labels it as reported", () => {
  const event = { type: "event", account, event: "unknown" };
  assertEquals(reconstructEvent({ ...event, data: { raw: "MT=?" } }), [
    { kind: "reply", source: "reported", text: "MT=?" },
  ]);
  const data = { from: "10002", text: "hi" };
  assertEquals(
    reconstructEvent({ ...event, event: "message", data })
      ?.map(({ source }) => source),
    ["reconstructed", "reconstructed"],
  );
});
