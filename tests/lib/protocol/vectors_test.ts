import { md5Hex } from "../../../lib/md5.ts";
import {
  type Command,
  decodeCommand,
  encodeCommand,
} from "../../../lib/protocol/command.ts";
import { MalformedError } from "../../../lib/protocol/errors.ts";
import {
  decodeReply,
  encodeReply,
  type Reply,
} from "../../../lib/protocol/reply.ts";
import { assertEquals, assertThrows } from "@std/assert";
import badReplies from "../../vectors/bad_replies.json" with { type: "json" };
import commands from "../../vectors/commands.json" with { type: "json" };
import md5 from "../../vectors/md5.json" with { type: "json" };
import replies from "../../vectors/replies.json" with { type: "json" };
import v14 from "../../vectors/v14.json" with { type: "json" };

const permissions = "none";

/** A command vector, whichever file it is from. */
interface CommandVector {
  name: string;
  wire: string;
  value: object;
  canonical: boolean;
  form?: boolean;
}

const allCommands: CommandVector[] = [
  ...commands,
  ...v14.commands.map((one) => ({ ...one, name: `1.4: ${one.name}` })),
];

for (const { name, wire, value, canonical, form = false } of allCommands) {
  Deno.test({
    name: `decodeCommand() reads the vector "${name}"`,
    permissions,
    fn: () => assertEquals(decodeCommand(wire, { form }), value as Command),
  });
  if (!canonical) continue;
  Deno.test({
    name: `encodeCommand() writes the vector "${name}"`,
    permissions,
    fn: () => assertEquals(encodeCommand(value as Command), wire),
  });
}

for (const { name, wire } of v14.badCommands) {
  Deno.test({
    name: `decodeCommand() refuses "${name}"`,
    permissions,
    fn: () =>
      assertEquals(
        assertThrows(() => decodeCommand(wire), MalformedError).code,
        "malformed_command",
      ),
  });
}

Deno.test({
  name: "decodeCommand() and decodeReply() read VER=1.4 with its line end",
  permissions,
  fn: () => {
    for (
      const { wire, value, form = false } of v14.commands as CommandVector[]
    ) {
      for (const end of ["\n", "\r\n"]) {
        assertEquals(decodeCommand(wire + end, { form }), value as Command);
      }
    }
    for (const { wire, value } of [...v14.replies, ...v14.pushes]) {
      if (wire.endsWith("\n")) continue;
      assertEquals(decodeReply(`${wire}\r\n`), value as unknown as Reply);
    }
  },
});

const allReplies = [
  ...replies,
  ...v14.replies.map((one) => ({ ...one, name: `1.4: ${one.name}` })),
  ...v14.pushes.map((one) => ({ ...one, name: `push: ${one.name}` })),
];

for (const { name, wire, value, canonical } of allReplies) {
  Deno.test({
    name: `decodeReply() reads the vector "${name}"`,
    permissions,
    fn: () => assertEquals(decodeReply(wire), value as unknown as Reply),
  });
  if (!canonical) continue;
  Deno.test({
    name: `encodeReply() writes the vector "${name}"`,
    permissions,
    fn: () => assertEquals(encodeReply(value as unknown as Reply), wire),
  });
}

for (const { name, wire } of badReplies) {
  Deno.test({
    name: `decodeReply() refuses "${name}"`,
    permissions,
    fn: () =>
      assertEquals(
        assertThrows(() => decodeReply(wire), MalformedError).code,
        "malformed_reply",
      ),
  });
}

for (const [text, hash] of md5 as [string, string][]) {
  Deno.test({
    name: `md5Hex() hashes ${JSON.stringify(text)} as text and as bytes`,
    permissions,
    fn: () => {
      assertEquals(md5Hex(text), hash);
      assertEquals(md5Hex(new TextEncoder().encode(text)), hash);
    },
  });
}
