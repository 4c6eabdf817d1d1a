import {
  type Command,
  decodeCommand,
  encodeCommand,
} from "../../../lib/protocol/command.ts";
import { MalformedError } from "../../../lib/protocol/errors.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";

const permissions = "none";
const SEND = "VER=1.1&CMD=CLTMSG&SEQ=1&UIN=10001&UN=10002";
const HASH = "5ebe2294ecd0e0f08eab7690d2a6ee69";

function wireOf(cmd: string, fields = ""): string {
  return `VER=1.1&CMD=${cmd}&SEQ=1&UIN=10001${fields}`;
}

const head = { ver: "1.1", seq: "1", uin: "10001" } as const;

/** Of one text, in a message: what a plain body and a form make of it. */
const texts: [rule: string, wire: string, plain: string, form?: string][] = [
  ["raw UTF-8", "你好，", "你好，"],
  ["escaped UTF-8", "%E4%BD%A0%e5%a5%bd", "你好"],
  ["a + is a blank in a form only", "1+1", "1+1", "1 1"],
  ["an escaped + is a +", "1%2B1", "1+1"],
  ["line ends", "a%0D%0Ab", "a\r\nb"],
  ["a lone % stays", "100% sure", "100% sure"],
  ["half an escape stays", "%4%", "%4%"],
  ["half a sequence stays", "%e4%bd", "%e4%bd"],
  ["decoded once only", "%252c", "%2c"],
  ["a bare comma is a comma", "a, b", "a, b"],
  ["a later = is text", "a=b=c", "a=b=c"],
  ["an empty text", "", ""],
];

for (const [rule, wire, plain, form = plain] of texts) {
  Deno.test({
    name: `decodeCommand(): ${rule}`,
    permissions,
    fn() {
      const expected = { cmd: "CLTMSG", ...head, target: "10002" } as const;
      const body = `${SEND}&MG=${wire}`;
      assertEquals(decodeCommand(body), { ...expected, text: plain });
      assertEquals(decodeCommand(body, { form: true }), {
        ...expected,
        text: form,
      });
    },
  });
}

const read: [rule: string, wire: string, value: Command][] = [
  ["empty pairs and pairs without = are skipped", `&&${wireOf("Logout")}&x&`, {
    cmd: "Logout",
    ...head,
  }],
  ["unknown fields are kept", wireOf("GetMsgEx", "&X=1&Y=a%2cb"), {
    cmd: "GetMsgEx",
    ...head,
    extra: { X: "1", Y: "a,b" },
  }],
  ["versions 1.0 and 1.2", wireOf("Logout").replace("1.1", "1.0"), {
    cmd: "Logout",
    ...head,
    ver: "1.0",
  }],
  ["CMD has no case", wireOf("aCK_addTOlist", "&UN=10002&CD=2"), {
    cmd: "Ack_AddToList",
    ...head,
    target: "10002",
    answer: "ask",
    reason: "",
  }],
  [
    "PS is trimmed and has no case",
    wireOf("Login", `&PS= ${HASH.toUpperCase()} `),
    {
      cmd: "Login",
      ...head,
      passwordMd5: HASH,
    },
  ],
  ["another LC is kept", wireOf("Login", `&PS=${HASH}&M5=1&LC=x`), {
    cmd: "Login",
    ...head,
    passwordMd5: HASH,
    licence: "x",
  }],
  ["TN=0 is a limit of 0", wireOf("Query_Stat", "&TN=0&UN=0"), {
    cmd: "Query_Stat",
    ...head,
    limit: 0,
    after: "0",
  }],
  ["an empty AG, SX or PV is absent", wireOf("Finger", "&AG=&SX=&PV="), {
    cmd: "Finger",
    ...head,
  }],
  ["a level beyond 3", wireOf("GetInfo", "&LV=9&UN=10002"), {
    cmd: "GetInfo",
    ...head,
    target: "10002",
    level: 9,
  }],
];

for (const [rule, wire, value] of read) {
  Deno.test({
    name: `decodeCommand(): ${rule}`,
    permissions,
    fn: () => assertEquals(decodeCommand(wire), value),
  });
}

const refused: [wire: string, message: string][] = [
  ["", "CMD is missing"],
  [
    wireOf("Dance"),
    'CMD must be one of Login, List, Query_Stat, GetInfo, AddToList, Ack_AddToList, DelFromList, Finger, Change_Stat, GetMsgEx, CLTMSG, Logout, VERIFYCODE, SimpleInfo2, Query_Stat2, Change_Stat2, got "Dance"',
  ],
  ["CMD=Logout&SEQ=1&UIN=1", "VER is missing"],
  [
    wireOf("Logout").replace("1.1", "1.3"),
    'VER must be one of 1.0, 1.1, 1.2, 1.4, got "1.3"',
  ],
  ["VER=1.1&CMD=Logout&UIN=1", "SEQ is missing"],
  ["VER=1.1&CMD=Logout&SEQ=1", "UIN is missing"],
  [
    wireOf("Logout").replace("10001", "me"),
    'UIN must be 1 to 20 digits, got "me"',
  ],
  [wireOf("Login"), "PS is missing"],
  [wireOf("Login", "&PS=&M5=1"), "PS must not be empty"],
  [wireOf("Login", "&PS= &M5=1"), "PS must not be empty"],
  [wireOf("List", "&TN=many"), 'TN must be a whole number, got "many"'],
  [wireOf("List", "&TN=&UN=0"), 'TN must be a whole number, got ""'],
  [wireOf("List", "&TN=1&UN=x"), 'UN must be 1 to 20 digits, got "x"'],
  [wireOf("GetInfo", "&LV=x&UN=10002"), 'LV must be a whole number, got "x"'],
  [wireOf("GetInfo", "&LV=2&UN="), 'UN must be 1 to 20 digits, got ""'],
  [wireOf("AddToList", "&UN=x"), 'UN must be 1 to 20 digits, got "x"'],
  [wireOf("AddToList", "&UN=1/2"), 'UN must be 1 to 20 digits, got "1/2"'],
  [wireOf("AddToList", "&UN=1:2"), 'UN must be 1 to 20 digits, got "1:2"'],
  [wireOf("AddToList", "&UN=１"), 'UN must be 1 to 20 digits, got "１"'],
  [wireOf("DelFromList"), "UN is missing"],
  [
    wireOf("Ack_AddToList", "&UN=10002&CD=x"),
    'CD must be a whole number, got "x"',
  ],
  [
    wireOf("Ack_AddToList", "&UN=10002&CD=3"),
    'CD must be 0, 1 or 2, got "3"',
  ],
  [wireOf("Finger", "&AG=old"), 'AG must be a whole number, got "old"'],
  [wireOf("Change_Stat", "&ST=15"), 'ST must be 10, 20, 30 or 40, got "15"'],
  [wireOf("Change_Stat"), "ST is missing"],
  [SEND, "MG is missing"],
  [
    SEND.replace("10002", "x".repeat(50)),
    `UN must be 1 to 20 digits, got "${"x".repeat(39)}…`,
  ],
];

for (const [wire, rule] of refused) {
  Deno.test({
    name: `decodeCommand() refuses ${JSON.stringify(wire)}: ${rule}`,
    permissions,
    fn() {
      const error = assertThrows(() => decodeCommand(wire), MalformedError);
      assertEquals(
        [error.code, error.message],
        ["malformed_command", `Cannot decode a command: ${rule}`],
      );
      assertEquals(error.field, /^[A-Z0-9]+/.exec(rule)?.[0]);
    },
  });
}

const written: [rule: string, value: Command, wire: string][] = [
  [
    "VER is 1.1 unless said",
    { cmd: "Logout", seq: "1", uin: "10001" },
    wireOf("Logout"),
  ],
  ["absent fields are left out", { cmd: "Finger", ...head }, wireOf("Finger")],
  ["each field has its place", {
    cmd: "Finger",
    ...head,
    province: "云南",
    sex: "male",
    age: 0,
  }, wireOf("Finger", "&AG=0&SX=0&PV=云南")],
  ["extra fields stand behind", {
    cmd: "GetMsgEx",
    ...head,
    extra: { X: "a&b" },
  }, wireOf("GetMsgEx", "&X=a%26b")],
  ["what is escaped in a request, and what is not", {
    cmd: "CLTMSG",
    ...head,
    target: "10002",
    text: "%&=+,\0\x1f\x7f\r\n :/-.*()你😀",
  }, `${SEND}&MG=%25%26%3d%2b%2c%00%1f%7f%0d%0a :/-.*()你😀`],
];

for (const [rule, value, wire] of written) {
  Deno.test({
    name: `encodeCommand(): ${rule}`,
    permissions,
    fn: () => assertEquals(encodeCommand(value), wire),
  });
}

const wrong: [
  value: unknown,
  error: typeof TypeError | typeof RangeError,
  message: string,
][] = [
  [
    { cmd: "Dance", ...head },
    RangeError,
    'Cannot encode a command: cmd must be one of Login, List, Query_Stat, GetInfo, AddToList, Ack_AddToList, DelFromList, Finger, Change_Stat, GetMsgEx, CLTMSG, Logout, VERIFYCODE, SimpleInfo2, Query_Stat2, Change_Stat2, got "Dance"',
  ],
  [
    { cmd: "Logout", ...head, ver: "2.0" },
    RangeError,
    'Cannot encode Logout: ver must be one of 1.0, 1.1, 1.2, 1.4, got "2.0"',
  ],
  [
    { cmd: "Logout", ver: "1.1", uin: "10001" },
    TypeError,
    "Cannot encode Logout: seq must be a string, got undefined",
  ],
  [
    { cmd: "CLTMSG", ...head, target: "1e4", text: "" },
    TypeError,
    'Cannot encode CLTMSG: target must be a QQ number of 1 to 20 digits as a string, got "1e4"',
  ],
  [
    { cmd: "CLTMSG", ...head, target: "10002" },
    TypeError,
    "Cannot encode CLTMSG: text must be a string, got undefined",
  ],
  [
    { cmd: "GetInfo", ...head, target: "10002", level: 1.5 },
    RangeError,
    "Cannot encode GetInfo: level must be a whole number of at least 0, got 1.5",
  ],
  [
    { cmd: "List", ...head, limit: "160" },
    RangeError,
    'Cannot encode List: limit must be a whole number of at least 0, got "160"',
  ],
  [
    { cmd: "Change_Stat", ...head, status: "away" },
    RangeError,
    'Cannot encode Change_Stat: status must be one of online, offline, busy, invisible, got "away"',
  ],
  [
    { cmd: "Change_Stat", ...head, status: "toString" },
    RangeError,
    'Cannot encode Change_Stat: status must be one of online, offline, busy, invisible, got "toString"',
  ],
  [
    { cmd: "GetMsgEx", ...head, extra: { SEQ: "2" } },
    TypeError,
    'Cannot encode GetMsgEx: extra may hold only codes that the command does not use, without & and =, got "SEQ"',
  ],
];

for (const [value, error, message] of wrong) {
  Deno.test({
    name: `encodeCommand() refuses: ${message}`,
    permissions,
    fn: () =>
      assertEquals(
        assertThrows(() => encodeCommand(value as Command), error).message,
        message,
      ),
  });
}

for (const passwordMd5 of [HASH.toUpperCase(), HASH.slice(1), `${HASH} `]) {
  Deno.test({
    name:
      `encodeCommand() refuses a hash, and does not tell it: ${passwordMd5.length}`,
    permissions,
    fn() {
      const { message } = assertThrows(
        () => encodeCommand({ cmd: "Login", ...head, passwordMd5 }),
        TypeError,
      );
      assertEquals(
        message,
        "Cannot encode Login: passwordMd5 must be 32 lower-case hex digits",
      );
      assert(!message.includes(passwordMd5));
    },
  });
}
