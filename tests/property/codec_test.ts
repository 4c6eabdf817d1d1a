import { decodeCommand, encodeCommand } from "../../lib/protocol/command.ts";
import { decodeReply, encodeReply } from "../../lib/protocol/reply.ts";
import {
  decodeRequestText,
  decodeText,
  encodeRequestText,
  encodeText,
} from "../../lib/protocol/fields.ts";
import { assert, assertEquals } from "@std/assert";
import { property } from "./seeded.ts";
import { textOf } from "./texts.ts";
import { commandOf, replyOf } from "./values.ts";

const VALUES = 10_000;

property("decodeCommand(encodeCommand(x)) is x", VALUES, (chance, nth) => {
  const command = commandOf(chance, nth);
  const wire = encodeCommand(command);
  assertEquals(decodeCommand(wire), command);
  assertEquals(decodeCommand(wire, { form: true }), command);
});

property("decodeReply(encodeReply(x)) is x", VALUES, (chance, nth) => {
  const reply = replyOf(chance, nth);
  assertEquals(decodeReply(encodeReply(reply)), reply);
});

// deno-lint-ignore no-control-regex
const BREAKS_REPLIES = /[&=,\x00-\x1f\x7f]/;
// deno-lint-ignore no-control-regex
const BREAKS_REQUESTS = /[&=+,\x00-\x1f\x7f]/;

property(
  "a text survives both escapings, and nothing in them breaks a pair or a list",
  VALUES,
  (chance) => {
    const text = textOf(chance);
    const reply = encodeText(text);
    assertEquals(decodeText(reply), text);
    assert(!BREAKS_REPLIES.test(reply), reply);
    const request = encodeRequestText(text);
    assertEquals(decodeRequestText(request, false), text);
    assertEquals(decodeRequestText(request, true), text);
    assert(!BREAKS_REQUESTS.test(request), request);
  },
);
