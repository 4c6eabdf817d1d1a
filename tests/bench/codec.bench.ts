/**
 * The codec compared with query-string parsers, on the same text in one run.
 * `deno run -A tests/bench/codec.bench.ts [--json]`
 *
 * @module
 */

import {
  type Command,
  decodeReply,
  encodeCommand,
  encodeReply,
  type MailItem,
  type Reply,
} from "../../mod.ts";
import {
  fastParse,
  fastStringify,
  nodeParse,
  nodeStringify,
  picoParse,
  picoStringify,
} from "./deps.ts";
import { measure, report } from "./harness.ts";

const json = Deno.args.includes("--json");

/** A GetMsgEx reply of the articles of 2005: statuses and a message. */
const THREE =
  "VER=1.1&CMD=GETMSGEX&SEQ=56661&UIN=29501213&RES=0&MN=3&MT=99,9,9,&UN=24259132,24259132,24259132,&MG=30 ,asdfasdfasdfasdf ,asdfasdfasdf ,";

/** A hundred messages, each with two escaped CJK characters. */
const HUNDRED = "VER=1.1&CMD=GETMSGEX&SEQ=56661&UIN=29501213&RES=0&MN=100" +
  `&MT=${"9,".repeat(100)}` +
  `&UN=${Array.from({ length: 100 }, (_, i) => `${24259132 + i},`).join("")}` +
  `&MG=${
    Array.from({ length: 100 }, (_, i) => `hello no ${i} %E4%BD%A0%E5%A5%BD ,`)
      .join("")
  }`;

const texts: [name: string, body: string][] = [
  ["3 messages", THREE],
  ["100 messages", HUNDRED],
];

for (const [name, body] of texts) {
  const group = `decodeReply, ${name} (${body.length} bytes)`;
  report(
    group,
    "us",
    measure([
      { name: "decodeReply", run: () => decodeReply(body) },
      {
        name: "URLSearchParams",
        run: () => Object.fromEntries(new URLSearchParams(body)),
      },
      { name: "node:querystring", run: () => nodeParse(body) },
      { name: "fast-querystring", run: () => fastParse(body) },
      { name: "picoquery", run: () => picoParse(body) },
    ]),
    json,
  );
}

/** The value to encode, and its fields in the form that a stringifier takes. */
interface Encoding {
  readonly name: string;
  readonly encode: () => string;
  readonly fields: Readonly<Record<string, string | number>>;
}

function replyOf(items: MailItem[]): Reply {
  return {
    cmd: "GetMsgEx",
    ver: "1.1",
    seq: "56661",
    uin: "29501213",
    res: 0,
    items,
  };
}

function encodingOfReply(name: string, body: string): Encoding {
  const reply = decodeReply(body);
  return {
    name: `encodeReply, ${name}`,
    encode: () => encodeReply(reply),
    fields: { ...fastParse(body) },
  };
}

/** Messages whose texts need no escapes, except those that an encoder chooses. */
function plainReply(count: number): Encoding {
  const items: MailItem[] = Array.from({ length: count }, (_, index) => ({
    type: "message",
    from: String(24259132 + index),
    text: `asdfasdfasdf ${index}`,
  }));
  const reply = replyOf(items);
  return {
    name: `encodeReply, ${count} messages of plain text`,
    encode: () => encodeReply(reply),
    fields: { ...fastParse(encodeReply(reply)) },
  };
}

function encodingOfCommand(name: string, command: Command): Encoding {
  return {
    name: `encodeCommand, ${name}`,
    encode: () => encodeCommand(command),
    fields: { ...fastParse(encodeCommand(command)) },
  };
}

const head = { ver: "1.1", seq: "56661", uin: "29501213" } as const;
const encodings: Encoding[] = [
  encodingOfReply("3 messages", THREE),
  encodingOfReply("100 messages", HUNDRED),
  plainReply(100),
  encodingOfCommand("GetMsgEx", { cmd: "GetMsgEx", ...head }),
  encodingOfCommand("Login", {
    cmd: "Login",
    ...head,
    passwordMd5: "5ebe2294ecd0e0f08eab7690d2a6ee69",
  }),
  encodingOfCommand("CLTMSG, plain", {
    cmd: "CLTMSG",
    ...head,
    target: "10002",
    text: "hello there, how are you",
  }),
  encodingOfCommand("CLTMSG, Chinese and escapes", {
    cmd: "CLTMSG",
    ...head,
    target: "10002",
    text: "你好, 100% = 好 & 再见\r\n",
  }),
];

for (const { name, encode, fields } of encodings) {
  report(
    name,
    "us",
    measure([
      { name: "ours", run: encode },
      {
        name: "URLSearchParams",
        run: () =>
          new URLSearchParams(fields as Record<string, string>).toString(),
      },
      { name: "node:querystring", run: () => nodeStringify(fields) },
      { name: "fast-querystring", run: () => fastStringify(fields) },
      { name: "picoquery", run: () => picoStringify(fields) },
    ]),
    json,
  );
}
