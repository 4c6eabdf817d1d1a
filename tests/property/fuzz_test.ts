import {
  type Command,
  decodeCommand,
  encodeCommand,
} from "../../lib/protocol/command.ts";
import {
  type MalformedCode,
  MalformedError,
} from "../../lib/protocol/errors.ts";
import {
  decodeReply,
  encodeReply,
  type Reply,
} from "../../lib/protocol/reply.ts";
import { assert, assertEquals } from "@std/assert";
import { mutantOf } from "./mutations.ts";
import { property } from "./seeded.ts";

const MUTANTS = 100_000;
/** Far beyond what any input of this size may take, however busy the machine is. */
const HANGS_MS = 10_000;

/** What was read, or undefined where the codec refused in its own way. */
function readOrRefused<T>(
  wire: string,
  code: MalformedCode,
  read: () => T,
): T | undefined {
  const startedAt = performance.now();
  try {
    return read();
  } catch (error) {
    assert(
      error instanceof MalformedError,
      `${JSON.stringify(wire)}: ${error}`,
    );
    assertEquals(error.code, code);
    return undefined;
  } finally {
    assert(performance.now() - startedAt < HANGS_MS, JSON.stringify(wire));
  }
}

let readReplies = 0;
let readCommands = 0;

property(
  "a mutant is read, and then survives a round trip, or is refused",
  MUTANTS,
  (chance, nth) => {
    const wire = mutantOf(chance);
    const reply = readOrRefused<Reply>(
      wire,
      "malformed_reply",
      () => decodeReply(wire),
    );
    if (reply !== undefined) {
      readReplies++;
      assertEquals(decodeReply(encodeReply(reply)), reply, wire);
    }
    const form = nth % 2 === 0;
    const command = readOrRefused<Command>(
      wire,
      "malformed_command",
      () => decodeCommand(wire, { form }),
    );
    // A password that is not a hash is refused by the server, not by the codec.
    if (
      command !== undefined &&
      (command.cmd !== "Login" || /^[0-9a-f]{32}$/.test(command.passwordMd5))
    ) {
      readCommands++;
      const expected = command.cmd === "Login"
        ? { licence: "9326B87B234E7235", ...command }
        : command;
      assertEquals(decodeCommand(encodeCommand(command)), expected, wire);
    }
    if (nth === MUTANTS - 1) {
      // The mutants must not all be wrecks, else nothing is tried.
      assert(readReplies > MUTANTS / 20, `${readReplies} replies read`);
      assert(readCommands > MUTANTS / 20, `${readCommands} commands read`);
    }
  },
);

const LONG = 1 << 20;
const HEAD = "VER=1.1&CMD=GETMSGEX&SEQ=1&UIN=10001&RES=0";
const long: [name: string, wire: string][] = [
  ["nothing but &", "&".repeat(LONG)],
  ["nothing but =", "=".repeat(LONG)],
  ["nothing but %", "%".repeat(LONG)],
  ["a pair a letter", HEAD + "&a=".repeat(LONG / 4)],
  [
    "a new field a pair",
    HEAD + Array.from({ length: LONG / 16 }, (_, n) => `&f${n}=`).join(""),
  ],
  ["pairs without =", HEAD + "&a".repeat(LONG / 2) + "&MT="],
  ["a text of %", `${HEAD}&MT=9,&UN=1,&MG=${"%".repeat(LONG)},`],
  ["a text of %25", `${HEAD}&MT=9,&UN=1,&MG=${"%25".repeat(LONG / 4)},`],
  [
    "a text of half sequences",
    `${HEAD}&MT=9,&UN=1,&MG=${"%e4%bd".repeat(LONG / 8)},`,
  ],
  [
    "a mailbox of commas",
    `${HEAD}&MT=${"9,".repeat(LONG / 8)}&UN=${"1,".repeat(LONG / 8)}&MG=${
      ",".repeat(LONG)
    }`,
  ],
  [
    "a list of blanks",
    `VER=1.1&CMD=LIST&SEQ=1&UIN=1&RES=0&FN=1&SN=1&UN=${" ,".repeat(LONG / 2)}`,
  ],
  [
    "a friend list",
    `VER=1.1&CMD=LIST&SEQ=1&UIN=1&RES=0&FN=1&SN=${LONG / 8}&UN=${
      "10001,".repeat(LONG / 8)
    }`,
  ],
];

for (const [name, wire] of long) {
  property(`the codec reads a megabyte in time: ${name}`, 1, () => {
    const reply = readOrRefused<Reply>(
      name,
      "malformed_reply",
      () => decodeReply(wire),
    );
    readOrRefused<Command>(
      name,
      "malformed_command",
      () => decodeCommand(wire, { form: true }),
    );
    if (reply !== undefined) assertEquals(typeof encodeReply(reply), "string");
  });
}
