import { decodeText, encodeText } from "../../lib/protocol/fields.ts";
import { decodeLargeMailbox } from "../../lib/protocol/large_mailbox.ts";
import { LongText } from "../../lib/long_text.ts";
import { decodeMailbox, type MailItem } from "../../lib/protocol/mailbox.ts";
import { decodeReply, encodeReply } from "../../lib/protocol/reply.ts";
import type { GetMsgExReply } from "../../lib/protocol/reply_types.ts";
import { assertEquals } from "@std/assert";
import { type Chance, property } from "./seeded.ts";
import { textOf, uinOf } from "./texts.ts";

const MAILBOXES = 10_000;

/** Number of bytes of a text as UTF-8. */
function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Lists in pieces, of which any may be empty. */
function inPieces(chance: Chance, mt: string, un: string, mg: string) {
  const cut = (list: string) => {
    const pieces: string[] = [];
    for (let at = 0; at < list.length;) {
      pieces.push(list.slice(at, at += chance.below(8)));
    }
    return LongText.of(pieces);
  };
  return { mt: cut(mt), un: cut(un), mg: cut(mg) };
}

/** A list in wire form: either end, and now and then elements missing or too many. */
function listOf(chance: Chance, elements: string[], ended: boolean): string {
  const ragged = [...elements];
  if (chance.oneIn(3) && ragged.length > 0) {
    ragged.splice(chance.below(ragged.length), 1 + chance.below(3));
  }
  if (chance.oneIn(6)) ragged.splice(chance.below(ragged.length + 1), 0, "");
  if (chance.oneIn(6)) ragged.push(chance.oneOf(["", "9", "x", "10001"]));
  return ragged.join(",") + (ended && ragged.length > 0 ? "," : "");
}

function numberOr(chance: Chance, number: string): string {
  return chance.oneIn(15)
    ? chance.oneOf(["", "x", "-1", " 9", "9".repeat(21), "%39"])
    : number;
}

/** Lists that need not fit together, with texts that each hold a mark of its own. */
function raggedOf(
  chance: Chance,
): { mt: string; un: string; mg: string; marks: string[] } {
  let marked = 0;
  const marks: string[] = [];
  const texts = chance.some(8, () => {
    // More than one piece is a text whose commas nobody escaped.
    const pieces = 1 + (chance.oneIn(5) ? chance.below(3) : 0);
    return Array.from({ length: pieces }, () => {
      const mark = `<${marked++}>`;
      marks.push(mark);
      return encodeText(textOf(chance)) + mark + encodeText(textOf(chance));
    }).join(",");
  });
  const types = texts.map(() =>
    numberOr(chance, chance.oneOf(["9", "9", "10", "2", "99", "1", "7"]))
  );
  const uins = texts.map(() => numberOr(chance, uinOf(chance)));
  const ended = !chance.oneIn(3);
  return {
    mt: listOf(chance, types, chance.oneIn(10) ? !ended : ended),
    un: listOf(chance, uins, chance.oneIn(10) ? !ended : ended),
    mg: texts.join(",") +
      (ended && texts.length > 0 || chance.oneIn(10) ? "," : ""),
    marks,
  };
}

function wireOf({ mt, un, mg }: { mt: string; un: string; mg: string }) {
  return `VER=1.1&CMD=GETMSGEX&SEQ=1&UIN=10001&RES=0&MN=7&MT=${mt}&UN=${un}&MG=${mg}`;
}

/** All that can be read in the items, in order. */
function readOf(items: readonly MailItem[]): string {
  return items.map((item) => {
    if (item.type === "unreadable") return decodeText(item.raw);
    return item.type === "status" ? "" : item.text;
  }).join("\n");
}

property(
  "a ragged mailbox loses no text, and gives each once, in order",
  MAILBOXES,
  (chance) => {
    const ragged = raggedOf(chance);
    const { items } = decodeReply(wireOf(ragged)) as GetMsgExReply;
    assertEquals(readOf(items).match(/<\d+>/g) ?? [], ragged.marks);
  },
);

property(
  "a ragged mailbox keeps every piece in wire form to the letter",
  MAILBOXES,
  (chance) => {
    const ragged = raggedOf(chance);
    const items = decodeMailbox(ragged.mt, ragged.un, ragged.mg);
    const rows = items.filter(({ type }) => type !== "unreadable").length;
    const rest = items.find((item) => item.type === "unreadable");
    const of = (list: string) => list.split(",").slice(rows).join(",");
    // A single message takes the whole of MG.
    if (rest === undefined || rows === 0) return;
    assertEquals(
      rest.raw,
      `MT=${of(ragged.mt)}&UN=${of(ragged.un)}&MG=${of(ragged.mg)}`,
    );
  },
);

property(
  "a mailbox that is read in pieces is the same",
  MAILBOXES,
  (chance) => {
    const { mt, un, mg } = raggedOf(chance);
    const lists = { ...inPieces(chance, mt, un, mg), omittedBytes: 0 };
    const pieces = [...decodeLargeMailbox(lists, 1 + chance.below(3))];
    const whole = decodeMailbox(mt, un, mg);
    assertEquals(
      pieces.flat(),
      whole.map((item) =>
        item.type === "unreadable" && item.raw.length > 4000
          ? { ...item, raw: item.raw.slice(0, 4000), bytes: bytesOf(item.raw) }
          : item
      ),
    );
  },
);

property(
  "a mailbox that is cut off gives its whole rows, and the rest with its bytes",
  MAILBOXES,
  (chance) => {
    const texts = chance.some(8, () => encodeText(textOf(chance)));
    const mt = texts.map(() => "10,").join("");
    const un = texts.map(() => "10002,").join("");
    const mg = texts.map((text) => `${text},`).join("");
    // Never half a character: what is cut are bytes, and those of half a one are left out.
    const kept = mg.slice(0, chance.below(mg.length + 1))
      .replace(/[\ud800-\udbff]+$/, "");
    const omittedBytes = 1 + bytesOf(mg.slice(kept.length));
    const items = [
      ...decodeLargeMailbox(
        { ...inPieces(chance, mt, un, kept), omittedBytes },
        2,
      ),
    ].flat();
    const whole = kept.split(",").length - 1;
    assertEquals(
      items.slice(0, -1),
      decodeMailbox(mt, un, mg).slice(0, whole),
    );
    const raw = `MT=${"10,".repeat(texts.length - whole)}&UN=${
      "10002,".repeat(texts.length - whole)
    }&MG=${kept.slice(kept.lastIndexOf(",") + 1)}`;
    assertEquals(items.at(-1), {
      type: "unreadable",
      raw: raw.slice(0, 4000),
      bytes: bytesOf(raw) + omittedBytes,
    });
  },
);

property(
  "decodeReply(encodeReply(x)) is x for every mailbox that was read, in whole or in part",
  MAILBOXES,
  (chance) => {
    const reply = decodeReply(wireOf(raggedOf(chance)));
    assertEquals(decodeReply(encodeReply(reply)), reply);
  },
);

property(
  "decodeReply() reads a mailbox alike in the order of its fields and in another",
  MAILBOXES,
  (chance) => {
    const wire = wireOf(raggedOf(chance));
    const backwards = wire.split("&").reverse().join("&");
    assertEquals(decodeReply(backwards), decodeReply(wire));
  },
);
