import type { MailItem } from "../../../lib/protocol/mailbox.ts";
import { MalformedError } from "../../../lib/protocol/errors.ts";
import {
  decodeReply,
  encodeReply,
  type Reply,
} from "../../../lib/protocol/reply.ts";
import { assertEquals, assertThrows } from "@std/assert";
import replies from "../../vectors/replies.json" with { type: "json" };

const permissions = "none";
const HEAD = "SEQ=1&UIN=10001&RES=0";
const LIST = `VER=1.1&CMD=LIST&${HEAD}`;
const ONLINE = `VER=1.1&CMD=QUERY_STAT&${HEAD}`;
const FOUND = `VER=1.1&CMD=FINGER&${HEAD}`;
const LOGIN = `VER=1.1&CMD=Login&${HEAD}`;
const ADD = `VER=1.1&CMD=AddToList&${HEAD}`;
const MAIL = `VER=1.1&CMD=GETMSGEX&${HEAD}`;
const INFO = `VER=1.1&CMD=GETINFO&${HEAD}`;
const NORMAL = "&AG=19&FC=270&LV=2&SX=0&UN=10002&NK=a";
const FULL = "&AG=19&BT=0&CO=0&FC=270&LV=3&SH=0&SX=0&UN=10002&NK=a";

/** What a decoded reply must hold, whatever else it has. */
type Part = Record<string, unknown>;

function partOf(value: object, part: Part): Part {
  return Object.fromEntries(
    Object.keys(part).map((key) => [key, (value as Part)[key]]),
  );
}

function reads(cases: [rule: string, wire: string, part: Part][]): void {
  for (const [rule, wire, part] of cases) {
    Deno.test({
      name: `decodeReply(): ${rule}`,
      permissions,
      fn: () => assertEquals(partOf(decodeReply(wire), part), part),
    });
  }
}

reads([
  ["empty pairs are skipped", `&&${LIST}&&FN=9&`, { count: 9 }],
  ["a pair without = is skipped", `${LIST}&FN=9&x&CD`, {
    count: 9,
    extra: undefined,
  }],
  ["a pair is split at its first =", `${LIST}&FN=9&X=a=b`, {
    extra: { X: "a=b" },
  }],
  ["unknown fields are kept in order", `${LIST}&Z=2&FN=9&A=1&好=3`, {
    extra: { Z: "2", A: "1", 好: "3" },
  }],
  ["the first of a field counts", `${LIST}&FN=9&FN=8&X=1&X=2`, {
    count: 9,
    extra: { X: "1" },
  }],
  ["an unknown field is decoded in both stages", `${LIST}&FN=9&X=a%252c%26`, {
    extra: { X: "a,&" },
  }],
  ["a field named __proto__ is a field", `${LIST}&FN=9&__proto__=x`, {
    extra: Object.fromEntries([["__proto__", "x"]]),
  }],
  ["the head may stand in any order", `FN=9&RES=0&UIN=1&SEQ=1&CMD=LIST&VER=1`, {
    cmd: "List",
    ver: "1",
    count: 9,
  }],
  ["CMD has no case", `VER=1.1&CMD=cltmsg&${HEAD}`, { cmd: "CLTMSG" }],
  ["CMD may be spelt as a request's", `VER=1.1&CMD=GetMsgEx&${HEAD}&MT=`, {
    cmd: "GetMsgEx",
    items: [],
  }],
  ["SEQ is text", `VER=1.1&CMD=LOGOUT&SEQ=-1&UIN=1&RES=0`, { seq: "-1" }],
  [
    "with RES not 0 nothing follows",
    `VER=1.1&CMD=LIST&SEQ=1&UIN=1&RES=3&FN=9`,
    {
      res: 3,
      count: undefined,
      extra: undefined,
    },
  ],
  ["the second of two replies", `${ONLINE}&FC=&FN=1&SN=0&ST=&UN=&NK=`, {
    complete: true,
    friends: [],
  }],
  ["a list without its last comma", `${LIST}&FN=0&SN=2&UN=10002,10003`, {
    complete: false,
    uins: ["10002", "10003"],
  }],
  [
    "lists without last commas, the last nickname empty",
    `${ONLINE}&FC=0,3&FN=1&SN=2&ST=10,30&UN=10002,10003&NK=a,`,
    {
      friends: [
        { uin: "10002", nickname: "a", status: "online", face: 0 },
        { uin: "10003", nickname: "", status: "busy", face: 3 },
      ],
    },
  ],
  [
    "lists with last commas, the last nickname empty",
    `${FOUND}&FN=1&SN=2&UN=10002,10003,&NK=a,,`,
    {
      people: [{ uin: "10002", nickname: "a" }, {
        uin: "10003",
        nickname: "",
      }],
    },
  ],
  [
    "a list is split before it is decoded",
    `${FOUND}&FN=1&SN=2&UN=10002,10003,&NK=a%2cb,c%252cd,`,
    {
      people: [{ uin: "10002", nickname: "a,b" }, {
        uin: "10003",
        nickname: "c,d",
      }],
    },
  ],
  ["a login refused without a reason", `${LOGIN}&RS=1`, {
    loggedIn: false,
    reason: "",
  }],
  ["CD=2 is refused", `${ADD}&CD=2&UN=10002`, { answer: "refused" }],
  ["CD=3 is refused too", `${ADD}&CD=3&UN=10002`, { answer: "refused" }],
]);

/** Of one text, in a login's reason: what the two stages make of it. */
const texts: [rule: string, wire: string, text: string][] = [
  ["a comma", "a%252cb", "a,b"],
  ["a comma in capitals", "a%252Cb", "a,b"],
  ["a comma escaped once", "a%2cb", "a,b"],
  ["a percent sign", "100%25", "100%"],
  ["& and =", "a%26b%3dc%3D", "a&b=c="],
  ["line ends", "%0d%0a%0D%0A", "\r\n\r\n"],
  ["control bytes", "%00%01%1f%7f", "\0\x01\x1f\x7f"],
  ["what holds an escape itself", "%25252c%252525", "%2c%25"],
  ["blanks and : / - . * ( ) + stay", " :/-.*()+", " :/-.*()+"],
  ["CJK stays", "你好，", "你好，"],
  ["CJK that is escaped", "%e4%bd%a0%E5%A5%BD", "你好"],
  ["emoji that is escaped", "%f0%9f%98%80", "😀"],
  ["decoded once only", "%2541", "%41"],
  ["a lone % stays", "50% off", "50% off"],
  ["a % at the end stays", "%", "%"],
  ["half an escape stays", "a%2", "a%2"],
  ["no hex stays", "%zz%4g", "%zz%4g"],
  [
    "the neighbours of hex digits stay",
    "%/0%0:%@1%1G%`a%ag",
    "%/0%0:%@1%1G%`a%ag",
  ],
  ["half a sequence stays", "%e4%bdx", "%e4%bdx"],
  ["a stray byte of a sequence stays", "%bd%ff", "%bd%ff"],
  ["an overlong sequence stays", "%c0%80%e0%80%80", "%c0%80%e0%80%80"],
  ["a surrogate stays", "%ed%a0%80", "%ed%a0%80"],
  ["beyond Unicode stays", "%f4%90%80%80", "%f4%90%80%80"],
  [
    "the same in a long text",
    `${"x".repeat(300)}%e4%bd%a0%252c%`,
    `${"x".repeat(300)}你,%`,
  ],
];

reads(texts.map(([rule, wire, text]) => [
  `escaping: ${rule}`,
  `${LOGIN}&RS=1&RA=${wire}`,
  { reason: text },
]));

reads(texts.map(([rule, wire, text]) => [
  `escaping in a mailbox: ${rule}`,
  `${MAIL}&MN=2&MT=9,9,&UN=10002,10003,&MG=${wire} ,x ,`,
  {
    items: [
      { type: "message", from: "10002", text },
      { type: "message", from: "10003", text: "x" },
    ],
  },
]));

function message(text: string, from = "10002"): MailItem {
  return { type: "message", from, text };
}

function left(mt: string, un: string, mg: string): MailItem {
  return { type: "unreadable", raw: `MT=${mt}&UN=${un}&MG=${mg}` };
}

const mailboxes: [
  rule: string,
  mt: string,
  un: string,
  mg: string,
  items: MailItem[],
][] = [
  ["a message without the blank", "9,", "10002,", "hi,", [message("hi")]],
  ["one blank goes, no more", "9,", "10002,", "hi   ,", [message("hi  ")]],
  ["a message of the blank alone", "9,", "10002,", " ,", [message("")]],
  ["an escaped blank is the blank", "9,", "10002,", "hi%20,", [message("hi")]],
  ["a stranger's blank stays", "10,", "10002,", "hi ,", [
    { type: "stranger_message", from: "10002", text: "hi " },
  ]],
  ["a request's blank stays", "2,", "10002,", "hi ,", [
    { type: "request", from: "10002", text: "hi " },
  ]],
  ["added", "1,", "10002,", ",", [
    { type: "added", from: "10002", text: "" },
  ]],
  [
    "statuses, with blanks or without",
    "99,99,99,99,",
    "1,2,3,4,",
    "10, 20,30 ,40,",
    [
      { type: "status", from: "1", status: "online" },
      { type: "status", from: "2", status: "offline" },
      { type: "status", from: "3", status: "busy" },
      { type: "status", from: "4", status: "invisible" },
    ],
  ],
  ["a status that is none is unknown", "99,99,", "1,2,", "50 ,hi,", [
    { type: "unknown", code: 99, from: "1", text: "50 " },
    { type: "unknown", code: 99, from: "2", text: "hi" },
  ]],
  ["types without a name", "0,8,100,", "1,2,3,", "a,b ,,", [
    { type: "unknown", code: 0, from: "1", text: "a" },
    { type: "unknown", code: 8, from: "2", text: "b " },
    { type: "unknown", code: 100, from: "3", text: "" },
  ]],
  ["no last commas", "9,9", "1,2", "a ,b ", [
    message("a", "1"),
    message("b", "2"),
  ]],
  ["no last commas, the last text empty", "9,2", "1,2", "a ,", [
    message("a", "1"),
    { type: "request", from: "2", text: "" },
  ]],
  ["one message with bare commas", "9,", "10002,", "a, b,, ,", [
    message("a, b,,"),
  ]],
  ["one message with bare commas, no last comma", "9", "10002", "a, b, ", [
    message("a, b,"),
  ]],
  ["a text too many", "9,9,", "1,2,", "a ,b ,c ,", [
    message("a", "1"),
    message("b", "2"),
    left("", "", "c ,"),
  ]],
  ["a text too few", "9,9,", "1,2,", "a ,", [
    message("a", "1"),
    left("9,", "2,", ""),
  ]],
  ["a number too few", "9,9,", "1,", "a ,b ,", [
    message("a", "1"),
    left("9,", "", "b ,"),
  ]],
  ["a type too few", "9,", "1,2,", "a ,b ,", [
    message("a", "1"),
    left("", "2,", "b ,"),
  ]],
  ["a type that is no number", "9,x,9,", "1,2,3,", "a ,b ,c ,", [
    message("a", "1"),
    left("x,9,", "2,3,", "b ,c ,"),
  ]],
  ["a sender that is no number", "9,9,", "1,-2,", "a ,b ,", [
    message("a", "1"),
    left("9,", "-2,", "b ,"),
  ]],
  ["a sender too long for a number", "9,", `${"1".repeat(21)},`, "a ,", [
    left("9,", `${"1".repeat(21)},`, "a ,"),
  ]],
  ["nothing but texts", "", "", "a ,b ,", [left("", "", "a ,b ,")]],
  [
    "what is left stays in wire form, behind decoded texts",
    "9,x,",
    "1,2,",
    "%e4%bd%a0%252c ,%e5%a5%bd%26 ,",
    [message("你,", "1"), left("x,", "2,", "%e5%a5%bd%26 ,")],
  ],
  [
    "the same where texts hold commas escaped once",
    "9,x,",
    "1,2,",
    "a%2cb ,c%2Cd ,",
    [message("a,b", "1"), left("x,", "2,", "c%2Cd ,")],
  ],
];

reads(mailboxes.map(([rule, mt, un, mg, items]) => [
  `mailbox: ${rule}`,
  `${MAIL}&MN=77&MT=${mt}&UN=${un}&MG=${mg}`,
  { items, extra: undefined },
]));

reads([
  ["mailbox: MN is not missed", `${MAIL}&MT=9,&UN=10002,&MG=hi ,`, {
    items: [message("hi")],
  }],
  ["mailbox: a list that is missing", `${MAIL}&MN=1&MG=hi ,`, {
    items: [left("", "", "hi ,")],
  }],
]);

const profiles: [rule: string, wire: string, part: Part][] = [
  ["no sex", NORMAL.replace("SX=0", "SX="), { sex: null }],
  ["a sex that is none", NORMAL.replace("SX=0", "SX=2"), { sex: null }],
  ["male and female", NORMAL.replace("SX=0", "SX=1"), { sex: "female" }],
  ["empty age and face", NORMAL.replace("=19", "=").replace("=270", "="), {
    age: 0,
    face: 0,
  }],
  ["fields that the level lacks are absent", NORMAL, {
    age: 19,
    bloodType: undefined,
    email: undefined,
  }],
  ["no blood, zodiac, animal", FULL, {
    bloodType: null,
    zodiac: null,
    animal: null,
  }],
  [
    "blood, zodiac, animal beyond their tables",
    FULL.replace("BT=0", "BT=6").replace("CO=0", "CO=13")
      .replace("SH=0", "SH=x"),
    { bloodType: null, zodiac: null, animal: null },
  ],
  [
    "blood, zodiac, animal",
    FULL.replace("BT=0", "BT=5").replace("CO=0", "CO=12")
      .replace("SH=0", "SH=12"),
    { bloodType: "other", zodiac: "capricorn", animal: "pig" },
  ],
  ["a level beyond 3", FULL.replace("LV=3", "LV=9"), { zodiac: null }],
];

for (const [rule, wire, part] of profiles) {
  Deno.test({
    name: `decodeReply(): profile: ${rule}`,
    permissions,
    fn() {
      const reply = decodeReply(INFO + wire) as unknown as { profile: object };
      assertEquals(partOf(reply.profile, part), part);
    },
  });
}

const refused: [wire: string, message: string][] = [
  [
    `VER=1.1&CMD=DANCE&${HEAD}`,
    'Cannot decode a reply: CMD must be one of Login, List, Query_Stat, GetInfo, AddToList, Ack_AddToList, DelFromList, Finger, Change_Stat, GetMsgEx, CLTMSG, Logout, VERIFYCODE, SimpleInfo2, Query_Stat2, Change_Stat2, got "DANCE"',
  ],
  ["NULL", "Cannot decode a reply: CMD is missing"],
  [
    "VER=1.1&CMD=LOGOUT&SEQ=1&UIN=1,&RES=0",
    'Cannot decode a reply: UIN must be 1 to 20 digits, got "1,"',
  ],
  [
    "VER=1.1&CMD=LOGOUT&SEQ=1&UIN=1&RES=-1",
    'Cannot decode a reply: RES must be a whole number, got "-1"',
  ],
  [
    `${LIST}&FN=1&SN=3&UN=10002,10003,`,
    'Cannot decode a reply: SN must be the length of UN, 2, got "3"',
  ],
  [
    `${LIST}&FN=1&SN=2&UN=10002,x,`,
    'Cannot decode a reply: UN must hold numbers, got "x"',
  ],
  [
    `${LIST}&FN=1&SN=2&UN=10002,,`,
    'Cannot decode a reply: UN must hold numbers, got ""',
  ],
  [
    `${ONLINE}&FC=0,&FN=1&SN=2&ST=10,10,&UN=10002,10003,&NK=a,b,`,
    'Cannot decode a reply: FC must have as many elements as UN, 2, got "1"',
  ],
  [
    `${ONLINE}&FC=0,&FN=1&SN=1&ST=10,10,&UN=10002,&NK=a,`,
    'Cannot decode a reply: ST must have as many elements as UN, 1, got "2"',
  ],
  [
    `${ONLINE}&FC=0,&FN=1&SN=1&ST=10,&UN=10002,&NK=a,b,`,
    'Cannot decode a reply: NK must have as many elements as UN, 1, got "2"',
  ],
  [
    `${ONLINE}&FC=0,&FN=1&SN=1&ST=15,&UN=10002,&NK=a,`,
    'Cannot decode a reply: ST must hold 10, 20, 30 or 40, got "15"',
  ],
  [
    `${ONLINE}&FC=${"9".repeat(20)},&FN=1&SN=1&ST=10,&UN=10002,&NK=a,`,
    `Cannot decode a reply: FC must hold whole numbers, got "${
      "9".repeat(20)
    }"`,
  ],
  [
    `${FOUND}&FN=1&SN=1&UN=10002,&NK=a,b,`,
    'Cannot decode a reply: NK must have as many elements as UN, 1, got "2"',
  ],
  [
    `${ADD}&CD=4&UN=10002`,
    'Cannot decode a reply: CD must be 0, 1, 2 or 3, got "4"',
  ],
  [
    INFO + NORMAL.replace("AG=19", "AG=old"),
    'Cannot decode a reply: AG must be a whole number, got "old"',
  ],
  [MAIL, "Cannot decode a reply: MT is missing"],
];

for (const [wire, message] of refused) {
  Deno.test({
    name: `decodeReply() refuses: ${message}`,
    permissions,
    fn() {
      const error = assertThrows(() => decodeReply(wire), MalformedError);
      assertEquals([error.code, error.message], ["malformed_reply", message]);
      assertEquals(error.field, /: ([A-Z]+) /.exec(message)?.[1]);
    },
  });
}

/** Fields that may be missing: free texts, what the server counts, and what nobody can explain. */
const MAY_MISS =
  /^(AD|CT|CY|EM|HP|JB|MO|NK|PC|PH|PR|PV|RA|RN|SC|CV|ID|MT|MV|COMP)$/;

Deno.test({
  name:
    "decodeReply() refuses every reply that lacks a field of its table, but a free text",
  permissions,
  fn() {
    let tried = 0;
    for (const { wire, value } of replies) {
      if (value.res !== 0 || value.cmd === "GetMsgEx") continue;
      const pairs = wire.split("&").filter((pair) => pair !== "");
      for (const pair of pairs) {
        const code = pair.slice(0, pair.indexOf("="));
        const rest = pairs.filter((other) => other !== pair).join("&");
        // A nickname's list must be as long as the numbers'.
        const missed = !MAY_MISS.test(code) ||
          code === "NK" && value.cmd === "Query_Stat" &&
            (value.friends?.length ?? 0) > 0;
        tried++;
        if (missed) assertThrows(() => decodeReply(rest), MalformedError, "");
        else decodeReply(rest);
      }
    }
    assertEquals(tried > 150, true);
  },
});

const head = { ver: "1.1", seq: "1", uin: "10001", res: 0 } as const;
const brief = { uin: "10002", nickname: "a" };
const normal = { ...brief, age: 19, face: 270, sex: null } as const;

const written: [rule: string, value: Reply, wire: string][] = [
  [
    "capitals",
    { cmd: "Logout", ...head },
    "VER=1.1&CMD=LOGOUT&SEQ=1&UIN=10001&RES=0",
  ],
  ["VER and SEQ as they came", {
    cmd: "Logout",
    ...head,
    ver: "1.2",
    seq: "-1",
  }, "VER=1.2&CMD=LOGOUT&SEQ=-1&UIN=10001&RES=0"],
  ...(["Ack_AddToList", "DelFromList", "Change_Stat", "CLTMSG"] as const).map(
    (cmd): [string, Reply, string] => [
      `${cmd} ends in &`,
      { cmd, ...head },
      `VER=1.1&CMD=${cmd}&${HEAD}&`,
    ],
  ),
  [
    "no & behind a failure",
    { cmd: "CLTMSG", ...head, res: 3 },
    "VER=1.1&CMD=CLTMSG&SEQ=1&UIN=10001&RES=3",
  ],
  ["no & behind an extra field", {
    cmd: "CLTMSG",
    ...head,
    extra: { X: "a,b" },
  }, `VER=1.1&CMD=CLTMSG&${HEAD}&X=a%252cb`],
  ["a login by the letter", {
    cmd: "Login",
    ...head,
    loggedIn: true,
    heartbeatSeconds: 60,
    idleSeconds: 300,
  }, `${LOGIN}&RS=0&HI=60&LI=300`],
  ["nobody may add is 2", {
    cmd: "AddToList",
    ...head,
    answer: "refused",
    target: "10002",
  }, `${ADD}&CD=2&UN=10002`],
  ["an empty list is an empty value", {
    cmd: "Finger",
    ...head,
    complete: true,
    people: [],
  }, `${FOUND}&FN=1&SN=0&UN=&NK=`],
  ["every list ends in a comma, the nicknames last", {
    cmd: "Finger",
    ...head,
    complete: false,
    people: [brief, { uin: "10003", nickname: "b,c" }],
  }, `${FOUND}&FN=0&SN=2&UN=10002,10003,&NK=a,b%252cc,`],
  ["a profile in the server's order", {
    cmd: "GetInfo",
    ...head,
    level: 2,
    profile: { ...normal, school: "x", address: "y" },
  }, `${INFO}&AD=y&AG=19&FC=270&LV=2&SC=x&SX=&UN=10002&NK=a`],
  ["level 1 is the nickname", {
    cmd: "GetInfo",
    ...head,
    level: 1,
    profile: brief,
  }, `${INFO}&LV=1&UN=10002&NK=a`],
  [
    "none of a table is 0, unknown fields stand in their place",
    {
      cmd: "GetInfo",
      ...head,
      level: 3,
      profile: { ...normal, bloodType: null, zodiac: null, animal: null },
      extra: { CV: "\x01", ID: "-", MT: "0", MV: "", X: "x" },
    },
    `${INFO}&AG=19&BT=0&CO=0&CV=%01&FC=270&ID=-&LV=3&MT=0&MV=&SH=0&SX=&UN=10002&NK=a&X=x`,
  ],
  ["the blank after a friend's message, and after nothing else", {
    cmd: "GetMsgEx",
    ...head,
    items: [
      message("hi"),
      { type: "stranger_message", from: "10003", text: "hi" },
      { type: "status", from: "10004", status: "busy" },
      { type: "added", from: "10005", text: "" },
    ],
  }, `${MAIL}&MN=4&MT=9,10,99,1,&UN=10002,10003,10004,10005,&MG=hi ,hi,30,,`],
  ["what could not be read stands behind, as it came", {
    cmd: "GetMsgEx",
    ...head,
    items: [message("hi"), left("x,", "2,", "%25 ,")],
  }, `${MAIL}&MN=1&MT=9,x,&UN=10002,2,&MG=hi ,%25 ,`],
  [
    "every byte that is escaped",
    {
      cmd: "Login",
      ...head,
      loggedIn: false,
      reason: `${
        Array.from({ length: 33 }, (_, byte) => String.fromCharCode(byte)).join(
          "",
        )
      }\x7f%&=,+:/-.*()`,
    },
    `${LOGIN}&RS=1&RA=${
      Array.from(
        { length: 32 },
        (_, byte) => `%${byte.toString(16).padStart(2, "0")}`,
      ).join("")
    } %7f%25%26%3d%252c+:/-.*()`,
  ],
];

for (const [rule, value, wire] of written) {
  Deno.test({
    name: `encodeReply(): ${rule}`,
    permissions,
    fn: () => assertEquals(encodeReply(value), wire),
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
    'Cannot encode a reply: cmd must be one of Login, List, Query_Stat, GetInfo, AddToList, Ack_AddToList, DelFromList, Finger, Change_Stat, GetMsgEx, CLTMSG, Logout, VERIFYCODE, SimpleInfo2, Query_Stat2, Change_Stat2, got "Dance"',
  ],
  [
    { cmd: "Logout", ...head, uin: 10001 },
    TypeError,
    "Cannot encode Logout: uin must be a QQ number of 1 to 20 digits as a string, got 10001",
  ],
  [
    { cmd: "Logout", ...head, res: -1 },
    RangeError,
    "Cannot encode Logout: res must be a whole number of at least 0, got -1",
  ],
  [
    { cmd: "List", ...head, complete: true, uins: ["1,2"] },
    TypeError,
    'Cannot encode List: uins must be a QQ number of 1 to 20 digits as a string, got "1,2"',
  ],
  [
    { cmd: "AddToList", ...head, answer: "perhaps", target: "10002" },
    RangeError,
    'Cannot encode AddToList: answer must be one of added, needs_verification, refused, got "perhaps"',
  ],
  [
    { cmd: "Logout", ...head, extra: { UIN: "2" } },
    TypeError,
    'Cannot encode Logout: extra may hold only codes that the command does not use, without & and =, got "UIN"',
  ],
  [
    { cmd: "Logout", ...head, extra: { "a&b": "2" } },
    TypeError,
    'Cannot encode Logout: extra may hold only codes that the command does not use, without & and =, got "a&b"',
  ],
  [
    { cmd: "GetMsgEx", ...head, items: [{ ...message("x"), from: "" }] },
    TypeError,
    'Cannot encode a mailbox: from must be a QQ number of 1 to 20 digits as a string, got ""',
  ],
  [
    { cmd: "GetMsgEx", ...head, items: [{ ...message("x"), text: null }] },
    TypeError,
    "Cannot encode a mailbox: text must be a string, got null",
  ],
  [
    { cmd: "GetMsgEx", ...head, items: [{ ...message("x"), type: "shout" }] },
    RangeError,
    'Cannot encode a mailbox: type must be one of added, request, accepted, refused, message, stranger_message, status, got "shout"',
  ],
  [
    {
      cmd: "GetMsgEx",
      ...head,
      items: [{ type: "unknown", code: 9, from: "1", text: "" }],
    },
    RangeError,
    "Cannot encode a mailbox: code must be one that has no name, got 9",
  ],
  [
    { cmd: "GetMsgEx", ...head, items: [left("", "", "x,"), message("x")] },
    TypeError,
    'Cannot encode a mailbox: an unreadable item must be the last and of the form MT=..&UN=..&MG=.., got "MT=&UN=&MG=x,"',
  ],
];

for (const [value, error, message] of wrong) {
  Deno.test({
    name: `encodeReply() refuses: ${message}`,
    permissions,
    fn: () =>
      assertEquals(
        assertThrows(() => encodeReply(value as Reply), error).message,
        message,
      ),
  });
}
